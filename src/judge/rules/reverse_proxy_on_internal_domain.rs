//! A reverse proxy for a domain that is not to be reached from outside.

use crate::inventory::{Domain, Severity};
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "reverse-proxy-on-internal-domain",
    aliases: &[],
    severity: Severity::Warning,
    summary: "a reverse proxy is declared for a domain that is not to be reached from outside",
    explanation: include_str!("reverse_proxy_on_internal_domain.md"),
    check: Check::Estate(Declared::Domain(check)),
};

fn check(estate: &Estate<'_>, domain: &Domain, found: &mut Findings<'_>) {
    if !domain.external && !domain.reverse_proxies.is_empty() {
        let proxies: Vec<&str> = domain.reverse_proxies.iter().map(|id| estate.inventory.machine(*id).name.as_str()).collect();
        let message = format!("{} is for inside only and has a reverse proxy: {}", domain.name, proxies.join(", "));
        let help = "set external = true if strangers are to reach the domain, else take the proxy out of its `reverse_proxies`";
        found.report(estate.domain_finding(domain, message).expected(["none"]).found(proxies).help(help).kind("reverse_proxies"));
    }
}
