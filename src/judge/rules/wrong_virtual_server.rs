//! An RVP server under the machine's own name, and not under the domain's.

use crate::inventory::Severity;
use crate::judge::probing::{OwnName, RVP_ANSWER, judged, under_own_name};
use crate::judge::{Case, Check, Findings, Rule};
use crate::profile::Class;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "wrong-virtual-server",
    aliases: &[],
    severity: Severity::Error,
    summary: "the machine is an RVP server under its own name and not under the IM domain's",
    explanation: include_str!("wrong_virtual_server.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for probed in judged(case).filter(|probed| probed.class == Class::NotRvp) {
        let OwnName::ImServer(name) = under_own_name(case, probed) else { continue };
        let asked = &probed.host;
        let draft = probed.finding(case, &format!("is an RVP server when asked for {name}, and none when asked for {asked}"));
        let shared = probed.cause(case, &format!("is an RVP server when asked for {name}, and none when asked for the domains"));
        let help = format!("add the host header {asked} to the IM virtual server; by hand: {}", probed.by_hand());
        found.report(draft.cause(shared).expected([format!("{RVP_ANSWER}, when asked for {asked}")]).help(help));
    }
}
