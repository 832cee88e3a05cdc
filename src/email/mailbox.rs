//! The syntax of one mailbox (RFC 5322 3.4, RFC 5321 4.1.2, RFC 6531). Never splits a list.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::address::{Address, Fault, LocalPart, MailDomain};
use super::characters::{is_atext, is_blank, is_invisible};
use super::excerpt::excerpt;
use super::ordinary::{CLASSES, DOMAIN, LOCAL};
use super::scheme::{Scheme, scheme};
use crate::dns::DomainName;

/// A fault and the byte at which it was seen.
pub(super) type Located = (usize, Fault);

/// Reads exactly one mailbox, blanks round it allowed.
pub(super) fn parse(text: &str) -> Result<Address, Located> {
    let Some(open) = find_angle(text)? else {
        return bare(text);
    };
    let close = find_outside_quotes(text, open + 1, b'>')?.ok_or((open, Fault::OpenAngle))?;
    let rest = skip_comments(text, close + 1)?;
    if let Some(other) = text.get(rest..).filter(|other| !other.is_empty()) {
        return Err((rest, Fault::AfterAddress(excerpt(other))));
    }
    in_angle(text.get(..close).unwrap_or(text), open + 1)
}

/// The same without a look for brackets, which there are none of.
pub(super) fn bare(text: &str) -> Result<Address, Located> {
    Spec { text, at: 0 }.parse()
}

/// What stands between the angle brackets, from `start` to the end of `text`.
fn in_angle(text: &str, start: usize) -> Result<Address, Located> {
    let at = skip_comments(text, start)?;
    let inner = text.get(at..).unwrap_or_default();
    if inner.starts_with('@') && inner.contains(':') {
        return Err((at, Fault::Route));
    }
    match scheme(inner) {
        None => Spec { text, at }.parse(),
        Some((Scheme::Plain, rest)) => Spec { text, at: at + rest }.parse(),
        Some((Scheme::Uri(_), rest)) => from_uri(inner.get(rest..).unwrap_or_default()).map_err(|fault| (at, fault)),
        Some((Scheme::Foreign(kind), _)) => Err((at, Fault::ForeignKind(kind))),
        Some((Scheme::Unknown(name), _)) => Err((at, Fault::UnknownScheme(excerpt(name)))),
    }
}

/// An address in a URI: percent-encoded, cut at the `?` (RFC 6068 2).
pub(super) fn from_uri(text: &str) -> Result<Address, Fault> {
    let (path, _) = text.split_once('?').unwrap_or((text, ""));
    let damaged = |rest: &str| !matches!(rest.as_bytes(), [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    if path.split('%').skip(1).any(damaged) {
        return Err(Fault::PercentEncoding);
    }
    let decoded: Cow<'_, str> = percent_decode_str(path).decode_utf8().map_err(|_| Fault::PercentEncoding)?;
    Spec { text: &decoded, at: 0 }.parse().map_err(|(_, fault)| fault)
}

/// `addr-spec` with comments and blanks where the grammar has CFWS.
struct Spec<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Spec<'a> {
    fn parse(mut self) -> Result<Address, Located> {
        let start = self.skip()?;
        if self.rest().is_empty() {
            return Err((start, Fault::Empty));
        }
        let local = if self.rest().starts_with('"') { self.quoted()? } else { self.dot_atom()?.into() };
        self.expect_at(start)?;
        let domain = self.domain()?;
        let end = self.skip()?;
        if let Some(other) = self.rest().chars().next() {
            return Err((end, if other == '@' { Fault::SecondAt } else { Fault::Space }));
        }
        Ok(Address { local: LocalPart::new(&local), domain })
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Skips comments and blanks; returns where it arrived.
    fn skip(&mut self) -> Result<usize, Located> {
        self.at = skip_comments(self.text, self.at)?;
        Ok(self.at)
    }

    fn quoted(&mut self) -> Result<Cow<'a, str>, Located> {
        let open = self.at;
        // Most octets, as a rule all, need no look at characters.
        let plain =
            self.rest().bytes().skip(1).take_while(|octet| matches!(octet, b' '..=b'~') && !b"\"\\".contains(octet)).count();
        let content = self.rest().get(1..=plain).unwrap_or_default();
        if self.rest().as_bytes().get(1 + plain) == Some(&b'"') {
            self.at += plain + 2;
            return Ok(content.into());
        }
        let mut content = content.to_owned();
        let mut escaped = false;
        for (position, c) in self.rest().char_indices().skip(1 + plain) {
            if c.is_control() || is_invisible(c) || (c != ' ' && c.is_whitespace()) {
                return Err((open + position, Fault::Invisible(c)));
            }
            match c {
                '\\' if !escaped => escaped = true,
                '"' if !escaped => {
                    self.at = open + position + 1;
                    return Ok(content.into());
                }
                _ => {
                    escaped = false;
                    content.push(c);
                }
            }
        }
        Err((open, Fault::OpenQuote))
    }

    fn dot_atom(&mut self) -> Result<&'a str, Located> {
        let start = self.at;
        let rest = self.rest();
        let end = run(rest, LOCAL, |c| c != '.' && !is_atext(c));
        let content = rest.get(..end).unwrap_or_default();
        self.at += end;
        if let Some(c) = self.rest().chars().next().filter(|&c| !is_blank(c) && !matches!(c, '@' | '(')) {
            return Err((self.at, if c == '"' { Fault::PartQuoted } else { bad_character(c) }));
        }
        if memchr::memchr(b'@', rest.as_bytes()).is_none() {
            return Err((start, Fault::NoAt));
        }
        if content.is_empty() {
            return Err((start, Fault::NoLocalPart));
        }
        match dot_fault(content) {
            Some((position, what)) => Err((start + position, Fault::Dot(what))),
            None => Ok(content),
        }
    }

    fn expect_at(&mut self, start: usize) -> Result<(), Located> {
        let after_local = self.at;
        self.skip()?;
        match self.rest().chars().next() {
            Some('@') => {
                self.at += 1;
                Ok(())
            }
            Some(_) if self.at == after_local => Err((after_local, Fault::PartQuoted)),
            Some(_) if self.rest().contains('@') => Err((after_local, Fault::Space)),
            _ => Err((start, Fault::NoAt)),
        }
    }

    fn domain(&mut self) -> Result<MailDomain, Located> {
        let start = self.skip()?;
        let rest = self.rest();
        if rest.starts_with('[') {
            let end = rest.find(']').ok_or((start, Fault::OpenLiteral))? + 1;
            self.at += end;
            let literal = rest.get(..end).unwrap_or_default();
            return match literal.char_indices().find(|(_, c)| !c.is_ascii_graphic()) {
                Some((position, c)) => Err((start + position, Fault::Invisible(c))),
                None => Ok(MailDomain::Literal(literal.into())),
            };
        }
        let end = run(rest, DOMAIN, |c| is_blank(c) || matches!(c, '(' | '@'));
        self.at += end;
        let text = rest.get(..end).unwrap_or_default();
        if text.is_empty() {
            return Err((start, if rest.starts_with('@') { Fault::SecondAt } else { Fault::NoDomain }));
        }
        let name = DomainName::parse_host(text).map_err(|error| (start, Fault::Domain(excerpt(text), error)))?;
        // A lone dot is the root, which no mail goes to.
        if name.is_root() { Err((start, Fault::NoDomain)) } else { Ok(MailDomain::Name(name)) }
    }
}

