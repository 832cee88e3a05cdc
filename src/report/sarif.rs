//! `--format sarif`: SARIF 2.1.0 (OASIS), as code scanning takes it: findings at lines of files, explanations, fingerprints.
//! Never names a file that is none: what has no place stands at the beginning of the inventory.

use std::io::{self, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::json_document::write_document;
use super::{Header, printable};
use crate::dns::View;
use crate::judge::{Check, Finding, Judgement, Rule, Severity, Undecided};
use crate::place::Place;

/// GitHub keeps as many results; those beyond are the least bad ones.
const MAX_RESULTS: usize = 5000;
/// Characters that GitHub takes of a rule's description.
const MAX_DESCRIPTION: usize = 1024;
/// Where a finding stands that has no place in a file: an alert without a file is refused.
const NO_FILE: &str = "imctl.toml";
/// What stands in a segment of a path as it is (RFC 3986, 2.3), and what divides segments. A colon would make the first a scheme.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

pub(super) fn render(header: &Header, judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let shown = judgement.findings.get(..MAX_RESULTS).unwrap_or(&judgement.findings);
    let mut rules: Vec<&'static Rule> = shown.iter().map(|finding| finding.rule).collect();
    rules.sort_by_key(|rule| rule.id);
    rules.dedup_by_key(|rule| rule.id);
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": driver(&rules),
            "automationDetails": { "id": format!("imctl/{}/{}", header.command, header.started) },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "startTimeUtc": header.started,
                "toolExecutionNotifications": notifications(judgement, shown.len()),
            }],
            "results": shown.iter().map(|finding| result(finding, &rules)).collect::<Vec<_>>(),
        }],
    });
    write_document(&document, out)
}

fn driver(rules: &[&'static Rule]) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let rules: Vec<_> = rules.iter().map(|rule| descriptor(rule)).collect();
    json!({ "driver": { "name": "imctl", "version": version, "semanticVersion": version, "rules": rules } })
}

/// A rule, with the text of `imctl explain`.
fn descriptor(rule: &Rule) -> Value {
    // The first paragraph is what it means; headings stand before it.
    let meaning = rule.explanation.split("\n\n").find(|block| !block.starts_with('#')).unwrap_or(rule.summary);
    let about = match rule.check {
        Check::Estate(_) | Check::Policy => "inventory",
        Check::View(_) | Check::Dns(_) | Check::Zone(_) | Check::Dnssec(_) => "dns",
        Check::Probe(_) => "probe",
    };
    let problem = if rule.severity == Severity::Note { "recommendation".to_owned() } else { rule.severity.to_string() };
    json!({
        "id": rule.id,
        "shortDescription": { "text": clipped(rule.summary) },
        "fullDescription": { "text": clipped(&meaning.replace('\n', " ")) },
        "help": { "text": rule.explanation, "markdown": rule.explanation },
        "defaultConfiguration": { "level": rule.severity },
        "properties": { "tags": ["instant-messaging", about], "problem.severity": problem },
    })
}

fn result(finding: &Finding, rules: &[&'static Rule]) -> Value {
    let Finding { rule, severity, domain, view, message, expected, found, servers, people, help, .. } = finding;
    let message = if message.is_empty() { rule.summary } else { message };
    let help = if help.is_empty() { String::new() } else { format!("\nHelp: {}", message_text(help)) };
    json!({
        "ruleId": rule.id,
        "ruleIndex": rules.binary_search_by_key(&rule.id, |rule| rule.id).unwrap_or_default(),
        "level": severity,
        "message": { "text": format!("{}.{help}", message_text(message)) },
        "locations": [location(finding)],
        "partialFingerprints": { "imctlFinding/v1": finding.fingerprint() },
        "properties": {
            "domain": domain.as_ref().map(ToString::to_string), "view": view, "people": people, "servers": servers,
            "expected": expected, "found": found,
        },
    })
}

fn location(finding: &Finding) -> Value {
    let nowhere = Place::new(NO_FILE, 1, 1);
    let place = finding.place.as_ref().filter(|place| is_file(place)).unwrap_or(&nowhere);
    let (line, column) = (place.line.max(1), place.column.max(1));
    let region = json!({ "startLine": line, "startColumn": column, "endLine": line, "endColumn": column.saturating_add(1) });
    let domain = finding.domain.as_ref().map(ToString::to_string);
    let about = [domain.as_deref(), finding.view.map(View::as_str), Some(finding.rule.id)];
    json!({
        "physicalLocation": { "artifactLocation": { "uri": uri(&place.file) }, "region": region },
        "logicalLocations": [{ "fullyQualifiedName": about.into_iter().flatten().collect::<Vec<_>>().join("/") }],
    })
}

/// Whether a place is in a file, not on the command line nor in a stream.
fn is_file(place: &Place) -> bool {
    let is_named = place.file.starts_with('<') && place.file.ends_with('>');
    !is_named && !place.file.is_empty()
}

/// A path as a URI reference; relative where the path is.
fn uri(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    let mut relative = path.as_str();
    while let Some(rest) = relative.strip_prefix("./") {
        relative = rest.trim_start_matches('/');
    }
    let scheme = match relative.as_bytes() {
        [b'/', b'/', ..] => "file:",
        [b'/', ..] => "file://",
        [drive, b':', b'/', ..] if cfg!(windows) && drive.is_ascii_alphabetic() => "file:///",
        _ => "",
    };
    format!("{scheme}{}", utf8_percent_encode(relative, PATH))
}

/// What is undecided, and how many findings were cut.
fn notifications(judgement: &Judgement, shown: usize) -> Vec<Value> {
    let note = |text: String, properties: Value| json!({ "level": "warning", "message": { "text": message_text(&text) }, "properties": properties });
    let undecided = |one: &Undecided| {
        let Undecided { domain, view, asked, reason } = one;
        let text = format!("undecided: {asked} in the {view} view: {reason}");
        note(text, json!({ "domain": domain.to_string(), "view": view }))
    };
    let mut all: Vec<_> = judgement.undecided.iter().take(MAX_RESULTS).map(undecided).collect();
    for (count, what) in
        [(judgement.findings.len() - shown, "findings"), (judgement.undecided.len() - all.len(), "undecided questions")]
    {
        if count > 0 {
            all.push(note(format!("{count} more {what} are left out; --format json has them all"), json!({ "leftOut": count })));
        }
    }
    all
}

fn clipped(text: &str) -> String {
    text.chars().take(MAX_DESCRIPTION).collect()
}

/// Plain text as a message: braces would be placeholders and brackets links (SARIF 2.1.0, 3.11.5 and 3.11.6).
fn message_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in printable(text).chars() {
        match c {
            '{' | '}' => escaped.extend([c, c]),
            '\\' | '[' | ']' => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uri_references_that_are_relative_where_they_are() {
        assert_eq!(uri("./lists/people of me.csv"), "lists/people%20of%20me.csv");
        assert_eq!(uri("../imctl.toml"), "../imctl.toml");
        assert_eq!(uri("c:a#b?.toml"), "c%3Aa%23b%3F.toml");
        assert_eq!(uri("/etc/imctl.toml"), "file:///etc/imctl.toml");
        assert_eq!(uri(".//etc"), "etc");
    }

    #[test]
    fn text_is_neither_placeholder_nor_link() {
        assert_eq!(message_text("[a](1) {0} \\"), "\\[a\\](1) {{0}} \\\\");
    }
}
