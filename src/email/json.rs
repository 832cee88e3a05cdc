//! JSON and JSON lines: the people in them, whatever stands round them (rvp.md 4.4). Never follows a link to the next page.

use std::io::{self, Read};
use std::sync::Arc;

use super::ProblemKind;
use super::attributes::{Attributes, Meaning};
use super::derive::Remark;
use super::entry::{Entry, Value};
use super::json_tokens::{Token, Tokens};
use super::person::Person;
use super::taker::{ListError, Taker};

/// How deep lists of people and the values of a person may nest.
const DEEPEST: u32 = 64;

/// Reads JSON texts to the end: one, or one after the other.
pub(super) fn read<E: From<ListError>>(
    input: impl Read,
    file: &Arc<str>,
    attributes: Attributes,
    taker: &mut dyn Taker<E>,
) -> Result<(), E> {
    let mut reader = Reader { tokens: Tokens::new(input), attributes, person: Person::default(), member: Vec::new(), number: 0 };
    match reader.texts(taker) {
        Ok(()) => Ok(reader.attributes.check_seen(file)?),
        Err(Stop::Own(error)) => Err(error),
        Err(Stop::Io(error)) => Err(ListError::Io(file.clone(), error).into()),
        Err(Stop::Syntax(_)) => Ok(()),
    }
}

/// Why reading ends before the input does.
enum Stop<E> {
    Io(io::Error),
    /// It is no JSON: a clause that goes after "it".
    Syntax(&'static str),
    /// The sink's own.
    Own(E),
}

impl<E> From<io::Error> for Stop<E> {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

struct Reader<R> {
    tokens: Tokens<R>,
    attributes: Attributes,
    person: Person,
    /// The member of the person that is read.
    member: Vec<u8>,
    number: u64,
}

impl<R: Read> Reader<R> {
    /// All texts. A damaged one costs its line, where it is one of several lines; else it costs the rest.
    fn texts<E>(&mut self, taker: &mut dyn Taker<E>) -> Result<(), Stop<E>> {
        let mut token = self.tokens.next()?;
        loop {
            let begun = self.tokens.place();
            let outcome = match token {
                Token::End => return Ok(()),
                // Objects that were cut out of a list.
                Token::Mark(b',') => Ok(()),
                token => self.item(token, 0, taker),
            };
            if let Err(Stop::Syntax(why)) = outcome {
                let here = self.tokens.place();
                let torn = here.1 == 1 && begun.1 == 1 && here.0 > begun.0 && self.tokens.raw() == b"{";
                let lost = if torn || here.0 == begun.0 { "this line" } else { "what follows" };
                self.damaged(
                    if torn { begun } else { here },
                    &format!("it {why}: {lost} is not read, export the list again"),
                    taker,
                )?;
                if torn {
                    token = Token::Mark(b'{');
                    continue;
                }
                if here.0 != begun.0 || !self.tokens.skip_line()? {
                    return Ok(());
                }
            } else {
                outcome?;
            }
            token = self.tokens.next()?;
        }
    }

    fn damaged<E>(&mut self, (line, column): (u32, u32), why: &str, taker: &mut dyn Taker<E>) -> Result<(), Stop<E>> {
        let raw = self.tokens.raw();
        let raw = raw.get(..256).unwrap_or(raw);
        let why = Remark::new(ProblemKind::DamagedExport, &String::from_utf8_lossy(raw), why);
        taker.entry(Entry::refused(line, column, raw, why)).map_err(Stop::Own)
    }

    fn next<E>(&mut self) -> Result<Token, Stop<E>> {
        match self.tokens.next()? {
            Token::End => Err(Stop::Syntax("ends before it is complete")),
            Token::Bad(why) => Err(Stop::Syntax(why)),
            token => Ok(token),
        }
    }

