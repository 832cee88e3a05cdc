//! An IM domain for which no router is declared.

use crate::inventory::{Domain, Severity};
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "domain-without-router",
    aliases: &[],
    severity: Severity::Error,
    summary: "no router is declared for an IM domain: nothing can answer for it",
    explanation: include_str!("domain_without_router.md"),
    check: Check::Estate(Declared::Domain(check)),
};

fn check(estate: &Estate<'_>, domain: &Domain, found: &mut Findings<'_>) {
    if domain.routers.is_empty() {
        let draft = estate.domain_finding(domain, format!("{} has no router", domain.name));
        let help = "declare its router with [[router]] and name it in the domain's `routers`";
        found.report(draft.expected(["at least one router"]).found(["none"]).help(help).kind("routers"));
    }
}
