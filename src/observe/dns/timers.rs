//! When something about a look-up is due. Reads no clock, and forgets nothing: a timer that was set anew still fires, with the
//! old stamp.

use super::moment::Moment;

/// Timers fire up to this much late, microseconds.
const TICK_US: u64 = 2_000;
/// Ticks in one turn of the wheel; a timer further away goes round more than once.
const TICKS: usize = 1024;

/// A wheel of timers: setting one and firing it take the same time however many there are.
#[derive(Debug)]
pub(super) struct Timers {
    wheel: Vec<Vec<Timer>>,
    /// Lists that have fired, with their memory: few ticks have timers at one time, and all would take room for a crowd in turn.
    spare: Vec<Vec<Timer>>,
    /// The first tick that has not fired.
    next: u64,
    set: usize,
}

#[derive(Clone, Copy, Debug)]
struct Timer {
    tick: u64,
    due: Due,
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    /// The place of the look-up.
    pub(super) slot: usize,
    /// Its stamp when the timer was set: a timer whose stamp is not the current one means nothing any more.
    pub(super) stamp: u32,
}

impl Default for Timers {
    fn default() -> Self {
        Self { wheel: vec![Vec::new(); TICKS], spare: Vec::new(), next: 0, set: 0 }
    }
}

impl Timers {
    /// Sets a timer.
    pub(super) fn set(&mut self, at: Moment, due: Due) {
        let tick = at.as_us().div_ceil(TICK_US).max(self.next);
        let timers = &mut self.wheel[place(tick)];
        if timers.capacity() == 0 {
            *timers = self.spare.pop().unwrap_or_default();
        }
        timers.push(Timer { tick, due });
        self.set += 1;
    }

    /// Moves what is due by now to `into`.
    pub(super) fn fire(&mut self, now: Moment, into: &mut Vec<Due>) {
        let last = now.as_us() / TICK_US;
        if self.set == 0 {
            self.next = self.next.max(last + 1);
            return;
        }
        // After a long pause one turn meets every timer.
        let first = self.next.max((last + 1).saturating_sub(TICKS as u64));
        for tick in first..=last {
            let timers = &mut self.wheel[place(tick)];
            timers.retain(|timer| {
                let fires = timer.tick <= last;
                if fires {
                    into.push(timer.due);
                    self.set -= 1;
                }
                !fires
            });
            if timers.is_empty() && timers.capacity() > 0 {
                self.spare.push(std::mem::take(timers));
            }
        }
        self.next = self.next.max(last + 1);
    }

    /// When to look again: no timer fires before. `None` where none is set.
    pub(super) fn next(&self) -> Option<Moment> {
        if self.set == 0 {
            return None;
        }
        let ticks = self.next..self.next + TICKS as u64;
        let tick = ticks.into_iter().find(|tick| !self.wheel[place(*tick)].is_empty())?;
        Some(Moment::from_us(tick * TICK_US))
    }
}

fn place(tick: u64) -> usize {
    usize::try_from(tick % TICKS as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_timer_fires_once_in_its_time(delays in proptest::collection::vec(0_u64..5_000_000, 1..60), step in 500_u64..400_000) {
            let mut timers = Timers::default();
            for (slot, delay) in delays.iter().enumerate() {
                timers.set(Moment::from_us(*delay), Due { slot, stamp: 0 });
            }
            let (mut now, mut fired) = (0, vec![None; delays.len()]);
            while let Some(next) = timers.next() {
                prop_assert!(now <= 5_000_000 + 2 * step);
                let mut due = Vec::new();
                timers.fire(Moment::from_us(now), &mut due);
                prop_assert!(due.is_empty() || next.as_us() <= now);
                for Due { slot, .. } in due {
                    prop_assert!(fired[slot].replace(now).is_none());
                }
                now += step;
            }
            for (delay, fired) in delays.iter().zip(fired) {
                let fired = fired.expect("it fires");
                prop_assert!(fired >= *delay && fired <= delay + TICK_US + step);
            }
        }
    }
}
