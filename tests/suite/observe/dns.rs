//! What DNS servers do, kind and hostile, and what is made of it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use imctl::dns::{DomainName, Record, RecordData, RecordType, View};
use imctl::loopback::{Asked, DnsPlay, DnsServer, Script, Transport};
use imctl::observe::{Answer, ExtendedError, Failure, Limits, LiveSettings, Origin, Question, Remarks, Reply, ServerReply};

use super::{ask, name};

fn a(owner: &str, last: u8) -> Record {
    Record { owner: name(owner), ttl_secs: 300, data: RecordData::A([10, 1, 0, last].into()) }
}

pub(super) fn good() -> Script {
    Script::records(vec![a("im.example.com", 10)])
}

pub(super) fn right() -> Reply {
    Reply::Records([a("im.example.com", 10)].into())
}

/// For answers that come, however busy the machine is.
pub(super) fn patient() -> Limits {
    Limits { timeout: Duration::from_secs(10), retries: 1, ..Limits::default() }
}

/// For answers that never come.
fn hasty() -> Limits {
    Limits { timeout: Duration::from_millis(200), ..patient() }
}

pub(super) fn internal(servers: &[SocketAddr], limits: Limits) -> LiveSettings {
    LiveSettings { servers: BTreeMap::from([(View::Internal, servers.to_vec())]), limits, ..LiveSettings::default() }
}

pub(super) fn question() -> Question {
    Question::dns(View::Internal, &name("im.example.com"), RecordType::A)
}

pub(super) fn replies(answer: Answer) -> Vec<ServerReply> {
    match answer {
        Answer::Dns(answer) => answer.replies.into_vec(),
        other => panic!("a DNS answer was wanted, and it is {other:?}"),
    }
}

/// Asks one question of one server that plays `handler`.
fn one(handler: impl Fn(&Asked) -> Vec<DnsPlay> + Send + Sync + 'static) -> (ServerReply, Vec<Asked>) {
    one_within(patient(), handler)
}

fn one_within(limits: Limits, handler: impl Fn(&Asked) -> Vec<DnsPlay> + Send + Sync + 'static) -> (ServerReply, Vec<Asked>) {
    let server = DnsServer::start(handler).expect("a server");
    let answer = ask(&internal(&[server.address()], limits), vec![question()]).remove(0);
    (replies(answer).remove(0), server.asked())
}

fn says(play: DnsPlay) -> ServerReply {
    one(move |_| vec![play.clone()]).0
}

fn answers(script: Script) -> Reply {
    says(DnsPlay::Answer(script)).reply
}

#[test]
fn an_answer_is_read_and_counted() {
    let (reply, asked) = one(|_| vec![DnsPlay::Answer(good())]);
    assert_eq!(reply.reply, right());
    assert_eq!((reply.sent, reply.timeouts, reply.truncated, reply.authoritative), (1, 0, false, true));
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].name.as_str(), asked[0].rtype, asked[0].edns), ("im.example.com", RecordType::A, true));
}

#[test]
fn no_data_no_such_name_and_errors_are_told_apart() {
    assert_eq!(answers(Script::no_data()), Reply::NoData);
    assert_eq!(answers(Script::no_such_name()), Reply::NoSuchName);
    assert_eq!(answers(Script::rcode(5)), Reply::Failed(Failure::Refused));
    assert_eq!(answers(Script::rcode(4)), Reply::Failed(Failure::NotImp));
    assert_eq!(answers(Script::rcode(1)), Reply::Failed(Failure::FormErr));
    assert_eq!(answers(Script::rcode(9)), Reply::Failed(Failure::Rcode(9)));
    assert_eq!(answers(Script::rcode(23)), Reply::Failed(Failure::Rcode(23)));
    assert_eq!(answers(Script::referral()), Reply::Failed(Failure::Lame));
    assert_eq!(answers(Script::records(vec![a("other.example.com", 66)])), Reply::Failed(Failure::Lame));
}

#[test]
fn a_server_says_which_machine_it_is_when_it_is_asked_and_what_is_wrong_unasked() {
    let ede = |code: u8, text: &[u8]| (15, [&[0, code], text].concat());
    let script = Script { options: vec![(3, b"dc1.ams".to_vec()), ede(22, b"at delegation"), ede(3, b"")], ..Script::rcode(2) };
    let play = move |_: &Asked| vec![DnsPlay::Answer(script.clone())];
    let error = |code, text: &str| ExtendedError { code, text: text.to_owned() };
    let errors = vec![error(22, "at delegation"), error(3, "")];
    let asked_for = one_within(Limits { nsid: true, ..patient() }, play.clone()).0;
    assert_eq!(asked_for.reply, Reply::Failed(Failure::ServFail));
    assert_eq!(asked_for.remarks.as_deref(), Some(&Remarks { nsid: Some("dc1.ams".to_owned()), errors: errors.clone() }));
    assert_eq!(one(play).0.remarks.as_deref(), Some(&Remarks { nsid: None, errors }));
}

