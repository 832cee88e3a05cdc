//! Heads as servers write them, kind and hostile, and however they come.

use proptest::prelude::*;

use super::*;

type Found = Result<Option<Head>, String>;

/// What is found once all of it has come, so many octets at a time.
fn found_by(octets: &[u8], at_a_time: usize) -> Found {
    let mut arriving = Arriving::default();
    let mut found = arriving.head();
    for piece in octets.chunks(at_a_time) {
        arriving.room().extend_from_slice(piece);
        found = arriving.head();
        if found != Ok(None) {
            break;
        }
    }
    found
}

fn found(octets: &[u8]) -> Found {
    found_by(octets, octets.len().max(1))
}

fn head(octets: &[u8]) -> Head {
    let head = found(octets).expect("it is HTTP").expect("it is whole");
    let in_pieces = found_by(octets, 1).expect("it is HTTP").expect("it is whole");
    assert_eq!((head.status, &head.headers), (in_pieces.status, &in_pieces.headers), "it does not matter how it comes");
    head
}

fn header(octets: &[u8], name: &str) -> Vec<String> {
    head(octets).headers.values(name).map(str::to_owned).collect()
}

#[test]
fn a_head_is_read_with_its_fields_in_their_order() {
    let head =
        head(b"HTTP/1.1 401 Access Denied\r\nServer: IIS\r\nX:\r\nWWW-Authenticate: NTLM\r\nwww-authenticate: Basic\r\n\r\nbody");
    let headers = [("server", "IIS"), ("x", ""), ("www-authenticate", "NTLM"), ("www-authenticate", "Basic")];
    assert_eq!((head.status, head.headers), (401, headers.into_iter().collect()));
}

#[test]
fn what_is_not_whole_is_waited_for() {
    let reply = b"HTTP/1.1 200 OK\r\nServer: half\r\n\r\n";
    for end in 0..reply.len() {
        assert_eq!(found(&reply[..end]), Ok(None), "{end}");
        assert_eq!(found_by(&reply[..end], 1), Ok(None), "{end}");
    }
    assert_eq!(head(reply).status, 200);
}

#[test]
fn old_spellings_are_understood() {
    assert_eq!(head(b"HTTP/1.1 501\r\n\r\n").status, 501);
    assert_eq!(header(b"HTTP/1.0 501 No\nServer: old\n\n", "server"), ["old"]);
    assert_eq!(header(b"HTTP/1.1 501 No\r\nServer: mixed\n\r\n", "server"), ["mixed"]);
    assert_eq!(header(b"\r\n\n\r\nHTTP/1.1 501 No\r\nServer: late\r\n\r\n", "server"), ["late"]);
    assert_eq!(header(b"HTTP/1.1 200 OK\r\nbad line\r\n: none\r\nServer \t: IIS \t\r\n\r\n", "server"), ["IIS"]);
    assert_eq!(header(b"HTTP/1.1 200 OK\r\nX: caf\xe9\r\nY: \x1b[2J\r\n\r\n", "x"), ["caf\u{fffd}"]);
}

#[test]
fn folds_become_spaces() {
    assert_eq!(header(b"HTTP/1.1 200 OK\r\nServer: one \r\n  two\r\n\tthree\r\n\r\n", "server"), ["one two three"]);
    assert_eq!(header(b"HTTP/1.1 200 OK\nServer:\n two\nX: y\n\n", "server"), ["two"]);
}

#[test]
fn interim_replies_are_passed_over_and_a_change_of_protocol_is_not() {
    let interim = b"HTTP/1.1 100 Continue\r\n\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    assert_eq!(found(interim), Ok(None));
    assert_eq!(
        head(&[&interim[..], b"HTTP/1.1 501 No\r\n\r\n"].concat()),
        Head { status: 501, headers: Headers::default(), is_all: false }
    );
    let change = head(b"HTTP/1.1 101 Switching\r\nContent-Length: 0\r\n\r\n");
    assert_eq!((change.status, change.is_all), (101, false));
}

