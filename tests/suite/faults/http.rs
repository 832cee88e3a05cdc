//! Machines that misbehave, one way for each domain, and one that stalls after each octet of a good reply.

use imctl::dns::{Record, RecordData, RecordType};
use imctl::loopback::{Asked, DnsPlay, DnsServer, HttpPlay, HttpServer, Request, Script};

use super::Outcome::{self, Fine, Found};
use super::{Row, assert_rows, inventory, router};
use crate::checking::folder_with;

/// The fault, by name, and what must come of it.
const FAULTS: &[(&str, Outcome)] = &[
    ("healthy", Fine),
    ("no-reason-phrase", Fine),
    ("line-feeds-only", Fine),
    ("folded-header", Fine),
    ("space-before-the-colon", Fine),
    ("escapes-in-every-header", Fine),
    ("endless-body", Fine),
    ("bad-chunks", Fine),
    ("body-cut-short", Fine),
    ("continues-once", Fine),
    ("says-nothing", Found("unreachable")),
    ("closes", Found("unreachable")),
    ("resets", Found("unreachable")),
    ("continues-without-end", Found("not-an-im-router")),
    ("endless-head", Found("not-an-im-router")),
    ("head-of-a-megabyte", Found("not-an-im-router")),
    ("tls-on-80", Found("not-an-im-router")),
    ("no-http", Found("not-an-im-router")),
    ("escapes-for-a-status", Found("not-an-im-router")),
    ("status-out-of-range", Found("not-an-im-router")),
    ("another-service", Found("not-an-im-router")),
    ("redirects-in-a-circle", Found("redirect-loop")),
    ("redirects-to-an-inside-host", Found("redirect-to-unknown-host")),
    ("redirects-to-escapes", Found("redirect-to-unknown-host")),
    ("too-busy", Found("overloaded")),
];

const GOOD_OPTIONS: &str = "HTTP/1.1 501 Not Implemented\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\n\r\n";
const GOOD_PROPFIND: &str =
    "HTTP/1.1 401 Access Denied\r\nRVP-Notifications-Version: 0.2\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n";

/// A row for each fault, and one for each octet after which a reply can stop.
fn rows() -> Vec<Row> {
    let faults = FAULTS.iter().map(|(fault, outcome)| Row { fault: (*fault).to_owned(), outcome: *outcome });
    let stalls = (0..=GOOD_OPTIONS.len()).map(|octets| Row {
        fault: format!("stalls-after-{octets}"),
        // Of a reply that is not whole nothing is believed, and the body is none of a probe's business.
        outcome: if octets < GOOD_OPTIONS.len() { Found("unreachable") } else { Fine },
    });
    faults.chain(stalls).collect()
}

/// A reply with this status line and these lines besides the version header, to both methods.
fn reply(status: &str, more: &str) -> HttpPlay {
    HttpPlay::Raw(format!("HTTP/1.1 {status}\r\nRVP-Notifications-Version: 0.2\r\n{more}\r\n").into_bytes())
}

