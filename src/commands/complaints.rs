//! What is said about single inputs, on standard error. Never stops a run: that nobody listens is no reason to.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write as _};

use crate::email::NoAddress;
use crate::place::{self, Place};
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
        self.line(|held| {
            // A string takes all that it is given.
            let _ = place.write(held);
            held.extend([": ", rule, ": ", why]);
        });
    }

    /// The same of what stands at a line and a column of `file` and is no address.
    pub(super) fn no_address(&mut self, file: &str, (line, column): (u32, u32), what: NoAddress<'_>) {
        self.line(|held| {
            let _ = place::write(held, file, [line, column]);
            held.extend([": ", what.fault.kind().rule(), ": "]);
            what.write(held);
        });
    }

    /// Something that is about no single input.
    pub(super) fn note(&mut self, text: &str) {
        self.line(|held| held.extend(["note: ", text]));
    }

    /// Lists with a fault in every line are long: parts are put together where they wait, not formatted.
    fn line(&mut self, add: impl FnOnce(&mut String)) {
        let start = self.held.len();
        add(&mut self.held);
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
