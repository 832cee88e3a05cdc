//! CSV (RFC 4180): a row for each record, with what is to be done about it. Has no comments, so that notes go elsewhere.

use super::{Change, Plan, presentation};
use crate::dns::RecordData;

pub(super) fn write(plan: &Plan) -> String {
    let mut rows = vec![["action", "view", "zone", "owner", "ttl", "type", "value"].map(str::to_owned)];
    for change in &plan.changes {
        rows.extend(change.remove.iter().map(|data| row("confirm-removal", change, data)));
        rows.extend(change.add.iter().map(|data| row("add", change, data)));
    }
    let mut writer = ::csv::WriterBuilder::new().from_writer(Vec::new());
    for row in rows {
        // Writing to memory does not fail.
        let _ = writer.write_record(row);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn row(action: &str, change: &Change, data: &RecordData) -> [String; 7] {
    [
        action.to_owned(),
        change.view.to_string(),
        change.zone.to_string(),
        change.owner.to_string(),
        change.ttl_secs.to_string(),
        change.rtype.to_string(),
        presentation(data),
    ]
}
