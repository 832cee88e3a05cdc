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
    let mut servers = Vec::new();
    let mut addresses = Vec::new();
    for (view, ip) in [("internal", "127.0.77.153"), ("external", "127.0.77.154")] {
        let home = folder.path().join(view);
        fs::create_dir(&home).expect("a folder");
        fs::write(home.join("example.zone"), format!("$ORIGIN example.\n{}", zone(view == "internal")))
            .expect("the zone is written");
        let port = free_port(ip);
        let path = home.display();
        let config = format!(
            "server:\n  rundir: {path}\n  listen: {ip}@{port}\n  pidfile: {path}/knot.pid\ndatabase:\n  storage: {path}\nzone:\n  - domain: example\n    \
             file: {path}/example.zone\n    zonefile-sync: -1\n    journal-content: none\n    semantic-checks: off\n"
        );
        fs::write(home.join("knot.conf"), config).expect("the configuration is written");
        let mut server = Server::start(&knotd, &["-c", &format!("{path}/knot.conf")], &home, "knotd");
        server.wait_for(&format!("{ip}:{port}"));
        addresses.push(format!("{ip}:{port}"));
        servers.push(server);
    }
    let report = check(folder.path(), &addresses[0], &addresses[1]);
    assert_the_faults_of_the_zones(&report, &[REFUSED]);
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
