//! What HTTP servers do, kind and hostile, and what is made of it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::time::{Duration, Instant};

use imctl::dns::View;
use imctl::loopback::{ClosedPort, HttpPlay, HttpServer};
use imctl::observe::{Answer, HttpLimits, LiveSettings, Probe, Question, Step};
use imctl::profile::http::{HttpFailure, HttpOutcome, HttpReply};

use super::ask;

/// For what never comes; all else may take its time on a busy machine.
const HASTY: HttpLimits = HttpLimits { connect: Duration::from_millis(400), whole: Duration::from_millis(800), in_flight: 128 };

fn probe(address: SocketAddr, step: Step) -> Question {
    Question::probe(Probe { vantage: View::Internal, address, host: "im.example.com".into(), tls: false, step })
}

fn settings() -> LiveSettings {
    LiveSettings { http: HttpLimits { whole: Duration::from_secs(20), ..HttpLimits::default() }, ..LiveSettings::default() }
}

fn hastily_probed(address: SocketAddr) -> HttpOutcome {
    let settings = LiveSettings { http: HASTY, ..LiveSettings::default() };
    outcome(ask(&settings, vec![probe(address, Step::Options)]).remove(0))
}

fn outcome(answer: Answer) -> HttpOutcome {
    match answer {
        Answer::Http(outcome) => *outcome,
        other => panic!("an HTTP outcome was wanted, and it is {other:?}"),
    }
}

fn probed(address: SocketAddr) -> HttpOutcome {
    outcome(ask(&settings(), vec![probe(address, Step::Options)]).remove(0))
}

fn playing(play: HttpPlay) -> HttpServer {
    HttpServer::start(move |_| play.clone()).expect("a server")
}

fn failure(play: HttpPlay) -> HttpFailure {
    probed(playing(play).address()).expect_err("it fails")
}

fn reply(play: HttpPlay) -> HttpReply {
    probed(playing(play).address()).expect("a reply")
}

#[test]
fn a_reply_is_read_with_its_times() {
    let answer = HttpPlay::answer(501, &[("RVP-Notifications-Version", "0.2")]);
    let reply = reply(HttpPlay::Delay(Duration::from_millis(60), Box::new(answer)));
    assert_eq!(reply.status, 501);
    assert_eq!(reply.header("rvp-notifications-version").collect::<Vec<_>>(), ["0.2"]);
    assert!(reply.connect > Duration::ZERO && reply.connect < Duration::from_millis(60), "{:?}", reply.connect);
    assert!(reply.first_byte >= Duration::from_millis(55), "{:?}", reply.first_byte);
}

#[test]
fn the_request_is_that_of_the_profile_and_names_the_domain_and_not_the_address() {
    let server = playing(HttpPlay::answer(501, &[]));
    let path = "/instmsg/aliases/probe".to_owned();
    ask(&settings(), vec![probe(server.address(), Step::Options)]);
    ask(&settings(), vec![probe(server.address(), Step::Propfind(path.clone().into()))]);
    let requests = server.requests();
    assert_eq!((requests[0].method.as_str(), requests[0].path.as_str()), ("OPTIONS", "/instmsg/aliases/"));
    assert_eq!((requests[1].method.as_str(), requests[1].path.as_str()), ("PROPFIND", path.as_str()));
    for request in &requests {
        let all = |name: &str| request.headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect::<Vec<_>>();
        assert_eq!(all("host"), ["im.example.com"]);
        assert_eq!(all("connection"), ["close"]);
        assert_eq!(all("content-length"), [request.body.len().to_string()]);
        assert_eq!(all("user-agent"), [concat!("imctl/", env!("CARGO_PKG_VERSION"), " (diagnostic)")]);
        assert_eq!(all("rvp-notifications-version"), ["0.2"]);
        assert!(all("authorization").is_empty() && all("transfer-encoding").is_empty());
    }
    assert_eq!((requests[0].body.len(), requests[1].header("depth")), (0, Some("0")));
    assert!(requests[1].body.starts_with(b"<?xml"));
}

