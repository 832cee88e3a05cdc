//! How many queries one server is sent before it has answered: as many as keep it busy, and not many more. Reads no clock.
//!
//! The window is the delivery rate times the shortest round trip, and some (the idea of BBR): more would only wait in the
//! server's queue, overrun it, and be sent again. A server that takes long by nature, as one that asks others, is found out by
//! growing as long as more questions bring more answers. What is lost by chance does not shrink the window; what is lost beyond
//! that does, and so does heavy loss.

use super::moment::Moment;

/// The first window: a gentle start.
const FIRST: f64 = 16.0;
/// The smallest window of a server that loses much.
const LEAST: f64 = 4.0;
/// What is added to rate times round trip, as a part and as a number, so that coarse clocks and bursts do not starve the server.
const SPARE: f64 = 1.25;
const SLACK: f64 = 96.0;
/// An epoch lasts two round trips and at least this long, microseconds.
const EPOCH_US: u64 = 5_000;
/// An epoch with fewer outcomes says nothing.
const FEW: u32 = 16;
/// Growth goes on while the rate rises by this factor, and ends when it has not for so many epochs.
const RISE: f64 = 1.25;
const STALLS: u32 = 3;
/// The rate is the best of so many epochs.
const REMEMBERED: usize = 10;
/// After so many epochs a larger window is tried for one.
const PROBE_AFTER: u32 = 64;
const PROBE: f64 = 1.5;
/// More than this part lost shrinks the window, whatever the cause.
const HEAVY_LOSS: f64 = 0.25;
/// So much more lost than in the last epochs together, beyond what chance makes of it, shrinks it too; but not below the
/// second number, for losses may have another cause.
const EXCESS_LOSS: f64 = 0.01;
const LEAST_BY_EXCESS: f64 = 64.0;
/// By which factors it shrinks, and recovers when no more is lost than before.
const HEAVY_CUT: f64 = 0.7;
const EXCESS_CUT: f64 = 0.9;
const RECOVERY: f64 = 1.1;

/// The window of one server.
#[derive(Clone, Debug)]
pub(super) struct Window {
    most: f64,
    size: f64,
    /// Bounds the size where much is lost.
    ceiling: f64,
    shortest_us: Option<u64>,
    epoch: Epoch,
    /// Answers a microsecond, and queries lost of all, in the last epochs.
    rates: [f64; REMEMBERED],
    losses: [(u32, u32); REMEMBERED],
    epochs: u32,
    growing: bool,
    stalls: u32,
    /// The size from which on the rate rose no more.
    knee: f64,
    /// The size that brought the best rate while it grew.
    best_size: f64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Epoch {
    began: Moment,
    answered: u32,
    lost: u32,
    /// Whether more would have been sent, had the window been larger.
    was_full: bool,
}

impl Window {
    /// A window that never exceeds `most`.
    pub(super) fn new(most: usize) -> Self {
        let most = f64::from(u32::try_from(most).unwrap_or(u32::MAX));
        let size = FIRST.min(most);
        Self {
            most,
            size,
            ceiling: most,
            shortest_us: None,
            epoch: Epoch::default(),
            rates: [0.0; REMEMBERED],
            losses: [(0, 0); REMEMBERED],
            epochs: 0,
            growing: true,
            stalls: 0,
            knee: size,
            best_size: size,
        }
    }

    /// Queries that may be on their way.
    pub(super) fn size(&self) -> usize {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, at most the limit given")]
        let size = self.size.min(self.ceiling).max(1.0) as usize;
        size
    }

    /// Work begins after a pause, which says nothing about the server's rate.
    pub(super) fn begin(&mut self, now: Moment) {
        self.epoch = Epoch { began: now, ..Epoch::default() };
    }

    /// There is more to send than the window lets through.
    pub(super) fn full(&mut self) {
        self.epoch.was_full = true;
    }

    /// An answer came; with its round trip where that is known.
    pub(super) fn answered(&mut self, now: Moment, round_trip_us: Option<u64>) {
        if let Some(round_trip) = round_trip_us {
            self.shortest_us = Some(self.shortest_us.map_or(round_trip, |shortest| shortest.min(round_trip)).max(1));
        }
        self.epoch.answered += 1;
        self.end_epoch(now);
    }

    /// A query was given up for lost.
    pub(super) fn lost(&mut self, now: Moment) {
        self.epoch.lost += 1;
        self.end_epoch(now);
    }

    fn end_epoch(&mut self, now: Moment) {
        let Epoch { began, answered, lost, was_full } = self.epoch;
        let (took, long) = (now.since_us(began), (2 * self.shortest_us.unwrap_or(0)).max(EPOCH_US));
        if answered + lost < FEW || took < long {
            return;
        }
        self.epoch = Epoch { began: now, ..Epoch::default() };
        self.epochs = self.epochs.wrapping_add(1);
        self.weigh_loss(lost, answered + lost);
        #[expect(clippy::cast_precision_loss, reason = "an epoch is shorter than 2^52 us")]
        let rate = f64::from(answered) / took as f64;
        let best = self.best_rate();
        if !was_full && rate <= best {
            return; // there was nothing more to send
        }
        if rate > best * RISE {
            // As long as the server has room the rate grows with the window: so much of the window was of use.
            let of_use = if best > 0.0 { self.best_size * rate / best } else { self.size };
            (self.knee, self.best_size) = (of_use.min(self.size), self.size);
            (self.stalls, self.growing) = (0, true);
        } else if self.growing {
            self.stalls += 1;
            self.growing = self.stalls < STALLS;
        }
        self.rates[self.epochs as usize % REMEMBERED] = rate;
        self.resize();
    }

