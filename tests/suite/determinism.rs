//! What must change nothing that is said: in which order answers came, how many questions were on their way, in which order
//! domains and servers are declared, and in which pieces a list comes.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use clap::ValueEnum as _;
use imctl::dns::{Record, RecordData, RecordType, View};
use imctl::inventory::Inventory;
use imctl::judge::{Judgement, Scope};
use imctl::loopback::{Asked, DnsPlay, DnsServer, HttpPlay, HttpServer, Request, Script};
use imctl::observe::{Answer, Question};
use imctl::report::{Format, Header, Layout};
use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

use crate::checking::{folder_with, rules, run};
use crate::resuming::without_run;
use crate::support::recorded;

const DOMAINS: usize = 48;

/// Two servers in each view that now and then contradict each other, and machines of which some are out of order.
struct World {
    servers: [[DnsServer; 2]; 2],
    machines: HttpServer,
}

impl World {
    fn start() -> Self {
        let server = |view: usize, which: usize| {
            DnsServer::start(move |asked| vec![DnsPlay::Answer(said(asked, view, which))]).expect("a server")
        };
        let servers = [[server(0, 0), server(0, 1)], [server(1, 0), server(1, 1)]];
        Self { servers, machines: HttpServer::start(machine).expect("machines") }
    }

    /// The inventory with its domains in this order, and its servers in the order in which they stand or the other.
    fn inventory(&self, domains: impl Iterator<Item = usize>, turned: bool) -> String {
        let mut text = String::new();
        for (view, [one, other]) in ["internal", "external"].iter().zip(&self.servers) {
            let [first, second] = if turned { [other, one] } else { [one, other] };
            let _ = writeln!(text, "[view.{view}]\nservers = [\"{}\", \"{}\"]", first.address(), second.address());
        }
        for n in domains {
            let _ = writeln!(
                text,
                "[[domain]]\nname = \"im.d{n}.example\"\nexternal = true\nrouters = [\"r{n}\"]\nreverse_proxies = [\"edge\"]\n\
                 [[router]]\nname = \"r{n}\"\naddresses = [\"10.1.0.{n}\"]"
            );
        }
        text += "[[reverse_proxy]]\nname = \"edge\"\naddresses = [\"203.0.113.10\"]\n[connect]\n";
        let at = self.machines.address();
        let _ = writeln!(text, "\"203.0.113.10:80\" = \"{at}\"");
        (0..DOMAINS).for_each(|n| _ = writeln!(text, "\"10.1.0.{n}:80\" = \"{at}\""));
        text
    }
}

/// The number of the domain whose IM name this is.
fn number(name: &str) -> Option<usize> {
    name.strip_prefix("im.d")?.strip_suffix(".example")?.parse().ok()
}

/// What a server says; the numbers have no common divisor, so that every fault meets every other.
fn said(asked: &Asked, view: usize, which: usize) -> Script {
    let Some(n) = number(asked.name.as_str()) else {
        return if asked.name.as_str().contains("shared") { Script::no_data() } else { Script::no_such_name() };
    };
    let records = |data: Vec<RecordData>| {
        Script::records(data.into_iter().map(|data| Record { owner: asked.name.clone(), ttl_secs: 300, data }).collect())
    };
    let last = u8::try_from(n).expect("few domains");
    let right = RecordData::A(if view == 0 { [10, 1, 0, last] } else { [203, 0, 113, 10] }.into());
    let stranger = RecordData::A([198, 51, 100, last].into());
    match (n * (7 + 4 * view) + 5 * which * usize::from(n.is_multiple_of(3))) % 13 {
        0 => Script::no_such_name(),
        1 => Script::rcode(2),
        2 => Script::no_data(),
        3 => records(vec![RecordData::Cname("shared.example".parse().expect("a name"))]),
        4 if asked.rtype == RecordType::A => records(vec![stranger]),
        5 if asked.rtype == RecordType::A => records(vec![stranger, right]),
        _ if asked.rtype == RecordType::A => records(vec![right]),
        _ => Script::no_data(),
    }
}

