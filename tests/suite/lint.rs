//! lint as a user runs it: inventory, e-mail lists and zone files, and no network at all.

use std::fs;
use std::path::Path;

use imctl::loopback::{DnsPlay, DnsServer, Script};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{imctl, program, skip};

const INVENTORY: &str = r#"emails = ["people.txt"]
[view.internal]
zones = ["zones/internal/*.zone"]
canary = { name = "dc1.corp.example", address = "10.0.0.5" }
[view.external]
zones = ["zones/external/example.com.zone"]
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
"#;

/// The zone `example.com` with a healthy IM domain at this address.
fn zone(address: &str) -> String {
    format!(
        "$ORIGIN example.com.\n$TTL 1h\n@ IN SOA ns hostmaster 1 3600 600 86400 300\n  NS ns\nns A 192.0.2.53\n@ A 192.0.2.80\n\
         _rvp._tcp SRV 0 0 80 im\nim A {address}\n"
    )
}

fn write(folder: &TempDir, path: &str, text: &str) {
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
    fs::write(path, text).expect("a file");
}

/// A folder with a healthy deployment.
fn healthy() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(&folder, "imctl.toml", INVENTORY);
    write(&folder, "people.txt", "ann@example.com\n");
    write(&folder, "zones/internal/example.com.zone", &zone("10.1.0.10"));
    write(&folder, "zones/external/example.com.zone", &zone("203.0.113.10"));
    folder
}

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

