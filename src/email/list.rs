//! E-mail lists: finds out what a text is and yields its entries with their places. Never opens a file.

use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;

use super::attributes::Attributes;
use super::columns::Columns;
use super::encoding::Utf8Reader;
use super::sniff::{self, Looks};
use super::taker::{ListError, Taker};
use super::{json, ldif, plain, properties, table};

/// How much of a list is looked at before the first entry comes out, octets.
pub(super) const HEAD: usize = 64 * 1024;

/// How a list is to be read.
#[derive(Clone, Debug, Default)]
pub struct ListOptions {
    /// What it is; `None`: found out from its content.
    pub kind: Option<Kind>,
    /// The column that holds the addresses, by its header or, without one of that name, its number from 1; in LDIF and JSON an attribute.
    pub column: Option<String>,
}

/// What a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Lines of addresses.
    Text,
    /// A table: comma, semicolon or tab.
    Csv,
    /// A directory's LDIF (RFC 2849).
    Ldif,
    /// JSON or JSON lines.
    Json,
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
    Ldif(Attributes),
    Json(Attributes),
    Properties(Attributes),
}

impl<R: Read> List<R> {
    /// Reads the beginning of a list and finds out how the rest is to be read; `file` is its name in messages.
    pub fn open(file: impl Into<Arc<str>>, reader: R, options: &ListOptions) -> Result<Self, ListError> {
        let file = file.into();
        let failed = |error| ListError::Io(file.clone(), error);
        let mut decoded = Utf8Reader::new(reader).map_err(failed)?;
        let mut head = Vec::new();
        decoded.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(failed)?;
        let layout = layout(&file, &head, options)?;
        Ok(Self { file, input: BufReader::with_capacity(HEAD, Cursor::new(head).chain(decoded)), layout })
    }

    /// The name of the list, as in places.
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// About how many lines a plain list or a table of so many octets has; 0 where lines say little about people.
    pub fn lines(&self, octets: u64) -> u64 {
        let head = self.input.get_ref().get_ref().0.get_ref();
        let feeds = memchr::memchr_iter(b'\n', head).count() as u64;
        match self.layout {
            Layout::Text | Layout::Table(..) => octets.saturating_mul(feeds) / (head.len() as u64).max(1),
            Layout::Ldif(_) | Layout::Json(_) | Layout::Properties(_) => 0,
        }
    }

    /// Hands everything to `taker`, in order.
    pub fn read<E: From<ListError>>(self, taker: &mut dyn Taker<E>) -> Result<(), E> {
        match self.layout {
            Layout::Text => plain::read(self.input, &self.file, taker),
            Layout::Table(start, columns) => table::read(self.input, &self.file, start, &columns, taker),
            Layout::Ldif(attributes) => ldif::read(self.input, &self.file, attributes, taker),
            Layout::Json(attributes) => json::read(self.input, &self.file, attributes, taker),
            Layout::Properties(attributes) => properties::read(self.input, &self.file, attributes, taker),
        }
    }
}

fn layout(file: &Arc<str>, head: &[u8], options: &ListOptions) -> Result<Layout, ListError> {
    let whole = head.len() < HEAD;
    let looks = sniff::looks(head, whole);
    if let Looks::Foreign(what) = looks {
        return Err(ListError::Format(file.clone(), what));
    }
    let attributes = || Attributes::new(options.column.as_deref());
    let start = match (options.kind, looks) {
        (Some(Kind::Text), _) => return Ok(Layout::Text),
        (Some(Kind::Ldif), _) | (None, Looks::Ldif) => return Ok(Layout::Ldif(attributes())),
        (Some(Kind::Json), _) | (None, Looks::Json) => return Ok(Layout::Json(attributes())),
        (None, Looks::Properties) => return Ok(Layout::Properties(attributes())),
        (None, Looks::Text) if options.column.is_none() => return Ok(Layout::Text),
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::email::Entry;

    /// Place, address or rule, and the rules of what is odd.
    pub(in crate::email) fn show(entry: &Entry<'_>) -> String {
        let what = entry.found.as_ref().map_or_else(|refusal| refusal.kind.rule().to_owned(), ToString::to_string);
        let what = if entry.skipped.is_some() { "skipped".to_owned() } else { what };
        let rules = std::iter::once(what).chain(entry.remarks.iter().map(|remark| remark.kind.rule().to_owned()));
        format!("{}:{} {}", entry.line, entry.column, rules.collect::<Vec<_>>().join(" "))
    }

    /// What a reader finds, entry by entry.
    pub(in crate::email) fn shown(
        read: impl FnOnce(&mut dyn Taker<ListError>) -> Result<(), ListError>,
    ) -> Result<Vec<String>, ListError> {
        let mut found = Vec::new();
        read(&mut |entry: Entry<'_>| {
            found.push(show(&entry));
            Ok(())
        })?;
        Ok(found)
    }

    fn read(bytes: &[u8], options: &ListOptions) -> Result<Vec<String>, ListError> {
        let list = List::open("l", bytes, options)?;
        shown(|taker| list.read(taker))
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
        for (bytes, what) in [(&b"#< CLIXML\r\n<Objs>"[..], "CLIXML"), (b"<html><body>", "HTML"), (b"PK\x03\x04rest", "workbook")] {
            let error = read(bytes, &ListOptions::default()).expect_err(what).to_string();
            assert!(error.starts_with("l: ") && error.contains(what), "{error}");
        }
    }

    #[test]
    fn a_reader_that_fails_ends_the_reading_with_the_name_of_the_list() {
        struct Failing(usize);
        impl Read for Failing {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let count = buffer.len().min(self.0);
                self.0 -= count;
                buffer.fill(b'\n');
                if count == 0 { Err(io::Error::other("the disk is gone")) } else { Ok(count) }
            }
        }
        for octets in [0, 10, 2 * HEAD] {
            let list = List::open("l", Failing(octets), &ListOptions::default());
            let result = list.and_then(|list| list.read(&mut |_: Entry<'_>| Ok::<(), ListError>(())));
            assert_eq!(result.map_err(|error| error.to_string()), Err("l: it cannot be read".to_owned()), "{octets}");
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
