//! What a rule is: a plain table entry and a plain function. Holds no rule.

use super::case::Case;
use super::estate::{Estate, ViewCase};
use super::finding::Findings;
use crate::inventory::Severity;

/// One thing that can be wrong.
#[derive(Debug)]
pub struct Rule {
    /// Its name, for good: `external-points-at-router`. A renamed rule keeps the old one in `aliases`.
    pub id: &'static str,
    /// Names it once had.
    pub aliases: &'static [&'static str],
    /// What a finding weighs unless `[rules]` says otherwise.
    pub severity: Severity,
    /// One line: what is wrong when it fires.
    pub summary: &'static str,
    /// What it means, why it matters, how to fix it, an example; Markdown.
    pub explanation: &'static str,
    /// Judges; one finding per violation.
    pub check: Check,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// The inventory and the e-mail lists as a whole, without any observation.
    Estate(fn(&Estate<'_>, &mut Findings<'_>)),
    /// One view as a whole.
    View(fn(&ViewCase<'_>, &mut Findings<'_>)),
    /// One domain by what DNS says.
    Dns(fn(&Case<'_>, &mut Findings<'_>)),
    /// One domain by what the name servers of its zones say themselves.
    Zone(fn(&Case<'_>, &mut Findings<'_>)),
    /// One domain by what its machines say.
    Probe(fn(&Case<'_>, &mut Findings<'_>)),
    /// The suppressions themselves: reported by the policy when all is judged.
    Policy,
}

impl Check {
    /// Whether it judges one domain by itself.
    pub fn is_of_a_domain(self) -> bool {
        matches!(self, Self::Dns(_) | Self::Zone(_) | Self::Probe(_))
    }
}
