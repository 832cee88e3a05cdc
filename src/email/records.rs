//! Cuts a table into records (RFC 4180) and knows where each cell stands. Never lets one open quote swallow the rest of a list.

use std::io::{self, Read};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::avx2::Avx2;
use super::characters;
use super::lines::MAX_RECORD;

/// How much is read at once, octets.
const CHUNK: usize = 64 * 1024;

/// What comes next in a table.
pub(super) enum Next {
    /// A record; its cells are at hand.
    Record,
    /// A quote is open to the end of the list or for longer than a record may be; the raw text is its first line only.
    Open,
    /// Nothing.
    End,
}

/// Cuts a table into records and keeps one of them, cells and raw text.
pub(super) struct Records<R> {
    input: R,
    core: Reader,
    avx2: Option<Avx2>,
    delimiter: u8,
    buffer: Vec<u8>,
    /// The raw text of the record at hand, blank lines before it left out.
    raw: std::ops::Range<usize>,
    ended: bool,
    /// The cells, one after the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
    cells: usize,
    /// Where the cells of a simple record stand in the buffer, instead.
    simple: Option<Vec<std::ops::Range<usize>>>,
    /// The line on which the record at hand begins.
    line: u32,
    /// The line on which the buffer goes on after it.
    next_line: u32,
}

impl<R: Read> Records<R> {
    /// Begins with the record on the line `first`.
    pub(super) fn new(input: R, delimiter: u8, first: u32) -> Self {
        Self {
            input,
            core: ReaderBuilder::new().delimiter(delimiter).build(),
            avx2: Avx2::detect(),
            delimiter,
            buffer: Vec::new(),
            raw: 0..0,
            ended: false,
            text: vec![0; 1024],
            ends: vec![0; 64],
            cells: 0,
            simple: None,
            line: first,
            next_line: first,
        }
    }

    /// Goes on to the next record.
    pub(super) fn next(&mut self) -> io::Result<Next> {
        let begin = self.raw.end;
        let mut cells = self.simple.take().unwrap_or_default();
        if let Some(end) = self.simple(&mut cells) {
            self.simple = Some(cells);
            self.place(begin, end);
            return Ok(Next::Record);
        }
        let (mut taken, mut written, mut cells) = (begin, 0, 0);
        loop {
            // An empty input tells the parser that the list has ended.
            if taken == self.buffer.len() && !self.ended {
                let kept = self.raw.end;
                if taken - kept > MAX_RECORD {
                    return self.open();
                }
                self.buffer.drain(..kept);
                self.raw = 0..0;
                taken -= kept;
                self.fill()?;
            }
            let input = self.buffer.get(taken..).unwrap_or_default();
            let (text, ends) = (self.text.get_mut(written..), self.ends.get_mut(cells..));
            let (result, read, wrote, ended) = self.core.read_record(input, text.unwrap_or_default(), ends.unwrap_or_default());
            (taken, written, cells) = (taken + read, written + wrote, cells + ended);
            match result {
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(Next::End),
                ReadRecordResult::InputEmpty => {}
            }
        }
        self.cells = cells;
        let begin = self.raw.end;
        self.place(begin, taken);
        if self.has_ended() && ends_in_quotes(self.raw(), self.delimiter) {
            self.raw = 0..begin;
            self.next_line = self.line - leading_lines(self.buffer.get(begin..).unwrap_or_default());
            return self.open();
        }
        Ok(Next::Record)
    }

    /// The cells of the next record, and its end, where it is whole in the buffer and each of its cells stands there as it is
    /// meant: bare, or in quotes without another inside. Most records are, and need not be copied octet by octet.
    fn simple(&self, cells: &mut Vec<std::ops::Range<usize>>) -> Option<usize> {
        let buffer = &self.buffer[..];
        let blank = buffer.get(self.raw.end..)?.iter().take_while(|byte| b"\r\n".contains(byte)).count();
        let mut at = self.raw.end + blank;
        cells.clear();
        if let Some(end) = self.avx2.and_then(|avx2| avx2.record(buffer, at, self.delimiter, cells)) {
            return Some(end);
        }
        cells.clear();
        loop {
            let quoted = buffer.get(at) == Some(&b'"');
            let begin = at + usize::from(quoted);
            let rest = buffer.get(begin..)?;
            let length = if quoted { memchr::memchr(b'"', rest)? } else { memchr::memchr3(self.delimiter, b'\n', b'\r', rest)? };
            cells.push(begin..begin + length);
            at = begin + length + usize::from(quoted);
            if buffer.get(at) != Some(&self.delimiter) {
                return after_line(buffer, at);
            }
            at += 1;
        }
    }

    /// Whether the record at hand is the last and ends where the input does.
    pub(super) fn has_ended(&self) -> bool {
        self.ended && self.is_drained()
    }

    /// The line on which the record at hand begins.
    pub(super) fn line(&self) -> u32 {
        self.line
    }

