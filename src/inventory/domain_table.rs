//! The domains of an inventory: those of `[[domain]]` as they are, those of a list as the text of their rows, of which each
//! domain is made when it is looked at. Checks nothing: rows were checked when they came.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::csv_fields::{Field, rows_from};
use super::domain_list::draft;
use super::fingerprints::Index;
use super::reader::NamedMachines;
use super::section::Written;
use super::{Domain, MachineId};
use crate::dns::DomainName;
use crate::place::Place;
use crate::profile::Role;

/// The domains of an inventory, in their order. A row of a list takes the length of its line and 16 octets more.
#[derive(Clone, Debug, Default)]
pub struct Domains {
    held: Vec<Held>,
    lists: Vec<List>,
    /// The machine of each role that flags put in place of those in rows.
    instead: [Option<MachineId>; 3],
    by_name: OnceLock<Index>,
    by_email: OnceLock<Index>,
}

/// The position of a domain in the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainId(u32);

/// A domain of the table.
#[derive(Clone, Debug)]
enum Held {
    Whole(Box<Domain>),
    Row { list: u32, row: Row },
}

/// Where a row begins: the byte, and the line that holds it, 1-based.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) line: u32,
    pub(super) start: u32,
}

/// A domain list, checked, and what it takes to understand its rows.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) path: Arc<str>,
    pub(super) text: Arc<String>,
    /// Which of the files it is that were read.
    pub(super) file: usize,
    /// The key of `[[domain]]` that each column holds.
    pub(super) columns: Vec<&'static str>,
    pub(super) prefix: String,
    pub(super) machines: Arc<NamedMachines>,
}

impl List {
    pub(super) fn fields(&self, row: Row) -> Vec<Field<'_>> {
        rows_from(&self.text, row.start as usize).next().and_then(Result::ok).unwrap_or_default()
    }

    fn domain(&self, row: Row) -> Domain {
        let draft = draft(&self.fields(row), &self.columns, self.file);
        let place = draft.name.as_ref().map_or_else(Place::command_line, |name| self.place(row, name));
        draft.into_domain(&self.prefix, &self.machines, place)
    }

    /// The place of a field that begins in a row.
    fn place(&self, row: Row, field: &Written<'_>) -> Place {
        let before = &self.text[row.start as usize..field.at.start];
        let breaks = before.bytes().filter(|octet| *octet == b'\n').count();
        let begun = self.text[..field.at.start].rfind('\n').map_or(0, |at| at + 1);
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let column = self.text[begun..field.at.start].chars().count() + 1;
        Place::new(Arc::clone(&self.path), row.line.saturating_add(number(breaks)), number(column))
    }
}

