//! Everything that a run found out, as values: what the pipeline hands to the reports.

use super::{Baselined, DomainVerdict, Finding, Rule, Undecided};
use crate::dns::View;
use crate::observe::recording::Sources;
use crate::observe::{Origin, Tally};

/// Everything that a run found out.
#[derive(Debug, Default)]
pub struct Judgement {
    /// One for each domain, in the order of the inventory.
    pub domains: Vec<DomainVerdict>,
    /// Worst first.
    pub findings: Vec<Finding>,
    /// Sorted by domain and view.
    pub undecided: Vec<Undecided>,
    /// Findings that a suppression hides.
    pub suppressed: u64,
    /// The rules that were judged by: those in the run's scope that the inventory leaves on.
    pub rules: Vec<&'static Rule>,
    /// What a baseline made of it, where one was given.
    pub baseline: Option<Baselined>,
    /// The views whose answers were validated by DNSSEC.
    pub validated: Vec<View>,
    /// The sides from which was probed.
    pub vantages: Vec<View>,
    /// Where the answers come from, if they were recorded.
    pub sources: Sources,
    /// Who was asked, by view.
    pub views: Vec<(View, Vec<(Origin, Tally)>)>,
}

/// What is said of one domain.
#[derive(Debug)]
pub struct Concluded {
    /// All but its findings.
    pub verdict: DomainVerdict,
    /// What is wrong and not suppressed, worst first.
    pub findings: Vec<Finding>,
    /// What nobody would say.
    pub undecided: Vec<Undecided>,
}

impl Judgement {
    /// Adds what is said of a domain.
    pub fn add(&mut self, concluded: Concluded) {
        let Concluded { verdict, findings, undecided } = concluded;
        self.domains.push(verdict);
        self.findings.extend(findings);
        self.undecided.extend(undecided);
    }
}
