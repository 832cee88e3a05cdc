//! dns-check against name servers that we did not write: BIND with two views, and knot, a process for each view.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::servers::{Server, free_port};
use crate::support::{PATIENTLY, imctl, program};

/// The inventory that both deployments are held against.
pub(crate) const ROLES: &str = r#"
[[router]]
name = "router-1"
addresses = ["10.1.0.10"]
[[reverse_proxy]]
name = "edge-1"
addresses = ["198.51.100.10"]
[[domain]]
name = "im.good.example"
external = true
routers = ["router-1"]
reverse_proxies = ["edge-1"]
[[domain]]
name = "im.leaked.example"
external = true
routers = ["router-1"]
reverse_proxies = ["edge-1"]
[[domain]]
name = "im.inner.example"
routers = ["router-1"]
[[domain]]
name = "im.alias.example"
external = true
routers = ["router-1"]
reverse_proxies = ["edge-1"]
[[domain]]
name = "im.elsewhere.test"
routers = ["router-1"]
"#;

const HEAD: &str = "$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 86400 300\n@ IN NS ns\nns IN A 10.0.0.53\n";

/// Zone file text for the zone `example` in one view.
pub(crate) fn zone(inside: bool) -> String {
    let address = if inside { "10.1.0.10" } else { "198.51.100.10" };
    let service = |domain: &str| format!("_rvp._tcp.{domain} IN SRV 0 0 80 im.{domain}\n{domain} IN TXT \"here\"\n");
    let mut zone = vec![HEAD.to_owned()];
    zone.extend(["good", "leaked"].map(service));
    zone.push(format!("im.good IN A {address}\nim.leaked IN A 10.1.0.10\n"));
    zone.push(format!("im.alias IN CNAME router\nrouter IN A {address}\nalias IN TXT \"here\"\n"));
    if inside {
        zone.push(service("inner") + "im.inner IN A 10.1.0.10\n");
    }
    zone.concat()
}

/// Runs dns-check on the five domains against one server for each view.
fn check(folder: &Path, internal: &str, external: &str) -> Value {
    let views = format!("[view.internal]\nservers = [\"{internal}\"]\n[view.external]\nservers = [\"{external}\"]\n");
    fs::write(folder.join("imctl.toml"), views + ROLES).expect("the inventory is written");
    let output = imctl().current_dir(folder).args(["dns-check", "--format", "json"]).args(PATIENTLY).output().expect("imctl runs");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"))
}

fn findings(report: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut all: Vec<_> = (report["findings"].as_array().expect("findings").iter())
        .map(|f| (text(&f["domain"]), text(&f["rule"]), text(&f["view"])))
        .collect();
    all.sort();
    all
}

/// How what is undecided begins where a server refuses to speak about it.
pub(crate) const REFUSED: &str = "REFUSED from ";

/// What both servers must lead to: exactly the faults of the zones, and the domain that they refuse to speak about undecided, for
/// reasons that begin so and no others; a refusal is among them.
pub(crate) fn assert_the_faults_of_the_zones(report: &Value, reasons_begin: &[&str]) {
    let expected = [
        ("im.alias.example", "reached-through-alias", "external"),
        ("im.alias.example", "reached-through-alias", "internal"),
        ("im.alias.example", "srv-record-missing", "-"),
        ("im.leaked.example", "external-points-at-router", "external"),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(d, r, v)| (d.to_owned(), r.to_owned(), v.to_owned())).collect();
    let reasons: Vec<_> =
        report["undecided"].as_array().expect("undecided").iter().map(|u| u["reason"].as_str().expect("text")).collect();
    assert_eq!(findings(report), expected, "{reasons:#?} {report:#}");
    let verdicts: Vec<_> =
        report["domains"].as_array().expect("domains").iter().map(|d| d["verdict"].as_str().expect("text")).collect();
    assert_eq!(verdicts, ["ok", "leaked", "ok", "ok", "undecided"]);
    let is_known = |reason: &&str| reasons_begin.iter().any(|begin| reason.starts_with(begin));
    assert!(reasons.iter().any(|reason| reason.starts_with(REFUSED)) && reasons.iter().all(is_known), "{reasons:?}");
}

