//! How long a server takes, and so how long to wait before a query is sent again (RFC 6298). Reads no clock.

use std::time::Duration;

use super::moment::us;

/// No query is sent again sooner, microseconds.
const SOONEST_US: u64 = 50_000;
/// Before anything is measured a query is sent again after this part of the time limit.
const FIRST_PART: u64 = 4;

/// A smoothed round-trip time with its variation, microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rtt {
    measured: Option<(f64, f64)>,
    limit_us: u64,
}

impl Rtt {
    /// Nothing measured; a timer never exceeds `limit`.
    pub(super) fn new(limit: Duration) -> Self {
        Self { measured: None, limit_us: us(limit) }
    }

    /// A round trip of a query that was sent once only: of others nobody knows which query was answered (Karn).
    pub(super) fn measure(&mut self, round_trip_us: u64) {
        #[expect(clippy::cast_precision_loss, reason = "below 2^52 us, a hundred years")]
        let sample = round_trip_us as f64;
        self.measured = Some(match self.measured {
            None => (sample, sample / 2.0),
            Some((smoothed, variation)) => {
                let variation = variation + ((smoothed - sample).abs() - variation) / 4.0;
                (smoothed + (sample - smoothed) / 8.0, variation)
            }
        });
    }

    /// How long to wait after the `tries`th query, the first being 1. It doubles every second time: what is lost by chance is
    /// soon asked again, and what does not answer is left more and more in peace.
    pub(super) fn timer_us(&self, tries: u32) -> u64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and bounded below")]
        let base = match self.measured {
            Some((smoothed, variation)) => (2.0 * smoothed + 4.0 * variation) as u64,
            None => self.limit_us / FIRST_PART,
        };
        let doublings = (tries.saturating_sub(1) / 2).min(16);
        (base.max(SOONEST_US) << doublings).min(self.limit_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_timer_follows_what_is_measured_within_its_bounds() {
        let mut rtt = Rtt::new(Duration::from_secs(2));
        assert_eq!(rtt.timer_us(1), 500_000);
        for _ in 0..100 {
            rtt.measure(100);
        }
        assert_eq!([1, 2, 3, 4, 5].map(|tries| rtt.timer_us(tries)), [50_000, 50_000, 100_000, 100_000, 200_000]);
        for _ in 0..100 {
            rtt.measure(200_000);
        }
        assert!((400_000..500_000).contains(&rtt.timer_us(1)), "{}", rtt.timer_us(1));
        assert_eq!(rtt.timer_us(40), 2_000_000);
    }

    #[test]
    fn a_short_limit_bounds_even_the_shortest_wait() {
        assert_eq!(Rtt::new(Duration::from_millis(20)).timer_us(1), 20_000);
    }
}
