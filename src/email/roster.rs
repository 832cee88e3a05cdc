//! Reads whole lists into a roster: the people of each IM domain and everything that is wrong. Never writes addresses.

use std::collections::BTreeSet;
use std::io::Read;

use super::entry::Entry;
use super::list::List;
use super::people::{Outcome, People};
use super::taker::ListError;
use super::{DomainPeople, MailDomain, Mapping, Problem, ProblemKind, Remark, Roster};

/// Reads all lists, in order; people are compared across all of them.
///
/// A local part beyond 64 octets is not among the problems: `derive` remarks on it, but the rule `name-too-long` is about
/// addresses that cannot exist, and this one was derived.
pub fn roster<R: Read>(lists: impl IntoIterator<Item = List<R>>, mapping: &Mapping) -> Result<Roster, ListError> {
    let mut people = People::default();
    let mut roster = Roster::default();
    for list in lists {
        let file = list.file().clone();
        list.read(&mut |entry: Entry<'_>| {
            if entry.skipped.is_none() {
                roster.enter(people.take(&file, entry, mapping));
            }
            Ok::<(), ListError>(())
        })?;
    }
    Ok(roster)
}

impl Roster {
    /// Counts one entry and keeps what is wrong with it.
    fn enter(&mut self, outcome: Outcome<'_>) {
        let Outcome { place, result, remarks, is_first, passed, .. } = outcome;
        let problem = |remark: Remark, domain| Problem { kind: remark.kind, place: place.clone(), message: remark.message, domain };
        let (email, im) = match result {
            Ok(pair) => pair,
            Err(refusal) => return self.problems.push(problem(refusal, None)),
        };
        let remarks = remarks.into_iter().filter(|remark| remark.kind != ProblemKind::NameTooLong);
        self.problems.extend(remarks.map(|remark| problem(remark, Some(im.domain.clone()))));
        let people =
            self.people.entry(im.domain).or_insert_with(|| DomainPeople { count: 0, email: BTreeSet::new(), first: place });
        people.count += u64::from(is_first);
        if let (MailDomain::Name(domain), false) = (email.domain, passed) {
            people.email.insert(domain);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::ListOptions;

    fn read(lists: &[(&str, &str)]) -> Roster {
        let mapping = Mapping::new("im.").expect("a prefix");
        let open = |(file, text): &(&str, &str)| {
            let reader = std::io::Cursor::new((*text).to_owned());
            List::open(*file, reader, &ListOptions::default()).expect("opens")
        };
        roster(lists.iter().map(open), &mapping).expect("reads")
    }

    fn counts(roster: &Roster) -> Vec<(String, u64)> {
        roster.people.iter().map(|(domain, people)| (domain.to_string(), people.count)).collect()
    }

    fn rules(roster: &Roster) -> Vec<String> {
        roster.problems.iter().map(|problem| format!("{} {}", problem.place, problem.kind.rule())).collect()
    }

    #[test]
    fn people_are_counted_once_however_often_they_stand_there() {
        let roster = read(&[("a", "ann@x.example\nbob@x.example\nann@y.example\n"), ("b", "mail\nann@x.example\n")]);
        assert_eq!(counts(&roster), [("im.x.example".to_owned(), 2), ("im.y.example".to_owned(), 1)]);
        assert_eq!(rules(&roster), ["b:2:1 duplicate-person"]);
        let x = &roster.people[&"im.x.example".parse().expect("a name")];
        assert_eq!((x.first.to_string().as_str(), x.email.len()), ("a:1:1", 1));
    }

    #[test]
    fn exports_of_directories_are_read_like_other_lists() {
        let roster = read(&[
            ("a", "dn: CN=Ann\nmail: ann@x.example\nmsExchIMAddress: al@im.x.example\n"),
            ("b", "{\"value\":[{\"mail\":\"bob@x.example\"},{\"mail\":\"ann@x.example\"}]}"),
            ("c", "Email Address [Required],Status [READ ONLY]\neve@x.example,Suspended\n"),
        ]);
        assert_eq!(counts(&roster), [("im.x.example".to_owned(), 2)]);
        assert_eq!(rules(&roster), ["a:2:7 directory-mismatch", "b:1:45 duplicate-person"]);
    }

    #[test]
    fn problems_come_with_their_place_and_domain() {
        let roster = read(&[("a", "ann\nann@im.x.example\njörg@x.example\nann@corp\n")]);
        assert_eq!(
            rules(&roster),
            ["a:1:1 invalid-address", "a:2:1 already-an-im-address", "a:3:1 non-ascii-local-part", "a:4:1 no-domain-name"]
        );
        let domains: Vec<bool> = roster.problems.iter().map(|problem| problem.domain.is_some()).collect();
        assert_eq!(domains, [false, true, true, false]);
    }

    #[test]
    fn a_long_local_part_is_no_problem_of_the_roster() {
        let roster = read(&[("a", &format!("{}@x.example\n", "a".repeat(70)))]);
        assert_eq!((counts(&roster).len(), rules(&roster).len()), (1, 0));
    }

    proptest::proptest! {
        #[test]
        fn the_order_of_lists_does_not_change_who_is_there(
            one in proptest::collection::vec("[abA]{1,2}@[xy]\\.example", 0..8),
            two in proptest::collection::vec("[abA]{1,2}@[xy]\\.example", 0..8),
        ) {
            let (one, two) = (one.join("\n"), two.join("\n"));
            let forth = read(&[("1", &one), ("2", &two)]);
            let back = read(&[("2", &two), ("1", &one)]);
            proptest::prop_assert_eq!(counts(&forth), counts(&back));
            proptest::prop_assert_eq!(forth.problems.len(), back.problems.len());
        }
    }
}
