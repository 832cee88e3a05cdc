//! What an ordinary address looks like, octet by octet, in one pass. Never decides about any other.
//!
//! Nearly all addresses are a plain local part at a plain domain, and all that has to be known about them shows in one pass:
//! whatever else could matter (quotes, comments, IDNA, damage) needs an octet that has no place here.

/// May stand in a local part that nobody needs to look at: `atext` without what begins a comment (`#`), what damage leaves
/// behind (`?`) and what no IM URL can carry (`/`, `%`); and the dot.
pub(super) const LOCAL: u8 = 1;
/// May stand in a domain.
pub(super) const DOMAIN: u8 = 2;
/// The dot, beside which no other may stand.
const DOT: u8 = 4;
/// The dot and the hyphen, of which no two stand side by side in an ordinary domain.
const EDGE: u8 = 8;
/// The longest local part and the longest label (RFC 5321 4.5.3.1.1, RFC 1035 2.3.4).
const LONGEST_LOCAL: usize = 64;
const LONGEST_LABEL: usize = 63;

/// What each octet may be part of.
pub(super) const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut octet: u8 = 0;
    while octet < 128 {
        if octet.is_ascii_alphanumeric() {
            classes[octet as usize] = LOCAL | DOMAIN;
        }
        octet += 1;
    }
    let others = b"!$&'*+-=^_`{|}~.";
    let mut at = 0;
    while at < others.len() {
        classes[others[at] as usize] |= LOCAL;
        at += 1;
    }
    classes[b'-' as usize] |= DOMAIN | EDGE;
    classes[b'.' as usize] |= DOMAIN | EDGE | DOT;
    classes
};

/// Where an ordinary line has its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// The position of the `@`.
    pub(super) at: usize,
    /// The length of the domain.
    pub(super) domain: usize,
    /// Octets of the line, its end included.
    pub(super) line: usize,
}

/// A line that is not ordinary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Odd {
    /// Its parts, where its local part is ordinary: then its domain takes another look.
    pub(super) parts: Option<Parts>,
    /// Where it ends in its block.
    pub(super) end: usize,
}

/// The parts of a line, where it is one ordinary address and whole: `local` gives the position of its `@` and what follows.
pub(super) fn line((at, after): (usize, &[u8])) -> Option<Parts> {
    let domain = domain(after)?;
    let end = match after.get(domain..)? {
        [b'\n', ..] => 1,
        [b'\r', b'\n', ..] => 2,
        _ => return None,
    };
    Some(Parts { at, domain, line: at + 1 + domain + end })
}

/// The position of the `@` of a text that is one ordinary address and nothing else.
pub(super) fn address(text: &[u8]) -> Option<usize> {
    let (at, after) = local(text)?;
    (domain(after)? == after.len()).then_some(at)
}

/// Whether a text is an ordinary domain and nothing else.
pub(super) fn is_domain(text: &[u8]) -> bool {
    domain(text) == Some(text.len())
}

/// An ordinary local part at the start of a block: its length, and what follows its `@`.
pub(super) fn local(block: &[u8]) -> Option<(usize, &[u8])> {
    let (mut length, mut previous, mut wrong) = (0, DOT, 0);
    for &octet in block {
        let class = CLASSES[usize::from(octet)];
        if class & LOCAL == 0 {
            break;
        }
        wrong |= class & previous;
        previous = class;
        length += 1;
    }
    let rest = block.get(length..)?.strip_prefix(b"@")?;
    ((wrong | previous) & DOT == 0 && length <= LONGEST_LOCAL).then_some((length, rest))
}

/// The length of an ordinary domain at the start of a block. Two hyphens in a row may begin an A-label, and a digit at the end
/// may make a number of the last label: neither is ordinary.
fn domain(block: &[u8]) -> Option<usize> {
    let (mut length, mut previous, mut wrong, mut seen) = (0, EDGE, 0, 0);
    for &octet in block {
        let class = CLASSES[usize::from(octet)];
        if class & DOMAIN == 0 {
            break;
        }
        wrong |= class & previous;
        seen |= class;
        previous = class;
        length += 1;
    }
    let name = block.get(..length)?;
    let whole = wrong & EDGE == 0 && seen & DOT != 0 && name.last().is_some_and(u8::is_ascii_alphabetic);
    let short = length <= LONGEST_LABEL || name.split(|&octet| octet == b'.').all(|label| label.len() <= LONGEST_LABEL);
    (whole && short).then_some(length)
}

/// An octet of an ordinary domain in lower case: hyphens, dots and digits have the bit that makes a letter small.
pub(super) fn lower(octet: u8) -> u8 {
    octet | 0x20
}
