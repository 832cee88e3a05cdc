//! Hundreds of domains with known faults, served by knot in two views: everything that is wrong is found, and nothing else.

mod faults;
mod generated;

use std::collections::BTreeSet;
use std::fmt::{Debug, Write as _};
use std::fs;
use std::path::Path;

use generated::{At, Estate, Said};
use imctl::dns::View;
use imctl::inventory::Inventory;
use imctl::judge::rules::RULES;
use imctl::judge::{Check, Scope};
use imctl::observe::{Answer, Question};
use serde_json::Value;

use crate::support::servers::{Server, free_port};
use crate::support::{imctl, program, recorded};

/// The seeds that every run tries; `IMCTL_ESTATE_SEED` names another.
const SEEDS: [u64; 2] = [1, 20_260_601];
const DOMAINS: usize = 300;

/// The estate's servers, in a folder with its inventory.
struct Served {
    folder: tempfile::TempDir,
    servers: Vec<Server>,
}

impl Served {
    /// `None` where knot is missing.
    fn start(estate: &Estate) -> Option<Self> {
        let knotd = program("knotd")?;
        let folder = tempfile::tempdir().expect("a folder");
        let mut servers = Vec::new();
        let places = [(At::Inside, "127.0.78.1"), (At::InsideBehind, "127.0.78.2"), (At::Outside, "127.0.78.3")];
        let addresses = places.map(|(at, ip)| {
            let (server, address) = knot(&knotd, &folder.path().join(format!("{at:?}")), ip, &estate.zones(at));
            servers.push(server);
            address
        });
        let [inside, behind, outside] = addresses;
        let views =
            format!("[view.internal]\nservers = [\"{inside}\", \"{behind}\"]\n[view.external]\nservers = [\"{outside}\"]\n");
        fs::write(folder.path().join("imctl.toml"), views + &estate.inventory()).expect("the inventory is written");
        Some(Self { folder, servers })
    }

    fn check(&self, arguments: &[&str]) -> Value {
        let arguments = [&["dns-check", "--format", "json"], arguments].concat();
        let output = imctl().current_dir(self.folder.path()).args(arguments).output().expect("imctl runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{errors}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"))
    }
}