    /// An element of a list of people, whose first token was read: a person, an address, or a list.
    fn item<E>(&mut self, token: Token, depth: u32, taker: &mut dyn Taker<E>) -> Result<(), Stop<E>> {
        match token {
            _ if depth > DEEPEST => Err(Stop::Syntax("nests too deep")),
            Token::Mark(b'{') => self.object(depth, taker),
            Token::Mark(b'[') => self.list(depth, taker),
            Token::Text => {
                self.number += 1;
                let (line, column) = self.tokens.place();
                let text = self.tokens.text().ok_or(Stop::Syntax("holds a string that stands for no text"))?;
                let value = Value { line, column, text: &text, remark: None, suspended: false, owner: None };
                value.emit(taker).map_err(Stop::Own)
            }
            Token::Word if self.tokens.raw() == b"null" => Ok(()),
            Token::Word => self.refuse("it is no person and no address: a list holds objects or strings", taker),
            Token::Bad(why) => Err(Stop::Syntax(why)),
            Token::Mark(_) | Token::End => Err(Stop::Syntax("has something else where a person should stand")),
        }
    }

    fn refuse<E>(&mut self, why: &str, taker: &mut dyn Taker<E>) -> Result<(), Stop<E>> {
        let (line, column) = self.tokens.place();
        let raw = self.tokens.raw();
        let why = Remark::new(ProblemKind::InvalidAddress, &String::from_utf8_lossy(raw), why);
        taker.entry(Entry::refused(line, column, raw, why)).map_err(Stop::Own)
    }

    /// What stands between `[` and `]`.
    fn list<E>(&mut self, depth: u32, taker: &mut dyn Taker<E>) -> Result<(), Stop<E>> {
        let mut token = self.next()?;
        if token == Token::Mark(b']') {
            return Ok(());
        }
        loop {
            self.item(token, depth + 1, taker)?;
            match self.next()? {
                Token::Mark(b']') => return Ok(()),
                Token::Mark(b',') => token = self.next()?,
                _ => return Err(Stop::Syntax("has no comma between two values")),
            }
        }
    }

    /// A person, or a page of people: `{"value": […], "@odata.nextLink": …}`, `{"users": […], "nextPageToken": …}`.
    fn object<E>(&mut self, depth: u32, taker: &mut dyn Taker<E>) -> Result<(), Stop<E>> {
        let (line, column) = self.tokens.place();
        self.person.begin(self.number + 1, line, column);
        self.person.is_person();
        let (mut page, mut token) = (false, self.next()?);
        while token != Token::Mark(b'}') {
            if token != Token::Text {
                return Err(Stop::Syntax("has something else where a name in double quotes should stand"));
            }
            let name = self.tokens.raw();
            let people = is_key(name, &["value", "users"]);
            let next_page = is_key(name, &["@odata.nextLink", "odata.nextLink", "nextLink", "nextPageToken"]);
            let name = name.get(1..name.len() - 1).unwrap_or_default();
            let meaning = self.attributes.meaning(name);
            if meaning.is_some() {
                self.member.clear();
                self.member.extend_from_slice(name);
            }
            if self.next()? != Token::Mark(b':') {
                return Err(Stop::Syntax("has no colon behind a name"));
            }
            let value = self.next()?;
            match meaning {
                _ if people && value == Token::Mark(b'[') => {
                    page = true;
                    self.list(depth + 1, taker)?;
                }
                _ if next_page && value == Token::Text && self.tokens.raw() != b"\"\"" => {
                    page = true;
                    self.more_pages(taker)?;
                }
                Some(meaning) if !page => self.keep(value, meaning, depth)?,
                _ => self.skip(value)?,
            }
            token = match self.next()? {
                Token::Mark(b',') => self.next()?,
                end @ Token::Mark(b'}') => end,
                _ => return Err(Stop::Syntax("has no comma between two members")),
            };
        }
        if page {
            return Ok(());
        }
        self.number += 1;
        self.person.emit(taker).map_err(Stop::Own)
    }

    fn more_pages<E>(&mut self, taker: &mut dyn Taker<E>) -> Result<(), Stop<E>> {
        let place = self.tokens.place();
        let why = "a link to the next page is left, so that people are missing: fetch all pages (Get-MgUser -All)";
        self.damaged(place, why, taker)
    }

