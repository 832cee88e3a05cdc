//! E-mail lists: finds out what a text is and yields its entries with their places. Never opens a file.

use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;

use super::columns::{Columns, ColumnsError};
use super::derive::Remark;
use super::encoding::Utf8Reader;
use super::sniff::{self, Looks};
use super::{Address, Piece, ProblemKind, plain, table};
use crate::place::Place;

/// How much of a list is looked at before the first entry comes out, octets.
pub(super) const HEAD: usize = 64 * 1024;
/// The longest line of a plain list and the longest record of a table, octets.
pub(super) const MAX_RECORD: usize = 1024 * 1024;

/// How a list is to be read.
#[derive(Clone, Debug, Default)]
pub struct ListOptions {
    /// What it is; `None`: found out from its content.
    pub kind: Option<Kind>,
    /// The column that holds the addresses, by its header or, without one of that name, its number from 1.
    pub column: Option<String>,
}

/// What a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Lines of addresses.
    Text,
    /// A table: comma, semicolon or tab.
    Csv,
}

/// One input: an address, or what stands where one should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters; where the fault is, if there is one.
    pub column: u32,
    /// As it stands in the list; UTF-8 unless the list is damaged.
    pub raw: &'a [u8],
    /// The address, or why there is none.
    pub found: Result<Address, Remark>,
    /// What is odd about it all the same.
    pub remarks: Vec<Remark>,
}

