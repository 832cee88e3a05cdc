//! Who has been seen: derives the address of every entry and notices the second person with the same one. Never keeps a list.

use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::Arc;

use ahash::RandomState;

use super::address::LocalPart;
use super::derive::{ImAddress, Mapping, Remark, derive};
use super::entry::{Entry, Owner};
use super::excerpt::excerpt;
use super::places::Spot;
use super::seen::{Arrival, Seen};
use super::{Address, ProblemKind};
use crate::place::Place;

/// For how many addresses room is made before they come.
const MOST_EXPECTED: u64 = 100_000_000;

/// Everybody who has been seen, by the fingerprint of the IM address.
///
/// A fingerprint has 96 bits, from two hashes with seeds of the system's random source: memory does not grow with the length
/// of addresses, a list cannot be made for collisions, and by chance two of 10^9 addresses share one with odds of 10^-11. Even
/// then nobody is left out without a word: who shares a fingerprint is told apart by 31 bits more.
#[derive(Debug, Default)]
pub struct People {
    pub(super) seen: Seen,
    seeds: (RandomState, RandomState),
    files: Vec<Arc<str>>,
    /// Room for those who come in a batch.
    pub(super) arrivals: Vec<Arrival>,
    /// How many are remembered at most; `None`: all.
    most: Option<usize>,
    /// Whether as many have come, so that nobody is compared any more.
    full: bool,
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
    /// Whose address it is, where the list says more than the address.
    pub owner: Option<Owner<'a>>,
}

impl People {
    /// Remembers the first `most` only: whoever comes later is taken for new.
    pub fn bounded(most: usize) -> Self {
        let mut people = Self { most: Some(most), full: most == 0, ..Self::default() };
        // Of a list that is long enough for them there is room for all, whatever its length.
        people.seen.expect(u64::MAX, most);
        people
    }

    /// Foresees so many addresses, unless only some are remembered.
    pub fn expect(&mut self, addresses: u64) {
        if self.most.is_none() {
            self.seen.expect(addresses.min(MOST_EXPECTED), usize::MAX);
        }
    }

    /// Whether as many as may be are remembered, so that nobody else is compared.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Forgets everybody once as many have come as may be remembered: nobody is compared with them any more.
    pub(super) fn settle(&mut self) {
        if self.most.is_some_and(|most| self.seen.len() >= most) {
            (self.full, self.seen) = (true, Seen::default());
        }
    }

    /// Derives the address of an entry of the list `file` and compares it with all before.
    pub fn take<'a>(&mut self, file: &Arc<str>, entry: Entry<'a>, mapping: &Mapping) -> Outcome<'a> {
        let place = entry.place(file);
        let mut remarks = entry.remarks;
        let (mut passed, mut is_first) = (false, false);
        let mut result = entry.found.and_then(|email| {
            let derived = derive(&email, mapping)?;
            passed = derived.remarks.iter().any(|remark| remark.kind == ProblemKind::AlreadyAnImAddress);
            let twice = self.enter(&email, &derived.address, passed, &place, mapping);
            is_first = twice.is_none();
            let other = entry.owner.and_then(|owner| mismatch(&owner, &email, &derived.address));
            remarks.extend(derived.remarks.into_iter().chain(other).chain(twice));
            Ok((email, derived.address))
        });
        if result.is_err() {
            remarks.clear();
        }
        if let Some(owner) = &entry.owner {
            let source = owner.to_string();
            remarks.iter_mut().chain(result.as_mut().err()).for_each(|remark| remark.message.push_str(&source));
        }
        Outcome { raw: entry.raw, place, result, remarks, is_first, passed, owner: entry.owner }
    }

    /// Notes an address; says so when somebody has it already.
    fn enter(&mut self, email: &Address, im: &ImAddress, passed: bool, place: &Place, mapping: &Mapping) -> Option<Remark> {
        if self.is_full() {
            return None;
        }
        let mut text = im.local.folded();
        text.extend(["@", im.domain.as_str()]);
        // Below a mere prefix, an IM address says all that the e-mail address says.
        let exact = if mapping.prefix().is_some() { im.to_string() } else { email.to_string() };
        self.seen.make_room(1);
        let arrival = self.arrival(text.as_bytes(), exact.as_bytes(), passed);
        let file = self.file(&place.file);
        let Some(first) = self.seen.enter(&arrival, Spot::new((file, place.line, place.column))) else {
            self.settle();
            return None;
        };
        let Spot { line, column, file } = self.seen.place(first);
        let file = self.files.get(usize::from(file)).cloned().unwrap_or_else(|| "another list".into());
        let there = Place { file, line, column: u32::from(column) };
        // An address that was passed through has no e-mail address to differ from.
        if first.identity >> 1 == arrival.identity >> 1 || was_passed(first.identity) || passed {
            let why = format!("the same person stands at {there}: remove one of the two");
            return Some(Remark::new(ProblemKind::DuplicatePerson, &email.to_string(), why));
        }
        let why = format!("{im} is also what the other e-mail address at {there} becomes: give one of the two another alias");
        Some(Remark::new(ProblemKind::AddressCollision, &email.to_string(), why))
    }

    pub(super) fn file(&mut self, file: &Arc<str>) -> usize {
        if !self.files.last().is_some_and(|last| Arc::ptr_eq(last, file) || last == file) {
            self.files.push(file.clone());
        }
        self.files.len() - 1
    }

    /// Whoever has an IM address, told from others by the fingerprint of it, folded, and from those with the same one by 31 bits
    /// of another: `exact` is what they differ in. The lowest bit says whether the address was `passed` through.
    pub(super) fn arrival(&self, folded: &[u8], exact: &[u8], passed: bool) -> Arrival {
        let (one, two) = (hash(&self.seeds.0, folded), hash(&self.seeds.1, folded));
        // Mostly it is one text, not two that have to be compared.
        let identity = if std::ptr::eq(folded, exact) || folded == exact { two } else { hash(&self.seeds.1, exact) };
        let halves = [one >> 32, one, two >> 32, identity & !1 | u64::from(passed)];
        let [fingerprint @ .., identity] = halves.map(|half| u32::try_from(half & 0xFFFF_FFFF).unwrap_or_default());
        self.seen.arrival(fingerprint, identity)
    }
}

