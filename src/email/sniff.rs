//! Finds out what a list is by its content, never by its name.

use super::characters::is_blank;
use super::columns::{Columns, known_header};
use super::split::addresses;
use super::table::{DELIMITERS, Start};

/// What the beginning of a list looks like.
pub(super) enum Looks {
    /// Lines of addresses.
    Text,
    /// A table.
    Table(Start),
    /// LDIF.
    Ldif,
    /// JSON or JSON lines.
    Json,
    /// The output of `Format-List`: a line for each property.
    Properties,
    /// Something else: what it is, and what to do instead.
    Foreign(&'static str),
}

const WORKBOOK: &str = "a workbook or an archive: save it as CSV in UTF-8";
const DATABASE: &str = "a database: export the list as CSV or as one address a line";
/// How a text begins that is something else, in any case, and what to do instead.
const FOREIGN: [(&str, &str); 10] = [
    ("#< CLIXML", CLIXML),
    ("<Objs", CLIXML),
    ("<!doctype", HTML),
    ("<html", HTML),
    ("<?xml", XML),
    ("<dsml", XML),
    ("%PDF", "PDF: export the list as CSV or as one address a line"),
    ("BEGIN:VCARD", "vCard: export the contacts as CSV"),
    ("BEGIN:VCALENDAR", "a calendar: export the contacts as CSV"),
    ("From - ", "a mailbox file: export the contacts as CSV or as one address a line"),
];
const HTML: &str = "HTML: save the list as CSV or as one address a line";
const XML: &str = "XML: export the list as CSV or as one address a line";
/// The command that exports people as they can be read, after what is wrong with the one that was used.
const CLIXML: &str = "CLIXML, PowerShell's own format: export it with Get-Mailbox -ResultSize Unlimited | Select-Object \
    PrimarySmtpAddress | Export-Csv -NoTypeInformation -Encoding UTF8 people.csv";
const FORMAT_TABLE: &str = "the output of Format-Table, which is cut to the width of a window: export it with Get-Mailbox \
    -ResultSize Unlimited | Select-Object PrimarySmtpAddress | Export-Csv -NoTypeInformation -Encoding UTF8 people.csv";

/// Judges the beginning of a list; `whole` says that nothing follows it.
pub(super) fn looks(head: &[u8], whole: bool) -> Looks {
    if let Some(other) = other(head) {
        return other;
    }
    let start = Start::guess(head, whole);
    let table = start.declared || has_known_header(&start, head, whole) || is_consistent(&start, head, whole);
    if table { Looks::Table(start) } else { Looks::Text }
}

fn other(head: &[u8]) -> Option<Looks> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xD0\xCF\x11\xE0") || head.starts_with(b"\x1F\x8B") {
        return Some(Looks::Foreign(WORKBOOK));
    }
    if head.starts_with(b"SQLite format 3") || head.starts_with(b"!BDN") {
        return Some(Looks::Foreign(DATABASE));
    }
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches(is_blank);
    let begins = |words: &str| text.get(..words.len()).is_some_and(|start| start.eq_ignore_ascii_case(words));
    if let Some((_, what)) = FOREIGN.iter().find(|(words, _)| begins(words)) {
        return Some(Looks::Foreign(what));
    }
    if is_format_table(text) {
        return Some(Looks::Foreign(FORMAT_TABLE));
    }
    let mut characters = text.chars().filter(|c| !c.is_whitespace());
    match (characters.next(), characters.next()) {
        (Some('{'), Some('"' | '}')) | (Some('['), Some('{' | '"' | '[' | ']')) => return Some(Looks::Json),
        _ => {}
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    // A comment of LDIF may go on in the next line.
    if lines.clone().find(|line| !line.starts_with(' ')).is_some_and(is_ldif) {
        return Some(Looks::Ldif);
    }
    let first = lines.next()?;
    let known = first.split_once(" :").is_some_and(|(name, _)| known_header(&[name.to_owned()]));
    let mut rest = lines.take(8).peekable();
    let more = rest.peek().is_some() || known;
    (is_property(first) && more && rest.all(|line| line.starts_with(' ') || is_property(line))).then_some(Looks::Properties)
}

/// A line of names above a line of dashes under each. A single column is a list of addresses below two lines that are none.
fn is_format_table(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (Some(names), Some(rule)) = (lines.next(), lines.next()) else { return false };
    let mut words = rule.split_whitespace();
    let dashes = words.clone().all(|word| word.len() > 1 && word.bytes().all(|byte| byte == b'-'));
    dashes && words.nth(1).is_some() && !names.contains(['@', ':', ',', ';'])
}

