//! Text from DNS, HTTP and lists, made safe for a terminal. Never drops a character: it shows it.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with control characters and those that reorder or hide text (bidi controls, zero width) shown as `\u{…}`.
pub fn printable(text: &str) -> Cow<'_, str> {
    // Nearly all text is plain, and whether it is takes no look at characters.
    if text.bytes().fold(true, |all, octet| all & (b' '..=b'~').contains(&octet)) {
        return Cow::Borrowed(text);
    }
    shown_where(text, is_unsafe)
}

/// The same for a document of many lines.
pub(super) fn printable_lines(document: &str) -> Cow<'_, str> {
    shown_where(document, |c| c != '\n' && is_unsafe(c))
}

fn shown_where(text: &str, is_unsafe: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unsafe(c) {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

const DEL: u8 = 0x7F;

/// The same for a JSON document, where such characters stand inside strings only: the escape is JSON's own, so nothing is lost.
pub(super) fn json_printable(document: &str) -> Cow<'_, str> {
    let unsafe_in_json = |c: char| c != '\n' && is_unsafe(c);
    // Nearly every document; of the control characters in ASCII, JSON itself lets no other stand than DEL.
    if document.is_ascii() && !document.as_bytes().contains(&DEL) {
        return Cow::Borrowed(document);
    }
    if !document.chars().any(unsafe_in_json) {
        return Cow::Borrowed(document);
    }
    let mut shown = String::with_capacity(document.len() + 8);
    for c in document.chars() {
        if unsafe_in_json(c) {
            let _ = write!(shown, "\\u{:04x}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_left_alone() {
        assert!(matches!(printable("im.bücher.example answers 10.1.0.10"), Cow::Borrowed(_)));
    }

    #[test]
    fn json_keeps_its_meaning() {
        let text = "C1 \u{9b}31m, bidi \u{202e}";
        let document = serde_json::to_string_pretty(&[text]).expect("a string is JSON");
        let safe = json_printable(&document);
        assert!(safe.is_ascii());
        assert_eq!(serde_json::from_str::<Vec<String>>(&safe).expect("still JSON"), [text]);
    }

    #[test]
    fn escapes_and_bidi_controls_are_shown_not_obeyed() {
        assert_eq!(printable("\u{1b}[2Ja\u{202e}b\r\n"), "\\u{1b}[2Ja\\u{202e}b\\u{d}\\u{a}");
        assert_eq!(printable("\u{9b}31m"), "\\u{9b}31m");
    }
}
