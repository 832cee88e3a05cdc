//! What is said about single inputs, on standard error. Never stops a run: that nobody listens is no reason to.

use std::fmt::{Arguments, Write as _};
use std::io::{self, BufWriter, IsTerminal as _, Write as _};

use crate::place::Place;
use crate::report::printable;

/// Standard error, written in blocks unless somebody watches.
pub(super) struct Complaints {
    out: BufWriter<io::StderrLock<'static>>,
    watched: bool,
    line: String,
}

impl Complaints {
    pub(super) fn new() -> Self {
        let watched = io::stderr().is_terminal();
        Self { out: BufWriter::with_capacity(32 * 1024, io::stderr().lock()), watched, line: String::new() }
    }

    /// `FILE:LINE:COL: rule: why`.
    pub(super) fn say(&mut self, place: &Place, rule: &str, why: &str) {
        self.line(format_args!("{place}: {rule}: {why}"));
    }

    /// Something that is about no single input.
    pub(super) fn note(&mut self, text: &str) {
        self.line(format_args!("note: {text}"));
    }

    fn line(&mut self, text: Arguments<'_>) {
        self.line.clear();
        let _ = self.line.write_fmt(text);
        let _ = self.out.write_all(printable(&self.line).as_bytes());
        let _ = self.out.write_all(b"\n");
        if self.watched {
            let _ = self.out.flush();
        }
    }
}
