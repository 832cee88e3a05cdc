//! Domain names, parsed once into a form that cannot be wrong (RFC 1035 2.3, RFC 5890).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};
use smol_str::{SmolStr, SmolStrBuilder, StrExt as _};

/// The longest name in presentation form, without the final dot, octets.
const MAX_NAME: usize = 253;
/// The longest name on the wire, with its length octets and the root, octets.
const MAX_WIRE: usize = 255;
/// The longest label, octets.
const MAX_LABEL: usize = 63;

/// An absolute domain name: lower case, A-labels, without the final dot. The root is the empty text and prints as `.`.
///
/// A name that a person wrote holds letters, digits, `-` and `_` only. A name off the wire may hold any octet (RFC 2181 11);
/// those stand as `\DDD` (RFC 1035 5.1), so that printing a name never sends a control character to a terminal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct DomainName(SmolStr);

/// Why a text is no domain name. The messages go after the name: `"a..b": it has an empty label`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing there.
    #[error("the name is empty")]
    Empty,
    /// Two dots in a row, or one at the start.
    #[error("it has an empty label")]
    EmptyLabel,
    /// Octets of the whole name in A-label form.
    #[error("it is {0} octets long, the limit is 253")]
    TooLong(usize),
    /// A label and its length in octets.
    #[error("its label \"{0}\" is {1} octets long, the limit is 63")]
    LabelTooLong(String, usize),
    /// A character that no host name holds.
    #[error("it contains {0:?}, which no domain name may hold")]
    BadCharacter(char),
    /// A label that begins or ends with `-`.
    #[error("its label \"{0}\" begins or ends with a hyphen")]
    Hyphen(String),
    /// `_` where a host is meant.
    #[error("it contains an underscore, which a host name may not hold")]
    Underscore,
    /// IDNA (UTS #46) refuses it.
    #[error("it is not a valid internationalised name (IDNA)")]
    Idna,
    /// An IP address where a name is meant.
    #[error("it is an address, not a name")]
    Address,
    /// The last label is a number, so that the name would be read as an address (RFC 3696 2).
    #[error("its last label is a number")]
    NumericTop,
}

impl DomainName {
    /// The root, `.`.
    pub fn root() -> Self {
        Self(SmolStr::new_static(""))
    }

    /// Reads the name of a host or a mail domain: as [`FromStr`], and no underscore, no address, no number as last label.
    pub fn parse_host(text: &str) -> Result<Self, NameError> {
        if is_ordinary_host(text) {
            return Ok(Self(text.to_ascii_lowercase_smolstr()));
        }
        let may_be = text.bytes().all(|octet| octet.is_ascii_hexdigit() || b".:".contains(&octet));
        if may_be && text.parse::<IpAddr>().is_ok() {
            return Err(NameError::Address);
        }
        let name: Self = text.parse()?;
        if name.0.contains('_') {
            return Err(NameError::Underscore);
        }
        let numeric = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
        if name.labels().last().is_some_and(numeric) {
            return Err(NameError::NumericTop);
        }
        Ok(name)
    }

    /// A name off the wire: any octets, labels already bounded by the message format.
    pub fn from_wire<'a>(labels: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut text = SmolStrBuilder::new();
        for (position, label) in labels.enumerate() {
            if position > 0 {
                text.push('.');
            }
            for &octet in label {
                match octet.to_ascii_lowercase() {
                    plain @ (b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_') => text.push(char::from(plain)),
                    other => {
                        use fmt::Write as _;
                        let _ = write!(text, "\\{other:03}");
                    }
                }
            }
        }
        Self(text.finish())
    }

    /// The labels as octets, `\DDD` resolved: the inverse of [`Self::from_wire`].
    pub fn wire_labels(&self) -> impl Iterator<Item = Vec<u8>> {
        self.labels().map(|label| unescaped(label).unwrap_or_else(|| label.as_bytes().to_vec()))
    }

    /// The text without the final dot; empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text for people and files, in which the root has one too.
    fn shown(&self) -> &str {
        if self.is_root() { "." } else { &self.0 }
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Labels from the left.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('.').filter(|label| !label.is_empty())
    }

    /// Whether the name has one label only, like `server1`.
    pub fn is_single_label(&self) -> bool {
        !self.is_root() && !self.0.contains('.')
    }

