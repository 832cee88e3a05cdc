//! A key that signs questions and proves answers (TSIG, RFC 8945), and the files it stands in. Signs nothing, and never shows
//! its secret.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::DomainName;

/// The most octets of a secret: no algorithm uses more.
const MAX_SECRET: usize = 1024;

/// A TSIG key.
#[derive(Clone, PartialEq, Eq)]
pub struct TsigKey {
    /// Its name, as the server knows it.
    pub name: DomainName,
    /// Its algorithm.
    pub algorithm: TsigAlgorithm,
    secret: Vec<u8>,
}

/// The algorithms that imctl signs with: those that RFC 8945 has implemented and recommended, without SHA-1 and MD5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TsigAlgorithm {
    /// HMAC-SHA256.
    HmacSha256,
    /// HMAC-SHA384.
    HmacSha384,
    /// HMAC-SHA512.
    HmacSha512,
}

/// Why text is no key. Never quotes the secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TsigKeyError {
    /// No algorithm of that name is used.
    #[error("{0:?} is no algorithm that imctl signs with: hmac-sha256, hmac-sha384 or hmac-sha512")]
    Algorithm(String),
    /// The secret does not decode.
    #[error("the secret is not base64")]
    Secret,
    /// The secret is empty or far too long.
    #[error("the secret has {0} octets; 1 to {MAX_SECRET} are meant")]
    Length(usize),
    /// The name is no domain name.
    #[error("{0:?} is no name of a key: {1}")]
    Name(String, super::NameError),
    /// Neither a key statement nor base64 alone.
    #[error("it is no key: write key \"NAME\" {{ algorithm hmac-sha256; secret \"BASE64\"; }};, or the secret's base64 alone")]
    NoKey,
    /// The file holds the secret only, and nothing else says which key it is.
    #[error(
        "it holds a secret alone: give `name` and `algorithm` beside secret_file, or the whole key statement of BIND in the file"
    )]
    Nameless,
    /// The file and the inventory say different things.
    #[error("its {what} is {in_file}, and {declared} is declared")]
    Differs {
        /// `name` or `algorithm`.
        what: &'static str,
        /// As the file has it.
        in_file: String,
        /// As the inventory has it.
        declared: String,
    },
}

impl TsigAlgorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::HmacSha256, Self::HmacSha384, Self::HmacSha512];

    /// As it is written: `hmac-sha256`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha256 => "hmac-sha256",
            Self::HmacSha384 => "hmac-sha384",
            Self::HmacSha512 => "hmac-sha512",
        }
    }

    /// The algorithm of that name, in whatever case and with or without a final dot.
    pub fn parse(text: &str) -> Result<Self, TsigKeyError> {
        let bare = text.strip_suffix('.').unwrap_or(text);
        let known = Self::ALL.into_iter().find(|algorithm| bare.eq_ignore_ascii_case(algorithm.as_str()));
        known.ok_or_else(|| TsigKeyError::Algorithm(text.to_owned()))
    }
}

impl TsigKey {
    /// The secret, to sign with.
    pub fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// Reads a key file: a key statement of BIND (as `tsig-keygen` writes it), or the secret's base64 alone. What is declared
    /// beside the file must agree with it.
    pub fn parse(text: &str, name: Option<&DomainName>, algorithm: Option<TsigAlgorithm>) -> Result<Self, TsigKeyError> {
        let text = without_comments(text);
        let Some(statement) = Statement::find(&text) else {
            let mut words = text.split_whitespace();
            let (Some(secret), None) = (words.next(), words.next()) else { return Err(TsigKeyError::NoKey) };
            let secret = secret_of(secret)?;
            let (Some(name), Some(algorithm)) = (name, algorithm) else { return Err(TsigKeyError::Nameless) };
            return Ok(Self { name: name.clone(), algorithm, secret });
        };
        let written = statement.name.parse::<DomainName>().map_err(|error| TsigKeyError::Name(statement.name.to_owned(), error))?;
        let own = TsigAlgorithm::parse(statement.value("algorithm").ok_or(TsigKeyError::NoKey)?)?;
        agree("name", &written, name.unwrap_or(&written))?;
        agree("algorithm", own.as_str(), algorithm.unwrap_or(own).as_str())?;
        let secret = secret_of(statement.value("secret").ok_or(TsigKeyError::NoKey)?)?;
        Ok(Self { name: written, algorithm: own, secret })
    }
}

fn agree<T: ToString + PartialEq + ?Sized>(what: &'static str, in_file: &T, declared: &T) -> Result<(), TsigKeyError> {
    if in_file == declared {
        return Ok(());
    }
    Err(TsigKeyError::Differs { what, in_file: in_file.to_string(), declared: declared.to_string() })
}

