//! Domains from a list or a pipe, and rows that are written while the run goes on.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use imctl::dns::{Record, RecordData, RecordType};
use imctl::loopback::{Asked, DnsPlay, DnsServer, Script};
use serde_json::Value;
use tempfile::TempDir;

use crate::checking::{Ran, run};
use crate::resuming::stripped;

/// A server to which every IM domain is known but those that begin with `im.no`.
fn server() -> DnsServer {
    let play = |asked: &Asked| {
        let record = |data| Script::records(vec![Record { owner: asked.name.clone(), ttl_secs: 300, data }]);
        let script = match asked.rtype {
            _ if asked.name.as_str().starts_with("im.no") => Script::no_such_name(),
            RecordType::A if asked.name.as_str().starts_with("im.") => record(RecordData::A([10, 1, 0, 10].into())),
            _ => Script::no_data(),
        };
        vec![DnsPlay::Answer(script)]
    };
    DnsServer::start(play).expect("a server")
}

fn folder_with(list: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("domains.txt"), list).expect("a list");
    folder
}

fn check(folder: &TempDir, server: &DnsServer, arguments: &[&str]) -> Ran {
    let at = server.address().to_string();
    let flags = ["dns-check", "--internal", &at, "--router", "10.1.0.10", "--timeout", "20"];
    run(folder.path(), &[&flags, arguments].concat())
}

fn rows(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn of_type<'r>(rows: &'r [Value], kind: &str) -> Vec<&'r Value> {
    rows.iter().filter(|row| row["type"] == kind).collect()
}

/// The row less its type.
fn bare(row: &Value) -> Value {
    let mut row = row.clone();
    row.as_object_mut().expect("an object").remove("type");
    row
}

#[test]
fn rows_say_what_the_document_says() {
    let (server, folder) = (server(), folder_with("im.a.example\nim.no.example\nim.c.example\n"));
    let ran = check(
        &folder,
        &server,
        &["--domains", "domains.txt", "--format", "jsonl", "--report", "json=r.json", "--report", "jsonl=r.jsonl"],
    );
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let report: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("r.json")).expect("a report")).expect("JSON");
    let rows = rows(&ran.stdout);
    let sorted = |kind: &str, key: &str| {
        let mut from_rows: Vec<String> = of_type(&rows, kind).into_iter().map(|row| bare(row).to_string()).collect();
        let mut from_report: Vec<String> = report[key].as_array().expect("a list").iter().map(ToString::to_string).collect();
        from_rows.sort();
        from_report.sort();
        assert_eq!(from_rows, from_report, "{kind}");
        assert!(kind == "undecided" || !from_rows.is_empty());
    };
    for (kind, key) in [("domain", "domains"), ("finding", "findings"), ("undecided", "undecided"), ("view", "views")] {
        sorted(kind, key);
    }
    let (first, last) = (rows.first().expect("rows"), rows.last().expect("rows"));
    assert_eq!((&first["type"], &first["schema_version"], &first["command"]), (&"run".into(), &1.into(), &"dns-check".into()));
    let mut summary = bare(last);
    assert!(summary.as_object_mut().expect("an object").remove("seconds").is_some_and(|seconds| seconds.is_number()));
    assert_eq!(summary, report["summary"]);
    // A file has the same rows, but for the moment at which the last was written.
    let file = fs::read_to_string(folder.path().join("r.jsonl")).expect("a report");
    let all_but_last = |text: &str| text.trim_end().rsplit_once('\n').map(|(rows, _)| rows.to_owned());
    assert_eq!(all_but_last(&file), all_but_last(&ran.stdout));
}