#[test]
fn knot_with_a_process_for_each_view() {
    let Some(knotd) = program("knotd") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (_inside, internal) = knot(&knotd, &folder.path().join("internal"), "127.0.77.153", &zone(true));
    let (_outside, external) = knot(&knotd, &folder.path().join("external"), "127.0.77.154", &zone(false));
    let report = check(folder.path(), &internal, &external);
    assert_the_faults_of_the_zones(&report, &[REFUSED]);
}

/// knot in a folder of its own with the zone `example`, and where it answers.
fn knot(knotd: &Path, home: &Path, ip: &str, zone: &str) -> (Server, String) {
    fs::create_dir(home).expect("a folder");
    fs::write(home.join("example.zone"), format!("$ORIGIN example.\n{zone}")).expect("the zone is written");
    let (port, path) = (free_port(ip), home.display());
    let config = format!(
        "server:\n  rundir: {path}\n  listen: {ip}@{port}\n  pidfile: {path}/knot.pid\ndatabase:\n  storage: {path}\nzone:\n  - domain: example\n    \
         file: {path}/example.zone\n    zonefile-sync: -1\n    journal-content: none\n    semantic-checks: off\n"
    );
    fs::write(home.join("knot.conf"), config).expect("the configuration is written");
    let mut server = Server::start(knotd, &["-c", &format!("{path}/knot.conf")], home, "knotd");
    let address = format!("{ip}:{port}");
    server.wait_for(&address);
    (server, address)
}

/// BIND on 127.0.0.1 in a folder of its own, with the zone `example` or none, and where it answers.
fn bind(named: &Path, home: &Path, zone: Option<&str>) -> (Server, String) {
    fs::create_dir(home).expect("a folder");
    let (port, path) = (free_port("127.0.0.1"), home.display());
    let zones = zone.map_or_else(String::new, |zone| {
        fs::write(home.join("example.zone"), zone).expect("the zone is written");
        format!("zone \"example\" {{ type primary; file \"{path}/example.zone\"; }};\n")
    });
    let config = format!(
        "options {{ directory \"{path}\"; pid-file \"{path}/named.pid\"; session-keyfile \"{path}/session.key\"; managed-keys-directory \"{path}\"; \
         listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion no; dnssec-validation no; notify no; }};\ncontrols {{ }};\n{zones}"
    );
    fs::write(home.join("named.conf"), config).expect("the configuration is written");
    (Server::named(named, home), format!("127.0.0.1:{port}"))
}

/// knot is the primary, one BIND has the zone as it was before, and another never heard of it.
#[test]
fn name_servers_of_a_zone_that_have_not_the_same() {
    let (Some(knotd), Some(named)) = (program("knotd"), program("named")) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let zone = |serial: u8, address: &str| {
        let servers = ["1", "2", "3"].map(|n| format!("@ IN NS ns{n}\nns{n} IN A 192.0.2.{n}\n")).concat();
        let soa = format!("$TTL 300\n@ IN SOA ns1 hostmaster {serial} 3600 600 86400 300\n");
        format!("{soa}{servers}im.good IN A {address}\n_rvp._tcp.good IN SRV 0 0 80 im.good\n")
    };
    let (_first, first) = knot(&knotd, &folder.path().join("ns1"), "127.0.77.155", &zone(2, "10.1.0.10"));
    let (_second, second) = bind(&named, &folder.path().join("ns2"), Some(&zone(1, "10.1.0.9")));
    let (_third, third) = bind(&named, &folder.path().join("ns3"), None);
    let inventory = format!(
        "[view.internal]\nservers = [\"{first}\"]\n[connect]\n\"192.0.2.1:53\" = \"{first}\"\n\"192.0.2.2:53\" = \"{second}\"\n\
         \"192.0.2.3:53\" = \"{third}\"\n[[router]]\nname = \"router-1\"\naddresses = [\"10.1.0.10\"]\n\
         [[domain]]\nname = \"im.good.example\"\nrouters = [\"router-1\"]\n"
    );
    fs::write(folder.path().join("imctl.toml"), inventory).expect("the inventory is written");
    let run = |arguments: &[&str]| {
        let output = imctl().current_dir(folder.path()).args(["dns-check", "--format", "json"]).args(arguments).output();
        let report: Value = serde_json::from_slice(&output.expect("imctl runs").stdout).expect("a report");
        (findings(&report), report["findings"].clone(), report["undecided"].clone())
    };
    let (quiet, ..) = run(&PATIENTLY);
    assert_eq!(quiet, []);
    let (found, texts, undecided) = run(&[&PATIENTLY[..], &["--authoritative", "--save", "saved.jsonl"]].concat());
    let rule = |rule: &str| ("im.good.example".to_owned(), rule.to_owned(), "internal".to_owned());
    assert_eq!(found, [rule("lame-name-server"), rule("zone-servers-disagree")]);
    assert_eq!(undecided, serde_json::json!([]));
    assert_eq!(texts[0]["found"], serde_json::json!(["REFUSED from ns3.example (192.0.2.3:53)"]));
    let both = ["10.1.0.10 from ns1.example (192.0.2.1:53), serial 2", "10.1.0.9 from ns2.example (192.0.2.2:53), serial 1"];
    assert_eq!(texts[1]["found"], serde_json::json!(both));
    assert_eq!(run(&["--from", "saved.jsonl"]).0, found, "a recording is judged as the network was");
}