/// The length of what stands before the first character that `ends` it. No octet of a class does: most need no look at characters.
fn run(text: &str, class: u8, ends: impl Fn(char) -> bool) -> usize {
    let plain = text.bytes().take_while(|&octet| CLASSES[usize::from(octet)] & class != 0).count();
    let end = text.get(plain..).unwrap_or_default().find(ends);
    end.map_or(text.len(), |end| plain + end)
}

fn bad_character(c: char) -> Fault {
    if c.is_control() { Fault::Invisible(c) } else { Fault::BadCharacter(c) }
}

fn dot_fault(content: &str) -> Option<(usize, &'static str)> {
    if content.starts_with('.') {
        return Some((0, "begins with a dot"));
    }
    if let Some(position) = content.as_bytes().windows(2).position(|pair| pair == b"..") {
        return Some((position + 1, "has two dots in a row"));
    }
    content.ends_with('.').then(|| (content.len() - 1, "ends with a dot"))
}

/// The position after comments and blanks.
#[inline]
fn skip_comments(text: &str, from: usize) -> Result<usize, Located> {
    // Mostly there is nothing to skip.
    let nothing = text.as_bytes().get(from).is_none_or(|octet| octet.is_ascii_graphic() && *octet != b'(');
    if nothing { Ok(from) } else { skip_some(text, from) }
}

fn skip_some(text: &str, from: usize) -> Result<usize, Located> {
    let mut at = from;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let trimmed = rest.trim_start_matches(is_blank);
        at += rest.len() - trimmed.len();
        if !trimmed.starts_with('(') {
            return Ok(at);
        }
        at = comment_end(text, at).ok_or((at, Fault::OpenComment))?;
    }
}

