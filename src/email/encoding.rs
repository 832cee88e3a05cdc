//! Turns the encodings of exports into UTF-8 (rvp.md 4.1). Never guesses a code page: what is not UTF-16 is passed on as it is.

use std::io::{self, Cursor, Read};

use encoding_rs::{UTF_16BE, UTF_16LE};

/// How much of the input decides about its encoding, octets.
const HEAD: usize = 4096;
/// How much is decoded at once, octets.
const CHUNK: usize = 16 * 1024;

/// A reader of UTF-8 without a byte order mark. An unpaired surrogate comes out as U+FFFD; octets of an input that is
/// not UTF-16 come out as they went in, valid UTF-8 or not.
pub(super) struct Utf8Reader<R> {
    raw: io::Chain<Cursor<Vec<u8>>, R>,
    /// `None` for UTF-8.
    decoder: Option<Box<encoding_rs::Decoder>>,
    decoded: Cursor<String>,
    ended: bool,
}

impl<R: Read> Utf8Reader<R> {
    /// Looks at the beginning and decides.
    pub(super) fn new(mut reader: R) -> io::Result<Self> {
        let mut head = Vec::new();
        reader.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
        let decoder = utf_16(&head).map(|encoding| Box::new(encoding.new_decoder_with_bom_removal()));
        let mut head = Cursor::new(head);
        if decoder.is_none() && head.get_ref().starts_with(b"\xEF\xBB\xBF") {
            head.set_position(3);
        }
        Ok(Self { raw: head.chain(reader), decoder, decoded: Cursor::default(), ended: false })
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else {
            return self.raw.read(buffer);
        };
        loop {
            let taken = self.decoded.read(buffer)?;
            if taken > 0 || buffer.is_empty() || self.ended {
                return Ok(taken);
            }
            let mut chunk = vec![0; CHUNK];
            let length = self.raw.read(&mut chunk)?;
            self.ended = length == 0;
            let source = chunk.get(..length).unwrap_or_default();
            let mut text = String::with_capacity(decoder.max_utf8_buffer_length(length).unwrap_or(4 * CHUNK));
            // The room is enough for all of the chunk, so one call takes it whole.
            let _ = decoder.decode_to_string(source, &mut text, self.ended);
            self.decoded = Cursor::new(text);
        }
    }
}

/// UTF-16 by its byte order mark, or by its look: every other octet of what is mostly ASCII is zero.
fn utf_16(head: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match head {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let pairs: Vec<(bool, bool)> =
        head.chunks_exact(2).filter_map(|pair| Some((*pair.first()? == 0, *pair.get(1)? == 0))).collect();
    let count = |wanted| pairs.iter().filter(|&&pair| pair == wanted).count();
    let most = |found: usize| pairs.len() >= 2 && found * 10 >= pairs.len() * 7;
    match pairs.first()? {
        (false, true) if most(count((false, true))) => Some(UTF_16LE),
        (true, false) if most(count((true, false))) => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        Utf8Reader::new(bytes).and_then(|mut reader| reader.read_to_end(&mut out)).expect("reads");
        out
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn utf_8_passes_and_loses_its_mark_only() {
        for text in ["", "a", "ann@example.com\n", "jörg@example.com\r\n"] {
            assert_eq!(read(text.as_bytes()), text.as_bytes());
            assert_eq!(read(format!("\u{feff}{text}").as_bytes()), text.as_bytes());
        }
        assert_eq!(read(b"j\xF6rg"), b"j\xF6rg");
        assert_eq!(read(b"ab\0cd\0\0ef"), b"ab\0cd\0\0ef");
    }

    #[test]
    fn utf_16_is_known_by_its_mark_and_by_its_look() {
        let text = "ann@example.com\r\njörg@example.com\r\n";
        for big in [false, true] {
            assert_eq!(read(&utf16(text, big)), text.as_bytes());
            assert_eq!(read(&utf16(&format!("\u{feff}{text}"), big)), text.as_bytes());
        }
    }

    #[test]
    fn long_utf_16_is_decoded_across_chunks_and_a_torn_end_is_marked() {
        let text = "jörg.𝒳@example.com\n".repeat(5000);
        let mut bytes = utf16(&format!("\u{feff}{text}"), false);
        assert_eq!(read(&bytes), text.as_bytes());
        bytes.push(b'a');
        assert_eq!(read(&bytes), format!("{text}\u{fffd}").as_bytes());
    }
}
