//! init as a user runs it: a template, domains from lists, and files that are never lost.

use std::fs;
use std::path::Path;

use imctl::dns::RecordData;
use imctl::loopback::{DnsPlay, DnsServer, Script, Zone};

use crate::checking::{Ran, dns, healthy, name, router, rules, run};

fn written(folder: &Path) -> String {
    fs::read_to_string(folder.join("imctl.toml")).expect("the inventory")
}

fn init(folder: &Path, arguments: &[&str]) -> Ran {
    run(folder, &[&["init"], arguments].concat())
}

#[test]
fn a_template_is_written_and_lint_says_what_to_fill_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = init(folder.path(), &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("imctl.toml is written; it declares no IM domain yet: fill in a [[domain]]"), "{}", ran.stderr);
    let lint = run(folder.path(), &["lint"]);
    assert_eq!(lint.code, 2, "{}", lint.stdout);
    assert!(lint.stderr.contains("imctl.toml declares no IM domain yet: fill in a [[domain]]"), "{}", lint.stderr);
    fs::rename(folder.path().join("imctl.toml"), folder.path().join("mine.toml")).expect("another name");
    let lint = run(folder.path(), &["lint", "-c", "mine.toml"]);
    assert!(lint.stderr.contains("mine.toml declares no IM domain yet"), "{}", lint.stderr);
    fs::rename(folder.path().join("mine.toml"), folder.path().join("imctl.toml")).expect("its name");
    let shown = init(folder.path(), &["-q", "-o", "-"]);
    assert_eq!((shown.code, shown.stderr.as_str(), shown.stdout), (0, "", written(folder.path())));
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("imctl.toml"), "# mine\n").expect("a file");
    let ran = init(folder.path(), &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("imctl.toml is there already: replace it with --force"), "{}", ran.stderr);
    assert_eq!(written(folder.path()), "# mine\n");
    assert_eq!(init(folder.path(), &["--force"]).code, 0);
    assert!(written(folder.path()).starts_with("# The inventory of imctl"));
    for (path, why) in [(".", "it is a folder"), ("none/imctl.toml", "there is no folder none")] {
        let ran = init(folder.path(), &["-o", path]);
        assert!(ran.code == 2 && ran.stderr.contains(why), "{path}: {}", ran.stderr);
    }
}

#[test]
fn domains_come_from_lists_most_people_first_and_pass_lint() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("people.txt"), "ann@b.example\neve@a.example\nbob@b.example\n").expect("a list");
    let ran = init(folder.path(), &["--emails", "people.txt"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = written(folder.path());
    let entries = "\n[[domain]]   # 2 people\nname = \"im.b.example\"\nemail = [\"b.example\"]\n\
                   \n[[domain]]   # 1 person\nname = \"im.a.example\"\nemail = [\"a.example\"]\n";
    assert!(text.contains(entries) && text.contains("\nemails = [\"people.txt\"]\n"), "{text}");
    let lint = run(folder.path(), &["lint", "--format", "json"]);
    assert_eq!(lint.code, 0, "{} {}", lint.stdout, lint.stderr);
    let report = lint.json();
    assert_eq!(rules(&report), ["domain-without-router"; 2]);
    assert_eq!((&report["findings"][0]["severity"], &report["findings"][0]["people"]), (&"warning".into(), &2.into()));
}

#[test]
fn what_gives_no_address_is_said_and_the_rest_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("people.txt"), "ann@b.example\nnobody\n").expect("a list");
    let ran = init(folder.path(), &["--emails", "people.txt", "--prefix", "Chat."]);
    assert_eq!(ran.code, 1);
    let derived = run(folder.path(), &["derive", "-q", "people.txt"]).stderr;
    assert!(derived.starts_with("people.txt:2:1: invalid-address: ") && ran.stderr.starts_with(&derived), "{}", ran.stderr);
    let text = written(folder.path());
    assert!(text.contains("\n[derive]\nprefix = \"chat.\"\n") && text.contains("name = \"chat.b.example\""), "{text}");
}