    /// Keeps the strings of a value: a string, a list, or `{"value": […], "Count": n}` and its like.
    fn keep<E>(&mut self, token: Token, meaning: Meaning, depth: u32) -> Result<(), Stop<E>> {
        match token {
            _ if depth > DEEPEST => Err(Stop::Syntax("nests too deep")),
            Token::Text => {
                let place = self.tokens.place();
                let text = self.tokens.text().ok_or(Stop::Syntax("holds a string that stands for no text"))?;
                self.person.add(meaning, &self.member, place, text.as_bytes());
                Ok(())
            }
            Token::Word => {
                let place = self.tokens.place();
                // A number or a truth is no address, and null is none either.
                let text = if meaning == Meaning::Status { self.tokens.raw() } else { b"" };
                self.person.add(meaning, &self.member, place, text);
                Ok(())
            }
            Token::Mark(b'[') => loop {
                match self.next()? {
                    Token::Mark(b']') => return Ok(()),
                    Token::Mark(b',') => {}
                    element => self.keep(element, meaning, depth + 1)?,
                }
            },
            Token::Mark(b'{') => self.keep_members(meaning, depth),
            _ => Err(Stop::Syntax("has something else where a value should stand")),
        }
    }

    /// The member of an object in which `ConvertTo-Json` leaves the address.
    fn keep_members<E>(&mut self, meaning: Meaning, depth: u32) -> Result<(), Stop<E>> {
        loop {
            match self.next()? {
                Token::Mark(b'}') => return Ok(()),
                Token::Mark(b',') => {}
                Token::Text => {
                    let name = self.tokens.raw();
                    let typed = meaning == Meaning::Proxies;
                    let held = is_key(name, &["value", "values", "$values", if typed { "ProxyAddressString" } else { "Address" }]);
                    if self.next()? != Token::Mark(b':') {
                        return Err(Stop::Syntax("has no colon behind a name"));
                    }
                    match self.next()? {
                        value if held => self.keep(value, meaning, depth + 1)?,
                        value => self.skip(value)?,
                    }
                }
                _ => return Err(Stop::Syntax("has something else where a name in double quotes should stand")),
            }
        }
    }

