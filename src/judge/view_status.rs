//! Whether a view may be judged at all: its servers answer, and they belong to it. Decided before any domain of it.

use std::fmt;
use std::net::IpAddr;

use super::hostile::shown;
use crate::dns::{RecordType, View};
use crate::inventory::{Canary, Inventory};
use crate::observe::{Answer, DnsAnswer, Observations, Origin, Question, Reply, Tally};

/// What is known of a view as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewStatus {
    /// Its servers answer, and they belong to it as far as anybody can tell.
    Fine,
    /// This has to be known first.
    Ask(Question),
    /// No server answers anything; what was heard of each instead.
    Unreachable(Vec<(Origin, String)>),
    /// Some servers answer something else for the canary than what is declared.
    Wrong {
        /// They, with what they answer.
        servers: Vec<(Origin, String)>,
        /// How many servers were asked.
        asked: usize,
    },
    /// The canary was asked for, and nobody decided; says why.
    Unproven(String),
}

impl ViewStatus {
    /// The status of `view` by what is known so far.
    pub fn of(inventory: &Inventory, view: View, observed: &Observations) -> Self {
        let mut servers = observed.servers(view).peekable();
        if servers.peek().is_some() && servers.all(|(_, tally)| tally.answered == 0) {
            return Self::Unreachable(silent_servers(view, observed));
        }
        match inventory.views.get(&view).and_then(|settings| settings.canary.as_ref()) {
            Some(canary) => by_canary(view, canary, observed),
            None => Self::Fine,
        }
    }
}

fn silent_servers(view: View, observed: &Observations) -> Vec<(Origin, String)> {
    let queries = |sent: u64| if sent == 1 { "1 query".to_owned() } else { format!("{sent} queries") };
    let said = |(server, tally): (Origin, Tally)| {
        let why = observed.obstacle(view, &server).unwrap_or("no answer");
        let said = format!("{}, {}", queries(tally.sent), shown(why));
        (server, said)
    };
    observed.servers(view).map(said).collect()
}

fn by_canary(view: View, canary: &Canary, observed: &Observations) -> ViewStatus {
    let rtype = if canary.address.is_ipv4() { RecordType::A } else { RecordType::Aaaa };
    let question = Question::dns(view, &canary.name, rtype);
    match observed.get(&question) {
        None => ViewStatus::Ask(question),
        Some(Answer::Dns(answer)) if answer.is_decided() => {
            let wrong = wrong_servers(answer, canary.address);
            if wrong.is_empty() { ViewStatus::Fine } else { ViewStatus::Wrong { servers: wrong, asked: answer.replies.len() } }
        }
        Some(Answer::Dns(answer)) => ViewStatus::Unproven(answer.failures()),
        Some(Answer::Unknown(why)) => ViewStatus::Unproven(why.clone()),
        Some(Answer::Http(_) | Answer::Authority(_)) => ViewStatus::Unproven("no DNS answer".to_owned()),
    }
}

/// The servers that decided the canary and did not answer the declared address, with what they said.
fn wrong_servers(answer: &DnsAnswer, declared: IpAddr) -> Vec<(Origin, String)> {
    let said = |reply: &Reply| match reply {
        Reply::Records(records) => {
            let addresses: Vec<_> = records.iter().filter_map(|r| r.data.address()).collect();
            let texts: Vec<_> = addresses.iter().map(ToString::to_string).collect();
            (!addresses.contains(&declared)).then(|| if texts.is_empty() { "no address".to_owned() } else { texts.join(", ") })
        }
        Reply::NoData => Some("no address".to_owned()),
        Reply::NoSuchName => Some("NXDOMAIN".to_owned()),
        Reply::Failed(_) => None,
    };
    answer.replies.iter().filter_map(|r| Some((r.server.clone(), said(&r.reply)?))).collect()
}

impl fmt::Display for ViewStatus {
    /// Why nothing of the view is judged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fine => f.write_str("the view is fine"),
            Self::Ask(question) => write!(f, "{question} has to be known first"),
            Self::Unreachable(_) => f.write_str("no server of the view answers"),
            Self::Wrong { .. } => f.write_str("the view's canary is wrong: these are not its servers"),
            Self::Unproven(why) => write!(f, "the view's canary is undecided: {why}"),
        }
    }
}
