//! One e-mail domain that two IM domains claim.

use std::collections::BTreeMap;

use crate::dns::DomainName;
use crate::inventory::{DomainId, Severity};
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "email-domain-mapped-twice",
    aliases: &[],
    severity: Severity::Error,
    summary: "two IM domains take the same e-mail domain: nobody can tell where its people are",
    explanation: include_str!("email_domain_mapped_twice.md"),
    check: Check::Estate(Declared::Whole(check)),
};

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    let domains = &estate.inventory.domains;
    // Most have one taker, and there may be a million of them: only the others are written down.
    let mut takers: BTreeMap<DomainName, Vec<DomainId>> = BTreeMap::new();
    for (id, domain) in domains.with_ids() {
        for email in &domain.email {
            if let Some(first) = domains.of_email(email).filter(|first| *first != id) {
                takers.entry(email.clone()).or_insert_with(|| vec![first]).push(id);
            }
        }
    }
    for (email, takers) in takers {
        let named = estate.names(&takers);
        let message = format!("{email} is taken by {} IM domains: {}", takers.len(), named.join(", "));
        // One finding for all of them; whose it is must not depend on the order of the inventory.
        let Some(domain) = takers.into_iter().map(|id| domains.get(id)).max_by(|one, other| one.name.cmp(&other.name)) else {
            continue;
        };
        let help = "leave the e-mail domain with the IM domain that holds its accounts";
        found.report(estate.domain_finding(&domain, message).expected(["one IM domain"]).found(named).help(help).kind(email));
    }
}
