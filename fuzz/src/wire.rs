//! What must hold for octets that came over the network, whoever sent them.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use imctl::dns::{DomainName, RecordType, View};
use imctl::loopback::{HttpPlay, HttpServer};
use imctl::observe::measured::Codec;
use imctl::observe::{Answer, HttpLimits, Live, LiveSettings, Probe, Question, Reply, Source as _, Step};
use imctl::profile::challenge::challenges;
use imctl::profile::http::{HttpFailure, HttpOutcome, HttpReply};
use imctl::profile::{Role, rvp};

const HOST: &str = "im.example.com";

fn host() -> DomainName {
    HOST.parse().expect("a good name")
}

/// A DNS message, as the answer to each question that imctl asks. As it stands it is hardly ever one, so it is also read with
/// the question set before it.
pub fn dns(octets: &[u8]) {
    for rtype in [RecordType::A, RecordType::Aaaa, RecordType::Cname, RecordType::Srv] {
        let mut codec = Codec::new(host(), rtype);
        let query = codec.write(0).to_vec();
        message(&codec, octets);
        let Some((flags, rest)) = octets.split_at_checked(8) else { continue };
        let mut answer = query.clone();
        answer[2] = flags[0] | 0x80;
        answer[3] = flags[1];
        answer[6..12].copy_from_slice(&flags[2..]);
        answer.truncate(answer.len() - 11); // without the query's own OPT
        answer.extend_from_slice(rest);
        message(&codec, &answer);
    }
}

/// Both readers end, and what both can read says the same to both.
fn message(codec: &Codec, packet: &[u8]) {
    let (bulk, careful) = (codec.read(packet), codec.read_with_care(packet));
    if let Some(Reply::Records(records)) = &bulk {
        assert!(!records.is_empty() && records.len() <= packet.len(), "{records:?}");
        assert!(records.iter().all(|record| record.owner.to_string().chars().all(|c| !c.is_control())), "{records:?}");
    }
    if let (Some(bulk), Some(careful)) = (bulk, careful) {
        // The upper bits of an error's code stand in a section that only one of them gives up on as a whole.
        let failed = matches!(bulk, Reply::Failed(_)) || matches!(careful, Reply::Failed(_));
        assert!(failed || bulk == careful, "{bulk:?} and {careful:?} of {packet:02x?}");
    }
}

/// The reply to a probe: as values, and as octets on a connection.
pub fn replies(octets: &[u8]) {
    let reply = Ok(reply_of(octets));
    understood(&reply);
    let came = exchanged(octets);
    if let Ok(reply) = &came {
        let head: usize = reply.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!((100..1000).contains(&reply.status) && reply.headers.len() <= 100, "{reply:?}");
        // An octet that is not UTF-8 becomes three.
        assert!(head <= 3 * octets.len() + 64, "{head} octets of {}", octets.len());
    }
    if let Err(HttpFailure::NotHttp(why)) = &came {
        assert!(why.len() < 400 && why.chars().all(|c| !c.is_control()), "{why:?}");
    }
    understood(&came);
}

/// A reply whose status is the first two octets and whose header fields are the lines after them.
fn reply_of(octets: &[u8]) -> HttpReply {
    let (status, head) = octets.split_at(octets.len().min(2));
    let status = status.iter().fold(0, |sum, octet| sum << 8 | u16::from(*octet)) % 600;
    let text = String::from_utf8_lossy(head);
    let field = |line: &str| line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    let headers = text.lines().filter_map(field).take(100).collect();
    HttpReply { status, headers, connect: Duration::ZERO, first_byte: Duration::ZERO, certificate: None }
}

/// What rules ask of a reply ends, stays in bounds, and is read the same a second time.
fn understood(outcome: &HttpOutcome) {
    for role in Role::ALL {
        let alone = rvp::classify(role, Some(outcome), None);
        assert!(!alone.to_string().is_empty());
        rvp::classify(role, Some(outcome), Some(outcome));
    }
    let Ok(reply) = outcome else { return };
    assert!(challenges(reply).len() <= 32);
    for location in reply.header("location") {
        let Ok(redirect) = rvp::Redirect::answering(HOST, rvp::PROBE_PATH, location) else { continue };
        let (place, port, path) = (&redirect.host, redirect.port, &redirect.path);
        assert!(path.starts_with('/'), "{redirect:?}");
        assert!(redirect.address().is_none() || redirect.name().is_none(), "{redirect:?} is both");
        if redirect.address().is_some() || redirect.name().is_some() {
            let again = rvp::Redirect::parse(&format!("http://{place}:{port}{path}"));
            assert_eq!(again.as_ref(), Ok(&redirect), "what is followed is what was read");
        }
        assert!(redirect.fault_in_path(&host()).is_some() || redirect.names_a_user(), "{redirect:?}");
    }
}

/// A server that says whatever it is given, and a client to ask it.
struct Exchange {
    said: Arc<Mutex<Vec<u8>>>,
    server: HttpServer,
    live: Live,
    runtime: tokio::runtime::Runtime,
}

impl Exchange {
    fn new() -> Self {
        let said = Arc::new(Mutex::new(Vec::new()));
        let says = Arc::clone(&said);
        let server = HttpServer::start(move |_| HttpPlay::Raw(says.lock().unwrap_or_else(PoisonError::into_inner).clone()));
        let http = HttpLimits { connect: Duration::from_secs(20), whole: Duration::from_secs(20), in_flight: 1 };
        let live = Live::new(&LiveSettings { http, ..LiveSettings::default() }).expect("a client");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { said, server: server.expect("a server"), live, runtime }
    }

    /// Two probes that may share a connection: what is said to the one is never taken for what is said to the other.
    fn of(&self, octets: &[u8]) -> HttpOutcome {
        octets.clone_into(&mut self.said.lock().unwrap_or_else(PoisonError::into_inner));
        let address = self.server.address();
        let probe = |step| Question::probe(Probe { vantage: View::Internal, address, host: HOST.into(), tls: false, step });
        let mut answers = Vec::new();
        let mut keep = |_, answer| answers.push(answer);
        self.runtime.block_on(self.live.ask([Step::Options, Step::Propfind(rvp::PROBE_PATH.into())].map(probe).into(), &mut keep));
        match <[Answer; 2]>::try_from(answers) {
            Ok([Answer::Http(first), Answer::Http(then)]) => {
                let head = |outcome: &HttpOutcome| outcome.as_ref().map(|reply| (reply.status, reply.headers.clone())).ok();
                assert_eq!(head(&first), head(&then), "whoever says the same is heard the same");
                *first
            }
            Ok([Answer::Http(first), Answer::Unknown(_)]) if first.is_err() => *first,
            other => panic!("one exchange, one outcome: {other:?}"),
        }
    }
}

/// What comes of a probe whose target says these octets and closes.
fn exchanged(octets: &[u8]) -> HttpOutcome {
    thread_local!(static EXCHANGE: RefCell<Option<Exchange>> = const { RefCell::new(None) });
    EXCHANGE.with_borrow_mut(|exchange| exchange.get_or_insert_with(Exchange::new).of(octets))
}
