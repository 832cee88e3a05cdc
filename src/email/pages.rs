//! Memory that is looked at all over, by the page. Never gives back a part of it.
//!
//! To find an address among millions is to wait for memory, and in part for word of where its page lies. Of pages of 2 MiB the
//! processor remembers where they all lie; the system gives them to those who ask.

use std::alloc::{Layout, handle_alloc_error};

use memmap2::MmapMut;

/// The octets of a huge page, where there are any; a mapping of such a length begins at a multiple of it.
pub(super) const HUGE: usize = 2 * 1024 * 1024;

/// Octets, zero at first, at the start of a page.
#[derive(Debug, Default)]
pub(super) struct Pages(Option<MmapMut>);

impl Pages {
    /// So many octets, of which those that nobody touches take no memory, unless they are whole huge pages.
    pub(super) fn new(octets: usize) -> Self {
        // As where any other memory cannot be had.
        let refused = |_| handle_alloc_error(Layout::array::<u8>(octets).unwrap_or(Layout::new::<u8>()));
        let map = MmapMut::map_anon(octets).unwrap_or_else(refused);
        #[cfg(target_os = "linux")]
        if octets.is_multiple_of(HUGE) {
            // Where the system has none, small ones serve.
            let _ = map.advise(memmap2::Advice::HugePage);
        }
        Self(Some(map))
    }

    /// All of it in pieces of equal length, without what is left over.
    pub(super) fn pieces<const N: usize>(&self) -> &[[u8; N]] {
        self.0.as_deref().unwrap_or_default().as_chunks().0
    }

    /// The same, to be written to.
    pub(super) fn pieces_mut<const N: usize>(&mut self) -> &mut [[u8; N]] {
        self.0.as_deref_mut().unwrap_or_default().as_chunks_mut().0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_zero_at_first_and_keep_what_is_written() {
        for octets in [4096, 6144, 2 * HUGE] {
            let mut pages = Pages::new(octets);
            assert_eq!(pages.pieces::<1>().len(), octets);
            assert!(pages.pieces::<8>().iter().all(|piece| *piece == [0; 8]));
            let pieces = pages.pieces_mut::<7>();
            assert_eq!(pieces.len(), octets / 7);
            *pieces.last_mut().expect("some") = [7; 7];
            assert_eq!(pages.pieces::<1>().iter().filter(|octet| **octet == [7]).count(), 7);
        }
        assert!(Pages::default().pieces::<1>().is_empty());
    }
}
