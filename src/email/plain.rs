//! Plain lists: lines of addresses, `#` at the start of a line begins a comment. Never asks what a line is for.

use std::io::{self, BufRead};
use std::sync::Arc;

use super::derive::{NoAddress, Remark};
use super::entry::{Entry, damage};
use super::lines::{MAX_RECORD, Outcome, next_line};
use super::taker::{ListError, Taken, Taker};
use super::{Address, AddressError, ProblemKind, split};

/// Reads a plain list to its end; the taker may have any lines that it takes by itself.
pub(super) fn read<E: From<ListError>>(input: impl BufRead, file: &Arc<str>, taker: &mut dyn Taker<E>) -> Result<(), E> {
    let mut reader = Reader { input, file, bytes: Vec::new(), number: 0 };
    loop {
        let before = reader.number;
        let block = reader.block()?;
        let Taken { mut octets, mut lines, left } = taker.lines(block, before)?;
        let rest = block.get(octets..).unwrap_or_default();
        let feed = memchr::memchr(b'\n', rest).filter(|&feed| left && feed <= MAX_RECORD);
        if let Some(feed) = feed {
            (octets, lines) = (octets + feed + 1, lines.saturating_add(1));
            line(rest.get(..feed).unwrap_or_default(), before.saturating_add(lines), taker)?;
        }
        reader.input.consume(octets);
        reader.number = before.saturating_add(lines);
        if left && feed.is_none() && !reader.next(taker)? {
            return Ok(());
        }
    }
}

struct Reader<'f, R> {
    input: R,
    file: &'f Arc<str>,
    bytes: Vec<u8>,
    /// Lines that were read.
    number: u32,
}

impl<R: BufRead> Reader<'_, R> {
    fn failed<E: From<ListError>>(&self, error: io::Error) -> E {
        ListError::Io(self.file.clone(), error).into()
    }

    /// What has been read and not been looked at; empty at the end.
    fn block<E: From<ListError>>(&mut self) -> Result<&[u8], E> {
        loop {
            match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(error)),
                Ok(_) => break,
            }
        }
        // What is in the buffer needs no reading: the second call cannot fail.
        self.input.fill_buf().map_err(|error| ListError::Io(self.file.clone(), error).into())
    }

    /// Hands on the entries of the next line, which may go on in the next block; says whether there was one.
    fn next<E: From<ListError>>(&mut self, taker: &mut dyn Taker<E>) -> Result<bool, E> {
        let outcome = next_line(&mut self.input, &mut self.bytes).map_err(|error| self.failed(error))?;
        self.number = self.number.saturating_add(1);
        match outcome {
            Outcome::End => return Ok(false),
            Outcome::Line => line(&self.bytes, self.number, taker)?,
            Outcome::TooLong => {
                let text = String::from_utf8_lossy(self.bytes.get(..256).unwrap_or_default());
                let why = format!("the line is longer than {MAX_RECORD} octets: put one address on a line");
                let why = Remark::new(ProblemKind::InvalidAddress, &text, why);
                taker.entry(Entry::refused(self.number, 1, &self.bytes, why))?;
            }
        }
        Ok(true)
    }
}

/// The entries of one line, given without its line feed.
pub(super) fn line<E>(bytes: &[u8], number: u32, taker: &mut dyn Taker<E>) -> Result<(), E> {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if bytes.starts_with(b"#") {
        return Ok(());
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return taker.entry(Entry::not_utf8(number, 1, bytes, error)),
    };
    if let Some(address) = Address::ordinary(text) {
        return taker.entry(Entry::ordinary(number, 1, text, address));
    }
    // Without an entry where what is wrong says it all: bad lists have one to refuse on every line.
    split::each(text, |piece| match &piece.address {
        Err(AddressError { column, fault }) if damage(piece.text).is_none() => {
            taker.no_address((number, *column), NoAddress { text: piece.text, fault })
        }
        _ => taker.entry(Entry::of_piece(piece, number, 1)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(bytes: &[u8]) -> Vec<String> {
        let mut found = Vec::new();
        let taker = &mut |entry: Entry<'_>| {
            let what = entry.found.as_ref().map_or_else(|refusal| refusal.message.clone(), ToString::to_string);
            found.push(format!("{}:{} {what}", entry.line, entry.column));
            Ok::<(), ListError>(())
        };
        read(bytes, &"l".into(), taker).expect("reads");
        found
    }

    #[test]
    fn comments_blank_lines_and_line_ends_are_no_entries() {
        assert_eq!(
            entries(b"# staff\r\n\r\n  \r\nann@b.example\r\n#x@y.example\nbob@b.example"),
            ["4:1 ann@b.example", "6:1 bob@b.example"]
        );
        assert_eq!(entries(b" #a@b.example\n"), ["1:2 #a@b.example"]);
    }

    #[test]
    fn a_line_in_another_encoding_is_refused_with_its_place() {
        let [bad, good] = &entries(b"J\xF6rg <j@b.example>\nann@b.example\n")[..] else { panic!("two entries") };
        assert!(bad.starts_with("1:2 ") && bad.contains("octet 2 is 0xF6") && bad.contains("save the list as UTF-8"), "{bad}");
        assert_eq!(good, "2:1 ann@b.example");
    }

    #[test]
    fn an_endless_line_is_one_refused_entry_and_the_next_line_is_read() {
        let mut bytes = b"a@b.example,".repeat(100_000);
        bytes.extend_from_slice(b"\nann@b.example\n");
        let [bad, good] = &entries(&bytes)[..] else { panic!("two entries") };
        assert!(bad.contains("longer than 1048576 octets"), "{bad}");
        assert_eq!(good, "2:1 ann@b.example");
    }
}
