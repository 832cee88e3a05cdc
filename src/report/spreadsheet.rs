//! Cells that a spreadsheet does not take for formulas. Never quotes: that is CSV's business.

use std::borrow::Cow;

/// The text of a cell. What a spreadsheet would compute gets a `'` before it, which spreadsheets show as text.
pub fn cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_stays_and_formulas_become_text() {
        for text in ["", "ann@im.example.com", "'x", "1+1"] {
            assert_eq!(cell(text), text);
        }
        for text in ["=1+1", "+1", "-1", "@x", "\tx", "\rx"] {
            assert_eq!(cell(text), format!("'{text}"));
        }
    }
}
