//! What imctl takes of the machine that it runs on stays within limits, whatever comes in: the system enforces them here.

#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use imctl::loopback::{ClosedPort, DnsPlay, DnsServer, Script};
use serde_json::Value;

use crate::checking::{folder_with, router};
use crate::support::PATIENTLY;

/// Runs a shell's words with `imctl` for the program, after the shell has set this limit on itself.
fn limited(folder: &Path, limit: &str, words: &str) -> Output {
    let script = format!("ulimit {limit} && {words}");
    let mut command = Command::new("sh");
    command.current_dir(folder).env_remove("IMCTL_CONFIG").env("imctl", assert_cmd::cargo::cargo_bin("imctl"));
    command.args(["-c", &script]).stdin(Stdio::null()).output().expect("a shell")
}

fn report(output: &Output) -> Value {
    let errors = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"))
}

#[test]
fn with_few_descriptors_every_machine_is_asked_all_the_same() {
    const MACHINES: usize = 300;
    let machines = router();
    let (mut roles, mut connect) = (String::new(), String::from("[connect]\n"));
    for n in 0..MACHINES {
        let address = format!("10.1.{}.{}", n / 200, n % 200 + 1);
        let _ = writeln!(roles, "[[router]]\nname = \"r{n}\"\naddresses = [\"{address}\"]");
        let _ = writeln!(roles, "[[domain]]\nname = \"im.d{n}.example\"\nrouters = [\"r{n}\"]");
        let _ = writeln!(connect, "\"{address}:80\" = \"{}\"", machines.address());
    }
    let folder = folder_with(&(roles + &connect));
    let words = format!("\"$imctl\" probe --format json {}", PATIENTLY.join(" "));
    let report = report(&limited(folder.path(), "-n 40", &words));
    let classes =
        report["domains"].as_array().expect("domains").iter().flat_map(|domain| domain["probes"].as_array().expect("probes"));
    assert_eq!(classes.filter(|probe| probe["class"] == "rvp").count(), MACHINES);
    assert_eq!(report["undecided"].as_array().map(Vec::len), Some(0));
}

#[test]
fn with_few_descriptors_every_name_is_looked_up_all_the_same() {
    const NAMES: usize = 2000;
    let server = DnsServer::start(|_| vec![DnsPlay::Answer(Script::no_such_name())]).expect("a server");
    let folder = tempfile::tempdir().expect("a folder");
    let names = (0..NAMES).fold(String::new(), |names, n| names + &format!("im.d{n}.example\n"));
    fs::write(folder.path().join("names.txt"), names).expect("a list");
    let words = format!(
        "\"$imctl\" dns-check --bulk --internal {} --router 10.0.0.0/8 --domains names.txt --format json {}",
        server.address(),
        PATIENTLY.join(" ")
    );
    let report = report(&limited(folder.path(), "-n 40", &words));
    assert_eq!(report["domains"].as_array().map(Vec::len), Some(NAMES));
    assert_eq!(report["undecided"].as_array().map(Vec::len), Some(0));
}

/// 256 MB without a line's end, and room for a quarter of it in all that a process may map.
#[test]
fn a_line_without_an_end_does_not_fill_the_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    for (from, begins) in [
        ("text", ""),
        ("csv", "mail,name\\n"),
        ("csv", "mail,name\\n\\\""),
        ("ldif", "dn: cn=a\\nmail: "),
        ("json", "[{\\\"mail\\\":\\\""),
    ] {
        let words =
            format!("{{ printf \"{begins}\"; head -c 268435456 /dev/zero | tr '\\000' a; }} | \"$imctl\" derive --from {from} -");
        let output = limited(folder.path(), "-v 65536", &words);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{from} {begins}: {errors}");
        assert!(errors.starts_with("<standard input>:"), "{from} {begins}: {errors}");
        assert!(errors.len() < 2000, "{from} {begins}: the complaint is {} octets long", errors.len());
        assert!(output.stdout.is_empty(), "{from} {begins}");
    }
}

/// The domains of a list take the text of their rows and little more: room for 100,000 of them would not be enough for their names as
/// they are judged.
#[test]
fn a_long_list_of_domains_does_not_fill_the_memory() {
    const DOMAINS: usize = 100_000;
    let rows = (0..DOMAINS).fold(String::new(), |mut rows, n| {
        let _ = writeln!(rows, "im.d{n}.example,d{n}.example;e{n}.example,router-1");
        rows
    });
    let closed = ClosedPort::reserve().expect("a port");
    let folder = folder_with(&format!(
        "[view.internal]\nservers = [\"{}\"]\n[[domain_list]]\nfile = \"domains.csv\"\n[[router]]\nname = \"router-1\"\naddresses = [\"10.1.0.10\"]\n",
        closed.address()
    ));
    fs::write(folder.path().join("domains.csv"), format!("name,email,routers\n{rows}")).expect("a list");
    let output = limited(folder.path(), "-v 65536", "\"$imctl\" dns-check --format jsonl");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    let judged = output.stdout.split(|octet| *octet == b'\n').filter(|line| line.starts_with(b"{\"type\":\"domain\"")).count();
    assert_eq!(judged, DOMAINS);
}

/// Each bound that the page names stands in the source as the page says.
#[test]
fn the_page_about_bounds_says_what_the_source_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/bounds.md")).expect("the page");
    let mut bounds = 0;
    for (constant, rest) in page.split("` in `").zip(page.split("` in `").skip(1)) {
        let (name, value) = constant.rsplit('`').next().and_then(|bound| bound.split_once(" = ")).expect("NAME = VALUE");
        let file = rest.split('`').next().expect("a file");
        let source = fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let is_it = |line: &str| line.contains(&format!("const {name}: ")) && line.ends_with(&format!(" = {value};"));
        assert!(source.lines().any(is_it), "docs/bounds.md: {name} = {value} is not in {file}");
        bounds += 1;
    }
    assert!(bounds >= 15, "the page names the bounds: {bounds}");
}
