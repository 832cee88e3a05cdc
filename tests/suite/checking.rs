//! dns-check, probe and audit as a user runs them, against scripted servers on loopback.

use std::fs;
use std::path::Path;

use imctl::dns::{DomainName, RecordData};
use imctl::loopback::{Asked, DnsPlay, DnsServer, HttpPlay, HttpServer, Script, Zone};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::imctl;

const RVP: (&str, &str) = ("RVP-Notifications-Version", "1.0");

pub(crate) fn name(text: &str) -> DomainName {
    text.parse().expect("a good name")
}

/// A zone with the healthy records of `example.com` in one view.
pub(crate) fn healthy(address: &str) -> Zone {
    Zone::new()
        .with(name("im.example.com"), 300, RecordData::A(address.parse().expect("IPv4")))
        .with(name("example.com"), 300, RecordData::A("192.0.2.80".parse().expect("IPv4")))
        .with(
            name("_rvp._tcp.example.com"),
            300,
            RecordData::Srv { priority: 0, weight: 0, port: 80, target: name("im.example.com") },
        )
}

pub(crate) fn dns(zone: Zone) -> DnsServer {
    DnsServer::start(zone.handler()).expect("a server")
}

/// A router that challenges whoever asks.
pub(crate) fn router() -> HttpServer {
    HttpServer::start(|request| match request.method.as_str() {
        "OPTIONS" => HttpPlay::answer(501, &[RVP]),
        _ => HttpPlay::answer(401, &[RVP, ("WWW-Authenticate", "NTLM")]),
    })
    .expect("a router")
}

/// One domain with a router and a proxy, over these servers.
fn inventory(internal: &DnsServer, external: &DnsServer, machines: &HttpServer) -> String {
    format!(
        r#"
[view.internal]
servers = ["{}"]
[view.external]
servers = ["{}"]
[[domain]]
name = "im.example.com"
external = true
routers = ["router-1"]
reverse_proxies = ["edge-1"]
[[router]]
name = "router-1"
addresses = ["10.1.0.10"]
[[reverse_proxy]]
name = "edge-1"
addresses = ["203.0.113.10"]
[connect]
"10.1.0.10:80" = "{at}"
"203.0.113.10:80" = "{at}"
"#,
        internal.address(),
        external.address(),
        at = machines.address()
    )
}

pub(crate) fn folder_with(inventory: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("imctl.toml"), inventory).expect("the inventory is written");
    folder
}

pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", self.stdout, self.stderr))
    }
}

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Ran {
    let output = imctl().current_dir(folder).args(arguments).output().expect("imctl runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran { code: output.status.code().expect("no signal"), stdout: text(output.stdout), stderr: text(output.stderr) }
}

pub(crate) fn rules(report: &Value) -> Vec<&str> {
    report["findings"].as_array().expect("findings").iter().map(|f| f["rule"].as_str().expect("text")).collect()
}

#[test]
fn a_healthy_domain_is_ok_and_nothing_is_said_on_standard_error() {
    let (internal, external, machines) = (dns(healthy("10.1.0.10")), dns(healthy("203.0.113.10")), router());
    let folder = folder_with(&inventory(&internal, &external, &machines));
    for command in ["dns-check", "probe", "audit"] {
        let ran = run(folder.path(), &[command]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{command}: {}", ran.stdout);
        assert!(ran.stdout.starts_with(&format!("imctl {command}: the domain is ok")), "{}", ran.stdout);
    }
    let report = run(folder.path(), &["audit", "--format", "json"]).json();
    assert_eq!(rules(&report), [] as [&str; 0]);
    assert_eq!(report["domains"][0]["probes"][0]["class"], "rvp");
    assert_eq!(report["run"]["vantage"], "internal");
}

#[test]
fn a_query_never_leaves_its_view_and_none_is_asked_twice() {
    let (internal, external, machines) = (dns(healthy("10.1.0.10")), dns(healthy("203.0.113.10")), router());
    let folder = folder_with(&inventory(&internal, &external, &machines));
    assert_eq!(run(folder.path(), &["dns-check", "--view", "internal"]).code, 0);
    assert!(external.asked().is_empty(), "{:?}", external.asked());
    let mut asked: Vec<_> = internal.asked().iter().map(|asked| format!("{} {}", asked.rtype, asked.name)).collect();
    let all = asked.len();
    asked.sort();
    asked.dedup();
    assert_eq!(asked.len(), all, "{asked:?}");
}

#[test]
fn what_servers_add_to_their_answers_is_shown_on_request_and_moves_no_cursor() {
    let zone = healthy("10.1.0.10");
    let options = vec![(3, b"dc1.ams".to_vec()), (15, b"\0\x03x\x1b\xe2\x80\xae".to_vec())];
    let says =
        move |asked: &Asked| vec![DnsPlay::Answer(Script { options: options.clone(), ..zone.answer(&asked.name, asked.rtype) })];
    let (internal, external, machines) = (DnsServer::start(says).expect("a server"), dns(healthy("203.0.113.10")), router());
    let folder = folder_with(&inventory(&internal, &external, &machines));
    let quiet = run(folder.path(), &["dns-check"]);
    assert_eq!((quiet.code, quiet.stdout.contains("dc1.ams") || quiet.stdout.contains("EDE")), (0, false), "{}", quiet.stdout);
    let shown = run(folder.path(), &["dns-check", "-v"]).stdout.replace(&internal.address().to_string(), "SERVER");
    assert!(shown.contains("SERVER is \"dc1.ams\"\n"), "{shown}");
    let said = "SERVER: EDE 3 (Stale Answer): x\\u{1b}\\u{202e}\n";
    assert!(shown.contains(said) && !shown.contains('\u{1b}'), "{shown}");
}

#[test]
fn a_leak_is_an_error_with_its_people_its_place_and_its_remedy() {
    let (internal, external, machines) = (dns(healthy("10.1.0.10")), dns(healthy("10.1.0.10")), router());
    let text = format!("emails = [\"people.txt\"]\n{}", inventory(&internal, &external, &machines));
    let folder = folder_with(&text);
    fs::write(folder.path().join("people.txt"), "ann@example.com\nBob <bob@example.com>\nann@example.com\n").expect("a list");
    let ran = run(folder.path(), &["audit", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let report = ran.json();
    let leak = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .find(|f| f["rule"] == "external-points-at-router")
        .expect("the leak");
    assert_eq!(leak["people"], 2);
    assert_eq!(leak["severity"], "error");
    assert_eq!(leak["view"], "external");
    assert_eq!(leak["expected"][0], "203.0.113.10");
    assert_eq!(leak["found"][0], "10.1.0.10");
    assert_eq!(leak["servers"], "1 of 1");
    assert_eq!(leak["location"]["file"], "imctl.toml");
    assert_eq!(report["domains"][0]["verdict"], "leaked");
    assert!(rules(&report).contains(&"duplicate-person"));
    assert_eq!(run(folder.path(), &["audit", "--fail-on", "never"]).code, 0);
    assert_eq!(run(folder.path(), &["audit", "--exit-zero"]).code, 0);
}

#[test]
fn a_server_that_is_down_is_one_finding_and_its_domains_are_undecided() {
    let (external, machines) = (dns(healthy("203.0.113.10")), router());
    let gone = dns(healthy("10.1.0.10"));
    let text = inventory(&gone, &external, &machines);
    drop(gone);
    let folder = folder_with(&text);
    let ran = run(folder.path(), &["dns-check", "--timeout", "0.3", "--format", "json"]);
    let report = ran.json();
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert_eq!(rules(&report), ["view-unreachable"]);
    assert_eq!(report["domains"][0]["views"]["internal"]["state"], "undecided");
    assert_eq!(report["domains"][0]["views"]["external"]["state"], "present");
    assert_eq!(report["summary"]["undecided"], 1);
    assert_eq!(run(folder.path(), &["dns-check", "--timeout", "0.3", "--fail-on", "never"]).code, 3);
}

#[test]
fn servfail_decides_nothing() {
    let broken = DnsServer::start(|_| vec![DnsPlay::Answer(Script::rcode(2))]).expect("a server");
    let (external, machines) = (dns(healthy("203.0.113.10")), router());
    let folder = folder_with(&inventory(&broken, &external, &machines));
    let ran = run(folder.path(), &["dns-check", "--format", "json"]);
    let report = ran.json();
    assert_eq!((ran.code, rules(&report)), (3, vec![]), "{report:#}");
    assert_eq!(report["domains"][0]["verdict"], "undecided");
    let reason = report["undecided"][0]["reason"].as_str().expect("text");
    assert_eq!(reason, format!("SERVFAIL from {}", broken.address()));
}

#[test]
fn a_wrong_canary_closes_the_view() {
    let internal = dns(healthy("10.1.0.10").with(name("dc1.example.com"), 60, RecordData::A("10.9.9.9".parse().expect("IPv4"))));
    let (external, machines) = (dns(healthy("203.0.113.10")), router());
    let canary = "canary = { name = \"dc1.example.com\", address = \"10.0.0.5\" }\n[view.external]";
    let folder = folder_with(&inventory(&internal, &external, &machines).replace("[view.external]", canary));
    let report = run(folder.path(), &["dns-check", "--format", "json"]).json();
    assert_eq!(rules(&report), ["vantage-point-wrong"]);
    assert_eq!(report["domains"][0]["views"]["internal"]["state"], "undecided");
    assert_eq!(internal.asked().len(), 1, "nothing but the canary is asked of a view that is not what it claims to be");
}

#[test]
fn flags_alone_are_enough() {
    let (internal, external) = (dns(healthy("10.1.0.10")), dns(healthy("203.0.113.10")));
    let folder = tempfile::tempdir().expect("a folder");
    let (inside, outside) = (internal.address().to_string(), external.address().to_string());
    let arguments = [
        "dns-check",
        "--internal",
        &inside,
        "--external",
        &outside,
        "--router",
        "10.1.0.0/16",
        "--reverse-proxy",
        "203.0.113.10",
        "im.example.com",
    ];
    let ran = run(folder.path(), &arguments);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);

    let swapped =
        ["dns-check", "--internal", &outside, "--external", &inside, "--router", "10.1.0.0/16", "--reverse-proxy", "203.0.113.10"];
    let list = folder.path().join("domains.txt");
    fs::write(&list, "# ours\nim.example.com\n").expect("a list");
    let ran = run(folder.path(), &[&swapped[..], &["--domains", "domains.txt", "--format", "json"]].concat());
    assert_eq!(ran.code, 1);
    assert_eq!(ran.json()["domains"][0]["verdict"], "swapped");

    let machines = router();
    let at = machines.address().to_string();
    let ran = run(folder.path(), &["probe", "--router", &at, "im.example.com", "--format", "json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.json()["domains"][0]["probes"][0]["address"], at.as_str());
    assert!(machines.requests().iter().all(|request| request.header("host") == Some("im.example.com")));
}

#[test]
fn a_recording_judged_again_gives_the_same_report_but_for_the_run() {
    let (internal, external, machines) = (dns(healthy("10.1.0.10")), dns(healthy("10.1.0.10")), router());
    let folder = folder_with(&inventory(&internal, &external, &machines));
    let live = run(folder.path(), &["audit", "--format", "json", "--save", "answers.jsonl"]);
    drop((internal, external, machines));
    let again = run(folder.path(), &["audit", "--format", "json", "--from", "answers.jsonl"]);
    assert_eq!(live.code, again.code, "{}", again.stderr);
    let without_run = |ran: &Ran| {
        let lines: Vec<_> = ran
            .stdout
            .lines()
            .filter(|line| !line.contains("\"started\"") && !line.contains("\"seconds\": ") || line.starts_with("      "))
            .map(str::to_owned)
            .collect();
        lines.join("\n")
    };
    assert_eq!(without_run(&live), without_run(&again));
    assert!(rules(&again.json()).contains(&"external-points-at-router"));
}

#[test]
fn a_recording_replaces_an_older_one_and_no_other_file() {
    let (internal, external, machines) = (dns(healthy("10.1.0.10")), dns(healthy("203.0.113.10")), router());
    let folder = folder_with(&inventory(&internal, &external, &machines));
    for _ in 0..2 {
        assert_eq!(run(folder.path(), &["dns-check", "--save", "answers.jsonl"]).code, 0);
    }
    let before = fs::read_to_string(folder.path().join("imctl.toml")).expect("the inventory");
    let ran = run(folder.path(), &["dns-check", "--save", "imctl.toml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("is no recording"), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(folder.path().join("imctl.toml")).expect("the inventory"), before);
}

#[test]
fn from_outside_routers_must_not_answer() {
    let (internal, external, machines) = (dns(healthy("10.1.0.10")), dns(healthy("203.0.113.10")), router());
    let folder = folder_with(&inventory(&internal, &external, &machines));
    let report = run(folder.path(), &["probe", "--vantage", "external", "--format", "json"]).json();
    assert_eq!(rules(&report), ["router-exposed-outside"]);
    assert_eq!(report["run"]["vantage"], "external");
}

#[test]
fn several_reports_come_from_one_run_whole_or_not_at_all() {
    let (internal, external, machines) = (dns(healthy("10.1.0.10")), dns(healthy("203.0.113.10")), router());
    let folder = folder_with(&inventory(&internal, &external, &machines));
    let ran = run(folder.path(), &["dns-check", "--report", "json=r.json", "--report", "table=r.txt"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let json: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("r.json")).expect("a report")).expect("JSON");
    assert_eq!(json["summary"]["ok"], 1);
    assert!(fs::read_to_string(folder.path().join("r.txt")).expect("a report").starts_with("imctl dns-check"));
    let left: Vec<_> = fs::read_dir(folder.path()).expect("the folder").map(|e| e.expect("a file").file_name()).collect();
    assert_eq!(left.len(), 3, "no temporary file is left: {left:?}");

    let asked = internal.asked().len();
    let ran = run(folder.path(), &["dns-check", "--report", "json=missing/r.json"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("there is no folder missing"), "{}", ran.stderr);
    assert_eq!(internal.asked().len(), asked, "nothing is asked when the report could not be written");
    assert_eq!(run(folder.path(), &["dns-check", "--report", "docx=r"]).code, 2);
}

#[test]
fn what_cannot_be_used_is_said_before_anything_is_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, said) in [
        (&["dns-check"][..], "no IM domain to check"),
        (&["audit"], "no IM domain to check"),
        (&["dns-check", "im.example.com"], "no view has DNS servers"),
        (&["dns-check", "--internal", "10.0.0.53:70000", "im.example.com"], "10.0.0.53:70000"),
        (&["dns-check", "--internal", "tls://127.0.0.1:70000", "im.example.com"], "tls://127.0.0.1:70000"),
        (&["probe", "--router", "10.1.0.300", "im.example.com"], "10.1.0.300"),
        (&["probe", "im.example.com"], "no machine to probe"),
        (&["dns-check", "--internal", "127.0.0.1", "im..example.com"], "im..example.com"),
        (&["audit", "-c", "nowhere.toml"], "nowhere.toml"),
        (&["audit", "--from", "nowhere.jsonl", "-c", "nowhere.toml"], "nowhere"),
        (&["dns-check", "--timeout", "0", "im.example.com"], "0.001"),
        (&["frobnicate"], "frobnicate"),
        (&["explain", "external-points-at-ruter"], "did you mean external-points-at-router"),
    ] {
        let ran = run(folder.path(), arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(said) && ran.stdout.is_empty(), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn an_e_mail_list_that_cannot_be_read_stops_the_audit_before_anything_is_asked() {
    let (internal, external, machines) = (dns(healthy("10.1.0.10")), dns(healthy("203.0.113.10")), router());
    let text = inventory(&internal, &external, &machines);
    let folder = folder_with(&format!("emails = [\"missing.txt\"]\n{text}"));
    let ran = run(folder.path(), &["audit"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.starts_with("error: the e-mail list missing.txt cannot be read: "), "{}", ran.stderr);
    assert!(internal.asked().is_empty() && machines.requests().is_empty());
}

#[test]
fn a_list_in_the_wrong_encoding_is_a_finding_at_its_place_and_the_rest_counts() {
    let (internal, external, machines) = (dns(healthy("10.1.0.10")), dns(healthy("203.0.113.10")), router());
    let text = inventory(&internal, &external, &machines);
    let folder = folder_with(&format!("emails = [\"latin1.txt\"]\n{text}"));
    fs::write(folder.path().join("latin1.txt"), b"ann@example.com\nj\xf6rg@example.com\n").expect("a list");
    let ran = run(folder.path(), &["audit", "--format", "json"]);
    let report = ran.json();
    assert_eq!((ran.code, rules(&report)), (1, vec!["invalid-address"]), "{}", ran.stderr);
    assert_eq!(report["findings"][0]["location"]["line"], 2);
    assert_eq!(report["domains"][0]["people"], 1);
}

#[test]
fn the_nearest_inventory_is_found_but_none_above_the_repository() {
    let (internal, external, machines) = (dns(healthy("10.1.0.10")), dns(healthy("203.0.113.10")), router());
    let folder = folder_with(&inventory(&internal, &external, &machines));
    let below = folder.path().join("a/b");
    fs::create_dir_all(&below).expect("folders");
    assert_eq!(run(&below, &["dns-check"]).code, 0);
    fs::create_dir(folder.path().join("a/.git")).expect("a repository");
    assert_eq!(run(&below, &["dns-check"]).code, 2);
    let output = imctl().current_dir(&below).env("IMCTL_CONFIG", "../../imctl.toml").arg("dns-check").output().expect("imctl runs");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn ten_thousand_domains_are_each_judged() {
    let server = |last: u8| {
        DnsServer::start(move |asked| {
            let script = match asked.name.as_str() {
                name if name.starts_with("im.") && asked.rtype == imctl::dns::RecordType::A => {
                    let data = RecordData::A([10, 1, 0, last].into());
                    Script::records(vec![imctl::dns::Record { owner: asked.name.clone(), ttl_secs: 300, data }])
                }
                name if name.starts_with("imctl-") => Script::no_such_name(),
                _ => Script::no_data(),
            };
            vec![DnsPlay::Answer(script)]
        })
        .expect("a server")
    };
    let internal = server(10);
    let rows: Vec<String> = (0..10_000).map(|n| format!("im.d{n}.example,d{n}.example,router-1\n")).collect();
    let folder = folder_with(&format!(
        "domain_list = [{{ file = \"domains.csv\" }}]\n[view.internal]\nservers = [\"{}\"]\n[[router]]\nname = \"router-1\"\naddresses = [\"10.1.0.10\"]\n\
         [rules]\n\"srv-record-missing\" = \"off\"\n",
        internal.address()
    ));
    fs::write(folder.path().join("domains.csv"), format!("name,email,routers\n{}", rows.concat())).expect("a list");
    let ran = run(folder.path(), &["dns-check", "--format", "json"]);
    let report = ran.json();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(report["summary"]["domains"], 10_000);
    assert_eq!(report["summary"]["ok"], 10_000);
    assert_eq!(report["domains"].as_array().expect("domains").len(), 10_000);
}
