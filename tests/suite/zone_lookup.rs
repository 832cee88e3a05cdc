//! Zone files looked up by imctl and served by knot: the same zones give the same replies to the same questions.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;

use imctl::dns::{DomainName, RecordType, View, Zone, ZoneAnswer, Zones, zone_file};
use imctl::observe::{Answer, Failure, Live, LiveSettings, Question, Reply, Source, ZoneFiles};

use crate::support::program;
use crate::support::servers::{Server, free_port};

const TYPES: [RecordType; 4] = [RecordType::A, RecordType::Aaaa, RecordType::Cname, RecordType::Srv];
/// Few labels, so that names meet: above, below and beside each other.
const LABELS: [&str; 5] = ["a", "b", "c", "*", "_tcp"];
const RECORDS: usize = 60;

/// Numbers that are the same at every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound
    }

    fn name(&mut self) -> String {
        let labels = 1 + self.below(3);
        (0..labels).map(|_| LABELS[self.below(LABELS.len())]).collect::<Vec<_>>().join(".")
    }
}

/// A random zone that loads: no alias beside anything else, no delegation at or below what has records of another kind there.
fn zone(seed: u64) -> String {
    let mut numbers = Numbers(seed);
    let mut text = "$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 300\n@ NS ns\nns A 10.0.0.53\n".to_owned();
    let mut owners: BTreeMap<String, bool> = BTreeMap::new();
    for count in 0..RECORDS {
        let owner = numbers.name();
        let (kind, target) = (numbers.below(12), numbers.name());
        let alias = kind < 3;
        if owners.get(&owner).is_some_and(|was_alias| *was_alias || alias) {
            continue;
        }
        owners.insert(owner.clone(), alias);
        let target = if kind == 0 { format!("{target}.other.test.") } else { target };
        let value = match kind {
            0..3 => format!("CNAME {target}"),
            3 if !owner.starts_with('*') => format!("NS ns.{target}"),
            4 => format!("AAAA fd00::{count}"),
            5 => format!("SRV 0 0 80 {target}"),
            6 => "TXT \"here\"".to_owned(),
            _ => format!("A 10.1.0.{count}"),
        };
        let _ = writeln!(text, "{owner} {value}");
    }
    text
}

fn zones(apex: &str, text: &str) -> Zones {
    let origin = apex.parse().expect("a name");
    let file = zone_file::parse(apex, text.as_bytes(), Some(&origin), &|_, path| Err(path.to_owned())).expect("a zone");
    let mut zones = Zones::default();
    zones.add(Zone::of_file(file).expect("a sound zone")).expect("one zone");
    zones
}

/// Every name of up to four of the labels.
fn names(apex: &str) -> Vec<DomainName> {
    let mut names = vec![Vec::new()];
    let mut last = names.clone();
    for _ in 0..4 {
        let longer = |name: &Vec<&'static str>| LABELS.map(|label| [vec![label], name.clone()].concat());
        last = last.iter().flat_map(longer).collect();
        names.extend(last.iter().cloned());
    }
    let wire = |labels: &Vec<&str>| DomainName::from_wire(labels.iter().copied().chain(apex.split('.')).map(str::as_bytes));
    names.iter().map(wire).collect()
}

fn ask(source: &dyn Source, questions: &[Question]) -> BTreeMap<Question, Answer> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut answers = BTreeMap::new();
    let mut deliver = |question, answer| {
        answers.insert(question, answer);
    };
    runtime.block_on(source.ask(questions.to_vec(), &mut deliver));
    answers
}

/// A reply for comparison; what imctl does not know has to be what knot refers to others.
fn reply(answer: &Answer) -> Reply {
    match answer {
        Answer::Dns(answer) => answer.replies[0].reply.clone(),
        Answer::Unknown(_) => Reply::Failed(Failure::Lame),
        Answer::Authority(_) | Answer::Http(_) => panic!("only the view was asked"),
    }
}