#[test]
fn lists_stay_found_from_the_folder_of_the_inventory() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("im")).expect("a folder");
    fs::write(folder.path().join("people.txt"), "ann@b.example\n").expect("a list");
    fs::write(folder.path().join("im/guests.txt"), "eve@b.example\n").expect("a list");
    assert_eq!(init(folder.path(), &["-o", "im/imctl.toml", "--emails", "people.txt", "im/guests.txt"]).code, 0);
    let text = fs::read_to_string(folder.path().join("im/imctl.toml")).expect("the inventory");
    assert!(text.contains(", \"guests.txt\"]\n"), "{text}");
    let lint = run(folder.path(), &["lint", "-c", "im/imctl.toml"]);
    assert_eq!(lint.code, 0, "{} {}", lint.stdout, lint.stderr);
}

#[test]
fn what_cannot_be_used_is_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("empty.txt"), "").expect("a list");
    for (arguments, why) in [
        (&["--emails", "none.txt"][..], "none.txt cannot be read"),
        (&["--emails", "empty.txt"], "hold no e-mail address"),
        (&["--emails", "-"], "save the list in a file"),
        (&["--prefix", "im"], "does not end with a dot"),
        (&["im..example.com"], "im..example.com"),
    ] {
        let ran = init(folder.path(), arguments);
        assert!(ran.code == 2 && ran.stderr.contains(why), "{arguments:?}: {} {}", ran.code, ran.stderr);
        assert!(!folder.path().join("imctl.toml").exists(), "{arguments:?}");
    }
}

#[test]
fn a_file_that_appears_while_dns_is_asked_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, zone) = (folder.path().join("imctl.toml"), healthy("10.1.0.10").handler());
    let internal = DnsServer::start(move |asked| {
        fs::write(&file, "# theirs\n").expect("a file");
        zone(asked)
    })
    .expect("a server");
    let ran = init(folder.path(), &["--discover", "--internal", &internal.address().to_string(), "im.example.com"]);
    assert!(ran.code == 2 && ran.stderr.contains("is there already"), "{} {}", ran.code, ran.stderr);
    assert_eq!(written(folder.path()), "# theirs\n");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "nothing is left behind");
}

/// The healthy zone of `example.com`, and of `corp.example`, which only people inside reach.
fn internal_zone() -> Zone {
    healthy("10.1.0.10")
        .with(name("im.example.com"), 300, RecordData::Aaaa("fd00::10".parse().expect("IPv6")))
        .with(name("im.corp.example"), 300, RecordData::A("10.2.0.10".parse().expect("IPv4")))
        .with(name("corp.example"), 300, RecordData::A("10.0.0.80".parse().expect("IPv4")))
        .with(
            name("_rvp._tcp.corp.example"),
            300,
            RecordData::Srv { priority: 0, weight: 0, port: 80, target: name("im.corp.example") },
        )
}

#[test]
fn an_audit_right_after_discovery_finds_a_healthy_deployment_healthy() {
    let (internal, external, machines) = (dns(internal_zone()), dns(healthy("203.0.113.10")), router());
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("people.txt"), "ann@example.com\neve@corp.example\nbob@example.com\n").expect("a list");
    let (inside, outside) = (internal.address().to_string(), external.address().to_string());
    let ran = init(folder.path(), &["--emails", "people.txt", "--discover", "--internal", &inside, "--external", &outside]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = written(folder.path());
    let first = "\n[[domain]]   # 2 people\nname = \"im.example.com\"\nemail = [\"example.com\"]\nexternal = true\n\
                 routers = [\"router-1\"]\nreverse_proxies = [\"edge-1\"]\n";
    assert!(text.contains(first), "{text}");
    assert!(text.contains("external = false\nrouters = [\"router-2\"]\n"), "{text}");
    assert!(text.contains("name = \"router-1\"\naddresses = [\"10.1.0.10\", \"fd00::10\"]\n"), "{text}");
    assert!(text.contains(&format!("\n[view.internal]\nservers = [\"{inside}\"]\n")), "{text}");

    let at = machines.address();
    let declared = ["10.1.0.10:80", "[fd00::10]:80", "10.2.0.10:80", "203.0.113.10:80"];
    let connect: String = declared.map(|address| format!("\"{address}\" = \"{at}\"\n")).concat();
    fs::write(folder.path().join("imctl.toml"), format!("{text}[connect]\n{connect}")).expect("the tunnel of the test");
    for command in ["lint", "audit"] {
        let ran = run(folder.path(), &[command, "--format", "json"]);
        assert_eq!(ran.code, 0, "{command}: {} {}", ran.stdout, ran.stderr);
        assert_eq!(rules(&ran.json()), [] as [&str; 0], "{command}");
    }
}

