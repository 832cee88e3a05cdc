//! Ask and judge in turns until nothing new is asked. Renders nothing, and never looks inside a rule.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashSet;
use std::io;
use std::task::Poll;

use futures_util::Stream;

use crate::dns::DomainName;
use crate::inventory::Domain;
use crate::judge::{
    Concluded, DomainVerdict, Estate, Finding, Judged, Judgement, Policy, Scope, Severity, judge_estate, judge_views, view_statuses,
};
use crate::observe::{Answer, Observations, Question, Source};

mod waiting;
mod window;

use waiting::Waiting;
use window::{Width, Window};

/// Domains that wait for answers at the same time, and those in all that are in work: who is judged waits for the ones before.
const MOST_IN_WORK: usize = 2048;
const MOST_AHEAD: usize = 8192;
/// At first few, so that a dead view is known before many domains wait for it.
const WIDTH: Width = Width { first: 16, most: MOST_IN_WORK, ahead: MOST_AHEAD };
/// The same where no view is asked that could be dead. A silent machine takes seconds, and many of them may follow each other.
const WIDTH_OF_PROBES: Width = Width { first: 16 * 1024, most: 16 * 1024, ahead: 16 * 1024 };
/// The domains of a run, in their order; an error, in words, where their list goes wrong.
pub type Domains<'a> = dyn Stream<Item = Result<Cow<'a, Domain>, String>> + Unpin + 'a;

/// Takes what is said of each domain, in their order.
pub trait Take {
    /// Gives back what is to be in the [`Judgement`]. An error ends the run: nobody would see what it says.
    fn take(&mut self, concluded: Concluded) -> io::Result<Option<Concluded>>;
    /// For a while no more comes: what is buffered is to be handed on.
    fn pause(&mut self) -> io::Result<()>;
}

/// Puts everything in the [`Judgement`].
#[derive(Clone, Copy, Debug)]
pub struct KeepAll;

impl Take for KeepAll {
    fn take(&mut self, concluded: Concluded) -> io::Result<Option<Concluded>> {
        Ok(Some(concluded))
    }

