//! IM addresses of ordinary lines as they go out, and where each came from. Never judges a line.

use super::ordinary::{Parts, lower};

/// How many octets of a block are at hand for one line: 64 to look at, and as many behind its `@`.
pub(super) const VIEW: usize = 128;
/// The longest prefix that is put in place at once.
const SHORT: usize = 16;
/// The longest line that is derived in place, its address and what is written beyond its end included.
const PLACE: usize = 160;
/// Octets of a batch.
const ROOM: usize = 72 * 1024;
/// Room for any address, so that whatever is not full takes one more.
const SPARE: usize = 1024;
/// How many lines are noted: few enough that what is known about each is at hand when it is asked for.
const NOTED: usize = 64;

/// What stands before every e-mail domain; empty, or with a dot at its end, in lower case.
#[derive(Clone, Debug)]
pub(super) struct Prefix {
    text: Box<[u8]>,
    /// The same in a fixed room, unless it is longer.
    short: Option<[u8; SHORT]>,
    /// How a domain may begin that has the prefix already, and which of its first octets count.
    begins: u64,
    counts: u64,
}

impl Prefix {
    pub(super) fn new(text: &str) -> Self {
        let text: Box<[u8]> = text.as_bytes().into();
        let mut short = [0; SHORT];
        let fits = short.get_mut(..text.len()).map(|room| room.copy_from_slice(&text)).is_some();
        let counts = u64::MAX.checked_shr(u64::BITS.saturating_sub(8 * u32::try_from(text.len()).unwrap_or(u32::MAX / 8)));
        let start = short.first_chunk().map_or(0, |start| u64::from_le_bytes(*start));
        // No octet of a domain is all ones, so that no domain begins with an empty prefix.
        let (begins, counts) = counts.map_or((0xFF, 0xFF), |counts| (start & counts, counts));
        Self { text, short: fits.then_some(short), begins, counts }
    }

    /// Whether a domain has the prefix already.
    pub(super) fn is_before(&self, domain: &[u8]) -> bool {
        let start = domain.get(..self.text.len()).filter(|start| !start.is_empty());
        start.is_some_and(|start| start.eq_ignore_ascii_case(&self.text))
    }

    /// Whether an ordinary domain, of which this is the start, may have it: where it does not, this is known in a moment.
    fn may_be_at(&self, start: [u8; 8]) -> bool {
        (u64::from_le_bytes(start) | u64::from_le_bytes([lower(0); 8])) & self.counts == self.begins
    }
}

/// Addresses that were derived from lines, a line feed behind each.
#[derive(Clone, Debug)]
pub struct Batch {
    text: Box<[u8]>,
    used: usize,
    count: usize,
    /// Where each line came from, where that is noted.
    notes: Option<Vec<Note>>,
    /// How many lines it takes.
    most: usize,
    /// The e-mail addresses, where they do not follow from the IM addresses.
    emails: Vec<u8>,
}

/// The ends of a line: in its block, in the text and among the e-mail addresses.
#[derive(Clone, Copy, Debug)]
struct Note {
    block: usize,
    text: usize,
    email: usize,
}

/// A line of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'b> {
    /// The IM address.
    pub(super) im: &'b [u8],
    /// The e-mail address; empty where the IM address says all that it says.
    pub(super) email: &'b [u8],
    /// Octets of the block up to the end of the line, and of the text.
    pub(super) block: usize,
    pub(super) text: usize,
}

impl Default for Batch {
    fn default() -> Self {
        Self { text: vec![0; ROOM].into(), used: 0, count: 0, notes: None, most: usize::MAX, emails: Vec::new() }
    }
}

impl Batch {
    /// Empties it; `noted` says whether to keep where each line comes from.
    pub fn clear(&mut self, noted: bool) {
        (self.used, self.count) = (0, 0);
        self.emails.clear();
        let mut lines = self.notes.take().unwrap_or_default();
        lines.clear();
        self.notes = noted.then_some(lines);
        self.most = if noted { NOTED } else { usize::MAX };
    }

    /// The addresses, a line feed behind each.
    pub fn text(&self) -> &[u8] {
        self.text.get(..self.used).unwrap_or_default()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether no other line is to come.
    pub fn is_full(&self) -> bool {
        self.used > ROOM - SPARE || self.count >= self.most
    }

    /// The lines, where they were noted.
    pub(super) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let mut start = (0, 0);
        self.notes.iter().flatten().map(move |note| {
            let (from, email) = std::mem::replace(&mut start, (note.text, note.email));
            Line {
                im: self.text.get(from..note.text - 1).unwrap_or_default(),
                email: self.emails.get(email..note.email).unwrap_or_default(),
                block: note.block,
                text: note.text,
            }
        })
    }

    /// Adds the line at the start of `view`, which ends within 64 octets, and at `block` in its block; says whether it could:
    /// there is room, and the prefix is short and does not stand there already.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call for each line would keep the kernel's registers and vectors out of it")]
    pub(super) fn derive(&mut self, view: &[u8; VIEW], parts: Parts, prefix: &Prefix, block: usize) -> bool {
        let Some(short) = prefix.short.filter(|_| !self.is_full()) else { return false };
        let behind = parts.at + 1;
        let Some(domain) = view.get(behind..).and_then(|rest| rest.first_chunk::<64>()) else { return false };
        if domain.first_chunk().is_some_and(|start| prefix.may_be_at(*start)) {
            return false;
        }
        let Some(place) = self.text.get_mut(self.used..).and_then(|room| room.first_chunk_mut::<PLACE>()) else { return false };
        // Whole pieces of fixed length are put in place; what is beyond a part's end is overwritten by the next.
        if let (Some(room), Some(text)) = (place.first_chunk_mut::<64>(), view.first_chunk::<64>()) {
            *room = *text;
        }
        if let Some(room) = place.get_mut(behind..).and_then(|room| room.first_chunk_mut::<SHORT>()) {
            *room = short;
        }
        let behind = behind + prefix.text.len();
        if let Some(room) = place.get_mut(behind..).and_then(|room| room.first_chunk_mut::<64>()) {
            *room = domain.map(lower);
        }
        let end = behind + parts.domain;
        if let Some(feed) = place.get_mut(end) {
            *feed = b'\n';
        }
        self.add(end + 1, block);
        true
    }

    /// Adds an address in parts, of which the e-mail address is `email`; the line ends at `block` in its block. The domain is
    /// written in lower case.
    pub(super) fn push(&mut self, local: &[u8], prefix: &[u8], domain: &[u8], email: [&[u8]; 2], block: usize) {
        let mut written = 0;
        for part in [local, prefix, domain, b"\n"] {
            let from = self.used + written;
            if let Some(room) = self.text.get_mut(from..from + part.len()) {
                room.copy_from_slice(part);
                if written == local.len() + prefix.len() {
                    room.make_ascii_lowercase();
                }
            }
            written += part.len();
        }
        self.emails.extend(email.into_iter().flatten());
        self.add(written, block);
    }

    fn add(&mut self, octets: usize, block: usize) {
        self.used += octets;
        self.count += 1;
        if let Some(notes) = &mut self.notes {
            notes.push(Note { block, text: self.used, email: self.emails.len() });
        }
    }
}

impl Prefix {
    /// The prefix itself.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }
}
