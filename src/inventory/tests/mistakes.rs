//! One test for each mistake, and golden files for what a person sees.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use super::{find, read, spot};

/// The mistakes of a text as `line:column: message`.
fn mistakes(text: &str) -> Vec<String> {
    let found = read(text).map(|inventory| format!("{inventory:?}")).expect_err("a mistake");
    assert_eq!(found.iter().count(), found.len());
    found.iter().map(|(place, message)| format!("{}:{}: {message}", place.line, place.column)).collect()
}

/// Checks that a text has one mistake, with that message, at the place of `at`, and that the help holds `help`.
fn one(text: &str, at: &str, message: &str, help: &str) {
    let found = read(text).map(|inventory| format!("{inventory:?}")).expect_err(text);
    let all: Vec<_> = found.iter().map(|(place, message)| (spot(&place), message.to_owned())).collect();
    assert_eq!(all, [(find(text, at), message.to_owned())], "{found}");
    let rendered = found.to_string();
    assert!(rendered.contains(help), "no {help:?} in\n{rendered}");
    let line = text.lines().nth(find(text, at).0 as usize - 1).expect("the line");
    assert!(rendered.contains(line.trim()), "the line is not shown in\n{rendered}");
    assert!(rendered.ends_with("error: imctl.toml: 1 mistake\n"), "{rendered}");
}

#[test]
fn unknown_keys() {
    one("[derive]\nprefx = \"im.\"\n", "prefx", "unknown key `prefx`", "did you mean `prefix`?");
    one("[drive]\nprefix = \"im.\"\n", "drive", "unknown key `drive`", "did you mean `derive`?");
    let text = "[view.interal]\nservers = [\"10.0.0.53\"]\n";
    one(text, "interal", "unknown view `interal`", "did you mean `internal`?");
    one("[view.dmz]\nzones = [\"a\"]\n", "dmz", "unknown view `dmz`", "it can be `internal` or `external`");
    let text = "[[domain]]\nname = \"im.a.example\"\n[[router]]\nname = \"r\"\naddresses = [\"10.0.0.1\"]\nport = 80\n";
    one(text, "port", "unknown key `port`", "it can be `name`, `addresses`, `host` or `tls`");
}

#[test]
fn migrations() {
    let text = |migration: &str| {
        format!(
            "[[domain]]\nname = \"im.a.example\"\nmigration = {migration}\n[[router]]\nname = \"old\"\naddresses = [\"10.0.0.1\"]\n"
        )
    };
    one(&text("{ until = 2026-12-31 }"), "{ until", "this table has neither `routers` nor `reverse_proxies`", "add `routers` or");
    one(&text("{ routers = [\"old\"] }"), "{ routers", "this table has no `until`", "add `until = …`");
    let typo = "{ routers = [\"odl\"], until = 2026-12-31 }";
    one(&text(typo), "\"odl\"", "router \"odl\" is not declared", "did you mean \"old\"?");
    let moment = "{ routers = [\"old\"], until = 2026-12-31T12:00:00Z }";
    one(&text(moment), "2026-12-31T12", "`until` takes a day", "write it as 2026-12-31");
}

#[test]
fn wrong_types() {
    let domain = |rest: &str| format!("[[domain]]\nname = \"im.a.example\"\n{rest}\n");
    one(&domain("external = \"yes\""), "\"yes\"", "`external` takes true or false, not a string", "write `external = true` or");
    one(
        &domain("email = \"a.example\""),
        "\"a.example\"",
        "`email` takes a list of strings, not a string",
        "write `email = [\"a.example\"]`",
    );
    one(&domain("email = [\"a.example\", 7]"), "7", "`email` takes strings, not a whole number", "this is a whole number");
    one(
        "[domain]\nname = \"im.a.example\"\n",
        "[domain]",
        "`domain` takes a list of tables, not a table",
        "write each as [[domain]]",
    );
    one("domain = [\"im.a.example\"]\n", "\"im.a", "`domain` takes tables, not a string", "write each as [[domain]]");
    one("[[derive]]\n", "[[derive]]", "`derive` takes a table, not a list", "write it as [derive]");
    one(
        "[rules]\nservers-disagree = false\n",
        "false",
        "`servers-disagree` takes a string, not true or false",
        "this is true or false",
    );
    one("[probe]\nslow_answer_secs = \"2\"\n", "\"2\"", "`slow_answer_secs` takes a number of seconds, not a string", "a string");
    one("vantage = 2026-01-01\n", "2026", "`vantage` takes a string, not a date", "this is a date");
}

