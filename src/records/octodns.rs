//! octoDNS: a YAML document for each zone of each view, keys in the order that its provider insists on.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::text::{comment, heading, notes, quoted};
use super::{Change, Plan, absolute, presentation};
use crate::dns::RecordData;

/// How a document is to be used: octoDNS takes the sources of a zone for the whole zone.
const HOW: &[&str] = &[
    "octoDNS deletes what no source of a zone states: as the only source, these documents would delete the rest of the zone.",
    "List them behind the other sources of the zone, from a YamlProvider with populate_should_replace: true; or limit the zone to",
    "these names by the processor octodns.processor.filter.NameAllowlistFilter. Read the plan of octodns-sync before --doit.",
    "Only A, AAAA, CNAME and SRV are stated here: other types at these names have to come from another source.",
];

pub(super) fn write(plan: &Plan) -> String {
    let mut text = notes("#", plan);
    if !plan.changes.is_empty() {
        text.extend(HOW.iter().map(|line| comment("#", line)));
    }
    for zone in plan.zones() {
        let mut owners: BTreeMap<Vec<Run>, Vec<&Change>> = BTreeMap::new();
        for change in zone {
            owners.entry(natural(change.relative_owner(""))).or_default().push(change);
        }
        let document: String = owners.values().map(|changes| owner(changes)).collect();
        text += &heading("#", zone);
        text.push_str("---\n");
        text += &document;
        if document.lines().all(|line| line.starts_with('#')) {
            text.push_str("{}\n");
        }
    }
    text
}

/// What is there and is not stated. A set that is stated replaces the one that is there.
fn left_out(change: &Change) -> String {
    let how = if change.wanted.is_empty() {
        "to remove it, take it out of the source that states it"
    } else {
        "left out of the values below; add it there unless it may go"
    };
    let line = |data| comment("#", &format!("{} {} {}: {how}", change.owner, change.rtype, presentation(data)));
    change.remove.iter().map(line).collect()
}

/// The sets of one owner, under its name.
fn owner(changes: &[&Change]) -> String {
    let mut text: String = changes.iter().map(|change| left_out(change)).collect();
    let stated: Vec<&Change> = changes.iter().copied().filter(|change| !change.wanted.is_empty()).collect();
    if let Some(first) = stated.first() {
        let _ = writeln!(text, "{}:", quoted(first.relative_owner("")));
    }
    text.extend(stated.into_iter().map(set));
    text
}

fn set(change: &Change) -> String {
    let mut text = format!("  - ttl: {}\n    type: {}\n    values:\n", change.ttl_secs, change.rtype);
    for data in &change.wanted {
        let _ = match data {
            RecordData::A(address) => writeln!(text, "      - {}", quoted(&address.to_string())),
            RecordData::Aaaa(address) => writeln!(text, "      - {}", quoted(&address.to_string())),
            RecordData::Cname(target) => writeln!(text, "      - {}", quoted(&absolute(target))),
            RecordData::Srv { priority, weight, port, target } => writeln!(
                text,
                "      - port: {port}\n        priority: {priority}\n        target: {}\n        weight: {weight}",
                quoted(&absolute(target))
            ),
        };
    }
    text
}

/// A part of a name, as natural order compares it: numbers by value, and before text.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Run {
    Number(u128),
    Text(String),
}

fn natural(name: &str) -> Vec<Run> {
    let bytes: Vec<char> = name.chars().collect();
    let runs = bytes.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit());
    runs.map(|run| run.iter().collect::<String>()).map(|run| run.parse().map_or(Run::Text(run), Run::Number)).collect()
}