fn machine(request: &Request) -> HttpPlay {
    let version = ("RVP-Notifications-Version", "0.2");
    match (request.header("host").and_then(number).unwrap_or(0) % 5, request.method.as_str()) {
        (1, _) => HttpPlay::Close,
        (2, _) => HttpPlay::answer(503, &[version]),
        (3, _) => HttpPlay::answer(200, &[]),
        (_, "OPTIONS") => HttpPlay::answer(501, &[version]),
        _ => HttpPlay::answer(401, &[version, ("WWW-Authenticate", "NTLM")]),
    }
}

/// What stands whatever the order is in which things are shown: every domain with its verdict, every finding, all that is undecided.
fn verdict(report: &Value) -> BTreeSet<String> {
    let each = |key: &'static str, fields: &'static [&'static str]| {
        let rows = report[key].as_array().expect("a list").iter();
        rows.map(move |row| fields.iter().fold(key.to_owned(), |text, field| text + " " + &row[*field].to_string()))
    };
    let domains = each("domains", &["name", "verdict"]);
    let findings = each("findings", &["rule", "severity", "domain", "view"]);
    domains.chain(findings).chain(each("undecided", &["domain", "view", "asked"])).collect()
}

/// An audit, and its report without what differs from run to run by its nature: how long machines took.
fn audit(inventory: &str, arguments: &[&str]) -> (TempDir, Value) {
    let folder = folder_with(inventory);
    let ran = run(folder.path(), &[&["audit", "--format", "json", "--timeout", "20"], arguments].concat());
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let mut report = without_run(&ran);
    for domain in report["domains"].as_array_mut().expect("domains") {
        for probe in domain["probes"].as_array_mut().expect("probes") {
            probe.as_object_mut().expect("a probe").retain(|key, _| !key.ends_with("seconds"));
        }
    }
    (folder, report)
}

#[test]
fn neither_how_many_questions_are_on_their_way_nor_the_order_of_domains_and_servers_changes_a_verdict() {
    let world = World::start();
    let straight = world.inventory(0..DOMAINS, false);
    let (_, whole) = audit(&straight, &[]);
    let rules: BTreeSet<_> = rules(&whole).into_iter().collect();
    assert!(rules.len() > 8 && !whole["undecided"].as_array().expect("a list").is_empty(), "there is much to be said: {rules:?}");
    for how in [&["--in-flight", "1"][..], &["--in-flight", "3"], &["--bulk"], &["--mix-case", "--in-flight", "500"]] {
        assert_eq!(audit(&straight, how).1, whole, "{how:?}");
    }
    for turned in [false, true] {
        for (step, in_flight) in [(1, "7"), (29, "2"), (DOMAINS - 1, "1")] {
            let inventory = world.inventory((0..DOMAINS).map(|n| n * step % DOMAINS), turned);
            let (_, report) = audit(&inventory, &["--in-flight", in_flight]);
            assert_eq!(verdict(&report), verdict(&whole), "turned: {turned}, step {step}");
        }
    }
}

/// The domains come one by one, or several at a time: each makes a window of its own.
#[test]
fn in_which_pieces_a_list_comes_changes_no_row() {
    let world = World::start();
    let names: Vec<String> = (0..DOMAINS).map(|n| format!("im.d{n}.example\n")).collect();
    let folder = folder_with(&world.inventory(0..DOMAINS, false));
    fs::write(folder.path().join("domains.txt"), names.concat()).expect("a list");
    let arguments = ["dns-check", "--timeout", "20", "--format", "jsonl", "--domains"];
    let at_once = run(folder.path(), &[&arguments[..], &["domains.txt"]].concat());
    for piece in [1, 5] {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("imctl"));
        command.current_dir(folder.path()).env_remove("IMCTL_CONFIG").args(arguments).arg("-");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut list = child.stdin.take().expect("a pipe");
        for names in names.chunks(piece) {
            list.write_all(names.concat().as_bytes()).expect("it reads");
            std::thread::sleep(Duration::from_millis(2));
        }
        drop(list);
        let output = child.wait_with_output().expect("it ends");
        let rows = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!(about_domains(&rows), about_domains(&at_once.stdout), "{piece} at a time");
    }
}