#[test]
fn missing_keys() {
    one("[[domain]]\nexternal = true\n", "[[domain]]", "[[domain]] has no `name`", "add `name = …`: the IM domain");
    one("[[router]]\nname = \"r\"\n", "[[router]]", "[[router]] has no `addresses`", "add `addresses = …`");
    one(
        "[[home_server]]\nname = \"h\"\n",
        "[[home",
        "[[home_server]] has neither `host` nor `addresses`",
        "add `host` or `addresses`",
    );
    let text = "[view.internal]\nservers = [\"system\"]\ncanary = { name = \"a.example\" }\n";
    one(text, "{ name", "this table has no `address`", "the address that this view answers");
    assert_eq!(
        mistakes("[[suppress]]\nrule = \"servers-disagree\"\n"),
        ["1:1: [[suppress]] has no `domain`", "1:1: [[suppress]] has no `reason`", "1:1: [[suppress]] has no `expires`"]
    );
}

#[test]
fn a_view_without_servers() {
    one("[view.internal]\n", "[view.internal]", "[view.internal] has neither `servers` nor `zones`", "add `servers` or `zones`");
    one("[view.internal]\nservers = []\n", "[]", "`servers` is empty", "list at least one");
}

#[test]
fn bad_servers() {
    let with = |server: &str| format!("[view.external]\nservers = [\"{server}\"]\n");
    let port = "a port is a number from 1 to 65535";
    one(&with("9.9.9.9:65536"), "\"9", "port 65536 is out of range", port);
    one(&with("9.9.9.9:0"), "\"9", "port 0 is out of range", port);
    one(&with("[fd00::1]:99999"), "\"[f", "port 99999 is out of range", port);
    one(&with("tls://dns.example:99999"), "\"tls", "port 99999 is out of range", port);
    one(&with("9.9.9.9:dns"), "\"9", "\"dns\" is no port", port);
    one(
        &with("dns.example"),
        "\"dns",
        "\"dns.example\" is a name where an address is needed",
        "write an address with or without a port",
    );
    one(&with("tls://a..b"), "\"tls", "\"tls://a..b\" is no DNS server: it has an empty label", "write tls://ADDRESS");
    one(&with("https://"), "\"https", "\"https://\" is no DNS server: it has no path", "https://9.9.9.9/dns-query");
    one(
        &with("https://a b/q"),
        "\"https",
        "\"https://a b/q\" is no DNS server: it contains ' ', which no domain name may hold",
        "write https://ADDRESS/dns-query",
    );
    one(&with("udp://9.9.9.9"), "\"udp", "\"udp://9.9.9.9\" is no address", "\"tls://9.9.9.9\"");
    one(&with(""), "\"\"", "the address is empty", "write an address");
    let text = "[view.external]\nservers = [\"9.9.9.9\", \"9.9.9.9:53\"]\n";
    one(text, "\"9.9.9.9:53\"", "\"9.9.9.9:53\" is listed twice", "first here");
}

#[test]
fn a_server_of_which_there_is_more_to_say() {
    let with = |entry: &str| format!("[view.external]\nservers = [{entry}]\n");
    one(&with("{ bulk = true }"), "{ bulk", "this table has no `address`", "add `address = …`");
    one(&with("{ address = \"9.9.9.9\", blk = true }"), "blk", "unknown key `blk`", "did you mean `bulk`?");
    one(
        &with("{ address = \"9.9.9.9\", bulk = \"yes\" }"),
        "\"yes",
        "`bulk` takes true or false, not a string",
        "write `bulk = true`",
    );
    one(&with("53"), "53", "`servers` takes strings or tables, not a whole number", "");
    one(
        &with("{ address = \"dns.example\", bulk = true }"),
        "\"dns",
        "\"dns.example\" is a name where an address is needed",
        "write an address",
    );
    one(&with("\"9.9.9.9\", { address = \"9.9.9.9:53\" }"), "\"9.9.9.9:53", "\"9.9.9.9:53\" is listed twice", "first here");
    one(
        &with("{ address = \"system\", bulk = true }"),
        "\"system",
        "\"system\" cannot be asked in bulk: only a server that is named by its address can",
        "name the address",
    );
    one(
        "[view.external]\nservers = \"9.9.9.9\"\n",
        "\"9",
        "`servers` takes a list of strings, not a string",
        "write `servers = [\"9.9.9.9\"]`",
    );
}

