//! Ordinary lines and rows of tables, 64 octets at a time (AVX2; lines by AVX-512 where that is there, see `avx512`). Never takes a line
//! that the one-pass scan (`ordinary`) leaves, nor another part of it; never cuts a row in another way than it is cut octet by octet
//! (`records`).
//!
//! A line is looked at through a window of 64 octets: masks say, one bit for each octet, where the line feed, the `@`, dots and
//! hyphens are and which octets have no place in either part, and a handful of operations on them decides. A line that does not
//! fit into the window, that is near the end of its block or that is not ordinary is left to the scan. Tests hold both
//! against each other.

use std::arch::x86_64::{
    __m256i, _mm256_adds_epu8, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    _mm256_shuffle_epi8, _mm256_srli_epi16,
};
use std::ops::Range;

use safe_unaligned_simd::x86_64::_mm256_loadu_si256;

use super::avx512;
use super::batch::VIEW;
use super::ordinary::{CLASSES, DOMAIN, LOCAL, Odd, Parts};
use super::records::after_line;

/// Proof that this processor has what the kernels need; there is no other way to them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2 {
    /// Whether it has AVX-512 besides.
    wide: bool,
}

impl Avx2 {
    /// Asks the processor.
    pub(super) fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt");
        let wide = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw");
        has.then_some(Self { wide })
    }

    /// The same without AVX-512.
    #[cfg(test)]
    pub(super) fn narrow(mut self) -> Self {
        self.wide = false;
        self
    }

    /// Hands the ordinary lines of a block to `take`, with their window and their end in the block, the first of which begins at
    /// `from`, while they fit into the window and it takes them; gives the end of the last that was taken, and what stands there
    /// if it is a line of another kind.
    pub(super) fn lines(
        self,
        block: &[u8],
        from: usize,
        take: impl FnMut(&[u8; VIEW], Parts, usize) -> bool,
    ) -> (usize, Option<Odd>) {
        #[expect(unsafe_code, reason = "calling what needs what was detected; the code itself is safe")]
        // SAFETY: a value of this type exists only where `detect` found AVX2, BMI1, BMI2 and POPCNT, and is wide only where it found
        // AVX-512F and AVX-512BW too.
        unsafe {
            if self.wide { avx512::lines(block, from, take) } else { lines(block, from, take) }
        }
    }

    /// The end of the record at `from`, and its cells without their quotes, where 64 octets of the block stand behind it and each
    /// cell is bare or in quotes without another inside.
    #[expect(clippy::unused_self, reason = "the value is the proof")]
    pub(super) fn record(self, block: &[u8], from: usize, delimiter: u8, cells: &mut Vec<Range<usize>>) -> Option<usize> {
        #[expect(unsafe_code, reason = "calling what needs what was detected; the code itself is safe")]
        // SAFETY: a value of this type exists only where `detect` found AVX2, BMI1, BMI2 and POPCNT.
        unsafe {
            record(block, from, delimiter, cells)
        }
    }
}

#[target_feature(enable = "avx2,bmi1,bmi2")]
fn lines(block: &[u8], from: usize, take: impl FnMut(&[u8; VIEW], Parts, usize) -> bool) -> (usize, Option<Odd>) {
    let kernel = Kernel::new();
    walk(block, from, |view| kernel.masks(view), take)
}

/// Hands on ordinary lines by the masks of their windows.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is part of a kernel, with the instructions of that kernel")]
pub(super) fn walk(
    block: &[u8],
    from: usize,
    masks: impl Fn(&[u8; VIEW]) -> Option<Masks>,
    mut take: impl FnMut(&[u8; VIEW], Parts, usize) -> bool,
) -> (usize, Option<Odd>) {
    let mut taken = from;
    while let Some(view) = block.get(taken..).and_then(|rest| rest.first_chunk::<VIEW>()) {
        let Some(masks) = masks(view) else { break };
        let feed = masks.feeds.trailing_zeros();
        if feed >= 64 {
            break;
        }
        let end = taken + feed as usize + 1;
        match masks.parts(view, feed) {
            Ok(parts) if take(view, parts, end) => taken = end,
            Ok(_) => break,
            Err(parts) => return (taken, Some(Odd { parts, end })),
        }
    }
    (taken, None)
}

