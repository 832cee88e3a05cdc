//! Who has been seen, by fingerprint: at most 48 octets a person, however long the addresses. Never knows an address.

use super::pages::{HUGE, Pages};

/// How many parts the index has, by the first bits of the fingerprint: only one of them grows at a time.
const PARTS: usize = 1 << PART_BITS;
const PART_BITS: u32 = 3;
/// Slots of a part when its first person comes.
const LEAST: usize = 512;
/// How many of a hundred slots may be taken before a part grows.
const FULL: usize = 70;
/// Slots of a part whose people tell how many will come.
const TELLING: usize = 8 * LEAST;
/// Octets of a slot.
const SLOT: usize = size_of::<u64>();
/// How many people can be told apart; who comes after them is not remembered.
const MOST: usize = u32::MAX as usize - 1;

/// Who was there first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct First {
    /// What tells two people with one IM address apart.
    pub(super) identity: u32,
    pub(super) line: u32,
    /// 0 where it is too far to the right to be kept.
    pub(super) column: u16,
    /// The position of the list among all.
    pub(super) file: u16,
}

impl First {
    /// A person at a place.
    pub(super) fn new(identity: u32, (file, line, column): (usize, u32, u32)) -> Self {
        let column = u16::try_from(column).unwrap_or_default();
        Self { identity, line, column, file: u16::try_from(file).unwrap_or(u16::MAX) }
    }
}

/// The people in the order in which they came, and an index by open addressing.
///
/// A slot holds the first 32 bits of a fingerprint and a person's position, so that somebody new costs one access to memory that
/// is not at hand, and a part grows without a look at the people. All 128 bits decide.
#[derive(Debug, Default)]
pub(super) struct Seen {
    people: Vec<Person>,
    parts: [Part; PARTS],
    /// Room for what a part holds while it grows.
    aside: Vec<u64>,
    /// How many addresses are to come in all, as far as that is known, and how many have come.
    expected: u64,
    entered: u64,
}

/// The rest of a fingerprint, and whose it is.
type Person = ([u32; 3], First);

/// Slots: a tag in the upper half, a position counted from 1 in the lower; 0 is an empty one.
#[derive(Debug, Default)]
struct Part {
    slots: Pages,
    used: usize,
}

impl Seen {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.people.len()
    }

    /// Foresees so many addresses, some of them perhaps of the same people.
    pub(super) fn expect(&mut self, addresses: u64) {
        self.expected = addresses;
    }

    /// The slot at which the search for a fingerprint begins: to read some ahead has their memory at hand when they are entered.
    pub(super) fn look_ahead(&self, key: u128) -> u64 {
        let (tag, _) = halves(key);
        let slots = self.parts.get(part_of(tag)).map(Part::slots).unwrap_or_default();
        slots.get(home(tag, slots.len())).map(|slot| u64::from_ne_bytes(*slot)).unwrap_or_default()
    }

    /// Adds a person with the fingerprint `key`, or gives the one who has it.
    pub(super) fn enter(&mut self, key: u128, person: First) -> Option<First> {
        let (tag, rest) = halves(key);
        let part = self.parts.get_mut(part_of(tag))?;
        self.entered += 1;
        if part.used * 100 >= part.slots().len() * FULL {
            // As many of those to come will be new as of those who came.
            let people = u128::from(self.expected) * self.people.len() as u128 / u128::from(self.entered);
            part.grow(usize::try_from(people).unwrap_or_default() / PARTS, &mut self.aside);
        }
        let slots = part.slots.pieces_mut();
        let mut at = home(tag, slots.len());
        loop {
            let slot = slots.get(at).map(|slot| u64::from_ne_bytes(*slot)).unwrap_or_default();
            if slot == 0 {
                break;
            }
            if slot >> 32 == u64::from(tag) {
                let position = usize::try_from((slot & 0xFFFF_FFFF) - 1).unwrap_or(usize::MAX);
                if let Some((_, first)) = self.people.get(position).filter(|(other, _)| *other == rest) {
                    return Some(*first);
                }
            }
            at = if at + 1 == slots.len() { 0 } else { at + 1 };
        }
        if self.people.len() < MOST {
            self.people.push((rest, person));
            part.used += 1;
            if let Some(slot) = slots.get_mut(at) {
                *slot = (u64::from(tag) << 32 | self.people.len() as u64).to_ne_bytes();
            }
        }
        None
    }
}

impl Part {
    fn slots(&self) -> &[[u8; SLOT]] {
        self.slots.pieces()
    }

