//! Comments and strings in the formats that have them. Lets no text of anybody end either early.

use super::{Change, Plan};

/// A comment of one line: what ends a line or steers a terminal is replaced.
pub(super) fn comment(mark: &str, text: &str) -> String {
    let harmless = |c: char| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { '\u{fffd}' } else { c };
    format!("{mark} {}\n", text.chars().map(harmless).collect::<String>())
}

/// A string of JSON, which is one of JavaScript and of YAML, too.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// What cannot be said as records, as comments.
pub(super) fn notes(mark: &str, plan: &Plan) -> String {
    let mut text: String = plan.notes.iter().map(|note| comment(mark, note)).collect();
    if plan.changes.is_empty() {
        text += &comment(mark, "nothing is to be done");
    }
    text
}

/// The heading of one zone of one view.
pub(super) fn heading(mark: &str, zone: &[Change]) -> String {
    let Some(first) = zone.first() else { return String::new() };
    format!("\n{}", comment(mark, &format!("zone {}, {} view", first.zone, first.view)))
}
