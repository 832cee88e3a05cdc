//! A router or reverse proxy that nobody can talk to.

use crate::inventory::Severity;
use crate::judge::probing::{RVP_ANSWER, judged};
use crate::judge::{Case, Check, Findings, Rule};
use crate::profile::Role;
use crate::profile::http::HttpFailure;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "unreachable",
    aliases: &[],
    severity: Severity::Error,
    summary: "a router or reverse proxy cannot be reached: refused, timed out, cut, or no route",
    explanation: include_str!("unreachable.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for probed in judged(case).filter(|probed| probed.role != Role::HomeServer) {
        let Some(failure) = probed.silence() else { continue };
        let fact = format!("cannot be reached: {failure}");
        let help = format!("{}; by hand: {}", what_to_look_at(failure), probed.by_hand());
        found.report(probed.finding(case, &fact).expected([RVP_ANSWER]).help(help));
    }
}

fn what_to_look_at(failure: &HttpFailure) -> &'static str {
    match failure {
        HttpFailure::Refused => "the machine is up and nothing listens on the port: start its IM virtual server",
        HttpFailure::ConnectTimeout(_) => "check that the machine is up and that a firewall lets the port through",
        HttpFailure::ReplyTimeout(_) => "the port is open and the service hangs: look at its event log and restart it",
        HttpFailure::Reset => "something cuts the connection: look at the service's event log and at firewalls on the way",
        HttpFailure::Tls(_) => "let the machine speak TLS 1.2 or 1.3 on this port, or declare `tls = false` if it speaks none",
        HttpFailure::Unreachable(_) | HttpFailure::NotHttp(_) => "check the address and the route to it",
    }
}
