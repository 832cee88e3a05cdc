//! Zone file lines (RFC 1035 5.1) with absolute names, so that they may stand in any file of the zone. Removes nothing.

use std::fmt::Write as _;

use super::text::{comment, heading, notes};
use super::{Plan, absolute, presentation};

pub(super) fn write(plan: &Plan) -> String {
    let mut text = notes(";", plan);
    for zone in plan.zones() {
        text += &heading(";", zone);
        for change in zone {
            let owner = absolute(&change.owner);
            for data in &change.remove {
                let line = format!("confirm, then delete: {owner} IN {} {}", change.rtype, presentation(data));
                text += &comment(";", &line);
            }
            for data in &change.add {
                let _ = writeln!(text, "{owner} {} IN {} {}", change.ttl_secs, change.rtype, presentation(data));
            }
        }
    }
    text
}