#[test]
fn an_alias_to_nothing_is_an_alias_and_no_missing_name() {
    let alias = Record { owner: name("im.example.com"), ttl_secs: 300, data: RecordData::Cname(name("gone.example.com")) };
    let script = Script { records: vec![alias.clone()], ..Script::no_such_name() };
    assert_eq!(answers(script), Reply::Records([alias].into()));
}

#[test]
fn a_failing_server_is_asked_once_more() {
    let (reply, asked) = one(|_| vec![DnsPlay::Answer(Script::rcode(2))]);
    assert_eq!((reply.reply, reply.sent, reply.timeouts), (Reply::Failed(Failure::ServFail), 2, 0));
    assert_eq!(asked.len(), 2);
    let times = AtomicU32::new(0);
    let (reply, _) = one(move |_| match times.fetch_add(1, Ordering::SeqCst) {
        0 => vec![DnsPlay::Answer(Script::rcode(2))],
        _ => vec![DnsPlay::Answer(good())],
    });
    assert_eq!(reply.reply, right());
}

#[test]
fn forgeries_before_the_answer_do_not_end_the_wait() {
    let bad = || Script::records(vec![a("im.example.com", 66)]);
    let (reply, asked) = one(move |_| {
        vec![
            DnsPlay::WrongId(bad()),
            DnsPlay::WrongQuestion(bad()),
            DnsPlay::AsQuery(bad()),
            DnsPlay::Raw(vec![0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 0xff]),
            DnsPlay::Raw(Vec::new()),
            DnsPlay::Delay(Duration::from_millis(30), Box::new(DnsPlay::Answer(good()))),
            DnsPlay::Answer(bad()),
        ]
    });
    assert_eq!((reply.reply, reply.sent, reply.timeouts), (right(), 1, 0));
    assert_eq!(asked.len(), 1);
}

#[test]
fn a_late_answer_counts_for_nothing_and_harms_nothing() {
    let times = AtomicU32::new(0);
    let (reply, _) = one_within(hasty(), move |_| match times.fetch_add(1, Ordering::SeqCst) {
        0 => vec![DnsPlay::Delay(Duration::from_millis(220), Box::new(DnsPlay::Answer(Script::no_such_name())))],
        _ => vec![DnsPlay::Delay(Duration::from_millis(60), Box::new(DnsPlay::Answer(good()))), DnsPlay::Answer(good())],
    });
    assert_eq!((reply.reply, reply.sent, reply.timeouts), (right(), 2, 1));
}

#[test]
fn an_answer_that_cannot_be_read_is_no_silence() {
    let raw = DnsPlay::Raw(vec![0x81, 0x80, 0, 1, 0, 9, 0, 0, 0, 0, 0xff, 0xff, 0xff]);
    let (reply, _) = one_within(hasty(), move |_| vec![raw.clone()]);
    assert_eq!((reply.reply, reply.sent, reply.timeouts), (Reply::Failed(Failure::Malformed), 2, 0));
}

#[test]
fn a_black_hole_times_out_at_every_try() {
    let (reply, asked) = one_within(hasty(), |_| Vec::new());
    assert_eq!((reply.reply, reply.sent, reply.timeouts), (Reply::Failed(Failure::Timeout), 2, 2));
    assert_eq!(asked.len(), 2);
}

#[test]
fn a_closed_port_is_known_at_once() {
    let closed = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr()).expect("an address");
    let started = Instant::now();
    let limits = Limits { timeout: Duration::from_secs(20), ..Limits::default() };
    let answer = ask(&internal(&[closed], limits), vec![question()]).remove(0);
    assert_eq!(replies(answer)[0].reply, Reply::Failed(Failure::Unreachable("connection refused".to_owned())));
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_server_without_edns_is_asked_without_it_and_remembered() {
    let server =
        DnsServer::start(|asked| vec![DnsPlay::Answer(if asked.edns { Script::rcode(1) } else { good() })]).expect("a server");
    let settings = internal(&[server.address()], Limits { in_flight: 1, ..patient() });
    let found: Vec<_> = ask(&settings, vec![question(); 3]).into_iter().map(|answer| replies(answer).remove(0)).collect();
    assert!(found.iter().all(|reply| reply.reply == right()));
    assert_eq!(found.iter().map(|reply| reply.sent).sum::<u32>(), 4, "one try with EDNS, then never again");
}

