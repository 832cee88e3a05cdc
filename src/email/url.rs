//! The logical URL of an IM address (RVP 4.1.2), both ways. Never fetches one.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::address::LocalPart;
use super::characters::is_invisible;
use super::derive::ImAddress;
use crate::dns::{DomainName, NameError};

/// What a path segment cannot hold as it is (RFC 3986 3.3). The sub-delimiters stay: clients sent the alias raw,
/// and an encoded sub-delimiter is not equivalent to a raw one (RFC 3986 2.2).
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Why a text is no logical URL. The messages go after the URL: `"http://x/": its path is …`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Another scheme, or none.
    #[error("it does not begin with http://")]
    Scheme,
    /// `user@` before the host.
    #[error("it holds a user name, which no logical URL has")]
    UserInfo,
    /// A query or a fragment.
    #[error("it has a query or a fragment, which no logical URL has")]
    QueryOrFragment,
    /// The port, where it is not 80.
    #[error("its port is {0:?}: IM servers answer on port 80")]
    Port(String),
    /// The host is no domain name.
    #[error("its host is not usable: {0}")]
    Host(NameError),
    /// Neither `/instmsg/aliases/x` nor `/instmsg/local/domain/instmsg/aliases/x`.
    #[error("its path is not /instmsg/aliases/ and one alias")]
    Path,
    /// Damaged percent-encoding, octets that are not UTF-8, an invisible character.
    #[error("its alias is damaged: percent-encode it as UTF-8")]
    Alias,
}

/// A logical URL that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogicalUrl {
    /// Whose URL it is.
    pub address: ImAddress,
    /// Whether it says `https`, which the system of the time did not speak.
    pub tls: bool,
}

/// `http://<IM domain>/instmsg/aliases/<alias>`.
pub fn logical_url(address: &ImAddress) -> String {
    let mut url = format!("http://{}/instmsg/aliases/", address.domain);
    let _ = write!(url, "{}", utf8_percent_encode(address.local.as_str(), SEGMENT));
    url
}

/// Reads a logical URL, the form of home servers (`/instmsg/local/<IM domain>/…`) included.
pub fn parse_logical_url(text: &str) -> Result<LogicalUrl, UrlError> {
    let (scheme, rest) = text.split_once("://").ok_or(UrlError::Scheme)?;
    let tls = scheme.eq_ignore_ascii_case("https");
    if !tls && !scheme.eq_ignore_ascii_case("http") {
        return Err(UrlError::Scheme);
    }
    if rest.contains(['?', '#']) {
        return Err(UrlError::QueryOrFragment);
    }
    let (authority, path) = rest.split_once('/').ok_or(UrlError::Path)?;
    let host = host(authority)?;
    let segments: Vec<&str> = path.splitn(7, '/').collect();
    let (domain, alias) = match segments[..] {
        [instmsg, aliases, alias] if is(instmsg, "instmsg") && is(aliases, "aliases") => (host, alias),
        [first, local, domain, second, aliases, alias]
            if is(first, "instmsg") && is(local, "local") && is(second, "instmsg") && is(aliases, "aliases") =>
        {
            (DomainName::parse_host(domain).map_err(UrlError::Host)?, alias)
        }
        _ => return Err(UrlError::Path),
    };
    Ok(LogicalUrl { address: ImAddress { local: decode(alias)?, domain }, tls })
}

/// IIS compares paths without regard to case.
fn is(segment: &str, word: &str) -> bool {
    segment.eq_ignore_ascii_case(word)
}

fn host(authority: &str) -> Result<DomainName, UrlError> {
    if authority.contains('@') {
        return Err(UrlError::UserInfo);
    }
    let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
    if port != "80" {
        return Err(UrlError::Port(port.to_owned()));
    }
    DomainName::parse_host(host).map_err(UrlError::Host)
}

