//! Values that csvde writes as `X'…'`, hexadecimal UTF-8, because the code page of its output lacks a character. Never reads a cell.

use std::borrow::Cow;

/// A cell with such values, of which `;` separates several, as the text that they stand for. What stands for no text stays.
pub(super) fn decoded(cell: &str) -> Cow<'_, str> {
    if !cell.contains("X'") {
        return Cow::Borrowed(cell);
    }
    let values: Vec<Cow<'_, str>> = cell.split(';').map(|value| text(value).map_or(Cow::Borrowed(value), Cow::Owned)).collect();
    Cow::Owned(values.join(";"))
}

fn text(value: &str) -> Option<String> {
    let digits = value.strip_prefix("X'")?.strip_suffix('\'')?.as_bytes();
    let octets = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    });
    String::from_utf8(octets.collect::<Option<_>>()?).ok()
}

fn digit(octet: u8) -> Option<u8> {
    char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_values_become_their_text_and_all_else_stays() {
        for (cell, expected) in [
            ("X'6ac3b672674062'", "jörg@b"),
            ("SMTP:a@b;X'736d74703a6ac3b6'", "SMTP:a@b;smtp:jö"),
            ("X''", ""),
            ("X'0'", "X'0'"),
            ("X'zz'", "X'zz'"),
            ("X'ff'", "X'ff'"),
            ("x X'41'", "x X'41'"),
            ("X'41", "X'41"),
            ("", ""),
        ] {
            assert_eq!(decoded(cell), expected, "{cell:?}");
        }
    }
}
