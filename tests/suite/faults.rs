//! The fault laboratory: each row of a table is a domain whose servers misbehave in one way, and what must come of it, whichever
//! command looks. All rows stand in one estate, so that one domain's fault must not become another's.

mod dns;
mod http;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::checking::run;

/// What must come of a fault.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    /// Nothing is wrong: it does no harm.
    Fine,
    /// Nothing is found, and something is undecided.
    Undecided,
    /// Exactly this rule fires.
    Found(&'static str),
}

/// A row: what the servers of a domain do, and what must come of it.
struct Row {
    fault: String,
    outcome: Outcome,
}

/// An estate with a domain for each row, `im.FAULT.example`, over one name server and machines that are all at one place.
fn inventory(name_server: &str, machines: &str, rows: &[Row]) -> String {
    let mut text = format!("[view.internal]\nservers = [\"{name_server}\"]\n");
    let mut connect = String::from("[connect]\n");
    for (position, Row { fault, .. }) in rows.iter().enumerate() {
        let address = router(position);
        let _ = write!(
            text,
            "[[domain]]\nname = \"im.{fault}.example\"\nrouters = [\"{fault}\"]\n[[router]]\nname = \"{fault}\"\naddresses = [\"{address}\"]\n"
        );
        let _ = writeln!(connect, "\"{address}:80\" = \"{machines}\"");
    }
    text + &connect
}

/// The address of the router of a row's domain.
fn router(position: usize) -> String {
    format!("10.{}.{}.10", 1 + position / 200, position % 200)
}

/// Runs a command over the whole table and holds each row to what must come of it; what people see obeys no server. Gives the report.
fn assert_rows(folder: &Path, arguments: &[&str], rows: &[Row]) -> Value {
    let ran = run(folder, &[arguments, &["-v", "--report", "json=report.json"]].concat());
    assert!([0, 1, 3].contains(&ran.code), "{arguments:?} ends with {}: {}", ran.code, ran.stderr);
    assert_harmless(arguments, &ran.stdout);
    assert_harmless(arguments, &ran.stderr);
    let report = std::fs::read_to_string(folder.join("report.json")).expect("the report");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    let mut said: BTreeMap<&str, (Vec<&str>, bool)> = BTreeMap::new();
    for finding in report["findings"].as_array().expect("findings") {
        let domain = finding["domain"].as_str().unwrap_or("-");
        said.entry(domain).or_default().0.push(finding["rule"].as_str().expect("a rule"));
    }
    for undecided in report["undecided"].as_array().expect("undecided") {
        said.entry(undecided["domain"].as_str().unwrap_or("-")).or_default().1 = true;
    }
    let mut wrong = String::new();
    for Row { fault, outcome } in rows {
        let domain = format!("im.{fault}.example");
        let (found, undecided) = said.remove(domain.as_str()).unwrap_or_default();
        let fits = match outcome {
            Outcome::Fine => found.is_empty() && !undecided,
            Outcome::Undecided => found.is_empty() && undecided,
            Outcome::Found(rule) => !found.is_empty() && found.iter().all(|other| other == rule),
        };
        if !fits {
            let _ = writeln!(wrong, "{fault}: {outcome:?} is meant, and it is {found:?}, undecided: {undecided}");
        }
    }
    assert!(wrong.is_empty(), "{arguments:?}:\n{wrong}");
    assert!(said.is_empty(), "{arguments:?}: besides, {said:?}");
    report
}

/// No control character, and none that turns the direction of a line.
fn assert_harmless(arguments: &[&str], text: &str) {
    let is_harmful =
        |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
    if let Some(position) = text.find(is_harmful) {
        let around: String = text[..position].chars().rev().take(80).collect::<Vec<_>>().into_iter().rev().collect();
        panic!("{arguments:?} shows {:?} after {around:?}", text[position..].chars().next());
    }
}
