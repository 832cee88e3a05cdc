//! In place of `avx2` on processors of another kind. Never derives or cuts anything.

use std::ops::Range;

use super::batch::VIEW;
use super::ordinary::{Odd, Parts};

/// What no processor of this kind has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Avx2 {}

impl Avx2 {
    /// Nothing.
    pub(super) fn detect() -> Option<Self> {
        None
    }

    /// Never called.
    #[cfg(test)]
    pub(super) fn narrow(self) -> Self {
        self
    }

    /// Never called.
    pub(super) fn lines(self, _: &[u8], _: usize, _: impl FnMut(&[u8; VIEW], Parts, usize) -> bool) -> (usize, Option<Odd>) {
        match self {}
    }

    /// Never called.
    pub(super) fn record(self, _: &[u8], _: usize, _: u8, _: &mut Vec<Range<usize>>) -> Option<usize> {
        match self {}
    }
}
