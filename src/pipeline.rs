//! Ask and judge in turns until nothing new is asked. Renders nothing, and never looks inside a rule.

use std::collections::BTreeSet;
use std::io;

use crate::inventory::Domain;
use crate::judge::{
    self, DomainVerdict, Estate, Finding, Judged, Judgement, Policy, Scope, Severity, judge_domain, judge_estate, judge_views,
    open_case, view_statuses,
};
use crate::observe::{Answer, Observations, Question, Source};

/// The first window is small, so that a dead view is known before many domains wait for it.
const FIRST_WINDOW: usize = 16;
/// Domains in work at the same time.
const WINDOW: usize = 512;
/// Turns of asking before a domain is given up: the longest chain of questions is that of aliases, with room to spare.
const MAX_TURNS: usize = 4 * judge::MAX_ALIASES;

/// Is told what happens, as it happens.
pub trait Watch {
    /// So many questions are about to be asked.
    fn asking(&mut self, questions: usize);
    /// So many of all domains are judged.
    fn judged(&mut self, done: usize, all: usize);
    /// One was answered. An error ends the run: what is learnt could no longer be kept.
    fn answered(&mut self, question: &Question, answer: &Answer) -> io::Result<()>;
}

/// Why a run came to no end.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// What was learnt could not be kept.
    #[error("what was learnt could not be saved")]
    Save(#[from] io::Error),
    /// A source broke its promise of one answer per question.
    #[error("{0} questions came back without an answer: {1}, …")]
    Lost(usize, Question),
}

/// One run over all domains of an inventory.
#[derive(Debug)]
pub struct Run<'a> {
    /// The inventory and the lists.
    pub estate: Estate<'a>,
    /// What is judged.
    pub scope: &'a Scope,
    /// Levels and suppressions.
    pub policy: &'a Policy<'a>,
}

impl Run<'_> {
    /// Judges every domain, asking `source` for what is not in `observed` yet.
    pub async fn settle(
        &self,
        source: &dyn Source,
        observed: &mut Observations,
        watch: &mut dyn Watch,
    ) -> Result<Judgement, PipelineError> {
        let mut judgement = Judgement::default();
        let domains = &self.estate.inventory.domains;
        let (first, rest) = domains.split_at(domains.len().min(FIRST_WINDOW));
        for window in std::iter::once(first).chain(rest.chunks(WINDOW)) {
            self.inform(window, source, observed, watch).await?;
            self.conclude(window, observed, &mut judgement);
            watch.judged(judgement.domains.len(), domains.len());
        }
        self.conclude_whole(observed, &mut judgement);
        Ok(judgement)
    }

    /// Asks until nothing about these domains is open any more.
    async fn inform(
        &self,
        window: &[Domain],
        source: &dyn Source,
        observed: &mut Observations,
        watch: &mut dyn Watch,
    ) -> Result<(), PipelineError> {
        let mut pending: Vec<&Domain> = window.iter().collect();
        for _ in 0..MAX_TURNS {
            let mut open = BTreeSet::new();
            let statuses = view_statuses(&self.estate, self.scope, observed);
            pending.retain(|domain| {
                let case = open_case(self.estate, domain, self.scope, &statuses, observed);
                let asked = judge_domain(&case, self.scope, self.policy).open;
                let is_open = !asked.is_empty();
                open.extend(asked);
                is_open
            });
            if open.is_empty() {
                return Ok(());
            }
            ask(open, source, observed, watch).await?;
        }
        // What is still open after so many turns is given up, and said so.
        let statuses = view_statuses(&self.estate, self.scope, observed);
        for domain in pending {
            let case = open_case(self.estate, domain, self.scope, &statuses, observed);
            for question in judge_domain(&case, self.scope, self.policy).open {
                observed.insert(question, Answer::Unknown(format!("given up after {MAX_TURNS} rounds of questions")));
            }
        }
        Ok(())
    }

    /// Judges these domains for good.
    fn conclude(&self, window: &[Domain], observed: &Observations, judgement: &mut Judgement) {
        let statuses = view_statuses(&self.estate, self.scope, observed);
        for domain in window {
            let case = open_case(self.estate, domain, self.scope, &statuses, observed);
            let Judged { mut findings, undecided, .. } = judge_domain(&case, self.scope, self.policy);
            judgement.suppressed += self.policy.suppress(&mut findings);
            judgement.domains.push(DomainVerdict::of(&case, &findings, !undecided.is_empty(), self.scope));
            self.policy.note_undecided(&undecided);
            judgement.findings.extend(findings);
            judgement.undecided.extend(undecided);
        }
    }

    /// Judges what is no matter of one domain, and puts everything in order.
    fn conclude_whole(&self, observed: &Observations, judgement: &mut Judgement) {
        let statuses = view_statuses(&self.estate, self.scope, observed);
        let mut findings = judge_views(&self.estate, &statuses, self.policy);
        if self.scope.estate {
            findings.extend(judge_estate(&self.estate, self.policy));
        }
        judgement.suppressed += self.policy.suppress(&mut findings);
        if self.scope.estate {
            findings.extend(self.policy.findings(self.scope));
        }
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        let faulty: BTreeSet<_> = errors.filter_map(|finding| finding.domain.as_ref()).collect();
        judgement.domains.iter_mut().filter(|domain| faulty.contains(&domain.name)).for_each(DomainVerdict::add_error);
        judgement.findings.append(&mut findings);
        Finding::sort(&mut judgement.findings);
        judgement.undecided.sort();
        judgement.vantages = if self.scope.probes { self.scope.vantages.clone() } else { Vec::new() };
        judgement.views = self.scope.views.iter().map(|view| (*view, observed.servers(*view).collect())).collect();
    }
}

async fn ask(
    open: BTreeSet<Question>,
    source: &dyn Source,
    observed: &mut Observations,
    watch: &mut dyn Watch,
) -> Result<(), PipelineError> {
    watch.asking(open.len());
    let questions: Vec<Question> = open.iter().cloned().collect();
    let mut failed = Ok(());
    let mut deliver = |question: Question, answer: Answer| {
        if failed.is_ok() {
            failed = watch.answered(&question, &answer);
        }
        observed.insert(question, answer);
    };
    source.ask(questions, &mut deliver).await;
    failed?;
    let lost: Vec<_> = open.into_iter().filter(|question| observed.get(question).is_none()).collect();
    match lost.first() {
        Some(first) => Err(PipelineError::Lost(lost.len(), first.clone())),
        None => Ok(()),
    }
}
