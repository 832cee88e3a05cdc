//! How many people each IM domain has. Never writes.

use std::collections::BTreeMap;

use crate::dns::DomainName;

/// Distinct people by IM domain.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<DomainName, u64>);

impl Tally {
    /// Counts an address; one that somebody had before adds its domain, not a person.
    pub(super) fn count(&mut self, domain: &DomainName, is_first: bool) {
        match self.0.get_mut(domain) {
            Some(people) => *people += u64::from(is_first),
            None => {
                self.0.insert(domain.clone(), u64::from(is_first));
            }
        }
    }

    /// Most people first, then by name.
    pub(super) fn by_people(&self) -> Vec<(&DomainName, u64)> {
        let mut rows: Vec<_> = self.0.iter().map(|(domain, people)| (domain, *people)).collect();
        rows.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_people_come_first_and_equals_by_name() {
        let mut tally = Tally::default();
        for (domain, is_first) in
            [("c.example", true), ("b.example", true), ("a.example", true), ("c.example", true), ("a.example", false)]
        {
            tally.count(&domain.parse().expect("a name"), is_first);
        }
        let rows: Vec<String> = tally.by_people().iter().map(|(domain, people)| format!("{people} {domain}")).collect();
        assert_eq!(rows, ["2 c.example", "1 a.example", "1 b.example"]);
    }
}
