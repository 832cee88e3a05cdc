//! Name servers that misbehave, one way for each domain.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use imctl::dns::{DomainName, Record, RecordData, RecordType};
use imctl::loopback::{Asked, DnsPlay, DnsServer, Script, Transport};

use super::Outcome::{self, Fine, Found, Undecided};
use super::{Row, assert_rows, inventory, router};
use crate::checking::{self, folder_with};

/// The fault, by name, and what must come of it.
const FAULTS: &[(&str, Outcome)] = &[
    ("healthy", Fine),
    ("drops-the-first", Fine),
    ("drops-two", Fine),
    ("late", Fine),
    ("out-of-order", Fine),
    ("twice", Fine),
    ("flaps", Fine),
    ("forged-first", Fine),
    ("another-case", Fine),
    ("truncated", Fine),
    ("truncated-and-no-tcp", Undecided),
    ("truncated-and-tcp-is-silent", Undecided),
    ("truncated-and-tcp-is-cut", Undecided),
    ("truncated-and-tcp-is-garbage", Undecided),
    ("silent", Undecided),
    ("dies-in-the-middle", Undecided),
    ("wrong-id", Undecided),
    ("wrong-question", Undecided),
    ("wrong-source", Undecided),
    ("wrong-opcode", Undecided),
    ("as-query", Undecided),
    ("garbage", Undecided),
    ("empty", Undecided),
    ("cut-short", Undecided),
    ("counts-lie", Undecided),
    ("compression-loop", Undecided),
    ("compression-beyond-the-end", Undecided),
    ("refused", Undecided),
    ("servfail", Undecided),
    ("notimp", Undecided),
    ("formerr", Undecided),
    ("unknown-rcode", Undecided),
    ("lame", Undecided),
    ("not-there", Found("internal-record-missing")),
    ("no-address", Found("internal-record-missing")),
    ("five-hundred", Found("internal-points-elsewhere")),
    ("alias-in-a-circle", Found("dangling-alias")),
    ("alias-without-end", Found("dangling-alias")),
    ("alias-with-control-octets", Found("dangling-alias")),
    ("another-owner", Undecided),
];

/// The flags of an answer: QR, AA, RD and no error; then one question and one answer.
const HEAD: [u8; 10] = [0x85, 0x00, 0, 1, 0, 1, 0, 0, 0, 0];

fn rows() -> Vec<Row> {
    FAULTS.iter().map(|(fault, outcome)| Row { fault: (*fault).to_owned(), outcome: *outcome }).collect()
}

fn name(text: &str) -> DomainName {
    text.parse().expect("a good name")
}

fn record(owner: &DomainName, data: RecordData) -> Record {
    Record { owner: owner.clone(), ttl_secs: 300, data }
}

/// What a healthy server says. Names below a domain that are not its own do not exist.
fn healthy(asked: &Asked, fault: &str, address: &str) -> Script {
    let (im, email) = (format!("im.{fault}.example"), format!("{fault}.example"));
    match (asked.name.as_str(), asked.rtype) {
        (owner, RecordType::A) if owner == im => {
            Script::records(vec![record(&asked.name, RecordData::A(address.parse().expect("IPv4")))])
        }
        (owner, RecordType::Srv) if owner == format!("_rvp._tcp.{email}") => {
            Script::records(vec![record(&asked.name, RecordData::Srv { priority: 0, weight: 0, port: 80, target: name(&im) })])
        }
        (owner, _) if owner == im || owner == email => Script::no_data(),
        _ => Script::no_such_name(),
    }
}

/// What stands behind the id: flags and counts, the question as it was asked, and these octets.
fn raw(asked: &Asked, head: [u8; 10], answer: &[u8]) -> DnsPlay {
    let mut octets = head.to_vec();
    for label in asked.name.wire_labels() {
        octets.push(u8::try_from(label.len()).expect("a label"));
        octets.extend_from_slice(&label);
    }
    let code = match asked.rtype {
        RecordType::A => 1,
        RecordType::Aaaa => 28,
        RecordType::Cname => 5,
        RecordType::Srv => 33,
    };
    octets.extend_from_slice(&[0, 0, code, 0, 1]);
    octets.extend_from_slice(answer);
    DnsPlay::Raw(octets)
}

