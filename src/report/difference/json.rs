//! A comparison as one JSON document, with structs of its own, so that inner types can move while the schema stands.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::compare::{Comparison, Saved, SavedFinding};
use crate::dns::View;
use crate::judge::Severity;
use crate::report::json_document::write_document;

/// Grows when a reader of the old shape could misread the new one.
const SCHEMA_VERSION: u32 = 1;

/// Two reports compared.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "imctl diff", deny_unknown_fields)]
struct Difference<'a> {
    /// The shape of this document.
    schema_version: u32,
    /// Always `diff`.
    kind: &'static str,
    /// The older report.
    old_report: Side<'a>,
    /// The newer report.
    new_report: Side<'a>,
    /// Everything in numbers.
    summary: Numbers,
    /// Findings that the older report has not, worst first.
    new: Vec<Found<'a>>,
    /// Findings that the newer report would have, were they not mended.
    fixed: Vec<Found<'a>>,
    /// Findings of which the newer report knows nothing: they may still be there.
    not_known_any_more: Vec<Found<'a>>,
    /// Findings of both.
    still_there: Vec<Found<'a>>,
    /// Domains whose verdict differs, by name.
    verdicts: Vec<Change<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Side<'a> {
    /// The subcommand.
    command: &'a str,
    /// RFC 3339.
    started: &'a str,
    /// Domains in it.
    domains: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Numbers {
    new: u64,
    fixed: u64,
    still_there: u64,
    not_known_any_more: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Found<'a> {
    rule: &'a str,
    severity: Severity,
    /// The IM domain; null for what concerns a whole view, list or inventory.
    domain: Option<&'a str>,
    /// Null where it is no matter of one view.
    view: Option<View>,
    message: &'a str,
    /// People affected; null where no list says.
    people: Option<u64>,
    fingerprint: &'a str,
    /// Why the newer report knows nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Change<'a> {
    domain: &'a str,
    /// Null where the older report has no such domain.
    old: Option<&'a str>,
    /// Null where the newer report has no such domain.
    new: Option<&'a str>,
}

/// The JSON Schema of a comparison (draft 2020-12).
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Difference<'_>)
}

pub(super) fn render(comparison: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_document(&Difference::of(comparison), out)
}

impl<'a> Difference<'a> {
    fn of(comparison: &'a Comparison<'a>) -> Self {
        let Comparison { new, fixed, unknown, still_there, .. } = comparison;
        let all = |findings: &[&'a SavedFinding]| findings.iter().map(|finding| Found::of(finding, None)).collect();
        Self {
            schema_version: SCHEMA_VERSION,
            kind: "diff",
            old_report: Side::of(comparison.old),
            new_report: Side::of(comparison.new_report),
            summary: Numbers {
                new: new.len() as u64,
                fixed: fixed.len() as u64,
                still_there: still_there.len() as u64,
                not_known_any_more: unknown.len() as u64,
            },
            new: all(new),
            fixed: all(fixed),
            not_known_any_more: unknown.iter().map(|(finding, why)| Found::of(finding, Some(why))).collect(),
            still_there: all(still_there),
            verdicts: comparison.verdicts.iter().map(|(domain, (old, new))| Change { domain, old: *old, new: *new }).collect(),
        }
    }
}

impl<'a> Side<'a> {
    fn of(report: &'a Saved) -> Self {
        Self { command: &report.run.command, started: &report.run.started, domains: report.domains.len() as u64 }
    }
}

impl<'a> Found<'a> {
    fn of(finding: &'a SavedFinding, reason: Option<&'a str>) -> Self {
        Self {
            rule: &finding.rule,
            severity: finding.severity,
            domain: finding.domain.as_deref(),
            view: finding.view,
            message: &finding.message,
            people: finding.people,
            fingerprint: &finding.fingerprint,
            reason,
        }
    }
}
