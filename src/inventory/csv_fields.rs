//! Rows and fields of a CSV text (RFC 4180), each with its bytes: mistakes have to point at them. Knows no columns.

use std::borrow::Cow;
use std::ops::Range;

/// A field: what it says, and the bytes that say it, without the quotes round it.
#[derive(Clone, Debug)]
pub(super) struct Field<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) bytes: Range<usize>,
}

/// A row that cannot be read.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) bytes: Range<usize>,
    pub(super) message: &'static str,
    pub(super) help: &'static str,
}

/// The rows of a text; empty lines are no rows. After a fault reading goes on with the next line,
/// but not after a quote that is never closed: all the rest is inside it.
pub(super) fn rows(text: &str) -> Rows<'_> {
    rows_from(text, 0)
}

/// The rows from the one that begins at a byte.
pub(super) fn rows_from(text: &str, at: usize) -> Rows<'_> {
    Rows { text, at, begun: at }
}

/// See [`rows`].
#[derive(Debug)]
pub(super) struct Rows<'t> {
    text: &'t str,
    at: usize,
    /// Where the row begins that came last.
    pub(super) begun: usize,
}

impl<'t> Iterator for Rows<'t> {
    type Item = Result<Vec<Field<'t>>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches(['\r', '\n']).len();
        if self.at == self.text.len() {
            return None;
        }
        self.begun = self.at;
        let mut fields = Vec::new();
        loop {
            match self.field() {
                Ok(field) => fields.push(field),
                Err(fault) => {
                    self.at += line_length(&self.text[self.at..]);
                    return Some(Err(fault));
                }
            }
            if !self.text[self.at..].starts_with(',') {
                return Some(Ok(fields));
            }
            self.at += 1;
        }
    }
}

impl<'t> Rows<'t> {
    /// Reads up to the comma, the line break or the end that follows a field.
    fn field(&mut self) -> Result<Field<'t>, Fault> {
        let start = self.at;
        if self.text[start..].starts_with('"') {
            return self.quoted();
        }
        let rest = &self.text[start..];
        let length = rest.find([',', '\r', '\n']).unwrap_or(rest.len());
        self.at = start + length;
        Ok(Field { text: Cow::Borrowed(&rest[..length]), bytes: start..self.at })
    }

    fn quoted(&mut self) -> Result<Field<'t>, Fault> {
        let (open, start) = (self.at, self.at + 1);
        let mut end = start;
        loop {
            let Some(quote) = self.text[end..].find('"') else {
                self.at = self.text.len();
                let help = "close it before the next comma, and write \"\" for a quote inside";
                return Err(Fault { bytes: open..start, message: "a quote is not closed", help });
            };
            end += quote;
            if !self.text[end + 1..].starts_with('"') {
                break;
            }
            end += 2;
        }
        self.at = end + 1;
        let after = &self.text[self.at..];
        if !after.is_empty() && !after.starts_with([',', '\r', '\n']) {
            let help = "put the whole field in quotes, and write \"\" for a quote inside";
            let bytes = self.at..self.at + after.chars().next().map_or(0, char::len_utf8);
            return Err(Fault { bytes, message: "text follows a closing quote", help });
        }
        let raw = &self.text[start..end];
        let text = if raw.contains('"') { Cow::Owned(raw.replace("\"\"", "\"")) } else { Cow::Borrowed(raw) };
        Ok(Field { text, bytes: start..end })
    }
}

fn line_length(text: &str) -> usize {
    text.find(['\r', '\n']).unwrap_or(text.len())
}
