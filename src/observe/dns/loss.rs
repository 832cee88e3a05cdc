//! How many of its packets a server loses, and so how often a question has to be asked before silence means something.

/// Too few queries to say anything.
const FEW: u32 = 100;
/// After so many the count is halved, so that it follows the present.
const MANY: u32 = 8192;
/// The odds at which silence is no accident.
const ODDS: f64 = 1e-8;
/// More tries than this are no use.
const MOST_TRIES: u32 = 8;

/// Queries for questions that were answered in the end, and how many of them were in vain. Questions that nobody ever answers
/// do not count: a server that drops some names on purpose loses nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Loss {
    queries: u32,
    in_vain: u32,
}

impl Loss {
    /// A question was answered after so many queries.
    pub(super) fn answered_after(&mut self, queries: u32) {
        self.queries += queries.max(1);
        self.in_vain += queries.saturating_sub(1);
        if self.queries > MANY {
            (self.queries, self.in_vain) = (self.queries / 2, self.in_vain / 2);
        }
    }

    /// How often to ask before it is improbable that every query was lost by chance.
    pub(super) fn tries_needed(self) -> u32 {
        if self.queries < FEW || self.in_vain == 0 {
            return 1;
        }
        let part = f64::from(self.in_vain) / f64::from(self.queries);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "both logarithms are negative")]
        let tries = (ODDS.ln() / part.ln()).ceil() as u32;
        tries.clamp(1, MOST_TRIES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_is_lost_the_more_often_is_asked() {
        let tries = |lost_of_1000: u32| {
            let mut loss = Loss::default();
            (0..1000).for_each(|n| loss.answered_after(if n < lost_of_1000 { 2 } else { 1 }));
            loss.tries_needed()
        };
        assert_eq!([0, 1, 10, 100, 500].map(tries), [1, 3, 4, 8, 8]);
        assert_eq!(Loss { queries: 10, in_vain: 9 }.tries_needed(), 1, "ten say nothing");
    }
}
