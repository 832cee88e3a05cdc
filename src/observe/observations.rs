//! All that is known, by question, and what each server had to be asked for it. Never asks.

use std::collections::{BTreeMap, HashMap};

use super::{Answer, Failure, Origin, Question, Reply, ServerReply};
use crate::dns::View;

/// Answers by question, with the tally of every DNS server.
#[derive(Clone, Debug, Default)]
pub struct Observations {
    answers: HashMap<Question, Answer>,
    tallies: BTreeMap<(View, Origin), Tally>,
    /// Why a server did not answer, where more is known than that time was up.
    obstacles: BTreeMap<(View, Origin), String>,
}

/// What one server was asked and how it answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Questions put to it.
    pub questions: u64,
    /// Questions that it answered, if only with SERVFAIL.
    pub answered: u64,
    /// Queries sent, retries included.
    pub sent: u64,
    /// Queries that timed out.
    pub timeouts: u64,
    /// Answers truncated over UDP.
    pub truncated: u64,
}

impl Observations {
    /// The answer, if the question was asked.
    pub fn get(&self, question: &Question) -> Option<&Answer> {
        self.answers.get(question)
    }

    /// Keeps an answer. A second answer to the same question replaces the first and is not counted again.
    pub fn insert(&mut self, question: Question, answer: Answer) {
        if let (Answer::Dns(dns), false) = (&answer, self.answers.contains_key(&question)) {
            for reply in &dns.replies {
                self.note_obstacle(question.view(), reply);
                let tally = self.tallies.entry((question.view(), reply.server.clone())).or_default();
                tally.questions += 1;
                tally.answered += u64::from(!matches!(&reply.reply, Reply::Failed(failure) if !failure.is_answer()));
                tally.sent += u64::from(reply.sent);
                tally.timeouts += u64::from(reply.timeouts);
                tally.truncated += u64::from(reply.truncated);
            }
        }
        self.answers.insert(question, answer);
    }

    /// Of several reasons the first in the alphabet is kept, so that it does not depend on the order of the answers.
    fn note_obstacle(&mut self, view: View, reply: &ServerReply) {
        let Reply::Failed(Failure::Unreachable(why)) = &reply.reply else { return };
        let kept = self.obstacles.entry((view, reply.server.clone())).or_insert_with(|| why.clone());
        if why < kept {
            kept.clone_from(why);
        }
    }

    /// Why a server of a view could not be reached, where that is known.
    pub fn obstacle(&self, view: View, server: &Origin) -> Option<&str> {
        self.obstacles.get(&(view, server.clone())).map(String::as_str)
    }

    /// The servers of a view that were asked, with their tallies.
    pub fn servers(&self, view: View) -> impl Iterator<Item = (Origin, Tally)> {
        self.tallies.iter().filter(move |((v, _), _)| *v == view).map(|((_, server), tally)| (server.clone(), *tally))
    }
}