impl Domains {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// All of them.
    pub fn iter(&self) -> Iter<'_> {
        Iter { domains: self, left: 0..self.held.len() }
    }

    /// All of them with their positions.
    pub fn with_ids(&self) -> impl Iterator<Item = (DomainId, Cow<'_, Domain>)> {
        self.iter().enumerate().map(|(position, domain)| (DomainId::at(position), domain))
    }

    /// The domain before which so many come.
    #[cfg(test)]
    pub(crate) fn nth(&self, position: usize) -> Cow<'_, Domain> {
        self.get(DomainId::at(position))
    }

    /// The domain at that position.
    pub fn get(&self, id: DomainId) -> Cow<'_, Domain> {
        self.made(&self.held[id.position()])
    }

    /// The position of the domain of that name.
    pub fn named(&self, name: &DomainName) -> Option<DomainId> {
        let index = self.by_name.get_or_init(|| self.index(|domain| std::slice::from_ref(&domain.name)));
        self.find(index, name, |domain| domain.name == *name)
    }

    /// The position of the first domain that takes the people of an e-mail domain.
    pub fn of_email(&self, email: &DomainName) -> Option<DomainId> {
        let index = self.by_email.get_or_init(|| self.index(|domain| &domain.email));
        self.find(index, email, |domain| domain.email.contains(email))
    }

    fn index(&self, names: impl Fn(&Domain) -> &[DomainName]) -> Index {
        let mut index = Index::default();
        for (position, domain) in self.iter().enumerate() {
            for name in names(&domain) {
                index.note(name, position);
            }
        }
        index
    }

    fn find(&self, index: &Index, name: &DomainName, is_it: impl Fn(&Domain) -> bool) -> Option<DomainId> {
        let position = index.find(name)?;
        let found =
            if is_it(&self.made(&self.held[position])) { Some(position) } else { self.iter().position(|domain| is_it(&domain)) };
        found.map(DomainId::at)
    }

    /// Adds a domain behind the others.
    pub fn push(&mut self, domain: Domain) {
        self.change().push(Held::Whole(Box::new(domain)));
    }

    /// Leaves those for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&Domain) -> bool) {
        let mut held = std::mem::take(self.change());
        held.retain(|one| keep(&self.made(one)));
        held.shrink_to_fit();
        self.held = held;
    }

    /// Puts one machine in place of all of that role, and ends migrations.
    pub fn replace_machines(&mut self, role: Role, id: MachineId) {
        self.instead[role as usize] = Some(id);
        for held in self.change() {
            if let Held::Whole(domain) = held {
                *domain.machines_mut(role) = vec![id];
                domain.migration = None;
            }
        }
    }

    /// Adds a list, whose rows are to follow.
    pub(super) fn begin_list(&mut self, list: List) {
        self.lists.push(list);
    }

    /// Adds a row of the last list.
    pub(super) fn push_row(&mut self, row: Row) {
        let list = u32::try_from(self.lists.len().saturating_sub(1)).unwrap_or(u32::MAX);
        self.change().push(Held::Row { list, row });
    }

    /// The rows of all lists.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&List, Row)> {
        self.held.iter().filter_map(|held| match held {
            Held::Whole(_) => None,
            Held::Row { list, row } => Some((&self.lists[*list as usize], *row)),
        })
    }

    /// What is held, to be changed: what was found in it holds no longer.
    fn change(&mut self) -> &mut Vec<Held> {
        (self.by_name, self.by_email) = Default::default();
        &mut self.held
    }

    fn made<'d>(&'d self, held: &'d Held) -> Cow<'d, Domain> {
        let (list, row) = match held {
            Held::Whole(domain) => return Cow::Borrowed(domain),
            Held::Row { list, row } => (list, row),
        };
        let mut domain = self.lists[*list as usize].domain(*row);
        for role in Role::ALL {
            if let Some(id) = self.instead[role as usize] {
                *domain.machines_mut(role) = vec![id];
            }
        }
        Cow::Owned(domain)
    }
}

impl DomainId {
    fn at(position: usize) -> Self {
        Self(u32::try_from(position).unwrap_or(u32::MAX))
    }

    /// How many domains come before it.
    pub fn position(self) -> usize {
        self.0 as usize
    }
}

/// See [`Domains::iter`].
#[derive(Clone, Debug)]
pub struct Iter<'d> {
    domains: &'d Domains,
    left: Range<usize>,
}

impl<'d> Iterator for Iter<'d> {
    type Item = Cow<'d, Domain>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left.next().map(|position| self.domains.made(&self.domains.held[position]))
    }
}

impl<'d> IntoIterator for &'d Domains {
    type Item = Cow<'d, Domain>;
    type IntoIter = Iter<'d>;

    fn into_iter(self) -> Iter<'d> {
        self.iter()
    }
}

impl FromIterator<Domain> for Domains {
    fn from_iter<T: IntoIterator<Item = Domain>>(domains: T) -> Self {
        let held = domains.into_iter().map(|domain| Held::Whole(Box::new(domain))).collect();
        Self { held, ..Self::default() }
    }
}
