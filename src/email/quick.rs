//! The quick way from a line to its IM address, for lines that are one ordinary address. Never decides about any other line.

/// May stand in a local part that nobody needs to look at: `atext` without what begins a comment (`#`), what damage leaves
/// behind (`?`) and what no IM URL can carry (`/`, `%`); and the dot.
const LOCAL: u8 = 1;
/// May stand in a domain.
const DOMAIN: u8 = 2;
/// An upper-case letter.
const UPPER: u8 = 4;
/// The longest local part and the longest label (RFC 5321 4.5.3.1.1, RFC 1035 2.3.4).
const LONGEST_LOCAL: usize = 64;
const LONGEST_LABEL: usize = 63;
/// The longest address, the longest name, and how much `_rvp._tcp.` adds to one, octets.
const LONGEST_ADDRESS: usize = 254;
const LONGEST_NAME: usize = 253;
const SRV_OWNER: usize = 10;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut octet: u8 = 0;
    while octet < 128 {
        let upper = octet.is_ascii_uppercase();
        if octet.is_ascii_alphanumeric() {
            classes[octet as usize] = LOCAL | DOMAIN | if upper { UPPER } else { 0 };
        }
        octet += 1;
    }
    let others = b"!$&'*+-=^_`{|}~.";
    let mut at = 0;
    while at < others.len() {
        classes[others[at] as usize] |= LOCAL;
        at += 1;
    }
    classes[b'-' as usize] |= DOMAIN;
    classes[b'.' as usize] |= DOMAIN;
    classes
};

/// The quick way under a mapping that puts a prefix before every e-mail domain.
#[derive(Clone, Debug)]
pub struct Quick {
    prefix: Vec<u8>,
}

/// How many lines are looked at together.
const BATCH: usize = 64;

/// Ordinary lines that wait for a decision about each.
#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    text: Vec<u8>,
    /// Octets of the block up to the end of a line, and of the text up to the end of its address.
    ends: Vec<(usize, usize)>,
}

impl Batch {
    /// Each address with its line feed, and the octets of the block up to the end of its line.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&[u8], usize)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|&(_, end)| end));
        self.ends.iter().zip(starts).map(|(&(line, end), start)| (self.text.get(start..end).unwrap_or_default(), line))
    }
}

/// Where an ordinary line has its parts.
struct Parts {
    /// The position of the `@`.
    at: usize,
    /// The length of the domain.
    domain: usize,
    /// Octets of the line, its end included.
    line: usize,
    upper: bool,
}

impl Quick {
    /// `prefix` ends with a dot or is empty, and is in lower case.
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.as_bytes().to_vec() }
    }

    /// Derives the lines at the start of a block up to the first that is not ordinary, or not whole. Appends an address and a
    /// line feed for each; returns how many octets and how many lines were taken.
    pub(super) fn lines(&self, block: &[u8], out: &mut Vec<u8>) -> (usize, u32) {
        let (mut taken, mut count) = (0, 0);
        while let Some(line) = block.get(taken..).and_then(|rest| self.line(rest, out)) {
            taken += line;
            count += 1;
        }
        (taken, count)
    }

    /// The same for some lines; notes where each line and each address ends.
    pub(super) fn some(&self, block: &[u8], batch: &mut Batch) {
        batch.text.clear();
        batch.ends.clear();
        let mut taken = 0;
        while batch.ends.len() < BATCH {
            let Some(line) = block.get(taken..).and_then(|rest| self.line(rest, &mut batch.text)) else { return };
            taken += line;
            batch.ends.push((taken, batch.text.len()));
        }
    }

    /// The first line of a block, if it is ordinary: its octets.
    fn line(&self, block: &[u8], out: &mut Vec<u8>) -> Option<usize> {
        let Parts { at, domain, line, upper } = self.parts(block)?;
        let name = block.get(at + 1..at + 1 + domain)?;
        out.extend_from_slice(block.get(..=at)?);
        out.extend_from_slice(&self.prefix);
        let begin = out.len();
        out.extend_from_slice(name);
        if upper {
            out.get_mut(begin..)?.make_ascii_lowercase();
        }
        out.push(b'\n');
        Some(line)
    }

    fn parts(&self, block: &[u8]) -> Option<Parts> {
        let (at, after) = local(block)?;
        let (domain, upper) = domain(after)?;
        let end = match after.get(domain..)? {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => return None,
        };
        let prefix = self.prefix.len();
        let fits = at + 1 + prefix + domain <= LONGEST_ADDRESS && domain + prefix.max(SRV_OWNER) <= LONGEST_NAME;
        let prefixed = prefix > 0 && after.get(..prefix).is_some_and(|start| start.eq_ignore_ascii_case(&self.prefix));
        (fits && !prefixed).then_some(Parts { at, domain, line: at + 1 + domain + end, upper })
    }
}