/// As by `hash_one`, which first takes the length into account, as hashing octets does anyway.
fn hash(seed: &RandomState, text: &[u8]) -> u64 {
    let mut hasher = seed.build_hasher();
    hasher.write(text);
    hasher.finish()
}

fn was_passed(identity: u32) -> bool {
    identity & 1 == 1
}

/// The IM address in the directory is another one; IM servers go by theirs (rvp.md 36).
fn mismatch(owner: &Owner<'_>, email: &Address, im: &ImAddress) -> Option<Remark> {
    let held = owner.im_address?;
    let (local, domain) = held.rsplit_once('@').unwrap_or((held, ""));
    let same = domain.eq_ignore_ascii_case(im.domain.as_str());
    if same && LocalPart::new(local).folded() == im.local.folded() {
        return None;
    }
    let alias = owner.alias.is_some_and(|alias| same && alias.to_lowercase() == local.to_lowercase());
    let why = match (alias, owner.alias) {
        (true, Some(alias)) => {
            format!(
                "the directory made it from mailNickname, {:?}: tell the person, or make alias and address the same",
                excerpt(alias)
            )
        }
        _ => "correct msExchIMAddress, or the primary address".to_owned(),
    };
    let why = format!("it becomes {im}, and msExchIMAddress is {:?}: {why}", excerpt(held));
    Some(Remark::new(ProblemKind::DirectoryMismatch, &email.to_string(), why))
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

    proptest::proptest! {
        #[test]
        fn the_order_of_lists_does_not_change_what_comes_out(
            one in proptest::collection::vec("[abA]{1,2}@(im\\.)?[xy]\\.example", 0..8),
            two in proptest::collection::vec("[abA]{1,2}@[xyü]\\.example", 0..8),
        ) {
            let came = |lists: [&Vec<String>; 2]| {
                let (mapping, mut people) = (Mapping::new("im.").expect("a prefix"), People::default());
                let mut found = std::collections::BTreeSet::new();
                for text in lists.into_iter().flatten() {
                    let outcome = people.take(&"l".into(), Entry::of_piece(addresses(text).next().expect("one"), 1, 1), &mapping);
                    let im = outcome.result.expect("derives").1;
                    found.insert(format!("{}@{}", im.local.folded(), im.domain));
                }
                found
            };
            proptest::prop_assert_eq!(came([&one, &two]), came([&two, &one]));
        }
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

    #[test]
    fn the_address_in_the_directory_is_compared_without_case() {
        let mapping = Mapping::new("im.").expect("a prefix");
        let said = |im_address, alias| {
            let mut entry = Entry::of_piece(addresses("Ann@a.example").next().expect("one"), 1, 1);
            entry.owner = Some(Owner { source: Some((7, "mail")), label: "CN=Ann", im_address, alias, ..Owner::default() });
            let mut remarks = People::default().take(&"l".into(), entry, &mapping).remarks;
            remarks.pop().map(|remark| (remark.kind.rule(), remark.message))
        };
        assert_eq!(said(None, Some("al")), None);
        assert_eq!(said(Some("ann@IM.a.example"), None), None);
        let (rule, message) = said(Some("al@im.a.example"), Some("AL")).expect("a remark");
        assert_eq!(rule, "directory-mismatch");
        assert!(
            message.starts_with("\"Ann@a.example\": it becomes Ann@im.a.example") && message.contains("mailNickname"),
            "{message}"
        );
        assert!(message.ends_with(" (mail of record 7, CN=Ann)"), "{message}");
        assert!(said(Some("al@im.a.example"), Some("bo")).is_some_and(|(_, message)| message.contains("correct msExchIMAddress")));
    }
}