/// The rows less those about the run and its servers. Where a list is at hand, its name is another than that of a pipe.
fn about_domains(rows: &str) -> Vec<String> {
    let rows = rows.replace("<standard input>", "domains.txt");
    rows.lines()
        .filter(|row| !row.starts_with(r#"{"type":"run""#))
        .filter(|row| !row.starts_with(r#"{"type":"view""#))
        .map(with_no_clock)
        .collect()
}

fn with_no_clock(row: &str) -> String {
    let mut row: Value = serde_json::from_str(row).expect("JSON");
    row.as_object_mut().expect("an object").remove("seconds");
    row.to_string()
}

/// A recording, and what it is judged by.
struct Kept {
    inventory: Inventory,
    answers: Vec<(Question, Answer)>,
}

impl Kept {
    fn of(folder: &Path) -> Self {
        let (inventory, answers) = recorded::read(folder);
        Self { inventory, answers }
    }

    fn judge(&self) -> Judgement {
        let scope = Scope {
            views: View::ALL.to_vec(),
            estate: true,
            dns: true,
            authoritative: false,
            validated: Vec::new(),
            probes: true,
            vantages: vec![View::Internal],
            trace: true,
        };
        recorded::judge(&self.inventory, &self.answers, &scope)
    }

    /// The report in every format.
    fn reports(&self) -> Vec<Vec<u8>> {
        let judgement = self.judge();
        let header = Header { command: "audit", started: String::new(), seconds: 0.0, vantage: View::Internal, fail_on: None };
        let layout = Layout { width: 100, everything: true, details: true };
        let report = |format: &Format| {
            let mut octets = Vec::new();
            format.render(&header, &judgement, layout, &mut octets).expect("a vector takes all");
            octets
        };
        Format::value_variants().iter().map(report).collect()
    }

    /// Each domain's verdict, and every finding.
    fn said(&self) -> BTreeSet<String> {
        let Judgement { domains, findings, undecided, .. } = self.judge();
        let domains = domains.into_iter().map(|domain| format!("{} {}", domain.name, domain.verdict));
        let findings = findings
            .into_iter()
            .map(|finding| format!("{} {:?} {:?} {}", finding.rule.id, finding.domain, finding.view, finding.message));
        domains
            .chain(findings)
            .chain(undecided.into_iter().map(|open| format!("{} {} {}", open.domain, open.view, open.asked)))
            .collect()
    }
}

/// A recording of the world, made once for all cases.
fn kept() -> &'static Kept {
    static KEPT: LazyLock<Kept> = LazyLock::new(|| {
        let world = World::start();
        Kept::of(audit(&world.inventory(0..DOMAINS, false), &["--save", "answers.jsonl"]).0.path())
    });
    &KEPT
}

/// What is said of it as it stands.
static REPORTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| kept().reports());
static SAID: LazyLock<BTreeSet<String>> = LazyLock::new(|| kept().said());

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_in_which_answers_were_kept_changes_no_byte_of_any_report(answers in Just(kept().answers.clone()).prop_shuffle()) {
        let shuffled = Kept { inventory: kept().inventory.clone(), answers };
        for (format, (one, other)) in Format::value_variants().iter().zip(REPORTS.iter().zip(&shuffled.reports())) {
            prop_assert!(one == other, "{format:?}");
        }
    }

    #[test]
    fn the_order_of_domains_and_machines_changes_nothing_that_is_said_of_a_recording(
        order in Just((0..DOMAINS).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let Kept { inventory, answers } = kept();
        let mut inventory = inventory.clone();
        inventory.domains = order.iter().filter_map(|n| inventory.domains.iter().nth(*n)).map(Cow::into_owned).collect();
        prop_assert_eq!(&Kept { inventory, answers: answers.clone() }.said(), &*SAID);
    }
}

/// What only bears on asking bears on nothing where nobody is asked.
#[test]
fn no_option_of_asking_changes_a_byte_of_what_a_recording_says() {
    let world = World::start();
    let (folder, _) = audit(&world.inventory(0..DOMAINS, false), &["--save", "answers.jsonl"]);
    drop(world);
    for format in ["csv", "markdown", "github", "gitlab"] {
        let judged =
            |how: &[&str]| run(folder.path(), &[&["audit", "--from", "answers.jsonl", "--format", format], how].concat()).stdout;
        let whole = judged(&[]);
        assert!(whole.contains("im.d1.example"), "{format}: {whole}");
        for how in [&["--in-flight", "1"][..], &["--bulk", "--mix-case"], &["--qps", "1", "--timeout", "0.1", "--retries", "0"]] {
            assert!(judged(how) == whole, "{format}, {how:?}");
        }
    }
}