    fn pause(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Is told what happens, as it happens.
pub trait Watch {
    /// So many questions are about to be asked.
    fn asking(&mut self, questions: usize);
    /// So many domains are judged.
    fn judged(&mut self, done: usize);
    /// One was answered. An error ends the run: what is learnt could no longer be kept.
    fn answered(&mut self, question: &Question, answer: &Answer) -> io::Result<()>;
}

/// Why a run came to no end.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// What was learnt could not be kept.
    #[error("what was learnt could not be saved")]
    Save(#[source] io::Error),
    /// What was judged could not be written.
    #[error("the report on standard output could not be written")]
    Write(#[source] io::Error),
    /// The list of domains goes wrong.
    #[error("{0}")]
    Domains(String),
    /// A source broke its promise of one answer per question.
    #[error("{0} questions came back without an answer: {1}, …")]
    Lost(usize, Question),
    /// Not every domain was judged once.
    #[error("{read} domains were read, and {judged} were judged")]
    Uneven {
        /// Domains that came in.
        read: usize,
        /// Domains that went out.
        judged: usize,
    },
}

/// One run over domains.
#[derive(Debug)]
pub struct Run<'a> {
    /// The inventory and the lists.
    pub estate: Estate<'a>,
    /// What is judged.
    pub scope: &'a Scope,
    /// Levels and suppressions.
    pub policy: &'a Policy<'a>,
}

/// A domain that is judged to the end by the status that the views had.
struct Settled {
    verdict: DomainVerdict,
    judged: Judged,
}

impl<'a> Run<'a> {
    /// Judges every domain, asking `source` for what is not in `observed` yet. What is said of a domain is handed on as soon as
    /// it is known, and the answers are forgotten in time, so that memory does not grow with the number of domains.
    pub async fn settle(
        &self,
        domains: &mut Domains<'a>,
        source: &dyn Source,
        observed: &mut Observations,
        watch: &mut dyn Watch,
        take: &mut dyn Take,
    ) -> Result<Judgement, PipelineError> {
        let width = if self.scope.dns { WIDTH } else { WIDTH_OF_PROBES };
        self.settle_in(width, domains, source, observed, watch, take).await
    }

    /// The same with a window of another width.
    async fn settle_in(
        &self,
        width: Width,
        domains: &mut Domains<'a>,
        source: &dyn Source,
        observed: &mut Observations,
        watch: &mut dyn Watch,
        take: &mut dyn Take,
    ) -> Result<Judgement, PipelineError> {
        let mut judgement = Judgement::default();
        let faulty = self.judge_estate(&mut judgement);
        let waiting = RefCell::new(Waiting::new(observed, watch));
        let mut window = Window::new(self, source, domains, width, &waiting);
        let mut judged = 0;
        while let Some(settled) = window.next().await? {
            for settled in settled {
                let concluded = self.conclude(settled, &faulty, &mut judgement);
                judged += 1;
                if let Some(kept) = take.take(concluded).map_err(PipelineError::Write)? {
                    judgement.add(kept);
                }
            }
            take.pause().map_err(PipelineError::Write)?;
        }
        let read = window.read();
        if read != judged {
            return Err(PipelineError::Uneven { read, judged });
        }
        drop(window);
        self.conclude_whole(waiting.into_inner().observed, &mut judgement);
        Ok(judgement)
    }

    /// Judges the inventory and the lists, where the run does; gives the domains that have an error by that.
    fn judge_estate(&self, judgement: &mut Judgement) -> HashSet<DomainName> {
        if !self.scope.estate {
            return HashSet::new();
        }
        let mut findings = judge_estate(&self.estate, self.policy);
        judgement.suppressed += self.policy.suppress(&mut findings);
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
        let faulty = errors.filter_map(|finding| finding.domain.clone()).collect();
        judgement.findings.append(&mut findings);
        faulty
    }

    /// Applies the policy to what was judged, and draws the verdict.
    fn conclude(&self, settled: Settled, faulty: &HashSet<DomainName>, judgement: &mut Judgement) -> Concluded {
        let Settled { mut verdict, judged: Judged { mut findings, mut undecided, .. } } = settled;
        judgement.suppressed += self.policy.suppress(&mut findings);
        self.policy.note_undecided(&undecided);
        verdict.draw(&findings, !undecided.is_empty());
        if faulty.contains(&verdict.name) {
            verdict.add_error();
        }
        Finding::sort(&mut findings);
        undecided.sort();
        Concluded { verdict, findings, undecided }
    }

    /// Judges the views as wholes and the suppressions, and puts everything in order.
    fn conclude_whole(&self, observed: &Observations, judgement: &mut Judgement) {
        let statuses = view_statuses(&self.estate, self.scope, observed);
        let mut findings = judge_views(&self.estate, &statuses, self.policy);
        judgement.suppressed += self.policy.suppress(&mut findings);
        if self.scope.estate {
            findings.extend(self.policy.findings(self.scope));
        }
        judgement.findings.append(&mut findings);
        Finding::sort(&mut judgement.findings);
        judgement.undecided.sort();
        judgement.rules = self.policy.rules().map(|(rule, _)| rule).filter(|rule| self.scope.judges(rule.check)).collect();
        judgement.vantages = if self.scope.probes { self.scope.vantages.clone() } else { Vec::new() };
        judgement.validated = if self.scope.dns { self.scope.validated.clone() } else { Vec::new() };
        judgement.views = self.scope.views.iter().map(|view| (*view, observed.servers(*view).collect())).collect();
    }
}

/// Lets whoever runs this look at something else, such as a signal: sources that have every answer at hand never wait.
async fn breathe() {
    let mut breathed = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut breathed, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
#[path = "pipeline_tests.rs"]
mod tests;
