//! How many queries one server is sent before it has answered: as many as keep it busy, and not many more. Reads no clock.
//!
//! The window is the delivery rate times the shortest round trip, and some (the idea of BBR): more would only wait in the
//! server's queue, overrun it, and be sent again. A server that takes long by nature, as one that asks others, is found out by
//! growing as long as more questions bring more answers. What is lost by chance does not shrink the window; what is lost beyond
//! that does, and so does heavy loss. A query that is lost is no load for the server until it is given up, and takes no part of
//! the window: else a tenth lost, each waited for as long as five answers take, would cost a third of the rate.

use super::fates::{Fate, Fates};
use super::moment::Moment;

/// The first window: a gentle start.
const FIRST: f64 = 16.0;
/// The smallest window of a server that loses much.
const LEAST: f64 = 4.0;
/// What is added to rate times round trip, as a part and as a number, so that coarse clocks and bursts do not starve the server.
const SPARE: f64 = 1.25;
const SLACK: f64 = 96.0;
/// Answers are counted for one round trip and at least this long, microseconds.
const EPOCH_US: u64 = 5_000;
/// An epoch with fewer outcomes says nothing.
const FEW: u32 = 16;
/// Growth goes on while the rate rises by this factor, and ends when it has not for so many epochs.
const RISE: f64 = 1.25;
const STALLS: u32 = 2;
const GROWTH: f64 = 1.5;
/// The rate is the best of so many epochs.
const REMEMBERED: usize = 10;
/// After so many epochs a larger window is tried for one.
const PROBE_AFTER: u32 = 64;
const PROBE: f64 = 1.5;
/// More than this part lost, beyond what chance makes of it, shrinks the window, whatever the cause.
const HEAVY_LOSS: f64 = 0.25;
/// So much more lost than in the last epochs together shrinks it too; but not below the second number, for losses may have
/// another cause.
const EXCESS_LOSS: f64 = 0.01;
const LEAST_BY_EXCESS: f64 = 64.0;
/// By which factors it shrinks, and recovers when no more is lost than before.
const HEAVY_CUT: f64 = 0.7;
const EXCESS_CUT: f64 = 0.9;
const RECOVERY: f64 = 1.15;

