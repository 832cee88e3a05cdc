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
        let shared = "cannot prove who it is"; // the name that a certificate lacks is one domain's own
        let fact = format!("{shared}: {}", faults.join("; "));
        let help = format!(
            "give it a certificate for {} from an authority that clients trust, or name yours as `ca` in [probe]; by hand: {}",
            probed.host,
            probed.by_hand()
        );
        let expected = format!("a certificate for {}", probed.host);
        let finding = probed.finding(case, &fact).cause(probed.cause(case, shared));
        found.report(finding.expected([expected]).found(faults).help(help));
    }
}
