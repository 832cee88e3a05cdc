//! From outside, a redirect to a host inside.

use crate::inventory::Severity;
use crate::judge::redirects::{Fault, faults};
use crate::judge::{Case, Check, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "redirect-leaks-inside",
    aliases: &[],
    severity: Severity::Error,
    summary: "outside, clients are redirected to a host that only exists inside",
    explanation: include_str!("redirect_leaks_inside.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for (probed, fault) in faults(case) {
        let Fault::LeaksInside(where_to) = fault else { continue };
        let draft = probed.finding(case, &format!("redirects {where_to}"));
        found.report(
            draft
                .expected(["an answer through the proxy, and no redirect"])
                .help("take the proxy's inside address out of the protected ranges in the IM firewall topology"),
        );
    }
}
