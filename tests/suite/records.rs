//! records as a user runs it, and what other programs make of it: BIND, nsupdate, octoDNS, node.

use std::fs;
use std::path::Path;
use std::process::Command;

use imctl::dns::{DomainName, RecordData};
use imctl::loopback::{DnsServer, Zone};

use crate::support::servers::{Server, free_port};
use crate::support::{golden, imctl, program};

const ROLES: &str = r#"
[[router]]
name = "router-1"
addresses = ["10.1.0.10", "fd00::10"]
[[router]]
name = "router-2"
addresses = ["10.2.0.0/16"]
[[reverse_proxy]]
name = "edge-1"
addresses = ["198.51.100.10"]
[[domain]]
name = "im.example.com"
external = true
routers = ["router-1"]
reverse_proxies = ["edge-1"]
[[domain]]
name = "im.lab.example.com"
routers = ["router-1"]
[[domain]]
name = "im.example.org"
routers = ["router-2"]
"#;

/// Standard output, standard error and exit status.
fn records(folder: &Path, arguments: &[&str]) -> (String, String, Option<i32>) {
    let output = imctl().current_dir(folder).arg("records").args(arguments).output().expect("imctl runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr), output.status.code())
}

fn folder_with(inventory: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("imctl.toml"), inventory).expect("the inventory is written");
    folder
}

fn run(program: &Path, arguments: &[&str], folder: &Path) {
    let output = Command::new(program).args(arguments).current_dir(folder).output().expect("it runs");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {said}", program.display());
}

#[test]
fn every_format_is_written_as_it_was() {
    let folder = folder_with(ROLES);
    for format in ["bind", "nsupdate", "powershell", "octodns", "dnscontrol", "csv"] {
        let (text, _, code) = records(folder.path(), &["--format", format]);
        assert_eq!(code, Some(0), "{format}");
        golden(&format!("tests/records/{format}.txt"), &text);
    }
}

#[test]
fn a_range_is_said_and_no_address_is_made_up() {
    let folder = folder_with(ROLES);
    let (text, errors, code) = records(folder.path(), &["im.example.org", "--format", "csv", "--view", "internal"]);
    assert_eq!(text.lines().nth(1), Some("add,internal,example.org,_rvp._tcp.example.org,3600,SRV,0 0 80 im.example.org."));
    assert_eq!((text.lines().count(), code), (2, Some(0)));
    assert!(errors.contains("router router-2 is declared by a range only (10.2.0.0/16)"), "{errors}");
}

#[test]
fn the_zone_is_the_nearest_that_is_named() {
    let folder = folder_with(ROLES);
    let (text, ..) =
        records(folder.path(), &["im.lab.example.com", "--format", "powershell", "--zone", "example.com", "--ttl", "60"]);
    assert!(
        text.contains("-ZoneName 'example.com' -Name 'im.lab' -IPv4Address '10.1.0.10' -TimeToLive ([TimeSpan]::FromSeconds(60))"),
        "{text}"
    );
}

#[test]
fn options_that_mean_nothing_together_are_refused() {
    let folder = folder_with(ROLES);
    for (arguments, says) in
        [(["--from", "x.jsonl"], "give --fix"), (["--shard", "1/2"], "give --fix"), (["--server", "127.0.0.1"], "give --view")]
    {
        let (_, errors, code) = records(folder.path(), &arguments);
        assert!(errors.contains(says), "{errors}");
        assert_eq!(code, Some(2));
    }
}

#[test]
fn silence_proposes_nothing() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port");
    let at = silent.local_addr().expect("its address");
    let folder = folder_with(&format!("[view.internal]\nservers = [\"{at}\"]\n{ROLES}"));
    let (text, _, code) = records(folder.path(), &["--fix", "--timeout", "0.05", "--retries", "0"]);
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("so no change is proposed") && text.lines().all(|line| line.starts_with(';')), "{text}");
}

fn name(text: &str) -> DomainName {
    text.parse().expect("a good name")
}

/// A server that has everything right of im.example.com inside, but for the SRV record, which leads to this port.
fn inside(srv_port: u16) -> DnsServer {
    let service = RecordData::Srv { priority: 0, weight: 0, port: srv_port, target: name("im.example.com") };
    let zone = Zone::new()
        .with(name("im.example.com"), 3600, RecordData::A([10, 1, 0, 10].into()))
        .with(name("im.example.com"), 3600, RecordData::Aaaa("fd00::10".parse().expect("an address")))
        .with(name("_rvp._tcp.example.com"), 3600, service);
    DnsServer::start(zone.handler()).expect("the server starts")
}

