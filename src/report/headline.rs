//! The verdict of a run in one sentence, and numbers in words, for every report that people read. Judges nothing.

use std::collections::BTreeSet;

use super::Header;
use super::json::Summary;
use crate::judge::{Judgement, Severity, Verdict};
use crate::observe::Origin;

/// How the sentence is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// There are errors.
    Bad,
    /// There is no error, and something is not as it should be, or not known.
    Doubtful,
    /// Everything is known and well.
    Good,
}

/// The verdict of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Headline {
    pub(super) tone: Tone,
    /// One clause, without a final period: `5 of 9 domains need attention`.
    pub(super) verdict: String,
}

impl Headline {
    pub(super) fn of(judgement: &Judgement, summary: &Summary) -> Self {
        let wrong = judgement.domains.iter().filter(|domain| domain.verdict != Verdict::Ok).count();
        let total = count(summary.domains, "domain");
        let need = if wrong == 1 { "needs" } else { "need" };
        let nothing_new = judgement.baseline.as_ref().is_some_and(|b| !b.known.is_empty()) && judgement.findings.is_empty();
        let (tone, verdict) = match () {
            () if nothing_new => {
                (Tone::Good, format!("nothing new; {} of {total} {need} attention as before", number(wrong as u64)))
            }
            () if summary.error > 0 && wrong == 0 => (Tone::Bad, format!("{}; every domain is ok", count(summary.error, "error"))),
            () if summary.error > 0 => (Tone::Bad, format!("{} of {total} {need} attention", number(wrong as u64))),
            () if wrong > 0 => (Tone::Doubtful, format!("no error found, {} of {total} {need} a look", number(wrong as u64))),
            () if summary.domains == 1 => (Tone::Good, "the domain is ok".to_owned()),
            () => (Tone::Good, format!("all {total} are ok")),
        };
        Self { tone, verdict }
    }
}

/// How many people the errors touch, each domain's people once, of how many; `None` where that is nobody.
pub(super) fn affected(judgement: &Judgement) -> Option<String> {
    let errors = judgement.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let hit: BTreeSet<_> = errors.filter_map(|finding| finding.domain.as_ref()).collect();
    let people: u64 = judgement.domains.iter().filter(|d| hit.contains(&d.name)).filter_map(|d| d.people).sum();
    let all: u64 = judgement.domains.iter().filter_map(|d| d.people).sum();
    (people > 0).then(|| format!("{} of {} affected", number(people), count_word(all, "person", "people")))
}

/// `seen from the internal side`: where the network was asked from, if it was.
pub(super) fn seen_from(header: &Header, judgement: &Judgement) -> String {
    let mut origins = judgement.views.iter().flat_map(|(_, servers)| servers).map(|(origin, _)| origin);
    let network = origins.any(|origin| *origin != Origin::ZoneFiles) || judgement.domains.iter().any(|d| !d.probes.is_empty());
    match judgement.vantages.len() {
        _ if !network => "without the network".to_owned(),
        0 | 1 => format!("seen from the {} side", header.vantage),
        _ => "seen from both sides".to_owned(),
    }
}

/// `1 domain`, `3,120 domains`.
pub(super) fn count(n: u64, one: &str) -> String {
    count_word(n, one, &format!("{one}s"))
}

/// The same for a word with a plural of its own.
pub(super) fn count_word(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// `3,120`: large numbers are read in threes.
pub(super) fn number(n: u64) -> String {
    match n / 1000 {
        0 => n.to_string(),
        thousands => format!("{},{:03}", number(thousands), n % 1000),
    }
}

/// The sentence with a capital letter.
pub(super) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
