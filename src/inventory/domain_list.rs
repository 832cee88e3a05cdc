//! `[[domain_list]]`: IM domains from a CSV file, one a line, with the columns of `[[domain]]`. Opens no file itself.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::csv_fields::{Fault, Field, rows};
use super::domain_table::{List, Row};
use super::domains::{self, Draft, key_of};
use super::mistakes::Mistake;
use super::reader::{Reader, filled};
use super::schema::{DOMAIN, Key, Kind};
use super::section::{Section, Written, listed};
use super::source::{Source, Spot};
use crate::dns::DomainName;
use crate::profile::Role;

pub(super) fn read(root: Section<'_>, reader: &mut Reader<'_>) {
    let mut seen: HashMap<PathBuf, Spot> = HashMap::new();
    for section in root.sections("domain_list") {
        let Some(written) = section.text("file") else { continue };
        let Some(file) = reader.value(&written, filled) else { continue };
        let plain = Path::new(&file).components().filter(|part| *part != Component::CurDir).collect();
        if let Some(first) = seen.insert(plain, written.at) {
            reader.twice(&written, first);
            continue;
        }
        match load(&file, reader) {
            Ok(source) => read_list(source, reader),
            Err(reason) => {
                let message = format!("cannot read the domain list {}: {reason}", reader.in_folder(&file).display());
                let help = "the path is relative to the folder that holds the inventory";
                reader.report(Mistake::new(written.at, message, reason).help(help));
            }
        }
    }
    report_twice(reader);
}

fn load(file: &str, reader: &Reader<'_>) -> Result<Source, String> {
    let path = reader.in_folder(file);
    let bytes = (reader.context.read)(&path).map_err(|error| error.to_string())?;
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        format!("line {line} is not UTF-8: save the list as UTF-8")
    })?;
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Ok(Source::new(&path.to_string_lossy(), text))
}

fn read_list(source: Source, reader: &mut Reader<'_>) {
    let (path, text) = (Arc::clone(&source.path), Arc::clone(&source.text));
    let file = reader.sources.len();
    reader.sources.push(source);
    let mut rows = rows(&text);
    let Some(header) = rows.next() else {
        let mistake = Mistake::new(Spot::new(file, 0..0), "the domain list is empty", "a header line is missing");
        return reader.report(mistake.help("begin it with a header line such as name,email,external,routers"));
    };
    let columns = match header {
        Ok(header) => columns(&header, file, reader),
        Err(fault) => return report_fault(fault, file, reader),
    };
    let Some(columns) = columns else { return };
    let (prefix, machines) = (reader.inventory.prefix.clone(), Arc::clone(&reader.machines));
    reader.inventory.domains.begin_list(List { path, text: Arc::clone(&text), file, columns: columns.clone(), prefix, machines });
    while let Some(row) = rows.next() {
        match row {
            Ok(row) => read_row(&row, rows.begun, &columns, file, reader),
            Err(fault) => report_fault(fault, file, reader),
        }
    }
}

/// Of a domain that comes again the first row is looked for here, and only where one does.
fn report_twice(reader: &mut Reader<'_>) {
    let twice = std::mem::take(&mut reader.listed_twice);
    if twice.is_empty() {
        return;
    }
    let mut first: HashMap<&DomainName, Option<Spot>> = twice.iter().map(|(name, _)| (name, None)).collect();
    for (list, row) in reader.inventory.domains.rows() {
        let Some(written) = draft(&list.fields(row), &list.columns, list.file).name else { continue };
        let Ok(name) = DomainName::parse_host(&written.text) else { continue };
        if let Some(first) = first.get_mut(&name) {
            first.get_or_insert(written.at);
        }
    }
    for (name, at) in &twice {
        // A row that is the first one itself only has the fingerprint of another.
        if let Some(first) = first.get(name).copied().flatten().filter(|first| first != at) {
            domains::report_twice(name, *at, first, reader);
        }
    }
}

fn report_fault(fault: Fault, file: usize, reader: &mut Reader<'_>) {
    reader.report(Mistake::new(Spot::new(file, fault.bytes), fault.message, "here").help(fault.help));
}

