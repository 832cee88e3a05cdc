//! One e-mail address as a value that cannot be wrong, and what can be wrong with a text. Never reads a list.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use super::ProblemKind;
use super::characters::{self, is_atext};
use super::excerpt::{Quoted, escape};
use super::{mailbox, ordinary};
use crate::dns::{DomainName, NameError};

/// An e-mail address (RFC 5322 3.4.1, RFC 6531), canonical: needless quotes gone, the domain in lower case and A-labels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// What stands before the `@`.
    pub local: LocalPart,
    /// What stands after it.
    pub domain: MailDomain,
}

/// The content of a local part: quotes and escapes taken off, the spelling kept, in Unicode's normal form C.
/// Holds no control character and no line break.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalPart(Box<str>);

/// What stands after the `@`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MailDomain {
    /// A domain name; perhaps of a single label.
    Name(DomainName),
    /// An address literal with its brackets, `[192.0.2.1]` (RFC 5321 4.1.3): legal mail syntax, of no use to IM.
    Literal(Box<str>),
}

/// Why a text is no address, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct AddressError {
    /// 1-based, in characters of the text that was parsed.
    pub column: u32,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with an address, or with an IM address that is to follow from it. The messages go after the entry: `"ann": it has no "@"`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing between the brackets or after the scheme.
    #[error("it holds no address: write local-part@domain")]
    Empty,
    /// `Team: ;`.
    #[error("the group has no members: list their addresses")]
    EmptyGroup,
    /// No `@` outside quotes.
    #[error("it has no \"@\": write local-part@domain")]
    NoAt,
    /// `@example.com`.
    #[error("nothing stands before the \"@\": add the local part")]
    NoLocalPart,
    /// `ann@`.
    #[error("nothing stands after the \"@\": add the domain")]
    NoDomain,
    /// `a@b@c`.
    #[error("it has a second \"@\": keep one, or put the local part in double quotes")]
    SecondAt,
    /// A dot at the start, at the end or after another.
    #[error("its local part {0}: remove the dot, or put the local part in double quotes")]
    Dot(&'static str),
    /// A character that stands in no local part, or in a quoted one only.
    #[error("its local part contains {0:?}: remove it, or put the local part in double quotes if mail is really sent to it")]
    BadCharacter(char),
    /// A control or invisible character, which not even quotes allow.
    #[error("it contains the invisible character {0:?}: remove it")]
    Invisible(char),
    /// `ann lee@example.com`.
    #[error("it has a space inside: remove it, or write a name as Name <local-part@domain>")]
    Space,
    /// A quoted string without its end.
    #[error("a double quote is not closed: add the other one")]
    OpenQuote,
    /// `"a"b@c`.
    #[error("its local part is quoted in part only: put all of it in double quotes")]
    PartQuoted,
    /// `<` without `>`.
    #[error("\"<\" is not closed: add \">\" after the address")]
    OpenAngle,
    /// `(` without `)`.
    #[error("a comment is not closed: add \")\"")]
    OpenComment,
    /// `[` without `]`.
    #[error("an address literal is not closed: add \"]\"")]
    OpenLiteral,
    /// Text after `>`.
    #[error("{0:?} follows the address: separate addresses by a comma or a semicolon")]
    AfterAddress(String),
    /// `<@relay:a@b>` (RFC 5322 4.4).
    #[error("it is a source route, which is obsolete: keep only what stands after the colon")]
    Route,
    /// A scheme that nobody knows.
    #[error("\"{0}:\" is no known kind of e-mail address: remove it, or write smtp:, mailto:, sip:, im: or xmpp:")]
    UnknownScheme(String),
    /// X.400, X.500 and the like.
    #[error("it is {0}, not an e-mail address: give the SMTP address")]
    ForeignKind(&'static str),
    /// `%zz` or octets that are not UTF-8.
    #[error("its percent-encoding is damaged: write %25 for a percent sign")]
    PercentEncoding,
    /// The domain and what is wrong with it.
    #[error("its domain {domain} is not usable: {1}", domain = Quoted(.0))]
    Domain(String, NameError),
    /// `ann@[192.0.2.1]`: an address, but no IM address can follow from it.
    #[error("its domain is an address: give the domain name of the mail system")]
    Literal,
    /// `ann@corp`, likewise.
    #[error("{0} is a single label, not a domain of the internet: write it in full")]
    SingleLabel(DomainName),
    /// `50%@example.com`, likewise.
    #[error("its local part {0}, which no IM URL can carry: give the person a plain alias")]
    Unaddressable(&'static str),
}

impl Fault {
    /// The rule that the fault breaks.
    pub fn kind(&self) -> ProblemKind {
        match self {
            Self::Domain(_, NameError::TooLong(_) | NameError::LabelTooLong(..)) => ProblemKind::NameTooLong,
            Self::Domain(_, NameError::Address) | Self::Literal | Self::SingleLabel(_) => ProblemKind::NoDomainName,
            Self::Unaddressable(_) => ProblemKind::UnaddressableLocalPart,
            _ => ProblemKind::InvalidAddress,
        }
    }
}

impl Address {
    /// An address as most are, in one pass; `None` means that it takes the parser to say.
    pub(super) fn ordinary(text: &str) -> Option<Self> {
        let at = ordinary::address(text.as_bytes())?;
        let (local, domain) = (text.get(..at)?, text.get(at + 1..)?);
        Some(Self { local: LocalPart(local.into()), domain: MailDomain::Name(DomainName::parse_host(domain).ok()?) })
    }

    /// Its domain, where an IM address can follow from it; else why none can, whatever the mapping.
    pub(super) fn usable_domain(&self) -> Result<&DomainName, Fault> {
        match &self.domain {
            MailDomain::Literal(_) => Err(Fault::Literal),
            MailDomain::Name(name) if name.is_single_label() => Err(Fault::SingleLabel(name.clone())),
            MailDomain::Name(name) => self.local.unaddressable().map_or(Ok(name), |why| Err(Fault::Unaddressable(why))),
        }
    }

    /// The same as by [`ToString`], without a formatter: bad lists have one to show for every line.
    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(self.local.0.len() + self.domain.as_str().len() + 8);
        // A string takes all that it is given.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, to: &mut impl fmt::Write) -> fmt::Result {
        self.local.write(to)?;
        to.write_char('@')?;
        to.write_str(self.domain.as_str())
    }
}

impl MailDomain {
    fn as_str(&self) -> &str {
        match self {
            Self::Name(name) => name.as_str(),
            Self::Literal(literal) => literal,
        }
    }
}

impl LocalPart {
    /// Normalises content that holds no control character.
    pub(super) fn new(content: &str) -> Self {
        if content.is_ascii() {
            return Self(content.into());
        }
        match is_nfc_quick(content.chars()) {
            IsNormalized::Yes => Self(content.into()),
            _ => Self(content.nfc().collect::<String>().into()),
        }
    }

    /// The content, without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it can be written without quotes (RFC 5322 3.2.3, RFC 6532 3.2).
    pub fn is_dot_atom(&self) -> bool {
        let mut behind_dot = true;
        for c in self.0.chars() {
            let fits = if c == '.' { !behind_dot } else { is_atext(c) };
            if !fits {
                return false;
            }
            behind_dot = c == '.';
        }
        !behind_dot
    }

    /// Why it cannot be an alias in an IM URL: servers decode `%2F`, `%25` and dot segments before they map the path.
    fn unaddressable(&self) -> Option<&'static str> {
        Some(match self.as_str() {
            "." | ".." => "is a dot segment",
            text => match text.bytes().find(|octet| b"/%".contains(octet)) {
                Some(b'/') => "contains '/'",
                Some(_) => "contains '%'",
                None if self.is_dot_atom() => return None,
                None => "needs quotes",
            },
        })
    }

    /// Writes it, in quotes where it needs them.
    fn write(&self, to: &mut impl fmt::Write) -> fmt::Result {
        if self.is_dot_atom() {
            return to.write_str(&self.0);
        }
        to.write_char('"')?;
        escape(to, &self.0)?;
        to.write_char('"')
    }

    /// What two spellings of one alias have in common: directories and IM servers compare without regard to case.
    pub fn folded(&self) -> String {
        if self.0.is_ascii() {
            return self.0.to_ascii_lowercase();
        }
        // One final sigma and the other are the same letter; `str::to_lowercase` tells them apart by position.
        self.0.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
    }
}

