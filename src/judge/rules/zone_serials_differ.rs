//! Name servers of one zone that have it in different versions and still agree about the domain.

use std::collections::{BTreeMap, BTreeSet};

use crate::dns::{DomainName, View};
use crate::inventory::Severity;
use crate::judge::zones::{AtServer, ZoneSays, decided, newest};
use crate::judge::{Case, Check, Findings, Rule, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "zone-serials-differ",
    aliases: &[],
    severity: Severity::Note,
    summary: "name servers have the zone in different versions, and still agree about the domain",
    explanation: include_str!("zone_serials_differ.md"),
    check: Check::Zone(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for view in case.home_views() {
        let asked = case.zones(view);
        // Where they disagree, zone-servers-disagree says all there is to say; where one is not known, they may.
        if asked.iter().all(|says| says.contents().len() == 1) {
            check_zones(case, view, asked, found);
        }
    }
}

fn check_zones(case: &Case<'_>, view: View, asked: &[ZoneSays<'_>], found: &mut Findings<'_>) {
    let mut zones: BTreeMap<&DomainName, BTreeSet<AtServer<'_>>> = BTreeMap::new();
    for authority in asked.iter().filter_map(|says| says.authority) {
        zones.entry(&authority.zone).or_default().extend(decided(authority).map(|(server, _)| server));
    }
    for (zone, servers) in zones {
        let serials: BTreeSet<u32> = servers.iter().map(|server| server.serial).collect();
        let Some(last) = newest(serials.iter().copied()).filter(|_| serials.len() > 1) else { continue };
        let old: Vec<&AtServer<'_>> = servers.iter().filter(|server| server.serial != last).collect();
        let fact = format!("the name servers of zone {zone} have it in different versions in the {view} view");
        found.report(
            finding(fact.clone())
                .view(view)
                .expected([format!("serial {last} from every name server")])
                .found(old.iter().map(|server| format!("serial {} from {server}", server.serial)))
                .help(
                    "nothing, if each server changes the zone itself, as domain controllers do; else see why it is not transferred",
                )
                .by_hand(old.iter().map(|server| server.at), "dig", &format!("+norecurse {zone} SOA"))
                .kind(zone)
                .cause_in_zone(&case.domain.name, fact),
        );
    }
}
