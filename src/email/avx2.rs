//! Ordinary lines, 64 octets at a time (AVX2). Never takes a line that the one-pass scan (`ordinary`) leaves, nor another part of it.
//!
//! A line is looked at through a window of 64 octets: masks say, one bit for each octet, where the line feed, the `@`, dots and
//! hyphens are and which octets have no place in either part, and a handful of operations on them decides. A line that does not
//! fit into the window, that is near the end of its block or that is not ordinary is left to the scan. A test holds both
//! against each other.

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_set1_epi8, _mm256_setzero_si256,
    _mm256_shuffle_epi8, _mm256_srli_epi16,
};

use safe_unaligned_simd::x86_64::_mm256_loadu_si256;

use super::batch::{Batch, Prefix, VIEW};
use super::ordinary::{CLASSES, DOMAIN, LOCAL, Parts};

/// Proof that this processor has what the kernel needs; there is no other way to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2(());

impl Avx2 {
    /// Asks the processor.
    pub(super) fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2");
        has.then_some(Self(()))
    }

    /// Derives ordinary lines of a block, the first of which begins at `from`, while they fit into the window and the batch takes
    /// them; gives the end of the last.
    #[expect(clippy::unused_self, reason = "the value is the proof")]
    pub(super) fn lines(self, block: &[u8], from: usize, prefix: &Prefix, batch: &mut Batch) -> usize {
        #[expect(unsafe_code, reason = "calling what needs AVX2, BMI1 and BMI2; the code itself is safe")]
        // SAFETY: a value of this type exists only where `detect` found all three.
        unsafe {
            lines(block, from, prefix, batch)
        }
    }
}

#[target_feature(enable = "avx2,bmi1,bmi2")]
fn lines(block: &[u8], from: usize, prefix: &Prefix, batch: &mut Batch) -> usize {
    let kernel = Kernel::new();
    let mut taken = from;
    while let Some(view) = block.get(taken..).and_then(|rest| rest.first_chunk::<VIEW>()) {
        let Some(parts) = kernel.parts(view) else { break };
        if !batch.derive(view, parts, prefix, taken + parts.line) {
            break;
        }
        taken += parts.line;
    }
    taken
}

/// By the lower four bits of an octet: the upper four with which it belongs to the class, a bit for each of 2 to 7. An octet
/// that is not ASCII has none, because the shuffle gives 0 for it.
const fn nibbles(class: u8) -> [u8; 32] {
    let mut table = [0; 32];
    let mut octet = 0x20;
    while octet < 0x80 {
        if CLASSES[octet] & class != 0 {
            let bit = 1 << ((octet >> 4) - 2);
            table[octet & 15] |= bit;
            table[(octet & 15) + 16] |= bit;
        }
        octet += 1;
    }
    table
}

const OF_LOCAL: [u8; 32] = nibbles(LOCAL);
const OF_DOMAIN: [u8; 32] = nibbles(DOMAIN);
/// By the upper four bits of an octet: its bit in the tables above.
const UPPER_NIBBLES: [u8; 32] = {
    let mut table = [0; 32];
    let mut nibble = 2;
    while nibble < 8 {
        table[nibble] = 1 << (nibble - 2);
        table[nibble + 16] = table[nibble];
        nibble += 1;
    }
    table
};

/// The tables in registers.
struct Kernel {
    of_local: __m256i,
    of_domain: __m256i,
    upper: __m256i,
}

impl Kernel {
    #[target_feature(enable = "avx2")]
    fn new() -> Self {
        Self {
            of_local: _mm256_loadu_si256(&OF_LOCAL),
            of_domain: _mm256_loadu_si256(&OF_DOMAIN),
            upper: _mm256_loadu_si256(&UPPER_NIBBLES),
        }
    }

    /// Octets outside both classes, as masks: (local part, domain).
    #[inline]
    #[target_feature(enable = "avx2")]
    fn foreign(&self, octets: __m256i) -> (u64, u64) {
        let nibbles = _mm256_and_si256(_mm256_srli_epi16::<4>(octets), _mm256_set1_epi8(15));
        let bits = _mm256_shuffle_epi8(self.upper, nibbles);
        let outside = |table| {
            let class = _mm256_and_si256(_mm256_shuffle_epi8(table, octets), bits);
            mask(_mm256_cmpeq_epi8(class, _mm256_setzero_si256()))
        };
        (outside(self.of_local), outside(self.of_domain))
    }

    /// The parts of the line at the start of `view`, where it is ordinary and ends within 64 octets.
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn parts(&self, view: &[u8; VIEW]) -> Option<Parts> {
        let (first, rest) = view.split_first_chunk::<32>()?;
        let (one, two) = (_mm256_loadu_si256(first), _mm256_loadu_si256(rest.first_chunk::<32>()?));
        let equal = |octet: u8| {
            let octet = _mm256_set1_epi8(octet.cast_signed());
            mask(_mm256_cmpeq_epi8(one, octet)) | mask(_mm256_cmpeq_epi8(two, octet)) << 32
        };
        let (feed, at) = (equal(b'\n').trailing_zeros(), equal(b'@').trailing_zeros());
        if feed >= 64 || at >= feed {
            return None;
        }
        // One octet before the line feed is the `@` or stands behind it: it exists.
        let last = view.get(feed as usize - 1).copied()?;
        let end = feed - u32::from(last == b'\r');
        let ((local_one, domain_one), (local_two, domain_two)) = (self.foreign(one), self.foreign(two));
        let (not_local, not_domain) = (local_one | local_two << 32, domain_one | domain_two << 32);
        let up_to = |position: u32| (1_u64 << position) - 1;
        let (local, line) = (up_to(at), up_to(end));
        let domain = line & !local & !(1 << at);
        let (dots, hyphens) = (equal(b'.') & line, equal(b'-') & domain);
        // Neither part may begin or end with a dot, and no dot may follow another.
        let edges = 1 << at | 1 << end;
        let near_dots = (dots | edges) << 1 | 1 | edges >> 1;
        // In the domain, no hyphen stands at the edge of a label or beside another.
        let bounds = dots | edges;
        let near_hyphens = bounds << 1 | bounds >> 1 | hyphens << 1;
        let wrong = not_local & local | not_domain & domain | dots & near_dots | hyphens & near_hyphens;
        let last = view.get(end as usize - 1).copied()?;
        // Of the octets of a domain, letters alone come behind the digits.
        let good = wrong == 0 && at > 0 && dots & domain != 0 && last > b'9';
        let (at, end) = (at as usize, end as usize);
        good.then_some(Parts { at, domain: end - at - 1, line: feed as usize + 1 })
    }
}

/// One bit for each octet that is all ones.
#[inline]
#[target_feature(enable = "avx2")]
fn mask(octets: __m256i) -> u64 {
    u64::from(_mm256_movemask_epi8(octets).cast_unsigned())
}