#[test]
fn what_is_no_head_is_named_before_its_end() {
    let named = |octets: &[u8]| found(octets).expect_err("it is no head");
    assert_eq!(named(b"\x15\x03\x01"), "it speaks TLS");
    assert_eq!(named(b"SSH-2.0-x"), "it speaks SSH");
    assert_eq!(named(b"HTTP/2 200\r\n"), "it begins with \"HTTP/2 200\\r\\n\"");
    assert_eq!(named(b"HTTP/1.1 100 Go\r\n\r\n\x1b[2J"), "it begins with \"\\x1b[2J\"");
    for status in ["banana", "99", "099 Below", "1000 Beyond", "\x1b[31m"] {
        assert_eq!(named(format!("HTTP/1.1 {status}\r\n\r\n").as_bytes()), "its status line cannot be read");
    }
    assert_eq!(named(b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n"), "its header fields cannot be read");
}

#[test]
fn fields_and_octets_are_bounded() {
    let fields = |count| format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: y\r\n".repeat(count));
    assert_eq!(head(fields(MAX_HEADERS).as_bytes()).headers.len(), MAX_HEADERS);
    assert_eq!(found(fields(MAX_HEADERS + 1).as_bytes()), Err("it has more than 100 header fields".to_owned()));
    for again in ["x", "\n", "\x01\n", "HTTP/1.1 100 Continue\r\n\r\n"] {
        let endless =
            [b"\r\nHTTP/1.1 100 Go\r\n\r\nHTTP/1.1 100 Go\r\n", again.repeat(MAX_HEAD / again.len() + 1).as_bytes()].concat();
        for at_a_time in [1, 1460, endless.len()] {
            assert_eq!(found_by(&endless, at_a_time), Err("its head has more than 65536 octets".to_owned()), "{again:?}");
        }
    }
}

#[test]
fn the_room_for_a_head_is_bounded() {
    let mut arriving = Arriving::default();
    while arriving.head() == Ok(None) {
        let room = arriving.room();
        room.resize(room.capacity(), b'\n');
    }
    assert_eq!(arriving.room().len(), MAX_HEAD);
}

#[test]
fn a_reply_is_all_that_came_only_where_its_end_is_beyond_doubt() {
    let is_all = |head_and_body: &str| head(format!("HTTP/{head_and_body}").as_bytes()).is_all;
    let clear = [
        "1.1 501 No\r\nContent-Length: 0\r\n\r\n",
        "1.1 401 No\r\nContent-Length: 6\r\n\r\nno way",
        "1.1 401 No\r\nContent-Length: 6\r\nContent-Length: 6\r\n\r\nno way",
        "1.1 204 None\r\n\r\n",
        "1.0 501 No\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n",
        "1.1 501 No\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
        "1.1 501 No\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nsome\r\nA\r\n0123456789\r\n0\r\n\r\n",
    ];
    let doubtful = [
        "1.1 501 No\r\n\r\n",
        "1.1 501 No\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n",
        "1.1 501 No\r\nConnection: keep-alive\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        "1.0 501 No\r\nContent-Length: 0\r\n\r\n",
        "1.1 501 No\r\nContent-Length: 6\r\n\r\nno",
        "1.1 501 No\r\nContent-Length: 6\r\n\r\nno way!",
        "1.1 501 No\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\nno way",
        "1.1 501 No\r\nContent-Length: +6\r\n\r\nno way",
        "1.1 501 No\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "1.1 204 None\r\n\r\nbody",
        "1.1 501 No\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "1.1 501 No\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "1.0 501 No\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "1.1 501 No\r\nTransfer-Encoding: chunked\r\n\r\n",
        "1.1 501 No\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "1.1 501 No\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nlonger\r\n0\r\n\r\n",
        "1.1 501 No\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\nx\r\n0\r\n\r\n",
        "1.1 501 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrailer: x\r\n\r\n",
        "1.1 501 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "1.1 501 No\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    ];
    for reply in clear {
        assert!(is_all(reply), "{reply:?}");
    }
    for reply in doubtful {
        assert!(!is_all(reply), "{reply:?}");
    }
}

#[test]
fn one_reply_is_forgotten_for_the_next() {
    let mut arriving = Arriving::default();
    for status in [501, 401] {
        arriving.clear();
        arriving.room().extend_from_slice(format!("\r\nHTTP/1.1 100 Go\r\n\r\nHTTP/1.1 {status} No\r\nX: y\r\n\r\n").as_bytes());
        assert_eq!(arriving.head().map(|head| head.map(|head| head.status)), Ok(Some(status)));
    }
}

proptest! {
    #[test]
    fn any_octets_end_in_bounds_and_however_they_come(
        reply in prop::collection::vec(prop::sample::select(vec![
            "HTTP/1.1 ", "HTTP/1.0 ", "200", "100", "101", " OK", "\r\n", "\n", "\r", "\0", " ", "\t", ":", "X", "Server: a", "\x1b", "é", "HT", "SSH-",
        ]), 0..40),
        at_a_time in 1..40usize,
    ) {
        let reply = reply.concat();
        let (whole, pieces) = (found(reply.as_bytes()), found_by(reply.as_bytes(), at_a_time));
        match (&whole, &pieces) {
            // What is wrong may have been said sooner, or may still be waited for.
            (Err(_), _) | (_, Err(_)) => {}
            (whole, pieces) => {
                let told = |found: &Found| found.clone().ok().flatten().map(|head| (head.status, head.headers));
                prop_assert_eq!(told(whole), told(pieces));
            }
        }
        if let Ok(Some(head)) = whole {
            prop_assert!((100..1000).contains(&head.status) && head.headers.len() <= MAX_HEADERS);
            let text = head.headers.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
            prop_assert!(text <= reply.len() && head.headers.iter().all(|(name, _)| *name == name.to_ascii_lowercase()));
        }
    }
}
