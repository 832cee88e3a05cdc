//! Two JSON reports compared: what is new, fixed, still there, and no longer known. Opens no file and judges nothing anew.

use std::collections::{BTreeMap, HashMap, HashSet};

mod saved;

pub use saved::{Saved, SavedDomain, SavedError, SavedFinding, SavedRun};

use crate::judge::Gap;

/// What changed from one report to another.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    /// The older report.
    pub old: &'a Saved,
    /// The newer report.
    pub new_report: &'a Saved,
    /// Findings of the newer report that the older has not, in its order: worst first.
    pub new: Vec<&'a SavedFinding>,
    /// Findings of the older report that the newer would have, were they not mended.
    pub fixed: Vec<&'a SavedFinding>,
    /// Findings of the older report of which the newer knows nothing, and why: they may still be there.
    pub unknown: Vec<(&'a SavedFinding, String)>,
    /// Findings of both, as the newer has them.
    pub still_there: Vec<&'a SavedFinding>,
    /// Domains whose verdict differs, by name; `None` where a report has no such domain.
    pub verdicts: BTreeMap<&'a str, (Option<&'a str>, Option<&'a str>)>,
}

impl<'a> Comparison<'a> {
    /// Compares by fingerprint.
    pub fn of(old: &'a Saved, new: &'a Saved) -> Self {
        let (before, after) = (fingerprints(old), fingerprints(new));
        let (still_there, appeared): (Vec<_>, Vec<_>) =
            new.all_findings().partition(|finding| before.contains(finding.fingerprint.as_str()));
        let coverage = new.coverage();
        let (mut fixed, mut unknown) = (Vec::new(), Vec::new());
        for finding in old.all_findings().filter(|finding| !after.contains(finding.fingerprint.as_str())) {
            match coverage.gap(&finding.rule, finding.domain.as_deref(), finding.view) {
                None => fixed.push(finding),
                Some(gap) => unknown.push((finding, in_words(gap))),
            }
        }
        Self { old, new_report: new, new: appeared, fixed, unknown, still_there, verdicts: verdicts(old, new) }
    }
}

fn in_words(gap: Gap<'_>) -> String {
    match gap {
        Gap::NotJudged => "the new report does not judge this".to_owned(),
        Gap::NoSuchDomain => "the new report has no such domain".to_owned(),
        Gap::Undecided(why) => format!("nobody would say: {why}"),
    }
}

fn fingerprints(report: &Saved) -> HashSet<&str> {
    report.all_findings().map(|finding| finding.fingerprint.as_str()).collect()
}

fn verdicts<'a>(old: &'a Saved, new: &'a Saved) -> BTreeMap<&'a str, (Option<&'a str>, Option<&'a str>)> {
    let of = |report: &'a Saved| -> HashMap<&'a str, &'a str> {
        report.domains.iter().map(|domain| (domain.name.as_str(), domain.verdict.as_str())).collect()
    };
    let (before, after) = (of(old), of(new));
    let names = before.keys().chain(after.keys());
    let pairs = names.map(|name| (*name, (before.get(name).copied(), after.get(name).copied())));
    pairs.filter(|(_, (before, after))| before != after).collect()
}
