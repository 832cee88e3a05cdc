//! Name servers of one zone that answer differently about the domain.

use std::collections::BTreeSet;

use crate::dns::{DomainName, View};
use crate::inventory::Severity;
use crate::judge::zones::{AtServer, ZoneSays, newest};
use crate::judge::{Case, Check, Findings, Rule, finding};
use crate::observe::Authority;

const TRANSFER: &str = "let the servers with the older serial transfer the zone again, and see why they did not";
const RAISE: &str = "compare the zone on these servers, raise its serial where it is right, and let the others transfer it";

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "zone-servers-disagree",
    aliases: &[],
    severity: Severity::Warning,
    summary: "name servers of the zone answer differently: the answer depends on which one a resolver asks",
    explanation: include_str!("zone_servers_disagree.md"),
    check: Check::Zone(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for view in case.home_views() {
        let asked = case.zones(view);
        let mut reported: Option<&DomainName> = None;
        for says in asked.iter().filter(|says| says.contents().len() > 1) {
            // Of a name that is split in both address families one is enough.
            if reported != Some(&says.name) {
                report(case, view, says, found);
            }
            reported = Some(&says.name);
        }
    }
}

fn report(case: &Case<'_>, view: View, says: &ZoneSays<'_>, found: &mut Findings<'_>) {
    let Some(Authority { zone, .. }) = says.authority else { return };
    let contents = says.contents();
    let serials: BTreeSet<u32> = contents.values().flatten().map(|server| server.serial).collect();
    let last = newest(serials.iter().copied()).filter(|_| serials.len() > 1);
    let is_right = |servers: &BTreeSet<AtServer<'_>>| servers.iter().any(|server| Some(server.serial) == last);
    let right: Vec<&str> = contents.iter().filter(|(_, servers)| is_right(servers)).map(|(content, _)| content.as_str()).collect();
    let odd = contents.values().flatten().filter(|server| Some(server.serial) != last).map(|server| server.at);
    let said = contents.iter().flat_map(|(content, servers)| {
        servers.iter().map(move |server| format!("{content} from {server}, serial {}", server.serial))
    });
    found.report(
        finding(format!("the name servers of zone {zone} answer differently about {} in the {view} view", says.name))
            .view(view)
            .expected([format!(
                "{} from every name server",
                if right.is_empty() { "the same".to_owned() } else { right.join(" or ") }
            )])
            .found(said)
            .help(if last.is_some() { TRANSFER } else { RAISE })
            .by_hand(odd, "dig", &format!("+norecurse {zone} SOA"))
            .kind(&says.name)
            .cause_in_zone(&case.domain.name, format!("the name servers of zone {zone} answer differently in the {view} view")),
    );
}
