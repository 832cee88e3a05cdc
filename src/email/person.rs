//! One person's record in a directory's export: its attributes, and the entry that follows from them. Never reads a list.

use smallvec::SmallVec;

use super::ProblemKind;
use super::attributes::{Meaning, is_suspended};
use super::characters::{self, is_empty};
use super::derive::Remark;
use super::entry::{Entry, Owner, Value, damage};
use super::proxies;
use super::taker::Taker;

/// The most values of one record that are kept; what comes after them is not looked at.
const MOST_VALUES: usize = 10_000;

/// A record as it is read, attribute by attribute.
#[derive(Debug, Default)]
pub(super) struct Person {
    /// Its number in the list, from 1.
    number: u64,
    line: u32,
    column: u32,
    mail: Vec<Held>,
    proxies: Vec<Held>,
    /// Values of earlier records, whose room serves again.
    spare: Vec<Held>,
    /// Empty where the record has none, as the three below.
    dn: String,
    label: String,
    im_address: String,
    alias: String,
    suspended: bool,
    class: Class,
    /// Whether an address of it stands elsewhere, where nobody looks.
    unread: bool,
    /// What is odd about all of the record.
    odd: Option<Remark>,
    /// Whether it has attributes that only people have, with or without a value.
    expected: bool,
}

/// What `objectClass` makes of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Class {
    #[default]
    Unsaid,
    Other,
    Person,
    /// A person to the schema and to nobody else.
    Computer,
}

/// One value with its place.
#[derive(Debug, Default)]
struct Held {
    line: u32,
    column: u32,
    rank: u8,
    attribute: String,
    text: Vec<u8>,
}

impl Person {
    /// Begins the record `number`, at a place.
    pub(super) fn begin(&mut self, number: u64, line: u32, column: u32) {
        (self.number, self.line, self.column) = (number, line, column);
        self.spare.append(&mut self.mail);
        self.spare.append(&mut self.proxies);
        // What one long record needed is not kept for the rest of the list.
        self.spare.truncate(64);
        for words in [&mut self.dn, &mut self.label, &mut self.im_address, &mut self.alias] {
            words.clear();
        }
        (self.suspended, self.unread, self.expected) = (false, false, false);
        (self.class, self.odd) = (Class::Unsaid, None);
    }

    /// Says that every record of the list is a person.
    pub(super) fn is_person(&mut self) {
        self.expected = true;
    }

    /// Notes that an address stands at a URL.
    pub(super) fn add_unread(&mut self) {
        (self.expected, self.unread) = (true, true);
    }

    /// Notes that the list leaves out some values of an attribute.
    pub(super) fn add_incomplete(&mut self, attribute: &str) {
        let why = "the directory gave only a part of the values: export the list again with all of them";
        self.odd = Some(Remark::new(ProblemKind::DamagedExport, attribute, why));
    }

    /// Notes the value of an attribute; line and column are where its text begins.
    pub(super) fn add(&mut self, meaning: Meaning, attribute: &[u8], (line, column): (u32, u32), text: &[u8]) {
        match meaning {
            Meaning::Mail(_) | Meaning::Proxies => self.hold(meaning, attribute, (line, column), text),
            Meaning::ImAddress => keep(&mut self.im_address, text),
            Meaning::Alias => keep(&mut self.alias, text),
            Meaning::Dn => keep(&mut self.dn, text),
            Meaning::Label if self.label.is_empty() => keep(&mut self.label, text),
            Meaning::Label => {}
            Meaning::Status => {
                self.suspended |= is_suspended(&String::from_utf8_lossy(attribute), &String::from_utf8_lossy(text));
            }
            Meaning::Class => self.class(text),
        }
        self.expected |= matches!(meaning, Meaning::Alias | Meaning::ImAddress);
    }

