//! Which query has which id. Gives out ids at random, never one that is in use on any socket of the server.

use super::dice::Dice;

/// Ids there are.
const IDS: usize = 1 << 16;
/// Marks an id that nobody has.
const FREE: u16 = u16::MAX;
/// The most queries at one time: then half of the ids are free, and finding one takes two draws on average.
pub(super) const MOST: usize = IDS / 2;

/// Holders of ids, and how many queries are on each socket. A forger has to guess id and socket both.
#[derive(Debug)]
pub(super) struct Ids {
    holders: Box<[u16]>,
    on_socket: Vec<usize>,
}

impl Default for Ids {
    fn default() -> Self {
        Self { holders: vec![FREE; IDS].into(), on_socket: Vec::new() }
    }
}

impl Ids {
    /// Takes a free id for `holder`, one of less than [`MOST`], and notes that it is used on that socket.
    pub(super) fn take(&mut self, socket: usize, holder: usize, dice: &mut Dice) -> u16 {
        if self.on_socket.len() <= socket {
            self.on_socket.resize(socket + 1, 0);
        }
        self.on_socket[socket] += 1;
        loop {
            let id = dice.number();
            let place = &mut self.holders[usize::from(id)];
            if *place == FREE {
                *place = u16::try_from(holder).unwrap_or(FREE);
                return id;
            }
        }
    }

    /// Who has that id, on whatever socket.
    pub(super) fn holder(&self, id: u16) -> Option<usize> {
        let holder = self.holders[usize::from(id)];
        (holder != FREE).then_some(usize::from(holder))
    }

    /// Gives an id back that was taken for that socket.
    pub(super) fn give_back(&mut self, socket: usize, id: u16) {
        self.holders[usize::from(id)] = FREE;
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