fn knot(knotd: &Path, home: &Path, ip: &str, zones: &[(&str, String)]) -> (Server, String) {
    fs::create_dir(home).expect("a folder");
    let (path, port) = (home.display(), free_port(ip));
    let mut config = format!(
        "server:\n  rundir: {path}\n  listen: {ip}@{port}\n  pidfile: {path}/knot.pid\ndatabase:\n  storage: {path}\nzone:\n"
    );
    for (apex, text) in zones {
        fs::write(home.join(format!("{apex}.zone")), text).expect("the zone is written");
        let _ = write!(
            config,
            "  - domain: {apex}\n    file: {path}/{apex}.zone\n    zonefile-sync: -1\n    journal-content: none\n    semantic-checks: off\n"
        );
    }
    fs::write(home.join("knot.conf"), config).expect("the configuration is written");
    let mut server = Server::start(knotd, &["-c", &format!("{path}/knot.conf")], home, "knotd");
    server.wait_for(&format!("{ip}:{port}"));
    (server, format!("{ip}:{port}"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or("-").to_owned()
}

fn found(report: &Value) -> BTreeSet<Said> {
    let findings = report["findings"].as_array().expect("findings");
    let said: BTreeSet<Said> = findings.iter().map(|f| (text(&f["rule"]), text(&f["domain"]), text(&f["view"]))).collect();
    assert_eq!(said.len(), findings.len(), "something is found twice");
    said
}

fn undecided(report: &Value) -> BTreeSet<(String, String)> {
    report["undecided"].as_array().expect("undecided").iter().map(|u| (text(&u["domain"]), text(&u["view"]))).collect()
}

/// Says what is missing and what is too much.
fn assert_same<T: Ord + Debug>(what: &str, seed: u64, found: &BTreeSet<T>, planted: &BTreeSet<T>) {
    let missed: Vec<_> = planted.difference(found).collect();
    let false_alarms: Vec<_> = found.difference(planted).collect();
    assert!(
        missed.is_empty() && false_alarms.is_empty(),
        "{what}, seed {seed}:\nmissed {missed:#?}\nfalse alarms {false_alarms:#?}"
    );
}

#[test]
fn all_that_is_wrong_is_found_and_nothing_else() {
    let other = std::env::var("IMCTL_ESTATE_SEED").ok().map(|seed| seed.parse().expect("a number"));
    for seed in SEEDS.into_iter().chain(other) {
        let estate = Estate::of(seed, DOMAINS);
        let Some(served) = Served::start(&estate) else { return };
        let report = served.check(&[]);
        assert_eq!(report["summary"]["domains"], DOMAINS);
        assert_same("findings", seed, &found(&report), &estate.found());
        assert_same("undecided", seed, &undecided(&report), &estate.undecided());
        let clean = |domain: &&Value| domain["verdict"] == "ok";
        assert!(report["domains"].as_array().expect("domains").iter().filter(clean).count() > 10, "seed {seed}: some are healthy");
    }
}

#[test]
fn every_rule_that_zones_can_provoke_is_planted_several_times() {
    let planted = Estate::of(SEEDS[0], DOMAINS).found();
    let times = |id: &str| planted.iter().filter(|(rule, _, _)| rule == id).count();
    let rules = RULES.iter().filter(|rule| matches!(rule.check, Check::Dns(_)));
    let rare: Vec<_> = rules.filter(|rule| times(rule.id) < 3).map(|rule| rule.id).collect();
    assert!(rare.is_empty(), "planted less than three times: {rare:?}");
}

/// Servers that do not know the view's canary are others than the view's: that is said once, and nothing that they say counts.
#[test]
fn of_servers_that_are_not_the_views_nothing_is_found_but_that_they_are_not() {
    let estate = Estate::of(31, DOMAINS);
    let Some(served) = Served::start(&estate) else { return };
    let file = served.folder.path().join("imctl.toml");
    let inventory = fs::read_to_string(&file).expect("the inventory");
    for (address, right) in [("10.0.0.53", true), ("10.0.0.54", false)] {
        let canary = format!("[view.internal]\ncanary = {{ name = \"ns.example\", address = \"{address}\" }}");
        fs::write(&file, inventory.replace("[view.internal]", &canary)).expect("the inventory is written");
        let report = served.check(&[]);
        let inside = |said: BTreeSet<Said>| said.into_iter().filter(|(_, _, view)| view == "internal").collect::<BTreeSet<_>>();
        let wrong = [("vantage-point-wrong".to_owned(), "-".to_owned(), "internal".to_owned())];
        let planted = if right { inside(estate.found()) } else { wrong.into() };
        assert_same("findings inside", 31, &inside(found(&report)), &planted);
        let dark = undecided(&report).iter().filter(|(_, view)| view == "internal").count();
        let broken = estate.undecided().iter().filter(|(_, view)| view == "internal").count();
        assert_eq!(dark, if right { broken } else { DOMAINS });
    }
}

/// A server that is dead is one cause, however many domains it would have told of.
#[test]
fn of_dead_servers_nothing_is_found_but_that_they_are_dead() {
    let estate = Estate::of(11, DOMAINS);
    let Some(mut served) = Served::start(&estate) else { return };
    let planted = estate.found();
    // The one that is behind dies: what the other says stands, and there is nobody to disagree with.
    served.servers.remove(1);
    let report = served.check(&[]);
    let without_it = planted.iter().filter(|(rule, _, _)| rule != "servers-disagree").cloned().collect();
    assert_same("findings with one server dead", 11, &found(&report), &without_it);
    assert_same("undecided with one server dead", 11, &undecided(&report), &estate.undecided());
    // Its view is dead: that is said once, and of the view nothing else.
    served.servers.remove(0);
    let report = served.check(&[]);
    let said = found(&report);
    let inside: Vec<_> = said.iter().filter(|(_, _, view)| view == "internal").map(|(rule, _, _)| rule.as_str()).collect();
    assert_eq!(inside, ["view-unreachable"]);
    let outside = |said: &BTreeSet<Said>| said.iter().filter(|(_, _, view)| view == "external").cloned().collect::<BTreeSet<_>>();
    assert_same("findings outside", 11, &outside(&said), &outside(&planted));
    let dark: BTreeSet<_> = undecided(&report).into_iter().filter(|(_, view)| view == "internal").collect();
    assert_eq!(dark.len(), DOMAINS, "every domain is undecided inside");
}

/// However many questions are on their way, in which order servers stand, and what else the machine does.
#[test]
fn a_hundred_runs_at_once_say_the_same() {
    let estate = Estate::of(23, faults::KINDS.len());
    let Some(served) = Served::start(&estate) else { return };
    let inventory = fs::read_to_string(served.folder.path().join("imctl.toml")).expect("the inventory");
    let (views, rest) = inventory.split_once("[view.external]").expect("two views");
    let (head, servers) = views.split_once('[').and_then(|(_, all)| all.split_once("servers = [")).expect("servers");
    let (first, second) = servers.trim_end().trim_end_matches(']').split_once(", ").expect("two servers");
    let turned = format!("[{head}servers = [{second}, {first}]\n[view.external]{rest}");
    fs::write(served.folder.path().join("turned.toml"), turned).expect("the inventory is written");
    std::thread::scope(|threads| {
        for thread in 0..8 {
            let (served, estate) = (&served, &estate);
            threads.spawn(move || {
                for round in 0..13 {
                    let in_flight = ["1", "3", "64", "5000"][(thread + round) % 4];
                    let file = ["imctl.toml", "turned.toml"][round % 2];
                    let bulk: &[&str] = if round % 3 == 0 { &["--bulk"] } else { &[] };
                    let report = served.check(&[&["-c", file, "--in-flight", in_flight, "--timeout", "20"], bulk].concat());
                    let which = format!("thread {thread}, round {round}");
                    assert_same(&which, 23, &found(&report), &estate.found());
                    assert_same(&which, 23, &undecided(&report), &estate.undecided());
                }
            });
        }
    });
}

/// Whichever answer a recording lacks, nothing is found that was not found with it.
#[test]
fn without_any_one_answer_of_a_recording_nothing_new_is_found() {
    let estate = Estate::of(7, faults::KINDS.len());
    let Some(served) = Served::start(&estate) else { return };
    let whole = found(&served.check(&["--save", "answers.jsonl"]));
    let (inventory, answers) = recorded::read(served.folder.path());
    assert_eq!(found_without(&inventory, &answers, None), whole, "judged here as by the program");
    assert!(answers.len() > 5 * faults::KINDS.len(), "{} answers", answers.len());
    for without in 0..answers.len() {
        let found = found_without(&inventory, &answers, Some(without));
        let new: Vec<_> = found.difference(&whole).collect();
        assert!(new.is_empty(), "without {}: {new:?}", answers[without].0);
    }
}

/// What is found by these answers, less one of them.
fn found_without(inventory: &Inventory, answers: &[(Question, Answer)], without: Option<usize>) -> BTreeSet<Said> {
    let scope = Scope { views: View::ALL.to_vec(), dns: true, vantages: vec![View::Internal], ..Scope::default() };
    let kept = answers.iter().enumerate().filter(|(position, _)| Some(*position) != without).map(|(_, kept)| kept);
    let shown = |value: Option<String>| value.unwrap_or("-".to_owned());
    (recorded::judge(inventory, kept, &scope).findings.iter())
        .map(|f| {
            (f.rule.id.to_owned(), shown(f.domain.as_ref().map(ToString::to_string)), shown(f.view.map(|view| view.to_string())))
        })
        .collect()
}