fn decode(alias: &str) -> Result<LocalPart, UrlError> {
    let whole = |rest: &str| matches!(rest.as_bytes(), [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    if alias.is_empty() || !alias.split('%').skip(1).all(whole) {
        return Err(if alias.is_empty() { UrlError::Path } else { UrlError::Alias });
    }
    let content = percent_decode_str(alias).decode_utf8().map_err(|_| UrlError::Alias)?;
    // Joiners are part of some scripts, as in an address.
    let hidden = |c: char| c.is_control() || (is_invisible(c) && !matches!(c, '\u{200c}' | '\u{200d}'));
    if content.contains(hidden) { Err(UrlError::Alias) } else { Ok(LocalPart::new(&content)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(local: &str) -> ImAddress {
        ImAddress { local: LocalPart::new(local), domain: "im.example.com".parse().expect("a name") }
    }

    #[test]
    fn plain_aliases_stay_as_they_are() {
        for local in ["ann", "o'brien", "a+b&c=d!e$f*g~h_i-j"] {
            assert_eq!(logical_url(&address(local)), format!("http://im.example.com/instmsg/aliases/{local}"));
        }
    }

    #[test]
    fn what_a_segment_cannot_hold_is_encoded() {
        for (local, segment) in
            [("a%b", "a%25b"), ("a/b", "a%2Fb"), ("a?b#c", "a%3Fb%23c"), ("a^`{|}", "a%5E%60%7B%7C%7D"), ("jörg", "j%C3%B6rg")]
        {
            assert_eq!(logical_url(&address(local)), format!("http://im.example.com/instmsg/aliases/{segment}"));
        }
    }

    #[test]
    fn both_forms_are_read_in_any_case() {
        for (text, tls) in [
            ("http://IM.example.com/instmsg/aliases/a%2Bb", false),
            ("HTTP://im.example.com:80/InstMsg/Aliases/a+b", false),
            ("https://im.example.com/instmsg/aliases/a+b", true),
            ("http://home1.example.net/instmsg/local/im.example.com/instmsg/aliases/a+b", false),
        ] {
            assert_eq!(parse_logical_url(text), Ok(LogicalUrl { address: address("a+b"), tls }), "{text}");
        }
    }

    #[test]
    fn anything_else_says_why_it_is_none() {
        for (text, error) in [
            ("im.example.com", UrlError::Scheme),
            ("rvp://im.example.com/instmsg/aliases/a", UrlError::Scheme),
            ("http://a@im.example.com/instmsg/aliases/a", UrlError::UserInfo),
            ("http://im.example.com/instmsg/aliases/a?b", UrlError::QueryOrFragment),
            ("http://im.example.com:8080/instmsg/aliases/a", UrlError::Port("8080".into())),
            ("http://10.0.0.1/instmsg/aliases/a", UrlError::Host(NameError::Address)),
            ("http://im.example.com", UrlError::Path),
            ("http://im.example.com/instmsg/aliases/", UrlError::Path),
            ("http://im.example.com/instmsg/aliases/a/b", UrlError::Path),
            ("http://im.example.com/instmsg/aliases/a%2", UrlError::Alias),
            ("http://im.example.com/instmsg/aliases/a%ff", UrlError::Alias),
            ("http://im.example.com/instmsg/aliases/a%00", UrlError::Alias),
        ] {
            assert_eq!(parse_logical_url(text), Err(error), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_alias_survives_the_way_there_and_back(text in "\\PC{1,20}") {
            if let Ok(parsed) = format!("\"{}\"@example.com", text.replace(['"', '\\'], "")).parse::<crate::email::Address>() {
                proptest::prop_assume!(!parsed.local.as_str().is_empty());
                let address = ImAddress { local: parsed.local, domain: "im.example.com".parse().expect("a name") };
                let url = logical_url(&address);
                proptest::prop_assert!(url.is_ascii());
                proptest::prop_assert_eq!(parse_logical_url(&url), Ok(LogicalUrl { address, tls: false }));
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,60}") {
            let _ = parse_logical_url(&text);
            let _ = parse_logical_url(&format!("http://im.example.com/instmsg/aliases/{text}"));
        }
    }
}
