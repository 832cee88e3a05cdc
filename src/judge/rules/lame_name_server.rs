//! Name servers of a zone that do not serve it.

use std::collections::BTreeMap;

use crate::dns::{DomainName, View};
use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, finding, shown};
use crate::observe::{Authority, NameServer};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "lame-name-server",
    aliases: &[],
    severity: Severity::Warning,
    summary: "a name server that the zone names does not serve it, or has no address",
    explanation: include_str!("lame_name_server.md"),
    check: Check::Zone(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for view in case.home_views() {
        let asked = case.zones(view);
        let heard = asked.iter().filter_map(|says| says.authority);
        let zones: BTreeMap<&DomainName, &Authority> = heard.map(|authority| (&authority.zone, authority)).collect();
        for authority in zones.into_values() {
            check_zone(case, view, authority, found);
        }
    }
}

fn check_zone(case: &Case<'_>, view: View, authority: &Authority, found: &mut Findings<'_>) {
    let lame: Vec<&NameServer> = authority.servers.iter().filter(|server| is_lame(server)).collect();
    if lame.is_empty() {
        return;
    }
    let (zone, share) = (&authority.zone, format!("{} of {}", lame.len(), authority.servers.len()));
    let fact = format!("{share} name servers of zone {zone} do not serve it in the {view} view");
    let declined = lame.iter().flat_map(|server| server.declined()).map(|(reply, _)| &reply.server);
    found.report(
        finding(fact.clone())
            .view(view)
            .expected(["an answer with authority from every name server"])
            .found(lame.iter().flat_map(|server| said(server)))
            .servers(share)
            .help("take the name server out of the zone's NS records and of the delegation, or give it the zone")
            .by_hand(declined, "dig", &format!("+norecurse {zone} SOA"))
            .kind(zone)
            .cause_in_zone(&case.domain.name, fact),
    );
}

fn is_lame(server: &NameServer) -> bool {
    has_no_address(server) || server.declined().next().is_some()
}

fn has_no_address(server: &NameServer) -> bool {
    server.replies.is_empty() && server.unknown.is_none()
}

fn said(server: &NameServer) -> Vec<String> {
    if has_no_address(server) {
        return vec![format!("no address of {}", server.name)];
    }
    let said = server
        .declined()
        .map(|(reply, failure)| format!("{} from {} ({})", shown(&failure.to_string()), server.name, reply.server));
    said.collect()
}