/// What an octet is, as bits of which one instruction makes masks: the sign bit says that it is a dot or a hyphen, the four bits
/// from [`OF_DOMAIN`] up that a domain may hold it, and all together that a local part may.
///
/// Octets fall into groups by their upper four bits, and each group has the lower four that belong to it. A bit may serve two
/// groups whose lower fours it does not confuse. An octet that is not ASCII has no bit, because the shuffle gives 0 for it.
const GROUPS: [(u8, &[u8], u16); 8] = [
    (0x80, &[2], 0b0110_0000_0000_0000),      // - .
    (0x40, &[4, 6], 0b1111_1111_1111_1110),   // A to O
    (0x20, &[5, 7], 0b0000_0111_1111_1111),   // P to Z
    (OF_DOMAIN, &[3], 0b0000_0011_1111_1111), // 0 to 9
    (0x08, &[2], 0b0000_1100_1101_0010),      // ! $ & ' * +
    (0x04, &[3, 6], 0b0010_0000_0000_0001),   // = `, and 0 and m, which have another bit besides
    (0x02, &[5], 0b1100_0000_0000_0000),      // ^ _
    (0x01, &[7], 0b0111_1000_0000_0000),      // { | } ~
];
/// The lowest bit of those that make an octet part of a domain.
pub(super) const OF_DOMAIN: u8 = 0x10;

/// The groups that hold an octet with these lower four bits, and those with these upper four.
pub(super) const BY_NIBBLE: ([u8; 32], [u8; 32]) = {
    let (mut lower, mut upper) = ([0; 32], [0; 32]);
    let mut group = 0;
    while group < GROUPS.len() {
        let (bit, rows, columns) = GROUPS[group];
        let mut nibble = 0;
        while nibble < 32 {
            if columns >> (nibble % 16) & 1 == 1 {
                lower[nibble] |= bit;
            }
            let mut row = 0;
            while row < rows.len() {
                if nibble % 16 == rows[row] as usize {
                    upper[nibble] |= bit;
                }
                row += 1;
            }
            nibble += 1;
        }
        group += 1;
    }
    (lower, upper)
};

// The groups say what the scan's classes say.
const _: () = {
    let mut octet = 0;
    while octet < 128 {
        let bits = BY_NIBBLE.0[octet & 15] & BY_NIBBLE.1[octet >> 4];
        assert!((bits >= OF_DOMAIN) == (CLASSES[octet] & DOMAIN != 0));
        assert!((bits != 0) == (CLASSES[octet] & LOCAL != 0));
        assert!((bits & 0x80 != 0) == (octet == b'.' as usize || octet == b'-' as usize));
        octet += 1;
    }
};

/// The tables in registers.
struct Kernel {
    lower: __m256i,
    upper: __m256i,
}

/// What a window holds, one bit for each octet.
pub(super) struct Masks {
    pub(super) feeds: u64,
    pub(super) dots: u64,
    /// Dots and hyphens.
    pub(super) points: u64,
    pub(super) of_local: u64,
    pub(super) of_domain: u64,
}

impl Kernel {
    #[target_feature(enable = "avx2")]
    fn new() -> Self {
        Self { lower: _mm256_loadu_si256(&BY_NIBBLE.0), upper: _mm256_loadu_si256(&BY_NIBBLE.1) }
    }

    /// The groups of each octet.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn groups(&self, octets: __m256i) -> __m256i {
        let nibbles = _mm256_and_si256(_mm256_srli_epi16::<4>(octets), _mm256_set1_epi8(15));
        _mm256_and_si256(_mm256_shuffle_epi8(self.lower, octets), _mm256_shuffle_epi8(self.upper, nibbles))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn masks(&self, view: &[u8; VIEW]) -> Option<Masks> {
        let (first, rest) = view.split_first_chunk::<32>()?;
        let (one, two) = (_mm256_loadu_si256(first), _mm256_loadu_si256(rest.first_chunk::<32>()?));
        let equal = |octet: u8| {
            let octet = _mm256_set1_epi8(octet.cast_signed());
            mask(_mm256_cmpeq_epi8(one, octet), _mm256_cmpeq_epi8(two, octet))
        };
        let (feeds, dots) = (equal(b'\n'), equal(b'.'));
        let (one, two) = (self.groups(one), self.groups(two));
        // What is at least so much gets its sign bit, and the sum stops at the top.
        let at_least = |least: u8| {
            let more = _mm256_set1_epi8((0x80 - least).cast_signed());
            mask(_mm256_adds_epu8(one, more), _mm256_adds_epu8(two, more))
        };
        Some(Masks { feeds, dots, points: mask(one, two), of_local: at_least(1), of_domain: at_least(OF_DOMAIN) })
    }
}