    fn hold(&mut self, meaning: Meaning, attribute: &[u8], (line, column): (u32, u32), text: &[u8]) {
        self.expected = true;
        let (values, rank) = match meaning {
            Meaning::Mail(rank) => (&mut self.mail, rank),
            _ => (&mut self.proxies, 0),
        };
        if is_empty(text) || values.len() >= MOST_VALUES {
            return;
        }
        let mut held = self.spare.pop().unwrap_or_default();
        (held.line, held.column, held.rank) = (line, column, rank);
        put(&mut held.attribute, attribute);
        held.text.clear();
        held.text.extend_from_slice(text);
        values.push(held);
    }

    fn class(&mut self, text: &[u8]) {
        let is = |names: &[&str]| names.iter().any(|name| text.eq_ignore_ascii_case(name.as_bytes()));
        let person = is(&["person", "user", "organizationalPerson", "inetOrgPerson", "contact", "mailboxUser"]);
        let computer = is(&["computer", "msDS-ManagedServiceAccount", "msDS-GroupManagedServiceAccount"]);
        self.class = match self.class {
            Class::Computer => Class::Computer,
            _ if computer => Class::Computer,
            Class::Person => Class::Person,
            _ if person => Class::Person,
            _ => Class::Other,
        };
    }

    /// Hands what the record holds to `taker`: its primary address, or that there is none.
    pub(super) fn emit<E>(&self, taker: &mut dyn Taker<E>) -> Result<(), E> {
        let mut primary: SmallVec<[(usize, &str); 8]> = SmallVec::new();
        for (number, held) in self.proxies.iter().enumerate() {
            match std::str::from_utf8(&held.text) {
                Ok(text) => primary.push((number, text)),
                Err(error) if held.text.starts_with(b"SMTP:") => return self.not_utf8(held, error, taker),
                // The spelling of a secondary address does not matter.
                Err(_) => {}
            }
        }
        let mail = self.mail.iter().min_by_key(|held| held.rank);
        let mail_text = mail.and_then(|held| std::str::from_utf8(&held.text).ok());
        if primary.is_empty() {
            return self.emit_mail(mail, None, taker);
        }
        let choice = match &primary[..] {
            &[(number, text)] => proxies::choose(text, mail_text).map(|choice| (Some(number), choice)),
            several => choose_of(several, mail_text).map(|choice| (None, choice)),
        };
        match choice {
            Ok((_, proxies::Choice { value: None, remark })) => self.emit_mail(mail, remark, taker),
            Ok((cell, proxies::Choice { value: Some((at, text)), remark })) => {
                let (number, offset) = cell.map_or((at, 0), |number| (number, at));
                let Some(held) = self.proxies.get(number) else { return Ok(()) };
                self.value(held, (offset, text), remark, taker)
            }
            Err(refusal) => match self.proxies.first() {
                Some(held) => self.refuse(held.line, held.column, &held.text, &held.attribute, refusal, taker),
                None => Ok(()),
            },
        }
    }

    fn emit_mail<E>(&self, mail: Option<&Held>, remark: Option<Remark>, taker: &mut dyn Taker<E>) -> Result<(), E> {
        let Some(held) = mail else { return self.nothing(taker) };
        let text = match std::str::from_utf8(&held.text) {
            Ok(text) => text,
            Err(error) => return self.not_utf8(held, error, taker),
        };
        let others = self.mail.iter().filter(|other| other.rank == held.rank && !other.text.eq_ignore_ascii_case(&held.text));
        let remark = remark.or_else(|| {
            let count = others.count();
            let why = "the record has other addresses in this attribute and none is marked as the primary one, the first is taken";
            (count > 0).then(|| Remark::new(ProblemKind::AmbiguousPrimaryAddress, text, format!("{why}: keep one")))
        });
        if !proxies::is_typed(text) {
            return self.value(held, (0, text), remark, taker);
        }
        match proxies::choose(text, None) {
            Ok(choice) => self.value(held, choice.value.unwrap_or((0, text)), choice.remark, taker),
            Err(refusal) => self.refuse(held.line, held.column, &held.text, &held.attribute, refusal, taker),
        }
    }