fn play(request: &Request, fault: &str, inside: &str) -> HttpPlay {
    let is_options = request.method == "OPTIONS";
    let good = if is_options { GOOD_OPTIONS } else { GOOD_PROPFIND };
    let status = if is_options { "501 Not Implemented" } else { "401 Access Denied" };
    let raw = |text: String| HttpPlay::Raw(text.into_bytes());
    let redirect = |to: &str| if is_options { raw(good.to_owned()) } else { reply("302 Found", &format!("Location: {to}\r\n")) };
    if let Some(octets) = fault.strip_prefix("stalls-after-").and_then(|octets| octets.parse::<usize>().ok()) {
        let begun = if octets < GOOD_OPTIONS.len() { &good.as_bytes()[..octets] } else { good.as_bytes() };
        return HttpPlay::Stall(begun.to_vec());
    }
    match fault {
        "no-reason-phrase" => reply(&status[..3], "Content-Length: 0\r\n"),
        "line-feeds-only" => raw(good.replace("\r\n", "\n")),
        "folded-header" => reply(status, "Server: one\r\n two\r\n\tthree\r\nContent-Length: 0\r\n"),
        "space-before-the-colon" => reply(status, "Server : old\r\nContent-Length: 0\r\n"),
        "escapes-in-every-header" => reply(
            status,
            "Server: \x1b]0;evil\x07\r\nWWW-Authenticate: NTLM, Digest realm=\"\x1b[31mevil\", Basic realm=\"\u{202e}evil\"\r\nX-\x1b: 1\r\n\
             Via: \u{202e}evil\u{2066}\r\nContent-Length: 0\r\n",
        ),
        "endless-body" => HttpPlay::Endless(good.replace("Content-Length: 0\r\n", "").into_bytes(), vec![b'x'; 4096]),
        "bad-chunks" => raw(good.replace("Content-Length: 0", "Transfer-Encoding: chunked") + "zz;\x1b\r\nnonsense"),
        "body-cut-short" => raw(good.replace("Content-Length: 0", "Content-Length: 4000") + "short"),
        "continues-once" => raw(format!("HTTP/1.1 100 Continue\r\n\r\n{good}")),
        "says-nothing" => HttpPlay::Stall(Vec::new()),
        "closes" => HttpPlay::Close,
        "resets" => HttpPlay::Reset,
        "continues-without-end" => HttpPlay::Endless(Vec::new(), b"HTTP/1.1 100 Continue\r\n\r\n".repeat(40)),
        "endless-head" => HttpPlay::Endless(b"HTTP/1.1 501 No\r\n".to_vec(), b"X-More: and more\r\n".repeat(40)),
        "head-of-a-megabyte" => raw(format!("HTTP/1.1 501 No\r\nX-Long: {}\r\n\r\n", "x".repeat(1 << 20))),
        "tls-on-80" => HttpPlay::Raw(vec![0x15, 3, 1, 0, 2, 2, 70]),
        "no-http" => raw("220 mail.example ESMTP \x1b[2J\r\n".to_owned()),
        "escapes-for-a-status" => raw("HTTP/1.1 \x1b[31m evil\r\n\r\n".to_owned()),
        "status-out-of-range" => raw("HTTP/1.1 99999 Beyond\r\nContent-Length: 0\r\n\r\n".to_owned()),
        "another-service" => raw("HTTP/1.1 200 OK\r\nServer: other\r\nContent-Length: 0\r\n\r\n".to_owned()),
        "redirects-in-a-circle" => redirect("http://im.redirects-in-a-circle.example/instmsg/aliases/probe"),
        "redirects-to-an-inside-host" => redirect(&format!("http://{inside}/instmsg/local/x/instmsg/aliases/probe")),
        "redirects-to-escapes" => redirect("http://evil.example/\u{202e}/%1b[31m"),
        "too-busy" => reply("503 Busy", "Content-Length: 0\r\n"),
        _ => raw(good.to_owned()),
    }
}

/// Says of each domain what is right.
fn name_server(rows: Vec<Row>) -> DnsServer {
    DnsServer::start(move |asked: &Asked| {
        let record = |data| vec![Record { owner: asked.name.clone(), ttl_secs: 300, data }];
        let right = rows.iter().enumerate().find_map(|(position, Row { fault, .. })| {
            let im = format!("im.{fault}.example");
            match (asked.name.as_str(), asked.rtype) {
                (owner, RecordType::A) if owner == im => Some(record(RecordData::A(router(position).parse().expect("IPv4")))),
                (owner, RecordType::Srv) if owner == format!("_rvp._tcp.{fault}.example") => {
                    let target = im.parse().expect("a name");
                    Some(record(RecordData::Srv { priority: 0, weight: 0, port: 80, target }))
                }
                (owner, _) if owner == im || owner == format!("{fault}.example") => Some(Vec::new()),
                _ => None,
            }
        });
        vec![DnsPlay::Answer(match right {
            None => Script::no_such_name(),
            Some(records) if records.is_empty() => Script::no_data(),
            Some(records) => Script::records(records),
        })]
    })
    .expect("a server")
}

#[test]
fn each_misbehaviour_of_machines_comes_to_what_it_must_whichever_command_looks() {
    for command in ["probe", "audit"] {
        let inside = HttpServer::start(|_| HttpPlay::Close).expect("a server");
        let at = inside.address().to_string();
        let machines = HttpServer::start(move |request| {
            let host = request.header("host").unwrap_or_default();
            let fault = host.strip_prefix("im.").and_then(|rest| rest.strip_suffix(".example")).unwrap_or("another-service");
            play(request, fault, &at)
        });
        let (machines, names) = (machines.expect("a server"), name_server(rows()));
        let folder = folder_with(&inventory(&names.address().to_string(), &machines.address().to_string(), &rows()));
        assert_rows(folder.path(), &[command, "--timeout", "5"], &rows());
        assert!(inside.requests().is_empty(), "a redirect is followed to where nobody is declared");
    }
}
