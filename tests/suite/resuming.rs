//! Runs that are broken off and gone on with, and runs that are divided among machines: what comes out is what one whole run says.

use std::collections::BTreeSet;
use std::fs;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use imctl::dns::{Record, RecordData, RecordType};
use imctl::loopback::{Asked, DnsPlay, DnsServer, Script};
use serde_json::Value;
use tempfile::TempDir;

use crate::checking::{Ran, folder_with, rules, run};

mod clock;
mod full;
mod killed;
mod shards;

/// Domains enough for several windows of the first size.
const DOMAINS: u32 = 60;

/// Both views of an estate in which each seventh domain has the same fault, on loopback.
pub(super) struct World {
    internal: DnsServer,
    external: DnsServer,
    pub(super) folder: TempDir,
}

impl World {
    /// Servers that take that long for an answer.
    pub(super) fn new(delay: Duration) -> Self {
        let server = |right: [u8; 4], wrong: [u8; 4]| {
            let play = move |asked: &Asked| vec![DnsPlay::Delay(delay, Box::new(DnsPlay::Answer(said(asked, right, wrong))))];
            DnsServer::start(play).expect("a server")
        };
        let (internal, external) = (server([10, 1, 0, 10], [203, 0, 113, 10]), server([203, 0, 113, 10], [10, 1, 0, 10]));
        let folder = folder_with(&inventory(&internal, &external));
        let rows = (0..DOMAINS).map(|n| format!("im.d{n}.example,d{n}.example,true,router-1,edge-1\n"));
        let list = format!("name,email,external,routers,reverse_proxies\n{}", rows.collect::<String>());
        fs::write(folder.path().join("domains.csv"), list).expect("a list");
        Self { internal, external, folder }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Questions that came to both servers so far.
    fn asked(&self) -> usize {
        self.internal.asked().len() + self.external.asked().len()
    }

    /// A run with patience enough that no answer is late on a busy machine.
    pub(super) fn check(&self, arguments: &[&str]) -> Ran {
        run(self.path(), &[&["dns-check", "--format", "json", "--timeout", "20"], arguments].concat())
    }
}

fn inventory(internal: &DnsServer, external: &DnsServer) -> String {
    format!(
        r#"
[view.internal]
servers = ["{}"]
[view.external]
servers = ["{}"]
[[domain_list]]
file = "domains.csv"
[[router]]
name = "router-1"
addresses = ["10.1.0.10"]
[[reverse_proxy]]
name = "edge-1"
addresses = ["203.0.113.10"]
"#,
        internal.address(),
        external.address()
    )
}

/// What a server says: each seventh domain is missing, another is at the other view's address, of another nobody will say.
fn said(asked: &Asked, right: [u8; 4], wrong: [u8; 4]) -> Script {
    let number = asked.name.as_str().strip_prefix("im.d").and_then(|rest| rest.strip_suffix(".example")?.parse::<u32>().ok());
    let answer = |data| Script::records(vec![Record { owner: asked.name.clone(), ttl_secs: 300, data }]);
    match (number, asked.rtype) {
        (Some(number), _) if number % 7 == 1 => Script::no_such_name(),
        (Some(number), RecordType::A) if number % 7 == 2 => answer(RecordData::A(Ipv4Addr::from(wrong))),
        (Some(number), _) if number % 7 == 3 => Script::rcode(2),
        (Some(_), RecordType::A) => answer(RecordData::A(Ipv4Addr::from(right))),
        (Some(_), _) => Script::no_data(),
        (None, _) => Script::no_such_name(),
    }
}

/// The report without what it says about the run itself.
pub(super) fn without_run(ran: &Ran) -> Value {
    stripped(ran.json())
}

/// Neither when and how long, nor how often a query had to be sent: a busy machine takes longer and asks again.
pub(super) fn stripped(mut report: Value) -> Value {
    report.as_object_mut().expect("an object").remove("run").expect("a run");
    for view in report["views"].as_array_mut().expect("views") {
        for server in view["servers"].as_array_mut().expect("servers") {
            let server = server.as_object_mut().expect("a server");
            for effort in ["sent", "timeouts"] {
                server.remove(effort).expect("a tally");
            }
        }
    }
    report
}

#[test]
fn a_recording_cut_anywhere_is_gone_on_with_to_the_same_report() {
    let world = World::new(Duration::ZERO);
    let whole = world.check(&["--save", "whole.jsonl"]);
    assert_eq!(whole.code, 1, "{}", whole.stderr);
    assert!(rules(&whole.json()).contains(&"external-points-at-router"));
    let recording = fs::read(world.path().join("whole.jsonl")).expect("a recording");
    let header = recording.iter().position(|octet| *octet == b'\n').expect("a line") + 1;
    let cuts = [0, 1, 10, header - 1, header, header + 1];
    for length in cuts.into_iter().chain((1..=12).map(|twelfth| recording.len() * twelfth / 12)) {
        fs::write(world.path().join("cut.jsonl"), &recording[..length]).expect("written");
        let before = world.asked();
        let resumed = world.check(&["--resume", "cut.jsonl"]);
        assert_eq!(resumed.code, 1, "cut at {length}: {}", resumed.stderr);
        assert!(without_run(&resumed) == without_run(&whole), "cut at {length}");
        if length == recording.len() {
            assert_eq!(world.asked(), before, "a whole recording lacks nothing");
        }
        let again = world.check(&["--from", "cut.jsonl"]);
        assert!(without_run(&again) == without_run(&whole), "cut at {length}");
        let lines = |octets: &[u8]| octets.split(|octet| *octet == b'\n').count();
        let mended = fs::read(world.path().join("cut.jsonl")).expect("a recording");
        assert_eq!(lines(&mended), lines(&recording), "each question stands there once");
    }
}

#[test]
fn only_what_is_lacking_is_asked() {
    let world = World::new(Duration::ZERO);
    assert_eq!(world.check(&["--save", "a.jsonl"]).code, 1);
    let before = [world.internal.asked().len(), world.external.asked().len()];
    let recording = fs::read_to_string(world.path().join("a.jsonl")).expect("a recording");
    let lines: Vec<&str> = recording.split_inclusive('\n').collect();
    fs::write(world.path().join("a.jsonl"), lines[..lines.len() - 5].concat()).expect("written");
    assert_eq!(world.check(&["--resume", "a.jsonl", "--save", "a.jsonl"]).code, 1);
    // Some are asked twice: where the server says SERVFAIL, and where a busy machine takes its time.
    let questions = |server: &DnsServer, before: usize| {
        let again = server.asked().split_off(before).into_iter().map(|asked| (asked.name, asked.rtype));
        again.collect::<BTreeSet<_>>().len()
    };
    assert_eq!(questions(&world.internal, before[0]) + questions(&world.external, before[1]), 5);
}

#[test]
fn where_there_is_nothing_to_go_on_with_a_run_begins_and_says_so() {
    let world = World::new(Duration::ZERO);
    let ran = world.check(&["--resume", "new.jsonl"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.starts_with("note: there is no new.jsonl to go on with"), "{}", ran.stderr);
    assert_eq!(world.check(&["--resume", "new.jsonl"]).stderr, "");
    fs::write(world.path().join("empty.jsonl"), "").expect("written");
    let ran = world.check(&["--resume", "empty.jsonl"]);
    assert!(ran.stderr.starts_with("note: empty.jsonl holds nothing yet"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(world.path().join("empty.jsonl")).map(|text| text.lines().count() > 1).ok(), Some(true));
}

#[test]
fn a_recording_of_something_else_is_refused_and_left_alone() {
    let world = World::new(Duration::ZERO);
    assert_eq!(world.check(&["--save", "a.jsonl"]).code, 1);
    let (inventory, list) = (world.path().join("imctl.toml"), world.path().join("domains.csv"));
    let (text, domains) = (fs::read_to_string(&inventory).expect("text"), fs::read_to_string(&list).expect("text"));
    let recording = fs::read(world.path().join("a.jsonl")).expect("a recording");
    let asked = world.asked();
    let refused = |arguments: &[&str], said: &str| {
        let ran = world.check(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stdout.is_empty());
        assert_eq!(fs::read(world.path().join("a.jsonl")).expect("a recording"), recording, "{arguments:?}");
    };
    let changed = "--resume a.jsonl: the inventory, a list, the domains or the views have changed";
    fs::write(&inventory, text.replace("10.1.0.10", "10.1.0.11")).expect("written");
    refused(&["--resume", "a.jsonl"], changed);
    fs::write(&inventory, format!("{text}# only a comment\n")).expect("written");
    assert_eq!(world.check(&["--resume", "a.jsonl"]).code, 1, "comments may change");
    fs::write(&list, domains.replace("im.d1.example", "im.d1x.example")).expect("written");
    refused(&["--resume", "a.jsonl"], changed);
    fs::write(&list, &domains).expect("written");
    refused(&["--resume", "a.jsonl", "im.d1.example"], changed);
    refused(&["--resume", "a.jsonl", "--view", "internal"], changed);
    refused(&["--resume", "a.jsonl", "--router", "10.1.0.12"], changed);
    refused(&["--resume", "a.jsonl", "--shard", "1/2"], "it holds all domains and this run is about part 1/2");
    refused(&["--resume", "a.jsonl", "--save", "b.jsonl"], "leave --save out");
    refused(&["--resume", "a.jsonl", "--from", "a.jsonl"], "cannot be used with");
    refused(&["--resume", "imctl.toml"], "imctl.toml:1:1: this is no recording");
    refused(&["--resume", "."], "is no file");
    assert_eq!(world.asked(), asked, "nothing is asked in vain");
    assert_eq!(fs::read_to_string(&inventory).expect("text"), format!("{text}# only a comment\n"));
    let audit = run(world.path(), &["audit", "--resume", "a.jsonl"]);
    assert_eq!(audit.code, 2);
    assert!(audit.stderr.contains("recorded by imctl dns-check, and this is imctl audit"), "{}", audit.stderr);
}

#[test]
fn a_recording_is_not_gone_on_with_from_another_place() {
    let moved = Arc::new(AtomicBool::new(false));
    let elsewhere = Arc::clone(&moved);
    let play = move |asked: &Asked| {
        let answer = |last| {
            let data = RecordData::A([10, 0, 0, last].into());
            Script::records(vec![Record { owner: asked.name.clone(), ttl_secs: 300, data }])
        };
        let script = match asked.name.as_str() {
            _ if asked.rtype != RecordType::A => Script::no_data(),
            "dc1.corp.example" => answer(if elsewhere.load(Ordering::SeqCst) { 99 } else { 5 }),
            _ => answer(10),
        };
        vec![DnsPlay::Answer(script)]
    };
    let server = DnsServer::start(play).expect("a server");
    let folder = folder_with(&format!(
        "[view.internal]\nservers = [\"{}\"]\ncanary = {{ name = \"dc1.corp.example\", address = \"10.0.0.5\" }}\n\
         [[domain]]\nname = \"im.example.com\"\nrouters = [\"r\"]\n[[router]]\nname = \"r\"\naddresses = [\"10.0.0.10\"]\n",
        server.address()
    ));
    let check = |flag: &str| run(folder.path(), &["dns-check", "--format", "json", "--timeout", "20", flag, "a.jsonl"]);
    let whole = check("--save");
    assert_eq!(whole.code, 0, "{}", whole.stdout);
    let recording = fs::read_to_string(folder.path().join("a.jsonl")).expect("a recording");
    let lines: Vec<&str> = recording.split_inclusive('\n').collect();
    fs::write(folder.path().join("a.jsonl"), lines[..lines.len() - 2].concat()).expect("written");
    moved.store(true, Ordering::SeqCst);
    let asked = server.asked().len();
    let ran = check("--resume");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("internal view: the view's canary is wrong"), "{}", ran.stderr);
    assert_eq!(server.asked().len(), asked + 1, "nothing but the canary is asked");
    moved.store(false, Ordering::SeqCst);
    assert!(without_run(&check("--resume")) == without_run(&whole));
}
