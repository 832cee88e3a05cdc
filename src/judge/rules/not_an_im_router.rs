//! Something answers and is no RVP server.

use crate::inventory::Severity;
use crate::judge::probing::{OwnName, RVP_ANSWER, judged, under_own_name};
use crate::judge::{Case, Check, Findings, Rule};
use crate::profile::Class;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "not-an-im-router",
    aliases: &[],
    severity: Severity::Error,
    summary: "something answers at the address, and it is no RVP server",
    explanation: include_str!("not_an_im_router.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for probed in judged(case) {
        let stranger = match probed.class {
            Class::NotHttp => true,
            // Else wrong-virtual-server speaks, or nobody until it is known.
            Class::NotRvp => matches!(under_own_name(case, probed), OwnName::Nothing),
            _ => false,
        };
        if !stranger {
            continue;
        }
        let help = format!("install or start the IM virtual server there, or correct the address; by hand: {}", probed.by_hand());
        found.report(probed.finding(case, "answers, and is no RVP server").expected([RVP_ANSWER]).help(help));
    }
}