#[test]
fn bad_addresses() {
    let with = |address: &str| format!("[[router]]\nname = \"r\"\naddresses = [\"{address}\"]\n");
    one(&with("10.1.0.300"), "\"10", "\"10.1.0.300\" is no address", "four numbers from 0 to 255");
    one(&with("10.1.0.0/33"), "\"10", "\"10.1.0.0/33\" is no address", "write a range such as");
    one(
        &with("10.1.0.5/16"),
        "\"10",
        "\"10.1.0.5/16\" is no range: bits are set beyond /16",
        "write \"10.1.0.0/16\" for the range",
    );
    one(&with("::ffff:10.1.0.5"), "\"::", "\"::ffff:10.1.0.5\" is an IPv4 address written as IPv6", "write \"10.1.0.5\"");
    one(&with("fd00::10:80:"), "\"fd", "\"fd00::10:80:\" is no address", "write an address");
    one(&with("router.example.com"), "\"router.", "\"router.example.com\" is a name where an address is needed", "this is a name");
    let text = "[view.internal]\nservers = [\"system\"]\ncanary = { name = \"a.example\", address = \"10.0.0.0/8\" }\n";
    one(text, "\"10.0", "\"10.0.0.0/8\" is no address", "such as 10.1.0.10 or fd00::10");
    let text = "[connect]\n\"10.1.0.10\" = \"127.0.0.1:8080\"\n";
    one(text, "\"10.1", "\"10.1.0.10\" names no port", "write an address with a port");
    let text = "[connect]\n\"[fd00::1]:80\" = \"127.0.0.1:1\"\n\"[fd00:0::1]:80\" = \"127.0.0.1:2\"\n";
    one(text, "\"[fd00:0", "\"[fd00:0::1]:80\" is listed twice", "first here");
}

#[test]
fn bad_names() {
    let with = |name: &str| format!("[[domain]]\nname = \"{name}\"\n");
    one(&with("im..example"), "\"im", "\"im..example\" is no domain name: it has an empty label", "it has an empty label");
    one(&with("10.1.0.10"), "\"10", "\"10.1.0.10\" is no domain name: it is an address, not a name", "an address");
    one(
        &with("im_a.example"),
        "\"im",
        "\"im_a.example\" is no domain name: it contains an underscore, which a host name may not hold",
        "",
    );
    one(&with("."), "\".", "\".\" is no domain name: the name is empty", "the name is empty");
    let text = "[[domain]]\nname = \"im.a.example\"\nemail = [\"ann@a.example\"]\n";
    one(
        text,
        "\"ann",
        "\"ann@a.example\" is no domain name: it contains '@', which no domain name may hold",
        "write \"a.example\"",
    );
    one("[derive]\nprefix = \"im\"\n", "\"im\"", "the prefix \"im\" does not end in a dot", "write \"im.\"");
    one(
        "[derive]\nprefix = \"i m.\"\n",
        "\"i m",
        "the prefix \"i m.\" makes no domain name: it contains ' ', which no domain name may hold",
        "",
    );
}