/// An alias from the name asked to these labels.
fn alias(asked: &Asked, labels: &[&[u8]]) -> DnsPlay {
    let mut target = Vec::new();
    for label in labels {
        target.push(u8::try_from(label.len()).expect("a label"));
        target.extend_from_slice(label);
    }
    target.push(0);
    let length = u16::try_from(target.len()).expect("short").to_be_bytes();
    raw(asked, HEAD, &[&[0xc0, 12, 0, 5, 0, 1, 0, 0, 1, 44][..], &length, &target].concat())
}

/// What the server of a faulty domain does when it is asked for the `count`th time, counted by name, type and transport.
fn plays(asked: &Asked, fault: &str, count: usize, good: Script) -> Vec<DnsPlay> {
    let is_im = asked.name.as_str() == format!("im.{fault}.example");
    let answer = DnsPlay::Answer(good.clone());
    let late = |millis| vec![DnsPlay::Delay(Duration::from_millis(millis), Box::new(DnsPlay::Answer(good.clone())))];
    let over_tcp = |play: Vec<DnsPlay>| match asked.transport {
        Transport::Udp => vec![DnsPlay::Answer(Script::truncated())],
        Transport::Tcp => play,
    };
    let to = |target: &str| vec![DnsPlay::Answer(Script::records(vec![record(&asked.name, RecordData::Cname(name(target)))]))];
    match fault {
        "drops-the-first" if count == 0 => Vec::new(),
        "drops-two" if count < 2 => Vec::new(),
        "late" => late(120),
        "out-of-order" => late(u64::from(asked.from.port() % 7) * 15),
        "twice" => vec![answer.clone(), answer],
        "flaps" if count.is_multiple_of(2) => Vec::new(),
        "forged-first" => vec![DnsPlay::WrongId(Script::no_such_name()), DnsPlay::WrongQuestion(Script::no_such_name()), answer],
        "another-case" => {
            let mut shouted = good;
            shouted.records.iter_mut().for_each(|record| record.owner = name(&record.owner.as_str().to_uppercase()));
            vec![DnsPlay::Answer(shouted)]
        }
        "truncated" => over_tcp(vec![answer]),
        "truncated-and-no-tcp" => over_tcp(vec![DnsPlay::Close]),
        "truncated-and-tcp-is-silent" => over_tcp(Vec::new()),
        "truncated-and-tcp-is-cut" => over_tcp(vec![raw(asked, HEAD, &[0xc0, 12, 0]), DnsPlay::Close]),
        "truncated-and-tcp-is-garbage" => over_tcp(vec![DnsPlay::Raw(vec![0xff; 60])]),
        "silent" => Vec::new(),
        "dies-in-the-middle" if is_im => Vec::new(),
        "wrong-id" => vec![DnsPlay::WrongId(good)],
        "wrong-question" => vec![DnsPlay::WrongQuestion(good)],
        "wrong-source" => vec![DnsPlay::WrongSource(good)],
        "wrong-opcode" => vec![DnsPlay::WrongOpcode(good)],
        "as-query" => vec![DnsPlay::AsQuery(good)],
        "garbage" => vec![DnsPlay::Raw(b"\x1b]0;garbage\x07 of some length".to_vec())],
        "empty" => vec![DnsPlay::Raw(Vec::new())],
        "cut-short" => vec![raw(asked, HEAD, &[0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 10])],
        "counts-lie" => vec![raw(asked, [0x85, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0], &[])],
        "compression-loop" => {
            vec![raw(asked, HEAD, &[0xc0, 12 + question_length(asked), 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 10, 1, 0, 10])]
        }
        "compression-beyond-the-end" => vec![raw(asked, HEAD, &[0xff, 0xff, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 10, 1, 0, 10])],
        "refused" => vec![DnsPlay::Answer(Script::rcode(5))],
        "servfail" => vec![DnsPlay::Answer(Script::rcode(2))],
        "notimp" => vec![DnsPlay::Answer(Script::rcode(4))],
        "formerr" => vec![DnsPlay::Answer(Script::rcode(1))],
        "unknown-rcode" => vec![DnsPlay::Answer(Script::rcode(14))],
        "lame" => vec![DnsPlay::Answer(Script::referral())],
        "not-there" if is_im => vec![DnsPlay::Answer(Script::no_such_name())],
        "no-address" if is_im => vec![DnsPlay::Answer(Script::no_data())],
        "five-hundred" if is_im && asked.rtype == RecordType::A => {
            let many = (0..500u16).map(|n| RecordData::A([10, 99, n.to_be_bytes()[0], n.to_be_bytes()[1]].into()));
            vec![DnsPlay::Answer(Script::records(many.map(|data| record(&asked.name, data)).collect()))]
        }
        "alias-in-a-circle" if is_im => to("round.alias-in-a-circle.example"),
        "alias-in-a-circle" if asked.name.as_str().starts_with("round.") => to("im.alias-in-a-circle.example"),
        "alias-without-end" if is_im => to("link-1.alias-without-end.example"),
        "alias-without-end" if asked.name.as_str().starts_with("link-") => {
            let link: usize = asked.name.as_str()["link-".len()..].split('.').next().and_then(|n| n.parse().ok()).expect("a link");
            to(&format!("link-{}.alias-without-end.example", link + 1))
        }
        "alias-with-control-octets" if is_im => {
            vec![alias(asked, &[b"\x1b[31m\r\n\x07", "\u{202e}evil".as_bytes(), b"alias-with-control-octets", b"example"])]
        }
        "another-owner" if is_im => {
            let elsewhere = name("im.healthy.example");
            vec![DnsPlay::Answer(Script::records(vec![record(&elsewhere, RecordData::A([10, 9, 9, 9].into()))]))]
        }
        _ => vec![answer],
    }
}

