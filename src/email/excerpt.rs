//! A text as a message shows it: its beginning, in quotes. Never says anything about it.

use std::fmt;

use super::characters::{ESCAPED, MARKS, STRANGE, marks};

/// How many characters of a text a message shows.
const LONGEST: usize = 60;

/// Writes a text as `{:?}` shows its excerpt. Nearly all are short and plain, and of what is plain, a quote and a backslash alone
/// are escaped.
pub(super) fn quote(to: &mut impl fmt::Write, text: &str) -> fmt::Result {
    let marks = marks(text);
    if text.len() > LONGEST || marks & STRANGE != 0 {
        return write!(to, "{:?}", excerpt(text));
    }
    to.write_char('"')?;
    if marks & ESCAPED == 0 { to.write_str(text) } else { escape(to, text) }?;
    to.write_char('"')
}

/// A text as [`quote`] writes it.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        quote(f, self.0)
    }
}

/// Writes a text with a backslash before each quote and backslash.
pub(super) fn escape(to: &mut impl fmt::Write, text: &str) -> fmt::Result {
    let mut rest = text;
    // As a rule the next one is near: to call for vectors takes longer.
    while let Some(at) = rest.bytes().position(|octet| MARKS[usize::from(octet)] & ESCAPED != 0) {
        let (before, from) = rest.split_at(at);
        let (special, after) = from.split_at(1);
        to.write_str(before)?;
        to.write_char('\\')?;
        to.write_str(special)?;
        rest = after;
    }
    to.write_str(rest)
}

/// The beginning of a text, for a message.
pub(super) fn excerpt(text: &str) -> String {
    if text.len() <= LONGEST {
        return text.to_owned();
    }
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn an_excerpt_is_quoted_as_debug_quotes_it(text in "[ -~]{0,70}|[a\"\\\\]{0,70}|\\PC{0,70}|[a\u{7f}\n\t'\u{301}]{0,8}") {
            let mut message = String::new();
            quote(&mut message, &text).expect("a string takes it");
            proptest::prop_assert_eq!(message, format!("{:?}", excerpt(&text)));
        }
    }
}