/// The window of one server.
#[derive(Clone, Debug)]
pub(super) struct Window {
    most: f64,
    /// Queries that may be on their way.
    limit: usize,
    /// What all below comes to. The limit rises to it by one for each answer, so that there is no burst at once.
    target: usize,
    size: f64,
    /// Bounds the size where much is lost.
    ceiling: f64,
    shortest_us: Option<u64>,
    epoch: Epoch,
    /// Answers a microsecond in the last epochs.
    rates: [f64; REMEMBERED],
    epochs: u32,
    fates: Fates,
    /// What became of the queries of the last epochs that are judged, and how many were.
    losses: [Fate; REMEMBERED],
    judged: usize,
    /// Losses of earlier epochs say nothing: the window was larger then.
    cut_in: u32,
    /// How long the last query that was lost was waited for.
    waited_us: u64,
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
    /// Answers count from the first to a query of this epoch: those before it are of the window before.
    counts_from: Option<Moment>,
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
            limit: whole(size),
            target: whole(size),
            size,
            ceiling: most,
            shortest_us: None,
            epoch: Epoch::default(),
            rates: [0.0; REMEMBERED],
            epochs: 0,
            fates: Fates::default(),
            losses: [Fate::default(); REMEMBERED],
            judged: 0,
            cut_in: 0,
            waited_us: 0,
            growing: true,
            stalls: 0,
            knee: size,
            best_size: size,
        }
    }

    /// Queries that may be on their way.
    pub(super) fn size(&self) -> usize {
        self.limit
    }

    /// The number of the epoch in which a query is sent.
    pub(super) fn epoch(&self) -> u32 {
        self.epochs
    }

    /// Work begins after a pause, which says nothing about the server's rate.
    pub(super) fn begin(&mut self, now: Moment) {
        self.limit = self.limit.min(whole(SLACK));
        self.epoch = Epoch { began: now, ..Epoch::default() };
    }

    /// There is more to send than the window lets through.
    pub(super) fn full(&mut self) {
        self.epoch.was_full = true;
    }

    /// An answer came to a query that was sent in that epoch; with its round trip where that is known.
    pub(super) fn answered(&mut self, now: Moment, sent_in: u32, round_trip_us: Option<u64>) {
        if let Some(round_trip) = round_trip_us {
            self.shortest_us = Some(self.shortest_us.map_or(round_trip, |shortest| shortest.min(round_trip)).max(1));
        }
        self.limit = self.target.min(self.limit + 1);
        self.fates.answered(sent_in);
        match self.epoch.counts_from {
            Some(_) => self.epoch.answered += 1,
            None if sent_in == self.epochs => self.epoch.counts_from = Some(now),
            None => {}
        }
        self.end_epoch(now);
    }

    /// A query that was sent in that epoch was waited for so long, and given up for lost.
    pub(super) fn lost(&mut self, now: Moment, sent_in: u32, waited_us: u64) {
        self.waited_us = waited_us;
        self.fates.lost(sent_in);
        if let Some((first, fate)) = self.fates.judge(sent_in) {
            self.weigh(first, fate);
        }
        self.epoch.lost += 1;
        self.end_epoch(now);
    }

    fn end_epoch(&mut self, now: Moment) {
        let Epoch { began, counts_from, answered, lost, was_full } = self.epoch;
        let took = now.since_us(counts_from.unwrap_or(began));
        if answered + lost < FEW || took < self.shortest_us.unwrap_or(0).max(EPOCH_US) {
            return;
        }
        self.epochs = self.epochs.wrapping_add(1);
        self.epoch = Epoch { began: now, ..Epoch::default() };
        let late = u32::try_from(self.waited_us / took.max(1)).unwrap_or(u32::MAX).saturating_add(2);
        if let Some((first, fate)) = self.fates.begin(self.epochs, late) {
            self.weigh(first, fate);
        }
        if counts_from.is_none() {
            return; // nothing that was sent in it is answered
        }
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

    /// What became of the queries from the epoch `first` on bounds the window.
    fn weigh(&mut self, first: u32, fate: Fate) {
        if first < self.cut_in {
            return;
        }
        let of = f64::from(fate.total());
        let part = f64::from(fate.lost) / of;
        // All of the last epochs together: the best of them would only be the luckiest.
        let usual = loss_in(&self.losses);
        let deviation = |part: f64| (part.max(1.0 / of) / of).sqrt();
        let now = self.size.min(self.ceiling);
        let cut = match usual {
            _ if part > HEAVY_LOSS + 2.0 * deviation(HEAVY_LOSS) => Some((now * HEAVY_CUT).max(LEAST.min(self.most))),
            Some(usual) if part > usual + EXCESS_LOSS + 3.0 * deviation(usual) => {
                Some((now * EXCESS_CUT).max(LEAST_BY_EXCESS.min(now)))
            }
            _ => None,
        };
        if let Some(cut) = cut {
            self.ceiling = cut;
            self.growing = false;
            self.cut_in = self.epochs.wrapping_add(1);
        } else if part <= usual.unwrap_or(part) + EXCESS_LOSS {
            self.ceiling = (self.ceiling * RECOVERY).min(self.most);
        }
        self.losses[self.judged % REMEMBERED] = fate;
        self.judged = self.judged.wrapping_add(1);
        self.set_target();
    }

    /// Queries that are lost by chance and not yet given up. What is lost for a while only has another cause: a server that
    /// drops what is too much for it is not sent more for dropping it.
    fn lost_unheard(&self) -> f64 {
        let halves = self.losses.split_at(REMEMBERED / 2);
        let lost = [halves.0, halves.1].map(|half| loss_in(half).unwrap_or(0.0)).into_iter().fold(HEAVY_LOSS, f64::min);
        (self.best_rate() * lost / (1.0 - lost) * as_f64(self.waited_us)).min(self.size.min(self.ceiling))
    }

    fn resize(&mut self) {
        let in_flight = self.best_rate() * self.shortest_us.map_or(0.0, as_f64);
        let steady = (SPARE * in_flight + SLACK).max(self.knee);
        self.size = match () {
            () if self.growing && self.stalls == 0 => (GROWTH * in_flight + SLACK).max(self.size * GROWTH),
            () if self.growing => (GROWTH * in_flight + SLACK).max(self.best_size),
            () if self.epochs.is_multiple_of(PROBE_AFTER) => steady * PROBE,
            () => steady,
        }
        .clamp(1.0, self.most);
        self.set_target();
    }

    fn set_target(&mut self) {
        self.target = whole((self.size.min(self.ceiling) + self.lost_unheard()).clamp(1.0, self.most));
        self.limit = self.limit.min(self.target);
    }

    fn best_rate(&self) -> f64 {
        self.rates.iter().copied().fold(0.0, f64::max)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, at most the limit given")]
fn whole(size: f64) -> usize {
    size as usize
}

/// The part that was lost of all these queries; `None` where there are none.
fn loss_in(fates: &[Fate]) -> Option<f64> {
    let all = fates.iter().copied().fold(Fate::default(), |sum, fate| sum + fate);
    (all.total() > 0).then(|| f64::from(all.lost) / f64::from(all.total()))
}

#[expect(clippy::cast_precision_loss, reason = "below 2^52 us, a hundred years")]
fn as_f64(us: u64) -> f64 {
    us as f64
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
                backlog.push_back((now, window.epoch()));
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
                let (sent, sent_in) = sent;
                window.answered(now, sent_in, Some(now.since_us(sent).max(1)));
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
                let sent_in = window.epoch();
                if n % 10 < lost_of_ten { window.lost(now, sent_in, 1000) } else { window.answered(now, sent_in, Some(1000)) }
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

    /// The window after a second of a hundred outcomes a millisecond, a round trip of 1 ms and a wait of 50 for what is lost.
    fn after_loss(lost_of_a_hundred: u64) -> usize {
        let mut window = Window::new(20_000);
        for n in 0..100_000 {
            let (now, sent_in) = (Moment::from_us(n * 10), window.epoch());
            window.full();
            if n * 37 % 100 < lost_of_a_hundred {
                window.lost(now, sent_in, 50_000);
            } else {
                window.answered(now, sent_in, Some(1_000));
            }
        }
        window.size()
    }

    #[test]
    fn what_is_lost_by_chance_takes_no_room_and_what_is_dropped_makes_none() {
        let (healthy, some, half) = (after_loss(0), after_loss(5), after_loss(50));
        assert!(some >= healthy * 3 / 2 && some <= healthy * 2, "{some}, {healthy} without loss");
        assert!(half <= 16, "{half}");
    }

    #[test]
    fn the_window_opens_by_one_for_each_answer_and_begins_small_after_a_pause() {
        let mut window = Window::new(20_000);
        let (mut last, mut most) = (window.size(), 0);
        for n in 0..20_000 {
            window.full();
            let sent_in = window.epoch();
            window.answered(Moment::from_us(n * 10), sent_in, Some(20_000));
            assert!(window.size() <= last + 1, "{} after {last}", window.size());
            (last, most) = (window.size(), most.max(last));
        }
        window.begin(Moment::from_us(1_000_000));
        assert!(most > 1_000 && window.size() < 100, "{} after {most}", window.size());
    }
}
