//! From the problems of e-mail lists to findings: what every address rule does. Reads no list.

use super::estate::Estate;
use super::finding::{Findings, finding};
use crate::email::ProblemKind;

/// Reports every problem of one kind, each at its place in the list. Where no list was read there is none.
pub(super) fn report_problems(estate: &Estate<'_>, found: &mut Findings<'_>, kind: ProblemKind, help: &str) {
    let problems = estate.roster.iter().flat_map(|roster| &roster.problems);
    for problem in problems.filter(|problem| problem.kind == kind) {
        let draft = finding(&problem.message).place(&problem.place).help(help).kind(subject(&problem.message));
        found.report(match &problem.domain {
            Some(domain) => draft.domain(domain),
            None => draft,
        });
    }
}

/// The entry that a message names in front, in quotes: it stays the same when lines move, which the rest of it may name.
fn subject(message: &str) -> &str {
    message.split_once("\": ").map_or(message, |(subject, _)| subject)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::DomainName;
    use crate::email::{Problem, Roster};
    use crate::inventory::Inventory;
    use crate::judge::{Finding, Policy, judge_estate};
    use crate::place::Place;

    fn judged(problems: Option<Vec<Problem>>) -> Vec<Finding> {
        let roster = problems.map(|problems| Roster { problems, ..Roster::default() });
        let (inventory, today) = (Inventory::default(), jiff::civil::date(2026, 6, 1));
        let estate = Estate { inventory: &inventory, roster: roster.as_ref(), today };
        judge_estate(&estate, &Policy::new(&inventory, today))
    }

    fn problem(kind: ProblemKind) -> Problem {
        let domain = DomainName::parse_host("im.example.com").ok();
        Problem { kind, place: Place::new("people.txt", 3, 5), message: "ann@example.com is wrong".to_owned(), domain }
    }

    #[test]
    fn a_fingerprint_does_not_change_when_lines_move() {
        let at = |line| Problem {
            place: Place::new("people.txt", line, 1),
            message: format!("\"ann@example.com\": the same person stands at people.txt:{line}:1"),
            ..problem(ProblemKind::DuplicatePerson)
        };
        let fingerprint = |line| judged(Some(vec![at(line)]))[0].fingerprint();
        assert_eq!(fingerprint(3), fingerprint(7));
        let other = Problem { message: "\"bob@example.com\": the same person".to_owned(), ..at(3) };
        assert_ne!(fingerprint(3), judged(Some(vec![other]))[0].fingerprint());
    }

    #[test]
    fn no_list_and_a_list_without_problems_bring_no_finding() {
        assert!(judged(None).is_empty());
        assert!(judged(Some(Vec::new())).is_empty());
    }

    #[test]
    fn every_kind_of_problem_is_reported_by_the_rule_of_its_name_and_by_no_other() {
        for kind in ProblemKind::ALL {
            let found = judged(Some(vec![problem(kind)]));
            let [finding] = &found[..] else { panic!("{kind:?} brings {found:?}") };
            assert_eq!(finding.rule.id, kind.rule());
            assert_eq!(finding.message, "ann@example.com is wrong");
            assert_eq!(finding.place.as_ref().map(ToString::to_string).as_deref(), Some("people.txt:3:5"));
            assert_eq!(finding.domain.as_ref().map(DomainName::as_str), Some("im.example.com"));
            assert!(!finding.help.is_empty(), "{kind:?}");
        }
    }
}
