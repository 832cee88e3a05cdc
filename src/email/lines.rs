//! Lines of bounded length. Never keeps more of a line than a record may have.

use std::io::{self, BufRead};

/// The longest line of a plain list and the longest record of a table, octets.
pub(super) const MAX_RECORD: usize = 1024 * 1024;

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A line.
    Line,
    /// The line holds its first octets; the rest was skipped.
    TooLong,
    /// Nothing was left.
    End,
}

/// Reads up to the next line feed, which it takes off; never keeps more than [`MAX_RECORD`] octets.
pub(super) fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Outcome> {
    line.clear();
    let mut any = false;
    let mut outcome = Outcome::Line;
    loop {
        let available = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if available.is_empty() {
            return Ok(if any { outcome } else { Outcome::End });
        }
        any = true;
        let end = memchr::memchr(b'\n', available);
        let part = available.get(..end.unwrap_or(available.len())).unwrap_or_default();
        let room = MAX_RECORD - line.len();
        if part.len() > room {
            outcome = Outcome::TooLong;
        }
        line.extend_from_slice(part.get(..part.len().min(room)).unwrap_or_default());
        let taken = part.len() + usize::from(end.is_some());
        input.consume(taken);
        if end.is_some() {
            return Ok(outcome);
        }
    }
}
