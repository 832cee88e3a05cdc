//! What is said about single inputs, on standard error. Never stops a run: that nobody listens is no reason to.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write as _};

use crate::place::Place;
use crate::report::printable;

/// How much is held back before it is written at once, octets.
const MOST_HELD: usize = 32 * 1024;

/// What was said, written in blocks unless somebody watches.
pub(super) struct Complaints {
    held: String,
    watched: bool,
}

impl Complaints {
    pub(super) fn new() -> Self {
        Self { held: String::new(), watched: io::stderr().is_terminal() }
    }

    /// `FILE:LINE:COL: rule: why`.
    pub(super) fn say(&mut self, place: &Place, rule: &str, why: &str) {
        let start = self.held.len();
        // A string takes all that it is given.
        let _ = place.write(&mut self.held);
        self.line(start, [": ", rule, ": ", why]);
    }

    /// Something that is about no single input.
    pub(super) fn note(&mut self, text: &str) {
        self.line(self.held.len(), ["note: ", text]);
    }

    /// Ends the line that begins at `start`. Lists with a fault in every line are long: parts are put together, not formatted.
    fn line<const N: usize>(&mut self, start: usize, parts: [&str; N]) {
        self.held.extend(parts);
        if let Cow::Owned(shown) = printable(self.held.get(start..).unwrap_or_default()) {
            self.held.truncate(start);
            self.held.push_str(&shown);
        }
        self.held.push('\n');
        if self.watched || self.held.len() >= MOST_HELD {
            self.write();
        }
    }

    fn write(&mut self) {
        let _ = io::stderr().write_all(self.held.as_bytes());
        self.held.clear();
    }
}

impl Drop for Complaints {
    fn drop(&mut self) {
        self.write();
    }
}