#[test]
fn a_path_from_a_reply_cannot_change_where_the_request_goes() {
    let server = playing(HttpPlay::answer(404, &[]));
    for path in ["@127.0.0.2:1/x", "//127.0.0.2:1/x", "/a?b#c", "\\\\127.0.0.2\\x", "/a\r\nX-Evil: 1"] {
        ask(&settings(), vec![probe(server.address(), Step::Propfind(path.to_owned().into()))]);
    }
    let requests = server.requests();
    assert_eq!(requests.len(), 5);
    assert!(requests.iter().all(|request| request.path.starts_with('/') && request.header("x-evil").is_none()));
}

#[test]
fn a_host_that_no_header_can_hold_is_not_sent() {
    let server = playing(HttpPlay::answer(501, &[]));
    let host = "im.example.com\r\nX-Evil: 1".into();
    let probe = Probe { vantage: View::Internal, address: server.address(), host, tls: false, step: Step::Options };
    assert!(matches!(ask(&settings(), vec![Question::probe(probe)])[0], Answer::Unknown(_)));
    assert!(server.requests().is_empty());
}

#[test]
fn a_declared_address_is_reached_through_the_connect_table() {
    let server = playing(HttpPlay::answer(501, &[]));
    let declared: SocketAddr = "10.1.0.10:80".parse().expect("an address");
    let settings = LiveSettings { connect: BTreeMap::from([(declared, server.address())]), ..settings() };
    assert_eq!(outcome(ask(&settings, vec![probe(declared, Step::Options)]).remove(0)).expect("a reply").status, 501);
}

#[test]
fn a_redirect_is_reported_and_not_followed() {
    let target = playing(HttpPlay::answer(200, &[]));
    let location = format!("http://{}/instmsg/aliases/probe", target.address());
    let reply = reply(HttpPlay::answer(302, &[("Location", &location)]));
    assert_eq!((reply.status, reply.header("location").next()), (302, Some(location.as_str())));
    assert!(target.requests().is_empty());
}

#[test]
fn refused_cut_and_silent_are_told_apart() {
    assert_eq!(probed(ClosedPort::reserve().expect("a port").address()), Err(HttpFailure::Refused));
    assert_eq!(failure(HttpPlay::Reset), HttpFailure::Reset);
    assert_eq!(failure(HttpPlay::Close), HttpFailure::Reset);
    assert_eq!(failure(HttpPlay::Raw(b"HTTP/1.1 200 OK\r\nServer: half".to_vec())), HttpFailure::Reset);
    assert_eq!(hastily_probed(playing(HttpPlay::Stall(Vec::new())).address()), Err(HttpFailure::ReplyTimeout(HASTY.whole)));
}

#[test]
fn a_handshake_that_nobody_answers_times_out_after_two_tries() {
    // A listener that never accepts, with its backlog full: the kernel drops what else comes.
    let listener = socket_with_full_backlog();
    let started = Instant::now();
    let outcome = hastily_probed(listener.address);
    assert_eq!(outcome, Err(HttpFailure::ConnectTimeout(HASTY.connect)));
    assert!(started.elapsed() >= HASTY.connect * 2);
}

struct FullBacklog {
    address: SocketAddr,
    _listener: tokio::net::TcpListener,
    _clients: Vec<tokio::net::TcpStream>,
    _runtime: tokio::runtime::Runtime,
}

fn socket_with_full_backlog() -> FullBacklog {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (listener, clients) = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("an address");
        let listener = socket.listen(1).expect("a listener");
        let address = listener.local_addr().expect("an address");
        let mut clients = Vec::new();
        while let Ok(Ok(client)) = tokio::time::timeout(Duration::from_millis(200), tokio::net::TcpStream::connect(address)).await {
            clients.push(client);
            assert!(clients.len() < 100, "the backlog has no end");
        }
        (listener, clients)
    });
    let address = listener.local_addr().expect("an address");
    FullBacklog { address, _listener: listener, _clients: clients, _runtime: runtime }
}

