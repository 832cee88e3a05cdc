//! What a server asks of those who want to sign in: the `WWW-Authenticate` header (RFC 9110, 11.6.1). Answers no challenge.

use super::http::HttpReply;

/// The most challenges read from one reply; what comes after is noise.
const MAX_CHALLENGES: usize = 32;

/// One way to sign in that a server offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme, lower case: `negotiate`, `ntlm`, `digest`, `basic`.
    pub scheme: String,
    /// The `realm` parameter, unquoted. Hostile text.
    pub realm: Option<String>,
}

/// All challenges of a reply, whether they share one header field or have one each.
pub fn challenges(reply: &HttpReply) -> Vec<Challenge> {
    let mut found = Vec::new();
    for value in reply.header("www-authenticate") {
        read(value, &mut found);
    }
    found.truncate(MAX_CHALLENGES);
    found
}

/// A comma separates challenges and the parameters of one challenge alike: what tells them apart is that a parameter's
/// name is followed by `=` and a scheme is not.
fn read(value: &str, found: &mut Vec<Challenge>) {
    let first = found.len();
    for element in elements(value) {
        let (word, rest) = split_token(element);
        if word.is_empty() || found.len() > MAX_CHALLENGES {
            continue;
        }
        if let Some(parameter) = rest.strip_prefix('=') {
            // A parameter before any scheme belongs to nothing.
            if let Some(challenge) = found[first..].last_mut() {
                note_realm(challenge, word, parameter);
            }
            continue;
        }
        let mut challenge = Challenge { scheme: word.to_ascii_lowercase(), realm: None };
        let (name, rest) = split_token(rest);
        if let Some(parameter) = rest.strip_prefix('=') {
            note_realm(&mut challenge, name, parameter);
        }
        found.push(challenge);
    }
}

fn note_realm(challenge: &mut Challenge, name: &str, value: &str) {
    if name.eq_ignore_ascii_case("realm") && challenge.realm.is_none() {
        challenge.realm = Some(unquoted(value.trim()));
    }
}

/// The pieces between commas that stand outside quotes, trimmed; empty ones are left out.
fn elements(value: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (position, c) in value.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                pieces.push(&value[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    pieces.push(&value[start..]);
    pieces.into_iter().map(str::trim).filter(|piece| !piece.is_empty()).collect()
}

/// The token at the start, and what follows it after optional white space.
fn split_token(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '=' | '"' | ',')).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

/// The content of a quoted string, or the token itself. A quote that is never closed ends with the field.
fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else { return split_token(value).0.to_owned() };
    let (mut text, mut escaped) = (String::new(), false);
    for c in inner.chars() {
        match c {
            _ if escaped => {
                text.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => break,
            _ => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn of(values: &[&str]) -> Vec<(String, Option<String>)> {
        let headers = values.iter().map(|value| ("www-authenticate", *value)).collect();
        let reply = HttpReply { status: 401, headers, connect: Duration::ZERO, first_byte: Duration::ZERO, certificate: None };
        challenges(&reply).into_iter().map(|challenge| (challenge.scheme, challenge.realm)).collect()
    }

    fn is(scheme: &str, realm: Option<&str>) -> (String, Option<String>) {
        (scheme.to_owned(), realm.map(str::to_owned))
    }

    #[test]
    fn a_reply_without_the_header_offers_nothing() {
        assert_eq!(of(&[]), []);
        assert_eq!(of(&["", " , ,"]), []);
    }

    #[test]
    fn schemes_come_in_one_field_or_in_several() {
        let both = [is("negotiate", None), is("ntlm", None)];
        assert_eq!(of(&["Negotiate, NTLM"]), both);
        assert_eq!(of(&["Negotiate", "ntlm"]), both);
    }

    #[test]
    fn a_realm_is_read_quoted_and_bare_and_wherever_it_stands() {
        let digest = [is("digest", Some("im.example.com"))];
        assert_eq!(of(&[r#"Digest realm="im.example.com", nonce="a""#]), digest);
        assert_eq!(of(&[r#"Digest qop="auth", nonce="a,b", REALM = im.example.com"#]), digest);
        assert_eq!(of(&["Digest realm=im.example.com"]), digest);
        assert_eq!(of(&[r#"Basic realm="a \"b\", c""#]), [is("basic", Some(r#"a "b", c"#))]);
    }

    #[test]
    fn parameters_belong_to_the_scheme_before_them() {
        let expected = [is("ntlm", None), is("digest", Some("one")), is("basic", Some("two"))];
        assert_eq!(of(&[r#"NTLM, Digest nonce="x", realm="one", qop=auth, Basic realm="two""#]), expected);
        assert_eq!(of(&[r#"realm="nobody's", NTLM"#, r#"realm="nor this""#]), [is("ntlm", None)]);
    }

    #[test]
    fn a_token_after_the_scheme_is_no_parameter() {
        assert_eq!(of(&["NTLM TlRMTVNTUAAC=", "Negotiate YII=="]), [is("ntlm", None), is("negotiate", None)]);
    }

    #[test]
    fn a_comma_or_a_scheme_inside_quotes_is_text() {
        assert_eq!(of(&[r#"Digest realm="a, Basic realm=b""#]), [is("digest", Some("a, Basic realm=b"))]);
        assert_eq!(of(&[r#"Digest realm="never closed, Basic"#]), [is("digest", Some("never closed, Basic"))]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_within_bounds(values in prop::collection::vec(".{0,200}", 0..4)) {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            prop_assert!(of(&values).len() <= MAX_CHALLENGES);
        }

        #[test]
        fn a_realm_survives_quoting(realm in "[ -~]{0,40}") {
            let quoted = realm.replace('\\', r"\\").replace('"', "\\\"");
            prop_assert_eq!(of(&[&format!("Digest nonce=\"x\", realm=\"{quoted}\", qop=auth")]), [is("digest", Some(&realm))]);
        }
    }
}