fn finish(output: std::process::Output) -> Ran {
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran { code: output.status.code().expect("no signal"), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn lint(folder: &Path, arguments: &[&str]) -> Ran {
    finish(imctl().current_dir(folder).arg("lint").args(arguments).output().expect("imctl runs"))
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", ran.stdout, ran.stderr))
}

/// Rule and place of each finding.
fn findings(ran: &Ran) -> Vec<String> {
    let report = json(ran);
    let each = report["findings"].as_array().expect("findings").iter();
    each.map(|f| {
        let (rule, at) = (f["rule"].as_str().expect("text"), &f["location"]);
        format!("{rule} {}:{}:{}", at["file"].as_str().unwrap_or("-"), at["line"], at["column"])
    })
    .collect()
}

#[test]
fn a_healthy_deployment_is_ok_and_nothing_is_said_on_standard_error() {
    let folder = healthy();
    let ran = lint(folder.path(), &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    assert!(ran.stdout.starts_with("imctl lint: the domain is ok"), "{}", ran.stdout);
    assert!(ran.stdout.contains("looked up in the zone files (external): "), "{}", ran.stdout);
    assert!(ran.stdout.contains("s, without the network\n"), "{}", ran.stdout);
    let ran = lint(folder.path(), &["--format", "json"]);
    let report = json(&ran);
    assert_eq!(report["domains"][0]["views"]["external"]["addresses"][0], "203.0.113.10");
    assert_eq!((findings(&ran), report["summary"]["undecided"].as_u64()), (vec![], Some(0)));
    assert_eq!(report["views"][0]["servers"].as_array().map(Vec::len), Some(0), "no server was asked");
}

#[test]
fn what_is_wrong_is_found_at_its_line_in_inventory_list_and_zone_file() {
    let folder = healthy();
    write(&folder, "people.txt", "ann@example.com\n# a comment\nno address\n");
    write(&folder, "zones/external/example.com.zone", &zone("203.0.113.10").replace("im A 2", "im A 10.1.0.10\nim A 2"));
    write(&folder, "zones/internal/example.com.zone", &zone("10.1.0.10").replace("SRV 0 0 80", "SRV 0 0 5060"));
    let text = fs::read_to_string(folder.path().join("imctl.toml")).expect("the inventory");
    write(&folder, "imctl.toml", &(text + "[[domain]]\nname = \"im.fabrikam.example\"\n"));
    let ran = lint(folder.path(), &["--format", "json"]);
    let found = findings(&ran);
    for expected in [
        "invalid-address people.txt:3:1",
        "external-points-at-router zones/external/example.com.zone:8:1",
        "srv-port zones/internal/example.com.zone:7:1",
        "domain-without-router imctl.toml:19:8",
    ] {
        assert!(found.iter().any(|f| f == expected), "{expected}: {found:#?}");
    }
    assert_eq!(ran.code, 1);
    let report = json(&ran);
    let undecided = report["undecided"].as_array().expect("undecided");
    assert!(undecided.iter().all(|u| u["domain"] == "im.fabrikam.example"), "{undecided:?}");
    let leak = report["findings"].as_array().expect("findings").iter().find(|f| f["rule"] == "external-points-at-router");
    assert!(leak.expect("the leak")["servers"].is_null(), "no server said it");
}

#[test]
fn a_missing_record_points_at_the_head_of_the_zone() {
    let folder = healthy();
    write(&folder, "zones/internal/example.com.zone", &zone("10.1.0.10").replace("im A", "in A"));
    let ran = lint(folder.path(), &["--format", "json"]);
    assert_eq!(ran.code, 1);
    let found = findings(&ran);
    assert!(found.contains(&"internal-record-missing zones/internal/example.com.zone:3:1".to_owned()), "{found:?}");
    assert_eq!(json(&ran)["domains"][0]["verdict"], "missing-inside");
}

#[test]
fn a_wildcard_is_named_at_its_line() {
    let folder = healthy();
    write(&folder, "zones/internal/example.com.zone", &zone("10.1.0.10").replace("im A", "* A"));
    let ran = lint(folder.path(), &["--format", "json", "--fail-on", "warning"]);
    assert_eq!((ran.code, findings(&ran)), (1, vec!["wildcard-answer zones/internal/example.com.zone:8:1".to_owned()]));
}

#[test]
fn what_no_zone_file_says_is_undecided_and_not_absent() {
    let folder = healthy();
    for (what, text, reason) in [
        ("delegated", zone("10.1.0.10").replace("im A 10.1.0.10", "im NS ns.other.test."), "im.example.com is delegated"),
        (
            "another zone",
            zone("10.1.0.10").replace("$ORIGIN example.com.", "$ORIGIN example.net."),
            "no zone file has im.example.com",
        ),
        ("renamed", zone("10.1.0.10").replace("im A 10.1.0.10", "") + "@ DNAME other.test.\n", "example.com is renamed by a DNAME"),
        ("an alias away", zone("10.1.0.10").replace("im A 10.1.0.10", "im CNAME im.other.test."), "no zone file has im.other.test"),
        ("WINS", zone("10.1.0.10").replace("im A 10.1.0.10", "@ WINS L2 C900 ( 10.0.0.3 )"), "the zone example.com asks WINS"),
    ] {
        write(&folder, "zones/internal/example.com.zone", &text);
        let ran = lint(folder.path(), &["--format", "json", "--fail-on", "error"]);
        let report = json(&ran);
        assert_eq!(ran.code, 3, "{what}: {report:#}");
        assert_eq!(report["domains"][0]["verdict"], "undecided", "{what}");
        let reasons: Vec<_> = report["undecided"].as_array().expect("undecided").iter().map(|u| u["reason"].to_string()).collect();
        assert!(reasons.iter().any(|r| r.contains(reason)), "{what}: {reasons:?}");
    }
}

#[test]
fn a_view_without_zone_files_is_not_judged_and_that_is_said() {
    let folder = healthy();
    let text = fs::read_to_string(folder.path().join("imctl.toml")).expect("the inventory");
    let text = text.replace("zones = [\"zones/external/example.com.zone\"]", "servers = [\"192.0.2.1\"]");
    write(&folder, "imctl.toml", &text);
    let ran = lint(folder.path(), &["--format", "json"]);
    assert_eq!((ran.code, findings(&ran)), (0, vec![]), "{}", ran.stderr);
    assert!(ran.stderr.contains("the DNS of the external view is not judged"), "{}", ran.stderr);
    assert!(json(&ran)["domains"][0]["views"].get("external").is_none());
    assert_eq!(lint(folder.path(), &["-q"]).stderr, "");

    write(&folder, "imctl.toml", "[[domain]]\nname = \"im.example.com\"\n");
    let ran = lint(folder.path(), &["--format", "json"]);
    assert_eq!((ran.code, findings(&ran)), (1, vec!["domain-without-router imctl.toml:2:8".to_owned()]), "the inventory is judged");
}

#[test]
fn every_dialect_of_zone_files_leads_to_the_same_report() {
    let folder = healthy();
    let windows = ";\r\n;  Database file example.com.dns for Default zone scope in zone example.com.\r\n;\r\n\
                   @                       IN  SOA dc1.example.com. hostmaster.example.com. (\r\n\t\t\t42 ; serial\r\n\t\t\t900\r\n\t\t\t600\r\n\
                   \t\t\t86400\r\n\t\t\t3600 ) ; default TTL\r\n@                       NS\tdc1.example.com.\r\n\
                   @                       [AGE:3651474]\t600\tA\t192.0.2.80\r\n_rvp._tcp               600\tSRV\t0 0 80\tim.example.com.\r\n\
                   im                      600\tA\t10.1.0.10\r\n";
    let compiled = "example.com.\t\t\t\t      3600 IN SOA\tns.example.com. h.example.com. 1 3600 600 86400 300\n\
                    example.com.\t\t\t\t      3600 IN A\t\t192.0.2.80\n_rvp._tcp.example.com.\t\t\t      3600 IN SRV\t0 0 80 im.example.com.\n\
                    im.example.com.\t\t\t\t      3600 IN A\t\t10.1.0.10\n";
    let split = "$ORIGIN example.com.\n@ 300 SOA ns h 1 2 3 4 300\n@ A 192.0.2.80\n$INCLUDE ../parts/im.part im\n$INCLUDE ../parts/srv.part\n";
    let generated = "$ORIGIN com.\n$TTL 5m\nexample SOA ns h 1 2 3 4 300\nexample A 192.0.2.80\n$ORIGIN example\n$GENERATE 10-10 im A 10.1.0.$\n\
                     _rvp._tcp TYPE33 \\# 22 0000 0000 0050 02 696d 07 6578616d706c65 03 636f6d 00\n";
    write(&folder, "zones/parts/im.part", "@ A 10.1.0.10\n");
    write(&folder, "zones/parts/srv.part", "_rvp._tcp SRV ( 0 0 ; here\n 80 im )\n");
    for (file, text) in [
        ("example.com.dns", windows),
        ("db.example.com", windows),
        ("compiled", compiled),
        ("internal.zone", split),
        ("g.zone", generated),
        ("bom.zone", &format!("\u{feff}{split}")),
    ] {
        write(&folder, &format!("zones/other/{file}"), text);
        write(&folder, "imctl.toml", &inventory_with(&format!("zones/other/{file}")));
        let ran = lint(folder.path(), &["--format", "json", "--fail-on", "note"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{file}: {}", ran.stdout);
        assert_eq!(json(&ran)["domains"][0]["views"]["internal"]["addresses"][0], "10.1.0.10", "{file}");
    }
}

/// The healthy inventory with other zone files for the internal view.
fn inventory_with(internal: &str) -> String {
    INVENTORY.replace("zones/internal/*.zone", internal)
}

#[test]
fn a_zone_that_does_not_load_is_an_error_with_every_place() {
    let folder = healthy();
    write(&folder, "zones/internal/example.com.zone", &(zone("10.1.0.300") + "im CNAME x\n$INCLUDE gone.part\n"));
    write(&folder, "zones/internal/second.zone", "$ORIGIN example.net.\n$TTL 60\n@ SOA ns h 1 2 3 4 5\na FOO b\n");
    let ran = lint(folder.path(), &["--format", "json"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    let lines: Vec<_> = ran.stderr.lines().collect();
    assert_eq!(lines.len(), 3, "{}", ran.stderr);
    assert_eq!(lines[0], "error: zones/internal/example.com.zone:8:6: \"10.1.0.300\" is not an IPv4 address, such as 10.1.0.10");
    assert!(lines[1].starts_with("error: zones/internal/example.com.zone:10:10: \"gone.part\" cannot be included: "));
    assert!(lines[2].starts_with("error: zones/internal/second.zone:4:3: there is no record type \"FOO\""));
}

#[test]
fn what_cannot_be_a_view_s_zones_is_said_before_anything_is_judged() {
    let folder = healthy();
    write(&folder, "zones/twice/a.zone", &zone("10.1.0.10"));
    write(&folder, "zones/twice/b.zone", &zone("10.1.0.10"));
    write(&folder, "zones/alias/a.zone", &(zone("10.1.0.10") + "im CNAME ns\n"));
    write(&folder, "zones/part/a.zone", "im A 10.1.0.10\n");
    for (zones, said) in [
        ("zones/none/*.zone", "imctl.toml:2:1: zones: no file is called zones/none/*.zone"),
        ("gone.zone", "no file is called gone.zone"),
        ("zones/twice/*", "zones/twice/b.zone:3:1: the view has the zone example.com already, at zones/twice/a.zone:3:1"),
        ("zones/alias/*", "zones/alias/a.zone:9:1: im.example.com is an alias (CNAME) and owns something else"),
        ("zones/part/*", "zones/part/a.zone:1:1: \"im\" is relative, and nothing says to what: begin the file with $ORIGIN"),
    ] {
        write(&folder, "imctl.toml", &inventory_with(zones));
        let ran = lint(folder.path(), &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{zones}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{zones}: {}", ran.stderr);
    }
    let empty = tempfile::tempdir().expect("a folder");
    let ran = lint(empty.path(), &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("no IM domain to check"), "{}", ran.stderr);
}

#[test]
fn commands_that_ask_servers_leave_a_view_of_zone_files_out_and_say_so() {
    let folder = healthy();
    let run = |command: &str| {
        finish(imctl().current_dir(folder.path()).args([command, "--format", "json"]).output().expect("imctl runs"))
    };
    let ran = run("dns-check");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("no DNS servers"), "{}", ran.stderr);

    let server = DnsServer::start(|_| vec![DnsPlay::Answer(Script::no_data())]).expect("a server");
    let servers = format!("servers = [\"{}\"]\n[view.external]", server.address());
    let text = INVENTORY.replace("[view.external]", &servers).replace("canary", "# canary");
    write(&folder, "imctl.toml", &text);
    for command in ["dns-check", "audit"] {
        let ran = run(command);
        assert!(ran.stderr.contains("the external view has zone files and no servers"), "{command}: {}", ran.stderr);
        assert!(json(&ran)["domains"][0]["views"].get("external").is_none(), "{command}");
    }
    let asked = server.asked().len();
    assert_eq!(lint(folder.path(), &[]).code, 0, "of a view with both, lint reads the zone files");
    assert_eq!(server.asked().len(), asked, "and asks nobody");
}

#[test]
fn levels_and_suppressions_hold_and_those_of_what_is_not_judged_are_not_called_unused() {
    let folder = healthy();
    write(&folder, "zones/external/example.com.zone", &zone("10.1.0.10"));
    let suppress = |rule: &str| {
        format!("[[suppress]]\nrule = \"{rule}\"\ndomain = \"im.example.com\"\nreason = \"known\"\nexpires = 2999-12-31\n")
    };
    let text = INVENTORY.to_owned()
        + &suppress("external-points-at-router")
        + &suppress("unreachable")
        + &suppress("servers-disagree")
        + &suppress("dangling-alias");
    write(&folder, "imctl.toml", &text);
    let ran = lint(folder.path(), &["--format", "json"]);
    assert_eq!((ran.code, findings(&ran)), (0, vec!["unused-suppression imctl.toml:34:8".to_owned()]));
    let half = text.replace("zones = [\"zones/external/example.com.zone\"]", "servers = [\"192.0.2.1\"]");
    write(&folder, "imctl.toml", &half);
    assert_eq!(findings(&lint(folder.path(), &["--format", "json"])), [] as [&str; 0], "it may hide something outside");
    write(&folder, "imctl.toml", &(INVENTORY.to_owned() + "[rules]\nexternal-points-at-router = \"note\"\n"));
    assert_eq!(lint(folder.path(), &[]).code, 0);
    assert_eq!(lint(folder.path(), &["--fail-on", "note"]).code, 1);
}

#[test]
fn without_any_interface_the_report_is_the_same() {
    let Some(unshare) = program("unshare") else { return };
    let possible = |flags: &&str| {
        std::process::Command::new(&unshare).args([*flags, "true"]).output().is_ok_and(|output| output.status.success())
    };
    // Whoever is not root needs a user namespace round it, which some systems allow.
    let Some(flags) = ["-n", "-rn"].into_iter().find(possible) else {
        return skip("no network namespace can be made: that needs root");
    };
    let folder = healthy();
    write(&folder, "zones/external/example.com.zone", &zone("10.1.0.10"));
    let with = lint(folder.path(), &["--format", "json"]);
    let output = assert_cmd::Command::new(&unshare)
        .current_dir(folder.path())
        .args([flags, env!("CARGO_BIN_EXE_imctl"), "lint", "--format", "json"])
        .output()
        .expect("imctl runs");
    let without = finish(output);
    let of_run = |line: &&str| !line.contains("\"started\"") && !line.contains("\"seconds\"");
    let lines = |ran: &Ran| ran.stdout.lines().filter(of_run).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!((with.code, without.code), (1, 1), "{}", without.stderr);
    assert_eq!(lines(&with), lines(&without));
    assert!(!lines(&with).is_empty() && without.stderr.is_empty(), "{}", without.stderr);
}