/// The position after the comment that opens at `open`; comments nest (RFC 5322 3.2.2).
pub(super) fn comment_end(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0_u32;
    let mut escaped = false;
    for (position, octet) in text.get(open..)?.bytes().enumerate() {
        match octet {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' if depth == 1 => return Some(open + position + 1),
            b')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The position after the quoted string that opens at `open`.
pub(super) fn quote_end(text: &str, open: usize) -> Option<usize> {
    let octets = text.as_bytes();
    let mut at = open + 1;
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', octets.get(at..)?)?;
        if octets.get(found) == Some(&b'"') {
            return Some(found + 1);
        }
        // What stands behind a backslash is part of the string, whatever it is.
        at = found + 2;
    }
}

/// The first `<` outside quotes and comments.
fn find_angle(text: &str) -> Result<Option<usize>, Located> {
    let mut at = 0;
    while let Some(position) = text.get(at..).and_then(|rest| rest.bytes().position(|octet| matches!(octet, b'"' | b'(' | b'<'))) {
        let found = at + position;
        at = match text.as_bytes().get(found) {
            Some(b'"') => quote_end(text, found).ok_or((found, Fault::OpenQuote))?,
            Some(b'(') => comment_end(text, found).ok_or((found, Fault::OpenComment))?,
            _ => return Ok(Some(found)),
        };
    }
    Ok(None)
}

fn find_outside_quotes(text: &str, from: usize, wanted: u8) -> Result<Option<usize>, Located> {
    let mut at = from;
    while let Some(position) = text.get(at..).and_then(|rest| rest.bytes().position(|octet| octet == b'"' || octet == wanted)) {
        let found = at + position;
        if text.as_bytes().get(found) != Some(&b'"') {
            return Ok(Some(found));
        }
        at = quote_end(text, found).ok_or((found, Fault::OpenQuote))?;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::Address;

    #[test]
    fn every_form_of_one_mailbox_is_read() {
        for text in [
            "ann@example.com",
            " ann@example.com\t",
            "<ann@example.com>",
            "Ann Lee <ann@example.com>",
            "\"Lee, Ann\" <ann@example.com>",
            "\"Lee \\\"A\\\" <x@y>\" <ann@example.com>",
            "=?utf-8?Q?J=C3=B6rg?= <ann@example.com>",
            "ann@example.com (Ann (at work))",
            "(Ann) ann@example.com",
            "ann(x)@(y)example.com",
            "Ann <ann@example.com> (work)",
            "\u{a0}ann@example.com\u{200b}\u{feff}",
            "<\u{202a}ann@example.com\u{202c}>",
            "Ann <SMTP:ann@example.com>",
            "Ann <mailto:ann%40example.com?subject=x>",
            "ann@x.example <ann@example.com>",
            "ann@example.com.",
        ] {
            let address: Address = text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"));
            assert_eq!(address.to_string(), "ann@example.com", "{text:?}");
        }
    }

    #[test]
    fn a_fault_has_its_column_and_its_rule() {
        use Fault::{AfterAddress, BadCharacter, Dot, Invisible, UnknownScheme};
        for (text, column, fault) in [
            ("ann", 1, Fault::NoAt),
            ("ann.example.com", 1, Fault::NoAt),
            ("Ann <>", 6, Fault::Empty),
            ("@example.com", 1, Fault::NoLocalPart),
            ("ann@", 5, Fault::NoDomain),
            ("ann@.", 5, Fault::NoDomain),
            ("ann@b@example.com", 6, Fault::SecondAt),
            ("ann@@example.com", 5, Fault::SecondAt),
            (".ann@example.com", 1, Dot("begins with a dot")),
            ("ann.@example.com", 4, Dot("ends with a dot")),
            ("a..b@example.com", 3, Dot("has two dots in a row")),
            ("öa:b@example.com", 3, BadCharacter(':')),
            ("a\u{7}b@example.com", 2, Invisible('\u{7}')),
            ("ann lee@example.com", 4, Fault::Space),
            ("ann@exa mple.com", 9, Fault::Space),
            ("\"ann@example.com", 1, Fault::OpenQuote),
            ("\"a\"b@example.com", 4, Fault::PartQuoted),
            ("a\"b\"@example.com", 2, Fault::PartQuoted),
            ("Ann <ann@example.com", 5, Fault::OpenAngle),
            ("ann@example.com (x", 17, Fault::OpenComment),
            ("ann@[192.0.2.1", 5, Fault::OpenLiteral),
            ("<ann@example.com> x", 19, AfterAddress("x".into())),
            ("<@relay.example:ann@example.com>", 2, Fault::Route),
            ("<foo:ann@example.com>", 2, UnknownScheme("foo".into())),
            ("<mailto:a%zz@example.com>", 2, Fault::PercentEncoding),
            ("<mailto:a%ff@example.com>", 2, Fault::PercentEncoding),
        ] {
            let error = text.parse::<Address>().expect_err(text);
            assert_eq!((error.column, &error.fault), (column, &fault), "{text:?}");
            assert_eq!(error.fault.kind().rule(), "invalid-address");
        }
    }

    #[test]
    fn a_bad_domain_says_which_rule_it_breaks() {
        let long = format!("a@{}.example", "x".repeat(64));
        for (text, rule) in [
            ("a@b..example", "invalid-address"),
            ("a@-b.example", "invalid-address"),
            ("a@b_c.example", "invalid-address"),
            ("a@example.123", "invalid-address"),
            ("a@xn--a.example", "invalid-address"),
            ("a@10.0.0.1", "no-domain-name"),
            (long.as_str(), "name-too-long"),
        ] {
            assert_eq!(text.parse::<Address>().expect_err(text).fault.kind().rule(), rule, "{text:?}");
        }
    }
}
