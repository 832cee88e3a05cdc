//! One e-mail domain that two IM domains claim.

use std::collections::BTreeMap;

use crate::dns::DomainName;
use crate::inventory::{Domain, Severity};
use crate::judge::estate::names;
use crate::judge::{Check, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "email-domain-mapped-twice",
    aliases: &[],
    severity: Severity::Error,
    summary: "two IM domains take the same e-mail domain: nobody can tell where its people are",
    explanation: include_str!("email_domain_mapped_twice.md"),
    check: Check::Estate(check),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    let mut takers: BTreeMap<&DomainName, Vec<&Domain>> = BTreeMap::new();
    for domain in &estate.inventory.domains {
        for email in &domain.email {
            takers.entry(email).or_default().push(domain);
        }
    }
    for (email, domains) in takers.into_iter().filter(|(_, domains)| domains.len() > 1) {
        let named = names(&domains);
        let message = format!("{email} is taken by {} IM domains: {}", domains.len(), named.join(", "));
        // One finding for all of them; whose it is must not depend on the order of the inventory.
        let Some(domain) = domains.into_iter().max_by_key(|domain| &domain.name) else { continue };
        let help = "leave the e-mail domain with the IM domain that holds its accounts";
        found.report(estate.domain_finding(domain, message).expected(["one IM domain"]).found(named).help(help).kind(email));
    }
}
