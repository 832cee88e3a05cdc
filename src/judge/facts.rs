//! The observations as a rule sees them. Remembers what is not known yet and what nobody would say; asks nothing itself.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::view_status::ViewStatus;
use crate::dns::{DomainName, RecordType, View};
use crate::observe::{Answer, Authority, DnsAnswer, Observations, Probe, Question};
use crate::profile::http::HttpOutcome;

/// Most cases ask no more DNS questions.
const ORDINARY: usize = 8;

/// What one case knows and would like to know.
#[derive(Debug)]
pub struct Facts<'a> {
    observed: &'a Observations,
    views: &'a BTreeMap<View, ViewStatus>,
    /// The DNS questions that came up, with what is known: a case asks few of them, and each many times.
    looked_up: RefCell<Vec<(Question, Option<&'a DnsAnswer>)>>,
    notes: RefCell<Notes>,
}

/// What came up while a case was judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Asked for and not known yet.
    pub open: BTreeSet<Question>,
    /// Asked for, and nobody decided it: the reason by view and question.
    pub undecided: BTreeMap<(View, String), String>,
}

impl<'a> Facts<'a> {
    /// Facts over what is known so far. A view without a status is not judged in this run.
    pub fn new(observed: &'a Observations, views: &'a BTreeMap<View, ViewStatus>) -> Self {
        let looked_up = RefCell::new(Vec::with_capacity(ORDINARY));
        Self { observed, views, looked_up, notes: RefCell::default() }
    }

    /// The same facts, with nothing noted yet.
    #[must_use]
    pub fn afresh(&self) -> Self {
        Self::new(self.observed, self.views)
    }

    /// What came up so far.
    pub fn notes(&self) -> Notes {
        self.notes.borrow().clone()
    }

    /// The same, for the last who asks.
    pub(super) fn take_notes(&self) -> Notes {
        self.notes.take()
    }

    /// Notes that something cannot be asked, for this run does not look into that view.
    pub fn note_missing_view(&self, view: View, asked: &str) {
        let why = format!("this run does not ask the {view} view");
        self.notes.borrow_mut().undecided.insert((view, asked.to_owned()), why);
    }

    /// Notes that servers answered, and that their answers together settle nothing about the addresses of a name: unless the
    /// question behind that is itself still open or undecided, and noted so.
    pub fn note_unsettled(&self, view: View, name: &DomainName, said: &str) {
        let is_refused = |rtype| {
            let answer = self.observed.get(&Question::dns(view, name, rtype));
            matches!(answer, Some(Answer::Dns(answer)) if answer.is_bogus())
        };
        if is_refused(RecordType::A) || is_refused(RecordType::Aaaa) {
            return; // dnssec-bogus says all there is to say
        }
        let mut notes = self.notes.borrow_mut();
        if notes.open.is_empty() && !notes.is_undecided(view) {
            let asked = Question::dns(view, name, RecordType::A).to_string();
            notes.undecided.insert((view, asked), format!("the servers settle nothing: {said}"));
        }
    }

