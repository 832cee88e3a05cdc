//! `[view.internal]` and `[view.external]`. Asks no server.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use super::mistakes::Mistake;
use super::reader::{Reader, filled};
use super::section::{Section, Written};
use super::source::Spot;
use super::values;
use super::{Canary, Server, ViewSettings};
use crate::dns::View;

pub(super) fn read(root: Section<'_>, reader: &mut Reader<'_>) {
    let Some(views) = root.section("view") else { return };
    let mut canaries: Vec<(View, Canary, Spot)> = Vec::new();
    for view in View::ALL {
        let Some(section) = views.section(view.as_str()) else { continue };
        let entries = section.entries("servers");
        let bulk = bulk(&entries, reader);
        let servers = reader.distinct(entries.into_iter().map(|(text, _)| text).collect(), values::server);
        let zones = reader.distinct(section.texts("zones").unwrap_or_default(), filled);
        let zones = zones.iter().map(|zone| reader.in_folder(zone).to_string_lossy().into_owned()).collect();
        let canary = canary(section, reader);
        if let Some((canary, at)) = &canary {
            canaries.push((view, canary.clone(), *at));
        }
        let place = Some(reader.place(section.at));
        let settings = ViewSettings { servers, bulk, zones, canary: canary.map(|(canary, _)| canary), place };
        reader.inventory.views.insert(view, settings);
    }
    if let [(one, canary, first), (other, same, second)] = canaries.as_slice()
        && canary == same
    {
        let message = format!("the canary of the {other} view is that of the {one} view: it tells them not apart");
        let mistake = Mistake::new(*second, message, "the same name and address").also(*first, "as here");
        reader.report(mistake.help("choose a name whose address differs between the views, or that one of them does not have"));
    }
}

/// The servers with `bulk = true`.
fn bulk(entries: &[(Written<'_>, Option<Section<'_>>)], reader: &mut Reader<'_>) -> BTreeSet<SocketAddr> {
    let mut bulk = BTreeSet::new();
    let with_it = entries.iter().filter(|(_, table)| table.as_ref().and_then(|table| table.flag("bulk")) == Some(true));
    for (text, _) in with_it {
        match values::server(&text.text) {
            Ok(Server::Plain(address)) => {
                bulk.insert(address);
            }
            Ok(_) => {
                let message = format!("\"{}\" cannot be asked in bulk: only a server that is named by its address can", text.text);
                reader.report(Mistake::new(text.at, message, "this is no address").help("name the address, or leave `bulk` out"));
            }
            Err(_) => {} // it is reported where all servers are read
        }
    }
    bulk
}

fn canary(view: Section<'_>, reader: &mut Reader<'_>) -> Option<(Canary, Spot)> {
    let section = view.section("canary")?;
    let name = section.text("name").and_then(|text| reader.value(&text, values::host));
    let address = section.text("address").and_then(|text| reader.value(&text, values::address));
    Some((Canary { name: name?, address: address? }, section.at))
}