#[test]
fn knot_and_the_look_up_answer_the_same() {
    let Some(knotd) = program("knotd") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (path, port) = (folder.path().display(), free_port("127.0.0.1"));
    let seeds: Vec<u64> = (1..=12).collect();
    let mut config = format!(
        "server:\n  rundir: {path}\n  listen: 127.0.0.1@{port}\n  pidfile: {path}/knot.pid\ndatabase:\n  storage: {path}\nzone:\n"
    );
    let apex = |seed: &u64| format!("zone{seed}.test");
    for seed in &seeds {
        fs::write(folder.path().join(apex(seed)), zone(*seed)).expect("the zone is written");
        let _ = writeln!(
            config,
            "  - domain: {0}\n    file: {path}/{0}\n    zonefile-sync: -1\n    journal-content: none\n    semantic-checks: off",
            apex(seed)
        );
    }
    fs::write(folder.path().join("knot.conf"), config).expect("the configuration is written");
    let mut server = Server::start(&knotd, &["-c", &format!("{path}/knot.conf")], folder.path(), "knotd");
    server.wait_for(&format!("127.0.0.1:{port}"));
    let settings = LiveSettings {
        servers: BTreeMap::from([(View::Internal, vec![SocketAddr::from(([127, 0, 0, 1], port))])]),
        ..LiveSettings::default()
    };
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in &seeds {
        let zones = ZoneFiles(BTreeMap::from([(View::Internal, zones(&apex(seed), &zone(*seed)))]));
        let of_name = |name: &DomainName| TYPES.map(|rtype| Question::dns(View::Internal, name, rtype));
        let questions: Vec<Question> = names(&apex(seed)).iter().flat_map(of_name).collect();
        let (ours, theirs) = (ask(&zones, &questions), ask(&Live::new(&settings).expect("a client"), &questions));
        for question in &questions {
            let (our, their) = (reply(&ours[question]), reply(&theirs[question]));
            assert_eq!(our, their, "zone {seed}, {question}\n{}", zone(*seed));
            *kinds.entry(kind(&our)).or_default() += 1;
        }
    }
    assert!(kinds.len() == 5 && kinds.values().all(|count| *count > 200), "every kind of reply was compared: {kinds:?}");
}

fn kind(reply: &Reply) -> &'static str {
    match reply {
        Reply::Records(records) if records.len() > 1 => "several records",
        Reply::Records(_) => "a record",
        Reply::NoData => "no data",
        Reply::NoSuchName => "no such name",
        Reply::Failed(_) => "not known",
    }
}

/// What named-compilezone makes of a zone is read as the zone itself.
#[test]
fn what_named_compilezone_writes_is_the_same_zone() {
    let Some(compile) = program("named-compilezone") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    for (seed, style) in [(3, "full"), (4, "relative"), (5, "full"), (6, "relative")] {
        let text = zone(seed)
            + "$GENERATE 1-20/3 h${5,3} CNAME \"h$.pool\"\nodd\\.name\\032x A 10.0.0.1\n  ( ; over lines\n 1h30m ) A 10.0.0.2\n";
        let (source, target) = (folder.path().join("source"), folder.path().join("target"));
        fs::write(&source, &text).expect("the zone is written");
        let output = std::process::Command::new(&compile)
            .args(["-i", "none", "-k", "ignore", "-n", "ignore", "-r", "ignore", "-s", style, "-o"])
            .args([&target, std::path::Path::new("zone.test"), &source])
            .output()
            .expect("it runs");
        assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stdout));
        let compiled = fs::read_to_string(&target).expect("the compiled zone");
        let (ours, theirs) = (zones("zone.test", &text), zones("zone.test", &compiled));
        let generated = ["h006", "h009", "h024", "h007"].map(|label| format!("{label}.zone.test").parse().expect("a name"));
        let odd = DomainName::from_wire([b"odd.name x".as_slice(), b"zone", b"test"].into_iter());
        for name in names("zone.test").into_iter().chain(generated).chain([odd.clone()]) {
            for rtype in TYPES {
                assert_eq!(ours.answer(&name, rtype), theirs.answer(&name, rtype), "{rtype} {name}\n{compiled}");
            }
        }
        let ZoneAnswer::Records(records) = ours.answer(&odd, RecordType::A) else { panic!("no records of {odd}") };
        assert_eq!(records.iter().map(|record| record.ttl_secs).collect::<Vec<_>>(), [300, 300]);
    }
}
