//! `imctl derive`, from the outside: every option, every exit status, every kind of bad input.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::support::imctl;

mod encodings;
mod exports;

/// A file of `tests/suite/derive`.
fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/derive").join(name)
}

/// A run in the folder of the data, so that messages hold bare file names.
fn derive(args: &[&str], input: impl Into<Vec<u8>>) -> Run {
    derive_in(&data(""), args, input)
}

fn derive_in(folder: &Path, args: &[&str], input: impl Into<Vec<u8>>) -> Run {
    Run(imctl().current_dir(folder).arg("derive").args(args).write_stdin(input).output().expect("the program runs"))
}

struct Run(Output);

impl Run {
    fn status(&self) -> i32 {
        self.0.status.code().expect("an exit status")
    }

    fn stdout(&self) -> &str {
        std::str::from_utf8(&self.0.stdout).expect("UTF-8")
    }

    fn stderr(&self) -> &str {
        std::str::from_utf8(&self.0.stderr).expect("UTF-8")
    }

    /// Checks status and standard output, and that nothing was complained about.
    #[track_caller]
    fn is_quiet(&self, stdout: &str) {
        assert_eq!((self.status(), self.stdout(), self.stderr()), (0, stdout, ""));
    }

    /// Checks that the run ended before anything was written, with one error that holds all of the words.
    #[track_caller]
    fn is_unusable(&self, words: &[&str]) {
        assert_eq!((self.status(), self.stdout()), (2, ""), "{}", self.stderr());
        let error = self.stderr();
        assert!(error.starts_with("error: ") && error.lines().count() == 1, "{error}");
        for word in words {
            assert!(error.contains(word), "{word:?} is missing: {error}");
        }
    }

