//! LDIF (RFC 2849): records of attributes, folded lines, base64, changes. Never fetches a value that stands at a URL.

use std::io::BufRead;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::ProblemKind;
use super::attributes::{Attributes, Meaning};
use super::derive::Remark;
use super::entry::Entry;
use super::lines::MAX_RECORD;
use super::person::Person;
use super::taker::{ListError, Taker};
use super::unfold::{Folded, Unfolder};

/// How much worse a value in another language (`mail;lang-de`) is than one without options.
const TAGGED: u8 = 100;

/// Reads LDIF to its end.
pub(super) fn read<E: From<ListError>>(
    input: impl BufRead,
    file: &Arc<str>,
    attributes: Attributes,
    taker: &mut dyn Taker<E>,
) -> Result<(), E> {
    let failed = |error| E::from(ListError::Io(file.clone(), error));
    let mut unfolder = Unfolder::new(input).map_err(failed)?;
    let mut reader = Reader { attributes, person: Person::default(), number: 0, state: State::Outside };
    let mut line = Folded::default();
    while unfolder.next(&mut line).map_err(failed)? {
        reader.line(&line, taker)?;
    }
    reader.end(taker)?;
    Ok(reader.attributes.check_seen(file)?)
}

struct Reader {
    attributes: Attributes,
    person: Person,
    number: u64,
    state: State,
}

/// What the attributes that come next say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No record has begun.
    Outside,
    /// Attributes without a `dn` before them; it was said.
    Nameless,
    /// What the person has.
    Content,
    /// Between the parts of a `changetype: modify`.
    Modify,
    /// What the person will have.
    Given,
    /// What the person will not have any more, or the record of nobody who stays.
    Gone,
    /// The part of a modify that takes values away.
    Taken,
}

/// A line's attribute and how its value is written.
struct Attribute<'a> {
    name: &'a [u8],
    options: &'a [u8],
    form: Form,
    value: &'a [u8],
    /// Octets of the line before the value.
    at: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Base64,
    Url,
}

impl<'a> Attribute<'a> {
    fn of(line: &'a [u8]) -> Option<Self> {
        let colon = memchr::memchr(b':', line)?;
        let (description, rest) = (line.get(..colon)?, line.get(colon + 1..)?);
        let (form, marks) = match rest.first() {
            Some(b':') => (Form::Base64, 1),
            Some(b'<') => (Form::Url, 1),
            _ => (Form::Plain, 0),
        };
        let rest = rest.get(marks..)?;
        let blanks = rest.iter().take_while(|&&octet| octet == b' ').count();
        let cut = memchr::memchr(b';', description).unwrap_or(description.len());
        let (name, options) = description.split_at_checked(cut)?;
        Some(Self { name, options, form, value: rest.get(blanks..)?, at: colon + 1 + marks + blanks })
    }

    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

impl Reader {
    fn line<E>(&mut self, line: &Folded, taker: &mut dyn Taker<E>) -> Result<(), E> {
        if line.text.is_empty() {
            return self.end(taker);
        }
        if line.text.starts_with(b"#") {
            return Ok(());
        }
        if line.text == b"-" && matches!(self.state, State::Given | State::Taken | State::Modify) {
            self.state = State::Modify;
            return Ok(());
        }
        let Some(attribute) = Attribute::of(&line.text) else {
            let why = "it is no line of LDIF, an attribute with a colon and a value: export the list again";
            return damaged(line, 1, &line.text, why, taker);
        };
        if attribute.is("dn") {
            self.end(taker)?;
            self.number += 1;
            self.person.begin(self.number, line.number, 1);
            self.state = State::Content;
        }
        match self.state {
            State::Gone | State::Taken => Ok(()),
            State::Content if attribute.is("changetype") => {
                self.state = match attribute.value.to_ascii_lowercase().trim_ascii() {
                    b"add" => State::Content,
                    b"modify" => State::Modify,
                    _ => State::Gone,
                };
                Ok(())
            }
            State::Modify => {
                self.state = if attribute.is("delete") { State::Taken } else { State::Given };
                Ok(())
            }
            State::Content | State::Given | State::Outside | State::Nameless => self.attribute(&attribute, line, taker),
        }
    }

    /// Keeps the value of an attribute that matters.
    fn attribute<E>(&mut self, attribute: &Attribute<'_>, line: &Folded, taker: &mut dyn Taker<E>) -> Result<(), E> {
        let Some(meaning) = self.attributes.meaning(attribute.name) else { return Ok(()) };
        let column = u32::try_from(attribute.at).unwrap_or(u32::MAX).saturating_add(1);
        let address = matches!(meaning, Meaning::Mail(_) | Meaning::Proxies);
        if matches!(self.state, State::Outside | State::Nameless) {
            let said = std::mem::replace(&mut self.state, State::Nameless) == State::Nameless;
            let why = "no dn stands before it, so that a part of the list is missing: export the list again";
            return if said || !address { Ok(()) } else { damaged(line, column, attribute.value, why, taker) };
        }
        if line.cut && address {
            let why = format!("the value is longer than {MAX_RECORD} octets: no address is");
            return damaged(line, column, attribute.value.get(..256).unwrap_or_default(), &why, taker);
        }
        let meaning = self.options(attribute, meaning);
        let place = (line.number, column);
        match attribute.form {
            Form::Plain => self.person.add(meaning, attribute.name, place, attribute.value),
            Form::Url if address => self.person.add_unread(),
            Form::Url => {}
            Form::Base64 => match STANDARD.decode(attribute.value.trim_ascii_end()) {
                Ok(value) => self.person.add(meaning, attribute.name, place, &value),
                Err(_) if address => {
                    return damaged(line, column, attribute.value, "its base64 is damaged: export the list again", taker);
                }
                Err(_) => {}
            },
        }
        Ok(())
    }

