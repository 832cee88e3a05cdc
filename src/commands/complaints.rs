//! What is said about single inputs, on standard error. Never stops a run: that nobody listens is no reason to.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};

use crate::place::Place;
use crate::report::printable;

/// How much is held back before it is written at once, octets.
const MOST_HELD: usize = 32 * 1024;

/// What was said, written in blocks unless somebody watches.
pub(super) struct Complaints {
    held: Vec<u8>,
    line: String,
    watched: bool,
}

impl Complaints {
    pub(super) fn new() -> Self {
        Self { held: Vec::new(), line: String::new(), watched: io::stderr().is_terminal() }
    }

    /// `FILE:LINE:COL: rule: why`.
    pub(super) fn say(&mut self, place: &Place, rule: &str, why: &str) {
        let _ = write!(self.line, "{place}");
        self.line([": ", rule, ": ", why]);
    }

    /// Something that is about no single input.
    pub(super) fn note(&mut self, text: &str) {
        self.line(["note: ", text]);
    }

    /// Ends the line that was begun. Lists with a fault in every line are long: parts are put together, not formatted.
    fn line<const N: usize>(&mut self, parts: [&str; N]) {
        self.line.extend(parts);
        self.held.extend_from_slice(printable(&self.line).as_bytes());
        self.held.push(b'\n');
        self.line.clear();
        if self.watched || self.held.len() >= MOST_HELD {
            self.write();
        }
    }

    fn write(&mut self) {
        let _ = io::stderr().write_all(&self.held);
        self.held.clear();
    }
}

impl Drop for Complaints {
    fn drop(&mut self) {
        self.write();
    }
}
