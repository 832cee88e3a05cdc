//! A table of imctl.toml as its keys say it is: unknown keys, missing keys and wrong types are found here, and only here.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use super::mistakes::Mistake;
use super::reader::Reader;
use super::schema::{Kind, Table};
use super::source::Spot;

/// A string and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Written<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) at: Spot,
}

/// A table whose keys have been checked. What has the wrong type reads as absent: it has been reported.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section<'t> {
    table: &'t DeTable<'t>,
    schema: &'static Table,
    /// Its header, or the braces of an inline table.
    pub(super) at: Spot,
}

impl<'t> Section<'t> {
    /// Checks a table and all below it.
    pub(super) fn check(table: &'t DeTable<'t>, schema: &'static Table, at: Spot, reader: &mut Reader<'_>) -> Self {
        for (name, value) in table {
            match schema.key(name.get_ref()) {
                Some(key) => check_value(&key.kind, name.get_ref(), value, reader),
                None => unknown_key(schema, name, reader),
            }
        }
        check_missing(table, schema, at, reader);
        Self { table, schema, at }
    }

    fn value(&self, name: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        debug_assert!(self.schema.key(name).is_some(), "the schema lacks {name}");
        self.table.get(name)
    }

    /// A string.
    pub(super) fn text(&self, name: &str) -> Option<Written<'t>> {
        self.value(name).and_then(written)
    }

    /// Strings; `None` where the key is absent.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<Written<'t>>> {
        let array = self.value(name)?.get_ref().as_array()?;
        Some(array.iter().filter_map(written).collect())
    }

    /// Strings, each with the table that says more where one stands in its place.
    pub(super) fn entries(&self, name: &str) -> Vec<(Written<'t>, Option<Self>)> {
        let (Some(value), Some(Kind::TextsOrTables { table: schema, .. })) =
            (self.value(name), self.schema.key(name).map(|key| &key.kind))
        else {
            return Vec::new();
        };
        let entry = |item: &'t Spanned<DeValue<'t>>| match item.get_ref().as_table() {
            Some(table) => {
                let section = Self { table, schema, at: spot(item) };
                Some((section.text(schema.keys.first()?.name)?, Some(section)))
            }
            None => Some((written(item)?, None)),
        };
        value.get_ref().as_array().into_iter().flatten().filter_map(entry).collect()
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.value(name)?.get_ref().as_bool()
    }

    /// A number, and where it is written.
    pub(super) fn number(&self, name: &str) -> Option<(f64, Spot)> {
        let value = self.value(name)?;
        number(value.get_ref()).map(|number| (number, spot(value)))
    }

    /// A date as TOML knows it, and where it is written.
    pub(super) fn datetime(&self, name: &str) -> Option<(Datetime, Spot)> {
        let value = self.value(name)?;
        value.get_ref().as_datetime().map(|datetime| (*datetime, spot(value)))
    }

    /// The table `[name]`.
    pub(super) fn section(&self, name: &str) -> Option<Self> {
        let (Some(value), Some(Kind::Table(schema))) = (self.value(name), self.schema.key(name).map(|key| &key.kind)) else {
            return None;
        };
        value.get_ref().as_table().map(|table| Self { table, schema, at: spot(value) })
    }

    /// The tables `[[name]]`, in the order in which they are written.
    pub(super) fn sections(&self, name: &str) -> Vec<Self> {
        let (Some(value), Some(Kind::Tables(schema))) = (self.value(name), self.schema.key(name).map(|key| &key.kind)) else {
            return Vec::new();
        };
        let rows = value.get_ref().as_array().into_iter().flatten();
        rows.filter_map(|row| row.get_ref().as_table().map(|table| Self { table, schema, at: spot(row) })).collect()
    }

    /// Keys and strings of a table whose keys are the user's, in the order in which they are written.
    pub(super) fn pairs(&self, name: &str) -> Vec<(Written<'t>, Written<'t>)> {
        let table = self.value(name).and_then(|value| value.get_ref().as_table());
        let pair = |(key, value): (&'t Spanned<Cow<'t, str>>, &'t Spanned<DeValue<'t>>)| Some((key_text(key), written(value)?));
        let mut pairs: Vec<_> = table.into_iter().flatten().filter_map(pair).collect();
        pairs.sort_by_key(|(key, _)| key.at);
        pairs
    }
}

fn check_missing(table: &DeTable<'_>, schema: &Table, at: Spot, reader: &mut Reader<'_>) {
    let header = |reader: &Reader<'_>| match reader.raw(at) {
        header if header.starts_with('[') => header.to_owned(),
        _ => "this table".to_owned(),
    };
    for key in schema.keys.iter().filter(|key| key.required && !table.contains_key(key.name)) {
        let message = format!("{} has no `{}`", header(reader), key.name);
        let help = format!("add `{} = …`: {}", key.name, lower_first(key.doc));
        reader.report(Mistake::new(at, message, format!("`{}` is missing", key.name)).help(help).may_follow());
    }
    if !schema.any_of.is_empty() && !schema.any_of.iter().any(|key| table.contains_key(*key)) {
        let keys: Vec<_> = schema.any_of.iter().map(|key| format!("`{key}`")).collect();
        let neither = format!("{} has neither {}", header(reader), keys.join(" nor "));
        let help = format!("add {}", keys.join(" or "));
        reader.report(Mistake::new(at, neither, "one of them is missing").help(help).may_follow());
    }
}

