//! A JSON report that imctl wrote, read back: only what a comparison needs. Refuses whatever is none.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::dns::View;
use crate::judge::{BASELINE_KIND, Coverage, Scope, Severity};

/// The one shape that is read.
const SCHEMA_VERSION: u64 = 1;
/// What to do about a file that is something else.
const NONE: &str = "give a report that imctl wrote with --report json=FILE";

/// A report, read. Keys that are not known are left alone: the interface may grow.
#[derive(Clone, Debug, Deserialize)]
pub struct Saved {
    /// When and how it was made.
    pub run: SavedRun,
    views: Vec<SavedView>,
    summary: SavedSummary,
    /// Every domain.
    pub domains: Vec<SavedDomain>,
    findings: Vec<SavedFinding>,
    undecided: Vec<SavedUndecided>,
    baseline: Option<SavedBaseline>,
}

/// How a report was made.
#[derive(Clone, Debug, Deserialize)]
pub struct SavedRun {
    /// The subcommand.
    pub command: String,
    /// RFC 3339.
    pub started: String,
    vantage: View,
    /// Where there are several.
    #[serde(default)]
    vantages: Vec<View>,
    /// Whether the name servers of the zones were asked themselves.
    #[serde(default)]
    authoritative: bool,
    /// The views whose answers were validated.
    #[serde(default)]
    validated: Vec<View>,
}

#[derive(Clone, Debug, Deserialize)]
struct SavedView {
    name: View,
}

#[derive(Clone, Debug, Deserialize)]
struct SavedSummary {
    suppressed: u64,
}

#[derive(Clone, Debug, Deserialize)]
struct SavedBaseline {
    known: Vec<SavedFinding>,
}

/// A domain of a report.
#[derive(Clone, Debug, Deserialize)]
pub struct SavedDomain {
    /// The IM domain.
    pub name: String,
    /// The word for it.
    pub verdict: String,
}

/// A finding of a report.
#[derive(Clone, Debug, Deserialize)]
pub struct SavedFinding {
    /// The rule's id.
    pub rule: String,
    /// What it weighs.
    pub severity: Severity,
    /// The IM domain.
    pub domain: Option<String>,
    /// The view.
    pub view: Option<View>,
    /// One sentence.
    pub message: String,
    /// People affected, where lists say.
    pub people: Option<u64>,
    /// What it is matched by.
    pub fingerprint: String,
}

#[derive(Clone, Debug, Deserialize)]
struct SavedUndecided {
    domain: String,
    view: View,
    reason: String,
}

/// What is wrong with the text of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedError {
    /// 1-based.
    pub line: usize,
    /// 1-based.
    pub column: usize,
    /// One clause, with what to do.
    pub message: String,
}

impl Saved {
    /// Reads the text of a report.
    pub fn parse(text: &str) -> Result<Self, SavedError> {
        let at =
            |error: &serde_json::Error, message| SavedError { line: error.line().max(1), column: error.column().max(1), message };
        let head: Head = match serde_json::from_str(text) {
            Ok(head) => head,
            Err(error) if error.is_data() => return Err(at(&error, format!("this is no report: {NONE}"))),
            Err(error) => return Err(not_json(text, &error)),
        };
        if let Some(message) = head.foreign() {
            return Err(SavedError { line: 1, column: 1, message });
        }
        serde_json::from_str(text).map_err(|error| at(&error, format!("the report is damaged ({}): {NONE}", reason(&error))))
    }

    /// Every finding, those that a baseline has included.
    pub fn all_findings(&self) -> impl Iterator<Item = &SavedFinding> {
        self.findings.iter().chain(self.baseline.iter().flat_map(|baseline| &baseline.known))
    }

    /// Findings that a suppression hides, of which nothing but the number is known.
    pub fn suppressed(&self) -> u64 {
        self.summary.suppressed
    }

    /// What the run behind it covered, as far as the report tells.
    pub fn coverage(&self) -> Coverage<'_> {
        let command = self.run.command.as_str();
        let views: Vec<View> = self.views.iter().map(|view| view.name).collect();
        let vantages = self.run.vantages.iter().copied().chain([self.run.vantage]).collect();
        let estate = !matches!(command, "dns-check" | "probe");
        let scope = Scope {
            estate,
            dns: command != "probe" && !views.is_empty(),
            authoritative: self.run.authoritative,
            validated: self.run.validated.clone(),
            probes: !matches!(command, "dns-check" | "lint"),
            views,
            vantages,
            trace: false,
        };
        Coverage {
            scope,
            domains: self.domains.iter().map(|domain| domain.name.as_str()).collect(),
            undecided: self.undecided.iter().map(|open| ((open.domain.as_str(), open.view), open.reason.as_str())).collect(),
        }
    }
}

/// What tells what a file is, whatever else stands in it.
#[derive(Deserialize)]
struct Head {
    imctl_recording: Option<IgnoredAny>,
    kind: Option<Value>,
    schema_version: Option<Value>,
    domains: Option<IgnoredAny>,
    findings: Option<IgnoredAny>,
}

impl Head {
    /// Why it is no report that can be read; `None` where it is one.
    fn foreign(&self) -> Option<String> {
        if self.imctl_recording.is_some() {
            return Some(format!("this is a recording, not a report: judge it with --from, or {NONE}"));
        }
        if let Some(kind) = &self.kind {
            let what = if kind == BASELINE_KIND { "a baseline" } else { "something else" };
            return Some(format!("this is {what}, not a report: {NONE}"));
        }
        match &self.schema_version {
            Some(version) if version.as_u64() == Some(SCHEMA_VERSION) && self.findings.is_some() && self.domains.is_some() => None,
            Some(version) if version.is_u64() && self.findings.is_some() => Some(format!(
                "this report has schema_version {version}, and this imctl compares {SCHEMA_VERSION}: use the imctl that wrote it"
            )),
            _ => Some(format!("this is no report: {NONE}")),
        }
    }
}

/// JSON lines begin with an object, too, and are told apart from what is no JSON at all.
fn not_json(text: &str, error: &serde_json::Error) -> SavedError {
    let first = text.lines().next().and_then(|line| serde_json::from_str::<Head>(line).ok());
    let message = match first {
        Some(Head { imctl_recording: Some(_), .. }) => {
            format!("this is a recording, not a report: judge it with --from, or {NONE}")
        }
        Some(_) => format!("these are JSON lines, and one JSON document is compared: {NONE}"),
        None => format!("this is no JSON ({}): {NONE}", reason(error)),
    };
    SavedError { line: error.line().max(1), column: error.column().max(1), message }
}

/// The reason without serde's own position, which is told apart.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned())
}