impl fmt::Display for LocalPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl fmt::Display for MailDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    /// Reads exactly one mailbox: bare, in brackets, with a display name or with comments.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        mailbox::parse(text).map_err(|(at, fault)| AddressError { column: column(text, at), fault })
    }
}

/// The 1-based column, in characters, of a byte position; the position may lie inside a character.
pub(super) fn column(text: &str, at: usize) -> u32 {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    characters::count(before).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        text.parse::<Address>().unwrap_or_else(|error| panic!("{text:?}: {error}")).to_string()
    }

    #[test]
    fn canonical_addresses_stay_as_they_are() {
        for text in ["ann@example.com", "O'Brien+x=y/z%@example.com", "\"a@b\"@example.com", "jörg@example.com", "a@[192.0.2.1]"] {
            assert_eq!(canonical(text), text);
        }
    }

    #[test]
    fn needless_quotes_go_and_the_domain_is_folded() {
        for (text, expected) in [
            ("\"john\"@Example.COM", "john@example.com"),
            ("\"j\\ohn\"@example.com.", "john@example.com"),
            ("\"a\\\"b\"@example.com", "\"a\\\"b\"@example.com"),
            ("Ann@Bücher.example", "Ann@xn--bcher-kva.example"),
            ("jo\u{308}rg@example.com", "jörg@example.com"),
            ("\"john smith\"@example.com", "\"john smith\"@example.com"),
            ("\"\"@example.com", "\"\"@example.com"),
        ] {
            assert_eq!(canonical(text), expected, "{text:?}");
        }
    }

    #[test]
    fn normalisation_that_makes_a_special_character_brings_quotes_back() {
        assert_eq!(canonical("a\u{37e}b@example.com"), "\"a;b\"@example.com");
    }

    #[test]
    fn folding_forgets_case_and_the_final_sigma() {
        for (one, other) in [("Ann", "aNN"), ("JÖRG", "jörg"), ("ΝΙΚΟΣ", "νικος")] {
            assert_eq!(LocalPart::new(one).folded(), LocalPart::new(other).folded());
        }
        assert_ne!(LocalPart::new("ann").folded(), LocalPart::new("anne").folded());
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(column("aöb", 0), 1);
        assert_eq!(column("aöb", 3), 3);
        assert_eq!(column("aöb", 99), 4);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_parser_panic_and_what_it_takes_is_canonical(text in "\\PC{0,40}|[a-z@.\"\\\\<>(): ,;%\\[\\]ö\u{37e}]{0,24}") {
            if let Ok(address) = text.parse::<Address>() {
                proptest::prop_assert_eq!(address.text(), address.to_string());
                proptest::prop_assert_eq!(address.to_string().parse::<Address>(), Ok(address));
            }
        }

        #[test]
        fn a_quoted_local_part_of_anything_printable_comes_back(content in "[ -~]{0,20}") {
            let address = Address {
                local: LocalPart::new(&content),
                domain: MailDomain::Name(DomainName::parse_host("example.com").expect("a name")),
            };
            proptest::prop_assert_eq!(address.to_string().parse::<Address>(), Ok(address));
        }
    }
}
