//! A JSON document of many lines, safe for a terminal, written while it is made: a report of ten thousand domains is never held as text.

use std::io::{self, Write};

use serde::Serialize;

use super::printable::json_printable;

/// As much as is handed on at a time.
const CHUNK: usize = 64 * 1024;

/// Writes a document.
pub(super) fn write_document(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut chunks = Chunks { text: Vec::with_capacity(CHUNK + CHUNK / 4), out };
    serde_json::to_writer_pretty(&mut chunks, document)?;
    chunks.write_all(b"\n")?;
    chunks.flush()
}

/// Puts the million pieces of a document together, and makes what it hands on printable.
struct Chunks<'o> {
    text: Vec<u8>,
    out: &'o mut dyn Write,
}

impl Write for Chunks<'_> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.write_all(piece).map(|()| piece.len())
    }

    #[inline]
    fn write_all(&mut self, piece: &[u8]) -> io::Result<()> {
        self.text.extend_from_slice(piece);
        if self.text.len() < CHUNK { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> io::Result<()> {
        // The serializer takes strings apart into strings: no piece ends within a character.
        let text = std::str::from_utf8(&self.text).map_err(io::Error::other)?;
        self.out.write_all(json_printable(text).as_bytes())?;
        self.text.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_document_is_what_it_would_be_in_one_piece() {
        let texts: Vec<_> = (0..2000).map(|n| format!("{n}: \u{9b}31m, b\u{fc}cher, \u{202e}, \"quoted\"\n")).collect();
        let mut chunked = Vec::new();
        write_document(&texts, &mut chunked).expect("memory takes it");
        let whole = serde_json::to_string_pretty(&texts).expect("texts are JSON");
        assert_eq!(String::from_utf8_lossy(&chunked), format!("{}\n", json_printable(&whole)));
    }
}
