//! The domains of one window while they are asked about: each is judged again when its answers have come, and asked about further,
//! whatever others still wait for. Never looks inside a rule.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};

use super::{PipelineError, Run, Settled, Watch};
use crate::dns::View;
use crate::inventory::Domain;
use crate::judge::{self, DomainVerdict, ViewStatus, judge_domain, open_case, view_statuses};
use crate::observe::{Answer, Observations, Question, Source};

/// How often a domain is asked about before it is given up, and how often all of them where views come to be seen otherwise: the
/// longest chain of questions is that of aliases, with room to spare.
const MAX_TURNS: usize = 4 * judge::MAX_ALIASES;

/// A window, with whom it asks.
pub(super) struct Window<'w> {
    pub(super) run: &'w Run<'w>,
    pub(super) domains: &'w [Cow<'w, Domain>],
    pub(super) source: &'w dyn Source,
}

/// What is known, and which domain, by its position in the window, waits for what.
struct Waiting<'o> {
    observed: &'o mut Observations,
    watch: &'o mut dyn Watch,
    /// What each domain waits for; empty where it waits for nothing.
    open: Vec<BTreeSet<Question>>,
    /// Whether an answer has come since domains were last looked at.
    heard: bool,
    failed: io::Result<()>,
}

/// Questions on their way.
type Asking<'a> = FuturesUnordered<Pin<Box<dyn Future<Output = ()> + 'a>>>;

impl Window<'_> {
    /// Asks until nothing about these domains is open any more.
    pub(super) async fn settle(&self, observed: &mut Observations, watch: &mut dyn Watch) -> Result<Vec<Settled>, PipelineError> {
        let mut statuses = BTreeMap::new();
        let mut settled = Vec::new();
        for _ in 0..MAX_TURNS {
            let now = view_statuses(&self.run.estate, self.run.scope, observed);
            if now == statuses && settled.len() == self.domains.len() {
                break;
            }
            // What was judged by another status is judged again.
            statuses = now;
            settled = self.settle_by(&statuses, observed, watch).await?;
        }
        Ok(settled)
    }

    /// The same by what is known of the views now, whatever is learnt of them meanwhile.
    async fn settle_by(
        &self,
        statuses: &BTreeMap<View, ViewStatus>,
        observed: &mut Observations,
        watch: &mut dyn Watch,
    ) -> Result<Vec<Settled>, PipelineError> {
        let state = RefCell::new(Waiting::new(self.domains.len(), observed, watch));
        let mut settled: Vec<Option<Settled>> = self.domains.iter().map(|_| None).collect();
        let mut turns = vec![0; self.domains.len()];
        let mut asking = Asking::new();
        let mut ready: Vec<usize> = (0..self.domains.len()).collect();
        while !ready.is_empty() {
            let (mut questions, mut given_up) = (Vec::new(), Vec::new());
            for position in std::mem::take(&mut ready) {
                let judged = self.judge(position, statuses, state.borrow().observed);
                turns[position] += 1;
                if judged.judged.open.is_empty() {
                    settled[position] = Some(judged);
                } else if turns[position] <= MAX_TURNS {
                    state.borrow_mut().wait(position, judged.judged.open, &mut questions);
                } else {
                    state.borrow_mut().give_up(judged.judged.open);
                    given_up.push(position);
                }
            }
            if !questions.is_empty() {
                state.borrow_mut().watch.asking(questions.len());
                asking.push(Box::pin(self.ask(questions, &state)));
            }
            ready = if given_up.is_empty() { self.hear(&mut asking, &state).await } else { given_up };
        }
        drop(asking);
        let Waiting { observed, failed, .. } = state.into_inner();
        failed.map_err(PipelineError::Save)?;
        match observed.missing() {
            Some((count, first)) => Err(PipelineError::Lost(count, first.clone())),
            None => Ok(settled.into_iter().flatten().collect()),
        }
    }

    fn judge(&self, position: usize, statuses: &BTreeMap<View, ViewStatus>, observed: &Observations) -> Settled {
        let Run { estate, scope, policy } = self.run;
        let case = open_case(*estate, &self.domains[position], scope, statuses, observed);
        let judged = judge_domain(&case, scope, policy);
        Settled { verdict: DomainVerdict::of(&case, scope), judged }
    }

    async fn ask(&self, questions: Vec<Question>, state: &RefCell<Waiting<'_>>) {
        self.source.ask(questions, &mut |question, answer| state.borrow_mut().take(question, answer)).await;
    }

    /// Waits until all answers have come, or for a while none that some domain had waited for. The domains that have all of theirs;
    /// none where nothing more comes.
    async fn hear(&self, asking: &mut Asking<'_>, state: &RefCell<Waiting<'_>>) -> Vec<usize> {
        let mut lull = self.source.lull();
        let mut is_quiet = false;
        poll_fn(|context: &mut Context<'_>| {
            let ended = loop {
                match asking.poll_next_unpin(context) {
                    Poll::Ready(Some(())) => {}
                    Poll::Ready(None) => break true,
                    Poll::Pending => break false,
                }
            };
            let mut state = state.borrow_mut();
            if ended || state.failed.is_err() {
                return Poll::Ready(state.ready());
            }
            if std::mem::take(&mut state.heard) {
                (lull, is_quiet) = (self.source.lull(), false);
            }
            if !is_quiet && lull.poll_unpin(context).is_ready() {
                is_quiet = true;
                let ready = state.ready();
                if !ready.is_empty() {
                    return Poll::Ready(ready);
                }
            }
            Poll::Pending
        })
        .await
    }
}

impl<'o> Waiting<'o> {
    fn new(domains: usize, observed: &'o mut Observations, watch: &'o mut dyn Watch) -> Self {
        Self { observed, watch, open: vec![BTreeSet::new(); domains], heard: false, failed: Ok(()) }
    }

    /// Notes what a domain waits for; what nobody was asked yet goes to `questions`. Where all of it is known, it is for the next
    /// look at the views to go on.
    fn wait(&mut self, position: usize, open: BTreeSet<Question>, questions: &mut Vec<Question>) {
        let before = questions.len();
        questions.extend(open.iter().filter(|question| self.observed.expect(question)).cloned());
        if questions.len() > before || !self.knows(&open) {
            self.open[position] = open;
        }
    }

    fn knows(&self, open: &BTreeSet<Question>) -> bool {
        open.iter().all(|question| self.observed.get(question).is_some())
    }

    /// The domains whose last answer has come; after a failure none goes on.
    fn ready(&mut self) -> Vec<usize> {
        let has_all = |position: &usize| !self.open[*position].is_empty() && self.knows(&self.open[*position]);
        let ready: Vec<usize> = (0..self.open.len()).filter(|_| self.failed.is_ok()).filter(has_all).collect();
        for position in &ready {
            self.open[*position].clear();
        }
        ready
    }

    fn take(&mut self, question: Question, answer: Answer) {
        if self.failed.is_ok() {
            self.failed = self.watch.answered(&question, &answer);
        }
        self.heard = true;
        self.observed.insert(question, answer);
    }

    /// What is still open after so many turns is given up, and said so.
    fn give_up(&mut self, open: BTreeSet<Question>) {
        for question in open {
            let why = format!("given up after {MAX_TURNS} rounds of questions");
            self.observed.insert(question, Answer::Unknown(why));
        }
    }
}