    /// Hands on one value, from an octet of its text on.
    fn value<E>(&self, held: &Held, (at, text): (usize, &str), remark: Option<Remark>, taker: &mut dyn Taker<E>) -> Result<(), E> {
        let before = held.text.get(..at).unwrap_or_default();
        let column = held.column.saturating_add(characters::count(before));
        let owner = Some(self.owner(&held.attribute));
        if self.is_nobody() {
            let mut entry =
                Entry::refused(held.line, column, text.as_bytes(), Remark::new(ProblemKind::NoPrimaryAddress, text, ""));
            entry.skipped = Some(format!("{text:?}: its objectClass is no person's"));
            return taker.entry(Entry { owner, ..entry });
        }
        let remark = remark.or_else(|| self.odd.clone());
        Value { line: held.line, column, text, remark, suspended: self.suspended, owner }.emit(taker)
    }

    /// A record without an address: a fault of a person, and of nothing else.
    fn nothing<E>(&self, taker: &mut dyn Taker<E>) -> Result<(), E> {
        if self.is_nobody() || !(self.expected || self.class == Class::Person) {
            return Ok(());
        }
        let label = self.label();
        let why = match self.im_address.as_str() {
            _ if self.unread => {
                "its address stands at a URL, which is never fetched: put the address itself into the list".to_owned()
            }
            "" => "the record holds no e-mail address: give the person one, or name another attribute with --column".to_owned(),
            address => format!("the record holds the IM address {address:?} and no e-mail address: give the person one"),
        };
        let refusal = Remark::new(ProblemKind::NoPrimaryAddress, label, why);
        self.refuse(self.line, self.column, label.as_bytes(), "", refusal, taker)
    }

    fn not_utf8<E>(&self, held: &Held, error: std::str::Utf8Error, taker: &mut dyn Taker<E>) -> Result<(), E> {
        let entry = Entry::not_utf8(held.line, held.column, &held.text, error);
        taker.entry(Entry { owner: Some(self.owner(&held.attribute)), ..entry })
    }

    fn refuse<E>(
        &self,
        line: u32,
        column: u32,
        raw: &[u8],
        attribute: &str,
        why: Remark,
        taker: &mut dyn Taker<E>,
    ) -> Result<(), E> {
        let entry = Entry::refused(line, column, raw, why);
        taker.entry(Entry { owner: Some(self.owner(attribute)), ..entry })
    }

    fn is_nobody(&self) -> bool {
        matches!(self.class, Class::Other | Class::Computer)
    }

    fn label(&self) -> &str {
        if self.dn.is_empty() { &self.label } else { &self.dn }
    }

    fn owner<'a>(&'a self, attribute: &'a str) -> Owner<'a> {
        Owner {
            source: Some((self.number, attribute)),
            label: self.label(),
            dn: Some(self.dn.as_str()).filter(|text| !text.is_empty()),
            im_address: Some(self.im_address.as_str()).filter(|text| !text.is_empty()),
            alias: Some(self.alias.as_str()).filter(|text| !text.is_empty()),
        }
    }
}

/// Keeps a value that is not blank.
fn keep(room: &mut String, text: &[u8]) {
    put(room, if is_empty(text) { b"" } else { text });
}

/// Puts a text in the place of another, what is not UTF-8 replaced.
fn put(room: &mut String, octets: &[u8]) {
    room.clear();
    match std::str::from_utf8(octets) {
        Ok(text) => room.push_str(text), // nearly all is UTF-8, which this finds out sooner
        Err(_) => room.push_str(&String::from_utf8_lossy(octets)),
    }
}

/// The primary one of values that stand apart; damage among them is said, and `mail` settles it.
fn choose_of<'a>(values: &[(usize, &'a str)], mail: Option<&str>) -> Result<proxies::Choice<'a>, Remark> {
    let damage = values.iter().find_map(|(_, text)| damage(text));
    let shown = || values.iter().map(|(_, text)| *text).take(3).collect::<Vec<_>>().join(";");
    match damage {
        Some(damage) if mail.is_none() => Err(damage),
        Some(damage) => Ok(proxies::Choice { value: None, remark: Some(damage) }),
        None => proxies::choose_of(values, shown, mail),
    }
}
