//! Who has been seen, by fingerprint: at most 48 octets a person, however long the addresses. Never knows an address.

use prefetch_index::prefetch_index;

use super::pages::{HUGE, Pages};
use super::places::{Places, Spot};

/// How many parts the index has, by the first bits of the fingerprint: only one of them grows at a time.
const PARTS: usize = 1 << PART_BITS;
const PART_BITS: u32 = 3;
/// Slots of a part when its first person comes; many more than people who come at once.
const LEAST: usize = 512;
/// How many of a hundred slots may be taken before a part grows.
const FULL: usize = 70;
/// Slots of a part whose people tell how many will come.
const TELLING: usize = 8 * LEAST;
/// How many people a part may get above the mean of all by chance, where they are few, and how many come at once.
const STRAY: usize = 192;
/// How many people can be told apart; who comes after them is not remembered.
const MOST: u32 = u32::MAX - 1;

/// Somebody who comes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival {
    /// 96 bits that say whether two addresses are one: what the index keeps of them, and what stands with the person.
    tag: u32,
    rest: [u32; 2],
    /// What tells two people with one IM address apart.
    pub(super) identity: u32,
    /// Who was there when it was looked for, or else the slot where the search ended.
    found: Result<First, usize>,
}

/// Who was there first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct First {
    pub(super) identity: u32,
    /// How many came before.
    number: u32,
}

/// The people in the order in which they came, and an index by open addressing.
///
/// A slot holds the first 32 bits of a fingerprint and a person's number, so that somebody new costs one access to memory that is
/// not at hand, and a part grows without a look at the people. All bits decide.
#[derive(Debug, Default)]
pub(super) struct Seen {
    people: Vec<Person>,
    places: Places,
    parts: [Part; PARTS],
    /// Room for what a part holds while it grows.
    aside: Vec<Slot>,
    /// How many addresses are to come in all, as far as that is known, of how many people at most, and how many have come.
    expected: u64,
    most: usize,
    entered: u64,
}

/// The rest of a fingerprint, and the identity of whose it is.
type Person = ([u32; 2], u32);

/// What the index keeps of somebody.
#[derive(Clone, Copy, Debug)]
struct Slot {
    tag: u32,
    /// Counted from 1; 0 in an empty one.
    number: u32,
}

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

    /// Somebody who comes, for whom there is room. The memory where the search for it begins is fetched meanwhile.
    pub(super) fn arrival(&self, [tag, rest @ ..]: [u32; 3], identity: u32) -> Arrival {
        let slots = self.parts[part_of(tag)].slots();
        let home = home(tag, slots.len());
        prefetch_index(slots, home);
        Arrival { tag, rest, identity, found: Err(home) }
    }

    /// Looks for all who come, so that they can be entered: to wait for the memory of all at once takes hardly longer than to wait for
    /// that of one.
    pub(super) fn look_for(&self, arrivals: &mut [Arrival]) {
        for arrival in arrivals {
            arrival.found = self.search(arrival);
        }
    }

    /// Adds somebody who was looked for last, with others perhaps, and stands at `spot`; or gives who is there already.
    pub(super) fn enter(&mut self, arrival: &Arrival, spot: Spot) -> Option<First> {
        self.entered += 1;
        let at = match self.search(arrival) {
            Ok(first) => return Some(first),
            Err(at) => at,
        };
        let number = u32::try_from(self.people.len()).ok().filter(|&number| number < MOST)?;
        self.parts[part_of(arrival.tag)].fill(at, Slot { tag: arrival.tag, number: number + 1 });
        self.people.push((arrival.rest, arrival.identity));
        self.places.push(number, spot);
        None
    }

    /// Whoever has the fingerprint of somebody, or the empty slot at which the search for it ends. It goes on where it ended before:
    /// slots are filled in the meantime, and none is emptied.
    fn search(&self, arrival: &Arrival) -> Result<First, usize> {
        let part = &self.parts[part_of(arrival.tag)];
        let mut at = match arrival.found {
            Ok(first) => return Ok(first),
            Err(at) => at,
        };
        loop {
            let slot = part.slot(at);
            let Some(number) = slot.number.checked_sub(1) else { return Err(at) };
            let person = if slot.tag == arrival.tag { self.people.get(number as usize) } else { None };
            if let Some(&(_, identity)) = person.filter(|(rest, _)| *rest == arrival.rest) {
                return Ok(First { identity, number });
            }
            at = part.behind(at);
        }
    }

    /// Makes room for so many more, wherever they belong.
    pub(super) fn make_room(&mut self, more: usize) {
        let Self { people, parts, aside, expected, most, entered, .. } = self;
        for part in parts.iter_mut().filter(|part| (part.used + more) * 100 > part.slots().len() * FULL) {
            // As many of those to come will be new as of those who came.
            let foreseen = u128::from(*expected) * people.len() as u128 / u128::from(*entered).max(1);
            let foreseen = usize::try_from(foreseen).unwrap_or(usize::MAX).min(*most);
            part.grow(foreseen / PARTS, aside);
        }
    }
}

