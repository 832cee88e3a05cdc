//! Tables: where one begins, and the address of every row. Never cuts a row into cells.

use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::Arc;

use super::attributes::{Meaning, is_suspended};
use super::characters::is_empty;
use super::columns::Columns;
use super::derive::Remark;
use super::entry::{Entry, Owner, Value};
use super::records::{Next, Records};
use super::taker::{ListError, Taker};
use super::{ProblemKind, hex, proxies, sniff};

/// The delimiters that are looked for, likeliest first.
pub(super) const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];
/// How many records decide what the columns hold.
const SAMPLE: usize = 32;

/// Where a table begins and how it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// Octets before the first record.
    pub(super) skip: usize,
    /// Lines before the first record.
    pub(super) lines: u32,
    /// What separates cells.
    pub(super) delimiter: u8,
    /// Whether a `sep=` or `#TYPE` line says that this is a table.
    pub(super) declared: bool,
}

impl Start {
    /// The likeliest start of a table.
    pub(super) fn guess(head: &[u8], whole: bool) -> Self {
        let mut start = Self { skip: 0, lines: 0, delimiter: b',', declared: false };
        let mut said = None;
        loop {
            let rest = head.get(start.skip..).unwrap_or_default();
            let end = rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |end| end + 1);
            let line = rest.get(..end).unwrap_or_default().trim_ascii();
            let bare = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
            let separator = match (rest, bare) {
                // The tab of `sep=` is trimmed with the line's end.
                ([b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', byte, ..], _) => Some(*byte),
                (_, [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', byte]) => Some(*byte),
                _ => None,
            };
            // Comments before a table are no part of CSV, but people write them.
            let comment = bare.starts_with(b"# ");
            if end == 0 || (separator.is_none() && !comment && !bare.starts_with(b"#TYPE ")) {
                break;
            }
            said =
                said.or(separator.filter(u8::is_ascii).filter(|byte| !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(byte)));
            start = Self { skip: start.skip + end, lines: start.lines + 1, declared: start.declared || !comment, ..start };
        }
        start.delimiter = said.unwrap_or_else(|| sniff::delimiter(&start, head, whole));
        start
    }

    /// The first records, invalid UTF-8 replaced; a record that the head cuts off is left out.
    pub(super) fn sample(&self, head: &[u8], whole: bool) -> Vec<Vec<String>> {
        let mut records = Records::new(head.get(self.skip..).unwrap_or_default(), self.delimiter, self.lines + 1);
        let mut sample = Vec::new();
        while sample.len() < SAMPLE {
            match records.next() {
                Ok(Next::Record) if whole || !records.has_ended() => {
                    sample.push(records.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect());
                }
                Ok(Next::Open) if whole => {}
                _ => break,
            }
        }
        sample
    }
}

/// Reads a table to its end.
pub(super) fn read<E: From<ListError>>(
    mut input: impl Read,
    file: &Arc<str>,
    start: Start,
    columns: &Columns,
    taker: &mut dyn Taker<E>,
) -> Result<(), E> {
    let failed = |error| E::from(ListError::Io(file.clone(), error));
    io::copy(&mut input.by_ref().take(start.skip as u64), &mut io::sink()).map_err(failed)?;
    let mut records = Records::new(input, start.delimiter, start.lines + 1);
    let mut header = columns.header.is_some();
    loop {
        match records.next().map_err(failed)? {
            Next::End => return Ok(()),
            Next::Record if header => header = false,
            Next::Record => row(&records, columns, taker)?,
            Next::Open => {
                let text = String::from_utf8_lossy(records.raw().get(..256).unwrap_or(records.raw()));
                let why =
                    Remark::new(ProblemKind::InvalidAddress, text.trim(), "a double quote in this row is not closed: close it");
                taker.entry(Entry::refused(records.line(), 1, records.raw(), why))?;
            }
        }
    }
}

/// The entries of one row: the primary address of its typed ones, or what its address column holds.
fn row<E, R: Read>(records: &Records<R>, columns: &Columns, taker: &mut dyn Taker<E>) -> Result<(), E> {
    if records.cells().all(is_empty) {
        return Ok(());
    }
    let filled = |positions: &[usize]| {
        positions.iter().find_map(|&column| records.cell(column).filter(|cell| !is_empty(cell)).map(|cell| (column, cell)))
    };
    let (mail, proxies) = (filled(&columns.mail), filled(&columns.proxies));
    let Some((column, cell)) = proxies.or(mail) else {
        let why = Remark::new(
            ProblemKind::NoPrimaryAddress,
            records.text().trim(),
            "the row holds no e-mail address: give the person one",
        );
        return taker.entry(Entry::refused(records.line(), 1, records.text().as_bytes(), why));
    };
    // An ordinary address is no header, and has no type.
    let alone = proxies.is_none() && says_nothing_else(records, columns);
    if alone && taker.value(cell, &|| records.cell_start(column))? {
        return Ok(());
    }
    let text = match std::str::from_utf8(cell) {
        Ok(text) => &*hex::decoded(text),
        Err(error) => {
            let (line, at) = records.cell_start(column);
            return taker.entry(Entry::not_utf8(line, at, cell, error));
        }
    };
    // Tables that were joined as files repeat their header.
    if columns.header.as_ref().and_then(|header| header.get(column)).is_some_and(|name| name == text) {
        return Ok(());
    }
    let typed = proxies.is_some() || proxies::is_typed(text);
    let about = About::of(records, columns);
    if !typed {
        return pieces(records, column, (0, text), None, &about, taker);
    }
    let mail = mail.filter(|_| proxies.is_some()).and_then(|(column, cell)| Some((column, std::str::from_utf8(cell).ok()?)));
    match proxies::choose(text, mail.map(|(_, text)| text)) {
        Ok(choice) => {
            let (column, value) = match (choice.value, mail) {
                (None, Some((column, text))) => (column, (0, text)),
                (value, _) => (column, value.unwrap_or((0, text))),
            };
            pieces(records, column, value, choice.remark, &about, taker)
        }
        Err(refusal) => {
            let (line, at) = records.cell_start(column);
            let entry = Entry::refused(line, at, text.as_bytes(), refusal);
            taker.entry(Entry { owner: about.owner(), ..entry })
        }
    }
}

/// Whether no column of a row could change what becomes of its address.
fn says_nothing_else<R: Read>(records: &Records<R>, columns: &Columns) -> bool {
    let tells = |meaning| matches!(meaning, Meaning::ImAddress | Meaning::Status);
    let mut telling = columns.others.iter().filter(|(_, meaning)| tells(*meaning));
    telling.all(|&(column, _)| records.cell(column).is_none_or(is_empty))
}

/// What a row says about the person besides the address.
#[derive(Default)]
struct About<'a> {
    suspended: bool,
    dn: Option<Cow<'a, str>>,
    im_address: Option<Cow<'a, str>>,
    alias: Option<Cow<'a, str>>,
}

impl<'a> About<'a> {
    fn of<R: Read>(records: &'a Records<R>, columns: &Columns) -> Self {
        let mut about = Self::default();
        for &(column, meaning) in &columns.others {
            let Some(cell) = records.cell(column).filter(|cell| !is_empty(cell)) else { continue };
            let text = match std::str::from_utf8(cell) {
                Ok(text) => hex::decoded(text),
                Err(_) => String::from_utf8_lossy(cell),
            };
            match meaning {
                Meaning::Dn => about.dn = Some(text),
                Meaning::ImAddress => about.im_address = Some(text),
                Meaning::Alias => about.alias = Some(text),
                Meaning::Status => {
                    let name = columns.header.as_ref().and_then(|header| header.get(column));
                    about.suspended |= name.is_some_and(|name| is_suspended(name, &text));
                }
                _ => {}
            }
        }
        about
    }

    fn owner(&self) -> Option<Owner<'_>> {
        let owner = Owner {
            dn: self.dn.as_deref(),
            im_address: self.im_address.as_deref(),
            alias: self.alias.as_deref(),
            ..Owner::default()
        };
        (owner != Owner::default()).then_some(owner)
    }
}

/// The addresses in a cell, or in the part of it that begins at a byte.
fn pieces<E, R: Read>(
    records: &Records<R>,
    column: usize,
    (at, text): (usize, &str),
    remark: Option<Remark>,
    about: &About<'_>,
    taker: &mut dyn Taker<E>,
) -> Result<(), E> {
    let (line, start) = records.cell_start(column);
    let start = start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
    Value { line, column: start, text, remark, suspended: about.suspended, owner: about.owner() }.emit(taker)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::lines::MAX_RECORD;

    fn start() -> Start {
        Start { skip: 0, lines: 0, delimiter: b',', declared: false }
    }

    fn entries(text: &[u8], columns: &Columns) -> Vec<String> {
        let mut found = Vec::new();
        let taker = &mut |entry: Entry<'_>| {
            let what = entry.found.as_ref().map_or_else(|refusal| refusal.kind.rule().to_owned(), ToString::to_string);
            let remarks: Vec<&str> = entry.remarks.iter().map(|remark| remark.kind.rule()).collect();
            found.push(format!("{}:{} {what} {}", entry.line, entry.column, remarks.join(" ")).trim().to_owned());
            Ok::<(), ListError>(())
        };
        read(text, &"l".into(), start(), columns, taker).expect("reads");
        found
    }