#[test]
fn what_is_not_http_is_named() {
    let not_http = |octets: &[u8]| match failure(HttpPlay::Raw(octets.to_vec())) {
        HttpFailure::NotHttp(what) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(not_http(b"\x15\x03\x01\x00\x02\x02\x46"), "it speaks TLS");
    assert_eq!(not_http(b"SSH-2.0-OpenSSH_9.2\r\n"), "it speaks SSH");
    assert_eq!(not_http(b"\x1b[2J hello there"), "it begins with \"\\x1b[2J hello there\"");
    assert!(!not_http(b"HTTP/1.1 banana\r\n\r\n").is_empty());
}

#[test]
fn endless_heads_are_cut_off() {
    let head = b"HTTP/1.1 200 OK\r\n".to_vec();
    for again in [b"X-More: and more\r\n".repeat(500), vec![b'x'; 4096], b"X: y\r\n ".repeat(500)] {
        let failed = failure(HttpPlay::Endless(head.clone(), again));
        assert!(matches!(failed, HttpFailure::NotHttp(_)), "{failed:?}");
    }
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X-More: and more\r\n".repeat(101));
    assert!(matches!(failure(HttpPlay::Raw(many.into_bytes())), HttpFailure::NotHttp(_)));
    let large = format!("HTTP/1.1 200 OK\r\nX-Large: {}\r\n\r\n", "x".repeat(100_000));
    assert!(matches!(failure(HttpPlay::Raw(large.into_bytes())), HttpFailure::NotHttp(_)));
    let interim = b"HTTP/1.1 100 Continue\r\n\r\n".to_vec();
    let failed = failure(HttpPlay::Endless(interim.clone(), interim.repeat(40)));
    assert!(matches!(failed, HttpFailure::NotHttp(_)), "{failed:?}");
}

#[test]
fn an_endless_body_is_not_read() {
    let started = Instant::now();
    let reply =
        reply(HttpPlay::Endless(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(), b"4\r\nmore\r\n".to_vec()));
    assert_eq!(reply.status, 200);
    assert!(started.elapsed() < settings().http.whole);
}

#[test]
fn old_spellings_of_http_are_understood() {
    let raw = |octets: &[u8]| reply(HttpPlay::Raw(octets.to_vec()));
    assert_eq!(raw(b"HTTP/1.1 501\r\nContent-Length: 0\r\n\r\n").status, 501);
    assert_eq!(raw(b"HTTP/1.0 501 No\nServer: old\n\n").header("server").next(), Some("old"));
    let folded = raw(b"HTTP/1.1 401 Access Denied\r\nWWW-Authenticate: NTLM,\r\n Negotiate\r\nServer : IIS\r\nbad line\r\n\r\n");
    assert_eq!(folded.header("www-authenticate").count(), 1);
    assert_eq!(folded.header("server").next(), Some("IIS"));
    let odd = raw(b"HTTP/1.1 200 OK\r\nServer: caf\xe9\x1b[2J\r\nX: caf\xe9\r\n\r\n");
    assert_eq!(odd.header("x").next(), Some("caf\u{fffd}"));
}

/// The variables are set for a child that runs this test alone, for a process cannot change its own safely.
#[test]
fn proxies_from_the_environment_are_ignored() {
    const CHILD: &str = "IMCTL_TEST_PROXY_CHILD";
    if let Ok(address) = std::env::var(CHILD) {
        let address = address.parse().expect("an address");
        assert_eq!(probed(address).expect("a reply").status, 501);
        return;
    }
    let server = playing(HttpPlay::answer(501, &[]));
    let proxy = playing(HttpPlay::answer(200, &[]));
    let mut child = Command::new(std::env::current_exe().expect("this test"));
    child.args(["--exact", "observe::http::proxies_from_the_environment_are_ignored"]);
    for variable in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        child.env(variable, format!("http://{}", proxy.address()));
    }
    let output = child.env(CHILD, server.address().to_string()).env_remove("no_proxy").output().expect("a child");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!((server.requests().len(), proxy.requests().len()), (1, 0));
}

#[test]
fn probes_beyond_the_bound_wait_and_are_answered() {
    let server = playing(HttpPlay::answer(501, &[]));
    let settings = LiveSettings { http: HttpLimits { in_flight: 4, ..HttpLimits::default() }, ..LiveSettings::default() };
    let paths = (0..50).map(|n| probe(server.address(), Step::Propfind(format!("/instmsg/aliases/{n}").into())));
    let answers = ask(&settings, paths.collect());
    assert!(answers.into_iter().all(|answer| outcome(answer).is_ok_and(|reply| reply.status == 501)));
    assert_eq!(server.requests().len(), 50);
}
