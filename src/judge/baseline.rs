//! Findings that a team has accepted for now, by fingerprint, so that only new ones count. Opens no file.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::Scope;
use super::coverage::{Coverage, Gap};
use super::finding::Finding;
use super::judgement::Judgement;
use super::rules::RULES;
use crate::dns::View;

/// Grows when a reader of the old shape could misread the new one.
pub const BASELINE_VERSION: u32 = 1;
/// What tells a baseline from other JSON.
pub const BASELINE_KIND: &str = "baseline";

/// A finding as a baseline keeps it: what matches is the fingerprint, all else is for people who read the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The IM domain; none for what concerns a whole view, list or inventory.
    pub domain: Option<String>,
    /// The rule's id.
    pub rule: String,
    /// The view; none where it is no matter of one view.
    pub view: Option<View>,
    /// What was wrong when it was accepted.
    pub message: String,
    /// The finding's id, [`Finding::fingerprint`].
    pub fingerprint: String,
}

impl From<&Finding> for Accepted {
    fn from(finding: &Finding) -> Self {
        Self {
            domain: finding.domain.as_ref().map(ToString::to_string),
            rule: finding.rule.id.to_owned(),
            view: finding.view,
            message: finding.message.clone(),
            fingerprint: finding.fingerprint(),
        }
    }
}

/// All findings that are accepted, sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Sorted by domain, rule and view.
    pub accepted: Vec<Accepted>,
}

/// What a baseline made of a judgement.
#[derive(Clone, Debug, Default)]
pub struct Baselined {
    /// Findings that it has, worst first; they are not among the judgement's own any more.
    pub known: Vec<Finding>,
    /// Entries for which this run would have found something, and did not.
    pub stale: Vec<Accepted>,
}

/// What is wrong with the text of a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineError {
    /// 1-based.
    pub line: usize,
    /// 1-based.
    pub column: usize,
    /// One clause, with what to do.
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "kind")]
    _kind: String,
    #[serde(rename = "schema_version")]
    _version: u32,
    findings: Vec<Accepted>,
}

/// What tells what a file is, whatever else stands in it.
#[derive(Deserialize)]
struct Head {
    kind: Option<serde_json::Value>,
    schema_version: Option<serde_json::Value>,
    summary: Option<serde::de::IgnoredAny>,
}

impl Baseline {
    /// Reads the text of a baseline; refuses whatever is none.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let at = |error: &serde_json::Error, message: String| BaselineError {
            line: error.line().max(1),
            column: error.column().max(1),
            message,
        };
        let wrong = |message: String| BaselineError { line: 1, column: 1, message };
        let head: Head = serde_json::from_str(text).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => wrong(NONE.to_owned()),
            _ => at(&error, format!("this is no JSON ({}): {NONE}", reason(&error))),
        })?;
        if head.kind.as_ref().and_then(serde_json::Value::as_str) != Some(BASELINE_KIND) {
            let report = "this is a report, not a baseline: make one with --write-baseline";
            return Err(wrong(if head.summary.is_some() { report } else { NONE }.to_owned()));
        }
        match head.schema_version.as_ref().and_then(serde_json::Value::as_u64) {
            Some(version) if version == u64::from(BASELINE_VERSION) => {}
            Some(version) => {
                let known = format!("this imctl reads {BASELINE_VERSION}: read it with the imctl that wrote it, or write it anew");
                return Err(wrong(format!("this baseline has schema_version {version}, and {known}")));
            }
            None => return Err(wrong("this baseline has no schema_version: write it anew with --write-baseline".to_owned())),
        }
        let file: File = serde_json::from_str(text).map_err(|error| {
            at(&error, format!("the baseline is damaged ({}): write it anew with --write-baseline", reason(&error)))
        })?;
        Ok(Self::of_entries(file.findings))
    }

    fn of_entries(mut accepted: Vec<Accepted>) -> Self {
        accepted.sort();
        let mut seen = HashSet::new();
        accepted.retain(|entry| seen.insert(entry.fingerprint.clone()));
        Self { accepted }
    }

    /// Takes what is accepted out of a judgement's findings.
    pub fn apply(&self, judgement: &mut Judgement, scope: &Scope) {
        let accepted: HashSet<&str> = self.accepted.iter().map(|entry| entry.fingerprint.as_str()).collect();
        let all = std::mem::take(&mut judgement.findings);
        let (known, new): (Vec<_>, Vec<_>) = all.into_iter().partition(|finding| accepted.contains(finding.fingerprint().as_str()));
        judgement.findings = new;
        let found: HashSet<String> = known.iter().map(Finding::fingerprint).collect();
        let coverage = Coverage::of(judgement, scope);
        let missing = self.accepted.iter().filter(|entry| !found.contains(&entry.fingerprint));
        let stale = missing.filter(|entry| is_stale(entry, &coverage)).cloned().collect();
        judgement.baseline = Some(Baselined { known, stale });
    }

    /// What is to be accepted after a run: all that was found, and what `old` has and the run could not judge.
    pub fn renewed(old: Option<&Self>, judgement: &Judgement) -> Self {
        let baselined = judgement.baseline.as_ref();
        let known = baselined.iter().flat_map(|baselined| &baselined.known);
        let found: HashMap<String, Accepted> =
            (judgement.findings.iter().chain(known).map(Accepted::from)).map(|entry| (entry.fingerprint.clone(), entry)).collect();
        let stale: HashSet<&str> =
            baselined.iter().flat_map(|baselined| &baselined.stale).map(|entry| entry.fingerprint.as_str()).collect();
        let kept = old
            .iter()
            .flat_map(|old| &old.accepted)
            .filter(|entry| !stale.contains(entry.fingerprint.as_str()) && !found.contains_key(&entry.fingerprint));
        let kept: Vec<Accepted> = kept.cloned().collect();
        Self::of_entries(found.into_values().chain(kept).collect())
    }
}

/// What to say of a file that is something else.
const NONE: &str = "give a baseline that imctl wrote with --write-baseline";

/// The reason without serde's own position, which is told apart.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned())
}

/// Whether the run would have found it, were it still so. Where it could not tell, silence acquits nobody: the entry stays.
fn is_stale(entry: &Accepted, coverage: &Coverage<'_>) -> bool {
    if !RULES.iter().any(|rule| rule.goes_by(&entry.rule)) {
        return true;
    }
    match coverage.gap(&entry.rule, entry.domain.as_deref(), entry.view) {
        None => true,
        // Only a run over the whole inventory tells a domain that is gone from one that was not asked for.
        Some(Gap::NoSuchDomain) => coverage.scope.estate,
        Some(Gap::NotJudged | Gap::Undecided(_)) => false,
    }
}
