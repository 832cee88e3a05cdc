//! What the characters of lists and addresses are, one by one. Never looks at what they spell.

/// Characters that nobody sees and that copying out of other programs leaves round addresses.
pub(super) fn is_invisible(c: char) -> bool {
    !c.is_ascii()
        && matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// White space of any script, and the invisible.
#[inline]
pub(super) fn is_blank(c: char) -> bool {
    if c.is_ascii() { matches!(c, ' ' | '\t'..='\r') } else { c.is_whitespace() || is_invisible(c) }
}

/// Whether a value holds nothing, or blanks alone.
pub(super) fn is_empty(value: &[u8]) -> bool {
    match value.first() {
        None => true,
        Some(octet) if octet.is_ascii_graphic() => false,
        Some(_) => std::str::from_utf8(value).is_ok_and(|text| text.trim_matches(is_blank).is_empty()),
    }
}

/// How many characters of UTF-8 begin in these octets.
pub(super) fn count(octets: &[u8]) -> u32 {
    let begins = octets.iter().filter(|&&octet| octet & 0xC0 != 0x80);
    u32::try_from(begins.count()).unwrap_or(u32::MAX)
}

/// `atext` with RFC 6532's addition. Joiners spell words in some scripts; the other invisible characters only deceive.
pub(super) fn is_atext(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric()
            || matches!(c, '!' | '#'..='\'' | '*' | '+' | '-' | '/' | '=' | '?' | '^'..='`' | '{'..='~');
    }
    matches!(c, '\u{200c}' | '\u{200d}') || !(c.is_control() || is_blank(c))
}

/// What an octet may do to a text: not be printable ASCII, need a backslash inside quotes, make more than one bare address of it.
pub(super) const STRANGE: u8 = 1;
pub(super) const ESCAPED: u8 = 2;
const SPLITTING: u8 = 4;

/// What each octet does.
pub(super) const MARKS: [u8; 256] = {
    let (mut marks, mut octet) = ([STRANGE; 256], b' ');
    while octet <= b'~' {
        marks[octet as usize] = match octet {
            b'"' => ESCAPED | SPLITTING,
            b'\\' => ESCAPED,
            b'(' | b'<' | b'>' | b',' | b';' | b':' => SPLITTING,
            _ => 0,
        };
        octet += 1;
    }
    marks
};

/// What the octets of a text do together. Most texts are short: a table is quicker than vectors.
pub(super) fn marks(text: &str) -> u8 {
    text.bytes().fold(0, |marks, octet| marks | MARKS[usize::from(octet)])
}

/// Whether a text holds printable ASCII only.
pub(super) fn is_plain(text: &str) -> bool {
    marks(text) & STRANGE == 0
}

/// Whether an octet alone makes a text more than one bare address.
pub(super) fn splits(octet: u8) -> bool {
    MARKS[usize::from(octet)] & SPLITTING != 0
}

/// Whether a text holds a quote, a bracket, a word with a colon or a separator: anything that makes it more than one bare address.
pub(super) fn is_split(text: &str) -> bool {
    marks(text) & SPLITTING != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn atext_is_that_of_rfc_5322() {
        for c in '\0'..='\u{7f}' {
            assert_eq!(is_atext(c), c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c), "{c:?}");
        }
    }
}
