//! What a run has judged to the end, so that a finding that is not there any more is not taken for mended where nobody looked.

use std::collections::{HashMap, HashSet};

use super::judgement::Judgement;
use super::rules::RULES;
use super::{Check, Scope};
use crate::dns::View;

/// What a run has judged.
#[derive(Clone, Debug)]
pub struct Coverage<'a> {
    /// What was judged at all.
    pub scope: Scope,
    /// The domains that were judged.
    pub domains: HashSet<&'a str>,
    /// What was left open, by domain and view, with the reason.
    pub undecided: HashMap<(&'a str, View), &'a str>,
}

/// Why the absence of a finding says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap<'a> {
    /// The run does not judge such a thing, or not in that view.
    NotJudged,
    /// The run has no such domain.
    NoSuchDomain,
    /// Nobody would say; why.
    Undecided(&'a str),
}

impl<'a> Coverage<'a> {
    /// What a run of that scope covered.
    pub fn of(judgement: &'a Judgement, scope: &Scope) -> Self {
        let open = judgement.undecided.iter().map(|open| ((open.domain.as_str(), open.view), open.reason.as_str()));
        Self {
            scope: scope.clone(),
            domains: judgement.domains.iter().map(|domain| domain.name.as_str()).collect(),
            undecided: open.collect(),
        }
    }

    /// Why the run would not have found what a rule says of a domain in a view; `None` where it would have.
    pub fn gap(&self, rule: &str, domain: Option<&str>, view: Option<View>) -> Option<Gap<'a>> {
        let Some(rule) = RULES.iter().find(|known| known.goes_by(rule)) else { return Some(Gap::NotJudged) };
        if !self.scope.judges(rule.check) || !self.has_looked_into(rule.check, view) {
            return Some(Gap::NotJudged);
        }
        if matches!(rule.check, Check::Estate(_) | Check::Policy) {
            return None; // inventory and lists are always known as a whole
        }
        let domain = domain?;
        let views = View::ALL.into_iter().filter(|one| view.is_none_or(|view| view == *one));
        match self.domains.get(domain) {
            None => Some(Gap::NoSuchDomain),
            Some(domain) => {
                let mut reasons = views.filter_map(|view| self.undecided.get(&(*domain, view)));
                reasons.next().map(|reason| Gap::Undecided(reason))
            }
        }
    }

    fn has_looked_into(&self, check: Check, view: Option<View>) -> bool {
        let views = match check {
            Check::Estate(_) | Check::Policy => return true,
            Check::View(_) | Check::Dns(_) | Check::Zone(_) | Check::Dnssec(_) => self.scope.views_of(check),
            Check::Probe(_) => &self.scope.vantages,
        };
        view.map_or_else(|| View::ALL.iter().all(|view| views.contains(view)), |view| views.contains(&view))
    }
}
