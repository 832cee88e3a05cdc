//! Who has been seen, by fingerprint: at most 48 octets a person, however long the addresses. Never knows an address.

/// The most places that are told apart; people beyond are not remembered.
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
        let words = [key, key >> 32, key >> 64, key >> 96].map(|word| u32::try_from(word & 0xFFFF_FFFF).unwrap_or_default());
        let column = u16::try_from(column).unwrap_or_default();
        Self { key: words, identity, line, column, file: u16::try_from(file).unwrap_or(u16::MAX) }
    }

    /// The upper half of the fingerprint, which decides about the slot.
    fn slot(&self) -> u64 {
        u64::from(self.key[3]) << 32 | u64::from(self.key[2])
    }

    /// What is kept in the slot: never 0, which is an empty one.
    fn tag(&self) -> u8 {
        self.key[0].to_le_bytes()[0].max(1)
    }
}

/// The people in the order in which they came, and an index by open addressing: a slot holds a person's position, a tag most
/// of the difference to others.
#[derive(Debug, Default)]
pub(super) struct Seen {
    people: Vec<First>,
    tags: Vec<u8>,
    positions: Vec<u32>,
}

impl Seen {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.people.len()
    }

    /// Adds a person, or gives the one with the same fingerprint.
    pub(super) fn enter(&mut self, person: First) -> Option<First> {
        if self.people.len() >= MOST {
            return None;
        }
        if self.people.len() * 10 >= self.tags.len() * 6 {
            self.grow();
        }
        let mask = self.tags.len() - 1;
        let tag = person.tag();
        let mut at = start(&person, mask);
        loop {
            match self.tags.get(at).copied().unwrap_or_default() {
                0 => break,
                other if other == tag => {
                    let position = self.positions.get(at).copied().unwrap_or_default() as usize;
                    let same = self.people.get(position).filter(|first| first.key == person.key);
                    if same.is_some() {
                        return same.copied();
                    }
                }
                _ => {}
            }
            at = (at + 1) & mask;
        }
        self.set(at, tag, self.people.len());
        self.people.push(person);
        None
    }

    fn set(&mut self, at: usize, tag: u8, position: usize) {
        if let (Some(to), Some(place)) = (self.tags.get_mut(at), self.positions.get_mut(at)) {
            (*to, *place) = (tag, u32::try_from(position).unwrap_or(u32::MAX));
        }
    }

    /// Doubles the index. The old one goes first: the people are enough to make a new one.
    fn grow(&mut self) {
        let length = (self.tags.len() * 2).max(1024);
        (self.tags, self.positions) = (Vec::new(), Vec::new());
        (self.tags, self.positions) = (vec![0; length], vec![0; length]);
        for position in 0..self.people.len() {
            let Some(person) = self.people.get(position).copied() else { return };
            let mut at = start(&person, length - 1);
            while self.tags.get(at).is_some_and(|&tag| tag != 0) {
                at = (at + 1) & (length - 1);
            }
            self.set(at, person.tag(), position);
        }
    }
}

fn start(person: &First, mask: usize) -> usize {
    usize::try_from(person.slot() & u64::try_from(mask).unwrap_or(u64::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_takes_at_most_48_octets() {
        let mut seen = Seen::default();
        let mut most = 0;
        for number in 0..200_000_u128 {
            seen.enter(First::new(number.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835), 0, (0, 1, 1)));
            let octets = seen.people.len() * size_of::<First>() + seen.tags.len() * 5;
            if seen.len() > 1024 {
                most = most.max(octets / seen.len());
            }
        }
        assert!(most <= 48, "{most}");
    }

    #[test]
    fn a_person_without_room_for_the_column_loses_it() {
        assert_eq!((First::new(1, 2, (3, 4, 65_535)).column, First::new(1, 2, (70_000, 4, 65_536)).column), (65_535, 0));
    }

    proptest::proptest! {
        #[test]
        fn it_knows_what_a_map_knows(keys in proptest::collection::vec(0..3000_u128, 0..4000), spread in proptest::bool::ANY) {
            let mut seen = Seen::default();
            let mut map = std::collections::HashMap::new();
            for (number, &key) in (0_u32..).zip(&keys) {
                // Keys that differ in one half only share their slot or their tag.
                let key = if spread { key << 64 | key } else { key };
                let person = First::new(key, number, (0, 1, 1));
                proptest::prop_assert_eq!(seen.enter(person), map.get(&key).copied());
                map.entry(key).or_insert(person);
            }
            proptest::prop_assert_eq!(seen.len(), map.len());
        }
    }
}
