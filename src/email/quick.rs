//! The quick way from an ordinary line to its IM address. Never decides about any other line: those take the full parser.

use std::collections::{HashMap, HashSet};

use ahash::RandomState;

use super::avx2::Avx2;
use super::batch::{Batch, Prefix, VIEW};
use super::derive::{Mapping, Remark, derive};
use super::entry::Entry;
use super::ordinary::{self, CLASSES, DOMAIN, Parts};
use super::{MailDomain, ProblemKind, plain};

/// The longest address, the longest name, and how much `_rvp._tcp.` adds to one, octets.
const LONGEST_ADDRESS: usize = 254;
const LONGEST_NAME: usize = 253;
const SRV_OWNER: usize = 10;
/// How many domains are remembered beside those that the mapping names.
const MOST_DOMAINS: usize = 4096;

/// The quick way under a mapping.
#[derive(Clone, Debug)]
pub struct Quick {
    mapping: Mapping,
    /// Where nothing but a prefix decides.
    prefix: Option<Prefix>,
    avx2: Option<Avx2>,
    /// Whether nobody hears that the inventory does not take a domain, so that it need not be noticed.
    quiet: bool,
    /// The domains that the mapping names, and what becomes of the others where nothing is said about them.
    named: HashSet<Box<[u8]>, RandomState>,
    others: Option<Others>,
    /// Domains that took the full parser, as they are spelt: what becomes of any plain local part at each.
    domains: HashMap<Box<[u8]>, Option<Target>, RandomState>,
}

/// The IM domain of ordinary domains that the mapping does not name.
#[derive(Clone, Debug)]
enum Others {
    /// The domain itself behind this.
    Behind(Prefix),
    /// This one.
    One(Box<[u8]>),
}

/// The IM domain and the e-mail domain of a spelling; the latter is empty where the former says it.
#[derive(Clone, Debug)]
struct Target {
    im: Box<[u8]>,
    email: Box<[u8]>,
}

impl Quick {
    /// The quick way under `mapping`.
    pub fn new(mapping: Mapping) -> Self {
        let prefix = mapping.prefix().map(Prefix::new);
        let named = mapping.named().map(|name| name.as_str().as_bytes().into()).collect();
        let quick = Self { mapping, prefix, avx2: Avx2::detect(), quiet: false, named, others: None, domains: HashMap::default() };
        quick.with_others()
    }

    /// The same without this processor's vector instructions, where `portable`.
    #[must_use]
    pub fn portable(self, portable: bool) -> Self {
        Self { avx2: self.avx2.filter(|_| !portable), ..self }
    }

    /// The same, where `quiet` lets domains that the inventory does not take pass without a word.
    #[must_use]
    pub fn quiet(self, quiet: bool) -> Self {
        Self { quiet, ..self }.with_others()
    }

    fn with_others(mut self) -> Self {
        self.others = match self.mapping.one_domain() {
            Some(one) => Some(Others::One(one.as_str().as_bytes().into())),
            None => self.quiet.then(|| Others::Behind(Prefix::new(self.mapping.any_prefix()))),
        };
        self
    }

    /// The mapping.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Derives the lines at the start of a block up to the first that is not ordinary or not whole, or until the batch is full;
    /// gives how many octets they take.
    pub fn lines(&mut self, block: &[u8], batch: &mut Batch) -> usize {
        let mut taken = 0;
        loop {
            taken = self.windows(block, taken, batch);
            if batch.is_full() {
                return taken;
            }
            match self.line(block, taken, batch) {
                Some(end) => taken = end,
                None => return taken,
            }
        }
    }

    /// The same from `taken` on by vectors, where this processor has them; gives how far it came.
    fn windows(&mut self, block: &[u8], taken: usize, batch: &mut Batch) -> usize {
        match (self.avx2, &self.prefix) {
            (None, _) => taken,
            (Some(avx2), Some(prefix)) => avx2.lines(block, taken, |view, parts, end| batch.derive(view, parts, prefix, end)),
            (Some(avx2), None) => avx2.lines(block, taken, |view, Parts { at, domain, .. }, end| {
                let name = view.get(at + 1..at + 1 + domain);
                !batch.is_full() && name.is_some_and(|name| self.mapped(view, at, name, end, batch).is_some())
            }),
        }
    }

    /// Derives one address that stands by itself; says whether it could.
    pub fn address(&mut self, text: &[u8], batch: &mut Batch) -> bool {
        batch.clear(true);
        if self.window(text, batch) {
            return true;
        }
        batch.clear(true);
        match (ordinary::address(text), &self.prefix) {
            (Some(at), Some(prefix)) => Self::prefixed(text, at, text.len() - at - 1, prefix, 0, batch).is_some(),
            _ => ordinary::local(text).and_then(|(at, domain)| self.mapped(text, at, domain, 0, batch)).is_some(),
        }
    }

