//! Which query has which id on which socket. Gives out ids at random, never one that is in use.

use super::dice::Dice;

/// Ids there are.
const IDS: usize = 1 << 16;
/// Marks an id that nobody has.
const FREE: u16 = u16::MAX;
/// The most queries on one socket: then half of the ids are free, and finding one takes two draws on average.
pub(super) const MOST_ON_A_SOCKET: usize = IDS / 2;

/// Holders of ids, by socket.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// By socket, then by id: a table costs 128 KiB, and is made when the socket sends first.
    holders: Vec<Option<Box<[u16]>>>,
    in_use: Vec<usize>,
}

impl Ids {
    /// Takes a free id for `holder`, which is less than [`MOST_ON_A_SOCKET`] as are all holders together.
    pub(super) fn take(&mut self, socket: usize, holder: usize, dice: &mut Dice) -> u16 {
        if self.holders.len() <= socket {
            self.holders.resize_with(socket + 1, || None);
            self.in_use.resize(socket + 1, 0);
        }
        let table = self.holders[socket].get_or_insert_with(|| vec![FREE; IDS].into());
        let id = loop {
            let id = dice.number();
            if table[usize::from(id)] == FREE {
                break id;
            }
        };
        table[usize::from(id)] = u16::try_from(holder).unwrap_or(FREE);
        self.in_use[socket] += 1;
        id
    }

    /// Who has that id.
    pub(super) fn holder(&self, socket: usize, id: u16) -> Option<usize> {
        let holder = *self.holders.get(socket)?.as_ref()?.get(usize::from(id))?;
        (holder != FREE).then_some(usize::from(holder))
    }

    /// Gives an id back.
    pub(super) fn give_back(&mut self, socket: usize, id: u16) {
        if self.holder(socket, id).is_some()
            && let Some(Some(table)) = self.holders.get_mut(socket)
        {
            table[usize::from(id)] = FREE;
            self.in_use[socket] -= 1;
        }
    }

    /// How many ids of a socket are in use.
    pub(super) fn in_use(&self, socket: usize) -> usize {
        self.in_use.get(socket).copied().unwrap_or(0)
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
            assert_eq!(ids.holder(holder % 2, id), Some(holder));
        }
        assert_eq!((ids.in_use(0), ids.in_use(1), ids.in_use(2)), (60, 60, 0));
        let (holder, id) = taken[7];
        ids.give_back(holder % 2, id);
        ids.give_back(holder % 2, id);
        assert_eq!((ids.holder(holder % 2, id), ids.in_use(1)), (None, 59));
    }
}
