//! What is said about single inputs, on standard error. Never stops a run: that nobody listens is no reason to.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use crate::place::Place;
use crate::report::printable;

/// Standard error, written in blocks unless somebody watches.
pub(super) struct Complaints {
    out: BufWriter<io::StderrLock<'static>>,
    watched: bool,
}

impl Complaints {
    pub(super) fn new() -> Self {
        Self { out: BufWriter::new(io::stderr().lock()), watched: io::stderr().is_terminal() }
    }

    /// `FILE:LINE:COL: rule: why`.
    pub(super) fn say(&mut self, place: &Place, rule: &str, why: &str) {
        self.line(&format!("{place}: {rule}: {why}"));
    }

    /// Something that is about no single input.
    pub(super) fn note(&mut self, text: &str) {
        self.line(&format!("note: {text}"));
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{}", printable(text));
        if self.watched {
            let _ = self.out.flush();
        }
    }
}
