//! Recordings written and read back, whole, cut and wrong.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::dns::{DomainName, Record, RecordData, RecordType};
use crate::observe::{
    Authority, AuthorityReply, DnsAnswer, ExtendedError, Failure, NameServer, Probe, Remarks, Reply, ServerReply, Step,
};
use crate::profile::http::{Certificate, Headers, HttpFailure, HttpOutcome, HttpReply};

fn header() -> Header {
    Header::new("audit", "2026-06-01T12:00:00Z", View::Internal)
}

fn write(answers: &[(Question, Answer)]) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut recorder = Recorder::new(&mut octets, &header()).expect("a vector takes all");
    for (question, answer) in answers {
        recorder.record(question, answer).expect("a vector takes all");
    }
    octets
}

fn some_answers() -> Vec<(Question, Answer)> {
    ["im.example.com", "im.example.net"]
        .map(|name| {
            let question = Question::dns(View::External, &name.parse().expect("a good name"), RecordType::A);
            (question, Answer::Unknown("nobody was asked".to_owned()))
        })
        .to_vec()
}

fn error(text: &str) -> String {
    read(text.as_bytes(), "saved.jsonl").expect_err("it is wrong").to_string()
}

#[test]
fn what_was_written_is_read_in_order() {
    let octets = write(&some_answers());
    let read = read(&octets[..], "saved.jsonl").expect("a recording");
    assert_eq!(read, Recording { header: header(), answers: some_answers(), cut: false, whole_octets: octets.len() as u64 });
}

