//! Which query has which id. Gives out ids at random, never one that is in use on any socket of the server.

use super::dice::Dice;

/// Ids there are.
const IDS: usize = 1 << 16;
/// Marks an id that nobody has.
const FREE: u16 = u16::MAX;
/// The most queries at one time: then half of the ids are free, and finding one takes two draws on average.
pub(super) const MOST: usize = IDS / 2;

/// So many places for each id that is in use: then an id by chance finds a free one nearly always.
const PLACES_FOR_ONE: usize = 4;
/// Places to begin with.
const FIRST_PLACES: usize = 1024;

/// Holders of ids, and how many queries are on each socket. A forger has to guess id and socket both.
///
/// The place of an id is its lower bits, and no two ids in use share one. With few queries on their way there are few places, which
/// the processor keeps at hand; a table of all ids would cost a look into memory for each query and each answer.
#[derive(Debug)]
pub(super) struct Ids {
    /// A power of two of them, each with an id and its holder.
    places: Vec<(u16, u16)>,
    in_use: usize,
    on_socket: Vec<usize>,
}

impl Default for Ids {
    fn default() -> Self {
        Self { places: vec![(0, FREE); FIRST_PLACES], in_use: 0, on_socket: Vec::new() }
    }
}

impl Ids {
    /// Takes a free id for `holder`, one of less than [`MOST`], and notes that it is used on that socket.
    pub(super) fn take(&mut self, socket: usize, holder: usize, dice: &mut Dice) -> u16 {
        if self.on_socket.len() <= socket {
            self.on_socket.resize(socket + 1, 0);
        }
        self.on_socket[socket] += 1;
        self.in_use += 1;
        if self.in_use * PLACES_FOR_ONE > self.places.len() && self.places.len() < IDS {
            self.double();
        }
        loop {
            let id = dice.number();
            let place = self.place(id);
            if self.places[place].1 == FREE {
                self.places[place] = (id, u16::try_from(holder).unwrap_or(FREE));
                return id;
            }
        }
    }

    fn place(&self, id: u16) -> usize {
        usize::from(id) & (self.places.len() - 1)
    }

    /// Ids that differ in their lower bits differ in one more of them, too.
    fn double(&mut self) {
        let doubled = vec![(0, FREE); 2 * self.places.len()];
        for (id, holder) in std::mem::replace(&mut self.places, doubled) {
            if holder != FREE {
                let place = self.place(id);
                self.places[place] = (id, holder);
            }
        }
    }

    /// Who has that id, on whatever socket.
    pub(super) fn holder(&self, id: u16) -> Option<usize> {
        let (of, holder) = self.places[self.place(id)];
        (holder != FREE && of == id).then_some(usize::from(holder))
    }

    /// Gives an id back that was taken for that socket.
    pub(super) fn give_back(&mut self, socket: usize, id: u16) {
        let place = self.place(id);
        self.places[place].1 = FREE;
        self.in_use -= 1;
        self.on_socket[socket] -= 1;
    }

    /// How many queries are on a socket.
    pub(super) fn on_socket(&self, socket: usize) -> usize {
        self.on_socket.get(socket).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_their_holders_while_places_are_added() {
        let mut state = 1_u32;
        let mut dice = Dice::new(Box::new(move |block| {
            for octet in block {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *octet = state.to_be_bytes()[0];
            }
        }));
        let mut ids = Ids::default();
        let taken: Vec<_> = (0..MOST - 1).map(|holder| ids.take(0, holder, &mut dice)).collect();
        for (holder, id) in taken.iter().enumerate() {
            assert_eq!(ids.holder(*id), Some(holder));
        }
        for id in &taken {
            ids.give_back(0, *id);
        }
        assert!((0..=u16::MAX).all(|id| ids.holder(id).is_none()));
    }

    #[test]
    fn an_id_has_one_holder_until_it_is_given_back() {
        let mut state = 0_u8;
        let mut dice = Dice::new(Box::new(move |block| {
            for octet in block {
                state = state.wrapping_mul(5).wrapping_add(17);
                *octet = state;
            }
        }));
        let mut ids = Ids::default();
        let taken: Vec<_> = (0..120).map(|holder| (holder, ids.take(holder % 2, holder, &mut dice))).collect();
        for &(holder, id) in &taken {
            assert_eq!(ids.holder(id), Some(holder));
        }
        assert_eq!((ids.on_socket(0), ids.on_socket(1), ids.on_socket(2)), (60, 60, 0));
        let (holder, id) = taken[7];
        ids.give_back(holder % 2, id);
        assert_eq!((ids.holder(id), ids.on_socket(1)), (None, 59));
    }
}
