//! The word with a colon that may stand before an address. Never looks behind the colon.

/// What a word with a colon before an address means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme<'a> {
    /// `SMTP:` of a directory; what follows is an address as it stands.
    Plain,
    /// `mailto:` (true) and its like: what follows is percent-encoded, perhaps with `?` and more.
    Uri(bool),
    /// Another kind of address, with the words that name it.
    Foreign(&'static str),
    /// Anything else.
    Unknown(&'a str),
}

/// The words that are known, and what they mean.
const KNOWN: [(&[&str], Scheme<'static>); 10] = [
    (&["smtp"], Scheme::Plain),
    (&["mailto"], Scheme::Uri(true)),
    (&["sip", "im", "xmpp"], Scheme::Uri(false)),
    (&["x400"], Scheme::Foreign("an X.400 address")),
    (&["x500", "ex", "=ex"], Scheme::Foreign("an X.500 address")),
    (&["spo"], Scheme::Foreign("a SharePoint address")),
    (&["eum"], Scheme::Foreign("a voice-mail address")),
    (&["fax", "tel"], Scheme::Foreign("a telephone number")),
    (&["notes", "ms", "ccmail", "gwise"], Scheme::Foreign("an address of another mail system")),
    (&["http", "https", "ftp", "file"], Scheme::Foreign("a link")),
];

/// The scheme at the start of a text and the position after its colon.
pub(super) fn scheme(text: &str) -> Option<(Scheme<'_>, usize)> {
    let end = text.bytes().position(|octet| !(octet.is_ascii_alphanumeric() || b"+-.=".contains(&octet)))?;
    if end == 0 || !text.get(end..)?.starts_with(':') {
        return None;
    }
    let word = text.get(..end)?;
    let known = KNOWN.iter().find(|(words, _)| words.iter().any(|known| known.eq_ignore_ascii_case(word)));
    let scheme = known.map_or(Scheme::Unknown(word), |(_, scheme)| *scheme);
    Some((scheme, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_are_told_apart() {
        assert_eq!(scheme("SMTP:a@b"), Some((Scheme::Plain, 5)));
        assert_eq!(scheme("MailTo:a@b"), Some((Scheme::Uri(true), 7)));
        assert_eq!(scheme("=EX:/o=x"), Some((Scheme::Foreign("an X.500 address"), 4)));
        assert_eq!(scheme("foo:a@b"), Some((Scheme::Unknown("foo"), 4)));
        assert_eq!(scheme("a@b:c"), None);
        assert_eq!(scheme(":a"), None);
    }
}
