//! Who has been seen, by fingerprint: at most 48 octets a person, however long the addresses. Never knows an address.

use super::pages::{HUGE, Pages};
use super::places::{Places, Spot};

/// How many parts the index has, by the first bits of the fingerprint: only one of them grows at a time.
const PARTS: usize = 1 << PART_BITS;
const PART_BITS: u32 = 3;
/// Slots of a part when its first person comes.
const LEAST: usize = 512;
/// How many of a hundred slots may be taken before a part grows.
const FULL: usize = 70;
/// Slots of a part whose people tell how many will come.
const TELLING: usize = 8 * LEAST;
/// How many people a part may get above the mean of all by chance, where they are few.
const STRAY: usize = 128;
/// Octets of a slot.
const SLOT: usize = size_of::<u64>();
/// How many people can be told apart; who comes after them is not remembered.
const MOST: u32 = u32::MAX - 1;

/// What is told apart: 96 bits that say whether two addresses are one.
pub(super) type Fingerprint = [u32; 3];

/// Who was there first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct First {
    /// What tells two people with one IM address apart.
    pub(super) identity: u32,
    /// How many came before.
    number: u32,
}

/// The people in the order in which they came, and an index by open addressing.
///
/// A slot holds the first 32 bits of a fingerprint and a person's position, so that somebody new costs one access to memory that
/// is not at hand, and a part grows without a look at the people. All bits decide.
#[derive(Debug, Default)]
pub(super) struct Seen {
    people: Vec<Person>,
    places: Places,
    parts: [Part; PARTS],
    /// Room for what a part holds while it grows.
    aside: Vec<u64>,
    /// How many addresses are to come in all, as far as that is known, of how many people at most, and how many have come.
    expected: u64,
    most: usize,
    entered: u64,
}

/// The rest of a fingerprint, and the identity of whose it is.
type Person = ([u32; 2], u32);

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

    /// Foresees so many addresses, some of them perhaps of the same people, and no more people than `most`.
    pub(super) fn expect(&mut self, addresses: u64, most: usize) {
        (self.expected, self.most) = (addresses, most);
    }

    /// Where somebody stands.
    pub(super) fn place(&self, first: First) -> Spot {
        self.places.get(first.number)
    }

    /// The slot at which the search for a fingerprint begins: to read some ahead has their memory at hand when they are entered.
    pub(super) fn look_ahead(&self, [tag, ..]: Fingerprint) -> u64 {
        let slots = self.parts.get(part_of(tag)).map(Part::slots).unwrap_or_default();
        slots.get(home(tag, slots.len())).map(|slot| u64::from_ne_bytes(*slot)).unwrap_or_default()
    }

    /// Adds a person with this fingerprint and this identity, who stands at `spot`, or gives the one who has the fingerprint.
    pub(super) fn enter(&mut self, [tag, rest @ ..]: Fingerprint, identity: u32, spot: Spot) -> Option<First> {
        let part = self.parts.get_mut(part_of(tag))?;
        self.entered += 1;
        if part.used * 100 >= part.slots().len() * FULL {
            // As many of those to come will be new as of those who came.
            let people = u128::from(self.expected) * self.people.len() as u128 / u128::from(self.entered);
            let people = usize::try_from(people).unwrap_or(usize::MAX).min(self.most);
            part.grow(people / PARTS, &mut self.aside);
        }
        let slots = part.slots.pieces_mut();
        let mut at = home(tag, slots.len());
        loop {
            let slot = slots.get(at).map(|slot| u64::from_ne_bytes(*slot)).unwrap_or_default();
            if slot == 0 {
                break;
            }
            if slot >> 32 == u64::from(tag) {
                let number = u32::try_from((slot & 0xFFFF_FFFF) - 1).unwrap_or(u32::MAX);
                if let Some(&(_, identity)) = self.people.get(number as usize).filter(|(other, _)| *other == rest) {
                    return Some(First { identity, number });
                }
            }
            at = if at + 1 == slots.len() { 0 } else { at + 1 };
        }
        let number = u32::try_from(self.people.len()).ok().filter(|&number| number < MOST)?;
        self.people.push((rest, identity));
        self.places.push(number, spot);
        part.used += 1;
        if let Some(slot) = slots.get_mut(at) {
            *slot = (u64::from(tag) << 32 | u64::from(number + 1)).to_ne_bytes();
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
        let foreseen = if slots < TELLING { 0 } else { (foreseen + foreseen / 64 + STRAY).saturating_mul(100) / FULL };
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
        seen.len() * size_of::<Person>() + seen.places.octets() + (slots + seen.aside.capacity()) * SLOT
    }

    fn slots(seen: &Seen) -> Vec<usize> {
        seen.parts.iter().map(|part| part.slots().len()).collect()
    }

    fn enter(seen: &mut Seen, number: u128) {
        // No line follows another, as in the worst of lists.
        seen.enter(key(number.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)), 0, Spot::new((0, 1, 1)));
    }

    fn key(number: u128) -> Fingerprint {
        [96, 64, 32].map(|shift| u32::try_from(number >> shift & 0xFFFF_FFFF).expect("32 bits"))
    }

    #[test]
    fn room_is_made_once_for_those_who_are_foreseen_and_not_for_their_repeats() {
        let mut seen = Seen::default();
        seen.expect(800_000, usize::MAX);
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
    fn room_is_made_once_for_the_most_who_may_come() {
        let mut seen = Seen::default();
        seen.expect(u64::MAX, 50_000);
        (0..35_000).for_each(|number| enter(&mut seen, number));
        let foreseen = slots(&seen);
        (35_000..50_000).for_each(|number| enter(&mut seen, number));
        assert_eq!(slots(&seen), foreseen);
        assert!(seen.people.len() * size_of::<Person>() + foreseen.iter().sum::<usize>() * SLOT < 25 * 50_000);
    }

    proptest::proptest! {
        #[test]
        fn it_knows_what_a_map_knows(keys in proptest::collection::vec(0..3000_u128, 0..4000), shift in 32..96_u32) {
            let mut seen = Seen::default();
            let mut map = std::collections::HashMap::new();
            for (number, &key) in (0_u32..).zip(&keys) {
                // Keys that differ in some bits only share their part, their slot or their tag.
                let (fingerprint, spot) = (super::tests::key(key << shift), Spot::new((0, number / 2, 1)));
                let _ = seen.look_ahead(fingerprint);
                let first = seen.enter(fingerprint, number, spot).map(|first| (first.identity, seen.place(first)));
                proptest::prop_assert_eq!(first, map.get(&key).copied());
                map.entry(key).or_insert((number, spot));
            }
            proptest::prop_assert_eq!(seen.len(), map.len());
        }
    }
}
