//! The template against the schema and the reader of the inventory.

use std::path::Path;

use serde_json::Value;

use super::*;
use crate::inventory::{self, Context, Inventory};

fn plain() -> Draft {
    Draft { prefix: "im.".to_owned(), ..Draft::default() }
}

/// The text with everything turned on that can be.
fn turned_on(text: &str) -> String {
    let line = |line: &str| match line.strip_prefix('#') {
        Some(setting) if !setting.is_empty() && !setting.starts_with(' ') => format!("{setting}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

fn read(text: &str) -> Inventory {
    let read = |_: &Path| Ok(b"name\nim.other.example\n".to_vec());
    inventory::parse(text, "imctl.toml", &Context { rules: &[], read: &read })
        .unwrap_or_else(|mistakes| panic!("{}\n{text}", mistakes.render(false)))
}

/// The keys of a schema that are not in the value, as paths.
fn missing(schema: &Value, value: &toml::Value, path: &str, into: &mut Vec<String>) {
    let (schema, value) = match value {
        toml::Value::Array(values) if schema["items"]["properties"].is_object() => (&schema["items"], &values[0]),
        _ => (schema, value),
    };
    for (key, inside) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{key}");
        match value.get(key) {
            Some(value) => missing(inside, value, &path, into),
            None => into.push(path),
        }
    }
}

#[test]
fn every_key_of_the_schema_stands_in_the_template() {
    let text = turned_on(&toml(&plain()));
    let value = toml::Value::Table(text.parse().unwrap_or_else(|error| panic!("{error}\n{text}")));
    let schema = inventory::json_schema();
    let mut absent = Vec::new();
    missing(&schema, &value, "", &mut absent);
    assert_eq!(absent, [] as [String; 0]);
    missing(&schema, &toml::Value::Table(toml::Table::new()), "", &mut absent);
    assert!(absent.len() > 10, "the comparison sees what is missing");
}

#[test]
fn settings_that_are_turned_off_are_the_defaults() {
    let (template, default) = (read(&turned_on(&toml(&plain()))), Inventory::default());
    assert_eq!(template.prefix, default.prefix);
    assert_eq!(template.vantage, default.vantage);
    assert_eq!(template.slow_answer, default.slow_answer);
    let bare = inventory::Domain::bare("im.example.com".parse().expect("a name"), crate::place::Place::command_line());
    assert_eq!(template.domains.nth(0).external, bare.external);
    assert_eq!(template.domains.nth(0).profile.id, bare.profile.id);
}

#[test]
fn the_template_as_it_is_declares_nothing() {
    let table: toml::Table = toml(&plain()).parse().expect("TOML");
    assert!(table.is_empty(), "{table}");
}

proptest::proptest! {
    #[test]
    fn no_text_leaves_its_string_or_its_comment(name in "\\PC*|[\"\\\\#\\]\n\r\u{0}\u{7f}\u{85}\u{2028}a]{0,12}") {
        let entry = Entry { comments: vec![name.clone()], ..Entry::bare("im.example.com".parse().expect("a name")) };
        let draft = Draft { entries: vec![entry], emails: vec![name.clone()], ..plain() };
        let table: toml::Table = toml(&draft).parse().expect("TOML");
        proptest::prop_assert_eq!(table.keys().map(String::as_str).collect::<Vec<_>>(), ["domain", "emails", "rules"]);
        proptest::prop_assert_eq!(table["domain"][0]["name"].as_str(), Some("im.example.com"));
        proptest::prop_assert_eq!(table["emails"][0].as_str(), Some(name.as_str()));
    }
}