    /// Skips a value whose first token was read.
    fn skip<E>(&mut self, token: Token) -> Result<(), Stop<E>> {
        let mut depth = 0_u32;
        let mut token = token;
        loop {
            match token {
                Token::Mark(b'{' | b'[') => depth += 1,
                Token::Mark(b'}' | b']') => depth = depth.checked_sub(1).ok_or(Stop::Syntax("closes what is not open"))?,
                Token::Mark(_) if depth == 0 => return Err(Stop::Syntax("has something else where a value should stand")),
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
            token = self.next()?;
        }
    }
}

/// Whether a name, with its quotes, is one of several, in any case.
fn is_key(raw: &[u8], names: &[&str]) -> bool {
    let name = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::list::tests::shown;

    fn entries(text: &str) -> Vec<String> {
        shown(|taker| read(text.as_bytes(), &"l".into(), Attributes::new(None), taker)).expect("reads")
    }

    #[test]
    fn people_are_found_in_every_shape_round_them() {
        let person = r#"{"mail":"a@b.example"}"#;
        for text in [
            person.to_owned(),
            format!("[{person}]"),
            format!("{{\"value\":[{person}],\"Count\":1}}"),
            format!("{{\"@odata.context\":\"x\",\"value\":[{person}]}}"),
            format!("[{{\"value\":[{person}]}}]"),
            format!("{{\"kind\":\"x\",\"users\":[{person}]}}"),
            r#"["a@b.example"]"#.to_owned(),
            r#"{"mail":["a@b.example"]}"#.to_owned(),
            r#"{"mail":{"value":["a@b.example"],"Count":1}}"#.to_owned(),
            r#"{"x":[{"mail":"no@b.example"}],"PrimarySmtpAddress":{"Local":"a","Domain":"b.example","Address":"a@b.example"}}"#
                .to_owned(),
            r#"{"proxyAddresses":"SMTP:a@b.example"}"#.to_owned(),
            r#"{"proxyAddresses":{"value":["smtp:x@b.example","SMTP:a@b.example"],"Count":2}}"#.to_owned(),
            r#"{"EmailAddresses":[{"ProxyAddressString":"SMTP:a@b.example","SmtpAddress":"a@b.example"}]}"#.to_owned(),
        ] {
            let found = entries(&text);
            assert!(found.len() == 1 && found[0].ends_with(" a@b.example"), "{text}: {found:?}");
        }
    }

    #[test]
    fn each_line_or_element_is_a_person_with_a_place() {
        let text = "{\"mail\":\"a@b.example\"}\n{\"mail\":null,\"userPrincipalName\":\"s@b.example\"}\n{\"displayName\":\"o\\u0027Neil\",\"mail\":\"o\\u0027neil@b.example\"}\n";
        assert_eq!(entries(text), ["1:10 a@b.example", "2:1 no-primary-address", "3:38 o'neil@b.example"]);
        assert_eq!(
            entries("[\n  {\n    \"mail\": \"a@b.example\"\n  },\n  {\"mail\": \"c@b.example\"}\n]"),
            ["3:14 a@b.example", "5:13 c@b.example"]
        );
    }

    #[test]
    fn a_link_to_the_next_page_says_that_people_are_missing() {
        let text = "{\"value\":[{\"mail\":\"a@b.example\"}],\"@odata.nextLink\":\"https://graph.example/x?$skiptoken=y\"}";
        assert_eq!(entries(text), ["1:20 a@b.example", "1:54 damaged-export"]);
        assert_eq!(
            entries("{\"@odata.nextLink\":\"https://x\",\"value\":[\"a@b.example\"]}"),
            ["1:21 damaged-export", "1:42 a@b.example"]
        );
    }

    #[test]
    fn shut_accounts_are_left_out() {
        assert_eq!(
            entries(
                "{\"users\":[{\"primaryEmail\":\"a@b.example\",\"suspended\":true},{\"primaryEmail\":\"c@b.example\",\"suspended\":false}]}"
            ),
            ["1:28 skipped", "1:76 c@b.example"]
        );
    }

    #[test]
    fn damage_costs_a_line_of_json_lines_and_the_rest_of_one_text() {
        assert_eq!(
            entries("{\"mail\":\"a@b.example\"}\n{\"mail\":\"c@b\n{\"mail\":\"d@b.example\"}\n"),
            ["1:10 a@b.example", "2:10 damaged-export", "3:10 d@b.example"]
        );
        assert_eq!(
            entries("[{\"mail\":\"a@b.example\"},\n{\"mail\" \"x\"},\n{\"mail\":\"d@b.example\"}]"),
            ["1:11 a@b.example", "2:10 damaged-export"]
        );
        assert_eq!(entries("[{\"mail\":\"a@b.example\"},{\"mail\":\"c@"), ["1:11 a@b.example", "1:34 damaged-export"]);
        assert_eq!(entries("{\"mail\":\"System.Object[]\"}\n"), ["1:10 damaged-export"]);
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = format!("{}\"a@b.example\"{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(entries(&deep), ["1:66 damaged-export"]);
        let deep = format!("{{\"x\":{}{},\"mail\":\"a@b.example\"}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(entries(&deep)[0].ends_with(" a@b.example"));
        let deep = format!("{{\"mail\":{}", "[".repeat(100_000));
        assert!(entries(&deep)[0].ends_with(" damaged-export"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[\\[\\]{}\",:\\\\\na@. m]{0,80}") {
            entries(&text);
            entries(&format!("{{\"mail\":{text}"));
            entries(&format!("[{{\"mail\":\"{text}\"}}]"));
        }
    }
}