#[test]
fn the_first_line_is_what_users_see() {
    let octets = write(&[]);
    let line = r#"{"imctl_recording":1,"version":"0.1.0","command":"audit","started":"2026-06-01T12:00:00Z","vantage":"internal"}"#;
    assert_eq!(String::from_utf8(octets).expect("text"), format!("{}\n", line.replace("0.1.0", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn a_recording_cut_anywhere_after_its_header_is_read_up_to_there_and_can_be_gone_on_with() {
    let octets = write(&some_answers());
    let header_ends = octets.iter().position(|&octet| octet == b'\n').expect("a line");
    for length in header_ends + 1..=octets.len() {
        let cut = read(&octets[..length], "saved.jsonl").expect("a recording");
        assert_eq!(cut.cut, octets[length - 1] != b'\n', "at {length}");
        let mut mended = octets[..usize::try_from(cut.whole_octets).expect("it is short")].to_vec();
        let answers = some_answers();
        let mut recorder = Recorder::continuing(&mut mended);
        for (question, answer) in &answers[cut.answers.len()..] {
            recorder.record(question, answer).expect("a vector takes all");
        }
        assert_eq!(mended, octets);
    }
}

#[test]
fn other_files_are_named_for_what_they_are() {
    assert!(error("").starts_with("saved.jsonl:1:1: the file is empty"));
    assert!(error("hello\n").contains("this is no recording"));
    assert!(error("{\"schema_version\":1}\n").contains("this is a report, not a recording"));
    assert!(error("{\"imctl_recording\":2}\n").contains("has format 2, and this imctl reads up to 1"));
    let header = String::from_utf8(write(&[])).expect("text");
    assert!(error(header.trim_end()).contains("cut before its first answer"));
    assert!(error("{\"imctl_recording\":1}\n").contains("the header is damaged (missing field `version`)"));
}

#[test]
fn a_wrong_line_is_named_with_its_column() {
    let octets = write(&some_answers());
    let text = String::from_utf8(octets).expect("text").replacen("\"external\"", "\"elsewhere\"", 2);
    let message = error(&text);
    assert!(message.starts_with("saved.jsonl:2:"), "{message}");
    assert!(message.contains("unknown variant `elsewhere`") && message.ends_with("delete the line or record again"), "{message}");
    assert!(!message.contains("line 1"), "{message}");
}

#[test]
fn an_endless_line_is_not_read_to_its_end() {
    let endless = io::BufReader::new(io::repeat(b'x'));
    let message = read(endless, "saved.jsonl").expect_err("it never ends").to_string();
    assert!(message.starts_with("saved.jsonl:1:1: the line is longer than"), "{message}");
}

fn any_name() -> impl Strategy<Value = DomainName> {
    let label = proptest::collection::vec(any::<u8>(), 1..20);
    let labels = proptest::collection::vec(label, 0..6);
    labels.prop_map(|labels| DomainName::from_wire(labels.iter().map(Vec::as_slice)))
}

fn any_view() -> impl Strategy<Value = View> {
    prop_oneof![Just(View::Internal), Just(View::External)]
}

fn any_type() -> impl Strategy<Value = RecordType> {
    prop_oneof![Just(RecordType::A), Just(RecordType::Aaaa), Just(RecordType::Cname), Just(RecordType::Srv)]
}

fn any_address() -> impl Strategy<Value = SocketAddr> {
    (any::<IpAddr>(), any::<u16>()).prop_map(SocketAddr::from)
}

fn any_question() -> impl Strategy<Value = Question> {
    let step = prop_oneof![Just(Step::Options), any::<String>().prop_map(|path| Step::Propfind(path.into()))];
    let probe = (any_view(), any_address(), any::<String>(), step).prop_map(|(vantage, address, host, step)| {
        Question::probe(Probe { vantage, address, host: host.into(), tls: address.port() % 2 == 1, step })
    });
    let record = || (any_view(), any_name(), any_type());
    prop_oneof![
        record().prop_map(|(view, name, rtype)| Question::Dns { view, name, rtype }),
        record().prop_map(|(view, name, rtype)| Question::Authority { view, name, rtype }),
        probe
    ]
}

fn any_record() -> impl Strategy<Value = Record> {
    let data = prop_oneof![
        any::<[u8; 4]>().prop_map(|octets| RecordData::A(octets.into())),
        any::<[u8; 16]>().prop_map(|octets| RecordData::Aaaa(octets.into())),
        any_name().prop_map(RecordData::Cname),
        (any::<u16>(), any::<u16>(), any::<u16>(), any_name()).prop_map(|(priority, weight, port, target)| RecordData::Srv {
            priority,
            weight,
            port,
            target
        }),
    ];
    (any_name(), any::<u32>(), data).prop_map(|(owner, ttl_secs, data)| Record { owner, ttl_secs, data })
}

fn any_reply() -> impl Strategy<Value = Reply> {
    let failure = prop_oneof![
        Just(Failure::Timeout),
        Just(Failure::ServFail),
        Just(Failure::Lame),
        Just(Failure::Truncated),
        Just(Failure::Malformed),
        Just(Failure::Benched),
        any::<u16>().prop_map(Failure::Rcode),
        any::<String>().prop_map(Failure::Unreachable),
        any::<String>().prop_map(Failure::Unproven),
        any::<String>().prop_map(Failure::Bogus),
    ];
    prop_oneof![
        proptest::collection::vec(any_record(), 1..4).prop_map(|records| Reply::Records(records.into())),
        Just(Reply::NoData),
        Just(Reply::NoSuchName),
        failure.prop_map(Reply::Failed),
    ]
}

fn any_remarks() -> impl Strategy<Value = Option<Box<Remarks>>> {
    let errors = (any::<u16>(), any::<String>()).prop_map(|(code, text)| ExtendedError { code, text });
    let remarks = (proptest::option::of(any::<String>()), proptest::collection::vec(errors, 0..3));
    proptest::option::of(remarks.prop_map(|(nsid, errors)| Box::new(Remarks { nsid, errors })))
}

fn any_server_reply() -> impl Strategy<Value = ServerReply> {
    (any_address(), any_reply(), any::<u32>(), any::<u32>(), any::<bool>(), any::<bool>(), any_remarks()).prop_map(
        |(server, reply, sent, timeouts, truncated, authoritative, remarks)| ServerReply {
            server: server.into(),
            reply,
            sent,
            timeouts,
            truncated,
            authoritative,
            remarks,
        },
    )
}

fn any_authority() -> impl Strategy<Value = Authority> {
    let reply =
        (proptest::option::of(any::<u32>()), any_server_reply()).prop_map(|(serial, reply)| AuthorityReply { serial, reply });
    let replies = proptest::collection::vec(reply, 0..3);
    let server = (any_name(), replies, proptest::option::of(any::<String>())).prop_map(|(name, replies, unknown)| NameServer {
        name,
        replies,
        unknown,
    });
    (any_name(), proptest::collection::vec(server, 0..3)).prop_map(|(zone, servers)| Authority { zone, servers })
}

fn any_certificate() -> impl Strategy<Value = Certificate> {
    let names = proptest::collection::vec(any::<String>(), 0..3);
    (any::<i64>(), any::<i64>(), names, any::<bool>(), any::<bool>(), proptest::option::of(any::<String>())).prop_map(
        |(not_before_secs, not_after_secs, names, names_host, in_date, chain_fault)| Certificate {
            not_before_secs,
            not_after_secs,
            names,
            names_host,
            in_date,
            chain_fault,
        },
    )
}

fn any_outcome() -> impl Strategy<Value = HttpOutcome> {
    let fields = proptest::collection::vec((any::<String>(), any::<String>()), 0..4);
    let headers = fields.prop_map(Headers::from_iter);
    let certificate = proptest::option::of(any_certificate());
    let reply = (any::<u16>(), headers, any::<Duration>(), any::<Duration>(), certificate).prop_map(
        |(status, headers, connect, first_byte, certificate)| Ok(HttpReply { status, headers, connect, first_byte, certificate }),
    );
    let failure = prop_oneof![
        Just(HttpFailure::Refused),
        Just(HttpFailure::Reset),
        any::<Duration>().prop_map(HttpFailure::ConnectTimeout),
        any::<Duration>().prop_map(HttpFailure::ReplyTimeout),
        any::<String>().prop_map(HttpFailure::Unreachable),
        any::<String>().prop_map(HttpFailure::NotHttp),
        any::<String>().prop_map(HttpFailure::Tls),
    ];
    prop_oneof![reply, failure.prop_map(Err)]
}

fn any_answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        proptest::collection::vec(any_server_reply(), 0..4).prop_map(|replies| Answer::Dns(DnsAnswer { replies: replies.into() })),
        any_authority().prop_map(Answer::Authority),
        any_outcome().prop_map(Answer::http),
        any::<String>().prop_map(Answer::Unknown),
    ]
}

#[test]
fn a_recording_of_before_there_was_tls_is_read() {
    let (probe, reply) = (Question::probe(plain_probe()), Answer::http(Ok(plain_reply())));
    let octets = write(&[(probe.clone(), reply.clone())]);
    let text = String::from_utf8(octets).expect("text");
    assert!(!text.contains("tls") && !text.contains("certificate"), "what is not spoken is not written: {text}");
    assert_eq!(read(text.as_bytes(), "saved.jsonl").expect("a recording").answers, vec![(probe, reply)]);
}

fn plain_probe() -> Probe {
    let address = SocketAddr::from(([10, 1, 0, 10], 80));
    Probe { vantage: View::Internal, address, host: "im.example.com".into(), tls: false, step: Step::Options }
}

fn plain_reply() -> HttpReply {
    HttpReply { status: 501, headers: Headers::default(), connect: Duration::ZERO, first_byte: Duration::ZERO, certificate: None }
}

proptest! {
    #[test]
    fn a_line_read_back_is_what_was_written(question in any_question(), answer in any_answer()) {
        let octets = write(&[(question.clone(), answer.clone())]);
        prop_assert_eq!(octets.split(|octet| *octet == b'\n').count(), 3);
        let read = read(&octets[..], "saved.jsonl").expect("a recording");
        prop_assert_eq!(read.answers, vec![(question, answer)]);
    }

    #[test]
    fn no_text_breaks_the_reader(text in proptest::collection::vec(any::<u8>(), 0..300), with_header in any::<bool>()) {
        let octets = if with_header { [write(&[]), text].concat() } else { text };
        let _ = read(&octets[..], "saved.jsonl");
    }
}