impl Masks {
    /// The parts of the line at the start of `view`, which ends at `feed`, where it is ordinary; else an error, with the parts where
    /// the local part at least is ordinary.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is part of a kernel, with the instructions of that kernel")]
    fn parts(self, view: &[u8; VIEW], feed: u32) -> Result<Parts, Option<Parts>> {
        let Self { dots, points, of_local, of_domain, .. } = self;
        // The first octet that no local part holds has to be the `@`.
        let at = (!of_local).trailing_zeros();
        if at >= feed || view.get(at as usize) != Some(&b'@') {
            return Err(None);
        }
        // One octet before the line feed is the `@` or stands behind it: it exists.
        let end = feed - u32::from(view.get(feed as usize - 1) == Some(&b'\r'));
        let line = up_to(end);
        let domain = line & !up_to(at + 1);
        let dots = dots & line;
        // Neither part may begin or end with a dot, and no dot may follow another; in the domain hyphens are like dots.
        let edges = dots | points & domain | 1 << at | 1 << end;
        let beside = edges & (edges << 1 | 1);
        let parts = Parts { at: at as usize, domain: (end - at - 1) as usize, line: feed as usize + 1 };
        // Of the octets of a domain, letters alone come behind the digits.
        let last = view.get(end as usize - 1).is_some_and(|&last| last > b'9');
        if domain & !of_domain | beside == 0 && dots & domain != 0 && last {
            return Ok(parts);
        }
        Err((beside & up_to(at + 1) == 0).then_some(parts))
    }
}

/// One bit for each octet of both halves of a window: its sign bit.
#[inline]
#[target_feature(enable = "avx2")]
fn mask(one: __m256i, two: __m256i) -> u64 {
    let half = |octets| u64::from(_mm256_movemask_epi8(octets).cast_unsigned());
    half(one) | half(two) << 32
}

/// Cells end at delimiters and at ends of lines behind an even number of quotes. Where each cell that begins with a quote ends with
/// another, and there are no quotes but these, none is part of a cell.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn record(block: &[u8], from: usize, delimiter: u8, cells: &mut Vec<Range<usize>>) -> Option<usize> {
    let (mut begin, mut start) = (from, from);
    let (mut quotes, mut pairs, mut open) = (0, 0, 0);
    loop {
        let window = block.get(start..)?.first_chunk::<64>()?;
        let marks = Marks::of(window, delimiter)?;
        // One bit for each octet behind an odd number of quotes; the last says so of the next window.
        let inside = parity(marks.quotes) ^ open;
        let mut ends = marks.ends & !inside;
        while ends != 0 {
            let at = ends.trailing_zeros();
            let end = start + at as usize;
            match block.get(begin..end)? {
                [b'"', .., b'"'] => {
                    pairs += 1;
                    cells.push(begin + 1..end - 1);
                }
                _ => cells.push(begin..end),
            }
            if window.get(at as usize) != Some(&delimiter) {
                quotes += (marks.quotes & up_to(at)).count_ones();
                return after_line(block, end).filter(|_| quotes == 2 * pairs);
            }
            begin = end + 1;
            ends &= ends - 1;
        }
        quotes += marks.quotes.count_ones();
        open = (inside.cast_signed() >> 63).cast_unsigned();
        start += 64;
    }
}

/// What a window of a table holds, one bit for each octet.
struct Marks {
    quotes: u64,
    /// Delimiters and ends of lines.
    ends: u64,
}

impl Marks {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn of(window: &[u8; 64], delimiter: u8) -> Option<Self> {
        let (first, rest) = window.split_first_chunk::<32>()?;
        let (one, two) = (_mm256_loadu_si256(first), _mm256_loadu_si256(rest.first_chunk::<32>()?));
        let equal = |octets, octet: u8| _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(octet.cast_signed()));
        let ends = |octets| {
            let lines = _mm256_or_si256(equal(octets, b'\n'), equal(octets, b'\r'));
            _mm256_or_si256(equal(octets, delimiter), lines)
        };
        Some(Self { quotes: mask(equal(one, b'"'), equal(two, b'"')), ends: mask(ends(one), ends(two)) })
    }
}

/// Each bit: whether an odd number of bits is set up to it.
fn parity(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].into_iter().fold(bits, |bits, shift| bits ^ bits << shift)
}

/// The bits below a position.
fn up_to(position: u32) -> u64 {
    (1 << position) - 1
}
