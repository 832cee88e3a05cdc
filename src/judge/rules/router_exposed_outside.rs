//! A router or home server that answers strangers.

use crate::dns::View;
use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule};
use crate::profile::Role;
use crate::profile::http::HttpFailure;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "router-exposed-outside",
    aliases: &[],
    severity: Severity::Error,
    summary: "from outside, a router or home server answers: it bypasses the reverse proxy",
    explanation: include_str!("router_exposed_outside.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    if case.vantage != View::External {
        return;
    }
    for probed in case.probes().iter().filter(|probed| probed.role != Role::ReverseProxy) {
        // A refused or cut connection may come from the firewall that does its work.
        let answers = matches!(probed.options, Some(Ok(_) | Err(HttpFailure::NotHttp(_))));
        if !answers || case.is_role(Role::ReverseProxy, probed.address.ip()) {
            continue;
        }
        let draft = probed.finding(case, "answers strangers");
        found.report(draft.expected(["no answer from outside"]).help("close the firewall for this address and port"));
    }
}
