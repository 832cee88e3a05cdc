//! `[[router]]`, `[[reverse_proxy]]`, `[[home_server]]`. Reaches no machine.

use std::sync::Arc;

use super::Machine;
use super::mistakes::Mistake;
use super::reader::{Reader, filled};
use super::section::Section;
use super::values;
use crate::profile::Role;

/// The table in which machines of that role are declared.
pub(super) fn table_of(role: Role) -> &'static str {
    match role {
        Role::Router => "router",
        Role::ReverseProxy => "reverse_proxy",
        Role::HomeServer => "home_server",
    }
}

pub(super) fn read(root: Section<'_>, reader: &mut Reader<'_>) {
    for role in Role::ALL {
        for section in root.sections(table_of(role)) {
            read_machine(role, section, reader);
        }
    }
}

fn read_machine(role: Role, section: Section<'_>, reader: &mut Reader<'_>) {
    let addresses = reader.distinct(section.texts("addresses").unwrap_or_default(), values::range);
    let host = section.text("host").and_then(|text| reader.value(&text, values::host));
    let tls = section.flag("tls");
    let Some(written) = section.text("name") else { return };
    let Some(name) = reader.value(&written, filled) else { return };
    if let Some((_, first)) = reader.machines.get(&(role, name.clone())) {
        let mistake = Mistake::new(written.at, format!("{role} \"{name}\" is declared twice"), "here again");
        let mistake = mistake.also(*first, "first here").help("give one of them another name");
        reader.report(mistake);
        return;
    }
    let place = reader.place(written.at);
    let id = reader.inventory.add_machine(Machine { role, name: name.clone(), addresses, host, tls, place });
    Arc::make_mut(&mut reader.machines).insert((role, name), (id, written.at));
}