    fn second() -> Columns {
        Columns { mail: vec![1], ..Columns::default() }
    }

    #[test]
    fn quotes_line_feeds_and_trailing_delimiters_are_part_of_csv() {
        let text = b"Ann,a@b.example,\r\n\"Ray, \"\"Bob\"\"\r\nRay\",\"c@d.example\"\r\n\r\n,,\r\nEve, e@f.example \r\n";
        assert_eq!(entries(text, &second()), ["1:5 a@b.example", "3:7 c@d.example", "6:6 e@f.example"]);
    }

    #[test]
    fn a_row_without_an_address_is_said() {
        assert_eq!(
            entries(b"Ann\nBob,\nEve,x\n", &second()),
            ["1:1 no-primary-address", "2:1 no-primary-address", "3:5 invalid-address"]
        );
    }

    #[test]
    fn an_open_quote_costs_one_row() {
        assert_eq!(
            entries(b"Ann,a@b.example\n\"Bob,c@d.example\nEve,e@f.example\n", &second()),
            ["1:5 a@b.example", "2:1 invalid-address", "3:5 e@f.example"]
        );
    }

    #[test]
    fn an_export_that_is_cut_off_inside_quotes_is_said() {
        for (text, last) in [
            (&b"Ann,a@b.example\n\"Bob\",\"c@d.example"[..], "2:1 invalid-address"),
            (b"Ann,a@b.example\n\"Bob\",\"c@d.exa\"\"", "2:1 invalid-address"),
            (b"Ann,a@b.example\nBob,\"", "2:1 invalid-address"),
            // A quote inside a bare cell opens nothing.
            (b"Ann,a@b.example\nBob 5\" disk,c@d.example", "2:13 c@d.example"),
            (b"Ann,a@b.example\n\"Bob\",\"c@d.example\"", "2:8 c@d.example"),
        ] {
            assert_eq!(entries(text, &second()), ["1:5 a@b.example", last]);
        }
    }