#[test]
fn a_domain_comes_before_what_is_wrong_with_it_and_in_the_order_of_the_list() {
    let (server, folder) = (server(), folder_with("im.z.example\nim.no.example\nim.a.example\n"));
    let ran = check(&folder, &server, &["--domains", "domains.txt", "--format", "jsonl"]);
    let rows = rows(&ran.stdout);
    let names: Vec<_> = of_type(&rows, "domain").iter().map(|row| row["name"].as_str().expect("text")).collect();
    assert_eq!(names, ["im.z.example", "im.no.example", "im.a.example"]);
    let position = |kind: &str| rows.iter().position(|row| row["type"] == kind && row.to_string().contains("im.no.example"));
    assert!(position("domain") < position("finding"));
    let findings = of_type(&rows, "finding");
    let finding = findings.iter().find(|row| row["domain"] == "im.no.example").expect("it is missing");
    assert_eq!((&finding["location"]["file"], &finding["location"]["line"]), (&"domains.txt".into(), &2.into()));
}

#[test]
fn every_domain_that_comes_in_goes_out_once() {
    let names = (0..6000).map(|n| format!("im.d{}.example # again and again\n", n % 5000)).collect::<Vec<_>>().concat();
    let (server, folder) = (server(), folder_with(&names));
    let ran = check(&folder, &server, &["--domains", "domains.txt", "--format", "jsonl"]);
    let rows = rows(&ran.stdout);
    let mut names: Vec<_> = of_type(&rows, "domain").iter().map(|row| row["name"].to_string()).collect();
    assert_eq!(names.len(), 5000);
    names.sort();
    names.dedup();
    assert_eq!((names.len(), &rows.last().expect("rows")["domains"]), (5000, &5000.into()));
    let mut asked: Vec<_> = server.asked().iter().map(|asked| format!("{} {}", asked.rtype, asked.name)).collect();
    asked.sort();
    asked.dedup();
    // A query may be sent again where the machine is busy; a question has one answer.
    let answered: u64 = of_type(&rows, "view").iter().filter_map(|view| view["servers"][0]["answered"].as_u64()).sum();
    assert_eq!(asked.len() as u64, answered, "nothing is asked twice");
}

