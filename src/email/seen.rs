//! Who has been seen, by fingerprint: at most 48 octets a person, however long the addresses. Never knows an address.

/// How many parts the index has, by the first octet of the fingerprint: only one of them grows at a time.
const PARTS: usize = 256;
/// Slots of a part when its first person comes.
const LEAST: usize = 16;
/// How many people can be told apart; who comes after them is not remembered.
const MOST: usize = u32::MAX as usize - 1;

/// Who was there first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct First {
    key: [u32; 4],
    /// What tells two people with one IM address apart.
    pub(super) identity: u32,
    pub(super) line: u32,
    /// 0 where it is too far to the right to be kept.
    pub(super) column: u16,
    /// The position of the list among all.
    pub(super) file: u16,
}

impl First {
    /// A person with the fingerprint `key`, at a place.
    pub(super) fn new(key: u128, identity: u32, (file, line, column): (usize, u32, u32)) -> Self {
        let words = [key >> 96, key >> 64, key >> 32, key].map(|word| u32::try_from(word & 0xFFFF_FFFF).unwrap_or_default());
        let column = u16::try_from(column).unwrap_or_default();
        Self { key: words, identity, line, column, file: u16::try_from(file).unwrap_or(u16::MAX) }
    }

    /// What is kept in the index.
    fn tag(&self) -> u32 {
        self.key[0]
    }
}

/// The people in the order in which they came, and an index by open addressing.
///
/// A slot holds the first 32 bits of a fingerprint and a person's position, so that somebody new costs one access to memory that
/// is not at hand, and a part grows without a look at the people. All 128 bits decide.
#[derive(Debug)]
pub(super) struct Seen {
    people: Vec<First>,
    parts: Vec<Part>,
    /// Room for what a part holds while it grows.
    aside: Vec<u64>,
}

impl Default for Seen {
    fn default() -> Self {
        Self { people: Vec::new(), parts: std::iter::repeat_with(Part::default).take(PARTS).collect(), aside: Vec::new() }
    }
}

/// Slots: a tag in the upper half, a position counted from 1 in the lower; 0 is an empty one.
#[derive(Debug, Default)]
struct Part {
    slots: Vec<u64>,
    used: usize,
}

impl Seen {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.people.len()
    }

    /// Makes room for about as many people as will come: so many pieces need not grow from small.
    pub(super) fn reserve(&mut self, people: u64) {
        let each = usize::try_from(people / PARTS as u64).unwrap_or_default().saturating_mul(100) / 62;
        for part in self.parts.iter_mut().filter(|part| part.slots.is_empty() && each > LEAST) {
            part.slots = vec![0; each];
        }
    }

    /// The slot at which the search for a fingerprint begins: to read some ahead has their memory at hand when they are entered.
    pub(super) fn look_ahead(&self, key: u128) -> u64 {
        let tag = u32::try_from(key >> 96).unwrap_or_default();
        let slots = self.parts.get(part_of(tag)).map(|part| &part.slots);
        slots.and_then(|slots| slots.get(home(tag, slots.len()))).copied().unwrap_or_default()
    }

    /// Adds a person, or gives the one with the same fingerprint.
    pub(super) fn enter(&mut self, person: First) -> Option<First> {
        let tag = person.tag();
        let part = self.parts.get_mut(part_of(tag))?;
        if part.used * 100 >= part.slots.len() * 62 {
            part.grow(&mut self.aside);
        }
        let mut at = home(tag, part.slots.len());
        loop {
            let slot = part.slots.get(at).copied().unwrap_or_default();
            if slot == 0 {
                break;
            }
            if slot >> 32 == u64::from(tag) {
                let position = usize::try_from((slot & 0xFFFF_FFFF) - 1).unwrap_or(usize::MAX);
                if let Some(first) = self.people.get(position).filter(|first| first.key == person.key) {
                    return Some(*first);
                }
            }
            at = if at + 1 == part.slots.len() { 0 } else { at + 1 };
        }
        if self.people.len() < MOST {
            self.people.push(person);
            part.used += 1;
            if let Some(slot) = part.slots.get_mut(at) {
                *slot = u64::from(tag) << 32 | self.people.len() as u64;
            }
        }
        None
    }
}

impl Part {
    /// By half, so that slots stay between two fifths and three fifths full. What they hold waits in `aside`, for memory that is
    /// new costs more than to put it back: the system clears it first.
    fn grow(&mut self, aside: &mut Vec<u64>) {
        aside.clear();
        aside.extend(self.slots.iter().filter(|&&slot| slot != 0));
        let length = (self.slots.len() + self.slots.len() / 2).max(LEAST);
        self.slots.fill(0);
        self.slots.reserve_exact(length - self.slots.len());
        self.slots.resize(length, 0);
        for &slot in aside.iter() {
            let mut at = home(u32::try_from(slot >> 32).unwrap_or_default(), length);
            while self.slots.get(at).is_some_and(|&other| other != 0) {
                at = if at + 1 == length { 0 } else { at + 1 };
            }
            if let Some(to) = self.slots.get_mut(at) {
                *to = slot;
            }
        }
    }
}

fn part_of(tag: u32) -> usize {
    usize::from(tag.to_be_bytes()[0])
}

/// Spreads what a tag holds beside its part over the slots, in order, so that a part grows from one end to the other.
fn home(tag: u32, slots: usize) -> usize {
    let spread = u64::from(tag << 8) * slots as u64;
    usize::try_from(spread >> 32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(seen: &Seen) -> usize {
        let slots: usize = seen.parts.iter().map(|part| part.slots.capacity()).sum();
        seen.people.len() * size_of::<First>() + (slots + seen.aside.capacity()) * size_of::<u64>()
    }

    #[test]
    fn a_person_takes_at_most_48_octets() {
        let mut seen = Seen::default();
        for number in 0..200_000_u128 {
            seen.enter(First::new(number.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835), 0, (0, 1, 1)));
            assert!(seen.len() < 10_000 || octets(&seen) <= 48 * seen.len(), "{} for {}", octets(&seen), seen.len());
        }
    }

    #[test]
    fn a_place_without_room_loses_its_column() {
        assert_eq!((First::new(1, 2, (3, 4, 65_535)).column, First::new(1, 2, (70_000, 4, 65_536)).column), (65_535, 0));
    }

    proptest::proptest! {
        #[test]
        fn it_knows_what_a_map_knows(keys in proptest::collection::vec(0..3000_u128, 0..4000), shift in 0..96_u32) {
            let mut seen = Seen::default();
            let mut map = std::collections::HashMap::new();
            for (number, &key) in (0_u32..).zip(&keys) {
                // Keys that differ in some bits only share their part, their slot or their tag.
                let person = First::new(key << shift, number, (0, 1, 1));
                let _ = seen.look_ahead(key << shift);
                proptest::prop_assert_eq!(seen.enter(person), map.get(&key).copied());
                map.entry(key).or_insert(person);
            }
            proptest::prop_assert_eq!(seen.len(), map.len());
        }
    }
}
