//! What is undecided by view and reason: a server that fails is one entry, however many questions it left open.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::dns::View;
use crate::judge::Undecided;

/// Reasons for which something is undecided, and questions shown for each; the rest is counted.
pub(super) const REASONS_SHOWN: usize = 10;
const QUESTIONS_SHOWN: usize = 4;

/// View and reason, with the questions.
pub(super) fn by_reason(undecided: &[Undecided]) -> BTreeMap<(View, &str), Vec<&str>> {
    let mut groups: BTreeMap<(View, &str), Vec<&str>> = BTreeMap::new();
    for one in undecided {
        groups.entry((one.view, &one.reason)).or_default().push(&one.asked);
    }
    groups
}

/// The first questions, and how many more there are: `A im.a.example, A im.b.example, … and 7 more`.
pub(super) fn some_of(asked: &[&str]) -> String {
    let mut questions = asked.iter().take(QUESTIONS_SHOWN).copied().collect::<Vec<_>>().join(", ");
    if let Some(rest) = asked.len().checked_sub(QUESTIONS_SHOWN).filter(|rest| *rest > 0) {
        let _ = write!(questions, ", … and {rest} more");
    }
    questions
}
