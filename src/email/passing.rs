//! People who come the quick way: compares the addresses of a batch with all before. Never derives one.

use std::ops::Range;
use std::sync::Arc;

use super::batch::{Batch, Line};
use super::people::People;
use super::places::Spot;

/// What becomes of the lines of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Octets of the block that were settled, and lines.
    pub octets: usize,
    /// The same in lines.
    pub lines: u32,
    /// Which parts of the batch's text are to be written.
    pub write: Vec<Range<usize>>,
}

/// What to do about a person who stands in the lists twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twice {
    /// Say so.
    Say,
    /// Write the address again, without a word.
    Write,
    /// Leave it out, without a word.
    Drop,
}

impl People {
    /// Compares the noted lines of a batch, up to the first of which there is something to say; line `before` + 1 of the list
    /// `file` is the first.
    pub fn pass(&mut self, file: &Arc<str>, before: u32, batch: &Batch, twice: Twice, passed: &mut Passed) {
        let file = self.file(file);
        self.look_ahead(batch);
        let known = std::mem::take(&mut self.batch);
        passed.write.clear();
        (passed.octets, passed.lines) = (0, 0);
        let mut written = 0..0;
        for (line, &(key, identity)) in batch.lines().zip(&known) {
            let number = before.saturating_add(passed.lines + 1);
            match self.seen.enter(key, identity, Spot::new((file, number, 1))) {
                None => written.end = line.text,
                Some(first) if twice == Twice::Say || first.identity != identity => break,
                Some(_) if twice == Twice::Write => written.end = line.text,
                Some(_) => passed.write.push(std::mem::replace(&mut written, line.text..line.text)),
            }
            (passed.octets, passed.lines) = (line.block, passed.lines + 1);
        }
        passed.write.push(written);
        self.batch = known;
        self.settle();
    }

    /// Compares the one address of a batch, which stands at a line and a column; says whether nobody has it.
    pub fn pass_value(&mut self, file: &Arc<str>, (line, column): (u32, u32), batch: &Batch) -> bool {
        let file = self.file(file);
        self.look_ahead(batch);
        let known = self.batch.first().copied();
        let new = known.is_some_and(|(key, identity)| self.seen.enter(key, identity, Spot::new((file, line, column))).is_none());
        self.settle();
        new
    }

    /// Takes the fingerprints of a batch and has the memory at hand in which they will be looked for: to wait for all of it at
    /// once takes hardly longer than to wait for one piece.
    fn look_ahead(&mut self, batch: &Batch) {
        let mut known = std::mem::take(&mut self.batch);
        known.clear();
        let mut folded = Vec::new();
        known.extend(batch.lines().map(|Line { im, email, .. }| {
            let exact = if email.is_empty() { im } else { email };
            // Most are in lower case; to look at each octet without an end before the last is quicker.
            if !im.iter().fold(false, |any, octet| any | octet.is_ascii_uppercase()) {
                return self.fingerprints(im, exact);
            }
            folded.clear();
            folded.extend_from_slice(im);
            folded.make_ascii_lowercase();
            self.fingerprints(&folded, exact)
        }));
        std::hint::black_box(known.iter().fold(0, |at_hand, &(key, _)| at_hand ^ self.seen.look_ahead(key)));
        self.batch = known;
    }
}