#[test]
fn what_dns_does_not_tell_stays_visible_and_passes_lint() {
    let zone = healthy("10.1.0.10").with(name("im.twin.example"), 300, RecordData::A("10.1.0.10".parse().expect("IPv4"))).handler();
    let failing = name("im.broken.example");
    let internal =
        DnsServer::start(move |asked| if asked.name == failing { vec![DnsPlay::Answer(Script::rcode(2))] } else { zone(asked) })
            .expect("a server");
    let folder = tempfile::tempdir().expect("a folder");
    let domains = ["im.example.com", "im.twin.example", "im.none.example", "im.broken.example"];
    let at = internal.address().to_string();
    let ran = init(folder.path(), &[&["--discover", "--internal", &at], &domains[..]].concat());
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("1 of 4 IM domains are undecided"), "{}", ran.stderr);
    let text = written(folder.path());
    let broken =
        format!("SERVFAIL from {at}; AAAA im.broken.example: SERVFAIL from {at}\n#[[domain]]\n#name = \"im.broken.example\"\n");
    assert!(text.contains(&broken), "{text}");
    let none = "# no address in the internal view: NXDOMAIN\n[[domain]]\nname = \"im.none.example\"\n";
    assert!(text.contains(none), "{text}");
    assert!(text.contains("# DNS leads 2 domains here, and a router answers for one only: im.example.com, im.twin.example\n"));
    let lint = run(folder.path(), &["lint", "--format", "json"]);
    assert_eq!(lint.code, 0, "{} {}", lint.stdout, lint.stderr);
    assert_eq!(rules(&lint.json()), ["router-serves-several-domains", "domain-without-router"], "{}", lint.stdout);
}

#[test]
fn a_router_that_dns_shows_to_strangers_is_an_error_of_the_audit_and_none_of_lint() {
    let (internal, external, machines) = (dns(healthy("10.1.0.10")), dns(healthy("10.1.0.10")), router());
    let folder = tempfile::tempdir().expect("a folder");
    let (inside, outside) = (internal.address().to_string(), external.address().to_string());
    let ran = init(folder.path(), &["--discover", "--internal", &inside, "--external", &outside, "im.example.com"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = written(folder.path());
    let entry = "# the external view answers 10.1.0.10, a router: strangers need a reverse proxy, or no record at all\n\
                 [[domain]]\nname = \"im.example.com\"\nexternal = true\nrouters = [\"router-1\"]\n";
    assert!(text.contains(entry), "{text}");
    let at = machines.address();
    fs::write(folder.path().join("imctl.toml"), format!("{text}[connect]\n\"10.1.0.10:80\" = \"{at}\"\n")).expect("a tunnel");
    let lint = run(folder.path(), &["lint", "--format", "json"]);
    assert_eq!((lint.code, rules(&lint.json())), (0, vec!["external-domain-without-reverse-proxy"]), "{}", lint.stdout);
    let audit = run(folder.path(), &["audit", "--format", "json"]);
    assert!(audit.code == 1 && rules(&audit.json()).contains(&"external-points-at-router"), "{}", audit.stdout);
}

#[test]
fn discovery_says_what_it_needs() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, why) in [
        (&["--discover", "im.example.com"][..], "--discover needs --internal ADDRESS or --external ADDRESS"),
        (&["--discover", "--internal", "127.0.0.1:9"], "--discover needs IM domains, or --emails FILE"),
        (&["--internal", "127.0.0.1:9", "im.example.com"], "--discover"),
    ] {
        let ran = init(folder.path(), arguments);
        assert!(ran.code == 2 && ran.stderr.contains(why), "{arguments:?}: {} {}", ran.code, ran.stderr);
    }
}
