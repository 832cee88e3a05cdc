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
        self.look_for(batch);
        passed.write.clear();
        (passed.octets, passed.lines) = (0, 0);
        let mut written = 0..0;
        for (line, arrival) in batch.lines().zip(&self.arrivals) {
            let number = before.saturating_add(passed.lines + 1);
            match self.seen.enter(arrival, Spot::new((file, number, 1))) {
                None => written.end = line.text,
                Some(first) if twice == Twice::Say || first.identity != arrival.identity => break,
                Some(_) if twice == Twice::Write => written.end = line.text,
                Some(_) => passed.write.push(std::mem::replace(&mut written, line.text..line.text)),
            }
            (passed.octets, passed.lines) = (line.block, passed.lines + 1);
        }
        passed.write.push(written);
        self.settle();
    }

    /// Compares the one address of a batch, which stands at a line and a column; says whether nobody has it.
    pub fn pass_value(&mut self, file: &Arc<str>, (line, column): (u32, u32), batch: &Batch) -> bool {
        let file = self.file(file);
        self.look_for(batch);
        let spot = Spot::new((file, line, column));
        let new = self.arrivals.first().is_some_and(|arrival| self.seen.enter(arrival, spot).is_none());
        self.settle();
        new
    }

    /// Looks for all of a batch at once.
    fn look_for(&mut self, batch: &Batch) {
        self.seen.make_room(batch.count());
        let mut arrivals = std::mem::take(&mut self.arrivals);
        arrivals.clear();
        let mut folded = Vec::new();
        arrivals.extend(batch.lines().map(|Line { im, email, .. }| {
            let exact = if email.is_empty() { im } else { email };
            if !has_capitals(im) {
                return self.arrival(im, exact, false);
            }
            folded.clear();
            folded.extend_from_slice(im);
            folded.make_ascii_lowercase();
            self.arrival(&folded, exact, false)
        }));
        self.seen.look_for(&mut arrivals);
        self.arrivals = arrivals;
    }
}

/// Whether a text has letters in upper case. Most have none: to look at all of it by pieces of one length, the last of which reaches
/// back into another, is quicker than to stop at the first.
fn has_capitals(text: &[u8]) -> bool {
    let any = |piece: &[u8]| piece.iter().fold(false, |any, octet| any | octet.is_ascii_uppercase());
    match text.last_chunk::<16>() {
        Some(last) => text.as_chunks::<16>().0.iter().fold(any(last), |found, piece| found | any(piece)),
        None => any(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_found_wherever_they_stand() {
        for length in 0..50 {
            let mut text = vec![b'`'; length];
            assert!(!has_capitals(&text));
            for at in 0..length {
                text[at] = if at % 2 == 0 { b'A' } else { b'Z' };
                assert!(has_capitals(&text), "{at} of {length}");
                text[at] = b'[';
            }
        }
    }
}
