//! Time as the DNS engine counts it. Never reads a clock: whoever drives the engine says what time it is.

use std::time::Duration;

/// Microseconds since the engine began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(u64);

impl Moment {
    /// So many microseconds after the engine began.
    pub(super) const fn from_us(us: u64) -> Self {
        Self(us)
    }

    /// Microseconds since the engine began.
    pub(super) const fn as_us(self) -> u64 {
        self.0
    }

    /// So many microseconds later.
    pub(super) const fn plus_us(self, us: u64) -> Self {
        Self(self.0.saturating_add(us))
    }

    /// So much later.
    pub(super) fn plus(self, span: Duration) -> Self {
        self.plus_us(us(span))
    }

    /// Microseconds from `earlier` until now; 0 if it is not earlier.
    pub(super) const fn since_us(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A duration in microseconds, the longest that there is if it is longer.
pub(super) fn us(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}
