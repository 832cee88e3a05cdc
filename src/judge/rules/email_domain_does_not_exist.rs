//! An e-mail domain that no view knows.

use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, email_domain_exists, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "email-domain-does-not-exist",
    aliases: &[],
    severity: Severity::Warning,
    summary: "the e-mail domain does not exist: most often a typing error in the list or the inventory",
    explanation: include_str!("email_domain_does_not_exist.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for email in &case.domain.email {
        if email_domain_exists(case, email) != Some(false) {
            continue;
        }
        let draft = match case.views[..] {
            [only] => finding(format!("the e-mail domain {email} does not exist in the {only} view")).view(only),
            _ => finding(format!("the e-mail domain {email} does not exist in any view")),
        };
        found.report(
            draft
                .expected([format!("{email} exists")])
                .found(["NXDOMAIN"])
                .help(format!(
                    "correct the e-mail domain of {} in the inventory, or in the list that it came from",
                    case.domain.name
                ))
                .kind(email),
        );
    }
}
