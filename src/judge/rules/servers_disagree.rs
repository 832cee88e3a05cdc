//! Servers of one view that answer differently: about the domain's addresses, or about the service of an e-mail domain.

use std::collections::BTreeMap;

use crate::dns::{DomainName, RecordType, View};
use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Majority, Opinion, Rule, ServiceSays, finding};
use crate::observe::{DnsAnswer, Origin, Reply};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "servers-disagree",
    aliases: &[],
    severity: Severity::Warning,
    summary: "servers of one view answer differently: what a client gets depends on which one it asks",
    explanation: include_str!("servers_disagree.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for view in case.home_views() {
        check_addresses(case, view, found);
        for email in &case.domain.email {
            let Ok(owner) = case.domain.profile.srv_owner(email) else { continue };
            if let Some(answer) = case.facts.dns(view, &owner, RecordType::Srv) {
                check_service(case, view, &owner, answer, found);
            }
        }
    }
}

fn check_addresses(case: &Case<'_>, view: View, found: &mut Findings<'_>) {
    let Some((resolution, consensus)) = case.answer(view) else { return };
    if resolution.opinions.len() < 2 {
        return; // all are of one mind, as nearly always
    }
    let odd: Vec<&Opinion> = resolution.opinions.iter().filter(|o| o.says.contradicts(&consensus.says)).collect();
    let said = odd.iter().flat_map(|opinion| opinion.servers.iter().map(|server| (server.clone(), opinion.says.to_string())));
    let most = consensus.says.to_string();
    report(found, view, &case.domain.name, &most, &said.collect(), resolution.asked, "addresses".to_owned());
}

fn check_service(case: &Case<'_>, view: View, owner: &DomainName, answer: &DnsAnswer, found: &mut Findings<'_>) {
    if answer.replies.len() < 2 {
        return;
    }
    let right = |says: &ServiceSays| says.records.iter().any(|record| record.target == case.domain.name);
    let Some(majority) = Majority::of(answer, ServiceSays::read, right) else { return };
    let decided = answer.replies.iter().filter(|reply| !matches!(reply.reply, Reply::Failed(_)));
    let read = decided.map(|reply| (reply.server.clone(), ServiceSays::read(&reply.reply)));
    let odd = read.filter(|(_, says)| *says != majority.says).map(|(server, says)| (server, says.to_string())).collect();
    report(found, view, owner, &majority.says.to_string(), &odd, answer.replies.len(), format!("service {owner}"));
}

/// What each server says that most do not.
type Odd = BTreeMap<Origin, String>;

fn report(found: &mut Findings<'_>, view: View, name: &DomainName, most: &str, odd: &Odd, asked: usize, kind: String) {
    if odd.is_empty() {
        return;
    }
    let count = odd.len();
    let servers = odd.keys().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let differ = if count == 1 { "differs from the others" } else { "differ from the others" };
    found.report(
        finding(format!("{name} has different answers in the {view} view: {count} of {asked} servers differ"))
            .view(view)
            .expected([format!("{most} from every server")])
            .found(odd.iter().map(|(server, said)| format!("{said} from {server}")))
            .servers(format!("{count} of {asked}"))
            .help("compare the zone's serial on these servers and bring the odd ones up to date")
            .by_hand(odd.keys(), "dig", &format!("{name} SOA"))
            .kind(kind)
            .cause(format!("{servers} of the {view} view {differ}")),
    );
}