#[test]
fn a_view_that_cannot_be_looked_at_is_named() {
    let server = inside(80);
    let folder = folder_with(&format!("[view.internal]\nservers = [\"{}\"]\n{ROLES}", server.address()));
    for format in ["bind", "csv"] {
        let (text, errors, code) = records(folder.path(), &["--fix", "im.example.com", "--format", format]);
        assert_eq!(code, Some(3), "{text}{errors}");
        assert_eq!(text.contains("external view: not looked at"), format == "bind", "{text}");
        assert_eq!(errors.matches("external view: not looked at").count(), 1, "{errors}");
        assert!(!errors.contains("nothing is to be done"), "{errors}");
    }
    let (text, errors, code) = records(folder.path(), &["--fix", "im.example.com", "--view", "internal"]);
    assert_eq!((text.as_str(), code), ("; nothing is to be done\n", Some(0)), "{errors}");
}

#[test]
fn a_view_that_no_domain_is_to_be_found_in_need_not_be_looked_at() {
    let server = inside(80);
    let roles = ROLES.replace("external = true\n", "").replace("reverse_proxies = [\"edge-1\"]\n", "");
    let folder = folder_with(&format!("[view.internal]\nservers = [\"{}\"]\n{roles}", server.address()));
    let (text, errors, code) = records(folder.path(), &["--fix", "im.example.com"]);
    assert_eq!((text.as_str(), code), ("; nothing is to be done\n", Some(0)), "{errors}");
}

#[test]
fn a_view_with_zone_files_only_is_judged_by_them() {
    let server = inside(80);
    let views = format!("[view.internal]\nservers = [\"{}\"]\n[view.external]\nzones = [\"outside.zone\"]\n", server.address());
    let folder = folder_with(&format!("{views}{ROLES}"));
    let zone = "$ORIGIN example.com.\n$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 86400 300\n@ IN NS ns\nns IN A 203.0.113.53\n\
                im IN A 10.1.0.10\n_rvp._tcp IN SRV 0 0 80 im\n";
    fs::write(folder.path().join("outside.zone"), zone).expect("the zone is written");
    let (text, errors, code) = records(folder.path(), &["--fix", "im.example.com"]);
    assert_eq!(code, Some(0), "{text}{errors}");
    let expected = "\n; zone example.com, external view\n; confirm, then delete: im.example.com. IN A 10.1.0.10\n\
                    im.example.com. 3600 IN A 198.51.100.10\n";
    assert_eq!(text, expected);
    assert!(errors.contains("the external view is judged by its zone files"), "{errors}");
}

#[test]
fn a_recording_proposes_what_was_proposed_when_it_was_made() {
    let server = inside(8080);
    let folder = folder_with(&format!("[view.internal]\nservers = [\"{}\"]\n{ROLES}", server.address()));
    let fix = ["im.example.com", "--fix", "--view", "internal"];
    let (live, errors, code) = records(folder.path(), &[&fix[..], &["--save", "answers.jsonl"]].concat());
    assert_eq!(code, Some(0), "{live}{errors}");
    assert!(live.contains("; confirm, then delete: _rvp._tcp.example.com. IN SRV 0 0 8080 im.example.com.\n"), "{live}");
    assert!(live.contains("\n_rvp._tcp.example.com. 3600 IN SRV 0 0 80 im.example.com.\n"), "{live}");
    let asked = server.asked().len();
    let (replayed, errors, code) = records(folder.path(), &[&fix[..], &["--from", "answers.jsonl"]].concat());
    assert_eq!((replayed, code, server.asked().len()), (live, Some(0), asked), "{errors}");
    let (text, _, code) = records(folder.path(), &["im.example.com", "--fix", "--from", "answers.jsonl"]);
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("; external view: not looked at, for the recordings have no answer of it"), "{text}");
}

#[test]
fn a_wrong_service_record_of_one_server_is_proposed_for_removal() {
    let servers = [inside(80), inside(80), inside(8080)];
    let addresses: Vec<String> = servers.iter().map(|server| format!("\"{}\"", server.address())).collect();
    let folder = folder_with(&format!("[view.internal]\nservers = [{}]\n{ROLES}", addresses.join(", ")));
    let fix = ["im.example.com", "--fix", "--view", "internal"];
    let (text, errors, code) = records(folder.path(), &fix);
    assert_eq!(code, Some(0), "{text}{errors}");
    let expected = "\n; zone example.com, internal view\n\
                    ; confirm, then delete: _rvp._tcp.example.com. IN SRV 0 0 8080 im.example.com.\n";
    assert_eq!(text, expected);
    let (text, ..) = records(folder.path(), &[&fix[..], &["--format", "octodns"]].concat());
    assert!(text.contains("port: 80\n") && text.contains("SRV 0 0 8080 im.example.com.: left out of the values below"), "{text}");
}