#[test]
fn where_edns_is_dropped_on_the_way_a_plain_query_gets_through() {
    let server = DnsServer::start(|asked| if asked.edns { Vec::new() } else { vec![DnsPlay::Answer(good())] });
    let server = server.expect("a server");
    let settings = internal(&[server.address()], Limits { in_flight: 1, ..hasty() });
    let found: Vec<_> = ask(&settings, vec![question(); 5]).into_iter().map(|answer| replies(answer).remove(0)).collect();
    assert!(found.iter().all(|reply| reply.reply == right()));
    assert_eq!(found.iter().map(|reply| reply.timeouts).collect::<Vec<_>>(), [1, 1, 1, 0, 0], "after three it is known");
}

#[test]
fn an_answer_has_to_repeat_the_case_of_the_letters_where_it_is_mixed() {
    let long = name(&format!("{}.example", "abcdefghij".repeat(6)));
    let record = Record { owner: long.clone(), ttl_secs: 300, data: RecordData::A([10, 1, 0, 10].into()) };
    // Over UDP a forger, or a server that does not keep the case, says that there is no such name.
    let question = [&[60][..], "abcdefghij".repeat(6).as_bytes(), b"\x07example\0", &[0, 1, 0, 1]].concat();
    let forgery = [&[0x85, 0x83, 0, 1, 0, 0, 0, 0, 0, 0][..], &question].concat();
    let told = record.clone();
    let server = DnsServer::start(move |asked| match asked.transport {
        Transport::Udp => vec![DnsPlay::Raw(forgery.clone())],
        Transport::Tcp => vec![DnsPlay::Answer(Script::records(vec![told.clone()]))],
    });
    let server = server.expect("a server");
    let limits = |mix_case| Limits { mix_case, timeout: Duration::from_secs(2), ..patient() };
    let asked = Question::dns(View::Internal, &long, RecordType::A);
    let said =
        |mix_case| replies(ask(&internal(&[server.address()], limits(mix_case)), vec![asked.clone()]).remove(0)).remove(0).reply;
    assert_eq!(said(true), Reply::Records([record].into()));
    assert_eq!(said(false), Reply::NoSuchName, "the same packet is the answer to a question in plain letters");
}

#[test]
fn one_connection_serves_many_truncated_answers() {
    let server = DnsServer::start(|asked| match asked.transport {
        Transport::Udp => vec![DnsPlay::Answer(Script::truncated())],
        Transport::Tcp => vec![DnsPlay::Answer(Script::records(vec![a(asked.name.as_str(), 10)]))],
    });
    let server = server.expect("a server");
    let questions = (0..300).map(|n| Question::dns(View::Internal, &name(&format!("d{n}.example")), RecordType::A)).collect();
    let found = ask(&internal(&[server.address()], patient()), questions);
    assert!(found.into_iter().all(|answer| matches!(replies(answer)[0].reply, Reply::Records(_))));
    let over_tcp = server.asked().into_iter().filter(|asked| asked.transport == Transport::Tcp);
    let clients: std::collections::BTreeSet<_> = over_tcp.map(|asked| asked.from).collect();
    assert_eq!(clients.len(), 1, "{clients:?}");
}

#[test]
fn a_truncated_answer_is_fetched_over_tcp() {
    let (reply, asked) = one(|asked| match asked.transport {
        Transport::Udp => vec![DnsPlay::Answer(Script::truncated())],
        Transport::Tcp => vec![DnsPlay::WrongId(Script::no_such_name()), DnsPlay::Answer(good())],
    });
    assert_eq!((reply.reply, reply.sent, reply.truncated), (right(), 2, true));
    assert_eq!(asked.iter().map(|asked| asked.transport).collect::<Vec<_>>(), [Transport::Udp, Transport::Tcp]);
}

#[test]
fn a_truncated_answer_without_tcp_is_truncated_and_never_empty() {
    for tcp in [vec![DnsPlay::Close], Vec::new(), vec![DnsPlay::Answer(Script::truncated())], vec![DnsPlay::Raw(vec![1, 2])]] {
        let (reply, _) = one_within(hasty(), move |asked| match asked.transport {
            Transport::Udp => vec![DnsPlay::Answer(Script::truncated())],
            Transport::Tcp => tcp.clone(),
        });
        assert_eq!((reply.reply, reply.truncated), (Reply::Failed(Failure::Truncated), true));
    }
}