fn secret_of(text: &str) -> Result<Vec<u8>, TsigKeyError> {
    let octets = STANDARD.decode(text).map_err(|_| TsigKeyError::Secret)?;
    if octets.is_empty() || octets.len() > MAX_SECRET {
        return Err(TsigKeyError::Length(octets.len()));
    }
    Ok(octets)
}

/// `#`, `//` and `/* … */` begin comments in a file of BIND; base64 holds `//` too, so that a comment begins a word.
fn without_comments(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("/*") {
        kept.push_str(&rest[..start]);
        rest = rest[start..].find("*/").map_or("", |end| &rest[start + end + 2..]);
    }
    kept.push_str(rest);
    let line = |line: &str| {
        let starts = [" //", "\t//", " #", "\t#"].into_iter().filter_map(|mark| line.find(mark)).min();
        let whole = line.starts_with("//") || line.starts_with('#');
        if whole { String::new() } else { line[..starts.unwrap_or(line.len())].to_owned() }
    };
    kept.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// `key NAME { … };`
struct Statement<'t> {
    name: &'t str,
    body: &'t str,
}

impl<'t> Statement<'t> {
    fn find(text: &'t str) -> Option<Self> {
        let (head, rest) = text.split_once('{')?;
        let mut words = head.split_whitespace();
        let (Some("key"), Some(name), None) = (words.next(), words.next(), words.next()) else { return None };
        let (body, _) = rest.split_once('}')?;
        Some(Self { name: name.trim_matches('"'), body })
    }

    fn value(&self, key: &str) -> Option<&'t str> {
        self.body.split(';').find_map(|line| {
            let (name, value) = line.trim().split_once(char::is_whitespace)?;
            (name == key).then(|| value.trim().trim_matches('"'))
        })
    }
}

impl fmt::Debug for TsigKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TsigKey").field("name", &self.name).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BIND: &str =
        "# made by tsig-keygen\nkey \"inside\" {\n\talgorithm hmac-sha256; // strong\n\tsecret \"c2VjcmV0//8=\";\n};\n";

    fn name(text: &str) -> DomainName {
        text.parse().expect("a good name")
    }

    #[test]
    fn a_key_statement_says_all() {
        let key = TsigKey::parse(BIND, None, None).expect("a key");
        assert_eq!((key.name.to_string().as_str(), key.algorithm), ("inside", TsigAlgorithm::HmacSha256));
        assert_eq!(key.secret(), b"secret\xff\xff");
        assert_eq!(TsigKey::parse(BIND, Some(&name("inside.")), Some(TsigAlgorithm::HmacSha256)), Ok(key));
    }

    #[test]
    fn what_is_declared_must_agree() {
        let error = TsigKey::parse(BIND, Some(&name("outside")), None).expect_err("another name");
        assert_eq!(error.to_string(), "its name is inside, and outside is declared");
        let error = TsigKey::parse(BIND, None, Some(TsigAlgorithm::HmacSha512)).expect_err("another algorithm");
        assert_eq!(error.to_string(), "its algorithm is hmac-sha256, and hmac-sha512 is declared");
    }

    #[test]
    fn a_secret_alone_needs_a_name_and_an_algorithm() {
        assert_eq!(TsigKey::parse("c2VjcmV0\n", None, None), Err(TsigKeyError::Nameless));
        let key = TsigKey::parse("c2VjcmV0\n", Some(&name("k")), Some(TsigAlgorithm::HmacSha384)).expect("a key");
        assert_eq!(key.secret(), b"secret");
        assert_eq!(TsigKey::parse("not base64!", None, None), Err(TsigKeyError::NoKey));
        assert_eq!(TsigKey::parse("notbase64!", None, None), Err(TsigKeyError::Secret));
    }

    #[test]
    fn weak_algorithms_are_refused_by_name() {
        let weak = BIND.replace("hmac-sha256", "hmac-md5");
        assert_eq!(TsigKey::parse(&weak, None, None), Err(TsigKeyError::Algorithm("hmac-md5".into())));
    }

    #[test]
    fn the_secret_is_shown_nowhere() {
        let key = TsigKey::parse(BIND, None, None).expect("a key");
        let shown = format!("{key:?}");
        assert!(shown.contains("inside") && !shown.contains("secret") && !shown.contains("115"), "{shown}");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_or_quote_a_secret(text in "[ -~\n]{0,200}") {
            if let Err(error) = TsigKey::parse(&format!("key k {{ algorithm hmac-sha256; secret \"SECRET!{text}\"; }};"), None, None) {
                prop_assert!(!error.to_string().contains("SECRET!"));
            }
            let _ = TsigKey::parse(&text, None, None);
        }
    }
}
