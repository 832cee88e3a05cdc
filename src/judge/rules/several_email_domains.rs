//! One IM domain for several e-mail domains.

use crate::inventory::{Domain, Severity};
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "several-email-domains",
    aliases: &[],
    severity: Severity::Warning,
    summary: "one IM domain takes several e-mail domains: one-to-one is recommended",
    explanation: include_str!("several_email_domains.md"),
    check: Check::Estate(Declared::Domain(check)),
};

fn check(estate: &Estate<'_>, domain: &Domain, found: &mut Findings<'_>) {
    if domain.email.len() > 1 {
        let message = format!("{} takes {} e-mail domains", domain.name, domain.email.len());
        let help = "give each e-mail domain an IM domain of its own; until then, watch for address-collision";
        let draft = estate.domain_finding(domain, message).expected(["one e-mail domain"]);
        found.report(draft.found(&domain.email).help(help).kind("email"));
    }
}