/// The program with a pipe at both ends.
fn piped(folder: &TempDir, server: &DnsServer) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("imctl"));
    command.current_dir(folder.path()).env_remove("IMCTL_CONFIG");
    command.args(["dns-check", "--internal", &server.address().to_string(), "--router", "10.1.0.10"]);
    command.args(["--timeout", "20", "--domains", "-", "--format", "jsonl"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
}

#[test]
fn a_pipe_is_worked_through_before_it_ends() {
    let (server, folder) = (server(), folder_with(""));
    let mut child = piped(&folder, &server);
    let mut domains = child.stdin.take().expect("a pipe");
    let mut rows = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut next = |kind: &str| loop {
        let row: Value = serde_json::from_str(&rows.next().expect("a row").expect("UTF-8")).expect("JSON");
        if row["type"] == kind {
            return row;
        }
    };
    for name in ["im.a.example", "im.b.example", "im.c.example"] {
        writeln!(domains, "{name}").expect("it reads");
        assert_eq!(next("domain")["name"], name);
    }
    // The last line needs no end.
    write!(domains, "im.d.example").expect("it reads");
    drop(domains);
    assert_eq!(next("domain")["name"], "im.d.example");
    assert_eq!(next("summary")["domains"], 4);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn what_is_wrong_in_a_list_is_named_with_its_line() {
    for (list, said) in [
        ("im.a.example\nim..example\n", "error: domains.txt:2:1: \"im..example\" is no IM domain"),
        ("im.a.example\nann@a.example\n", "error: domains.txt:2:1: \"ann@a.example\" is no IM domain"),
        ("# nobody\n\n", "error: domains.txt names no domain"),
    ] {
        let (server, folder) = (server(), folder_with(list));
        let ran = check(&folder, &server, &["--domains", "domains.txt"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        assert!(ran.stderr.starts_with(said), "{}", ran.stderr);
        assert!(server.asked().is_empty(), "nothing is asked before the whole list is read");
        let mut child = piped(&folder, &server);
        child.stdin.take().expect("a pipe").write_all(list.as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(2));
        let text = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(text.starts_with(&said.replace("domains.txt", "<standard input>")), "{text}");
        if !server.asked().is_empty() {
            assert!(String::from_utf8(output.stdout).expect("UTF-8").contains("im.a.example"), "what was asked is reported");
        }
    }
    let (server, folder) = (server(), folder_with(&"x".repeat(200_000)));
    let ran = check(&folder, &server, &["--domains", "domains.txt"]);
    assert!(ran.code == 2 && ran.stderr.contains("a line is longer than 65536 octets"), "{}", ran.stderr);
    assert_eq!(check(&folder, &server, &["--domains", "nowhere.txt"]).code, 2);
    let nobody = check(&folder, &server, &["--domains", "-"]);
    assert_eq!((nobody.code, nobody.stdout.as_str()), (2, ""), "of nobody nothing is reported");
    assert_eq!(nobody.stderr, "error: <standard input> names no domain\n");
}

#[test]
fn a_list_chooses_among_the_domains_of_an_inventory() {
    let (server, folder) = (server(), folder_with("im.b.example\nim.a.example\n"));
    let at = server.address();
    let text = format!(
        "[view.internal]\nservers = [\"{at}\"]\n[[domain]]\nname = \"im.a.example\"\nrouters = [\"r\"]\n[[domain]]\nname = \"im.b.example\"\n\
         [[router]]\nname = \"r\"\naddresses = [\"10.1.0.10\"]\n"
    );
    fs::write(folder.path().join("imctl.toml"), text).expect("an inventory");
    let check = |list: &str| {
        fs::write(folder.path().join("domains.txt"), list).expect("a list");
        run(folder.path(), &["dns-check", "--timeout", "20", "--domains", "domains.txt", "--format", "json"])
    };
    let ran = check("IM.A.example.\n");
    assert_eq!((ran.code, &ran.json()["domains"][0]["verdict"]), (0, &"ok".into()), "{}", ran.stdout);
    assert_eq!(ran.json()["summary"]["domains"], 1);
    let ran = check("im.a.example\nim.c.example\n");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("domains.txt:2:1: im.c.example is not in the inventory: did you mean im.a.example?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_reader_that_leaves_ends_the_run() {
    let names = (0..3000).map(|n| format!("im.d{n}.example\n")).collect::<Vec<_>>().concat();
    let (server, folder) = (server(), folder_with(&names));
    let mut child = piped(&folder, &server);
    let mut domains = child.stdin.take().expect("a pipe");
    let mut rows = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    domains.write_all(names.as_bytes()).expect("it reads");
    assert!(rows.next().expect("a row").expect("UTF-8").contains("\"run\""));
    drop(rows);
    // The pipe stays open: only the reader has left.
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
    drop(domains);
}

#[test]
fn a_list_is_gone_on_with_and_divided_like_an_inventory() {
    let names = (0..40).map(|n| format!("im.d{n}.example\nim.no{n}.example\n")).collect::<Vec<_>>().concat();
    let (server, folder) = (server(), folder_with(&names));
    let json = |arguments: &[&str]| {
        let ran = check(&folder, &server, &[&["--domains", "domains.txt", "--format", "json"], arguments].concat());
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        stripped(ran.json())
    };
    let whole = json(&["--save", "whole.jsonl"]);
    let recording = fs::read(folder.path().join("whole.jsonl")).expect("a recording");
    fs::write(folder.path().join("cut.jsonl"), &recording[..recording.len() / 2]).expect("written");
    assert!(json(&["--resume", "cut.jsonl"]) == whole);
    json(&["--shard", "1/2", "--save", "1.jsonl"]);
    json(&["--shard", "2/2", "--save", "2.jsonl"]);
    assert!(json(&["--from", "2.jsonl", "1.jsonl"]) == whole);
    fs::write(folder.path().join("domains.txt"), "im.other.example\n").expect("written");
    let ran = check(&folder, &server, &["--domains", "domains.txt", "--resume", "cut.jsonl"]);
    assert!(ran.code == 2 && ran.stderr.contains("the domains or the views have changed"), "{}", ran.stderr);
}