    /// The rules on standard error, with line and column.
    fn rules(&self) -> Vec<String> {
        let rule = |line: &str| line.splitn(3, ": ").take(2).collect::<Vec<_>>().join(" ");
        self.stderr().lines().map(rule).collect()
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder")
}

#[test]
fn a_plain_list_gives_one_address_a_line_in_input_order() {
    derive(&["staff.txt"], "").is_quiet(
        "Ann.Lee@im.example.com\nbob@im.example.com\neve@im.example.net\no'neil@im.example.com\njo@im.xn--bcher-kva.example\n",
    );
}

#[test]
fn standard_input_is_read_when_no_file_or_a_hyphen_is_named() {
    for args in [&[][..], &["-"]] {
        derive(args, "ann@example.com\n").is_quiet("ann@im.example.com\n");
    }
    let run = derive(&["-", "google.csv"], "eve@example.com");
    run.is_quiet("eve@im.example.com\nann@im.example.com\nbob@im.example.com\n");
    let run = derive(&[], "nonsense\nann@example.com\n");
    assert!(run.stderr().starts_with("<standard input>:1:1: invalid-address: \"nonsense\": it has no \"@\""), "{}", run.stderr());
    derive(&["-", "-"], "ann@example.com").is_unusable(&["standard input"]);
}

#[test]
fn tables_are_known_by_their_content() {
    derive(&["excel.csv"], "").is_quiet("+anna@im.example.com\nbob@im.example.com\n");
    derive(&["google.csv"], "").is_quiet("ann@im.example.com\nbob@im.example.com\n");
    derive(&[], "\u{feff}mail\tname\nann@example.com\tAnn\n").is_quiet("ann@im.example.com\n");
}

#[test]
fn typed_addresses_give_the_primary_one_only() {
    let run = derive(&["mailboxes.csv"], "");
    assert_eq!((run.status(), run.stdout()), (1, "ann@im.example.com\n"));
    assert_eq!(run.rules(), ["mailboxes.csv:4:8 no-primary-address", "mailboxes.csv:5:8 damaged-export"]);
    assert!(run.stderr().contains("-join ';'"), "{}", run.stderr());
}

#[test]
fn from_settles_what_a_list_is() {
    let lines = "Ann,ann@example.com\nBob,bob@example.com\n";
    derive(&["--from", "auto"], lines).is_quiet("ann@im.example.com\nbob@im.example.com\n");
    derive(&["--from", "csv"], lines).is_quiet("ann@im.example.com\nbob@im.example.com\n");
    let run = derive(&["--from", "text"], lines);
    assert_eq!((run.status(), run.rules().len()), (1, 2), "{}", run.stderr());
    assert_eq!(derive(&["--from", "xml"], lines).status(), 2);
}

#[test]
fn column_names_the_addresses_by_header_or_number() {
    let table = "UserPrincipalName,Name,mail\nann@corp.example.com,Ann,ann@example.com\n";
    derive(&[], table).is_quiet("ann@im.example.com\n");
    derive(&["--column", "userprincipalname"], table).is_quiet("ann@im.corp.example.com\n");
    derive(&["--column", "1"], table).is_quiet("ann@im.corp.example.com\n");
    derive(&["--column", "2"], "a@b.example,c@d.example\n").is_quiet("c@im.d.example\n");
    derive(&["--column", "Post"], table).is_unusable(&["\"Post\"", "\"UserPrincipalName\", \"Name\", \"mail\""]);
    derive(&["--column", "mail", "--from", "text"], table).is_unusable(&["--column needs a table"]);
}

#[test]
fn columns_in_doubt_are_an_error_that_says_which_there_are() {
    derive(&["--from", "csv"], "a@b.example,c@d.example\n").is_unusable(&["several columns", "1, 2", "--column"]);
    let run = derive(&["--from", "csv"], "UserPrincipalName,Name\na@b.example,Ann\n");
    run.is_unusable(&["no column is known", "\"UserPrincipalName\", \"Name\"", "--column"]);
}

#[test]
fn prefix_and_domain_settle_the_im_domain() {
    derive(&["--prefix", "chat."], "ann@example.com").is_quiet("ann@chat.example.com\n");
    derive(&["--prefix", ""], "ann@example.com").is_quiet("ann@example.com\n");
    let run = derive(&["--domain", "IM.Example.com"], "ann@example.com\nbob@example.net\n");
    run.is_quiet("ann@im.example.com\nbob@im.example.com\n");
    derive(&["--prefix", "im"], "ann@example.com").is_unusable(&["\"im\"", "write im."]);
    assert_eq!(derive(&["--domain", "im_x.example"], "").status(), 2);
}

#[test]
fn csv_is_safe_in_a_spreadsheet() {
    let run = derive(&["--format", "csv"], "+ann@example.com\n=x@example.com\njo,bob@example.com\n");
    assert_eq!(run.status(), 1);
    assert_eq!(
        run.stdout(),
        "im_address,email_address,im_domain,file,line\n\
         '+ann@im.example.com,'+ann@example.com,im.example.com,<standard input>,1\n\
         '=x@im.example.com,'=x@example.com,im.example.com,<standard input>,2\n\
         bob@im.example.com,bob@example.com,im.example.com,<standard input>,3\n"
    );
}

#[test]
fn jsonl_is_one_object_a_line() {
    derive(&["--format", "jsonl"], "\n\"ann\"@Example.com\n").is_quiet(
        "{\"im_address\":\"ann@im.example.com\",\"email\":\"ann@example.com\",\"domain\":\"im.example.com\",\
         \"file\":\"<standard input>\",\"line\":2}\n",
    );
}

#[test]
fn urls_are_the_logical_ones() {
    derive(&["--format", "url"], "o'neil+x@example.com\na^b@example.com\n")
        .is_quiet("http://im.example.com/instmsg/aliases/o'neil+x\nhttp://im.example.com/instmsg/aliases/a%5Eb\n");
}

#[test]
fn the_table_shows_both_forms_of_a_name() {
    let run = derive(&["--format", "table"], "jo@bücher.example\n");
    assert_eq!((run.status(), run.stderr()), (0, ""));
    for text in ["IM address", "jo@im.xn--bcher-kva.example", "im.bücher.example", "<standard input>:1:1"] {
        assert!(run.stdout().contains(text), "{text:?} is missing:\n{}", run.stdout());
    }
}

#[test]
fn domains_come_with_their_people_most_first() {
    let list = "a@x.example\nb@y.example\nc@y.example\nC@y.example\na@x.example\nd@w.example\n";
    let run = derive(&["--domains", "-q"], list);
    assert_eq!((run.status(), run.stdout()), (0, "2\tim.y.example\n1\tim.w.example\n1\tim.x.example\n"));
    let run = derive(&["--domains", "--format", "csv"], list);
    assert_eq!(run.stdout(), "people,im_domain\n2,im.y.example\n1,im.w.example\n1,im.x.example\n");
    let run = derive(&["--domains", "--format", "jsonl"], list);
    assert_eq!(run.stdout().lines().next(), Some("{\"domain\":\"im.y.example\",\"people\":2}"));
    assert!(derive(&["--domains", "--format", "table"], list).stdout().contains("im.w.example"));
    derive(&["--domains", "--format", "url"], list).is_unusable(&["--domains"]);
}

#[test]
fn the_order_of_the_files_does_not_change_the_domains() {
    let forth = derive(&["--domains", "staff.txt", "google.csv"], "");
    let back = derive(&["--domains", "google.csv", "staff.txt"], "");
    assert_eq!(forth.stdout(), back.stdout());
    assert_eq!(forth.stdout().lines().next(), Some("4\tim.example.com"));
}

#[test]
fn unique_drops_what_was_written_before() {
    let list = "ann@example.com\nbob@example.com\nAnn <ann@EXAMPLE.com>\n";
    derive(&["--unique"], list).is_quiet("ann@im.example.com\nbob@im.example.com\n");
    let run = derive(&[], list);
    assert_eq!((run.status(), run.stdout().lines().count()), (0, 3));
    assert_eq!(run.rules(), ["<standard input>:3:1 duplicate-person"]);
}

#[test]
fn the_quick_way_writes_what_the_full_one_does() {
    let line = |number: u32| match number % 1000 {
        7 => format!("Ann.Lee{number}@EXAMPLE.com\r\n"),
        11 => format!("\"Lee, Ann\" <a{number}@example.com>, b{number}@example.com\n"),
        13 => format!("a{number}@b\u{fc}cher.example\n"),
        17 => "# a comment\n".to_owned(),
        _ => format!("a{number}@d{number}.example\n"),
    };
    let list: String = (0..60_000).map(line).collect();
    let (text, csv) = (derive(&[], list.as_str()), derive(&["--format", "csv"], list.as_str()));
    let unique = derive(&["--unique"], format!("{list}{list}"));
    let of_csv: String = csv.stdout().lines().skip(1).filter_map(|row| Some(format!("{}\n", row.split(',').next()?))).collect();
    assert_eq!((text.status(), csv.status(), unique.status()), (0, 0, 0));
    assert!(text.stdout() == of_csv && text.stdout() == unique.stdout());
    assert_eq!((csv.stderr(), unique.stderr()), ("", ""));
    assert!(text.stderr().starts_with("note: the first 50000 people") && text.stderr().lines().count() == 1, "{}", text.stderr());
    let bad = derive(&["-q"], format!("{list}no address\n{list}"));
    assert_eq!((bad.status(), bad.stdout().len()), (1, 2 * text.stdout().len()));
    assert_eq!(bad.rules(), ["<standard input>:60001:1 invalid-address"]);
}

#[test]
fn the_parts_of_a_long_list_come_in_order_with_their_lines() {
    let line = |number: u32| {
        if number.is_multiple_of(997) { format!("no address {number}\n") } else { format!("a{number}@b{number}.example\n") }
    };
    let list = (1..=200_000).map(line).collect::<Vec<_>>().concat();
    let folder = folder();
    let run = derive_in(folder.path(), &["--rejects", "rejects.txt"], list.as_str());
    let bad: Vec<u32> = (1..=200_000).filter(|number: &u32| number.is_multiple_of(997)).collect();
    let addresses =
        (1..=200_000_u32).filter(|number| !number.is_multiple_of(997)).map(|number| format!("a{number}@im.b{number}.example\n"));
    assert!(run.status() == 1 && run.stdout() == addresses.collect::<Vec<_>>().concat());
    let (said, note) = run.stderr().rsplit_once("note: ").expect("a note at the end");
    assert!(note.starts_with("the first 50000 people"), "{note}");
    let places = said.lines().map(|line| line.split(':').nth(1).and_then(|line| line.parse().ok()).unwrap_or(0));
    assert_eq!(places.collect::<Vec<u32>>(), bad);
    let rejects = fs::read_to_string(folder.path().join("rejects.txt")).expect("read");
    assert_eq!(rejects, bad.iter().map(|number| format!("no address {number}\n")).collect::<Vec<_>>().concat());
}

#[test]
fn two_people_with_one_address_are_told_with_both_places() {
    let folder = folder();
    fs::write(folder.path().join("one.txt"), "ann@a.example\n").expect("written");
    fs::write(folder.path().join("two.txt"), "\nann@b.example\n").expect("written");
    let run = derive_in(folder.path(), &["--domain", "im.a.example", "-q", "one.txt", "two.txt"], "");
    assert_eq!((run.status(), run.stdout()), (0, "ann@im.a.example\nann@im.a.example\n"));
    assert!(run.stderr().starts_with("two.txt:2:1: address-collision: \"ann@b.example\": "), "{}", run.stderr());
    assert!(run.stderr().contains("one.txt:1:1"), "{}", run.stderr());
}

#[test]
fn where_domains_share_an_im_domain_everybody_is_compared() {
    let lines = |domain: &str| (0..60_000).map(|number| format!("a{number}@{domain}\n")).collect::<Vec<_>>().concat();
    let list = format!("{}a59999@b.example\n", lines("a.example"));
    let run = derive(&["--domain", "im.a.example"], list.as_str());
    assert_eq!((run.status(), run.stdout().lines().count()), (0, 60_001));
    assert_eq!(run.rules(), ["<standard input>:60001:1 address-collision"]);
    let folder = folder();
    let inventory = "[[domain]]\nname = \"im.a.example\"\nemail = [\"a.example\", \"b.example\"]\nrouters = [\"r\"]\n\
                     [[router]]\nname = \"r\"\naddresses = [\"10.0.0.1\"]\n";
    fs::write(folder.path().join("imctl.toml"), inventory).expect("written");
    let run = derive_in(folder.path(), &[], list.as_str());
    assert_eq!((run.status(), run.stdout().lines().count()), (0, 60_001));
    assert_eq!(run.rules(), ["<standard input>:60001:1 address-collision"]);
    assert!(run.stderr().contains("<standard input>:60000:1"), "{}", run.stderr());
}

#[test]
fn an_inventory_leaves_the_order_of_lines_and_their_warnings_alone() {
    let folder = folder();
    let inventory = "[[domain]]\nname = \"chat.a.example\"\nemail = [\"a.example\"]\nrouters = [\"r\"]\n\
                     [[router]]\nname = \"r\"\naddresses = [\"10.0.0.1\"]\n";
    fs::write(folder.path().join("imctl.toml"), inventory).expect("written");
    let list = "ann@A.example\nbob@b.example\n\"eve\"@a.example\njo@a.example\nann@a.example\n";
    let run = derive_in(folder.path(), &[], list);
    let text = "ann@chat.a.example\nbob@im.b.example\neve@chat.a.example\njo@chat.a.example\nann@chat.a.example\n";
    assert_eq!((run.status(), run.stdout()), (0, text));
    assert_eq!(run.rules(), ["<standard input>:2:1 unmapped-email-domain", "<standard input>:5:1 duplicate-person"]);
    let run = derive_in(folder.path(), &["--unique", "-q"], list);
    run.is_quiet("ann@chat.a.example\nbob@im.b.example\neve@chat.a.example\njo@chat.a.example\n");
}

#[test]
fn warnings_leave_the_status_at_zero_and_quiet_silences_them() {
    let list = "ann@im.example.com\njörg@example.com\nM?ller@example.com\n";
    let run = derive(&[], list);
    assert_eq!((run.status(), run.stdout()), (0, "ann@im.example.com\njörg@im.example.com\nM?ller@im.example.com\n"));
    assert_eq!(
        run.rules(),
        [
            "<standard input>:1:1 already-an-im-address",
            "<standard input>:2:1 non-ascii-local-part",
            "<standard input>:3:1 damaged-export"
        ]
    );
    derive(&["-q"], list).is_quiet(run.stdout());
}

#[test]
fn what_gives_no_address_is_said_and_the_rest_is_written() {
    let list = "ann@example.com, ann.example.com, bob@example.com\n\"a b\"@example.com\nx@corp\nfoo:x@example.com\n";
    let run = derive(&["-q"], list);
    assert_eq!((run.status(), run.stdout()), (1, "ann@im.example.com\nbob@im.example.com\n"));
    assert_eq!(
        run.rules(),
        [
            "<standard input>:1:18 invalid-address",
            "<standard input>:2:1 unaddressable-local-part",
            "<standard input>:3:1 no-domain-name",
            "<standard input>:4:1 invalid-address"
        ]
    );
}

#[test]
fn rejects_hold_the_inputs_as_they_stood() {
    let folder = folder();
    let path = folder.path().join("rejects.txt");
    fs::write(&path, "older\n").expect("written");
    let mut list = b"ann@example.com, \"a b\"@Example.com ,Ann\nJ\xF6rg <j@example.com>\r\n".to_vec();
    list.extend_from_slice(b"bob@example.com\n");
    let run = derive_in(folder.path(), &["--rejects", "rejects.txt"], list);
    assert_eq!((run.status(), run.stdout()), (1, "ann@im.example.com\nbob@im.example.com\n"));
    assert_eq!(fs::read(&path).expect("read"), b"\"a b\"@Example.com\nAnn\nJ\xF6rg <j@example.com>\n");
    assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 1, "no temporary file is left");
    let run = derive_in(folder.path(), &["--rejects", "rejects.txt"], "ann@example.com");
    run.is_quiet("ann@im.example.com\n");
    assert_eq!(fs::read(&path).expect("read"), b"");
}

