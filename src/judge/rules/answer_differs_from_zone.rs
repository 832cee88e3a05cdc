//! Servers of a view that say something else than every name server of the zone.

use std::collections::BTreeMap;

use crate::dns::{DomainName, View};
use crate::inventory::Severity;
use crate::judge::zones::ZoneSays;
use crate::judge::{Case, Check, Findings, Rule, finding};
use crate::observe::{Reply, ServerReply};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "answer-differs-from-zone",
    aliases: &[],
    severity: Severity::Note,
    summary: "a server of the view answers what no name server of the zone says: an old answer, or one of its own",
    explanation: include_str!("answer_differs_from_zone.md"),
    check: Check::Zone(check),
};

/// What the zone says, and what servers of the view say instead.
#[derive(Default)]
struct Difference {
    expected: Vec<String>,
    found: Vec<String>,
}

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for view in case.home_views() {
        let asked = case.zones(view);
        let mut differences: BTreeMap<&DomainName, Difference> = BTreeMap::new();
        for says in asked {
            let Some((right, wrong)) = compare(case, view, says) else { continue };
            let difference = differences.entry(&says.name).or_default();
            difference.expected.push(right);
            difference.found.extend(wrong);
        }
        for (name, Difference { expected, found: said }) in differences {
            found.report(
                finding(format!("{name} has an answer in the {view} view that no name server of its zone gives"))
                    .view(view)
                    .expected(expected)
                    .found(said)
                    .help("if the zone was changed, wait for the TTL or flush the cache; else see which zone of its own the server has")
                    .kind(name),
            );
        }
    }
}

/// What the zone says with one voice, and what servers of the view say instead; `None` where none does.
fn compare(case: &Case<'_>, view: View, says: &ZoneSays<'_>) -> Option<(String, Vec<String>)> {
    let right = says.unanimous()?;
    let replies = &case.facts.replies(view, &says.name, says.rtype)?.replies;
    let decided = replies.iter().filter(|reply| !matches!(reply.reply, Reply::Failed(_)));
    let wrong = decided.map(|reply| (reply, says.content(&reply.reply))).filter(|(_, content)| *content != right);
    let wrong: Vec<String> = wrong.map(|(reply, content)| format!("{content} from {}{}", reply.server, left(reply))).collect();
    (!wrong.is_empty()).then(|| (format!("{right}, as the zone says"), wrong))
}

/// How much longer an answer out of a cache is given.
fn left(reply: &ServerReply) -> String {
    match &reply.reply {
        Reply::Records(records) if !reply.authoritative => records
            .iter()
            .map(|record| record.ttl_secs)
            .min()
            .map_or_else(String::new, |ttl| format!(", from a cache for {ttl} s more")),
        _ => String::new(),
    }
}
