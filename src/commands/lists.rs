//! The e-mail lists of an inventory.

use std::fs::File;
use std::io::{Cursor, Read};

use anyhow::Context as _;

use crate::dns::{DomainName, View};
use crate::email::{DomainPeople, List, ListOptions, Mapping, Roster, roster};
use crate::exit::Failure;
use crate::inventory::{Domain, Domains, Inventory};
use crate::profile::Role;

/// Reads the lists that the inventory names; `None` where it names none. Where the inventory has no domain, the lists say
/// which there are.
pub(super) fn read(inventory: &mut Inventory) -> anyhow::Result<Option<Roster>> {
    if inventory.emails.is_empty() {
        return Ok(None);
    }
    let mut lists = Vec::new();
    for path in &inventory.emails {
        let name = path.display().to_string();
        let file = File::open(path).with_context(|| format!("the e-mail list {name} cannot be read"))?;
        lists.push(open(&name, file)?);
    }
    let roster = roster(lists, &mapping(inventory)?)?;
    if inventory.domains.is_empty() {
        inventory.domains = domains_of(&roster, inventory);
    }
    Ok(Some(roster))
}

/// Refuses a prefix that makes no domain name.
pub(super) fn check_prefix(inventory: &Inventory) -> Result<(), Failure> {
    mapping(inventory).map(|_| ())
}

/// Reads one list that is in memory already.
pub(super) fn read_text(name: &str, text: &str, inventory: &Inventory) -> anyhow::Result<Roster> {
    Ok(roster([open(name, Cursor::new(text.to_owned()))?], &mapping(inventory)?)?)
}

fn open<R: Read>(name: &str, reader: R) -> anyhow::Result<List<R>> {
    Ok(List::open(name, reader, &ListOptions::default())?)
}

fn mapping(inventory: &Inventory) -> Result<Mapping, Failure> {
    Mapping::of_inventory(inventory).map_err(|error| Failure::unusable(error.to_string()))
}

/// One domain for each that people were derived into. A single one has all machines declared; of several, nothing says which
/// machine is whose.
fn domains_of(roster: &Roster, inventory: &Inventory) -> Domains {
    let external = inventory.views.get(&View::External).is_some_and(|settings| !settings.servers.is_empty());
    let machines = |role| {
        let all = inventory.machines().filter(|(_, machine)| machine.role == role && roster.people.len() == 1);
        all.map(|(id, _)| id).collect()
    };
    let domain = |(name, people): (&DomainName, &DomainPeople)| Domain {
        email: people.email.iter().cloned().collect(),
        external,
        routers: machines(Role::Router),
        reverse_proxies: machines(Role::ReverseProxy),
        home_servers: machines(Role::HomeServer),
        ..Domain::bare(name.clone(), people.first.clone())
    };
    roster.people.iter().map(domain).collect()
}