#[test]
fn bind_loads_the_lines_and_lint_finds_nothing_wrong_with_them() {
    let Some(checkzone) = program("named-checkzone") else { return };
    let folder = folder_with(&format!("[view.internal]\nzones = [\"*.zone\"]\n{ROLES}"));
    let domains = ["im.example.com", "im.lab.example.com", "--zone", "example.com", "--view", "internal"];
    let (lines, ..) = records(folder.path(), &domains);
    let head = "$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 86400 300\n@ IN NS ns\nns IN A 10.0.0.53\n";
    fs::write(folder.path().join("example.com.zone"), format!("{head}{lines}")).expect("the zone is written");
    run(&checkzone, &["example.com", "example.com.zone"], folder.path());
    let output = imctl().current_dir(folder.path()).args(["lint", "--format", "json"]).output().expect("imctl runs");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let of_dns = |finding: &&serde_json::Value| !finding["view"].is_null();
    let wrong: Vec<_> = report["findings"].as_array().expect("findings").iter().filter(of_dns).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_nsupdate_is_told_mends_the_zone() {
    let (Some(named), Some(nsupdate)) = (program("named"), program("nsupdate")) else { return };
    let port = free_port("127.0.0.1");
    let folder = folder_with(&format!("[view.internal]\nservers = [\"127.0.0.1:{port}\"]\n{ROLES}"));
    let path = folder.path().display();
    let zone = "$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 86400 300\n@ IN NS ns\nns IN A 10.0.0.53\nim IN A 10.9.9.9\n\
                _rvp._tcp IN SRV 0 0 8080 im\nim.lab IN CNAME gone\n";
    fs::write(folder.path().join("example.com.zone"), zone).expect("the zone is written");
    let config = format!(
        "options {{ directory \"{path}\"; pid-file \"{path}/named.pid\"; session-keyfile \"{path}/session.key\"; managed-keys-directory \"{path}\"; \
         listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; dnssec-validation no; notify no; recursion no; }};\ncontrols {{ }};\n\
         zone \"example.com\" {{ type primary; file \"{path}/example.com.zone\"; allow-update {{ 127.0.0.1; }}; }};\n"
    );
    fs::write(folder.path().join("named.conf"), config).expect("the configuration is written");
    let _server = Server::named(&named, folder.path());

    let fix =
        ["im.example.com", "im.lab.example.com", "--zone", "example.com", "--fix", "--view", "internal", "--format", "nsupdate"];
    let (script, errors, code) = records(folder.path(), &fix);
    assert_eq!(code, Some(0), "{script}{errors}");
    assert_eq!(script.matches(";update delete").count(), 3, "{script}");
    // A person confirms the removals.
    fs::write(folder.path().join("fix.txt"), script.replace(";update", "update")).expect("the script is written");
    run(&nsupdate, &["fix.txt"], folder.path());

    let output = imctl()
        .current_dir(folder.path())
        .args(["dns-check", "im.example.com", "im.lab.example.com"])
        .output()
        .expect("imctl runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let (script, _, code) = records(folder.path(), &fix);
    assert_eq!((script.as_str(), code), ("; nothing is to be done\n", Some(0)));
}

#[test]
fn octodns_accepts_the_documents() {
    let Some(validate) = program("octodns-validate") else { return };
    let folder = folder_with(ROLES);
    let (text, ..) = records(folder.path(), &["--format", "octodns", "--view", "internal", "--zone", "example.com"]);
    let mut documents = text.split("---\n").skip(1);
    let mut zones = String::new();
    for zone in ["example.com", "example.org"] {
        let document = documents.next().expect("a document for each zone");
        fs::write(folder.path().join(format!("{zone}.yaml")), format!("---\n{document}")).expect("the document is written");
        zones.extend(["  ", zone, ".:\n    sources: [here]\n    targets: [here]\n"]);
    }
    assert_eq!(documents.next(), None);
    let provider =
        "providers:\n  here:\n    class: octodns.provider.yaml.YamlProvider\n    directory: .\n    enforce_order: true\n";
    fs::write(folder.path().join("octodns.yaml"), format!("{provider}zones:\n{zones}")).expect("the configuration is written");
    run(&validate, &["--config-file", "octodns.yaml"], folder.path());
}

#[test]
fn the_lines_for_dnscontrol_are_javascript() {
    let Some(node) = program("node") else { return };
    let folder = folder_with(ROLES);
    let (text, ..) = records(folder.path(), &["--format", "dnscontrol"]);
    assert!(text.contains("D(\"example.com!inside\"") && text.contains("D(\"example.com!outside\""), "{text}");
    fs::write(folder.path().join("dnsconfig.js"), text).expect("the file is written");
    run(&node, &["--check", "dnsconfig.js"], folder.path());
}