fn unknown_key(schema: &Table, name: &Spanned<Cow<'_, str>>, reader: &mut Reader<'_>) {
    let noun = schema.noun;
    let mistake =
        Mistake::new(Spot::new(0, name.span()), format!("unknown {noun} `{}`", name.get_ref()), format!("unknown {noun}"));
    let help = match reader.nearest(name.get_ref(), schema.keys.iter().map(|key| key.name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it can be {}", listed(schema.keys.iter().map(|key| key.name))),
    };
    reader.report(mistake.help(help));
}

fn check_value(kind: &'static Kind, name: &str, value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) {
    let holds = value.get_ref();
    match kind {
        Kind::Text(_) if holds.is_str() => {}
        Kind::Flag if holds.is_bool() => {}
        Kind::Seconds if number(holds).is_some() => {}
        Kind::Day if holds.is_datetime() || holds.is_str() => {}
        Kind::Table(schema) if holds.is_table() => {
            if let Some(table) = holds.as_table() {
                Section::check(table, schema, spot(value), reader);
            }
        }
        Kind::Tables(schema) if holds.is_array() => check_tables(schema, name, value, reader),
        Kind::Texts { may_be_empty, .. } if holds.is_array() => check_texts(*may_be_empty, name, value, reader),
        Kind::TextsOrTables { table, .. } if holds.is_array() => {
            check_filled(false, name, value, reader);
            for item in holds.as_array().into_iter().flatten() {
                match item.get_ref() {
                    DeValue::String(_) => {}
                    DeValue::Table(inline) => {
                        Section::check(inline, table, spot(item), reader);
                    }
                    _ => wrong_type(name, "strings or tables", None, item, reader),
                }
            }
        }
        Kind::Map { .. } if holds.is_table() => {
            let wrong = holds.as_table().into_iter().flatten().filter(|(_, value)| !value.get_ref().is_str());
            wrong.for_each(|(key, value)| wrong_type(key.get_ref(), "a string", None, value, reader));
        }
        _ => wrong_kind(kind, name, value, reader),
    }
}

fn check_tables(schema: &'static Table, name: &str, value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) {
    for row in value.get_ref().as_array().into_iter().flatten() {
        if let Some(table) = row.get_ref().as_table() {
            Section::check(table, schema, spot(row), reader);
        } else {
            wrong_type(name, "tables", Some(format!("write each as [[{name}]]")), row, reader);
        }
    }
}

fn check_filled(may_be_empty: bool, name: &str, value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) {
    if !may_be_empty && value.get_ref().as_array().is_some_and(|array| array.is_empty()) {
        let mistake = Mistake::new(spot(value), format!("`{name}` is empty"), "nothing is listed here");
        reader.report(mistake.help("list at least one, or leave the key out").may_follow());
    }
}

fn check_texts(may_be_empty: bool, name: &str, value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) {
    check_filled(may_be_empty, name, value, reader);
    for item in value.get_ref().as_array().into_iter().flatten().filter(|item| !item.get_ref().is_str()) {
        wrong_type(name, "strings", None, item, reader);
    }
}

fn wrong_kind(kind: &Kind, name: &str, value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) {
    let (meant, help) = match kind {
        Kind::Text(_) => ("a string", None),
        Kind::Texts { .. } | Kind::TextsOrTables { .. } => {
            let raw = reader.raw(spot(value));
            ("a list of strings", value.get_ref().is_str().then(|| format!("write `{name} = [{raw}]`")))
        }
        Kind::Flag => ("true or false", Some(format!("write `{name} = true` or `{name} = false`"))),
        Kind::Seconds => ("a number of seconds", None),
        Kind::Day => ("a date", Some("write it as 2026-12-31".to_owned())),
        Kind::Table(_) | Kind::Map { .. } => ("a table", Some(format!("write it as [{name}], or as {name} = {{ … }}"))),
        Kind::Tables(_) => ("a list of tables", Some(format!("write each as [[{name}]], with two brackets on each side"))),
    };
    wrong_type(name, meant, help, value, reader);
}

fn wrong_type(name: &str, meant: &str, help: Option<String>, value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) {
    let found = match value.get_ref() {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    let mut mistake = Mistake::new(spot(value), format!("`{name}` takes {meant}, not {found}"), format!("this is {found}"));
    mistake.help = help;
    reader.report(mistake.may_follow());
}

/// A TOML number as seconds.
fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Float(float) => float.as_str().parse().ok(),
        DeValue::Integer(integer) => {
            let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
            number.and_then(|number| i32::try_from(number).ok()).map(f64::from)
        }
        _ => None,
    }
}

fn written<'t>(value: &'t Spanned<DeValue<'t>>) -> Option<Written<'t>> {
    value.get_ref().as_str().map(|text| Written { text: Cow::Borrowed(text), at: spot(value) })
}

fn key_text<'t>(key: &'t Spanned<Cow<'t, str>>) -> Written<'t> {
    Written { text: Cow::Borrowed(key.get_ref()), at: Spot::new(0, key.span()) }
}

fn spot<T>(value: &Spanned<T>) -> Spot {
    Spot::new(0, value.span())
}

/// `a, b or c`.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + chars.as_str())
}