#[cfg(unix)]
#[test]
fn rejects_follow_links_and_leave_devices_alone() {
    let folder = folder();
    let target = folder.path().join("target.txt");
    fs::write(&target, "older\n").expect("written");
    std::os::unix::fs::symlink(&target, folder.path().join("link.txt")).expect("linked");
    assert_eq!(derive_in(folder.path(), &["--rejects", "link.txt"], "ann\n").status(), 1);
    assert_eq!(fs::read(&target).expect("read"), b"ann\n");
    assert!(folder.path().join("link.txt").is_symlink());
    assert_eq!(derive_in(folder.path(), &["--rejects", "/dev/null"], "ann\n").status(), 1);
    assert!(!Path::new("/dev/null").is_file());
}

#[test]
fn rejects_that_cannot_be_written_are_found_before_anything_is() {
    derive(&["--rejects", "no/such/folder/rejects.txt"], "ann@example.com").is_unusable(&["rejects.txt", "cannot be written"]);
    let folder = folder();
    let name = folder.path().to_string_lossy().into_owned();
    derive(&["--rejects", &name], "ann@example.com").is_unusable(&["it is a folder"]);
}

#[test]
fn a_run_that_fails_leaves_older_rejects_alone() {
    let folder = folder();
    fs::write(folder.path().join("rejects.txt"), "older\n").expect("written");
    derive_in(folder.path(), &["--rejects", "rejects.txt"], "").is_unusable(&["no input matched"]);
    assert_eq!(fs::read(folder.path().join("rejects.txt")).expect("read"), b"older\n");
    assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 1, "no temporary file is left");
}

