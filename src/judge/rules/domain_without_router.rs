//! An IM domain for which no router is declared.

use crate::inventory::Severity;
use crate::judge::{Check, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "domain-without-router",
    aliases: &[],
    severity: Severity::Error,
    summary: "no router is declared for an IM domain: nothing can answer for it",
    explanation: include_str!("domain_without_router.md"),
    check: Check::Estate(check),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    for domain in estate.inventory.domains.iter().filter(|domain| domain.routers.is_empty()) {
        let draft = estate.domain_finding(&domain, format!("{} has no router", domain.name));
        let help = "declare its router with [[router]] and name it in the domain's `routers`";
        found.report(draft.expected(["at least one router"]).found(["none"]).help(help).kind("routers"));
    }
}
