//! Domains by name, one after the other: those of the inventory, and such as the flags let in. Reads no list.

use std::borrow::Cow;

use super::domains::inferred_email;
use super::fingerprints::Seen;
use super::flags::{FlagError, Flags, near};
use super::{Domain, Inventory, MachineId};
use crate::dns::{DomainName, View};
use crate::place::Place;
use crate::profile::Role;

/// Looks domains up by name, each once.
#[derive(Debug)]
pub struct Listed<'i> {
    inventory: &'i Inventory,
    /// What a name that the inventory lacks becomes; `None` where it is a mistake.
    newcomer: Option<Domain>,
    seen: Seen,
}

impl<'i> Listed<'i> {
    /// Domains of an inventory to which `flags` were applied; `has_file` tells whether it comes from a file.
    pub fn new(inventory: &'i Inventory, flags: &Flags, has_file: bool) -> Self {
        let may_add = !has_file || flags.gives_machines();
        Self { inventory, newcomer: may_add.then(|| newcomer(inventory, flags)), seen: Seen::default() }
    }

    /// The domain of that name; `None` where it came before. `place` is where the list has it.
    pub fn find(&mut self, name: DomainName, place: impl FnOnce() -> Place) -> Result<Option<Cow<'i, Domain>>, FlagError> {
        if !self.seen.is_new(&name) {
            return Ok(None);
        }
        match (self.inventory.domains.named(&name), &self.newcomer) {
            (Some(id), _) => Ok(Some(self.inventory.domains.get(id))),
            (None, Some(newcomer)) => {
                let email = inferred_email(&name, &self.inventory.prefix).into_iter().collect();
                Ok(Some(Cow::Owned(Domain { name, email, place: place(), ..newcomer.clone() })))
            }
            (None, None) => {
                let near = near(self.inventory, &name);
                Err(FlagError::UnknownDomain { name, near })
            }
        }
    }
}

/// A domain of which only the name is given: with the machines of the flags, and expected outside where someone outside is asked.
fn newcomer(inventory: &Inventory, flags: &Flags) -> Domain {
    let external = inventory.views.get(&View::External).is_some_and(|view| !view.servers.is_empty());
    let given = |role: Role, values: &[String]| -> Vec<MachineId> {
        let flag = (!values.is_empty()).then(|| Flags::machine_name(role)).flatten();
        inventory
            .machines()
            .filter(|(_, machine)| machine.role == role && Some(machine.name.as_str()) == flag)
            .map(|(id, _)| id)
            .collect()
    };
    Domain {
        external,
        routers: given(Role::Router, &flags.routers),
        reverse_proxies: given(Role::ReverseProxy, &flags.reverse_proxies),
        ..Domain::bare(DomainName::root(), Place::command_line())
    }
}