    fn weigh_loss(&mut self, lost: u32, of: u32) {
        let part = f64::from(lost) / f64::from(of);
        // All of the last epochs together: the best of them would only be the luckiest.
        let (sum, total) = self.losses.iter().fold((0, 0), |(sum, total), (lost, of)| (sum + lost, total + of));
        let usual = if total == 0 { 1.0 } else { f64::from(sum) / f64::from(total) };
        let chance = (usual.max(1.0 / f64::from(of)) / f64::from(of)).sqrt();
        let now = self.size.min(self.ceiling);
        self.ceiling = match () {
            () if part > HEAVY_LOSS => (now * HEAVY_CUT).max(LEAST.min(self.most)),
            () if usual < 1.0 && part > usual + EXCESS_LOSS + 3.0 * chance => (now * EXCESS_CUT).max(LEAST_BY_EXCESS.min(now)),
            () if part <= usual + EXCESS_LOSS => (self.ceiling * RECOVERY).min(self.most),
            () => self.ceiling,
        };
        self.losses[self.epochs as usize % REMEMBERED] = (lost, of);
    }

    fn resize(&mut self) {
        let in_flight = self.best_rate() * self.shortest_us.map_or(0.0, |us| f64::from(u32::try_from(us).unwrap_or(u32::MAX)));
        let steady = (SPARE * in_flight + SLACK).max(self.knee);
        self.size = match () {
            () if self.growing && self.stalls == 0 => self.size * 2.0,
            () if self.growing => self.size,
            () if self.epochs.is_multiple_of(PROBE_AFTER) => steady * PROBE,
            () => steady,
        }
        .clamp(1.0, self.most);
    }

    fn best_rate(&self) -> f64 {
        self.rates.iter().copied().fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// A server that answers `rate` questions a second, each after at least `latency`, and queues the rest. Returns the window in
    /// the end and the answers a second of the last half.
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    fn serve(most: usize, rate: u64, latency_us: u64, queue: usize, seconds: u64) -> (usize, f64) {
        const STEP_US: u64 = 50;
        let mut window = Window::new(most);
        let (mut in_flight, mut backlog, mut travelling) = (0_usize, VecDeque::new(), VecDeque::new());
        let (mut credit, mut answered) = (0.0, 0_u64);
        let half = seconds * 500_000;
        for step in 0..seconds * 1_000_000 / STEP_US {
            let now = Moment::from_us(step * STEP_US);
            credit = (credit + (rate * STEP_US) as f64 / 1e6).min(64.0);
            while in_flight < window.size() && backlog.len() < queue {
                in_flight += 1;
                backlog.push_back(now);
            }
            window.full();
            while credit >= 1.0
                && let Some(sent) = backlog.pop_front()
            {
                credit -= 1.0;
                travelling.push_back((now.plus_us(latency_us), sent));
            }
            while let Some(&(due, sent)) = travelling.front()
                && due <= now
            {
                travelling.pop_front();
                in_flight -= 1;
                answered += u64::from(now.as_us() > half);
                window.answered(now, Some(now.since_us(sent).max(1)));
            }
        }
        (window.size(), answered as f64 / (seconds as f64 / 2.0))
    }

    #[test]
    fn a_fast_server_near_by_is_kept_busy_without_a_long_queue() {
        let (size, rate) = serve(20_000, 150_000, 100, 100_000, 2);
        assert!(rate > 140_000.0 && size < 1_000, "window {size}, {rate} answers a second");
    }

    #[test]
    fn a_server_far_away_gets_the_window_that_its_distance_needs() {
        let (size, rate) = serve(20_000, 100_000, 20_000, 100_000, 4);
        assert!(rate > 90_000.0 && (2_000..10_000).contains(&size), "window {size}, {rate} answers a second");
    }

    #[test]
    fn the_limit_is_never_exceeded() {
        let (size, _) = serve(64, 100_000, 20_000, 100_000, 1);
        assert_eq!(size, 64);
    }

    #[test]
    fn chance_losses_leave_the_window_alone_and_heavy_ones_shrink_it_until_they_end() {
        let run = |window: &mut Window, from: u64, lost_of_ten: u64| {
            for n in 0..20_000 {
                let now = Moment::from_us((from + n) * 10);
                window.full();
                if n % 10 < lost_of_ten { window.lost(now) } else { window.answered(now, Some(1000)) }
            }
        };
        let mut window = Window::new(1000);
        run(&mut window, 0, 0);
        let healthy = window.size();
        run(&mut window, 20_000, 1);
        assert!(window.size() >= healthy * 3 / 4, "{} after {healthy}", window.size());
        run(&mut window, 40_000, 5);
        assert!(window.size() <= 16, "{}", window.size());
        run(&mut window, 60_000, 0);
        assert!(window.size() >= healthy / 2, "{} after {healthy}", window.size());
    }
}
