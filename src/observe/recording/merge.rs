//! Several recordings put together: one answer a question, and what they contradict each other in. Judges nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::Recording;
use crate::dns::{Record, View};
use crate::observe::{Answer, Observations, Origin, Question, Reply, ServerReply};
use crate::profile::http::HttpOutcome;

/// Which run made a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The file, as the user gave it.
    pub file: String,
    /// The subcommand.
    pub command: String,
    /// When the run began.
    pub started: Timestamp,
    /// The side from which it was made.
    pub vantage: View,
}

/// A question that two recordings have different answers to. Silence contradicts nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// What was asked.
    pub question: Question,
    /// The file of each recording that has it, with what was answered, in the order in which they are named.
    pub answers: Vec<(String, String)>,
    /// The file whose answer counts.
    pub judged_by: String,
}

/// Where the answers of a run come from, if they were recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// The recordings, in the order in which they are named.
    pub recordings: Vec<Made>,
    /// What they contradict each other in, by question.
    pub contradictions: Vec<Contradiction>,
}

impl Sources {
    /// The sides from which recordings were made, in order, each once.
    pub fn vantages(&self) -> Vec<View> {
        View::ALL.into_iter().filter(|view| self.recordings.iter().any(|made| made.vantage == *view)).collect()
    }
}

/// Puts recordings together. Of several answers to a question that one counts which decides it, was given on the side that is
/// asked for, and is the latest: in this order. What is as good is taken from the recording named first.
pub fn merge(recordings: Vec<(Made, Recording)>) -> (Observations, Sources) {
    let mut sources = Sources::default();
    let mut kept: HashMap<Question, (usize, Answer)> = HashMap::new();
    let mut said: BTreeMap<Question, BTreeMap<usize, String>> = BTreeMap::new();
    for (position, (made, recording)) in recordings.into_iter().enumerate() {
        sources.recordings.push(made);
        for (question, answer) in recording.answers {
            let Some((by, known)) = kept.get(&question) else {
                kept.insert(question, (position, answer));
                continue;
            };
            if contradicts(known, &answer) {
                let answers = said.entry(question.clone()).or_default();
                answers.insert(*by, in_words(known));
                answers.insert(position, in_words(&answer));
            }
            let rank = |by: usize, answer: &Answer| {
                let made = &sources.recordings[by];
                (is_decided(answer), made.vantage == question.view(), made.started)
            };
            if rank(position, &answer) > rank(*by, known) {
                kept.insert(question, (position, answer));
            }
        }
    }
    let file = |position: usize| sources.recordings[position].file.clone();
    sources.contradictions = (said.into_iter())
        .map(|(question, answers)| Contradiction {
            judged_by: kept.get(&question).map(|(by, _)| file(*by)).unwrap_or_default(),
            answers: answers.into_iter().map(|(position, words)| (file(position), words)).collect(),
            question,
        })
        .collect();
    let mut observed = Observations::default();
    for (question, (_, answer)) in kept {
        observed.insert(question, answer);
    }
    (observed, sources)
}

fn is_decided(answer: &Answer) -> bool {
    match answer {
        Answer::Dns(_) | Answer::Authority(_) => !contents(answer).is_empty(),
        Answer::Http(_) => true,
        Answer::Unknown(_) => false,
    }
}

/// What servers said, those of a view or those of a zone.
fn replies(answer: &Answer) -> Box<dyn Iterator<Item = &ServerReply> + '_> {
    match answer {
        Answer::Dns(answer) => Box::new(answer.replies.iter()),
        Answer::Authority(authority) => {
            Box::new(authority.servers.iter().flat_map(|server| &server.replies).map(|said| &said.reply))
        }
        Answer::Http(_) | Answer::Unknown(_) => Box::new(std::iter::empty()),
    }
}

/// Whether both answers cannot be true of one moment: a server said two things, or servers of the one recording all say what no
/// server of the other does.
fn contradicts(one: &Answer, other: &Answer) -> bool {
    match (one, other) {
        (Answer::Dns(_), Answer::Dns(_)) | (Answer::Authority(_), Answer::Authority(_)) => {
            let (one, other) = (contents(one), contents(other));
            let common: Vec<&Origin> = one.keys().filter(|server| other.contains_key(server)).collect();
            if common.is_empty() {
                let (one, other): (BTreeSet<_>, BTreeSet<_>) = (one.values().collect(), other.values().collect());
                !one.is_empty() && !other.is_empty() && one.is_disjoint(&other)
            } else {
                common.into_iter().any(|server| one.get(server) != other.get(server))
            }
        }
        (Answer::Http(one), Answer::Http(other)) => head(one) != head(other),
        _ => false,
    }
}

/// What each server that decided has; a TTL counts down and is no content.
fn contents(answer: &Answer) -> BTreeMap<Origin, BTreeSet<String>> {
    let record = |record: &Record| format!("{} {:?}", record.owner, record.data);
    let content = |reply: &Reply| match reply {
        Reply::Records(records) => Some(records.iter().map(record).collect()),
        Reply::NoData => Some(BTreeSet::from(["no data".to_owned()])),
        Reply::NoSuchName => Some(BTreeSet::from(["no such name".to_owned()])),
        Reply::Failed(_) => None,
    };
    replies(answer).filter_map(|reply| Some((reply.server.clone(), content(&reply.reply)?))).collect()
}

/// What of an exchange is the same whenever nothing has changed.
fn head(outcome: &HttpOutcome) -> Result<(u16, Option<&str>), std::mem::Discriminant<crate::profile::http::HttpFailure>> {
    match outcome {
        Ok(reply) => Ok((reply.status, reply.header("location").next())),
        Err(failure) => Err(std::mem::discriminant(failure)),
    }
}

fn in_words(answer: &Answer) -> String {
    match answer {
        Answer::Dns(_) | Answer::Authority(_) => {
            let mut said: BTreeSet<String> = BTreeSet::new();
            for reply in replies(answer) {
                match &reply.reply {
                    Reply::Records(records) => said.extend(records.iter().map(|record| record.data.to_string())),
                    Reply::NoData => drop(said.insert("no record".to_owned())),
                    Reply::NoSuchName => drop(said.insert("NXDOMAIN".to_owned())),
                    Reply::Failed(_) => {}
                }
            }
            said.into_iter().collect::<Vec<_>>().join(", ")
        }
        Answer::Http(outcome) => match outcome.as_ref() {
            Ok(reply) => match reply.header("location").next() {
                Some(location) => format!("{}, Location {location}", reply.status),
                None => reply.status.to_string(),
            },
            Err(failure) => failure.to_string(),
        },
        Answer::Unknown(why) => why.clone(),
    }
}
