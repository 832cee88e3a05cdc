//! An IM domain whose name nobody can infer from an e-mail address.

use crate::dns::DomainName;
use crate::inventory::{Domain, Severity};
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "name-not-inferable",
    aliases: &[],
    severity: Severity::Note,
    summary: "the IM domain is not prefix + e-mail domain: remote users cannot infer it",
    explanation: include_str!("name_not_inferable.md"),
    check: Check::Estate(Declared::Domain(check)),
};

fn check(estate: &Estate<'_>, domain: &Domain, found: &mut Findings<'_>) {
    let prefix = &estate.inventory.prefix;
    let inferable: Vec<_> = domain.email.iter().filter_map(|email| email.prefixed(prefix).ok()).collect();
    if inferable.contains(&domain.name) || domain.email.is_empty() && domain.name.as_str().starts_with(prefix.as_str()) {
        return;
    }
    let message = format!("{} is not {prefix} + an e-mail domain of its own, so that nobody can infer it", domain.name);
    let expected = if inferable.is_empty() { vec![format!("{prefix}<e-mail domain>")] } else { texts(&inferable) };
    let help = "rename it when it is next rebuilt; until then publish the SRV record and tell contacts the IM address";
    let draft = estate.domain_finding(domain, message).expected(expected);
    found.report(draft.found([&domain.name]).help(help).kind("name"));
}

fn texts(names: &[DomainName]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