#[test]
fn things_named_twice() {
    let text = "[[domain]]\nname = \"im.a.example\"\n[[domain]]\nname = \"IM.A.example.\"\n";
    one(text, "\"IM.A", "the domain im.a.example is declared twice", "-------------- first here");
    let router = "[[router]]\nname = \"r\"\naddresses = [\"10.0.0.1\"]\n";
    let text = format!("{router}[[router]]\naddresses = [\"10.0.0.2\"]\nname='r'\n");
    one(&text, "'r'", "router \"r\" is declared twice", "first here");
    let domain = |rest: &str| format!("{router}[[domain]]\nname = \"im.a.example\"\n{rest}\n");
    one(&domain("routers = [\"r\", 'r']"), "'r'", "\"r\" is listed twice", "leave one of them out");
    one(&domain("email = [\"a.example\", \"A.example\"]"), "\"A.ex", "\"A.example\" is listed twice", "leave one of them out");
    one("emails = [\"a.csv\", 'a.csv']\n", "'a", "\"a.csv\" is listed twice", "leave one");
    let text = "[view.internal]\nservers = [\"system\"]\ncanary = { name = \"a.example\", address = \"10.0.0.1\" }\n\
                [view.external]\nservers = [\"9.9.9.9\"]\ncanary = { address = \"10.0.0.1\", name = \"a.example\" }\n";
    let message = "the canary of the external view is that of the internal view: it tells them not apart";
    one(text, "{ address", message, "choose a name whose address differs");
}

#[test]
fn machines_that_are_not_declared() {
    let text = |named: &str| {
        format!(
            "[[domain]]\nname = \"im.a.example\"\n{named}\n[[router]]\nname = \"router-1\"\naddresses = [\"10.0.0.1\"]\n\
             [[reverse_proxy]]\nname = \"edge-1\"\naddresses = [\"203.0.113.1\"]\n"
        )
    };
    let near = "did you mean \"router-1\"? otherwise declare it with [[router]]";
    one(&text("routers = [\"ruoter-1\"]"), "\"ruo", "router \"ruoter-1\" is not declared", near);
    one(&text("routers = [\"x\"]"), "\"x", "router \"x\" is not declared", "help: declare it with [[router]]");
    let other = "there is a reverse proxy of this name: list it under `reverse_proxies`";
    one(&text("routers = [\"edge-1\"]"), "\"edge-1\"]", "router \"edge-1\" is not declared", other);
    let none = "help: declare it with [[home_server]]";
    one(&text("home_servers = [\"home-1\"]"), "\"home", "home server \"home-1\" is not declared", none);
}

#[test]
fn words_that_do_not_exist() {
    one("vantage = \"extrenal\"\n", "\"ext", "unknown view \"extrenal\"", "did you mean \"external\"?");
    let text = "[[domain]]\nname = \"im.a.example\"\nprofile = \"xmpq\"\n";
    one(text, "\"xmpq", "unknown profile \"xmpq\"", "it can be `rvp`");
    let text = "[rules]\n\"server-disagree\" = \"off\"\n";
    one(text, "\"server-", "unknown rule \"server-disagree\"", "did you mean \"servers-disagree\"?");
    one("[rules]\nnonsense = \"off\"\n", "nonsense", "unknown rule \"nonsense\"", "`imctl explain` lists all rules");
    one("[rules]\nservers-disagree = \"fatal\"\n", "\"fatal", "unknown level \"fatal\"", "`off`, `note`, `warning` or `error`");
}

#[test]
fn bad_suppressions() {
    let with = |key: &str, value: &str| {
        let mut text = "[[suppress]]\n".to_owned();
        for (name, good) in [
            ("rule", "\"servers-disagree\""),
            ("domain", "\"im.*\""),
            ("view", "\"internal\""),
            ("reason", "\"cut-over\""),
            ("expires", "2026-12-31"),
        ] {
            writeln!(text, "{name} = {}", if name == key { value } else { good }).expect("text");
        }
        text
    };
    assert!(read(&with("", "")).is_ok());
    one(
        &with("rule", "\"servers-disagre\""),
        "\"servers",
        "unknown rule \"servers-disagre\"",
        "did you mean \"servers-disagree\"?",
    );
    one(&with("domain", "\"\""), "\"\"", "\"\" is no pattern for domains: it is empty", "in which * stands for any text");
    one(
        &with("domain", "\"im.a b*\""),
        "\"im.a",
        "\"im.a b*\" is no pattern for domains: it contains ' ' beside a * or ?",
        "* stands",
    );
    one(&with("domain", "\"im..*\""), "\"im.", "\"im..*\" is no pattern for domains: the name is empty", "* stands");
    one(&with("view", "\"inside\""), "\"inside", "unknown view \"inside\"", "`internal` or `external`");
    one(&with("reason", "\" \""), "\" \"", "the text is empty", "nothing is written here");
    one(&with("expires", "\"31.12.2026\""), "\"31", "\"31.12.2026\" is no date", "write it as 2026-12-31");
    one(&with("expires", "\"2026-02-30\""), "\"2026-02", "\"2026-02-30\" is no date", "no day of the calendar");
    one(&with("expires", "2026-12-31T10:00:00Z"), "2026", "`expires` takes a day", "without a time of day");
    let shape = "syntax error: invalid date, expected day between 01 and 28";
    one(&with("expires", "2026-02-30"), "2026", shape, "here");
    one(&with("expires", "20261231"), "2026", "`expires` takes a date, not a whole number", "write it as 2026-12-31");
}

