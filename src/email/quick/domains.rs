//! What becomes of any plain local part at a domain, remembered by the spelling of the domain. Never looks at a local part.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;

use ahash::RandomState;

use super::{LONGEST_ADDRESS, LONGEST_NAME, SRV_OWNER};
use crate::email::batch::{Batch, Prefix};
use crate::email::characters::splits;
use crate::email::derive::{Mapping, NoAddress, Remark, derive};
use crate::email::entry::Entry;
use crate::email::ordinary::{self, Parts};
use crate::email::taker::Taker;
use crate::email::{AddressError, Fault, MailDomain, ProblemKind, plain};

/// How many domains are remembered beside those that the mapping names.
const MOST_DOMAINS: usize = 4096;

/// The domains of a run, under a mapping.
#[derive(Clone, Debug)]
pub(super) struct Domains {
    mapping: Mapping,
    /// Whether nobody hears that the inventory does not take a domain, so that it need not be noticed.
    pub(super) quiet: bool,
    /// The domains that the mapping names, and what becomes of the others where nothing is said about them.
    named: HashSet<Box<[u8]>, RandomState>,
    others: Option<Others>,
    /// Those that took the full parser, as they are spelt.
    known: HashMap<Box<[u8]>, Known, RandomState>,
}

/// What the full parser says of any plain local part at a domain.
#[derive(Clone, Debug)]
enum Known {
    /// The address.
    Derived(Target),
    /// That there is none, with the column for a local part of one octet.
    Refused(AddressError),
    /// More than the domain tells.
    Mixed,
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

impl Domains {
    pub(super) fn new(mapping: Mapping) -> Self {
        let named = mapping.named().map(|name| name.as_str().as_bytes().into()).collect();
        Self { mapping, quiet: false, named, others: None, known: HashMap::default() }.with_others()
    }

    /// The same, where `quiet` lets domains that the inventory does not take pass without a word.
    pub(super) fn quiet(self, quiet: bool) -> Self {
        Self { quiet, ..self }.with_others()
    }

    fn with_others(mut self) -> Self {
        self.others = match self.mapping.one_domain() {
            Some(one) => Some(Others::One(one.as_str().as_bytes().into())),
            // Where nothing but a prefix decides, no ordinary domain comes here.
            None if self.mapping.prefix().is_some() => None,
            None => self.quiet.then(|| Others::Behind(Prefix::new(self.mapping.any_prefix()))),
        };
        self
    }

    pub(super) fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Derives the address at the start of `text`, whose line ends at `end` in its block; says whether it could.
    pub(super) fn derive(&mut self, text: &[u8], parts: Parts, end: usize, batch: &mut Batch) -> bool {
        let Parts { at, domain, .. } = parts;
        let (local, rest) = text.split_at_checked(at + 1).unwrap_or_default();
        rest.get(..domain).is_some_and(|domain| self.take(local, domain, end, batch).is_some())
    }

    /// Derives the address of `local`, which ends with the `@`, at a domain that is not ordinary or that the inventory may map.
    pub(super) fn take(&mut self, local: &[u8], domain: &[u8], end: usize, batch: &mut Batch) -> Option<()> {
        if let Some(known) = self.known.get(domain) {
            return known.target()?.take(local, end, batch);
        }
        if self.is_other(domain) {
            return self.other(local, domain, end, batch);
        }
        self.learn(domain)?.take(local, end, batch)
    }

    /// What is wrong with the address of a plain local part of so many octets, and in which column, where its domain came before
    /// and says it.
    pub(super) fn fault(&self, local: usize, domain: &[u8]) -> Option<(u32, &Fault)> {
        let Known::Refused(AddressError { column, fault }) = self.known.get(domain)? else { return None };
        // What is wrong with the whole is said of its beginning.
        let longer = if *column > 1 { u32::try_from(local).ok()?.saturating_sub(1) } else { 0 };
        Some((column + longer, fault))
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

    /// Where an entry leads, if nothing is to be said about it.
    fn target(&self, entry: Entry<'_>) -> Option<Target> {
        let email = entry.found.ok().filter(|_| entry.remarks.is_empty())?;
        let unheard = |remark: &Remark| self.quiet && remark.kind == ProblemKind::UnmappedEmailDomain;
        let derived = derive(&email, &self.mapping).ok().filter(|derived| derived.remarks.iter().all(unheard))?;
        let MailDomain::Name(name) = &email.domain else { return None };
        let email = if self.mapping.prefix().is_some() { "" } else { name.as_str() };
        Some(Target { im: derived.address.domain.as_str().as_bytes().into(), email: email.as_bytes().into() })
    }

    /// Where plain local parts at a domain lead that is not remembered yet; `None` where there is more to say about them.
    fn learn(&mut self, domain: &[u8]) -> Option<&Target> {
        // What ends a domain, or makes more of a text than one address, the full parser alone can tell.
        let may_be = |octet: &u8| !octet.is_ascii() || octet.is_ascii_graphic() && *octet != b'@' && !splits(*octet);
        if domain.len() > LONGEST_NAME || !domain.iter().all(may_be) {
            return None;
        }
        if self.known.len() >= MOST_DOMAINS + 2 * self.named.len() {
            self.known.clear();
        }
        let line = [b"a@", domain].concat();
        let mut asked = Asking { domains: self, known: Known::Mixed, answers: 0, length: line.len() };
        let Ok(()) = plain::line(&line, 1, &mut asked);
        let known = if asked.answers == 1 { asked.known } else { Known::Mixed };
        self.known.entry(domain.into()).or_insert(known).target()
    }
}

impl Known {
    fn target(&self) -> Option<&Target> {
        if let Self::Derived(target) = self { Some(target) } else { None }
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
struct Asking<'d> {
    domains: &'d Domains,
    known: Known,
    answers: usize,
    /// Octets of the line.
    length: usize,
}

impl Taker<Infallible> for Asking<'_> {
    fn entry(&mut self, entry: Entry<'_>) -> Result<(), Infallible> {
        self.answers += 1;
        self.known = self.domains.target(entry).map_or(Known::Mixed, Known::Derived);
        Ok(())
    }

    fn no_address(&mut self, (_, column): (u32, u32), what: NoAddress<'_>) -> Result<(), Infallible> {
        self.answers += 1;
        // Blanks beyond ASCII round it are no part of what is refused.
        if what.text.len() == self.length {
            self.known = Known::Refused(AddressError { column, fault: what.fault.clone() });
        }
        Ok(())
    }
}
