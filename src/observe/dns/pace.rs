//! The most queries a second for one server. Reads no clock.

use super::moment::Moment;

/// A sender that comes late may make up for this much, microseconds: no more than a clock's tick, so that there are no bursts.
const LATE_US: u64 = 4_000;

/// Slots a fixed time apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    gap_us: u64,
    next: Moment,
}

impl Pace {
    /// So many a second; `None` for as many as there are.
    pub(super) fn new(qps: Option<u32>) -> Self {
        Self { gap_us: qps.map_or(0, |qps| 1_000_000 / u64::from(qps.max(1))), next: Moment::default() }
    }

    /// When the next query may go.
    pub(super) fn next(&self) -> Moment {
        self.next
    }

    /// A query goes now.
    pub(super) fn take(&mut self, now: Moment) {
        let earliest = Moment::from_us(now.as_us().saturating_sub(LATE_US));
        self.next = self.next.max(earliest).plus_us(self.gap_us);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_stay_a_gap_apart_and_are_not_saved_up() {
        let mut pace = Pace::new(Some(100));
        let (mut now, mut sent) = (Moment::default(), Vec::new());
        for _ in 0..1000 {
            while pace.next() <= now {
                pace.take(now);
                sent.push(now);
            }
            now = now.plus_us(if sent.len() == 50 { 300_000 } else { 3_000 });
        }
        for window in sent.windows(3) {
            assert!(window[2].since_us(window[0]) >= 15_000, "three in {} us", window[2].since_us(window[0]));
        }
        assert!(sent.len() > 250, "{}", sent.len());
    }
}
