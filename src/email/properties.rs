//! The output of PowerShell's `Format-List` (rvp.md 4.3): `Name : value`, a blank line between people. Never joins what it cuts off.

use std::io::BufRead;
use std::sync::Arc;

use super::attributes::Attributes;
use super::characters::is_blank;
use super::lines::{MAX_RECORD, Outcome, next_line};
use super::person::Person;
use super::taker::{ListError, Taker};

/// Reads blocks of properties to the end.
pub(super) fn read<E: From<ListError>>(
    mut input: impl BufRead,
    file: &Arc<str>,
    attributes: Attributes,
    taker: &mut dyn Taker<E>,
) -> Result<(), E> {
    let mut reader = Reader { attributes, person: Person::default(), number: 0, open: false, property: None };
    let mut bytes = Vec::new();
    let mut number = 0_u32;
    loop {
        let outcome = next_line(&mut input, &mut bytes).map_err(|error| ListError::Io(file.clone(), error))?;
        number = number.saturating_add(1);
        if outcome == Outcome::End {
            break;
        }
        reader.line(bytes.strip_suffix(b"\r").unwrap_or(&bytes), number, taker)?;
    }
    reader.end(taker)?;
    Ok(reader.attributes.check_seen(file)?)
}

struct Reader {
    attributes: Attributes,
    person: Person,
    number: u64,
    /// Whether a record has begun.
    open: bool,
    /// The property at hand, which may go on in the next line.
    property: Option<Property>,
}

struct Property {
    name: Vec<u8>,
    place: (u32, u32),
    text: Vec<u8>,
}

impl Reader {
    fn line<E>(&mut self, line: &[u8], number: u32, taker: &mut dyn Taker<E>) -> Result<(), E> {
        if String::from_utf8_lossy(line).trim_matches(is_blank).is_empty() {
            return self.end(taker);
        }
        if line.starts_with(b" ") {
            // Format-List breaks lines at spaces, and leaves the space out.
            if let Some(property) = self.property.as_mut().filter(|property| property.text.len() + line.len() < MAX_RECORD) {
                property.text.push(b' ');
                property.text.extend_from_slice(line.trim_ascii());
            }
            return Ok(());
        }
        self.settle();
        if !self.open {
            self.open = true;
            self.number += 1;
            self.person.begin(self.number, number, 1);
            self.person.is_person();
        }
        let Some(colon) = memchr::memmem::find(line, b" :") else { return Ok(()) };
        let (name, rest) = (line.get(..colon).unwrap_or_default(), line.get(colon + 2..).unwrap_or_default());
        let text = rest.trim_ascii_start();
        let at = line.len() - text.len();
        let place = (number, u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1));
        self.property = Some(Property { name: name.trim_ascii_end().to_vec(), place, text: text.to_vec() });
        Ok(())
    }

    /// Keeps the property at hand, which is whole now.
    fn settle(&mut self) {
        let Some(property) = self.property.take() else { return };
        if let Some(meaning) = self.attributes.meaning(&property.name) {
            // An empty collection is shown as its braces.
            let text = if property.text == b"{}" { &b""[..] } else { &property.text };
            self.person.add(meaning, &property.name, property.place, text);
        }
    }

    fn end<E>(&mut self, taker: &mut dyn Taker<E>) -> Result<(), E> {
        self.settle();
        if std::mem::replace(&mut self.open, false) { self.person.emit(taker) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::list::tests::shown;

    fn entries(text: &str) -> Vec<String> {
        shown(|taker| read(text.as_bytes(), &"l".into(), Attributes::new(None), taker)).expect("reads")
    }

    #[test]
    fn braces_and_wrapped_lines_are_read() {
        let text = "\r\n\r\nName           : Ann\r\nEmailAddresses : {smtp:al@b.example, X500:/o=x/cn=ann,\r\n                 SMTP:ann@b.example}\r\n\r\n\
                    Name           : Bob\r\nEmailAddresses : {SMTP:bob@b.example}\r\n";
        assert_eq!(entries(text), ["4:56 ann@b.example", "8:19 bob@b.example"]);
    }

    #[test]
    fn what_was_cut_off_is_refused_or_made_up_for_by_the_primary_property() {
        let cut = "EmailAddresses     : {SMTP:ann@b.example, smtp:x@b.example...}\n";
        assert_eq!(entries(cut), ["1:22 damaged-export"]);
        let with = format!("{cut}PrimarySmtpAddress : ann@b.example\n");
        assert_eq!(entries(&with), ["2:22 ann@b.example damaged-export"]);
        assert_eq!(entries("Name           : Ann\nEmailAddresses : {}\n"), ["1:1 no-primary-address"]);
    }
}
