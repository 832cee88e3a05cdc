//! A home server that nobody can talk to: a declared one, or one that a router redirects to.

use crate::inventory::Severity;
use crate::judge::probing::{RVP_ANSWER, judged, machine_finding, silence};
use crate::judge::redirects::further_home_servers;
use crate::judge::{Case, Check, Findings, Rule, describe};
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
        let fact = format!("cannot be reached: {}", describe(failure));
        let help = format!("{HELP}; by hand: {}", probed.by_hand());
        found.report(probed.finding(case, &fact).expected([RVP_ANSWER]).help(help));
    }
    let vantage = case.inventory().vantage;
    for (address, (id, host)) in further_home_servers(case) {
        let outcome = case.facts.exchange(Probe { vantage, address, host, step: Step::Options });
        let Some(failure) = outcome.and_then(silence) else { continue };
        let fact = format!("cannot be reached, and a router redirects there: {}", describe(failure));
        let draft = machine_finding(case, case.inventory().machine(id), address, &fact);
        found.report(draft.expected([RVP_ANSWER]).found([format!("{address}, OPTIONS: {}", describe(failure))]).help(HELP));
    }
}
