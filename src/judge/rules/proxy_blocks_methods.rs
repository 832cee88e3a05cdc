//! A reverse proxy that refuses RVP's methods.

use crate::inventory::Severity;
use crate::judge::probing::judged;
use crate::judge::{Case, Check, Findings, Rule};
use crate::profile::Class;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "proxy-blocks-methods",
    aliases: &[],
    severity: Severity::Error,
    summary: "the reverse proxy refuses the methods that RVP needs",
    explanation: include_str!("proxy_blocks_methods.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for probed in judged(case).filter(|probed| probed.class == Class::BlocksMethods) {
        let draft = probed.finding(case, "refuses the method itself");
        found.report(
            draft
                .expected(["RVP methods passed on to the router"])
                .help("let SUBSCRIBE, UNSUBSCRIBE, SUBSCRIPTIONS, NOTIFY, PROPFIND, PROPPATCH and ACL through for this domain"),
        );
    }
}
