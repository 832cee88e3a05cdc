//! Findings that one cause brought about, put together: the dead machine once, with its domains. Drops none and judges nothing.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::finding::Finding;
use crate::dns::DomainName;

/// Findings of one rule in one view that have one cause, or a single finding.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// The findings, worst first; never empty.
    pub findings: Vec<&'a Finding>,
    /// The IM domains that they are about, each once, in the order of the findings.
    pub domains: Vec<&'a DomainName>,
    /// The people of these domains, each domain's once, where lists say how many.
    pub people: Option<u64>,
}

impl<'a> Group<'a> {
    fn new(findings: Vec<&'a Finding>) -> Self {
        let mut seen = HashSet::new();
        let named = findings.iter().filter_map(|finding| finding.domain.as_ref());
        let domains = named.filter(|domain| seen.insert(*domain)).collect();
        let mut people: BTreeMap<Option<&DomainName>, u64> = BTreeMap::new();
        for finding in &findings {
            if let Some(count) = finding.people {
                let most = people.entry(finding.domain.as_ref()).or_default();
                *most = count.max(*most);
            }
        }
        let sum = (!people.is_empty()).then(|| people.values().fold(0u64, |sum, count| sum.saturating_add(*count)));
        Self { findings, domains, people: sum }
    }

    /// A finding by itself.
    pub fn single(finding: &'a Finding) -> Self {
        Self::new(vec![finding])
    }

    /// The finding that stands for all: that of the domain with the most people.
    pub fn lead(&self) -> &'a Finding {
        self.findings[0]
    }

    /// Whether several domains are folded into it.
    pub fn is_folded(&self) -> bool {
        self.domains.len() > 1
    }

    /// What is wrong: of several domains the cause that they share, of a single one its message.
    pub fn message(&self) -> &'a str {
        let lead = self.lead();
        lead.cause.as_deref().filter(|_| self.is_folded()).unwrap_or(&lead.message)
    }

    /// What to do: where each domain needs something else, the first as an example.
    pub fn help(&self) -> Cow<'a, str> {
        let help = &self.lead().help;
        match self.common(|finding| &finding.help) {
            Some(_) => Cow::Borrowed(help),
            None => Cow::Owned(format!("{help}, and the others likewise")),
        }
    }

    /// What a part of the findings is in all of them; `None` where they differ.
    pub fn common<T: PartialEq>(&self, part: impl Fn(&'a Finding) -> T) -> Option<T> {
        let first = part(self.lead());
        self.findings.iter().all(|finding| part(finding) == first).then_some(first)
    }

    /// How bad it is, the worst first; what is as bad stays in the order of the findings.
    fn rank(&self) -> impl Ord + use<'a> {
        (Reverse(self.lead().severity), Reverse(self.people), Reverse(self.findings.len()))
    }
}

