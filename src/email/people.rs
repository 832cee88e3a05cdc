//! Who has been seen: derives the address of every entry and notices the second person with the same one. Never keeps a list.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use super::derive::{ImAddress, Mapping, Remark, derive};
use super::list::Entry;
use super::{Address, ProblemKind};
use crate::place::Place;

/// Everybody who has been seen, by the fingerprint of the IM address.
///
/// A fingerprint has 128 bits, from two hashes that the process seeds at random: memory does not grow with the length of
/// addresses, nobody can write a list that collides on purpose, and by chance two of 10^9 addresses share one with odds of 10^-21.
#[derive(Debug, Default)]
pub struct People {
    seen: HashMap<u128, First>,
    seeds: (RandomState, RandomState),
    files: Vec<Arc<str>>,
}

/// Where an IM address was derived first, and from which e-mail address.
#[derive(Debug)]
struct First {
    email: u128,
    /// Whether the list held the IM address itself.
    passed: bool,
    file: usize,
    line: u32,
    column: u32,
}

/// What became of an entry.
#[derive(Clone, Debug)]
pub struct Outcome<'a> {
    /// As it stands in the list.
    pub raw: &'a [u8],
    /// Where it stands.
    pub place: Place,
    /// The e-mail address and the IM address, or why there is none.
    pub result: Result<(Address, ImAddress), Remark>,
    /// What is odd about an entry that gave an address.
    pub remarks: Vec<Remark>,
    /// Whether nobody before it had the same IM address.
    pub is_first: bool,
    /// Whether the list held an IM address already, so that the e-mail domain is not known.
    pub passed: bool,
}

impl People {
    /// Derives the address of an entry of the list `file` and compares it with all before.
    pub fn take<'a>(&mut self, file: &Arc<str>, entry: Entry<'a>, mapping: &Mapping) -> Outcome<'a> {
        let place = entry.place(file);
        let mut outcome =
            Outcome { raw: entry.raw, place, result: Err(nothing()), remarks: entry.remarks, is_first: false, passed: false };
        outcome.result = entry.found.and_then(|email| {
            let derived = derive(&email, mapping)?;
            outcome.passed = derived.remarks.iter().any(|remark| remark.kind == ProblemKind::AlreadyAnImAddress);
            outcome.remarks.extend(derived.remarks);
            let twice = self.enter(&email, &derived.address, outcome.passed, &outcome.place);
            outcome.is_first = twice.is_none();
            outcome.remarks.extend(twice);
            Ok((email, derived.address))
        });
        if outcome.result.is_err() {
            outcome.remarks.clear();
        }
        outcome
    }

    /// Notes an address; says so when somebody has it already.
    fn enter(&mut self, email: &Address, im: &ImAddress, passed: bool, place: &Place) -> Option<Remark> {
        let key = self.fingerprint((im.local.folded().as_str(), im.domain.as_str()));
        let identity = self.fingerprint((email.local.as_str(), &email.domain));
        if self.files.last() != Some(&place.file) {
            self.files.push(place.file.clone());
        }
        let file = self.files.len() - 1;
        let first = match self.seen.entry(key) {
            Slot::Vacant(slot) => {
                slot.insert(First { email: identity, passed, file, line: place.line, column: place.column });
                return None;
            }
            Slot::Occupied(slot) => slot.into_mut(),
        };
        let there = Place { file: self.files.get(first.file)?.clone(), line: first.line, column: first.column };
        // An address that was passed through has no e-mail address to differ from.
        if first.email == identity || first.passed || passed {
            let why = format!("the same person stands at {there}: remove one of the two");
            return Some(Remark::new(ProblemKind::DuplicatePerson, &email.to_string(), why));
        }
        let why = format!("{im} is also what the other e-mail address at {there} becomes: give one of the two another alias");
        Some(Remark::new(ProblemKind::AddressCollision, &email.to_string(), why))
    }

    fn fingerprint(&self, value: impl std::hash::Hash) -> u128 {
        u128::from(self.seeds.0.hash_one(&value)) << 64 | u128::from(self.seeds.1.hash_one(&value))
    }
}

/// Stands where a result is about to be written.
fn nothing() -> Remark {
    Remark { kind: ProblemKind::InvalidAddress, message: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::addresses;

    fn rules(list: &[&str], mapping: &Mapping) -> Vec<String> {
        let mut people = People::default();
        let mut found = Vec::new();
        for (position, text) in list.iter().enumerate() {
            let line = u32::try_from(position + 1).expect("short");
            for piece in addresses(text) {
                let outcome = people.take(&"l".into(), Entry::of_piece(piece, line, 1), mapping);
                found.extend(outcome.remarks.iter().map(|remark| format!("{line} {}", remark.kind.rule())));
            }
        }
        found
    }

    #[test]
    fn different_people_are_not_remarked_on() {
        let mapping = Mapping::new("im.").expect("a prefix");
        assert_eq!(rules(&["ann@a.example", "bob@a.example", "ann@b.example"], &mapping), [""; 0]);
    }

    #[test]
    fn the_same_address_is_a_duplicate_and_another_a_collision() {
        let mapping = Mapping::new("im.").expect("a prefix").with_one_domain("im.a.example".parse().expect("a name"));
        assert_eq!(rules(&["ann@a.example", "Ann <\"ann\"@A.example>"], &mapping), ["2 duplicate-person"]);
        assert_eq!(rules(&["ann@a.example", "ann@b.example"], &mapping), ["2 address-collision"]);
        assert_eq!(rules(&["ann@a.example", "Ann@a.example"], &mapping), ["2 address-collision"]);
        assert_eq!(rules(&["JÖRG@a.example", "jörg@b.example"], &mapping).last().map(String::as_str), Some("2 address-collision"));
    }

    #[test]
    fn both_places_are_named() {
        let mapping = Mapping::new("im.").expect("a prefix");
        let mut people = People::default();
        let mut take = |file: &str, line| {
            let piece = addresses("ann@a.example").next().expect("one");
            people.take(&file.into(), Entry::of_piece(piece, line, 1), &mapping).remarks
        };
        assert_eq!(take("one.txt", 3), []);
        assert_eq!(
            take("two.txt", 5)[0].message,
            "\"ann@a.example\": the same person stands at one.txt:3:1: remove one of the two"
        );
    }
}
