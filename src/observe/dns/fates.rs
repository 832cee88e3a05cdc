//! What became of the queries that were sent at about the same time. A loss is heard of long after the answers to its neighbours;
//! held against the answers that come with it, it would tell more of how the rate has changed than of the network.

use std::ops::Add;

/// Epochs that are kept.
const KEPT: u32 = 64;
/// Fewer queries say nothing, and are judged with those of the next epoch.
const FEW: u32 = 16;

/// The queries of some epochs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fate {
    pub(super) answered: u32,
    pub(super) lost: u32,
}

impl Fate {
    /// All queries of which the fate is known.
    pub(super) fn total(self) -> u32 {
        self.answered + self.lost
    }
}

impl Add for Fate {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { answered: self.answered + other.answered, lost: self.lost + other.lost }
    }
}

/// The fates of the last epochs.
#[derive(Clone, Debug)]
pub(super) struct Fates {
    epochs: [Fate; KEPT as usize],
    /// The first epoch that is not judged.
    next: u32,
}

impl Default for Fates {
    fn default() -> Self {
        Self { epochs: [Fate::default(); KEPT as usize], next: 0 }
    }
}

impl Fates {
    /// A query that was sent in that epoch is answered.
    pub(super) fn answered(&mut self, sent_in: u32) {
        self.note(sent_in, Fate { answered: 1, lost: 0 });
    }

    /// A query that was sent in that epoch is lost.
    pub(super) fn lost(&mut self, sent_in: u32) {
        self.note(sent_in, Fate { answered: 0, lost: 1 });
    }

    /// What comes too late counts for the first epoch that is not judged.
    fn note(&mut self, sent_in: u32, fate: Fate) {
        let place = &mut self.epochs[place(sent_in.max(self.next))];
        *place = *place + fate;
    }

    /// What became of the epochs before `until`, from the first that is not judged, whose number comes with it. Queries are given
    /// up in the order in which they were sent: who hears of a loss in `until` has heard of all before.
    pub(super) fn judge(&mut self, until: u32) -> Option<(u32, Fate)> {
        let first = self.next;
        let fate = (first..until).map(|epoch| self.epochs[place(epoch)]).fold(Fate::default(), |sum, fate| sum + fate);
        if fate.total() < FEW {
            return None;
        }
        self.forget(until);
        Some((first, fate))
    }

    /// An epoch begins: what became of those so many before it that little more is heard of them.
    pub(super) fn begin(&mut self, epoch: u32, late: u32) -> Option<(u32, Fate)> {
        let judged = self.judge((epoch + 1).saturating_sub(late.min(KEPT)));
        self.forget((epoch + 1).saturating_sub(KEPT));
        judged
    }

    fn forget(&mut self, until: u32) {
        while self.next < until {
            self.epochs[place(self.next)] = Fate::default();
            self.next += 1;
        }
    }
}

fn place(epoch: u32) -> usize {
    (epoch % KEPT) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_held_against_the_answers_of_its_own_epoch() {
        let mut fates = Fates::default();
        (0..90).for_each(|_| fates.answered(0));
        (0..5).for_each(|_| fates.answered(7));
        (0..10).for_each(|_| fates.lost(0));
        assert_eq!(fates.judge(0), None, "more may be lost of the first");
        fates.lost(7);
        assert_eq!(fates.judge(7), Some((0, Fate { answered: 90, lost: 10 })));
        assert_eq!(fates.judge(8), None, "six say nothing");
        (0..20).for_each(|_| fates.answered(8));
        fates.lost(0);
        assert_eq!(fates.judge(9), Some((7, Fate { answered: 25, lost: 2 })), "what comes late counts all the same");
    }

    #[test]
    fn where_nothing_is_lost_epochs_are_judged_in_time() {
        let mut fates = Fates::default();
        for epoch in 0..200 {
            let judged = fates.begin(epoch, 10);
            assert_eq!(judged.is_some(), epoch >= 10, "epoch {epoch}");
            assert!(judged.is_none_or(|(_, fate)| fate == Fate { answered: 20, lost: 0 }));
            (0..20).for_each(|_| fates.answered(epoch));
        }
    }
}
