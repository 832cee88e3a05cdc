//! The domains in work: where one is judged to the end another takes its place, whatever the others still wait for. Hands them on in
//! their order. Never looks inside a rule.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};

use super::waiting::Waiting;
use super::{Domains, PipelineError, Run, Settled};
use crate::dns::View;
use crate::inventory::Domain;
use crate::judge::{self, DomainVerdict, Rule, Severity, ViewStatus, judge_domain, open_case, rules_of_domains, view_statuses};
use crate::observe::{Answer, Question, Source};

/// How often a domain is asked about before it is given up: the longest chain of questions is that of aliases, with room to spare.
const MAX_TURNS: usize = 4 * judge::MAX_ALIASES;
/// So many domains are asked about further at once, or this part of those in work: few, so that none waits long for the others.
const TOGETHER: usize = 64;
const PART: usize = 8;

/// How many domains are in work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Width {
    /// At first. Each that is judged makes room for two.
    pub(super) first: usize,
    /// The most that wait for answers.
    pub(super) most: usize,
    /// The most in all: those that are judged wait for the ones before them.
    pub(super) ahead: usize,
}

/// The domains in work, in their order.
pub(super) struct Window<'w, 'o, 'a> {
    run: &'w Run<'a>,
    rules: Vec<(&'static Rule, Severity)>,
    source: &'w dyn Source,
    domains: &'w mut Domains<'a>,
    width: Width,
    places: VecDeque<Place<'a>>,
    waiting: &'w RefCell<Waiting<'o>>,
    asking: Asking<'w>,
    /// What is known of the views; every domain in work is judged by it.
    statuses: BTreeMap<View, ViewStatus>,
    /// How the list of domains ended, once it has.
    end: Option<Result<(), String>>,
    /// How many domains came in, how many of those in work are judged, and how many were handed on.
    read: usize,
    settled: usize,
    handed_on: usize,
}

/// A domain in work.
struct Place<'a> {
    domain: Cow<'a, Domain>,
    /// When it came in, by the clock of what is known.
    since: u64,
    turns: usize,
    settled: Option<Settled>,
}

/// Questions on their way.
type Asking<'w> = FuturesUnordered<Pin<Box<dyn Future<Output = ()> + 'w>>>;

impl<'w, 'o, 'a> Window<'w, 'o, 'a> {
    /// No domain is in work yet.
    pub(super) fn new(
        run: &'w Run<'a>,
        source: &'w dyn Source,
        domains: &'w mut Domains<'a>,
        width: Width,
        waiting: &'w RefCell<Waiting<'o>>,
    ) -> Self {
        let statuses = view_statuses(&run.estate, run.scope, waiting.borrow().observed);
        let rules = rules_of_domains(run.scope, run.policy);
        let (places, asking, read, settled, handed_on) = Default::default();
        Self { run, rules, source, domains, width, places, waiting, asking, statuses, end: None, read, settled, handed_on }
    }

    /// How many domains came in.
    pub(super) fn read(&self) -> usize {
        self.read
    }