/// `dn: …`, `dn:: …` or `version: 1` (RFC 2849).
fn is_ldif(line: &str) -> bool {
    let Some((name, value)) = line.split_once(':') else { return false };
    match name.to_ascii_lowercase().as_str() {
        "dn" => true,
        "version" => value.trim().bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

/// `PrimarySmtpAddress : ann@example.com`.
fn is_property(line: &str) -> bool {
    line.split_once(" :").is_some_and(|(name, _)| {
        let name = name.trim_end();
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn has_known_header(start: &Start, head: &[u8], whole: bool) -> bool {
    start.sample(head, whole).first().is_some_and(|record| known_header(record))
}

/// Whether the delimiter cuts every record into as many cells, one of which is the address.
fn is_consistent(start: &Start, head: &[u8], whole: bool) -> bool {
    let sample = start.sample(head, whole);
    let Some(width) = sample.first().map(Vec::len).filter(|&width| width > 1 && sample.len() > 1) else { return false };
    if sample.iter().any(|record| record.len() != width) {
        return false;
    }
    let Ok(columns) = Columns::find(&sample, None) else { return false };
    let Some(&column) = columns.mail.first() else { return false };
    let cells: Vec<&str> = sample.iter().filter_map(|record| record.get(column)).map(String::as_str).collect();
    let with_address = cells.iter().filter(|cell| cell.contains('@')).count();
    let good = cells.iter().filter(|cell| is_one_address(cell)).count();
    // Lines that end in a comma are lines of addresses, not a table with an empty column.
    let others = sample.iter().flat_map(|record| record.iter().enumerate()).filter(|(position, _)| *position != column);
    good > 0 && good * 2 >= with_address && others.into_iter().any(|(_, cell)| !cell.trim_matches(is_blank).is_empty())
}

fn is_one_address(cell: &str) -> bool {
    // The rest of a link may hold any delimiter.
    if cell.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:")) {
        return false;
    }
    let mut pieces = addresses(cell);
    pieces.next().is_some_and(|piece| piece.address.is_ok()) && pieces.next().is_none()
}

/// The delimiter that fits best: of a known header the one that cuts it most, else the one that cuts records alike.
pub(super) fn delimiter(start: &Start, head: &[u8], whole: bool) -> u8 {
    let score = |delimiter: u8| {
        let candidate = Start { delimiter, ..*start };
        let width = candidate.sample(head, whole).first().map_or(0, Vec::len);
        (has_known_header(&candidate, head, whole), is_consistent(&candidate, head, whole), width)
    };
    DELIMITERS.into_iter().rev().max_by_key(|&delimiter| score(delimiter)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shows(text: &str) -> &'static str {
        match looks(text.as_bytes(), true) {
            Looks::Text => "text",
            Looks::Table(start) => match start.delimiter {
                b',' => ",",
                b';' => ";",
                _ => "tab",
            },
            Looks::Ldif => "LDIF",
            Looks::Json => "JSON",
            Looks::Properties => "properties",
            Looks::Foreign(_) => "foreign",
        }
    }

    #[test]
    fn lists_of_addresses_are_text_however_many_stand_on_a_line() {
        for text in [
            "",
            "a@b.example",
            "a@b.example, bad",
            "# staff, all\n# of it, x\na@b.example\n",
            "a@b.example,\nc@d.example,\n",
            "a@b.example; c@d.example\ne@f.example; g@h.example\n",
            "Team: a@b.example, c@d.example;\n",
            "\"Lee, Ann\" <a@b.example>\n\"Ray, Bob\" <c@d.example>\n",
            "a@b.example (x, y)\nc@d.example (x, y)\n",
            "mailto:a@b.example?subject=x,y\nmailto:c@d.example?subject=x,y\n",
        ] {
            assert_eq!(shows(text), "text", "{text:?}");
        }
    }

    #[test]
    fn tables_show_by_their_header_or_by_their_columns() {
        for (text, delimiter) in [
            ("mail\na@b.example\n", ","),
            ("# staff, all\n# of it\nName;Mail\nAnn;a@b.example\n", ";"),
            ("Name,Mail\n", ","),
            ("Name;Mail\nMüller, Anna;a@b.example\n", ";"),
            ("Name\tPrimarySmtpAddress\nAnn\ta@b.example\n", "tab"),
            ("First Name [Required],Email Address [Required]\nAnn,a@b.example\n", ","),
            ("sep=\t\nwhat\tever\n", "tab"),
            ("#TYPE System.Object\n\"who\",\"where\"\n", ","),
            ("Lee;Ann;a@b.example\nRay;Bob;c@d.example\n", ";"),
            ("Login,Who\na@b.example,Ann\nc@d.example,Bob\n", ","),
        ] {
            assert_eq!(shows(text), delimiter, "{text:?}");
        }
    }

    #[test]
    fn other_formats_are_known() {
        for (text, what) in [
            ("dn:: Q049QW5u\n", "LDIF"),
            ("# x\nVersion: 1\n", "LDIF"),
            ("{ \"value\": []}", "JSON"),
            ("[]", "JSON"),
            ("<Objs Version=\"1\">", "foreign"),
            ("\n\nName  Mail\n----  ----\nAnn   a@b.example\n", "foreign"),
            ("begin:vcard\nEMAIL:a@b.example\n", "foreign"),
            ("SQLite format 3\0", "foreign"),
            ("Who\n---\na@b.example\n", "text"),
            ("Name : Ann\nMail : a@b.example\n", "properties"),
            ("\n\nEmailAddresses : {SMTP:a@b.example,\n                 smtp:c@b.example}\n", "properties"),
        ] {
            assert_eq!(shows(text), what, "{text:?}");
        }
    }
}