#[test]
fn a_file_that_cannot_be_read_is_found_before_anything_is_written() {
    derive(&["staff.txt", "no-such-file.txt"], "").is_unusable(&["no-such-file.txt"]);
    let folder = folder();
    let name = folder.path().to_string_lossy().into_owned();
    derive(&["staff.txt", &name], "").is_unusable(&["it is a folder"]);
}

#[test]
fn lists_without_an_address_match_nothing() {
    for input in ["", "\n\n", "# only a comment\n", "mail,name\n", "\u{feff}", ",,;\n"] {
        derive(&[], input).is_unusable(&["no input matched"]);
        derive(&["--format", "csv"], input).is_unusable(&["no input matched"]);
    }
}

#[test]
fn other_formats_are_refused_by_name() {
    for (input, words) in [
        ("<?xml version=\"1.0\"?>", ["XML", "CSV"]),
        ("#< CLIXML\n<Objs></Objs>", ["CLIXML", "Export-Csv"]),
        ("PK\u{3}\u{4}", ["a workbook", "CSV"]),
    ] {
        derive(&[], input).is_unusable(&words);
    }
}

#[test]
fn an_open_quote_costs_one_row() {
    let run = derive(&[], "name,mail\n\"Ann,ann@example.com\nBob,bob@example.com\n");
    assert_eq!((run.status(), run.stdout()), (1, "bob@im.example.com\n"));
    assert_eq!(run.rules(), ["<standard input>:2:1 invalid-address"]);
}