    /// The name without its first label; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        Some(self.0.split_once('.').map_or_else(Self::root, |(_, rest)| Self(rest.into())))
    }

    /// Whether `self` is `other` or below it.
    pub fn is_within(&self, other: &Self) -> bool {
        other.is_root() || self == other || self.0.strip_suffix(other.as_str()).is_some_and(|rest| rest.ends_with('.'))
    }

    /// `prefix` + this name, where `prefix` is text such as `im.` or `_rvp._tcp.`.
    pub fn prefixed(&self, prefix: &str) -> Result<Self, NameError> {
        let mut name = SmolStrBuilder::new();
        name.push_str(prefix);
        name.push_str(&self.0);
        let name = name.finish();
        let is_ordinary = |label: &str| label.chars().all(is_name_char) && !label.starts_with("xn--");
        match prefix.strip_suffix('.') {
            // What is here was checked once; a prefix without anything unusual is all that is new.
            Some(labels) if !self.is_root() && labels.split('.').all(is_ordinary) => {
                labels.split('.').try_for_each(check_label)?;
                if name.len() > MAX_NAME { Err(NameError::TooLong(name.len())) } else { Ok(Self(name)) }
            }
            _ => name.parse(),
        }
    }

    /// What a person reads: U-labels where the name has A-labels, else the name itself.
    pub fn to_unicode(&self) -> String {
        if !self.0.contains("xn--") {
            return self.to_string();
        }
        let (text, outcome) = idna::domain_to_unicode(&self.0);
        if outcome.is_ok() { text } else { self.to_string() }
    }
}

impl FromStr for DomainName {
    type Err = NameError;

    /// Reads what a person wrote: any case, U-labels or A-labels, final dot or not. Underscores are let through, for SRV owners.
    fn from_str(text: &str) -> Result<Self, NameError> {
        if text == "." {
            return Ok(Self::root());
        }
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        let ascii = to_ascii(text)?;
        if let Some(bad) = ascii.chars().find(|&c| !is_name_char(c)) {
            return Err(NameError::BadCharacter(bad));
        }
        for label in ascii.split('.') {
            check_label(label)?;
        }
        if ascii.len() > MAX_NAME {
            return Err(NameError::TooLong(ascii.len()));
        }
        Ok(Self(ascii.into()))
    }
}

/// Whether a text is a host as most are, in one pass; of any other [`DomainName::parse_host`] has to say more. Two hyphens in a row
/// may begin an A-label, and a digit at the end may make a number of the last label: neither is ordinary.
fn is_ordinary_host(text: &str) -> bool {
    let (mut begin, mut previous) = (0, b'.');
    for (at, octet) in text.bytes().enumerate() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {}
            b'-' | b'.' if matches!(previous, b'.' | b'-') => return false,
            b'-' => {}
            b'.' if at - begin <= MAX_LABEL => begin = at + 1,
            _ => return false,
        }
        previous = octet;
    }
    text.len() <= MAX_NAME && text.len() - begin <= MAX_LABEL && previous.is_ascii_alphabetic()
}

fn is_name_char(c: char) -> bool {
    matches!(c, 'a'..='z' | '0'..='9' | '-' | '_' | '.')
}

fn check_label(label: &str) -> Result<(), NameError> {
    if label.is_empty() {
        return Err(NameError::EmptyLabel);
    }
    if label.len() > MAX_LABEL {
        return Err(NameError::LabelTooLong(label.to_owned(), label.len()));
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err(NameError::Hyphen(label.to_owned()));
    }
    Ok(())
}

/// Lower case and A-labels. Plain ASCII does not go through IDNA, whose answers to bad ASCII name no reason.
fn to_ascii(text: &str) -> Result<String, NameError> {
    let lower = text.to_ascii_lowercase();
    if lower.is_ascii() && !lower.as_bytes().split(|&octet| octet == b'.').any(|label| label.starts_with(b"xn--")) {
        return Ok(lower);
    }
    if let Some(bad) = lower.chars().find(|c| c.is_control() || c.is_whitespace()) {
        return Err(NameError::BadCharacter(bad));
    }
    idna::domain_to_ascii_cow(lower.as_bytes(), idna::AsciiDenyList::EMPTY)
        .map(|name| name.trim_end_matches('.').to_owned())
        .map_err(|_| NameError::Idna)
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.shown())
    }
}

impl fmt::Debug for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl TryFrom<String> for DomainName {
    type Error = NameError;

    /// Reads back what was printed: a recording holds names off the wire, which may break every rule for names that people write.
    fn try_from(text: String) -> Result<Self, NameError> {
        if text.len() <= 4 * MAX_WIRE
            && let Some(labels) = text.split('.').map(unescaped).collect::<Option<Vec<_>>>()
            && labels.iter().all(|label| (1..=MAX_LABEL).contains(&label.len()))
            && labels.iter().map(|label| label.len() + 1).sum::<usize>() < MAX_WIRE
        {
            let name = Self::from_wire(labels.iter().map(Vec::as_slice));
            if name.as_str() == text {
                return Ok(name);
            }
        }
        text.parse()
    }
}

