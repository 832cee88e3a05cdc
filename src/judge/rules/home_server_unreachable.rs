//! A home server that nobody can talk to: a declared one, or one that a router redirects to.

use crate::dns::View;
use crate::inventory::{Machine, Severity};
use crate::judge::probing::{RVP_ANSWER, judged, machine_finding, resolve_from_vantage, silence};
use crate::judge::redirects::further_home_servers;
use crate::judge::{Case, Check, Findings, Rule, finding};
use crate::observe::{Probe, Step};
use crate::profile::Role;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "home-server-unreachable",
    aliases: &[],
    severity: Severity::Error,
    summary: "a home server cannot be reached: its people cannot sign in",
    explanation: include_str!("home_server_unreachable.md"),
    check: Check::Probe(check),
};

const HELP: &str = "start its IM virtual server, check the way to it, or move its people to another home server";

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for probed in judged(case).filter(|probed| probed.role == Role::HomeServer) {
        let Some(failure) = probed.silence() else { continue };
        let fact = format!("cannot be reached: {failure}");
        let help = format!("{HELP}; by hand: {}", probed.by_hand());
        found.report(probed.finding(case, &fact).expected([RVP_ANSWER]).help(help));
    }
    check_names(case, found);
    let vantage = case.vantage;
    for (address, (id, host)) in further_home_servers(case) {
        let tls = case.inventory().machine(id).speaks_tls(address.port());
        let outcome = case.facts.exchange(Probe { vantage, address, host, tls, step: Step::Options });
        let Some(failure) = outcome.and_then(silence) else { continue };
        let fact = format!("cannot be reached, and a router redirects there: {failure}");
        let draft = machine_finding(case, case.inventory().machine(id), address, &fact);
        found.report(draft.expected([RVP_ANSWER]).found([format!("{address}, OPTIONS: {failure}")]).help(HELP));
    }
}

/// A home server of which only the name is declared, and a name without an address: there is nothing to probe, and nobody
/// else would say so.
fn check_names(case: &Case<'_>, found: &mut Findings<'_>) {
    let vantage = case.vantage;
    let machines = case.domain.machines(Role::HomeServer).iter().map(|id| case.inventory().machine(*id));
    for machine in machines.filter(|machine| vantage == View::Internal && machine.addresses.is_empty()) {
        let Some(host) = &machine.host else { continue };
        let Some(resolution) = resolve_from_vantage(case, host) else { continue };
        if resolution.opinions.iter().any(|opinion| !opinion.says.addresses.is_empty()) {
            continue;
        }
        let Some(opinion) = resolution.consensus(|_| true) else { continue };
        let Machine { role, name, place, .. } = machine;
        let fact = format!("cannot be reached: {host} has no address in the {vantage} view");
        found.report(
            finding(format!("{role} {name} of {}, asked from inside, {fact}", case.domain.name))
                .view(vantage)
                .place(place)
                .expected([format!("an address of {host}")])
                .found([&opinion.says])
                .servers(resolution.share(opinion))
                .help("correct the home server's host name in the inventory, or add its record to the zone")
                .kind(host)
                .cause(format!("{role} {name}, asked from inside, {fact}")),
        );
    }
}