/// Why a list cannot be read at all. The messages name the file and the fix.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The system says so.
    #[error("{0}: it cannot be read: {1}")]
    Io(Arc<str>, #[source] io::Error),
    /// It is no list of a kind that is read.
    #[error("{0}: it looks like {1}")]
    Format(Arc<str>, &'static str),
    /// The column with the addresses is not known.
    #[error("{0}: {1}")]
    Columns(Arc<str>, #[source] ColumnsError),
}

/// A list whose kind is known and whose entries have not been read yet.
pub struct List<R> {
    file: Arc<str>,
    input: BufReader<io::Chain<Cursor<Vec<u8>>, Utf8Reader<R>>>,
    layout: Layout,
}

enum Layout {
    Text,
    Table(table::Start, Columns),
}

/// Takes entries as they come; an error of its own ends the reading.
pub(super) type Sink<'s, E> = dyn FnMut(Entry<'_>) -> Result<(), E> + 's;

impl<R: Read> List<R> {
    /// Reads the beginning of a list and finds out how the rest is to be read; `file` is its name in messages.
    pub fn open(file: impl Into<Arc<str>>, reader: R, options: &ListOptions) -> Result<Self, ListError> {
        let file = file.into();
        let failed = |error| ListError::Io(file.clone(), error);
        let mut decoded = Utf8Reader::new(reader).map_err(failed)?;
        let mut head = Vec::new();
        decoded.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(failed)?;
        let layout = layout(&file, &head, options)?;
        Ok(Self { file, input: BufReader::new(Cursor::new(head).chain(decoded)), layout })
    }

    /// The name of the list, as in places.
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// Hands every entry to `sink`, in order.
    pub fn read<E: From<ListError>>(self, sink: &mut Sink<'_, E>) -> Result<(), E> {
        match self.layout {
            Layout::Text => plain::read(self.input, &self.file, sink),
            Layout::Table(start, columns) => table::read(self.input, &self.file, start, &columns, sink),
        }
    }
}

fn layout(file: &Arc<str>, head: &[u8], options: &ListOptions) -> Result<Layout, ListError> {
    let whole = head.len() < HEAD;
    let wanted = options.kind.or(options.column.as_ref().map(|_| Kind::Csv));
    let looks = sniff::looks(head, whole);
    if let Looks::Foreign(what) = looks {
        return Err(ListError::Format(file.clone(), what));
    }
    let start = match (wanted, looks) {
        (Some(Kind::Text), _) | (None, Looks::Text) => return Ok(Layout::Text),
        (_, Looks::Table(start)) => start,
        (_, _) => table::Start::guess(head, whole),
    };
    let sample = start.sample(head, whole);
    // A table without a record has no column either; that it holds nothing is said by whoever counts the entries.
    let columns = match sample.first() {
        None => Ok(Columns::default()),
        Some(_) => Columns::find(&sample, options.column.as_deref()),
    };
    columns.map(|columns| Layout::Table(start, columns)).map_err(|error| ListError::Columns(file.clone(), error))
}

impl<'a> Entry<'a> {
    /// The entry of a piece of a line or cell. `line` is where the text begins, `column` where in that line.
    pub(super) fn of_piece(piece: Piece<'a>, line: u32, column: u32) -> Self {
        let shift = column.saturating_sub(1);
        let raw = piece.text.as_bytes();
        if let Some(damage) = damage(piece.text) {
            return Self::refused(line, piece.column.saturating_add(shift), raw, damage);
        }
        match piece.address {
            Ok(address) => {
                let remarks = question_mark(&address).into_iter().collect();
                Self { line, column: piece.column.saturating_add(shift), raw, found: Ok(address), remarks }
            }
            Err(error) => {
                let refusal = Remark::new(error.fault.kind(), piece.text, &error.fault);
                Self::refused(line, error.column.saturating_add(shift), raw, refusal)
            }
        }
    }

    /// An entry that gives no address.
    pub(super) fn refused(line: u32, column: u32, raw: &'a [u8], why: Remark) -> Self {
        Self { line, column, raw, found: Err(why), remarks: Vec::new() }
    }

    /// Text that is not UTF-8, from `raw`'s first bad octet on; `column` is where `raw` begins.
    pub(super) fn not_utf8(line: u32, column: u32, raw: &'a [u8], error: std::str::Utf8Error) -> Self {
        let good = raw.get(..error.valid_up_to()).unwrap_or_default();
        let more = u32::try_from(String::from_utf8_lossy(good).chars().count()).unwrap_or(u32::MAX);
        let octet = raw.get(error.valid_up_to()).copied().unwrap_or_default();
        let why = format!("octet {} is 0x{octet:02X}, not UTF-8: save the list as UTF-8 or UTF-16", error.valid_up_to() + 1);
        let why = Remark::new(ProblemKind::InvalidAddress, &String::from_utf8_lossy(raw), why);
        Self::refused(line, column.saturating_add(more), raw, why)
    }

    /// Where the entry stands.
    pub fn place(&self, file: &Arc<str>) -> Place {
        Place::new(file.clone(), self.line, self.column)
    }
}

/// What shows that an export lost something on its way (rvp.md 4.1-4.3).
pub(super) fn damage(text: &str) -> Option<Remark> {
    let why = if text.contains('\0') {
        "it contains NUL: the list mixes encodings, export it again in one"
    } else if text.contains('\u{fffd}') {
        "it contains U+FFFD, which stands for characters that were lost: export the list again as UTF-8"
    } else if !text.contains('@') && is_type_name(text) {
        "it is the name of a type, not its values: export again with -join ';'"
    } else if is_cut_short(text) {
        "it ends in an ellipsis: the export was cut short, export again without formatting"
    } else {
        return None;
    };
    Some(Remark::new(ProblemKind::DamagedExport, text, why))
}

fn is_type_name(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("System.") || text.starts_with("Microsoft.Exchange.") || text.starts_with("Microsoft.ActiveDirectory.")
}

fn is_cut_short(text: &str) -> bool {
    let text = text.trim_end_matches(['}', ' ', '>']);
    text.ends_with("...") || text.ends_with('…')
}

/// Windows `PowerShell` writes `?` for what ASCII lacks: `M?ller` is legal and almost surely damaged.
fn question_mark(address: &Address) -> Option<Remark> {
    let local = address.local.as_str();
    let name = local.chars().all(|c| c.is_alphanumeric() || "?.-_'".contains(c));
    (name && local.contains('?')).then(|| {
        let why = "a \"?\" in a name mostly stands for a lost character: export the list again as UTF-8";
        Remark::new(ProblemKind::DamagedExport, &address.to_string(), why)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], options: &ListOptions) -> Result<Vec<String>, ListError> {
        let mut found = Vec::new();
        List::open("l", bytes, options)?.read(&mut |entry: Entry<'_>| {
            let what = entry.found.as_ref().map_or_else(|refusal| refusal.kind.rule().to_owned(), ToString::to_string);
            found.push(format!("{}:{} {what}", entry.line, entry.column));
            Ok::<(), ListError>(())
        })?;
        Ok(found)
    }

    #[test]
    fn plain_lists_and_tables_are_told_apart_by_their_content() {
        for (text, expected) in [
            ("", &[][..]),
            ("a@b.example\nc@d.example\n", &["1:1 a@b.example", "2:1 c@d.example"]),
            (
                "a@b.example, c@d.example\ne@f.example, g@h.example",
                &["1:1 a@b.example", "1:14 c@d.example", "2:1 e@f.example", "2:14 g@h.example"],
            ),
            ("\"Lee, Ann\" <a@b.example>\n\"Ray, Bob\" <c@d.example>\n", &["1:1 a@b.example", "2:1 c@d.example"]),
            ("mail\na@b.example\n", &["2:1 a@b.example"]),
            ("Name,E-Mail\nAnn,a@b.example\n", &["2:5 a@b.example"]),
            ("sep=;\r\nName;Mail\r\nAnn;a@b.example\r\n", &["3:5 a@b.example"]),
            ("\"Lee, Ann\",a@b.example\n\"Ray, Bob\",c@d.example\n", &["1:12 a@b.example", "2:12 c@d.example"]),
        ] {
            assert_eq!(read(text.as_bytes(), &ListOptions::default()).expect(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_list_is_refused_by_name() {
        for (bytes, what) in [
            (&b"dn: CN=Ann,DC=example\nmail: a@b.example\n"[..], "LDIF"),
            (b"version: 1\n\ndn: CN=Ann\n", "LDIF"),
            (b"[{\"mail\":\"a@b.example\"}]", "JSON"),
            (b"#< CLIXML\r\n<Objs>", "CLIXML"),
            (b"<html><body>", "HTML"),
            (b"PK\x03\x04rest", "workbook"),
        ] {
            let error = read(bytes, &ListOptions::default()).expect_err(what).to_string();
            assert!(error.starts_with("l: ") && error.contains(what), "{error}");
        }
    }

    #[test]
    fn damage_is_said_and_gives_no_address() {
        for text in ["an\0n@b.example", "an\u{fffd}n@b.example", "System.String[]", "ann@exam...", "ann@exam…"] {
            let text = format!("x@y.example\n{text}\n");
            let found = read(text.as_bytes(), &ListOptions::default()).expect("reads");
            assert_eq!(found, ["1:1 x@y.example", "2:1 damaged-export"], "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            for kind in [None, Some(Kind::Text), Some(Kind::Csv)] {
                let _ = read(&bytes, &ListOptions { kind, column: None });
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "[a@.\",;\t\nm#\\-= öX:(<>{}\r]{0,80}") {
            for kind in [None, Some(Kind::Text), Some(Kind::Csv)] {
                let _ = read(text.as_bytes(), &ListOptions { kind, column: None });
                let _ = read(format!("mail;x\n{text}").as_bytes(), &ListOptions { kind, column: None });
            }
        }
    }
}
