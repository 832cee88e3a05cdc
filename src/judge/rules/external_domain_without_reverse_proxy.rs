//! A domain open to the outside, and no reverse proxy.

use crate::inventory::{Domain, Severity};
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "external-domain-without-reverse-proxy",
    aliases: &[],
    severity: Severity::Error,
    summary: "a domain is to be reached from outside, and no reverse proxy is declared for it",
    explanation: include_str!("external_domain_without_reverse_proxy.md"),
    check: Check::Estate(Declared::Domain(check)),
};

fn check(estate: &Estate<'_>, domain: &Domain, found: &mut Findings<'_>) {
    if domain.external && domain.reverse_proxies.is_empty() {
        let message = format!("{} is to be reached from outside and has no reverse proxy", domain.name);
        let help = "declare one with [[reverse_proxy]] and name it in the domain's `reverse_proxies`, or set external = false";
        let draft = estate.domain_finding(domain, message);
        found.report(draft.expected(["at least one reverse proxy"]).found(["none"]).help(help).kind("reverse_proxies"));
    }
}
