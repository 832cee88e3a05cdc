//! What is known, and which domain waits for what. Judges nothing and asks nobody.

use std::collections::BTreeSet;
use std::io;

use ahash::HashMap;

use super::Watch;
use crate::observe::{Answer, Observations, Outlook, Question};

/// Answers, and the domains, by their numbers, that wait for more.
pub(super) struct Waiting<'o> {
    pub(super) observed: &'o mut Observations,
    pub(super) watch: &'o mut dyn Watch,
    /// To how many questions a domain has no answer yet.
    missing: HashMap<usize, usize>,
    /// The domains that wait for nothing any more, in the order in which that came about.
    ready: Vec<usize>,
    /// Whether an answer has come since anybody looked.
    heard: bool,
    failed: io::Result<()>,
}

impl<'o> Waiting<'o> {
    pub(super) fn new(observed: &'o mut Observations, watch: &'o mut dyn Watch) -> Self {
        let (missing, ready) = Default::default();
        Self { observed, watch, missing, ready, heard: false, failed: Ok(()) }
    }

    /// Notes what a domain waits for; what nobody was asked yet goes to `questions`.
    pub(super) fn wait(&mut self, number: usize, open: BTreeSet<Question>, questions: &mut Vec<Question>) {
        let mut missing = 0;
        for question in open {
            let outlook = self.observed.expect(&question, number);
            missing += usize::from(outlook != Outlook::Known);
            if outlook == Outlook::ToAsk {
                questions.push(question);
            }
        }
        if missing == 0 {
            self.ready.push(number);
        } else {
            self.missing.insert(number, missing);
        }
    }

    /// An answer came.
    pub(super) fn take(&mut self, question: Question, answer: Answer) {
        if self.failed.is_ok() {
            self.failed = self.watch.answered(&question, &answer);
        }
        self.heard = true;
        self.learn(question, answer);
    }

    /// Keeps an answer, whoever gave it.
    pub(super) fn learn(&mut self, question: Question, answer: Answer) {
        for number in self.observed.learn(question, answer) {
            let missing = self.missing.entry(number).or_insert(1);
            *missing -= 1;
            if *missing == 0 {
                self.missing.remove(&number);
                self.ready.push(number);
            }
        }
    }

    /// A domain is to be looked at, whatever it knows.
    pub(super) fn wake(&mut self, number: usize) {
        self.ready.push(number);
    }

    /// The domains that wait for nothing, each once.
    pub(super) fn take_ready(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.ready)
    }

    /// How many domains wait for nothing, whether an answer has come since this was asked last, and whether it could not be kept.
    pub(super) fn news(&mut self) -> (usize, bool, bool) {
        (self.ready.len(), std::mem::take(&mut self.heard), self.failed.is_err())
    }

    /// Whether what is learnt could be kept so far.
    pub(super) fn take_failure(&mut self) -> io::Result<()> {
        std::mem::replace(&mut self.failed, Ok(()))
    }
}