impl Part {
    fn slots(&self) -> &[[u8; size_of::<Slot>()]] {
        self.slots.pieces()
    }

    fn slot(&self, at: usize) -> Slot {
        let slot = u64::from_ne_bytes(self.slots().get(at).copied().unwrap_or_default());
        let [tag, number] = [slot >> 32, slot & 0xFFFF_FFFF].map(|half| u32::try_from(half).unwrap_or_default());
        Slot { tag, number }
    }

    /// The slot after another.
    fn behind(&self, at: usize) -> usize {
        if at + 1 == self.slots().len() { 0 } else { at + 1 }
    }

    fn fill(&mut self, at: usize, Slot { tag, number }: Slot) {
        if let Some(slot) = self.slots.pieces_mut().get_mut(at) {
            *slot = (u64::from(tag) << 32 | u64::from(number)).to_ne_bytes();
        }
        self.used += 1;
    }

    /// To what `foreseen` people need, or by half, so that slots are never more than seven tenths full. What they
    /// hold waits in `aside`, so that a part never takes the room of two.
    fn grow(&mut self, foreseen: usize, aside: &mut Vec<Slot>) {
        let slots = self.slots().len();
        let foreseen = if slots < TELLING { 0 } else { (foreseen + foreseen / 64 + STRAY).saturating_mul(100) / FULL };
        let octets = room((slots + slots / 2).max(LEAST).max(foreseen));
        aside.clear();
        aside.reserve_exact(self.used);
        aside.extend((0..slots).map(|at| self.slot(at)).filter(|slot| slot.number > 0));
        *self = Self::default();
        self.slots = Pages::new(octets);
        for &slot in aside.iter() {
            // Two people may have one tag.
            let mut at = home(slot.tag, self.slots().len());
            while self.slot(at).number > 0 {
                at = self.behind(at);
            }
            self.fill(at, slot);
        }
    }
}

/// Octets for so many slots; where they are many, whole huge pages.
fn room(slots: usize) -> usize {
    let octets = slots.saturating_mul(size_of::<Slot>());
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
        seen.len() * size_of::<Person>() + seen.places.octets() + (slots + seen.aside.capacity()) * size_of::<Slot>()
    }

    fn slots(seen: &Seen) -> Vec<usize> {
        seen.parts.iter().map(|part| part.slots().len()).collect()
    }

    fn enter(seen: &mut Seen, number: u128) {
        seen.make_room(1);
        let arrival = seen.arrival(key(number.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)), 0);
        // No line follows another, as in the worst of lists.
        seen.enter(&arrival, Spot::new((0, 1, 1)));
    }

    fn key(number: u128) -> [u32; 3] {
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
        assert!(seen.people.len() * size_of::<Person>() + foreseen.iter().sum::<usize>() * size_of::<Slot>() < 25 * 50_000);
    }

    proptest::proptest! {
        #[test]
        fn it_knows_what_a_map_knows(
            keys in proptest::collection::vec(0..3000_u128, 0..4000),
            shift in 32..96_u32,
            together in 1..=64_usize,
        ) {
            let mut seen = Seen::default();
            let mut map = std::collections::HashMap::new();
            let mut number = 0;
            for keys in keys.chunks(together) {
                // Keys that differ in some bits only share their part, their slot or their tag.
                seen.make_room(keys.len());
                let mut arrivals: Vec<_> = keys.iter().map(|&of| seen.arrival(key(of << shift), number)).collect();
                seen.look_for(&mut arrivals);
                for (arrival, key) in arrivals.iter().zip(keys) {
                    let spot = Spot::new((0, number / 2, 1));
                    let first = seen.enter(arrival, spot).map(|first| (first.identity, seen.place(first)));
                    proptest::prop_assert_eq!(first, map.get(key).copied());
                    map.entry(*key).or_insert((arrival.identity, spot));
                    number += 1;
                }
            }
            proptest::prop_assert_eq!(seen.len(), map.len());
        }
    }
}
