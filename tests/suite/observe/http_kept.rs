//! Machines that keep a connection after a reply, or say that they do: OPTIONS and PROPFIND that are asked together.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use imctl::dns::View;
use imctl::observe::{Answer, HttpLimits, LiveSettings, Probe, Question, Step};
use imctl::profile::http::{HttpFailure, HttpReply};

use super::ask;
use crate::checking::{folder_with, run};

const LIMITS: HttpLimits = HttpLimits { connect: Duration::from_millis(500), whole: Duration::from_secs(1), in_flight: 4 };

const OPTIONS: &str = "HTTP/1.1 501 Not Implemented\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\n\r\n";
const PROPFIND: &str = "HTTP/1.1 401 Access Denied\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 6\r\n\r\nno way";
/// In place of a reply: the connection stays open, and nothing comes.
const SILENCE: &str = "";

/// A machine at which the connections go as written, each a reply for a reply, and are closed thereafter. Gives what it was asked.
fn machine(connections: &'static [&'static [&'static str]]) -> (SocketAddr, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    let serving = std::thread::spawn(move || {
        let (mut asked, mut silent) = (Vec::new(), Vec::new());
        for replies in connections {
            let (mut stream, _) = listener.accept().expect("a connection");
            for reply in *replies {
                asked.extend(request(&mut stream));
                stream.write_all(reply.as_bytes()).expect("it is sent");
            }
            if replies.last() == Some(&SILENCE) {
                silent.push(stream);
            }
        }
        for stream in &mut silent {
            while request(stream).is_some() {}
        }
        listener.set_nonblocking(true).expect("it is set");
        assert!(listener.accept().is_err(), "a connection more than was meant");
        asked
    });
    (address, serving)
}

/// The head and the body of one request, if one comes.
fn request(stream: &mut TcpStream) -> Option<String> {
    let (mut text, mut octets) = (String::new(), [0; 4096]);
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).and_then(|n| n.parse().ok());
            if body.len() >= length.unwrap_or(0usize) {
                return Some(text);
            }
        }
        match stream.read(&mut octets) {
            Ok(0) | Err(_) => return None,
            Ok(length) => text += std::str::from_utf8(&octets[..length]).expect("text"),
        }
    }
}

/// Asks both at once.
fn both(address: SocketAddr) -> [Answer; 2] {
    let probe = |step| Question::probe(Probe { vantage: View::Internal, address, host: "im.example.com".into(), tls: false, step });
    let settings = LiveSettings { http: LIMITS, ..LiveSettings::default() };
    let steps = [Step::Options, Step::Propfind("/instmsg/aliases/probe".into())];
    ask(&settings, steps.map(probe).into()).try_into().expect("two answers")
}

fn replies(answers: [Answer; 2]) -> [HttpReply; 2] {
    answers.map(|answer| match answer {
        Answer::Http(outcome) => outcome.expect("a reply"),
        other => panic!("a reply was wanted, and it is {other:?}"),
    })
}

#[test]
fn both_go_over_one_connection_and_have_its_handshake() {
    let (address, serving) = machine(&[&[OPTIONS, PROPFIND]]);
    let [options, propfind] = replies(both(address));
    assert_eq!((options.status, propfind.status), (501, 401));
    assert!(options.connect > Duration::ZERO && options.connect == propfind.connect);
    assert!(propfind.first_byte > Duration::ZERO);
    let asked = serving.join().expect("it went as meant");
    assert!(asked[0].starts_with("OPTIONS ") && !asked[0].contains("Connection:"), "{}", asked[0]);
    assert!(asked[1].starts_with("PROPFIND ") && asked[1].contains("\r\nConnection: close\r\n"), "{}", asked[1]);
}

#[test]
fn a_body_that_is_there_is_passed_over() {
    let ways: &[&'static [&'static [&'static str]]] = &[
        &[&["HTTP/1.1 501 No\r\nContent-Length: 4\r\n\r\nbody", PROPFIND]],
        &[&["HTTP/1.1 501 No\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", PROPFIND]],
    ];
    for way in ways {
        let (address, serving) = machine(way);
        let [options, propfind] = replies(both(address));
        assert_eq!((options.status, propfind.status), (501, 401), "{way:?}");
        assert_eq!(serving.join().expect("it went as meant").len(), 2);
    }
}

#[test]
fn a_connection_that_is_not_kept_or_is_not_clean_is_replaced_and_accuses_nobody() {
    let ways: &[&'static [&'static [&'static str]]] = &[
        &[&[OPTIONS], &[PROPFIND]],
        &[&["HTTP/1.0 501 No\r\n\r\nbody"], &[PROPFIND]],
        &[&["HTTP/1.1 501 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"], &[PROPFIND]],
        // No second reply; half of one; one that is not HTTP.
        &[&[OPTIONS, SILENCE], &[PROPFIND]],
        &[&[OPTIONS, "HTTP/1.1 200 OK\r\nServer: ha"], &[PROPFIND]],
        &[&[OPTIONS, "\u{1b}[2J"], &[PROPFIND]],
        // More than the reply, and less: neither is taken for the next.
        &[&["HTTP/1.1 501 No\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"], &[PROPFIND]],
        &[&["HTTP/1.1 501 No\r\nContent-Length: 9\r\n\r\nhalf"], &[PROPFIND]],
        &[&["HTTP/1.1 501 No\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"], &[PROPFIND]],
        // Where it ends is said in two ways.
        &[&["HTTP/1.1 501 No\r\nContent-Length: 0\r\nContent-Length: 4\r\n\r\n"], &[PROPFIND]],
        &[&["HTTP/1.1 501 No\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"], &[PROPFIND]],
    ];
    for way in ways {
        let (address, serving) = machine(way);
        let [options, propfind] = replies(both(address));
        assert_eq!((options.status, propfind.status), (501, 401), "{way:?}");
        let asked = serving.join().expect("it went as meant");
        assert!(asked.last().is_some_and(|asked| asked.starts_with("PROPFIND ")), "{way:?}: {asked:?}");
    }
}

#[test]
fn what_fails_on_a_connection_of_its_own_is_said_of_the_machine() {
    let (address, serving) = machine(&[&[OPTIONS, SILENCE], &[SILENCE]]);
    let [options, propfind] = both(address);
    assert!(matches!(&options, Answer::Http(outcome) if outcome.is_ok()), "{options:?}");
    assert_eq!(propfind, Answer::http(Err(HttpFailure::ReplyTimeout(LIMITS.whole))));
    serving.join().expect("it went as meant");
}

#[test]
fn where_options_is_not_answered_no_propfind_is_sent() {
    let (address, serving) = machine(&[&[SILENCE]]);
    let [options, propfind] = both(address);
    assert_eq!(options, Answer::http(Err(HttpFailure::ReplyTimeout(LIMITS.whole))));
    assert!(matches!(propfind, Answer::Unknown(_)), "{propfind:?}");
    assert_eq!(serving.join().expect("it went as meant").len(), 1);
}

#[test]
fn probe_asks_a_router_both_over_one_connection() {
    let (address, serving) = machine(&[&[OPTIONS, PROPFIND]]);
    let folder = folder_with(&format!(
        "[[domain]]\nname = \"im.example.com\"\nrouters = [\"router-1\"]\n\
         [[router]]\nname = \"router-1\"\naddresses = [\"{address}\"]\n"
    ));
    let ran = run(folder.path(), &["probe", "--timeout", "20", "-v"]);
    assert!(ran.stdout.contains("im.example.com"), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(serving.join().expect("it went as meant").len(), 2);
}