/// The octets of a label in presentation form; `None` where a `\` is not followed by three digits of an octet.
fn unescaped(label: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(label.len());
    let mut rest = label.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'\\' {
            let digits = std::str::from_utf8(tail.get(..3)?).ok()?;
            octets.push(digits.parse().ok()?);
            rest = &tail[3..];
        } else {
            octets.push(first);
            rest = tail;
        }
    }
    Some(octets)
}

/// The text that is shown; that of a long name is shared with it.
impl From<&DomainName> for Arc<str> {
    fn from(name: &DomainName) -> Self {
        if name.is_root() { name.shown().into() } else { name.0.clone().into() }
    }
}

impl Serialize for DomainName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> DomainName {
        text.parse().expect("a good name")
    }

    #[test]
    fn case_final_dot_and_u_labels_do_not_matter() {
        assert_eq!(name("IM.Example.COM."), name("im.example.com"));
        assert_eq!(name("im.Bücher.example").as_str(), "im.xn--bcher-kva.example");
        assert_eq!(name("im.xn--bcher-kva.example").to_unicode(), "im.bücher.example");
    }

    #[test]
    fn bad_names_say_what_is_wrong() {
        let long = "a".repeat(64);
        for (text, error) in [
            ("", NameError::Empty),
            ("a..b", NameError::EmptyLabel),
            (".a", NameError::EmptyLabel),
            ("-a.b", NameError::Hyphen("-a".into())),
            ("a b.c", NameError::BadCharacter(' ')),
            ("a\u{1b}.c", NameError::BadCharacter('\u{1b}')),
            ("xn--a.example", NameError::Idna),
            (long.as_str(), NameError::LabelTooLong(long.clone(), 64)),
        ] {
            assert_eq!(text.parse::<DomainName>(), Err(error), "{text:?}");
        }
        let label = "a".repeat(63);
        assert_eq!([label.as_str(); 4].join(".").parse::<DomainName>(), Err(NameError::TooLong(255)));
    }

    #[test]
    fn a_host_is_stricter_than_a_name() {
        assert!("_rvp._tcp.example.com".parse::<DomainName>().is_ok());
        assert_eq!(DomainName::parse_host("a_b.example"), Err(NameError::Underscore));
        assert_eq!(DomainName::parse_host("10.0.0.53"), Err(NameError::Address));
        assert_eq!(DomainName::parse_host("a.123"), Err(NameError::NumericTop));
    }

    #[test]
    fn octets_off_the_wire_are_escaped_and_read_back() {
        let odd = DomainName::from_wire([b"a\x1b[".as_slice(), b"Com"].into_iter());
        assert_eq!(odd.as_str(), r"a\027\091.com");
        assert_eq!(odd.wire_labels().collect::<Vec<_>>(), [b"a\x1b[".to_vec(), b"com".to_vec()]);
        assert_eq!(DomainName::try_from(odd.to_string()), Ok(odd));
        for text in ["-a.example", "xn--a.example", r"a\046b.example", "."] {
            assert_eq!(DomainName::try_from(text.to_owned()).map(|name| name.to_string()).as_deref(), Ok(text));
        }
        for bad in [r"a\27.example", r"a\300.example", r"a\097.example", "a b.example", "a\u{1b}.example"] {
            assert!(DomainName::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn parents_and_descent() {
        assert_eq!(name("im.example.com").parent(), Some(name("example.com")));
        assert_eq!(name("com").parent(), Some(DomainName::root()));
        assert!(name("im.example.com").is_within(&name("example.com")));
        assert!(!name("im.badexample.com").is_within(&name("example.com")));
    }

    proptest::proptest! {
        #[test]
        fn one_pass_says_what_the_parser_says(text in "[a-cXN0-9.\\-]{0,12}[a-z]?", length in 0..70_usize) {
            for text in [text.clone(), format!("{}.{text}", "x".repeat(length)), format!("{}{text}", "long-label.".repeat(length / 3))] {
                if is_ordinary_host(&text) {
                    let name = DomainName::parse_host(&text);
                    proptest::prop_assert!(name.is_ok());
                    proptest::prop_assert_eq!(name, text.parse::<DomainName>());
                    proptest::prop_assert!(!text.ends_with(|c: char| c.is_ascii_digit()));
                }
            }
        }
    }
}