    /// Whether nothing is left in the buffer but ends of lines.
    fn is_drained(&self) -> bool {
        self.buffer.get(self.raw.end..).unwrap_or_default().iter().all(|byte| b"\r\n".contains(byte))
    }

    fn fill(&mut self) -> io::Result<()> {
        let length = self.buffer.len();
        self.buffer.resize(length + CHUNK, 0);
        let got = loop {
            match self.input.read(self.buffer.get_mut(length..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer.truncate(length + *got.as_ref().unwrap_or(&0));
        self.ended = got? == 0;
        Ok(())
    }

    /// Gives up on the record that begins where the last one ended: its first line alone is dropped.
    fn open(&mut self) -> io::Result<Next> {
        self.core.reset();
        let begin = self.raw.end;
        let rest = self.buffer.get(begin..).unwrap_or_default();
        let content = rest.iter().position(|byte| !b"\r\n".contains(byte)).unwrap_or_default();
        let end = rest.iter().skip(content).position(|&byte| byte == b'\n').map(|end| begin + content + end + 1);
        self.place(begin, end.unwrap_or(self.buffer.len()));
        if end.is_none() {
            self.skip_line()?;
        }
        Ok(Next::Open)
    }

    /// Skips what is left of a line that is longer than the buffer may be.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let mut rest = std::mem::take(&mut self.buffer);
            self.fill()?;
            let found = self.buffer.iter().position(|&byte| byte == b'\n');
            if found.is_none() && !self.ended {
                self.buffer = rest;
                continue;
            }
            let end = found.unwrap_or(self.buffer.len());
            rest.extend_from_slice(self.buffer.get(end..).unwrap_or_default());
            self.buffer = rest;
            return Ok(());
        }
    }

    /// Notes where the record at hand stands.
    fn place(&mut self, begin: usize, end: usize) {
        let bytes = self.buffer.get(begin..end).unwrap_or_default();
        let blank = bytes.iter().take_while(|byte| b"\r\n".contains(byte)).count();
        self.line = self.next_line.saturating_add(leading_lines(bytes));
        self.next_line = self.next_line.saturating_add(lines(bytes));
        self.raw = begin + blank..end;
    }

    /// The raw text of the record at hand, without the end of its line.
    pub(super) fn raw(&self) -> &[u8] {
        self.buffer.get(self.raw.clone()).unwrap_or_default().trim_ascii_end()
    }

    /// The same as UTF-8, what is not replaced.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(self.raw()).into_owned()
    }

    /// The cells of the record at hand.
    pub(super) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        let count = self.simple.as_ref().map_or(self.cells, Vec::len);
        (0..count).filter_map(|position| self.cell(position))
    }

    /// One of them, by its position.
    pub(super) fn cell(&self, position: usize) -> Option<&[u8]> {
        if let Some(cells) = &self.simple {
            return self.buffer.get(cells.get(position)?.clone());
        }
        let ends = self.ends.get(..self.cells)?;
        let start = position.checked_sub(1).map_or(Some(0), |before| ends.get(before).copied())?;
        self.text.get(start..*ends.get(position)?)
    }

    /// Line and column of a cell's content, in the list.
    pub(super) fn cell_start(&self, cell: usize) -> (u32, u32) {
        let raw = self.buffer.get(self.raw.clone()).unwrap_or_default();
        let at = cell_offset(raw, self.delimiter, cell);
        let before = raw.get(..at).unwrap_or_default();
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |feed| feed + 1);
        let in_line = before.get(line_start..).unwrap_or_default();
        (self.line.saturating_add(lines(before)), characters::count(in_line).saturating_add(1))
    }
}

/// The position after the end of a line, where that is whole.
pub(super) fn after_line(block: &[u8], at: usize) -> Option<usize> {
    match block.get(at..)? {
        [b'\n', ..] => Some(at + 1),
        [b'\r', b'\n', ..] => Some(at + 2),
        _ => None,
    }
}

fn lines(bytes: &[u8]) -> u32 {
    // Most records are one line.
    if memchr::memchr(b'\n', bytes).is_some_and(|feed| feed + 1 == bytes.len()) {
        return 1;
    }
    u32::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}

fn leading_lines(bytes: &[u8]) -> u32 {
    let blank = bytes.iter().take_while(|byte| b"\r\n".contains(byte)).count();
    lines(bytes.get(..blank).unwrap_or_default())
}

/// The byte at which the content of a cell begins, after its quote.
fn cell_offset(raw: &[u8], delimiter: u8, cell: usize) -> usize {
    let mut walk = Walk::new(raw, delimiter);
    while !(walk.begins && walk.cell == cell) {
        if walk.step().is_none() {
            return raw.len();
        }
    }
    walk.at + usize::from(raw.get(walk.at) == Some(&b'"'))
}

/// Whether the last cell of a record has a quote before it and none behind it.
fn ends_in_quotes(raw: &[u8], delimiter: u8) -> bool {
    let mut walk = Walk::new(raw, delimiter);
    while walk.step().is_some() {}
    walk.quoted
}

