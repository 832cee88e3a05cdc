//! The quick way from an ordinary line to its IM address. Never decides about any other line: those take the full parser.

mod domains;

use super::avx2::Avx2;
use super::batch::{Batch, Prefix, VIEW};
use super::derive::{Mapping, NoAddress};
use super::ordinary::{self, Odd, Parts};
use domains::Domains;

/// The longest address, the longest name, and how much `_rvp._tcp.` adds to one, octets.
const LONGEST_ADDRESS: usize = 254;
const LONGEST_NAME: usize = 253;
const SRV_OWNER: usize = 10;

/// The quick way under a mapping.
#[derive(Clone, Debug)]
pub struct Quick {
    /// Where nothing but a prefix decides.
    prefix: Option<Prefix>,
    avx2: Option<Avx2>,
    domains: Domains,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'a> {
    /// Octets of the line, its end included.
    pub octets: usize,
    /// 1-based, in characters.
    pub column: u32,
    /// Its text, and why it gives no address.
    pub what: NoAddress<'a>,
}

impl Quick {
    /// The quick way under `mapping`.
    pub fn new(mapping: Mapping) -> Self {
        Self { prefix: mapping.prefix().map(Prefix::new), avx2: Avx2::detect(), domains: Domains::new(mapping) }
    }

    /// The same without this processor's vector instructions, where `portable`.
    #[must_use]
    pub fn portable(self, portable: bool) -> Self {
        Self { avx2: self.avx2.filter(|_| !portable), ..self }
    }

    /// The same, where `quiet` lets domains that the inventory does not take pass without a word.
    #[must_use]
    pub fn quiet(self, quiet: bool) -> Self {
        Self { domains: self.domains.quiet(quiet), ..self }
    }

    /// The mapping.
    pub fn mapping(&self) -> &Mapping {
        self.domains.mapping()
    }

    /// Derives the lines at the start of a block up to the first that is not ordinary or not whole, or until the batch is full;
    /// gives how many octets they take.
    pub fn lines(&mut self, block: &[u8], batch: &mut Batch) -> usize {
        let mut taken = 0;
        loop {
            let left;
            (taken, left) = self.windows(block, taken, batch);
            if left || batch.is_full() {
                return taken;
            }
            match self.line(block, taken, batch) {
                Some(end) => taken = end,
                None => return taken,
            }
        }
    }

    /// The same from `taken` on by vectors, where this processor has them; gives how far it came, and whether the line there is
    /// known to be for the full parser.
    fn windows(&mut self, block: &[u8], taken: usize, batch: &mut Batch) -> (usize, bool) {
        let Self { prefix, avx2: Some(avx2), domains } = self else { return (taken, false) };
        let mut taken = taken;
        loop {
            let odd;
            (taken, odd) = match prefix {
                Some(prefix) => avx2.lines(block, taken, |view, parts, end| batch.derive(view, parts, prefix, end)),
                None => avx2.lines(block, taken, |view, parts, end| !batch.is_full() && domains.derive(view, parts, end, batch)),
            };
            let Some(Odd { parts, end }) = odd.filter(|_| !batch.is_full()) else { return (taken, false) };
            let line = block.get(taken..end).unwrap_or_default();
            if !parts.is_some_and(|parts| domains.derive(line, parts, end, batch)) {
                return (taken, true);
            }
            taken = end;
        }
    }

    /// What is wrong with the line at the start of a block, where its domain says it and came before.
    pub fn refusal<'b>(&'b self, block: &'b [u8]) -> Option<Refusal<'b>> {
        let (at, after) = ordinary::local(block)?;
        let (domain, more) = to_feed(after)?;
        let (column, fault) = self.domains.fault(at, domain)?;
        let text = std::str::from_utf8(block.get(..at + 1 + domain.len())?).ok()?;
        Some(Refusal { octets: at + 1 + more, column, what: NoAddress { text, fault } })
    }

    /// Derives one address that stands by itself; says whether it could.
    pub fn address(&mut self, text: &[u8], batch: &mut Batch) -> bool {
        batch.clear(true);
        if let Some(taken) = self.window(text, batch) {
            return taken;
        }
        batch.clear(true);
        match (ordinary::address(text), &self.prefix) {
            (Some(at), Some(prefix)) => prefixed(text, at, text.len() - at - 1, prefix, 0, batch).is_some(),
            _ => ordinary::local(text).and_then(|(at, domain)| self.domains.take(text.get(..=at)?, domain, 0, batch)).is_some(),
        }
    }

    /// The same by vectors, where this processor has them and they can tell: in their window, the address is a line by itself.
    fn window(&mut self, text: &[u8], batch: &mut Batch) -> Option<bool> {
        let mut view = [b'\n'; VIEW];
        view.get_mut(..text.len()).filter(|_| self.avx2.is_some())?.copy_from_slice(text);
        // What ends in a letter does not end in a part of a line end.
        text.last().filter(|octet| octet.is_ascii_alphabetic())?;
        let (taken, left) = self.windows(&view, 0, batch);
        if left { Some(false) } else { (taken == text.len() + 1).then_some(true) }
    }

    /// Derives the line that begins at `from`; gives its end.
    fn line(&mut self, block: &[u8], from: usize, batch: &mut Batch) -> Option<usize> {
        let rest = block.get(from..)?;
        let (at, after) = ordinary::local(rest)?;
        if let (Some(Parts { at, domain, line }), Some(prefix)) = (ordinary::line((at, after)), &self.prefix) {
            let end = from + line;
            let view = rest.first_chunk::<VIEW>().filter(|_| line <= VIEW / 2);
            if view.is_some_and(|view| batch.derive(view, Parts { at, domain, line }, prefix, end)) {
                return Some(end);
            }
            prefixed(rest, at, domain, prefix, end, batch)?;
            return Some(end);
        }
        let (domain, more) = to_feed(after)?;
        let end = from + at + 1 + more;
        self.domains.take(rest.get(..=at)?, domain, end, batch)?;
        Some(end)
    }
}

/// What stands before the end of the line, and how many octets it takes with that.
fn to_feed(after: &[u8]) -> Option<(&[u8], usize)> {
    let feed = memchr::memchr(b'\n', after)?;
    let text = after.get(..feed)?;
    Some((text.strip_suffix(b"\r").unwrap_or(text), feed + 1))
}

fn prefixed(text: &[u8], at: usize, domain: usize, prefix: &Prefix, end: usize, batch: &mut Batch) -> Option<()> {
    let name = text.get(at + 1..at + 1 + domain)?;
    let more = prefix.text().len();
    let fits = at + 1 + more + domain <= LONGEST_ADDRESS && domain + more.max(SRV_OWNER) <= LONGEST_NAME;
    if !fits || prefix.is_before(name) {
        return None;
    }
    batch.push(text.get(..=at)?, prefix.text(), name, [b"", b""], end);
    Some(())
}

#[cfg(test)]
mod tests;