/// How long the question section is, octets.
fn question_length(asked: &Asked) -> u8 {
    let labels: usize = asked.name.wire_labels().map(|label| label.len() + 1).sum();
    u8::try_from(labels + 5).expect("short names")
}

fn misbehaving() -> DnsServer {
    let counts: Mutex<HashMap<(String, RecordType, bool), usize>> = Mutex::default();
    DnsServer::start(move |asked| {
        let Some((position, (fault, _))) =
            FAULTS.iter().enumerate().find(|(_, (fault, _))| asked.name.as_str().ends_with(&format!("{fault}.example")))
        else {
            return vec![DnsPlay::Answer(Script::no_such_name())];
        };
        let mut counts = counts.lock().expect("no panic");
        let count = counts.entry((asked.name.to_string(), asked.rtype, asked.transport == Transport::Tcp)).or_default();
        let plays = plays(asked, fault, *count, healthy(asked, fault, &router(position)));
        *count += 1;
        plays
    })
    .expect("a server")
}

#[test]
fn each_misbehaviour_of_name_servers_comes_to_what_it_must_whichever_command_looks() {
    let machines = checking::router();
    std::thread::scope(|threads| {
        for arguments in [&["dns-check"][..], &["audit"], &["dns-check", "--bulk"]] {
            let at = machines.address().to_string();
            threads.spawn(move || {
                let server = misbehaving();
                let folder = folder_with(&inventory(&server.address().to_string(), &at, &rows()));
                assert_rows(folder.path(), &[arguments, &["--timeout", "4"]].concat(), &rows());
            });
        }
    });
}

/// Nothing is proposed to be written or removed of what is undecided.
#[test]
fn no_misbehaviour_makes_records_propose_anything_for_a_domain_that_is_undecided() {
    let (server, machines) = (misbehaving(), checking::router());
    let folder = folder_with(&inventory(&server.address().to_string(), &machines.address().to_string(), &rows()));
    let ran = checking::run(folder.path(), &["records", "--fix", "--format", "bind", "--timeout", "2"]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    super::assert_harmless(&["records"], &ran.stdout);
    super::assert_harmless(&["records"], &ran.stderr);
    for (fault, outcome) in FAULTS {
        let proposed = ran.stdout.lines().any(|line| line.starts_with(&format!("im.{fault}.example.")));
        assert_eq!(proposed, matches!(outcome, Found(_)), "{fault}: {}", ran.stdout);
    }
}
