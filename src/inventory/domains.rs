//! IM domains, from `[[domain]]` and from the rows of a domain list alike. Looks nothing up.

use std::collections::BTreeMap;

use super::machines::table_of;
use super::mistakes::Mistake;
use super::reader::{NamedMachines, Reader};
use super::section::{Section, Written};
use super::source::Spot;
use super::values;
use super::{Domain, MachineId, Migration, policy};
use crate::dns::DomainName;
use crate::place::Place;
use crate::profile::{PROFILES, Profile, Role};

/// A domain as it is written.
#[derive(Debug, Default)]
pub(super) struct Draft<'t> {
    pub(super) name: Option<Written<'t>>,
    /// `None` where nothing is written: it is then inferred from the name.
    pub(super) email: Option<Vec<Written<'t>>>,
    pub(super) external: bool,
    /// In the order of [`Role::ALL`].
    pub(super) machines: [Vec<Written<'t>>; 3],
    pub(super) profile: Option<Written<'t>>,
    pub(super) migration: Option<Section<'t>>,
}

/// The key that names a domain's machines of a role.
pub(super) fn key_of(role: Role) -> &'static str {
    match role {
        Role::Router => "routers",
        Role::ReverseProxy => "reverse_proxies",
        Role::HomeServer => "home_servers",
    }
}

pub(super) fn read(root: Section<'_>, reader: &mut Reader<'_>) {
    for section in root.sections("domain") {
        let draft = Draft {
            name: section.text("name"),
            email: section.texts("email"),
            external: section.flag("external").unwrap_or(false),
            machines: Role::ALL.map(|role| section.texts(key_of(role)).unwrap_or_default()),
            profile: section.text("profile"),
            migration: section.section("migration"),
        };
        if let Some(domain) = checked(draft, reader) {
            reader.inventory.domains.push(domain);
        }
    }
}

/// Checks a domain; `None` where something is wrong with it, which has been reported.
pub(super) fn checked(draft: Draft<'_>, reader: &mut Reader<'_>) -> Option<Domain> {
    let email = draft.email.map(|list| reader.distinct(list, values::host));
    let [routers, reverse_proxies, home_servers] = draft.machines;
    let routers = machines(Role::Router, routers, reader);
    let reverse_proxies = machines(Role::ReverseProxy, reverse_proxies, reader);
    let home_servers = machines(Role::HomeServer, home_servers, reader);
    let migration = draft.migration.map_or(Some(None), |section| migration(section, reader).map(Some));
    let profile = draft.profile.map_or(Some(PROFILES[0]), |text| profile(&text, reader));
    let written = draft.name?;
    let name = reader.value(&written, values::host)?;
    if !is_new(&name, &written, reader) {
        return None;
    }
    let email = email.unwrap_or_else(|| inferred_email(&name, &reader.inventory.prefix).into_iter().collect());
    let (profile, migration) = (profile?, migration?);
    let (external, place) = (draft.external, reader.place(written.at));
    Some(Domain { name, email, external, routers, reverse_proxies, home_servers, migration, profile, place })
}

impl Draft<'_> {
    /// The domain that [`checked`] has found nothing wrong with before. It has no migration: a row has no place for one.
    pub(super) fn into_domain(self, prefix: &str, known: &NamedMachines, place: Place) -> Domain {
        let name = |text: &Written<'_>| DomainName::parse_host(&text.text).ok();
        let Some(own) = self.name.as_ref().and_then(name) else { return Domain::bare(DomainName::root(), place) };
        let email = match self.email {
            Some(list) => list.iter().filter_map(name).collect(),
            None => inferred_email(&own, prefix).into_iter().collect(),
        };
        let profile = self.profile.and_then(|text| PROFILES.iter().copied().find(|profile| profile.id == text.text));
        let mut domain = Domain { email, external: self.external, ..Domain::bare(own, place) };
        domain.profile = profile.unwrap_or(domain.profile);
        for (role, names) in Role::ALL.into_iter().zip(self.machines) {
            let ids = names.into_iter().filter_map(|name| known.get(&(role, name.text.into_owned())));
            *domain.machines_mut(role) = ids.map(|(id, _)| *id).collect();
        }
        domain
    }
}

fn migration(section: Section<'_>, reader: &mut Reader<'_>) -> Option<Box<Migration>> {
    let mut old = |role: Role| machines(role, section.texts(key_of(role)).unwrap_or_default(), reader);
    let (routers, reverse_proxies) = (old(Role::Router), old(Role::ReverseProxy));
    let until = policy::day(section, "until", reader)?;
    Some(Box::new(Migration { routers, reverse_proxies, until }))
}

/// The e-mail domain that a person infers from an IM domain: its name less the prefix.
pub(super) fn inferred_email(name: &DomainName, prefix: &str) -> Option<DomainName> {
    DomainName::parse_host(name.as_str().strip_prefix(prefix)?).ok()
}

/// Whether no domain of that name came before. Of lists alone the fingerprints of names are kept: those that seem to come again are
/// looked at when all is read.
fn is_new(name: &DomainName, written: &Written<'_>, reader: &mut Reader<'_>) -> bool {
    let first = reader.domains.get(name).copied();
    match first {
        Some(first) => report_twice(name, written.at, first, reader),
        None if written.at.file == 0 => drop(reader.domains.insert(name.clone(), written.at)),
        None if reader.listed.is_new(name) => {}
        None => reader.listed_twice.push((name.clone(), written.at)),
    }
    first.is_none()
}

/// Reports that a domain is declared a second time.
pub(super) fn report_twice(name: &DomainName, at: Spot, first: Spot, reader: &mut Reader<'_>) {
    let mistake = Mistake::new(at, format!("the domain {name} is declared twice"), "here again");
    reader.report(mistake.also(first, "first here").help("leave one of them out"));
}

fn profile(written: &Written<'_>, reader: &mut Reader<'_>) -> Option<&'static Profile> {
    let ids: Vec<_> = PROFILES.iter().map(|profile| profile.id).collect();
    reader.choice(written, "profile", &ids).map(|position| PROFILES[position])
}

fn machines(role: Role, names: Vec<Written<'_>>, reader: &mut Reader<'_>) -> Vec<MachineId> {
    let mut seen: BTreeMap<MachineId, Spot> = BTreeMap::new();
    let mut ids = Vec::new();
    for written in names {
        let Some((id, _)) = reader.machines.get(&(role, written.text.clone().into_owned())).copied() else {
            undeclared(role, &written, reader);
            continue;
        };
        match seen.insert(id, written.at) {
            Some(first) => reader.twice(&written, first),
            None => ids.push(id),
        }
    }
    ids
}

fn undeclared(role: Role, written: &Written<'_>, reader: &mut Reader<'_>) {
    let name = &written.text;
    let label = format!("no [[{}]] has this name", table_of(role));
    let mistake = Mistake::new(written.at, format!("{role} \"{name}\" is not declared"), label).may_follow();
    let elsewhere = Role::ALL.into_iter().find(|other| reader.machines.contains_key(&(*other, name.clone().into_owned())));
    let help = match (elsewhere, reader.nearest_machine(role, name)) {
        (Some(other), _) => format!("there is a {other} of this name: list it under `{}`", key_of(other)),
        (None, Some(near)) => format!("did you mean \"{near}\"? otherwise declare it with [[{}]]", table_of(role)),
        (None, None) => format!("declare it with [[{}]]", table_of(role)),
    };
    reader.report(mistake.help(help));
}
