//! A script of dynamic updates (RFC 2136), as nsupdate of BIND and knsupdate of knot read it. Removals are comments.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::text::{comment, heading, notes};
use super::{Change, Plan, Primary, absolute, presentation};
use crate::dns::View;

pub(super) fn write(plan: &Plan, servers: &BTreeMap<View, Primary>) -> String {
    let mut text = notes(";", plan);
    for zone in plan.zones() {
        let Some(first) = zone.first() else { continue };
        text += &heading(";", zone);
        match servers.get(&first.view) {
            Some(Primary { address, is_named }) => {
                if !is_named {
                    let doubt = format!(
                        "the first server of the {} view: if it is a resolver, name the zone's primary with --server",
                        first.view
                    );
                    text += &comment(";", &doubt);
                }
                let _ = writeln!(text, "server {} {}", address.ip(), address.port());
            }
            // Without this line nsupdate asks for the zone's primary itself, by whatever view it happens to see.
            None => text += &comment(";", &format!("name the {} primary of the zone here: server ADDRESS", first.view)),
        }
        let _ = writeln!(text, "zone {}", absolute(&first.zone));
        text += &removals(zone);
        for change in zone {
            for data in &change.add {
                let (owner, ttl) = (absolute(&change.owner), change.ttl_secs);
                let _ = writeln!(text, "update add {owner} {ttl} IN {} {}", change.rtype, presentation(data));
            }
        }
        text.push_str("send\n");
    }
    text
}

/// Removals come first: beside an alias no address can be added.
fn removals(zone: &[Change]) -> String {
    let mut text = String::new();
    for change in zone {
        for data in &change.remove {
            if text.is_empty() {
                text += &comment(";", "confirm each removal by deleting the ; before it");
            }
            let _ = writeln!(text, ";update delete {} IN {} {}", absolute(&change.owner), change.rtype, presentation(data));
        }
    }
    text
}
