//! When a run began: the one place of a command that reads the clock.

use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cli::ReportingArgs;
use crate::dns::View;
use crate::report::Header;

/// The beginning of a run, as a date and as a moment to measure from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Started {
    at: Timestamp,
    moment: Instant,
}

impl Started {
    /// This very moment.
    pub(super) fn now() -> Self {
        Self { at: Timestamp::now(), moment: Instant::now() }
    }

    /// RFC 3339, UTC, without fractions of a second.
    pub(super) fn text(self) -> String {
        self.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The day, UTC.
    pub(super) fn day(self) -> Date {
        day(self.at)
    }

    /// The head of a report on a run that ends now.
    pub(super) fn header(self, command: &'static str, vantage: View, reporting: &ReportingArgs) -> Header {
        let seconds = (self.moment.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        Header { command, started: self.text(), seconds, vantage, fail_on: reporting.fail_on }
    }
}

/// The day of a time, UTC.
pub(super) fn day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}
