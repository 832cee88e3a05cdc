//! What is known, by question, and what each server had to be asked for it. Never asks.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::collections::hash_map::Entry;

use ahash::HashMap;

use super::{Answer, DnsAnswer, Failure, Origin, Question, Reply, ServerReply};
use crate::dns::View;

/// Answers that are kept for domains to come, where there is no end of domains; each takes some hundred octets.
const MOST_KEPT: usize = 4 * 1024;

/// Answers by question, with the tally of every DNS server.
#[derive(Clone, Debug, Default)]
pub struct Observations {
    answers: HashMap<Question, Kept>,
    servers: Servers,
    /// Questions of which the answer is still to come.
    awaited: usize,
    /// Questions since answers were last forgotten.
    fresh: usize,
    /// Goes on at each [`Self::tick`], and what it showed when answers were last forgotten.
    clock: u64,
    forgot_at: u64,
    /// Whether nothing is forgotten.
    keeps_all: bool,
}

/// An answer, or the place for one.
#[derive(Clone, Debug)]
struct Kept {
    answer: Result<Answer, Awaited>,
    /// Whether it is from before the run: nobody can be asked for it again.
    given: bool,
    /// When anybody looked at it last.
    used: Cell<u64>,
}

/// Those who wait for an answer, by their numbers; nearly always one.
#[derive(Clone, Debug)]
struct Awaited {
    first: usize,
    others: Vec<usize>,
}

/// What there is to do for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Nothing: it is known.
    Known,
    /// To wait for it, as others do.
    Awaited,
    /// To ask.
    ToAsk,
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
    /// The answer, if it is known.
    pub fn get(&self, question: &Question) -> Option<&Answer> {
        let kept = self.answers.get(question)?;
        kept.used.set(self.clock);
        kept.answer.as_ref().ok()
    }

    /// Keeps an answer from before the run, unless there is one to that question.
    pub fn give(&mut self, question: Question, answer: Answer) {
        if let Entry::Vacant(place) = self.answers.entry(question) {
            self.servers.count(place.key().view(), &answer);
            place.insert(Kept { answer: Ok(answer), given: true, used: Cell::new(self.clock) });
        }
    }

    /// Notes who waits for an answer that is not known.
    pub fn expect(&mut self, question: &Question, who: usize) -> Outlook {
        match self.answers.entry(question.clone()) {
            Entry::Occupied(mut place) => {
                let kept = place.get_mut();
                kept.used.set(self.clock);
                let Err(awaited) = &mut kept.answer else { return Outlook::Known };
                awaited.others.push(who);
                Outlook::Awaited
            }
            Entry::Vacant(place) => {
                let awaited = Awaited { first: who, others: Vec::new() };
                place.insert(Kept { answer: Err(awaited), given: false, used: Cell::new(self.clock) });
                self.awaited += 1;
                self.fresh += 1;
                Outlook::ToAsk
            }
        }
    }

    /// Keeps an answer. A second answer to the same question replaces the first and is not counted again.
    pub fn insert(&mut self, question: Question, answer: Answer) {
        let _nobody_waits = self.learn(question, answer);
    }

    /// The same, and says who waited for it.
    pub fn learn(&mut self, question: Question, answer: Answer) -> impl Iterator<Item = usize> + use<> {
        let waited = match self.answers.entry(question) {
            Entry::Occupied(mut place) => {
                if place.get().answer.is_err() {
                    self.awaited -= 1;
                    self.servers.count(place.key().view(), &answer);
                }
                std::mem::replace(&mut place.get_mut().answer, Ok(answer)).err()
            }
            Entry::Vacant(place) => {
                self.fresh += 1;
                self.servers.count(place.key().view(), &answer);
                place.insert(Kept { answer: Ok(answer), given: false, used: Cell::new(self.clock) });
                None
            }
        };
        waited.into_iter().flat_map(|Awaited { first, others }| std::iter::once(first).chain(others))
    }

    /// How many answers did not come that were to come, and to which question one of them.
    pub fn missing(&self) -> Option<(usize, &Question)> {
        let mut open = self.answers.iter().filter(|(_, kept)| self.awaited > 0 && kept.answer.is_err());
        open.next().map(|(question, _)| (self.awaited, question))
    }

    /// From now on nothing is forgotten, for who looks at the answers when all domains are judged.
    pub fn keep_all(&mut self) {
        self.keeps_all = true;
    }

    /// Lets the clock go on by which answers grow old; what it shows.
    pub fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// Forgets answers at which nobody looked for long, where there are many: none at which anybody looked from `since` on.
    pub fn forget(&mut self, since: u64) {
        if self.fresh >= MOST_KEPT / 2 && !self.keeps_all {
            let since = since.min(self.forgot_at);
            self.answers.retain(|_, kept| kept.used.get() >= since || kept.given);
            (self.fresh, self.forgot_at) = (0, self.clock);
        }
    }

    /// Why a server of a view could not be reached, where that is known.
    pub fn obstacle(&self, view: View, server: &Origin) -> Option<&str> {
        self.servers.obstacles.get(&(view, server.clone())).map(String::as_str)
    }

    /// Whether any name server of a zone was asked itself.
    pub fn has_authority(&self) -> bool {
        self.answers.keys().any(|question| matches!(question, Question::Authority { .. }))
    }

    /// The servers of a view that were asked, with their tallies.
    pub fn servers(&self, view: View) -> impl Iterator<Item = (Origin, Tally)> {
        self.servers.tallies.iter().filter(move |((v, _), _)| *v == view).map(|((_, server), tally)| (server.clone(), *tally))
    }
}