/// An address on lo that goes away with the test: BIND listens only on addresses that an interface has.
struct LoopbackAddress(&'static str);

impl LoopbackAddress {
    fn add(address: &'static str) -> Option<Self> {
        let done = |verb: &str| {
            let ip = program("ip")?;
            Command::new(ip).args(["addr", verb, &format!("{address}/32"), "dev", "lo"]).output().ok().map(|o| o.status.success())
        };
        let _ = done("del");
        done("add")?.then_some(Self(address))
    }
}

impl Drop for LoopbackAddress {
    fn drop(&mut self) {
        if let Some(ip) = program("ip") {
            let _ = Command::new(ip).args(["addr", "del", &format!("{}/32", self.0), "dev", "lo"]).output();
        }
    }
}

#[test]
fn bind_with_two_views_in_one_process() {
    let Some(named) = program("named") else { return };
    let (inside, outside) = ("127.0.77.53", "127.0.77.54");
    let (Some(_inside), Some(_outside)) = (LoopbackAddress::add(inside), LoopbackAddress::add(outside)) else {
        crate::support::skip("no address can be added to lo: BIND's views need root");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (path, port) = (folder.path().display(), free_port(inside));
    for view in ["internal", "external"] {
        fs::write(folder.path().join(format!("{view}.zone")), zone(view == "internal")).expect("the zone is written");
    }
    let view = |name: &str, address: &str| {
        format!(
            "view {name} {{ match-destinations {{ {address}; }}; recursion no; zone \"example\" {{ type primary; file \"{path}/{name}.zone\"; }}; }};\n"
        )
    };
    let config = format!(
        "options {{ directory \"{path}\"; pid-file \"{path}/named.pid\"; session-keyfile \"{path}/session.key\"; managed-keys-directory \"{path}\"; \
         listen-on port {port} {{ {inside}; {outside}; }}; listen-on-v6 {{ none; }}; dnssec-validation no; notify no; server-id \"dc1.ams\"; }};\ncontrols {{ }};\n{}{}",
        view("internal", inside),
        view("external", outside)
    );
    fs::write(folder.path().join("named.conf"), config).expect("the configuration is written");
    let _server = Server::named(&named, folder.path());
    let report = check(folder.path(), &format!("{inside}:{port}"), &format!("{outside}:{port}"));
    assert_the_faults_of_the_zones(&report, &[REFUSED]);
    let shown = imctl().current_dir(folder.path()).args(["dns-check", "-v"]).args(PATIENTLY).output().expect("imctl runs").stdout;
    let shown = String::from_utf8_lossy(&shown);
    assert!(shown.contains(&format!("{inside}:{port} is \"dc1.ams\"\n")), "{shown}");
}