/// The position of the `@` of a text that is one ordinary address and nothing else.
pub(super) fn bare(text: &[u8]) -> Option<usize> {
    let (at, after) = local(text)?;
    let (length, _) = domain(after)?;
    (length == after.len()).then_some(at)
}

/// An ordinary local part at the start of a block: its length, and what follows its `@`.
fn local(block: &[u8]) -> Option<(usize, &[u8])> {
    let (mut length, mut previous) = (0, b'.');
    for &octet in block {
        if CLASSES[usize::from(octet)] & LOCAL == 0 {
            break;
        }
        if octet == b'.' && previous == b'.' {
            return None;
        }
        previous = octet;
        length += 1;
    }
    let rest = block.get(length..)?.strip_prefix(b"@")?;
    (previous != b'.' && length <= LONGEST_LOCAL).then_some((length, rest))
}

/// An ordinary domain at the start of a block: its length, and whether it has upper-case letters. Two hyphens in a row may
/// begin an A-label, and a digit at the end may make a number of the last label: neither is ordinary.
fn domain(block: &[u8]) -> Option<(usize, bool)> {
    let (mut length, mut label, mut previous, mut seen) = (0, 0, b'.', 0);
    for &octet in block {
        let class = CLASSES[usize::from(octet)];
        if class & DOMAIN == 0 {
            break;
        }
        seen |= class;
        if octet == b'.' {
            if matches!(previous, b'.' | b'-') || length - label > LONGEST_LABEL {
                return None;
            }
            label = length + 1;
        } else if octet == b'-' && matches!(previous, b'.' | b'-') {
            return None;
        }
        previous = octet;
        length += 1;
    }
    let whole = label > 0 && previous.is_ascii_alphabetic() && length - label <= LONGEST_LABEL;
    whole.then_some((length, seen & UPPER != 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::{Entry, ListError, Mapping, derive, plain};

    fn mapping(prefix: &str) -> Mapping {
        Mapping::new(prefix).expect("a prefix")
    }

    /// What the full parser makes of one line: an address without a remark, or nothing.
    fn slowly(line: &[u8], mapping: &Mapping) -> Option<String> {
        let mut found = Vec::new();
        let sink = &mut |entry: Entry<'_>| {
            let derived = entry.found.ok().filter(|_| entry.remarks.is_empty()).and_then(|email| derive(&email, mapping).ok());
            found.push(derived.filter(|derived| derived.remarks.is_empty()).map(|derived| derived.address.to_string()));
            Ok::<(), ListError>(())
        };
        plain::line(line, 1, sink).expect("reads");
        match &mut found[..] {
            [one] => one.take(),
            _ => None,
        }
    }

    /// Holds the quick way against the full parser, at every alignment of the first lines.
    fn compare(line: &[u8], prefix: &str) {
        let (mapping, quick) = (mapping(prefix), Quick::new(prefix));
        for before in ["", "a@b.example\n", "ab@b.example\r\n", "abc@b.example\n"] {
            for end in ["", "\n", "\r\n", "\nx", "\r", "\n\n"] {
                let block = [before.as_bytes(), line, end.as_bytes()].concat();
                let mut out = Vec::new();
                let (taken, count) = quick.lines(&block, &mut out);
                assert_eq!(out.split(|&octet| octet == b'\n').count(), 1 + count as usize);
                let Some(rest) = taken.checked_sub(before.len()).filter(|&rest| rest > 0) else { continue };
                let text = String::from_utf8(out).expect("ASCII");
                let last = text.lines().last().map(str::to_owned);
                assert_eq!(last, slowly(line, &mapping), "{:?}", String::from_utf8_lossy(&block));
                assert!(end.contains('\n') && rest <= line.len() + end.len());
            }
        }
    }

    #[test]
    fn ordinary_lines_are_derived() {
        let mut out = Vec::new();
        let block = b"ann@example.com\r\nAnn.O'Neil+x@Mail-1.EXAMPLE.com\nb@x.example\nno\nc@x.example\n";
        assert_eq!(Quick::new("im.").lines(block, &mut out), (17 + 32 + 12, 3));
        assert_eq!(out, b"ann@im.example.com\nAnn.O'Neil+x@im.mail-1.example.com\nb@im.x.example\n");
    }

    #[test]
    fn every_other_line_is_left() {
        for line in [
            "",
            "ann",
            "#a@b.example",
            "a?b@x.example",
            "a/b@x.example",
            "a%b@x.example",
            "\"a\"@x.example",
            ".a@x.example",
            "a.@x.example",
            "a..b@x.example",
            "a@x",
            "a@x.",
            "a@.x.example",
            "a@x..example",
            "a@-x.example",
            "a@x-.example",
            "a@xn--a.example",
            "a@x.1",
            "a@10.0.0.1",
            "a@x_y.example",
            "a@im.example.com",
            "a@IM.example.com",
            "a@b@x.example",
            " a@x.example",
            "a@x.example ",
            "ä@x.example",
            "a@ä.example",
            "a@x.example, b@x.example",
            "a@x.example\0",
            "SMTP:a@x.example",
        ] {
            assert_eq!(Quick::new("im.").lines(format!("{line}\n").as_bytes(), &mut Vec::new()), (0, 0), "{line:?}");
        }
        assert_eq!(Quick::new("im.").lines(b"a@x.example", &mut Vec::new()), (0, 0), "it may go on in the next block");
    }

    #[test]
    fn limits_are_the_parsers_at_every_length() {
        for length in 1..=70 {
            compare(format!("{}@x.example", "a".repeat(length)).as_bytes(), "im.");
            compare(format!("a@{}.example", "b".repeat(length)).as_bytes(), "im.");
            compare(format!("a@x.{}", "b".repeat(length)).as_bytes(), "");
        }
        for length in 180..=260 {
            let labels = "b".repeat(60);
            let domain = format!("{labels}.{labels}.{}.{}", "c".repeat(length - 179), "d".repeat(50));
            let wide = format!("{labels}.{labels}.{labels}.{}", "e".repeat((length - 180).max(1)));
            for domain in [domain, wide] {
                for prefix in ["", "im.", "a.long.prefix."] {
                    compare(format!("ab@{domain}").as_bytes(), prefix);
                    compare(format!("{}@{domain}", "l".repeat(20)).as_bytes(), prefix);
                }
            }
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(4096))]
        #[test]
        fn the_quick_way_never_differs_from_the_full_parser(
            line in "[a-cA-C0-9.!#$%&'*+/=?^_`{|}~\\-]{0,6}@?[a-cXxNn0-9.\\-_]{0,6}[.@\\- \t,;:<>()\"\r\0ä]?[a-z0-9]{0,4}",
        ) {
            for prefix in ["", "im.", "a."] {
                compare(line.as_bytes(), prefix);
            }
        }

        #[test]
        fn no_octets_differ_either(line in proptest::collection::vec(proptest::num::u8::ANY, 0..24)) {
            let line: Vec<u8> = line.into_iter().filter(|&octet| octet != b'\n').collect();
            compare(&line, "im.");
            compare(&[&line[..], b"@x.example"].concat(), "im.");
            compare(&[b"a@", &line[..], b".example"].concat(), "im.");
        }
    }

    proptest::proptest! {
        #[test]
        fn an_ordinary_address_is_what_the_parser_reads(text in "[a-cA-C0-9.!#$%&'*+/=?^_`{|}~\\-]{0,6}@[a-cXxNn0-9.\\-_]{0,6}\\.?[a-z0-9]{0,4}") {
            if let Some(address) = crate::email::Address::ordinary(&text) {
                let mut pieces = crate::email::addresses(&text);
                proptest::prop_assert_eq!(pieces.next().and_then(|piece| piece.address.ok()), Some(address));
                proptest::prop_assert!(pieces.next().is_none());
            }
        }
    }
}
