//! What takes the entries of a list as they are read, and why a list cannot be read. Never reads one.

use std::io;
use std::sync::Arc;

use super::columns::ColumnsError;
use super::derive::{NoAddress, Remark};
use super::entry::Entry;

/// Takes what a list holds, in order; an error of its own ends the reading. A function of an [`Entry`] is one.
pub trait Taker<E> {
    /// Takes an entry.
    fn entry(&mut self, entry: Entry<'_>) -> Result<(), E>;

    /// Takes what stands at a line and a column and gives no address.
    fn no_address(&mut self, (line, column): (u32, u32), what: NoAddress<'_>) -> Result<(), E> {
        self.entry(Entry::refused(line, column, what.text.as_bytes(), Remark::of_fault(what.text, what.fault)))
    }

    /// Takes lines of a plain list from the start of a block, `before` which stand as many.
    fn lines(&mut self, _block: &[u8], _before: u32) -> Result<Taken, E> {
        Ok(Taken { octets: 0, lines: 0, left: true })
    }

    /// Takes a value that may be one ordinary address, about which there is nothing else to say; `place` gives its line and
    /// column. Says whether it did; if not, the value comes again as entries.
    fn value(&mut self, _text: &[u8], _place: &dyn Fn() -> (u32, u32)) -> Result<bool, E> {
        Ok(false)
    }
}

impl<E, F: FnMut(Entry<'_>) -> Result<(), E>> Taker<E> for F {
    fn entry(&mut self, entry: Entry<'_>) -> Result<(), E> {
        self(entry)
    }
}

/// How far lines were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Octets of the block.
    pub octets: usize,
    /// The same in lines.
    pub lines: u32,
    /// Whether the next line is to come as entries; else it comes again, among lines.
    pub left: bool,
}

/// Why a list cannot be read at all. The messages name the file and the fix.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The system says so.
    #[error("{0}: it cannot be read")]
    Io(Arc<str>, #[source] io::Error),
    /// It is no list of a kind that is read.
    #[error("{0}: it looks like {1}")]
    Format(Arc<str>, &'static str),
    /// The column with the addresses is not known.
    #[error("{0}: {1}")]
    Columns(Arc<str>, ColumnsError),
}
