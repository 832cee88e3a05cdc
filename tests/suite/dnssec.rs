//! dns-check with validation, against zones that BIND's tools signed and knot serves: one in order, one expired, one changed after it was
//! signed, and one that is not signed at all.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::servers::{Server, free_port};
use crate::support::{PATIENTLY, imctl, program};

const ZONES: [&str; 4] = ["good", "expired", "changed", "plain"];

/// Zone file text for `NAME.example` with an IM domain in it.
fn child() -> String {
    "$TTL 300\n@ IN SOA ns.example. hostmaster.example. 1 3600 600 86400 300\n@ IN NS ns.example.\nim IN A 10.1.0.10\n\
     _rvp._tcp IN SRV 0 0 80 im\n"
        .to_owned()
}

fn parent() -> String {
    let delegations: String = ZONES.map(|zone| format!("{zone} IN NS ns\n")).concat();
    format!("$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 86400 300\n@ IN NS ns\nns IN A 127.0.0.1\n{delegations}")
}

fn run(program: &Path, folder: &Path, arguments: &[&str]) {
    let output = Command::new(program).current_dir(folder).args(arguments).output().expect("it runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Signs a zone with keys of its own, from and until the given times.
fn sign(keygen: &Path, signzone: &Path, folder: &Path, zone: &str, times: [&str; 2]) {
    for flags in [&["-f", "KSK"][..], &[]] {
        run(keygen, folder, &[flags, &["-q", "-a", "ECDSAP256SHA256", zone]].concat());
    }
    let file = format!("{zone}.zone");
    // -P lets an expired zone pass; -g takes up what the children gave their parent; the public keys stand in the zone by -S.
    run(
        signzone,
        folder,
        &["-q", "-P", "-S", "-g", "-o", zone, "-s", times[0], "-e", times[1], "-f", &file, &format!("{zone}.plain")],
    );
}

/// Writes all zones, and the key of the topmost as a trust anchor.
fn zones(folder: &Path) -> Option<()> {
    let (keygen, signzone) = (program("dnssec-keygen")?, program("dnssec-signzone")?);
    let now = ["now-86400", "now+864000"];
    for zone in ZONES {
        let name = format!("{zone}.example");
        fs::write(folder.join(format!("{name}.plain")), child()).expect("the zone is written");
        match zone {
            "plain" => fs::write(folder.join(format!("{name}.zone")), child()).expect("the zone is written"),
            "expired" => sign(&keygen, &signzone, folder, &name, ["now-8640000", "now-86400"]),
            _ => sign(&keygen, &signzone, folder, &name, now),
        }
    }
    fs::write(folder.join("example.plain"), parent()).expect("the zone is written");
    sign(&keygen, &signzone, folder, "example", now);
    let changed = folder.join("changed.example.zone");
    let text = fs::read_to_string(&changed).expect("a zone").replace("10.1.0.10", "10.1.0.11");
    fs::write(changed, text).expect("the zone is written");
    let keys = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let of_parent =
        keys.filter(|path| path.to_string_lossy().contains("/Kexample.+") && path.extension().is_some_and(|e| e == "key"));
    let signing = of_parent.map(|path| fs::read_to_string(path).expect("a key")).find(|text| text.contains(" 257 "));
    fs::write(folder.join("example.dnskey"), signing.expect("a key-signing key")).expect("the anchor is written");
    Some(())
}

fn knot(folder: &Path) -> Option<(Server, u16)> {
    let knotd = program("knotd")?;
    let (path, port) = (folder.display(), free_port("127.0.0.1"));
    let zone = |name: &str| {
        format!(
            "  - domain: {name}\n    file: {path}/{name}.zone\n    zonefile-sync: -1\n    journal-content: none\n    semantic-checks: off\n"
        )
    };
    let zones: String = ZONES.iter().map(|name| zone(&format!("{name}.example"))).chain([zone("example")]).collect();
    let config = format!(
        "server:\n  rundir: {path}\n  listen: 127.0.0.1@{port}\n  pidfile: {path}/knot.pid\ndatabase:\n  storage: {path}\nzone:\n{zones}"
    );
    fs::write(folder.join("knot.conf"), config).expect("the configuration is written");
    let mut server = Server::start(&knotd, &["-c", &format!("{path}/knot.conf")], folder, "knotd");
    server.wait_for(&format!("127.0.0.1:{port}"));
    Some((server, port))
}

fn inventory(view: &str) -> String {
    let domain = |zone: &&str| format!("[[domain]]\nname = \"im.{zone}.example\"\nrouters = [\"router-1\"]\n");
    let domains: String = ZONES.iter().map(domain).collect();
    format!("[view.internal]\n{view}[[router]]\nname = \"router-1\"\naddresses = [\"10.1.0.10\"]\n{domains}")
}

fn check(folder: &Path, view: &str, arguments: &[&str]) -> Value {
    fs::write(folder.join("imctl.toml"), inventory(view)).expect("the inventory is written");
    let output = imctl()
        .current_dir(folder)
        .args(["dns-check", "--format", "json"])
        .args(PATIENTLY)
        .args(arguments)
        .output()
        .expect("imctl runs");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn findings(report: &Value) -> Vec<(&str, &str, String)> {
    let text = |finding: &'_ Value| finding["found"].to_string();
    let all = report["findings"].as_array().expect("findings").iter();
    all.map(|f| (f["domain"].as_str().expect("text"), f["rule"].as_str().expect("text"), text(f))).collect()
}

#[test]
fn signatures_are_validated_up_to_the_trust_anchor() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(()) = zones(folder.path()) else { return };
    let Some((_server, port)) = knot(folder.path()) else { return };
    let servers = format!("servers = [\"127.0.0.1:{port}\"]\n");

    let report = check(folder.path(), &format!("{servers}trust_anchor = \"example.dnskey\"\n"), &[]);
    let found = findings(&report);
    let rules: Vec<_> = found.iter().map(|(domain, rule, _)| (*domain, *rule)).collect();
    assert_eq!(rules, [("im.changed.example", "dnssec-bogus"), ("im.expired.example", "dnssec-bogus")], "{report:#}");
    assert!(found[0].2.contains("does not fit"), "{found:?}");
    assert!(found[1].2.contains("the signature over A im.expired.example. has expired"), "{found:?}");
    assert_eq!(report["undecided"].as_array().map(Vec::len), Some(0), "{report:#}");

    // Nobody asks for validation: the expired zone is as good as any, and the changed one has another address.
    let report = check(folder.path(), &servers, &[]);
    let rules: Vec<_> = findings(&report).iter().map(|(domain, rule, _)| format!("{domain} {rule}")).collect();
    assert_eq!(rules, ["im.changed.example internal-points-elsewhere"], "{report:#}");

    // What was not validated has not passed, and what is not found there is not mended.
    let junit = |view: &str| {
        fs::write(folder.path().join("imctl.toml"), inventory(view)).expect("the inventory is written");
        let output = imctl().current_dir(folder.path()).args(["dns-check", "--format", "junit"]).args(PATIENTLY).output();
        String::from_utf8(output.expect("imctl runs").stdout).expect("UTF-8")
    };
    assert!(!junit(&servers).contains("dnssec-bogus"));
    assert!(junit(&format!("{servers}trust_anchor = \"example.dnskey\"\n")).contains("dnssec-bogus"));

    // The root's keys, and a server that knows nothing of the root: nobody can tell.
    let report = check(folder.path(), &servers, &["--dnssec"]);
    assert_eq!(findings(&report), [], "{report:#}");
    let reasons: Vec<_> = report["undecided"].as_array().expect("undecided").iter().map(|u| u["reason"].to_string()).collect();
    assert!(!reasons.is_empty() && reasons.iter().all(|reason| reason.contains("REFUSED")), "{reasons:?}");
}

#[test]
fn a_server_without_signatures_leaves_all_undecided() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(()) = zones(folder.path()) else { return };
    for zone in ZONES.map(|zone| format!("{zone}.example")).into_iter().chain(["example".to_owned()]) {
        fs::copy(folder.path().join(format!("{zone}.plain")), folder.path().join(format!("{zone}.zone"))).expect("a copy");
    }
    let Some((_server, port)) = knot(folder.path()) else { return };
    let report = check(folder.path(), &format!("servers = [\"127.0.0.1:{port}\"]\ntrust_anchor = \"example.dnskey\"\n"), &[]);
    assert_eq!(findings(&report), [], "{report:#}");
    let reasons: Vec<_> = report["undecided"].as_array().expect("undecided").iter().map(|u| u["reason"].to_string()).collect();
    assert!(!reasons.is_empty() && reasons.iter().all(|reason| reason.contains("gives no signatures")), "{reasons:?}");
}