    #[test]
    fn an_open_quote_is_given_up_when_the_record_gets_too_long() {
        let mut text = b"\"Bob,c@d.example\n".to_vec();
        text.extend(b"Eve,e@f.example\n".repeat(100_000));
        let found = entries(&text, &second());
        assert_eq!((found.len(), found[0].as_str(), found[1].as_str()), (100_001, "1:1 invalid-address", "2:5 e@f.example"));
        assert_eq!(found[100_000], "100001:5 e@f.example");
        let mut text = b"\"".to_vec();
        text.extend(b"x".repeat(3 * MAX_RECORD));
        text.extend(b"\nEve,e@f.example\n");
        assert_eq!(entries(&text, &second()), ["1:1 invalid-address", "2:5 e@f.example"]);
    }

    #[test]
    fn typed_addresses_give_the_primary_one_with_its_place() {
        let columns = Columns { mail: vec![0], proxies: vec![1], ..Columns::default() };
        let text =
            b"a@b.example,\"smtp:x@b.example;SMTP:a@b.example\"\n,smtp:x@b.example\nc@d.example,\ne@b.example,SMTP:f@b.example\n";
        assert_eq!(
            entries(text, &columns),
            ["1:31 a@b.example", "2:2 no-primary-address", "3:1 c@d.example", "4:13 f@b.example ambiguous-primary-address"]
        );
    }

    #[test]
    fn only_the_address_has_to_be_utf_8() {
        assert_eq!(entries(b"J\xF6rg,j@b.example\nAnn,\xF6@b.example\n", &second()), ["1:6 j@b.example", "2:5 invalid-address"]);
    }

    #[test]
    fn a_head_that_ends_inside_a_record_loses_that_record_only() {
        let cut = |whole| start().sample(b"a,b\nc,d\ne", whole).len();
        assert_eq!((cut(true), cut(false)), (3, 2));
    }

    #[test]
    fn sep_and_type_lines_are_no_records() {
        for (head, skip, lines, delimiter) in [
            (&b"sep=;\r\nmail;x\r\n"[..], 7, 1, b';'),
            (b"\"sep=;\"\nmail;x\n", 8, 1, b';'),
            (b"sep=\t\nmail\tx\n", 6, 1, b'\t'),
            (b"#TYPE System.Object\n\"mail\",\"x\"\n", 20, 1, b','),
            (b"sep=|\n#TYPE X\nmail|x\n", 14, 2, b'|'),
            (b"# staff\nsep=;\nmail;x\n", 14, 2, b';'),
        ] {
            assert_eq!(Start::guess(head, true), Start { skip, lines, delimiter, declared: true });
        }
    }
}
