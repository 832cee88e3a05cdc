//! One person's record in a directory's export: its attributes, and the entry that follows from them. Never reads a list.

use super::ProblemKind;
use super::attributes::{Meaning, is_suspended};
use super::derive::Remark;
use super::entry::{Entry, Owner, Value, damage};
use super::list::Sink;
use super::mailbox::is_blank;
use super::proxies;

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
    dn: Option<String>,
    label: Option<String>,
    im_address: Option<String>,
    alias: Option<String>,
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
#[derive(Debug)]
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
        self.mail.clear();
        self.proxies.clear();
        let (mail, proxies) = (std::mem::take(&mut self.mail), std::mem::take(&mut self.proxies));
        *self = Self { number, line, column, mail, proxies, ..Self::default() };
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
        let words = || Some(String::from_utf8_lossy(text).into_owned()).filter(|text| !text.trim_matches(is_blank).is_empty());
        match meaning {
            Meaning::Mail(_) | Meaning::Proxies => self.hold(meaning, attribute, (line, column), text),
            Meaning::ImAddress => self.im_address = words(),
            Meaning::Alias => self.alias = words(),
            Meaning::Dn => self.dn = words(),
            Meaning::Label => self.label = self.label.take().or_else(words),
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
        let blank = std::str::from_utf8(text).is_ok_and(|text| text.trim_matches(is_blank).is_empty());
        if !blank && values.len() < MOST_VALUES {
            let attribute = String::from_utf8_lossy(attribute).into_owned();
            values.push(Held { line, column, rank, attribute, text: text.to_vec() });
        }
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

    /// Hands what the record holds to `sink`: its primary address, or that there is none.
    pub(super) fn emit<E>(&self, sink: &mut Sink<'_, E>) -> Result<(), E> {
        let mut primary: Vec<(usize, &str)> = Vec::new();
        for (number, held) in self.proxies.iter().enumerate() {
            match std::str::from_utf8(&held.text) {
                Ok(text) => primary.push((number, text)),
                Err(error) if held.text.starts_with(b"SMTP:") => return self.not_utf8(held, error, sink),
                // The spelling of a secondary address does not matter.
                Err(_) => {}
            }
        }
        let mail = self.mail.iter().min_by_key(|held| held.rank);
        let mail_text = mail.and_then(|held| std::str::from_utf8(&held.text).ok());
        if primary.is_empty() {
            return self.emit_mail(mail, None, sink);
        }
        let choice = match &primary[..] {
            &[(number, text)] => proxies::choose(text, mail_text).map(|choice| (Some(number), choice)),
            several => choose_of(several, mail_text).map(|choice| (None, choice)),
        };
        match choice {
            Ok((_, proxies::Choice { value: None, remark })) => self.emit_mail(mail, remark, sink),
            Ok((cell, proxies::Choice { value: Some((at, text)), remark })) => {
                let (number, offset) = cell.map_or((at, 0), |number| (number, at));
                let Some(held) = self.proxies.get(number) else { return Ok(()) };
                self.value(held, (offset, text), remark, sink)
            }
            Err(refusal) => match self.proxies.first() {
                Some(held) => self.refuse(held.line, held.column, &held.text, &held.attribute, refusal, sink),
                None => Ok(()),
            },
        }
    }

    fn emit_mail<E>(&self, mail: Option<&Held>, remark: Option<Remark>, sink: &mut Sink<'_, E>) -> Result<(), E> {
        let Some(held) = mail else { return self.nothing(sink) };
        let text = match std::str::from_utf8(&held.text) {
            Ok(text) => text,
            Err(error) => return self.not_utf8(held, error, sink),
        };
        let others = self.mail.iter().filter(|other| other.rank == held.rank && !other.text.eq_ignore_ascii_case(&held.text));
        let remark = remark.or_else(|| {
            let count = others.count();
            let why = "the record has other addresses in this attribute and none is marked as the primary one, the first is taken";
            (count > 0).then(|| Remark::new(ProblemKind::AmbiguousPrimaryAddress, text, format!("{why}: keep one")))
        });
        if !proxies::is_typed(text) {
            return self.value(held, (0, text), remark, sink);
        }
        match proxies::choose(text, None) {
            Ok(choice) => self.value(held, choice.value.unwrap_or((0, text)), choice.remark, sink),
            Err(refusal) => self.refuse(held.line, held.column, &held.text, &held.attribute, refusal, sink),
        }
    }

    /// Hands on one value, from an octet of its text on.
    fn value<E>(&self, held: &Held, (at, text): (usize, &str), remark: Option<Remark>, sink: &mut Sink<'_, E>) -> Result<(), E> {
        let before = held.text.get(..at).unwrap_or_default();
        let before = before.iter().filter(|&&octet| octet & 0xC0 != 0x80).count();
        let column = held.column.saturating_add(u32::try_from(before).unwrap_or(u32::MAX));
        let owner = Some(self.owner(&held.attribute));
        if self.is_nobody() {
            let mut entry =
                Entry::refused(held.line, column, text.as_bytes(), Remark::new(ProblemKind::NoPrimaryAddress, text, ""));
            entry.skipped = Some(format!("{text:?}: its objectClass is no person's"));
            return sink(Entry { owner, ..entry });
        }
        let remark = remark.or_else(|| self.odd.clone());
        Value { line: held.line, column, text, remark, suspended: self.suspended, owner }.emit(sink)
    }

    /// A record without an address: a fault of a person, and of nothing else.
    fn nothing<E>(&self, sink: &mut Sink<'_, E>) -> Result<(), E> {
        if self.is_nobody() || !(self.expected || self.class == Class::Person) {
            return Ok(());
        }
        let label = self.label();
        let why = match &self.im_address {
            _ if self.unread => {
                "its address stands at a URL, which is never fetched: put the address itself into the list".to_owned()
            }
            Some(address) => format!("the record holds the IM address {address:?} and no e-mail address: give the person one"),
            None => "the record holds no e-mail address: give the person one, or name another attribute with --column".to_owned(),
        };
        let refusal = Remark::new(ProblemKind::NoPrimaryAddress, label, why);
        self.refuse(self.line, self.column, label.as_bytes(), "", refusal, sink)
    }

    fn not_utf8<E>(&self, held: &Held, error: std::str::Utf8Error, sink: &mut Sink<'_, E>) -> Result<(), E> {
        let entry = Entry::not_utf8(held.line, held.column, &held.text, error);
        sink(Entry { owner: Some(self.owner(&held.attribute)), ..entry })
    }

    fn refuse<E>(&self, line: u32, column: u32, raw: &[u8], attribute: &str, why: Remark, sink: &mut Sink<'_, E>) -> Result<(), E> {
        let entry = Entry::refused(line, column, raw, why);
        sink(Entry { owner: Some(self.owner(attribute)), ..entry })
    }

    fn is_nobody(&self) -> bool {
        matches!(self.class, Class::Other | Class::Computer)
    }

    fn label(&self) -> &str {
        self.dn.as_deref().or(self.label.as_deref()).unwrap_or_default()
    }

    fn owner<'a>(&'a self, attribute: &'a str) -> Owner<'a> {
        Owner {
            source: Some((self.number, attribute)),
            label: self.label(),
            dn: self.dn.as_deref(),
            im_address: self.im_address.as_deref(),
            alias: self.alias.as_deref(),
        }
    }
}

/// The primary one of values that stand apart; damage among them is said, and `mail` settles it.
fn choose_of<'a>(values: &[(usize, &'a str)], mail: Option<&str>) -> Result<proxies::Choice<'a>, Remark> {
    let damage = values.iter().find_map(|(_, text)| damage(text));
    let shown = values.iter().map(|(_, text)| *text).take(3).collect::<Vec<_>>().join(";");
    match damage {
        Some(damage) if mail.is_none() => Err(damage),
        Some(damage) => Ok(proxies::Choice { value: None, remark: Some(damage) }),
        None => proxies::choose_of(values, &shown, mail),
    }
}
