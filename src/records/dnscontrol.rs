//! dnscontrol: a `D()` for each zone and view, `!inside` and `!outside`. What else is in the zone is not purged.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::text::{comment, heading, notes, quoted};
use super::{Change, Plan, absolute, presentation};
use crate::dns::{RecordData, View};

pub(super) fn write(plan: &Plan) -> String {
    let mut text = notes("//", plan);
    let views: BTreeSet<View> = plan.changes.iter().map(|change| change.view).collect();
    if !views.is_empty() {
        text.push_str("var REG_NONE = NewRegistrar(\"none\");\n");
    }
    for view in views {
        let _ = writeln!(text, "var DSP_{} = NewDnsProvider(\"{}\");", tag(view).to_uppercase(), tag(view));
    }
    for zone in plan.zones() {
        let Some(first) = zone.first() else { continue };
        let tag = tag(first.view);
        text += &heading("//", zone);
        let name = quoted(&format!("{}!{tag}", first.zone.as_str()));
        let _ = writeln!(text, "D({name}, REG_NONE, DnsProvider(DSP_{}), NO_PURGE,", tag.to_uppercase());
        for change in zone {
            text += &left_out(change);
            for data in &change.wanted {
                let _ = writeln!(text, "    {},", record(change, data));
            }
        }
        text.push_str("END);\n");
    }
    text
}

/// What is there and is not stated. `NO_PURGE` keeps only sets of which no record is stated.
fn left_out(change: &Change) -> String {
    let line = |data| {
        let what = format!("{} {} {}", change.owner, change.rtype, presentation(data));
        if change.wanted.is_empty() {
            let record = record(change, data).strip_suffix(')').map(|head| format!("{head}, ENSURE_ABSENT_REC()),"));
            let how = comment("    //", &format!("{what}: confirm the removal by deleting the // before the next line"));
            how + &comment("    //", &record.unwrap_or_default())
        } else {
            comment("    //", &format!("{what}: left out of the records below; add it there unless it may go"))
        }
    };
    change.remove.iter().map(line).collect()
}

fn tag(view: View) -> &'static str {
    match view {
        View::Internal => "inside",
        View::External => "outside",
    }
}

fn record(change: &Change, data: &RecordData) -> String {
    let (owner, ttl) = (quoted(change.relative_owner("@")), change.ttl_secs);
    match data {
        RecordData::A(address) => format!("A({owner}, \"{address}\", TTL({ttl}))"),
        RecordData::Aaaa(address) => format!("AAAA({owner}, \"{address}\", TTL({ttl}))"),
        RecordData::Cname(target) => format!("CNAME({owner}, {}, TTL({ttl}))", quoted(&absolute(target))),
        RecordData::Srv { priority, weight, port, target } => {
            format!("SRV({owner}, {priority}, {weight}, {port}, {}, TTL({ttl}))", quoted(&absolute(target)))
        }
    }
}
