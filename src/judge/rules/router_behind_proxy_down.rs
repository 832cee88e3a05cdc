//! A reverse proxy that answers for a router that does not.

use crate::inventory::Severity;
use crate::judge::probing::judged;
use crate::judge::{Case, Check, Findings, Rule};
use crate::profile::Class;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "router-behind-proxy-down",
    aliases: &[],
    severity: Severity::Error,
    summary: "the reverse proxy answers, and the router behind it does not",
    explanation: include_str!("router_behind_proxy_down.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for probed in judged(case).filter(|probed| probed.class == Class::RouterDown) {
        let draft = probed.finding(case, "reports that the router behind it does not answer");
        found.report(
            draft
                .expected(["the router's own answer, passed on"])
                .help("start the router, or correct the address to which the proxy passes the domain on"),
        );
    }
}
