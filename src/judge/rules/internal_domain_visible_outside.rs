//! An internal-only domain that answers in the external view. One server that says so is enough.

use crate::dns::View;
use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "internal-domain-visible-outside",
    aliases: &[],
    severity: Severity::Warning,
    summary: "a domain that is not to be reached from outside answers there",
    explanation: include_str!("internal_domain_visible_outside.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    if case.domain.external {
        return;
    }
    let Some(resolution) = case.resolution(View::External) else { return };
    let answered = resolution.answered();
    if answered.is_empty() {
        return;
    }
    let list = answered.iter().map(|address| case.name_address(*address)).collect::<Vec<_>>().join(", ");
    found.report(
        finding(format!("{} is internal-only and answers {list}, in the external view", case.domain.name))
            .view(View::External)
            .expected(["no address"])
            .found(answered)
            .servers(resolution.share_of(|opinion| !opinion.says.addresses.is_empty()))
            .help("delete the record from the external zone; if strangers are to reach the domain, declare external = true")
            .kind("visible")
            .cause(format!("the external view answers {list} for internal-only domains")),
    );
}
