//! A redirect that leads back to where it came from.

use crate::inventory::Severity;
use crate::judge::redirects::{Fault, faults};
use crate::judge::{Case, Check, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "redirect-loop",
    aliases: &[],
    severity: Severity::Error,
    summary: "clients are redirected in a circle",
    explanation: include_str!("redirect_loop.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for (probed, fault) in faults(case) {
        let Fault::Loop(where_to) = fault else { continue };
        let draft = probed.finding(case, &format!("redirects {where_to}"));
        found.report(draft.expected(["a redirect to a home server that answers itself"]).help(
            "move or enable the account on a home server that is there; check the virtual server's domain name on both machines",
        ));
    }
}