    /// The next domains that are judged to the end, in their order; `None` when there is no other.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Settled>>, PipelineError> {
        loop {
            super::breathe().await;
            self.let_in();
            self.look_at_views();
            self.judge_ready();
            let settled = self.hand_on();
            if !settled.is_empty() {
                return Ok(Some(settled));
            }
            if self.places.is_empty()
                && let Some(end) = self.end.take()
            {
                return end.map(|()| None).map_err(PipelineError::Domains);
            }
            self.check_for_lost()?;
            self.hear().await;
            self.waiting.borrow_mut().take_failure().map_err(PipelineError::Save)?;
        }
    }

    /// Lets in the domains that are there without waiting, as far as there is room.
    fn let_in(&mut self) {
        let lets_in = self.lets_in();
        while lets_in
            && self.has_room()
            && let Some(next) = self.domains.next().now_or_never()
        {
            self.take(next);
        }
    }

    /// Whether another domain may come in now.
    fn lets_in(&self) -> bool {
        self.has_room() && (self.is_steady() || self.places.is_empty())
    }

    fn take(&mut self, next: Option<Result<Cow<'a, Domain>, String>>) {
        match next {
            Some(Ok(domain)) => {
                let mut waiting = self.waiting.borrow_mut();
                waiting.wake(self.read);
                let since = waiting.observed.tick();
                self.read += 1;
                self.places.push_back(Place { domain, since, turns: 0, settled: None });
            }
            // What came before what is wrong is still judged.
            Some(Err(wrong)) => self.end = Some(Err(wrong)),
            None => self.end = Some(Ok(())),
        }
    }

    fn has_room(&self) -> bool {
        let most = (self.width.first + self.handed_on + self.settled).min(self.width.most);
        self.end.is_none() && self.places.len() - self.settled < most && self.places.len() < self.width.ahead
    }

    /// Whether all views are fine. Otherwise an answer that is still out may change what is known of one, so that nothing is handed
    /// on before all have come, and no other domain is let in.
    fn is_steady(&self) -> bool {
        self.statuses.values().all(|status| *status == ViewStatus::Fine)
    }

    /// Where a view comes to be seen otherwise, what was judged is judged again.
    fn look_at_views(&mut self) {
        let mut waiting = self.waiting.borrow_mut();
        let now = view_statuses(&self.run.estate, self.run.scope, waiting.observed);
        if now == self.statuses {
            return;
        }
        self.statuses = now;
        for (number, place) in (self.handed_on..).zip(&mut self.places) {
            if place.settled.take().is_some() {
                waiting.wake(number);
            }
        }
        self.settled = 0;
    }

    /// Judges the domains that wait for nothing, and asks what they have to know.
    fn judge_ready(&mut self) {
        let mut questions = Vec::new();
        loop {
            let ready = self.waiting.borrow_mut().take_ready();
            if ready.is_empty() {
                break;
            }
            for number in ready {
                self.judge(number, &mut questions);
            }
        }
        if !questions.is_empty() {
            self.waiting.borrow_mut().watch.asking(questions.len());
            let (source, waiting) = (self.source, self.waiting);
            let take = move |question, answer| waiting.borrow_mut().take(question, answer);
            self.asking.push(Box::pin(async move { source.ask(questions, &mut { take }).await }));
        }
    }

    fn judge(&mut self, number: usize, questions: &mut Vec<Question>) {
        let Some(place) = self.places.get_mut(number - self.handed_on) else { return };
        let Run { estate, scope, .. } = self.run;
        let mut waiting = self.waiting.borrow_mut();
        let case = open_case(*estate, &place.domain, scope, &self.statuses, waiting.observed);
        let judged = judge_domain(&case, &self.rules);
        let verdict = judged.open.is_empty().then(|| DomainVerdict::of(&case, scope));
        drop(case);
        place.turns += 1;
        if let Some(verdict) = verdict {
            place.settled = Some(Settled { verdict, judged });
            self.settled += 1;
        } else if place.turns <= MAX_TURNS {
            waiting.wait(number, judged.open, questions);
        } else {
            // What is still open after so many turns is given up, and said so.
            for question in judged.open {
                waiting.learn(question, Answer::Unknown(format!("given up after {MAX_TURNS} rounds of questions")));
            }
            waiting.wake(number);
        }
    }

    /// Takes away the domains at the front that are judged to the end, and what nobody in work looks at.
    fn hand_on(&mut self) -> Vec<Settled> {
        let mut settled = Vec::new();
        if !self.is_steady() && !self.asking.is_empty() {
            return settled;
        }
        while self.places.front().is_some_and(|place| place.settled.is_some()) {
            settled.extend(self.places.pop_front().and_then(|place| place.settled));
        }
        self.settled -= settled.len();
        self.handed_on += settled.len();
        if !settled.is_empty() {
            let waiting = &mut *self.waiting.borrow_mut();
            let now = waiting.observed.tick();
            waiting.observed.forget(self.places.front().map_or(now, |place| place.since));
            waiting.watch.judged(self.handed_on);
        }
        settled
    }

    /// An answer that nobody is asked for any more is one that got lost.
    fn check_for_lost(&self) -> Result<(), PipelineError> {
        let waiting = self.waiting.borrow();
        let lost = if self.asking.is_empty() { waiting.observed.missing() } else { None };
        lost.map_or(Ok(()), |(count, first)| Err(PipelineError::Lost(count, first.clone())))
    }

    /// Waits until it is worth while to look at the domains again: enough of them have all their answers, no others come for a
    /// while, or there is another domain.
    async fn hear(&mut self) {
        let source = self.source;
        let enough = ((self.places.len() - self.settled) / PART).clamp(1, TOGETHER);
        let was_asking = !self.asking.is_empty();
        let (mut lull, mut is_quiet) = (source.lull(), false);
        poll_fn(|context: &mut Context<'_>| {
            while let Poll::Ready(Some(())) = self.asking.poll_next_unpin(context) {}
            let (ready, heard, failed) = self.waiting.borrow_mut().news();
            if heard {
                (lull, is_quiet) = (source.lull(), false);
            }
            is_quiet = is_quiet || lull.poll_unpin(context).is_ready();
            if failed || ready >= enough || is_quiet && ready > 0 || was_asking && self.asking.is_empty() {
                return Poll::Ready(());
            }
            if self.lets_in()
                && let Poll::Ready(next) = self.domains.poll_next_unpin(context)
            {
                self.take(next);
                return Poll::Ready(());
            }
            Poll::Pending
        })
        .await;
    }
}