/// Puts findings of one rule, view and cause together, worst first. Where a cause touches a single domain, each of its findings
/// stands for itself.
pub fn group(findings: &[Finding]) -> Vec<Group<'_>> {
    let mut positions = HashMap::new();
    let mut together: Vec<Vec<&Finding>> = Vec::new();
    for finding in findings {
        let Some(cause) = &finding.cause else {
            together.push(vec![finding]);
            continue;
        };
        let position = *positions.entry((finding.rule.id, finding.view, cause)).or_insert(together.len());
        match together.get_mut(position) {
            Some(others) => others.push(finding),
            None => together.push(vec![finding]),
        }
    }
    let mut groups: Vec<Group<'_>> = Vec::with_capacity(together.len());
    for findings in together {
        let group = Group::new(findings);
        if group.is_folded() {
            groups.push(group);
        } else {
            groups.extend(group.findings.into_iter().map(Group::single));
        }
    }
    groups.sort_by_key(Group::rank);
    groups
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dns::View;
    use crate::judge::rules::RULES;

    fn finding(rule: usize, domain: Option<&str>, view: Option<View>, people: Option<u64>, cause: Option<&str>) -> Finding {
        let rule = RULES[rule];
        Finding {
            rule,
            severity: rule.severity,
            domain: domain.map(|name| DomainName::parse_host(name).expect("a good name")),
            view,
            message: format!("{} is wrong", domain.unwrap_or("all")),
            expected: Vec::new(),
            found: Vec::new(),
            servers: None,
            people,
            help: "mend it".to_owned(),
            place: None,
            kind: String::new(),
            cause: cause.map(str::to_owned),
        }
    }

    fn of(domain: &str, people: u64, cause: &str) -> Finding {
        finding(0, Some(domain), Some(View::Internal), Some(people), Some(cause))
    }

    #[test]
    fn one_cause_in_several_domains_is_one_group_that_counts_each_domain_once() {
        let twice = [
            of("im.a.example", 7, "edge-2 is dead"),
            of("im.b.example", 5, "edge-2 is dead"),
            of("im.a.example", 7, "edge-2 is dead"),
        ];
        let groups = group(&twice);
        let [group] = &groups[..] else { panic!("{groups:?}") };
        assert_eq!((group.message(), group.people, group.findings.len()), ("edge-2 is dead", Some(12), 3));
        assert_eq!(group.domains.iter().map(|name| name.as_str()).collect::<Vec<_>>(), ["im.a.example", "im.b.example"]);
        assert!(std::ptr::eq(group.lead(), std::ptr::from_ref(&twice[0])));
    }

    #[test]
    fn other_rules_views_and_causes_are_other_groups() {
        let one = of("im.a.example", 1, "edge-2 is dead");
        for other in [
            of("im.b.example", 1, "edge-3 is dead"),
            finding(1, Some("im.b.example"), Some(View::Internal), Some(1), Some("edge-2 is dead")),
            finding(0, Some("im.b.example"), Some(View::External), Some(1), Some("edge-2 is dead")),
            finding(0, Some("im.b.example"), Some(View::Internal), Some(1), None),
        ] {
            let both = [one.clone(), other];
            assert_eq!(group(&both).len(), 2);
        }
    }

    #[test]
    fn what_touches_one_domain_keeps_its_own_words() {
        let both = [of("im.a.example", 1, "10.0.0.53 differs"), of("im.a.example", 1, "10.0.0.53 differs")];
        let groups = group(&both);
        assert_eq!(groups.iter().map(Group::message).collect::<Vec<_>>(), ["im.a.example is wrong", "im.a.example is wrong"]);
    }

    #[test]
    fn many_who_lose_little_come_before_one_who_loses_more_than_each() {
        let mut all = vec![of("im.big.example", 50, "alone")];
        all.extend(["a", "b", "c"].map(|name| of(&format!("im.{name}.example"), 20, "edge-2 is dead")));
        Finding::sort(&mut all);
        let groups = group(&all);
        assert_eq!(groups.iter().map(|group| group.people).collect::<Vec<_>>(), [Some(60), Some(50)]);
    }

    proptest! {
        #[test]
        fn every_finding_is_in_exactly_one_group(drawn in proptest::collection::vec((0usize..3, 0u8..4, any::<bool>(), 0u8..3), 0..40)) {
            let mut all: Vec<Finding> = drawn.iter().map(|(rule, domain, inside, cause)| {
                let view = if *inside { View::Internal } else { View::External };
                let (name, said) = (format!("im.d{domain}.example"), format!("cause {cause}"));
                finding(*rule, Some(&name), Some(view), Some(u64::from(*domain)), Some(&said))
            }).collect();
            Finding::sort(&mut all);
            let groups = group(&all);
            let mut seen: Vec<*const Finding> = groups.iter().flat_map(|group| group.findings.iter().map(|f| std::ptr::from_ref(*f))).collect();
            seen.sort_unstable();
            let mut expected: Vec<*const Finding> = all.iter().map(std::ptr::from_ref).collect();
            expected.sort_unstable();
            prop_assert_eq!(seen, expected);
            for group in &groups {
                prop_assert_eq!(group.common(|finding| (finding.rule.id, finding.view)), Some((group.lead().rule.id, group.lead().view)));
                prop_assert!(group.findings.len() == 1 || group.domains.len() > 1);
            }
            prop_assert!(groups.is_sorted_by_key(Group::rank));
        }
    }
}
