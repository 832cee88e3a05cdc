//! The JSON Schema and the reader agree.

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::json_schema;
use super::{FULL, SAMPLE, read};

fn validator() -> Validator {
    jsonschema::draft202012::new(&json_schema()).expect("a valid schema")
}

/// What an editor makes of a TOML text: dates are strings.
fn as_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::Datetime(datetime) => json!(datetime.to_string()),
        toml::Value::Array(items) => items.iter().map(as_json).collect(),
        toml::Value::Table(table) => Value::Object(table.iter().map(|(key, value)| (key.clone(), as_json(value))).collect()),
        plain => serde_json::to_value(plain).expect("a plain value"),
    }
}

fn document(text: &str) -> Value {
    as_json(&toml::Value::Table(text.parse().expect("TOML")))
}

#[test]
fn the_schema_is_a_draft_2020_12_schema() {
    let schema = json_schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
}

#[test]
fn inventories_that_are_read_fit_the_schema() {
    let validator = validator();
    for text in ["", SAMPLE, FULL] {
        assert!(read(text).is_ok());
        let document = document(text);
        let errors: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

proptest! {
    /// The schema is the laxer of the two: an editor must never underline what imctl accepts.
    #[test]
    fn what_is_read_fits_the_schema(at in 0..FULL.len(), length in 0..6usize, insert in "[a-z0-9.:/*?\\[\\]\" _-]{0,4}") {
        thread_local!(static VALIDATOR: Validator = validator());
        let floor = |at: usize| (0..=at.min(FULL.len())).rev().find(|at| FULL.is_char_boundary(*at)).unwrap_or(0);
        let text = format!("{}{insert}{}", &FULL[..floor(at)], &FULL[floor(at + length)..]);
        if read(&text).is_ok() {
            let document = document(&text);
            let fits = VALIDATOR.with(|validator| validator.validate(&document).map_err(|error| error.to_string()));
            prop_assert!(fits.is_ok(), "{fits:?} in
{text}");
        }
    }
}

#[test]
fn what_does_not_fit_the_schema_is_a_mistake() {
    let validator = validator();
    for text in [
        "owner = \"me\"",
        "vantage = \"inside\"",
        "emails = \"people.csv\"",
        "[derive]\nprefix = \"im\"",
        "[view.dmz]\nservers = [\"system\"]",
        "[view.internal]",
        "[view.internal]\nservers = []",
        "[view.internal]\nservers = [\"dns.example\"]",
        "[view.internal]\nservers = [\"[fd00::2]]\"]",
        "[view.internal]\nservers = [\"[fd00::2]x]\"]",
        "[view.internal]\nservers = [\"system\", \"system\"]",
        "[view.internal]\nservers = [\"system\"]\ncanary = { name = \"a.example\" }",
        "[[domain]]\nexternal = true",
        "[[domain]]\nname = \"im..example\"",
        "[[domain]]\nname = \"im.a.example\"\nprofile = \"icq\"",
        "[[router]]\nname = \"r\"",
        "[[router]]\nname = \"\"\naddresses = [\"10.0.0.1\"]",
        "[[router]]\nname = \"r\"\naddresses = [\"router.example\"]",
        "[[home_server]]\nname = \"h\"",
        "[probe]\nslow_answer_secs = 0",
        "[connect]\n\"10.0.0.1\" = \"10.0.0.1:80\"",
        "[rules]\nservers-disagree = \"fatal\"",
        "[[suppress]]\nrule = \"servers-disagree\"",
        "[[suppress]]\nrule = \"servers-disagree\"\ndomain = \"*\"\nreason = \"r\"\nexpires = \"tomorrow\"",
    ] {
        assert!(!validator.is_valid(&document(text)), "the schema lets through\n{text}");
        assert!(read(text).is_err(), "the reader lets through\n{text}");
    }
}

#[test]
fn the_full_inventory_has_every_key_of_the_schema() {
    fn check(schema: &Value, document: &Value, path: &str) {
        if let Some(items) = schema.get("items").filter(|items| items["type"] == "object") {
            return check(items, &document[0], path);
        }
        for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}.{key}");
            let absent = document.get(key).is_none() && path != ".home_server.addresses";
            assert!(!absent, "full.toml lacks {path}");
            assert!(schema["description"].as_str().is_some_and(|text| !text.is_empty()), "{path} has no description");
            check(schema, document.get(key).unwrap_or(&Value::Null), &path);
        }
    }
    check(&json_schema(), &document(FULL), "");
}

#[test]
fn tables_are_closed() {
    fn check(schema: &Value) {
        if schema["type"] == "object" {
            let rest = &schema["additionalProperties"];
            assert!(rest == &json!(false) || rest.is_object(), "{schema}");
        }
        let inner = schema.as_object().map(|object| object.values().collect::<Vec<_>>()).unwrap_or_default();
        inner.into_iter().chain(schema.as_array().into_iter().flatten()).for_each(check);
    }
    check(&json_schema());
}
