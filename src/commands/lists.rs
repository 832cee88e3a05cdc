//! The e-mail lists of an inventory.

use std::collections::BTreeSet;

use crate::dns::View;
use crate::email::Roster;
use crate::inventory::{Domain, Inventory};

/// Reads the lists that the inventory names; `None` where it names none. Where the inventory has no domain, the lists say
/// which there are.
pub(super) fn read(inventory: &mut Inventory) -> anyhow::Result<Option<Roster>> {
    if inventory.emails.is_empty() {
        return Ok(None);
    }
    let roster = super::derive::read_roster(&inventory.emails, inventory)?;
    if inventory.domains.is_empty() {
        inventory.domains = domains_of(&roster, inventory);
    }
    Ok(Some(roster))
}

/// One domain for each that people were derived into. All machines declared serve it, for nothing says otherwise.
fn domains_of(roster: &Roster, inventory: &Inventory) -> Vec<Domain> {
    let external = inventory.views.get(&View::External).is_some_and(|settings| !settings.servers.is_empty());
    let of_role = |role| inventory.machines().filter(|(_, machine)| machine.role == role).map(|(id, _)| id).collect();
    let domain = |(name, people): (&crate::dns::DomainName, &crate::email::DomainPeople)| Domain {
        email: people.email.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect(),
        external,
        routers: of_role(crate::profile::Role::Router),
        reverse_proxies: of_role(crate::profile::Role::ReverseProxy),
        home_servers: of_role(crate::profile::Role::HomeServer),
        ..Domain::bare(name.clone(), people.first.clone())
    };
    roster.people.iter().map(domain).collect()
}