#[test]
fn seconds_out_of_range() {
    for seconds in ["0", "-1", "0.0", "nan", "inf", "1e300"] {
        let text = format!("[probe]\nslow_answer_secs = {seconds}\n");
        one(&text, &format!(" {seconds}\n")[1..], "`slow_answer_secs` is out of range", "such as 1 or 0.5");
    }
}

#[test]
fn a_syntax_error_hides_no_other_mistake_and_invents_none() {
    let text = "[[domain]]\nname = im.a.example\nrouters = [\"r\"]\n\n[view.internal]\nservers = [\"9.9.9.9:70000\"]\n\n[[router]]\nnam = \"r\"\n\
                addresses = [\"10.0.0.1\"]\nname = \"r\"\nname = \"s\"\n[view.external\n";
    assert_eq!(
        mistakes(text),
        [
            "2:8: syntax error: `im.a.example` is no number, date, true or false, and text stands in quotes",
            "6:12: port 70000 is out of range",
            "9:1: unknown key `nam`",
            "12:1: syntax error: duplicate key",
            "13:15: syntax error: unclosed table, expected `]`",
        ]
    );
}

#[test]
fn text_without_quotes_is_told_to_have_them() {
    let bare = |word: &str| format!("syntax error: `{word}` is no number, date, true or false, and text stands in quotes");
    one("vantage = external\n", "external", &bare("external"), "write \"external\"");
    one("emails = [10.0.1.53]\n", "10.0", &bare("10.0.1.53"), "write \"10.0.1.53\"");
    one("[[domain]]\nname = im.a.example # the first\n", "im.a", &bare("im.a.example"), "quotes are missing");
    let text = "[[domain]]\nname = \"im.a.example\"\nexternal = True\n";
    one(text, "True", &bare("True"), "write true");
    one("vantage = \"external\n", "\n", "syntax error: invalid basic string, expected `\"`", "here");
}

#[test]
fn what_a_person_sees() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/suite/inventory");
    let mut seen = 0;
    for entry in fs::read_dir(&folder).expect("the folder of golden files") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a golden inventory");
        let rendered = read(&text).map(|inventory| format!("{inventory:?}")).expect_err("mistakes").to_string();
        let golden = path.with_extension("stderr");
        if std::env::var_os("IMCTL_BLESS").is_some() {
            fs::write(&golden, &rendered).expect("a writable golden file");
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(rendered, expected, "{} differs; IMCTL_BLESS=1 rewrites it", golden.display());
        seen += 1;
    }
    assert!(seen >= 2, "only {seen} golden files");
}

#[test]
fn ten_mistakes_are_all_shown_each_at_its_place() {
    let text = include_str!("../../../tests/suite/inventory/ten-mistakes.toml");
    let marked: Vec<_> = text.lines().enumerate().filter(|(_, line)| line.contains("# wrong")).map(|(at, _)| at + 1).collect();
    let found = read(text).map(|inventory| format!("{inventory:?}")).expect_err("ten mistakes");
    let lines: Vec<_> = found.iter().map(|(place, _)| place.line as usize).collect();
    assert_eq!(lines, marked);
    assert_eq!(found.len(), 10);
    assert!(found.to_string().ends_with("error: imctl.toml: 10 mistakes\n"));
}

#[test]
fn colour_adds_styles_and_no_text() {
    let found = read("vantage = 1\n").map(|inventory| format!("{inventory:?}")).expect_err("a mistake");
    let styled = found.render(true);
    assert!(styled.contains("\u{1b}["));
    assert_eq!(anstream::adapter::strip_str(&styled).to_string(), found.to_string());
}