#[test]
fn no_control_character_reaches_the_terminal() {
    let run = derive(&[], "a\u{1b}[31m@example.com\n\u{202e}x y\u{7}@example.com\nSMTP:a@b\u{9b}.example\n");
    assert_eq!(run.status(), 1);
    assert!(run.stderr().chars().all(|c| c == '\n' || !c.is_control()), "{:?}", run.stderr());
    let folder = folder();
    fs::write(folder.path().join("a\u{1b}[31m"), "ann\n").expect("written");
    let run = derive_in(folder.path(), &["a\u{1b}[31m"], "");
    assert!(!run.stderr().contains('\u{1b}'), "{:?}", run.stderr());
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_a_good_end() {
    use std::process::{Command, Stdio};
    let folder = folder();
    let list = folder.path().join("many.txt");
    let lines = "ann@example.com\n".repeat(200_000);
    fs::write(&list, lines).expect("written");
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("imctl"))
        .args(["derive", "--quiet"])
        .arg(&list)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[cfg(target_os = "linux")]
#[test]
fn pipes_on_both_sides_are_widened_and_never_narrowed() {
    use std::io::{Write as _, pipe};
    use std::process::Command;

    use rustix::pipe::{fcntl_getpipe_size, fcntl_setpipe_size};

    const MIB: usize = 1024 * 1024;
    let sizes_after = |before: usize| {
        let ((input, mut list), (_addresses, output)) = (pipe().expect("a pipe"), pipe().expect("a pipe"));
        for end in [&list, &output] {
            fcntl_setpipe_size(end, before).ok()?;
        }
        list.write_all(b"ann@example.com\n").expect("written");
        drop(list);
        let ends = (input.try_clone().expect("another end"), output.try_clone().expect("another end"));
        let run = Command::new(assert_cmd::cargo::cargo_bin!("imctl")).arg("derive").stdin(input).stdout(output).status();
        assert!(run.expect("it runs").success());
        Some([fcntl_getpipe_size(ends.0), fcntl_getpipe_size(ends.1)].map(|size| size.expect("a pipe")))
    };
    assert_eq!(sizes_after(64 * 1024), Some([MIB; 2]));
    assert!(sizes_after(2 * MIB).is_none_or(|sizes| sizes == [2 * MIB; 2]), "only root is granted more than a MiB");
}

#[test]
fn an_inventory_that_is_named_and_cannot_be_read_stops_the_run() {
    derive(&["-c", "no-such.toml"], "ann@example.com").is_unusable(&["no-such.toml"]);
}

#[test]
fn long_names_are_refused_and_long_local_parts_remarked_on() {
    let local = "a".repeat(65);
    let run = derive(&[], format!("{local}@example.com\n"));
    assert_eq!((run.status(), run.stdout()), (0, format!("{local}@im.example.com\n").as_str()));
    assert_eq!(run.rules(), ["<standard input>:1:1 name-too-long"]);
    let run = derive(&[], format!("{}@example.com\na@{}.example\n", "a".repeat(240), "b".repeat(64)));
    assert_eq!((run.status(), run.stdout()), (1, ""));
    assert_eq!(run.rules(), ["<standard input>:1:1 name-too-long", "<standard input>:2:3 name-too-long"]);
}
