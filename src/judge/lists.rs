//! From the problems of e-mail lists to findings: what every address rule does. Reads no list.

use super::estate::Estate;
use super::finding::{Findings, finding};
use crate::email::ProblemKind;

/// Reports every problem of one kind, each at its place in the list. Where no list was read there is none.
pub(super) fn report_problems(estate: &Estate<'_>, found: &mut Findings<'_>, kind: ProblemKind, help: &str) {
    let problems = estate.roster.iter().flat_map(|roster| &roster.problems);
    for problem in problems.filter(|problem| problem.kind == kind) {
        let draft = finding(&problem.message).place(&problem.place).help(help).kind(&problem.message);
        found.report(match &problem.domain {
            Some(domain) => draft.domain(domain),
            None => draft,
        });
    }
}
