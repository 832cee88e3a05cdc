//! A machine that speaks TLS and shows a certificate that clients do not accept.

use crate::inventory::Severity;
use crate::judge::certificate::{faults, shown_by};
use crate::judge::{Case, Check, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "certificate-invalid",
    aliases: &[],
    severity: Severity::Error,
    summary: "a machine shows a certificate that clients do not accept: its chain, its name, or its date",
    explanation: include_str!("certificate_invalid.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for (probed, certificate) in shown_by(case) {
        let faults = faults(certificate, &probed.host, case.estate.today);
        if faults.is_empty() {
            continue;
        }
        let fact = format!("cannot prove who it is: {}", faults.join("; "));
        let help = format!(
            "give it a certificate for {} from an authority that clients trust, or name yours as `ca` in [probe]; by hand: {}",
            probed.host,
            probed.by_hand()
        );
        found.report(probed.finding(case, &fact).expected([format!("a certificate for {}", probed.host)]).found(faults).help(help));
    }
}