    /// What the options of an attribute make of its meaning.
    fn options(&mut self, attribute: &Attribute<'_>, meaning: Meaning) -> Meaning {
        let options = attribute.options.to_ascii_lowercase();
        let mut meaning = meaning;
        for option in options.split(|&octet| octet == b';').filter(|option| !option.is_empty()) {
            if option.starts_with(b"range=") {
                if !option.ends_with(b"-*") {
                    self.person.add_incomplete(&String::from_utf8_lossy(attribute.name));
                }
            } else if let Meaning::Mail(rank) = meaning {
                meaning = Meaning::Mail(rank.saturating_add(TAGGED));
            }
        }
        meaning
    }

    /// Ends the record at hand.
    fn end<E>(&mut self, taker: &mut dyn Taker<E>) -> Result<(), E> {
        match std::mem::replace(&mut self.state, State::Outside) {
            State::Outside | State::Nameless | State::Gone => Ok(()),
            State::Content | State::Modify | State::Given | State::Taken => self.person.emit(taker),
        }
    }
}

fn damaged<E>(line: &Folded, column: u32, raw: &[u8], why: &str, taker: &mut dyn Taker<E>) -> Result<(), E> {
    let why = Remark::new(ProblemKind::DamagedExport, &String::from_utf8_lossy(raw), why);
    taker.entry(Entry::refused(line.number, column, raw, why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::list::tests::shown;

    fn entries(text: &str) -> Vec<String> {
        shown(|taker| read(text.as_bytes(), &"l".into(), Attributes::new(None), taker)).expect("reads")
    }

    #[test]
    fn records_give_the_primary_address_of_each_person() {
        let text = "version: 1\n\ndn: CN=Ann\nmail: a@b.example\n\n# x\n y\ndn: CN=Bob\nMAIL: x@b.example\nproxyAddresses: smtp:c@b.example\nproxyAddresses: SMTP:x@b.example\n";
        assert_eq!(entries(text), ["4:7 a@b.example", "11:17 x@b.example"]);
    }

    #[test]
    fn lines_are_unfolded_before_anything_else() {
        let text = "dn: CN=Ann,\n OU=x\nmail:: Y\n UBiLmV4YW1\n wbGU=\n\ndn: CN=Bob\r\nma\r\n il: b@b.exa\r\n mple\r\n\tx\r\n";
        assert_eq!(entries(text), ["3:8 a@b.example", "8:7 b@b.examplex"]);
    }

    #[test]
    fn only_people_without_an_address_are_missed() {
        let text = "dn: OU=x\nobjectClass: organizationalUnit\n\ndn: CN=Ann\nobjectClass: top\nobjectClass: person\nobjectClass: user\n\n\
                    dn: CN=PC\nobjectClass: user\nobjectClass: computer\n\ndn: CN=All\nobjectClass: group\nmail: all@b.example\n\n\
                    dn: CN=Eve\nproxyAddresses: smtp:e@b.example\n";
        assert_eq!(entries(text), ["4:1 no-primary-address", "15:7 skipped", "18:17 no-primary-address"]);
    }

    #[test]
    fn changes_count_for_what_they_leave_behind() {
        let text = "dn: CN=Ann\nchangetype: modify\ndelete: mail\nmail: old@b.example\n-\nreplace: mail\nmail: new@b.example\n-\n\n\
                    dn: CN=Bob\nchangetype: delete\nmail: b@b.example\n\ndn: CN=Eve\nchangetype: modify\nreplace: title\ntitle: x\n-\n\n\
                    dn: CN=Joe\nchangetype: ADD\nmail: j@b.example\n\ndn: CN=Kim\nchangetype: modrdn\nnewrdn: CN=K\ndeleteoldrdn: 1\n";
        assert_eq!(entries(text), ["7:7 new@b.example", "22:7 j@b.example"]);
    }

    #[test]
    fn urls_are_never_fetched_and_options_never_lead() {
        let text = "dn: CN=Ann\nmail:< file:///etc/passwd\n\ndn: CN=Bob\nmail;lang-de: b@x.example\nmail: b@b.example\n\n\
                    dn: CN=Eve\nproxyAddresses;range=0-1499: SMTP:e@b.example\n";
        assert_eq!(entries(text), ["1:1 no-primary-address", "6:7 b@b.example", "9:30 e@b.example damaged-export"]);
    }

    #[test]
    fn damage_is_said_and_the_next_record_is_read() {
        let text = "mail: x@b.example\nmail: y@b.example\n\ndn: CN=Ann\nmail:: %%%\nno line of LDIF\nmail: a@b.example\n\ndn: CN=Bob\nmail:: /w==\n";
        assert_eq!(
            entries(text),
            ["1:7 damaged-export", "5:8 damaged-export", "6:1 damaged-export", "7:7 a@b.example", "10:8 invalid-address"]
        );
    }
}
