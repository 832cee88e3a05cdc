//! The text of a file that was read, and where its lines begin. Never opens the file.

use std::ops::Range;
use std::sync::Arc;

use memchr::memchr_iter;

use crate::place::Place;

/// The text of imctl.toml or of a domain list.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) path: Arc<str>,
    pub(super) text: Arc<String>,
    /// The byte at which each line begins.
    starts: Vec<usize>,
    /// Whether bytes are characters, so that columns need no counting.
    ascii: bool,
}

/// Some bytes of one of the files that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    /// Which file: 0 is imctl.toml, the others are domain lists in the order in which they were read.
    pub(super) file: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Spot {
    pub(super) fn new(file: usize, bytes: Range<usize>) -> Self {
        Self { file, start: bytes.start, end: bytes.end }
    }
}

impl Source {
    pub(super) fn new(path: &str, text: String) -> Self {
        let starts = std::iter::once(0).chain(memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        Self { path: path.into(), ascii: text.is_ascii(), text: Arc::new(text), starts }
    }

    /// Line and column of a byte, 1-based.
    pub(super) fn place(&self, byte: usize) -> Place {
        let line = self.line_at(byte);
        let start = self.starts[line];
        let before = self.text.get(start..byte);
        let column = if self.ascii { byte - start } else { before.map_or(byte - start, |text| text.chars().count()) };
        let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
        Place::new(Arc::clone(&self.path), number(line), number(column))
    }

    /// The line that holds a byte, counted from 0.
    pub(super) fn line_at(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    /// The bytes of some lines, counted from 0, without the last line break.
    pub(super) fn lines(&self, lines: Range<usize>) -> Range<usize> {
        let end = self.starts.get(lines.end).map_or(self.text.len(), |next| next - 1);
        self.starts[lines.start]..end
    }
}
