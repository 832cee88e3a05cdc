//! What a rule is: a plain table entry and a plain function. Holds no rule.

use super::case::Case;
use super::estate::{Employed, Estate, ViewCase};
use super::finding::Findings;
use crate::inventory::{Domain, Severity};

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
    /// What is declared, without any observation.
    Estate(Declared),
    /// One view as a whole.
    View(fn(&ViewCase<'_>, &mut Findings<'_>)),
    /// One domain by what DNS says.
    Dns(fn(&Case<'_>, &mut Findings<'_>)),
    /// One domain by what the name servers of its zones say themselves.
    Zone(fn(&Case<'_>, &mut Findings<'_>)),
    /// One domain by whether its answers hold, where they are validated (RFC 4035).
    Dnssec(fn(&Case<'_>, &mut Findings<'_>)),
    /// One domain by what its machines say.
    Probe(fn(&Case<'_>, &mut Findings<'_>)),
    /// The suppressions themselves: reported by the policy when all is judged.
    Policy,
}

/// At how much of what is declared a rule looks at a time: there may be a million domains, and all rules about single ones, or
/// about machines, take one look at each together.
#[derive(Clone, Copy, Debug)]
pub enum Declared {
    /// All of it, with the e-mail lists.
    Whole(fn(&Estate<'_>, &mut Findings<'_>)),
    /// One domain.
    Domain(fn(&Estate<'_>, &Domain, &mut Findings<'_>)),
    /// One machine.
    Machine(fn(&Estate<'_>, &Employed<'_>, &mut Findings<'_>)),
}

impl Check {
    /// Whether it judges one domain by itself.
    pub fn is_of_a_domain(self) -> bool {
        matches!(self, Self::Dns(_) | Self::Zone(_) | Self::Dnssec(_) | Self::Probe(_))
    }
}