/// What is known of each server by its answers.
#[derive(Clone, Debug, Default)]
struct Servers {
    tallies: BTreeMap<(View, Origin), Tally>,
    /// Why a server did not answer, where more is known than that time was up.
    obstacles: BTreeMap<(View, Origin), String>,
}

impl Servers {
    fn count(&mut self, view: View, answer: &Answer) {
        let Answer::Dns(DnsAnswer { replies }) = answer else { return };
        for reply in replies {
            self.note_obstacle(view, reply);
            let tally = self.tallies.entry((view, reply.server.clone())).or_default();
            tally.questions += 1;
            tally.answered += u64::from(!matches!(&reply.reply, Reply::Failed(failure) if !failure.is_answer()));
            tally.sent += u64::from(reply.sent);
            tally.timeouts += u64::from(reply.timeouts);
            tally.truncated += u64::from(reply.truncated);
        }
    }

    /// Of several reasons the first in the alphabet is kept, so that it does not depend on the order of the answers.
    fn note_obstacle(&mut self, view: View, reply: &ServerReply) {
        let Reply::Failed(Failure::Unreachable(why)) = &reply.reply else { return };
        let kept = self.obstacles.entry((view, reply.server.clone())).or_insert_with(|| why.clone());
        if *why < *kept {
            kept.clone_from(why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::RecordType;

    fn question(number: usize) -> Question {
        Question::dns(View::Internal, &format!("im.d{number}.example").parse().expect("a name"), RecordType::A)
    }

    fn answer() -> Answer {
        Answer::Unknown("nobody was asked".to_owned())
    }

    #[test]
    fn what_is_awaited_is_neither_known_nor_asked_again() {
        let mut observed = Observations::default();
        assert_eq!([7, 8, 7].map(|who| observed.expect(&question(1), who)), [Outlook::ToAsk, Outlook::Awaited, Outlook::Awaited]);
        assert_eq!((observed.get(&question(1)), observed.missing()), (None, Some((1, &question(1)))));
        assert_eq!(observed.learn(question(1), answer()).collect::<Vec<_>>(), [7, 8, 7]);
        assert_eq!((observed.get(&question(1)), observed.missing()), (Some(&answer()), None));
        assert_eq!(observed.expect(&question(1), 9), Outlook::Known);
        assert_eq!(observed.learn(question(1), answer()).count(), 0);
    }

    #[test]
    fn what_nobody_looks_at_is_forgotten_and_what_is_given_or_used_is_not() {
        let mut observed = Observations::default();
        observed.give(question(0), answer());
        for number in 1..2 * MOST_KEPT {
            observed.insert(question(number), answer());
            let now = observed.tick();
            observed.forget(now);
            assert_eq!(observed.get(&question(1)), Some(&answer()));
            assert!(observed.answers.len() <= MOST_KEPT + 2, "{number}");
        }
        assert_eq!(observed.get(&question(0)), Some(&answer()));
        assert_eq!(observed.get(&question(2)), None);
    }

    #[test]
    fn nothing_is_forgotten_where_all_is_to_be_kept() {
        let mut observed = Observations::default();
        observed.keep_all();
        for number in 0..2 * MOST_KEPT {
            observed.insert(question(number), answer());
            let now = observed.tick();
            observed.forget(now);
        }
        assert_eq!(observed.answers.len(), 2 * MOST_KEPT);
    }
}
