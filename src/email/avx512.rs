//! Ordinary lines, the 64 octets of a window at once (AVX-512). Never takes another line than AVX2 does (`avx2`).

use std::arch::x86_64::{
    _mm512_and_si512, _mm512_broadcast_i64x4, _mm512_cmpeq_epi8_mask, _mm512_cmpge_epu8_mask, _mm512_movepi8_mask,
    _mm512_set1_epi8, _mm512_shuffle_epi8, _mm512_srli_epi16, _mm512_test_epi8_mask,
};

use safe_unaligned_simd::x86_64::{_mm256_loadu_si256, _mm512_loadu_epi8};

use super::avx2::{BY_NIBBLE, Masks, OF_DOMAIN, walk};
use super::batch::VIEW;
use super::ordinary::{Odd, Parts};

/// As by AVX2, where a mask takes six instructions, and here two.
#[target_feature(enable = "avx512f,avx512bw,bmi1,bmi2")]
pub(super) fn lines(block: &[u8], from: usize, take: impl FnMut(&[u8; VIEW], Parts, usize) -> bool) -> (usize, Option<Odd>) {
    let lower = _mm512_broadcast_i64x4(_mm256_loadu_si256(&BY_NIBBLE.0));
    let upper = _mm512_broadcast_i64x4(_mm256_loadu_si256(&BY_NIBBLE.1));
    let masks = |view: &[u8; VIEW]| {
        let octets = _mm512_loadu_epi8(view.first_chunk::<64>()?);
        let nibbles = _mm512_and_si512(_mm512_srli_epi16::<4>(octets), _mm512_set1_epi8(15));
        let (lower, upper) = (_mm512_shuffle_epi8(lower, octets), _mm512_shuffle_epi8(upper, nibbles));
        let groups = _mm512_and_si512(lower, upper);
        let equal = |octet: u8| _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8(octet.cast_signed()));
        Some(Masks {
            feeds: equal(b'\n'),
            dots: equal(b'.'),
            points: _mm512_movepi8_mask(groups),
            of_local: _mm512_test_epi8_mask(lower, upper),
            of_domain: _mm512_cmpge_epu8_mask(groups, _mm512_set1_epi8(OF_DOMAIN.cast_signed())),
        })
    };
    walk(block, from, masks, take)
}