    /// To what `foreseen` people need, or by half, so that slots are never more than seven tenths full. What they
    /// hold waits in `aside`, so that a part never takes the room of two.
    fn grow(&mut self, foreseen: usize, aside: &mut Vec<u64>) {
        let slots = self.slots().len();
        let foreseen = if slots < TELLING { 0 } else { (foreseen + foreseen / 64).saturating_mul(100) / FULL };
        let octets = room((slots + slots / 2).max(LEAST).max(foreseen));
        aside.clear();
        aside.reserve_exact(self.used);
        aside.extend(self.slots().iter().map(|slot| u64::from_ne_bytes(*slot)).filter(|&slot| slot != 0));
        self.slots = Pages::default();
        self.slots = Pages::new(octets);
        let slots = self.slots.pieces_mut();
        for &slot in aside.iter() {
            let mut at = home(u32::try_from(slot >> 32).unwrap_or_default(), slots.len());
            while slots.get(at).is_some_and(|other| *other != [0; SLOT]) {
                at = if at + 1 == slots.len() { 0 } else { at + 1 };
            }
            if let Some(to) = slots.get_mut(at) {
                *to = slot.to_ne_bytes();
            }
        }
    }
}

/// Octets for so many slots; where they are many, whole huge pages.
fn room(slots: usize) -> usize {
    let octets = slots.saturating_mul(SLOT);
    if octets < 4 * HUGE { octets } else { octets.next_multiple_of(HUGE) }
}

/// What the index keeps of a fingerprint, and what stands with the person.
fn halves(key: u128) -> (u32, [u32; 3]) {
    let [tag, rest @ ..] = [key >> 96, key >> 64, key >> 32, key].map(|word| u32::try_from(word & 0xFFFF_FFFF).unwrap_or_default());
    (tag, rest)
}

fn part_of(tag: u32) -> usize {
    (tag >> (u32::BITS - PART_BITS)) as usize
}

/// Spreads what a tag holds beside its part over the slots, in order, so that a part grows from one end to the other.
fn home(tag: u32, slots: usize) -> usize {
    let spread = u64::from(tag << PART_BITS) * slots as u64;
    usize::try_from(spread >> 32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(seen: &Seen) -> usize {
        let slots: usize = slots(seen).iter().sum();
        seen.len() * size_of::<Person>() + (slots + seen.aside.capacity()) * SLOT
    }

    fn slots(seen: &Seen) -> Vec<usize> {
        seen.parts.iter().map(|part| part.slots().len()).collect()
    }

    fn enter(seen: &mut Seen, number: u128) {
        seen.enter(number.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835), First::new(0, (0, 1, 1)));
    }

    #[test]
    fn room_is_made_once_for_those_who_are_foreseen_and_not_for_their_repeats() {
        let mut seen = Seen::default();
        seen.expect(800_000);
        (0..200_000).for_each(|number| enter(&mut seen, number / 4));
        let foreseen = slots(&seen);
        assert!(octets(&seen) < 48 * 200_000, "{} for 200,000", octets(&seen));
        (200_000..800_000).for_each(|number| enter(&mut seen, number / 4));
        assert_eq!((seen.len(), slots(&seen)), (200_000, foreseen));
    }

    #[test]
    fn a_person_takes_at_most_48_octets() {
        let mut seen = Seen::default();
        for number in 0..200_000_u128 {
            enter(&mut seen, number);
            assert!(seen.len() < 10_000 || octets(&seen) <= 48 * seen.len(), "{} for {}", octets(&seen), seen.len());
        }
    }

    #[test]
    fn a_place_without_room_loses_its_column() {
        assert_eq!((First::new(2, (3, 4, 65_535)).column, First::new(2, (70_000, 4, 65_536)).column), (65_535, 0));
    }

    proptest::proptest! {
        #[test]
        fn it_knows_what_a_map_knows(keys in proptest::collection::vec(0..3000_u128, 0..4000), shift in 0..96_u32) {
            let mut seen = Seen::default();
            let mut map = std::collections::HashMap::new();
            for (number, &key) in (0_u32..).zip(&keys) {
                // Keys that differ in some bits only share their part, their slot or their tag.
                let person = First::new(number, (0, 1, 1));
                let _ = seen.look_ahead(key << shift);
                proptest::prop_assert_eq!(seen.enter(key << shift, person), map.get(&key).copied());
                map.entry(key).or_insert(person);
            }
            proptest::prop_assert_eq!(seen.len(), map.len());
        }
    }
}
