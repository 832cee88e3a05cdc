//! Lines that go on in the next (RFC 2849, note 2): one space at the start of a line belongs to the fold. Never reads a value.

use std::io::{self, BufRead};

use super::lines::{MAX_RECORD, Outcome, next_line};

/// A line with its continuations.
#[derive(Debug, Default)]
pub(super) struct Folded {
    /// Without ends of lines and folds.
    pub(super) text: Vec<u8>,
    /// Where it begins, from 1.
    pub(super) number: u32,
    /// Whether it was longer than a record may be, and lost its end.
    pub(super) cut: bool,
}

/// Joins folded lines.
pub(super) struct Unfolder<R> {
    input: R,
    /// The line behind the one that was handed out.
    ahead: Vec<u8>,
    outcome: Outcome,
    number: u32,
}

impl<R: BufRead> Unfolder<R> {
    /// Looks at the first line.
    pub(super) fn new(input: R) -> io::Result<Self> {
        let mut unfolder = Self { input, ahead: Vec::new(), outcome: Outcome::End, number: 0 };
        unfolder.advance()?;
        Ok(unfolder)
    }

    fn advance(&mut self) -> io::Result<()> {
        self.outcome = next_line(&mut self.input, &mut self.ahead)?;
        self.number = self.number.saturating_add(1);
        if self.ahead.ends_with(b"\r") {
            self.ahead.pop();
        }
        Ok(())
    }

    /// Reads the next line whole; says whether there was one.
    pub(super) fn next(&mut self, line: &mut Folded) -> io::Result<bool> {
        if self.outcome == Outcome::End {
            return Ok(false);
        }
        std::mem::swap(&mut line.text, &mut self.ahead);
        (line.number, line.cut) = (self.number, self.outcome == Outcome::TooLong);
        self.advance()?;
        // Old tools fold with a tab. Nothing goes on after an empty line.
        while self.outcome != Outcome::End && !line.text.is_empty() {
            let [b' ' | b'\t', rest @ ..] = &self.ahead[..] else { break };
            let room = MAX_RECORD.saturating_sub(line.text.len());
            line.cut |= rest.len() > room || self.outcome == Outcome::TooLong;
            line.text.extend_from_slice(rest.get(..rest.len().min(room)).unwrap_or_default());
            self.advance()?;
        }
        Ok(true)
    }
}
