//! How hard DNS servers are pressed, as a user says it: flags, the inventory, and what the system grants.

use std::fs;

use imctl::dns::{DomainName, RecordData};
use imctl::loopback::{DnsServer, Zone};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::imctl;

fn name(text: &str) -> DomainName {
    text.parse().expect("a good name")
}

/// A server that knows so many domains, each in order.
fn server(domains: u8) -> DnsServer {
    let mut zone = Zone::new();
    for n in 0..domains {
        let service = RecordData::Srv { priority: 0, weight: 0, port: 80, target: name(&format!("im.d{n}.example")) };
        zone = zone.with(name(&format!("im.d{n}.example")), 300, RecordData::A([10, 1, 0, n].into())).with(
            name(&format!("_rvp._tcp.d{n}.example")),
            300,
            service,
        );
    }
    DnsServer::start(zone.handler()).expect("a server")
}

/// A folder with the list of those domains.
fn folder(domains: u8) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let list = (0..domains).map(|n| format!("im.d{n}.example\n")).collect::<Vec<_>>().concat();
    fs::write(folder.path().join("domains.txt"), list).expect("the list is written");
    folder
}

fn verdicts(stdout: &[u8]) -> Vec<String> {
    let report: Value = serde_json::from_slice(stdout).expect("a report");
    let domains = report["domains"].as_array().expect("domains");
    domains.iter().map(|domain| format!("{} {}", domain["name"], domain["verdict"])).collect()
}

#[test]
fn the_pace_changes_no_verdict() {
    let (server, folder) = (server(40), folder(40));
    let check = |flags: &[&str]| {
        let address = server.address().to_string();
        let given =
            ["dns-check", "--format", "json", "--router", "10.1.0.0/16", "--domains", "domains.txt", "--internal", &address];
        let output = imctl().current_dir(folder.path()).args(given).args(flags).output().expect("imctl runs");
        assert_eq!(output.status.code(), Some(0), "{flags:?}: {}", String::from_utf8_lossy(&output.stderr));
        verdicts(&output.stdout)
    };
    let plain = check(&[]);
    assert_eq!(plain.len(), 40);
    for flags in
        [&["--bulk"][..], &["--mix-case"], &["--in-flight", "1"], &["--bulk", "--mix-case", "--in-flight", "7", "--qps", "2000"]]
    {
        assert_eq!(check(flags), plain, "{flags:?}");
    }
}

#[test]
fn a_server_of_the_inventory_may_be_asked_in_bulk() {
    let (server, folder) = (server(3), folder(3));
    let domains =
        (0..3).map(|n| format!("[[domain]]\nname = \"im.d{n}.example\"\nrouters = [\"r\"]\n")).collect::<Vec<_>>().concat();
    let inventory = format!(
        "[view.internal]\nservers = [{{ address = \"{}\", bulk = true }}]\n[[router]]\nname = \"r\"\naddresses = [\"10.1.0.0/16\"]\n{domains}",
        server.address()
    );
    fs::write(folder.path().join("imctl.toml"), inventory).expect("the inventory is written");
    let output = imctl().current_dir(folder.path()).args(["dns-check", "--format", "json"]).output().expect("imctl runs");
    let verdicts = verdicts(&output.stdout);
    assert_eq!(
        (verdicts.len(), verdicts[0].as_str()),
        (3, "\"im.d0.example\" \"ok\""),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Some systems grant a process 256 descriptors, and a careful administrator fewer.
#[cfg(unix)]
#[test]
fn few_descriptors_are_enough() {
    let (servers, folder) = ([(); 10].map(|()| server(30)), folder(30));
    let flags = servers.iter().map(|server| format!(" --internal {}", server.address())).collect::<Vec<_>>().concat();
    for descriptors in [256, 40] {
        let command = format!(
            "ulimit -n {descriptors} && exec {} dns-check --format json --router 10.1.0.0/16 --domains domains.txt{flags}",
            assert_cmd::cargo::cargo_bin!("imctl").display()
        );
        let output = assert_cmd::Command::new("sh").current_dir(folder.path()).args(["-c", &command]).output().expect("sh runs");
        assert_eq!(output.status.code(), Some(0), "{descriptors}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(verdicts(&output.stdout).len(), 30);
    }
}
