//! A redirect to where no account is.

use crate::inventory::Severity;
use crate::judge::redirects::{Fault, faults};
use crate::judge::{Case, Check, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "redirect-to-unknown-host",
    aliases: &[],
    severity: Severity::Error,
    summary: "a router redirects to no declared home server, to a single-label name, or to a wrong path",
    explanation: include_str!("redirect_to_unknown_host.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for (probed, fault) in faults(case) {
        let Fault::Astray(where_to) = fault else { continue };
        let draft = probed.finding(case, &format!("redirects {where_to}"));
        found.report(
            draft
                .expected([format!("http://<home server>/instmsg/local/{}/instmsg/aliases/<user>", case.domain.name)])
                .help("correct the home server's name in the IM settings of the directory, or declare the home server"),
        );
    }
}
