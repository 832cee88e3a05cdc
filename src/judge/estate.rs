//! What rules see that look at more than one domain: the whole inventory with its lists, or a whole view.

use jiff::civil::Date;

use super::view_status::ViewStatus;
use crate::dns::{DomainName, View};
use crate::email::Roster;
use crate::inventory::{Domain, Inventory};
use crate::place::Place;

/// The inventory and the e-mail lists.
#[derive(Clone, Copy, Debug)]
pub struct Estate<'a> {
    /// What should be.
    pub inventory: &'a Inventory,
    /// Who is there; `None` where no list was read.
    pub roster: Option<&'a Roster>,
    /// The day as of which is judged.
    pub today: Date,
}

impl Estate<'_> {
    /// How many people the lists have in an IM domain; `None` where no list was read.
    pub fn people(&self, domain: &DomainName) -> Option<u64> {
        self.roster.map(|roster| roster.people.get(domain).map_or(0, |people| people.count))
    }

    /// How many people the lists have in all of these domains.
    pub fn people_of<'d>(&self, domains: impl IntoIterator<Item = &'d Domain>) -> Option<u64> {
        domains.into_iter().map(|domain| self.people(&domain.name)).sum()
    }
}

/// One view as a whole.
#[derive(Clone, Copy, Debug)]
pub struct ViewCase<'a> {
    /// What should be.
    pub inventory: &'a Inventory,
    /// The view.
    pub view: View,
    /// What is known of it.
    pub status: &'a ViewStatus,
}

impl ViewCase<'_> {
    /// Where the view is declared.
    pub fn place(&self) -> Place {
        let settings = self.inventory.views.get(&self.view);
        settings.and_then(|settings| settings.place.clone()).unwrap_or_else(Place::command_line)
    }
}