    /// The same by vectors, where this processor has them and the address fits into their window: there it is a line by itself.
    fn window(&mut self, text: &[u8], batch: &mut Batch) -> bool {
        let mut view = [b'\n'; VIEW];
        let Some(room) = view.get_mut(..text.len()).filter(|_| self.avx2.is_some()) else { return false };
        room.copy_from_slice(text);
        // What ends in a letter does not end in a part of a line end.
        text.last().is_some_and(u8::is_ascii_alphabetic) && self.windows(&view, 0, batch) == text.len() + 1
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
            Self::prefixed(rest, at, domain, prefix, end, batch)?;
            return Some(end);
        }
        let feed = memchr::memchr(b'\n', after)?;
        let domain = after.get(..feed)?;
        let end = from + at + 1 + feed + 1;
        self.mapped(rest, at, domain.strip_suffix(b"\r").unwrap_or(domain), end, batch)?;
        Some(end)
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

    /// Derives an address whose domain is not ordinary, or which the inventory may map.
    fn mapped(&mut self, text: &[u8], at: usize, domain: &[u8], end: usize, batch: &mut Batch) -> Option<()> {
        let local = text.get(..=at)?;
        if let Some(known) = self.domains.get(domain) {
            return known.as_ref()?.take(local, end, batch);
        }
        if self.prefix.is_none() && self.is_other(domain) {
            return self.other(local, domain, end, batch);
        }
        self.learn(domain)?.take(local, end, batch)
    }

    /// Whether a domain is ordinary and one that the mapping does not name. Names are kept in lower case: a domain in another is
    /// for the full parser.
    fn is_other(&self, domain: &[u8]) -> bool {
        self.others.is_some()
            && domain.len() + SRV_OWNER <= LONGEST_NAME
            && !domain.iter().any(u8::is_ascii_uppercase)
            && ordinary::is_domain(domain)
            && !self.named.contains(domain)
    }

    /// Derives an address at such a domain.
    fn other(&self, local: &[u8], domain: &[u8], end: usize, batch: &mut Batch) -> Option<()> {
        let (prefix, im) = match self.others.as_ref()? {
            Others::Behind(prefix) if prefix.is_before(domain) => return None,
            Others::Behind(prefix) => (prefix.text(), domain),
            Others::One(one) => (&b""[..], &**one),
        };
        if local.len() + prefix.len() + im.len() > LONGEST_ADDRESS || prefix.len() + im.len() > LONGEST_NAME {
            return None;
        }
        batch.push(local, prefix, im, [local, domain], end);
        Some(())
    }

    /// What becomes of plain local parts at a domain that is not remembered yet; `None` where there is more to say about them.
    fn learn(&mut self, domain: &[u8]) -> Option<&Target> {
        let may_be = |&octet: &u8| CLASSES[usize::from(octet)] & DOMAIN != 0 || !octet.is_ascii();
        if domain.len() > LONGEST_NAME || !domain.iter().all(may_be) {
            return None;
        }
        if self.domains.len() >= MOST_DOMAINS + 2 * self.named.len() {
            self.domains.clear();
        }
        let target = fully(domain, &self.mapping, self.quiet);
        self.domains.entry(domain.into()).or_insert(target).as_ref()
    }
}

impl Target {
    /// Derives the address of `local`, which ends with the `@`.
    fn take(&self, local: &[u8], end: usize, batch: &mut Batch) -> Option<()> {
        if local.len() + self.im.len() > LONGEST_ADDRESS {
            return None;
        }
        let email: [&[u8]; 2] = if self.email.is_empty() { [b"", b""] } else { [local, &self.email] };
        batch.push(local, b"", &self.im, email, end);
        Some(())
    }
}

/// Asks the full parser: a plain local part adds nothing to what it says about a domain but its length.
fn fully(domain: &[u8], mapping: &Mapping, quiet: bool) -> Option<Target> {
    let mut found = None;
    let mut entries = 0;
    let sink = &mut |entry: Entry<'_>| {
        entries += 1;
        found = entry.found.ok().filter(|_| entry.remarks.is_empty());
        Ok::<(), std::convert::Infallible>(())
    };
    let Ok(()) = plain::line(&[b"a@", domain].concat(), 1, sink);
    let email = found.filter(|_| entries == 1)?;
    let unheard = |remark: &Remark| quiet && remark.kind == ProblemKind::UnmappedEmailDomain;
    let derived = derive(&email, mapping).ok().filter(|derived| derived.remarks.iter().all(unheard))?;
    let MailDomain::Name(name) = &email.domain else { return None };
    let email = if mapping.prefix().is_some() { "" } else { name.as_str() };
    Some(Target { im: derived.address.domain.as_str().as_bytes().into(), email: email.as_bytes().into() })
}

#[cfg(test)]
mod tests;