/// A way through the raw text of a record, octet by octet.
struct Walk<'a> {
    raw: &'a [u8],
    delimiter: u8,
    cell: usize,
    at: usize,
    /// Whether a cell begins here: only there does a quote open anything.
    begins: bool,
    quoted: bool,
}

impl<'a> Walk<'a> {
    fn new(raw: &'a [u8], delimiter: u8) -> Self {
        Self { raw, delimiter, cell: 0, at: 0, begins: true, quoted: false }
    }

    /// Goes over one octet, or over a quote that is written twice; `None` at the end.
    fn step(&mut self) -> Option<()> {
        let byte = *self.raw.get(self.at)?;
        match byte {
            b'"' if self.begins => self.quoted = true,
            b'"' if self.quoted && self.raw.get(self.at + 1) == Some(&b'"') => self.at += 1,
            b'"' if self.quoted => self.quoted = false,
            _ => {}
        }
        self.begins = byte == self.delimiter && !self.quoted;
        self.cell += usize::from(self.begins);
        self.at += 1;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All records by the csv crate, which keeps to the same grammar and knows no short cut.
    fn by_csv(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        let records = reader.byte_records().map(|record| record.expect("bytes").iter().map(<[u8]>::to_vec).collect());
        records.collect()
    }

    /// All records and where each begins, with this processor's vectors or without; `None` where a quote is left open.
    fn cut(text: &[u8], delimiter: u8, avx2: Option<Avx2>) -> Option<Vec<(u32, Vec<Vec<u8>>)>> {
        let mut records = Records { avx2, ..Records::new(text, delimiter, 1) };
        let mut found = Vec::new();
        loop {
            match records.next().expect("reads") {
                Next::Record => found.push((records.line(), records.cells().map(<[u8]>::to_vec).collect())),
                Next::Open => return None,
                Next::End => return Some(found),
            }
            let line = usize::try_from(records.line()).expect("small");
            let begins = text.split(|&octet| octet == b'\n').take(line - 1).map(|line| line.len() + 1).sum::<usize>();
            assert!(text.get(begins..).is_some_and(|rest| rest.starts_with(records.raw())) || text.contains(&b'\r'));
        }
    }

    /// Holds the ways to cut a table against each other and against the csv crate.
    fn compare(text: &[u8]) {
        let [one, other] = [Avx2::detect(), None].map(|avx2| cut(text, b',', avx2));
        assert_eq!(one, other, "{:?}", String::from_utf8_lossy(text));
        if let Some(found) = one {
            let found: Vec<Vec<Vec<u8>>> = found.into_iter().map(|(_, cells)| cells).collect();
            assert_eq!(found, by_csv(text), "{:?}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn cells_of_every_length_are_cut_alike_at_every_alignment() {
        for length in 0..=130 {
            let filler = "x".repeat(length);
            let cells = format!("{filler},b,\"{filler}\",\"{filler},\n\",,\"\"\r\n");
            let rows = (0..64).map(|alignment| format!("{}{cells}", "\n".repeat(alignment))).collect::<Vec<_>>().concat();
            compare(rows.as_bytes());
        }
    }

    #[test]
    fn every_octet_at_every_position_cuts_alike() {
        let row = b"\"a, b\",c@d.example,\"\",,x\r\n";
        for position in 0..row.len() {
            for octet in 0..=255 {
                let mut text = row.repeat(4);
                text[row.len() + position] = octet;
                text.extend_from_slice(&b"\"y\",z\n".repeat(20));
                compare(&text);
            }
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(2048))]
        #[test]
        fn simple_records_are_cut_as_all_others(text in "([ab@]{0,3}|\"[ab,\n]{0,3}\"|\"\"|\"a\"\"b\"|a\"b)?([,\n]|\r\n|\r|,,|\n\n|[ab]){0,12}(,\"x\",\r\n|a,b\n|\"\",\n){0,6}") {
            compare(text.as_bytes());
        }

        #[test]
        fn long_records_are_cut_as_all_others(
            text in "(([ab@ ]{0,90}|\"[ab,\r\n]{0,90}\"|\"a{0,40}\"\"b\"|a\"b|\"a\"b|\")?([,\n]|\r\n|\r|,,|\n\n)){0,24}",
            after in "(\"x{1,9}\",y{1,90}\n){0,6}",
        ) {
            compare(format!("{text}{after}").as_bytes());
        }

        #[test]
        fn any_delimiter_cuts_alike(text in "([ab;,|\t]{0,40}|\"[ab;,|\t]{0,40}\"|\n){0,24}\n[ab;]{64}\n") {
            for delimiter in *b",;|\t" {
                let [one, other] = [Avx2::detect(), None].map(|avx2| cut(text.as_bytes(), delimiter, avx2));
                proptest::prop_assert_eq!(one, other);
            }
        }
    }
}
