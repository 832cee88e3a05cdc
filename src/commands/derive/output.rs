//! How addresses and domains are written: one form each. Never counts and never sorts.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use super::change_file;
use crate::cli::DeriveFormat;
use crate::dns::DomainName;
use crate::email::{Address, ImAddress, logical_url};
use crate::place::Place;
use crate::report::{printable, spreadsheet};

/// One derived address.
pub(super) struct Row<'a> {
    pub(super) im: &'a ImAddress,
    pub(super) email: &'a Address,
    pub(super) place: &'a Place,
    /// Empty where the list holds none.
    pub(super) dn: &'a str,
}

/// Writes in one format as rows come; a table is written at the end.
pub(super) struct Output<W: Write> {
    form: Form<W>,
    begun: bool,
}

enum Form<W: Write> {
    Text(W),
    Url(W),
    Ldif(W),
    Jsonl(W),
    Csv(Box<csv::Writer<W>>),
    Table(W, Box<Table>),
}

#[derive(Serialize)]
struct JsonAddress<'a> {
    im_address: String,
    email: String,
    domain: &'a str,
    file: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct JsonDomain<'a> {
    domain: &'a str,
    people: u64,
}

const ADDRESS_COLUMNS: [&str; 5] = ["im_address", "email_address", "im_domain", "file", "line"];
const DOMAIN_COLUMNS: [&str; 2] = ["people", "im_domain"];

impl<W: Write> Output<W> {
    /// Nothing is written before the first row.
    pub(super) fn new(format: DeriveFormat, writer: W) -> Self {
        let form = match format {
            DeriveFormat::Text => Form::Text(writer),
            DeriveFormat::Url => Form::Url(writer),
            DeriveFormat::Jsonl => Form::Jsonl(writer),
            DeriveFormat::Csv => Form::Csv(Box::new(csv::Writer::from_writer(writer))),
            DeriveFormat::Table => {
                let mut table = Table::new();
                // The width of a terminal must not change what is written.
                table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
                Form::Table(writer, Box::new(table))
            }
            DeriveFormat::Ldif => Form::Ldif(writer),
        };
        Self { form, begun: false }
    }

    /// Whether a row without a distinguished name cannot be written.
    pub(super) fn needs_dn(&self) -> bool {
        matches!(self.form, Form::Ldif(_))
    }

    /// Writes addresses that are text already, a line feed behind each.
    pub(super) fn lines(&mut self, text: &[u8]) -> io::Result<()> {
        match &mut self.form {
            Form::Text(writer) => writer.write_all(text),
            _ => Err(io::Error::other("only text is made of lines")),
        }
    }

    /// Writes one address.
    pub(super) fn address(&mut self, row: &Row<'_>) -> io::Result<()> {
        let Row { im, email, place, dn } = row;
        let begins = !std::mem::replace(&mut self.begun, true);
        let (domain, file) = (im.domain.as_str(), &*place.file);
        match &mut self.form {
            Form::Text(writer) => {
                writer.write_all(im.local.as_str().as_bytes())?;
                writer.write_all(b"@")?;
                writer.write_all(domain.as_bytes())?;
                writer.write_all(b"\n")
            }
            Form::Url(writer) => writeln!(writer, "{}", logical_url(im)),
            Form::Ldif(writer) => change_file::write(writer, begins, dn, im),
            Form::Jsonl(writer) => {
                let (im_address, email) = (im.to_string(), email.to_string());
                json(writer, &JsonAddress { im_address, email, domain, file, line: place.line })
            }
            Form::Csv(writer) => {
                let cells = [&*im.to_string(), &email.to_string(), domain, file, &place.line.to_string()];
                csv_record(writer, begins.then_some(&ADDRESS_COLUMNS), &cells)
            }
            Form::Table(_, table) => {
                let cells = [im.to_string(), email.to_string(), both_forms(&im.domain), place.to_string()];
                table_row(table, begins.then_some(&["IM address", "E-mail address", "IM domain", "From"]), &cells);
                Ok(())
            }
        }
    }

    /// Writes an IM domain with the number of its people.
    pub(super) fn domain(&mut self, domain: &DomainName, people: u64) -> io::Result<()> {
        let begins = !std::mem::replace(&mut self.begun, true);
        match &mut self.form {
            Form::Text(writer) | Form::Url(writer) | Form::Ldif(writer) => writeln!(writer, "{people}\t{domain}"),
            Form::Jsonl(writer) => json(writer, &JsonDomain { domain: domain.as_str(), people }),
            Form::Csv(writer) => csv_record(writer, begins.then_some(&DOMAIN_COLUMNS), &[&people.to_string(), domain.as_str()]),
            Form::Table(_, table) => {
                table_row(table, begins.then_some(&["People", "IM domain"]), &[people.to_string(), both_forms(domain)]);
                Ok(())
            }
        }
    }

    /// Writes what is left.
    pub(super) fn finish(self) -> io::Result<()> {
        match self.form {
            Form::Text(mut writer) | Form::Url(mut writer) | Form::Ldif(mut writer) | Form::Jsonl(mut writer) => writer.flush(),
            Form::Csv(mut writer) => writer.flush(),
            Form::Table(mut writer, table) => {
                for line in table.lines().filter(|_| self.begun) {
                    writeln!(writer, "{}", line.trim())?;
                }
                writer.flush()
            }
        }
    }
}

fn csv_record<const N: usize>(
    writer: &mut csv::Writer<impl Write>,
    header: Option<&[&str; N]>,
    cells: &[&str; N],
) -> io::Result<()> {
    if let Some(header) = header {
        writer.write_record(header)?;
    }
    Ok(writer.write_record(cells.map(|text| spreadsheet::cell(text).into_owned()))?)
}

fn json(writer: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *writer, value)?;
    writer.write_all(b"\n")
}

fn table_row<const N: usize>(table: &mut Table, header: Option<&[&str; N]>, cells: &[String; N]) {
    if let Some(header) = header {
        table.set_header(header.iter().copied());
    }
    table.add_row(cells.iter().map(|text| printable(text).into_owned()));
}

/// The name as DNS has it and, where that differs, as people read it.
fn both_forms(domain: &DomainName) -> String {
    let readable = domain.to_unicode();
    if readable == domain.as_str() { readable } else { format!("{domain} ({readable})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_in_both_forms_where_they_differ() {
        assert_eq!(both_forms(&"im.example.com".parse().expect("a name")), "im.example.com");
        let name = "im.bücher.example".parse().expect("a name");
        assert_eq!(both_forms(&name), "im.xn--bcher-kva.example (im.bücher.example)");
    }
}