/// The key of `[[domain]]` that each column holds. `None` where rows cannot be read by it, which has been reported.
fn columns(header: &[Field<'_>], file: usize, reader: &mut Reader<'_>) -> Option<Vec<&'static str>> {
    // A table has no place in a field.
    let is_column = |key: &&Key| !matches!(key.kind, Kind::Table(_));
    let known = || DOMAIN.keys.iter().filter(is_column).map(|key| key.name);
    let mut columns: Vec<&'static str> = Vec::new();
    let mut good = true;
    for field in header {
        let written = trimmed(field, file);
        let name = written.text.to_lowercase();
        let Some(key) = DOMAIN.key(&name).filter(is_column) else {
            let mistake = Mistake::new(written.at, format!("unknown column `{}`", written.text), "unknown column");
            let help = match reader.nearest(&name, known()) {
                _ if name.contains([';', '\t']) => {
                    "put commas between columns; `;` stands between several values of one".to_owned()
                }
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it can be {}", listed(known())),
            };
            reader.report(mistake.help(help));
            good = false;
            continue;
        };
        if columns.contains(&key.name) {
            reader.report(Mistake::new(written.at, format!("there are two columns `{name}`"), "the second of them"));
            good = false;
        }
        columns.push(key.name);
    }
    if good && !columns.contains(&"name") {
        let at = header.first().map_or(Spot::new(file, 0..0), |field| Spot::new(file, field.bytes.clone()));
        let mistake = Mistake::new(at, "the column `name` is missing", "in this header line");
        reader.report(mistake.help("name the columns in the first line, such as name,email,external,routers"));
        good = false;
    }
    good.then_some(columns)
}

fn read_row(row: &[Field<'_>], start: usize, columns: &[&'static str], file: usize, reader: &mut Reader<'_>) {
    if row.len() != columns.len() {
        let at = row.first().zip(row.last()).map_or(0..0, |(first, last)| first.bytes.start..last.bytes.end);
        let message = format!("the row has {} fields, the header line {}", row.len(), columns.len());
        let mistake = Mistake::new(Spot::new(file, at), message, format!("{} fields", row.len()));
        return reader
            .report(mistake.help("put a comma for each column, also where it is empty; `;` stands between several values"));
    }
    for (field, _) in row.iter().zip(columns).filter(|(_, column)| **column == "external") {
        check_flag(&trimmed(field, file), reader);
    }
    let _ = domains::checked(draft(row, columns, file), reader);
    // What a row says is not kept but read again: a list of a million is long.
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let line = number(reader.sources[file].line_at(start) + 1);
    reader.inventory.domains.push_row(Row { line, start: number(start) });
}

/// What a row of as many fields as there are columns says.
pub(super) fn draft<'t>(row: &[Field<'t>], columns: &[&'static str], file: usize) -> Draft<'t> {
    let mut draft = Draft::default();
    for (field, column) in row.iter().zip(columns) {
        let written = trimmed(field, file);
        let is = |role: Role| *column == key_of(role);
        match *column {
            "name" => draft.name = Some(written),
            _ if written.text.is_empty() => {}
            "email" => draft.email = Some(several(&written)),
            "external" => draft.external = written.text.eq_ignore_ascii_case("true"),
            "profile" => draft.profile = Some(written),
            _ => {
                if let Some(position) = Role::ALL.into_iter().position(is) {
                    draft.machines[position] = several(&written);
                }
            }
        }
    }
    draft
}

fn check_flag(written: &Written<'_>, reader: &mut Reader<'_>) {
    if !["", "true", "false"].iter().any(|known| written.text.eq_ignore_ascii_case(known)) {
        let message = format!("`external` takes true or false, not \"{}\"", written.text);
        reader.report(Mistake::new(written.at, message, "true or false is meant"));
    }
}

fn trimmed<'t>(field: &Field<'t>, file: usize) -> Written<'t> {
    let all = Written { text: field.text.clone(), at: Spot::new(file, field.bytes.clone()) };
    let text = all.text.trim();
    let lead = all.text.len() - all.text.trim_start().len();
    part(&all, lead, text.len())
}

/// The values between `;`, without those that are empty.
fn several<'t>(written: &Written<'t>) -> Vec<Written<'t>> {
    let mut from = 0;
    let mut values = Vec::new();
    for piece in written.text.split(';') {
        let lead = piece.len() - piece.trim_start().len();
        if !piece.trim().is_empty() {
            values.push(part(written, from + lead, piece.trim().len()));
        }
        from += piece.len() + 1;
    }
    values
}

/// A part of a field. Where doubled quotes make text and bytes differ, the place stays that of the whole field.
fn part<'t>(whole: &Written<'t>, start: usize, length: usize) -> Written<'t> {
    let text = match &whole.text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[start..start + length]),
        Cow::Owned(text) => Cow::Owned(text[start..start + length].to_owned()),
    };
    let exact = whole.at.end - whole.at.start == whole.text.len();
    let at =
        if exact { Spot { start: whole.at.start + start, end: whole.at.start + start + length, ..whole.at } } else { whole.at };
    Written { text, at }
}
