//! Many questions, silent servers, and the limits that are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use imctl::dns::{Record, RecordData, RecordType, View};
use imctl::loopback::{Asked, DnsPlay, DnsServer, Script};
use imctl::observe::{Answer, Failure, Limits, Live, Question, Reply, Source as _};

use super::dns::{good, internal, patient, question, replies, right};
use super::{ask, ask_live, name, on_a_runtime};

#[test]
fn a_silent_server_is_benched_and_comes_back_when_it_answers() {
    let awake = Arc::new(AtomicBool::new(false));
    let awakened = awake.clone();
    let server = DnsServer::start(move |_| if awake.load(Ordering::SeqCst) { vec![DnsPlay::Answer(good())] } else { Vec::new() })
        .expect("a server");
    let limits = Limits { in_flight: 1, timeout: Duration::from_millis(20), retries: 0, ..Limits::default() };
    let live = Live::new(&internal(&[server.address()], limits)).expect("a client");
    on_a_runtime(async {
        let said = |answers: Vec<Answer>| answers.into_iter().map(|answer| replies(answer).remove(0).reply).collect::<Vec<_>>();
        let replies = said(ask_live(&live, vec![question(); 30]).await);
        assert_eq!(replies[..10], vec![Reply::Failed(Failure::Timeout); 10]);
        assert_eq!(replies[10..], vec![Reply::Failed(Failure::Benched); 20]);
        assert_eq!(server.asked().len(), 10);
        awakened.store(true, Ordering::SeqCst);
        assert_eq!(said(ask_live(&live, vec![question()]).await), [Reply::Failed(Failure::Benched)]);
        tokio::time::sleep(Duration::from_millis(1050)).await;
        assert_eq!(said(ask_live(&live, vec![question(); 3]).await), vec![right(); 3]);
    });
}

#[test]
fn a_server_that_stays_silent_is_tried_more_and_more_rarely() {
    let server = DnsServer::start(|_| Vec::new()).expect("a server");
    let limits = Limits { in_flight: 1, timeout: Duration::from_millis(20), retries: 0, ..Limits::default() };
    let live = Live::new(&internal(&[server.address()], limits)).expect("a client");
    on_a_runtime(async {
        let mut asked = Vec::new();
        for _ in 0..3 {
            ask_live(&live, vec![question(); 12]).await;
            asked.push(server.asked().len());
            tokio::time::sleep(Duration::from_millis(1050)).await;
        }
        assert_eq!(asked, [10, 11, 11], "one trial after a second, and the next two seconds later");
    });
}

#[test]
fn a_rate_is_kept_without_bursts() {
    let server = DnsServer::start(|_| vec![DnsPlay::Answer(good())]).expect("a server");
    let started = Instant::now();
    ask(&internal(&[server.address()], Limits { qps: Some(50), ..Limits::default() }), vec![question(); 11]);
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(200), "11 queries at 50 a second took {took:?}");
}

#[test]
fn no_more_than_the_limit_is_in_flight() {
    let waiting = Arc::new(AtomicU32::new(0));
    let server = {
        let waiting = waiting.clone();
        DnsServer::start(move |_| {
            waiting.fetch_add(1, Ordering::SeqCst);
            Vec::new()
        })
        .expect("a server")
    };
    let limits = Limits { in_flight: 3, timeout: Duration::from_secs(30), ..Limits::default() };
    let live = Live::new(&internal(&[server.address()], limits)).expect("a client");
    on_a_runtime(async {
        let _ = tokio::time::timeout(Duration::from_millis(200), ask_live(&live, vec![question(); 20])).await;
    });
    assert_eq!(waiting.load(Ordering::SeqCst), 3);
}

#[test]
fn many_questions_are_all_answered() {
    ask_many(1000);
}

#[test]
fn the_questions_of_ten_thousand_domains_are_all_answered() {
    ask_many(26_667);
}

/// A server that knows one address for every name; what it sends differs in order from time to time.
fn rotating() -> impl Fn(&Asked) -> Vec<DnsPlay> + Send + Sync + 'static {
    let turn = AtomicU32::new(0);
    move |asked| {
        let record = |last| Record { owner: asked.name.clone(), ttl_secs: 300, data: RecordData::A([10, 1, 0, last].into()) };
        let first = u8::try_from(turn.fetch_add(1, Ordering::SeqCst) % 2).unwrap_or(0);
        match asked.rtype {
            RecordType::A => vec![DnsPlay::Answer(Script::records(vec![record(first), record(1 - first)]))],
            _ => vec![DnsPlay::Answer(Script::no_such_name())],
        }
    }
}

fn questions(domains: u32) -> Vec<Question> {
    let types = [RecordType::A, RecordType::Aaaa, RecordType::Srv];
    let all = (0..domains).flat_map(|n| types.map(|rtype| (name(&format!("im.d{n}.example")), rtype)));
    all.map(|(name, rtype)| Question::dns(View::Internal, &name, rtype)).collect()
}

fn ask_many(domains: u32) {
    let server = DnsServer::start(rotating()).expect("a server");
    let live = Live::new(&internal(&[server.address()], patient())).expect("a client");
    let (mut answers, questions) = (BTreeMap::new(), questions(domains));
    on_a_runtime(live.ask(questions.clone(), &mut |question, answer| {
        assert!(answers.insert(question, answer).is_none(), "one answer per question");
    }));
    assert_eq!(answers.len(), questions.len());
    assert_eq!(answers.keys().collect::<BTreeSet<_>>(), questions.iter().collect());
    assert!(answers.into_values().all(|answer| replies(answer).iter().all(|reply| !matches!(reply.reply, Reply::Failed(_)))));
}

#[test]
fn how_many_are_in_flight_changes_no_answer() {
    let server = DnsServer::start(rotating()).expect("a server");
    let [one, many] = [1, 500].map(|in_flight| {
        let settings = internal(&[server.address()], Limits { in_flight, ..patient() });
        ask(&settings, questions(60)).into_iter().map(|answer| replies(answer).remove(0).reply).collect::<Vec<_>>()
    });
    assert_eq!(one, many);
}