#[test]
fn five_hundred_records_come_whole() {
    let records: Vec<_> = (0..500u16)
        .map(|n| Record { owner: name("im.example.com"), ttl_secs: 60, data: RecordData::A((0x0a01_0000 + u32::from(n)).into()) })
        .collect();
    let shuffled: Vec<_> = records.iter().rev().cloned().collect();
    let reply = says(DnsPlay::Answer(Script::records(shuffled)));
    assert!(reply.truncated);
    assert_eq!(reply.reply, Reply::Records(records.into()));
}

#[test]
fn control_octets_in_names_are_escaped_on_the_way_in_and_resolved_on_the_way_out() {
    let odd = DomainName::from_wire([b"\x1b[2J\x07.evil".as_slice(), b"\xff\x00", b"example"].into_iter());
    let records = vec![
        Record { owner: name("im.example.com"), ttl_secs: 1, data: RecordData::Cname(odd.clone()) },
        Record { owner: odd.clone(), ttl_secs: 1, data: RecordData::A([10, 1, 0, 10].into()) },
    ];
    assert_eq!(answers(Script::records(records.clone())), Reply::Records(records.clone().into()));
    assert!(odd.as_str().chars().all(|c| c.is_ascii_graphic()));
    let server = DnsServer::start(move |_| vec![DnsPlay::Answer(Script::records(records.clone()))]).expect("a server");
    let question = Question::dns(View::Internal, &odd, RecordType::A);
    let answer = ask(&internal(&[server.address()], patient()), vec![question]).remove(0);
    assert!(matches!(&replies(answer)[0].reply, Reply::Records(records) if records.len() == 1));
    assert_eq!(server.asked()[0].name, odd);
}

#[test]
fn every_server_is_asked_and_stands_in_its_place() {
    let slow = DnsServer::start(|_| vec![DnsPlay::Delay(Duration::from_millis(50), Box::new(DnsPlay::Answer(good())))]);
    let other = DnsServer::start(|_| vec![DnsPlay::Answer(Script::no_data())]);
    let hole = DnsServer::start(|_| Vec::new());
    let servers = [slow, other, hole].map(|server| server.expect("a server"));
    let addresses = servers.each_ref().map(DnsServer::address);
    let found = replies(ask(&internal(&addresses, hasty()), vec![question()]).remove(0));
    assert_eq!(found.iter().map(|reply| reply.server.clone()).collect::<Vec<_>>(), addresses.map(Origin::from));
    let said: Vec<_> = found.into_iter().map(|reply| reply.reply).collect();
    assert_eq!(said, [right(), Reply::NoData, Reply::Failed(Failure::Timeout)]);
}

#[test]
fn servers_on_ipv6_are_asked_too() {
    let Ok(server) = DnsServer::bind("[::1]:0".parse().expect("an address"), |asked| match asked.transport {
        Transport::Udp => vec![DnsPlay::Answer(Script::truncated())],
        Transport::Tcp => vec![DnsPlay::Answer(good())],
    }) else {
        return; // this machine has no IPv6
    };
    assert_eq!(replies(ask(&internal(&[server.address()], patient()), vec![question()]).remove(0))[0].reply, right());
}

#[test]
fn a_question_never_leaves_its_view() {
    let inside = DnsServer::start(|_| vec![DnsPlay::Answer(good())]).expect("a server");
    let outside = DnsServer::start(|_| vec![DnsPlay::Answer(Script::no_such_name())]).expect("a server");
    let mut settings = internal(&[inside.address()], patient());
    settings.servers.insert(View::External, vec![outside.address()]);
    let of = |view, host: &str| Question::dns(view, &name(host), RecordType::A);
    ask(&settings, vec![of(View::Internal, "in.example.com"), of(View::External, "out.example.com")]);
    assert_eq!(inside.asked().iter().map(|asked| asked.name.as_str().to_owned()).collect::<Vec<_>>(), ["in.example.com"]);
    assert_eq!(outside.asked().iter().map(|asked| asked.name.as_str().to_owned()).collect::<Vec<_>>(), ["out.example.com"]);
    settings.servers.remove(&View::Internal);
    let answer = ask(&settings, vec![of(View::Internal, "in.example.com")]).remove(0);
    assert_eq!(answer, Answer::Unknown("no DNS server is known for the internal view".to_owned()));
    assert_eq!(outside.asked().len(), 1);
}
