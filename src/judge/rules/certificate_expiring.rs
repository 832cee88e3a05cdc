//! A certificate that is good today and will not be for long.

use crate::inventory::Severity;
use crate::judge::certificate::{ends, faults, shown_by};
use crate::judge::{Case, Check, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "certificate-expiring",
    aliases: &[],
    severity: Severity::Warning,
    summary: "a machine's certificate expires within 30 days",
    explanation: include_str!("certificate_expiring.md"),
    check: Check::Probe(check),
};

/// So many days before its last one a certificate is reported.
const DAYS: i32 = 30;

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    let today = case.estate.today;
    for (probed, certificate) in shown_by(case) {
        // One that is not accepted anyway is certificate-invalid's business.
        let Some((last, days)) = ends(certificate, today).filter(|(_, days)| *days <= DAYS) else { continue };
        if !faults(certificate, &probed.host, today).is_empty() {
            continue;
        }
        let left = match days {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            days => format!("in {days} days"),
        };
        found.report(
            probed
                .finding(case, &format!("has a certificate that expires {left}"))
                .expected([format!("a certificate that is good for more than {DAYS} days")])
                .found([format!("good until {last}")])
                .help("renew it, and see whether the renewal happens by itself"),
        );
    }
}