    /// What a view's servers say, if at least one of them decided the question. `None` is not a "no": either it is not
    /// known yet, and will be asked, or nobody would say, and the case is undecided.
    pub fn dns(&self, view: View, name: &DomainName, rtype: RecordType) -> Option<&'a DnsAnswer> {
        let answer = self.heard(view, name, rtype)?;
        if answer.is_decided() {
            return Some(answer);
        }
        if !answer.is_bogus() {
            self.note_undecided(&Question::dns(view, name, rtype), &answer.failures()); // else dnssec-bogus says all there is to say
        }
        None
    }

    /// The replies of a view's servers, whether any of them decides the question or not. `None` where nobody was asked yet, or the
    /// view is not judged; what stays open is noted by whoever asks with [`Self::dns`].
    pub fn replies(&self, view: View, name: &DomainName, rtype: RecordType) -> Option<&'a DnsAnswer> {
        self.heard(view, name, rtype)
    }

    /// What the name servers of a name's zone say. `None` as of [`Self::dns`]; each that keeps silent leaves the case undecided.
    pub fn authority(&self, view: View, name: &DomainName, rtype: RecordType) -> Option<&'a Authority> {
        if !self.may_ask(view, name, rtype) {
            return None;
        }
        let Some(Answer::Authority(authority)) = self.known(&Question::authority(view, name, rtype)) else { return None };
        for server in &authority.servers {
            if let Some(why) = server.silence() {
                let asked = format!("SOA {} of {}", authority.zone, server.name);
                self.notes.borrow_mut().undecided.insert((view, asked), why);
            }
        }
        Some(authority)
    }

    /// Whether anything of a view may be asked; if not, notes what has to be known first, or that nobody can tell.
    fn may_ask(&self, view: View, name: &DomainName, rtype: RecordType) -> bool {
        match self.views.get(&view) {
            Some(ViewStatus::Fine) => return true,
            Some(ViewStatus::Ask(first)) => drop(self.notes.borrow_mut().open.insert(first.clone())),
            // One entry for the whole view: nothing of it is judged, whatever was going to be asked.
            Some(closed) if !self.notes.borrow().is_undecided(view) => {
                self.note_undecided(&Question::dns(view, name, rtype), &closed.to_string());
            }
            Some(_) | None => {}
        }
        false
    }

    /// Looks every question up once, whoever asks.
    fn heard(&self, view: View, name: &DomainName, rtype: RecordType) -> Option<&'a DnsAnswer> {
        if !self.may_ask(view, name, rtype) {
            return None;
        }
        let is_it = |question: &Question| match question {
            Question::Dns { view: v, name: n, rtype: t } => (*v, *t) == (view, rtype) && n == name,
            Question::Probe(_) | Question::Authority { .. } => false,
        };
        if let Some((_, known)) = self.looked_up.borrow().iter().find(|(question, _)| is_it(question)) {
            return *known;
        }
        let question = Question::dns(view, name, rtype);
        let heard = match self.known(&question) {
            Some(Answer::Dns(answer)) => Some(answer),
            Some(Answer::Http(_) | Answer::Authority(_) | Answer::Unknown(_)) | None => None,
        };
        self.looked_up.borrow_mut().push((question, heard));
        heard
    }

    /// What became of one HTTP exchange, its silence included: for rules whose very subject is silence.
    /// `None` while it is not known.
    pub fn exchange(&self, probe: Probe) -> Option<&'a HttpOutcome> {
        self.outcome(&Question::probe(probe))
    }

    fn outcome(&self, question: &Question) -> Option<&'a HttpOutcome> {
        match self.known(question)? {
            Answer::Http(outcome) => Some(outcome),
            Answer::Dns(_) | Answer::Authority(_) | Answer::Unknown(_) => None,
        }
    }

    /// Like [`Self::exchange`], for a follow-up to an exchange that was answered: silence now decides nothing.
    pub fn follow_up(&self, probe: Probe) -> Option<&'a HttpOutcome> {
        let question = Question::probe(probe);
        let outcome = self.outcome(&question)?;
        if let Err(failure) = outcome {
            self.note_undecided(&question, &failure.to_string());
        }
        Some(outcome)
    }

    /// What became of an exchange and of its follow-up, which is sent at once where that is answered, and else not at all: as long as
    /// the exchange is still to come both are asked together.
    pub fn exchanges(&self, exchange: Probe, follow_up: Probe) -> [Option<&'a HttpOutcome>; 2] {
        let exchange = Question::probe(exchange);
        let outcome = self.outcome(&exchange);
        let follow_up = match outcome {
            Some(Ok(_)) => self.follow_up(follow_up),
            Some(Err(_)) => None,
            None => {
                let open = &mut self.notes.borrow_mut().open;
                if open.contains(&exchange) {
                    open.insert(Question::probe(follow_up));
                }
                None
            }
        };
        [outcome, follow_up]
    }

    /// The answer, where somebody was asked. Notes that a question is still to be asked, or that nobody could be.
    fn known(&self, question: &Question) -> Option<&'a Answer> {
        match self.observed.get(question) {
            Some(Answer::Unknown(why)) => {
                self.note_undecided(question, why);
                None
            }
            Some(answer) => Some(answer),
            None => {
                self.notes.borrow_mut().open.insert(question.clone());
                None
            }
        }
    }

    fn note_undecided(&self, question: &Question, why: &str) {
        self.notes.borrow_mut().undecided.insert((question.view(), question.to_string()), why.to_owned());
    }
}

impl Notes {
    fn is_undecided(&self, view: View) -> bool {
        self.undecided.keys().any(|(noted, _)| *noted == view)
    }
}
