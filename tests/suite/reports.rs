//! Every report format, from one judgement with all states in it; golden files in `reports/`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use imctl::dns::{DomainName, View};
use imctl::judge::{
    DomainVerdict, Finding, Former, Judgement, MachineName, ProbeVerdict, Rule, Seen, Severity, State, Undecided, Verdict,
    rules::RULES,
};
use imctl::observe::Tally;
use imctl::observe::recording::Sources;
use imctl::place::Place;
use imctl::profile::{Class, Role};
use imctl::report::{Format, Header, Layout};

use crate::support::golden;

pub(crate) fn name(text: &str) -> DomainName {
    text.parse().expect("a good name")
}

fn rule(id: &str) -> &'static Rule {
    RULES.iter().find(|rule| rule.id == id).unwrap_or_else(|| panic!("no rule {id}"))
}

pub(crate) fn seen(state: State, addresses: &[&str]) -> Seen {
    let addresses = addresses.iter().map(|address| address.parse().expect("an address")).collect();
    let machines = [
        ("10.1.0.10", MachineName { role: Role::Router, name: "router-1".to_owned() }),
        ("203.0.113.10", MachineName { role: Role::ReverseProxy, name: "edge-1".to_owned() }),
    ];
    let owners = machines.map(|(address, machine)| (address.parse().expect("an address"), machine));
    let owners = owners.into_iter().filter(|(address, _)| BTreeSet::contains(&addresses, address)).collect();
    Seen { state, addresses, owners }
}

pub(crate) fn domain(text: &str, people: u64, verdict: Verdict, inside: Seen, outside: Seen, classes: &[Class]) -> DomainVerdict {
    let probe = |(n, class): (usize, &Class)| ProbeVerdict {
        address: SocketAddr::from(([10, 1, 0, u8::try_from(n).expect("few") + 10], 80)),
        vantage: View::Internal,
        role: Role::Router,
        machine: format!("router-{}", n + 1),
        class: *class,
        seconds: class.is_im_server().then_some(0.004),
        connect_seconds: class.is_im_server().then_some(0.001),
    };
    DomainVerdict {
        name: name(text),
        email: vec![name(text.strip_prefix("im.").expect("im."))],
        external: true,
        people: Some(people),
        verdict,
        machines: vec![
            MachineName { role: Role::Router, name: "router-1".to_owned() },
            MachineName { role: Role::ReverseProxy, name: "edge-1".to_owned() },
            MachineName { role: Role::HomeServer, name: "home-1".to_owned() },
        ],
        former: Former::default(),
        views: BTreeMap::from([(View::Internal, inside), (View::External, outside)]),
        trace: Vec::new(),
        probes: classes.iter().enumerate().map(probe).collect(),
    }
}

pub(crate) fn finding(id: &str, domain: Option<&str>, view: Option<View>, people: Option<u64>, message: &str) -> Finding {
    let rule = rule(id);
    Finding {
        rule,
        severity: rule.severity,
        domain: domain.map(name),
        view,
        message: message.to_owned(),
        expected: vec!["203.0.113.10".to_owned()],
        found: vec!["10.1.0.10".to_owned()],
        servers: Some("2 of 2".to_owned()),
        people,
        help: "publish the reverse proxy's address outside".to_owned(),
        place: Some(Place::new("imctl.toml", 14, 1)),
        kind: "10.1.0.10".to_owned(),
        cause: None,
    }
}

/// Every verdict, every severity, hostile text, people and none, a silent server.
pub(crate) fn judgement() -> Judgement {
    let (inside, outside) = (seen(State::Present, &["10.1.0.10"]), seen(State::Present, &["203.0.113.10"]));
    let (none, unknown) = (seen(State::Absent, &[]), seen(State::Undecided, &[]));
    let up = [Class::Rvp];
    let hostile = "a probe of 10.1.0.10 is sent to \u{1b}[2Jhttp://\u{202e}evil.example/ which is a rather long text that has to be wrapped somewhere";
    let mut findings = vec![
        finding(
            "external-points-at-router",
            Some("im.leaked.example"),
            Some(View::External),
            Some(214),
            "im.leaked.example answers 10.1.0.10, router router-1, in the external view",
        ),
        finding("servers-disagree", Some("im.bücher.example"), Some(View::Internal), Some(3), hostile),
        finding("ttl-out-of-range", None, None, None, "a note about nothing in particular"),
    ];
    Finding::sort(&mut findings);
    let silent = Tally { questions: 8, answered: 6, sent: 10, timeouts: 4, truncated: 1 };
    Judgement {
        domains: vec![
            domain("im.ok.example", 10, Verdict::Ok, inside.clone(), outside.clone(), &up),
            domain("im.leaked.example", 214, Verdict::Leaked, inside.clone(), inside.clone(), &up),
            domain("im.swapped.example", 1, Verdict::Swapped, outside.clone(), inside.clone(), &up),
            domain("im.gone.example", 0, Verdict::Missing, none.clone(), none.clone(), &[Class::Refused, Class::Timeout]),
            domain("im.bücher.example", 3, Verdict::Undecided, unknown, outside.clone(), &[Class::Undecided]),
            domain("im.exposed.example", 2, Verdict::Exposed, inside, outside, &up),
        ],
        findings,
        undecided: vec![Undecided {
            domain: name("im.bücher.example"),
            view: View::Internal,
            asked: "A im.xn--bcher-kva.example".to_owned(),
            reason: "SERVFAIL from 10.0.0.53:53, no answer in time from 10.0.1.53:53".to_owned(),
        }],
        suppressed: 1,
        rules: RULES.to_vec(),
        baseline: None,
        validated: vec![View::External],
        vantages: vec![View::Internal],
        sources: Sources::default(),
        views: vec![(View::Internal, vec![(SocketAddr::from(([10, 0, 0, 53], 53)).into(), silent)]), (View::External, Vec::new())],
    }
}

/// A reverse proxy that many domains share and that is down, and what one of them has besides.
fn shared() -> Judgement {
    let said = "reverse proxy edge-2 (203.0.113.20:80), asked from outside, cannot be reached: the connection was refused";
    let down = |number: u64| {
        let (domain, people) = (format!("im.d{number:02}.example"), number * 100);
        let mut finding = finding("unreachable", Some(&domain), Some(View::External), Some(people), &said.replace(',', " of it,"));
        finding.found = vec!["203.0.113.20:80, OPTIONS: the connection was refused".to_owned()];
        finding.expected = vec![format!("something for {domain} alone")];
        (finding.servers, finding.cause) = (None, Some(said.to_owned()));
        finding
    };
    let mut judgement = Judgement { findings: (1..=41).map(down).collect(), ..judgement() };
    let leaked = "im.leaked.example answers 10.1.0.10, router router-1, in the external view";
    judgement.findings.push(finding(
        "external-points-at-router",
        Some("im.leaked.example"),
        Some(View::External),
        Some(5000),
        leaked,
    ));
    Finding::sort(&mut judgement.findings);
    judgement
}

pub(crate) fn render(format: Format, width: usize) -> String {
    render_with(format, Layout { width, everything: false, details: false })
}

fn render_with(format: Format, layout: Layout) -> String {
    written(format, layout, &judgement())
}

/// The report on any judgement.
pub(crate) fn written(format: Format, layout: Layout, judgement: &Judgement) -> String {
    let header = Header {
        command: "audit",
        started: "2026-01-31T12:00:00Z".to_owned(),
        seconds: 1.8,
        vantage: View::Internal,
        fail_on: None,
    };
    let mut out = anstream::StripStream::new(Vec::new());
    format.render(&header, judgement, layout, &mut out).expect("memory takes it");
    String::from_utf8(out.into_inner()).expect("UTF-8")
}

#[test]
fn the_table_fits_and_shows_hostile_text_without_obeying_it() {
    let table = render(Format::Table, 80);
    golden("tests/suite/reports/report.txt", &table);
    assert!(table.starts_with("imctl audit: 5 of 6 domains need attention"), "the verdict comes first: {table}");
    assert!(!table.contains('\u{1b}') && !table.contains('\u{202e}'));
    golden(
        "tests/suite/reports/report-verbose.txt",
        &render_with(Format::Table, Layout { width: 100, everything: true, details: false }),
    );
    for (width, everything) in [(60, false), (80, false), (80, true), (120, true), (200, false)] {
        for line in render_with(Format::Table, Layout { width, everything, details: false }).lines() {
            assert!(line.chars().count() <= width, "{} columns of {width}: {line}", line.chars().count());
        }
    }
}

/// A wide character takes two columns, a combining one none, and names that run from right to left are columns like others.
#[test]
fn columns_stand_below_each_other_whatever_script_names_are_in() {
    let missing = || seen(State::Absent, &[]);
    let names = ["im.例え.example", "im.plain-and-long.example", "im.שלום.example", "im.bücher.example", "im.नमस्ते.example"];
    let domains = names.map(|text| domain(text, 1, Verdict::Missing, missing(), missing(), &[]));
    let table = written(
        Format::Table,
        Layout { width: 100, everything: true, details: false },
        &Judgement { domains: domains.into(), ..Judgement::default() },
    );
    let columns: BTreeSet<usize> = (table.lines().filter(|line| line.starts_with("im.")))
        .map(|line| textwrap::core::display_width(line.split("  ").next().expect("a name")))
        .collect();
    assert!(columns.len() > 2, "names of several widths: {table}");
    let verdicts: BTreeSet<usize> = (table.lines().filter(|line| line.starts_with("im.")))
        .map(|line| textwrap::core::display_width(line.split_once("missing").expect("a verdict").0))
        .collect();
    assert_eq!(verdicts.len(), 1, "{table}");
}

#[test]
fn one_cause_in_many_domains_is_shown_once_and_unfolded_on_demand() {
    let folded = written(Format::Table, Layout { width: 80, everything: false, details: false }, &shared());
    golden("tests/suite/reports/report-folded.txt", &folded);
    assert_eq!(folded.matches("error[unreachable]").count(), 1);
    assert!(!folded.contains("for im.d01.example alone"), "what differs is shown for none of them: {folded}");
    let unfolded = written(Format::Table, Layout { width: 80, everything: false, details: true }, &shared());
    assert_eq!(unfolded.matches("error[unreachable]").count(), 41);
    let json = written(Format::Json, Layout { width: 80, everything: false, details: false }, &shared());
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["findings"].as_array().map(Vec::len), Some(42), "every finding is there");
}

#[test]
fn the_json_report_is_golden_and_fits_its_published_schema() {
    let json = render(Format::Json, 80);
    golden("tests/suite/reports/report.json", &json);
    assert!(!json.contains('\u{1b}') && !json.contains('\u{202e}'));
    let document: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let schema = imctl::report::json::schema().to_value();
    let errors: Vec<_> =
        jsonschema::validator_for(&schema).expect("a schema").iter_errors(&document).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(document["summary"]["ok"], 1);
    assert_eq!(document["findings"][0]["rule"], "external-points-at-router");
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let validator = jsonschema::validator_for(&imctl::report::json::schema().to_value()).expect("a schema");
    let mut document: serde_json::Value = serde_json::from_str(&render(Format::Json, 80)).expect("JSON");
    document["findings"][0]["severity"] = "fatal".into();
    assert!(!validator.is_valid(&document));
}

#[test]
fn fingerprints_depend_on_what_is_wrong_and_not_on_where_it_stands() {
    let one = finding("servers-disagree", Some("im.a.example"), Some(View::Internal), None, "one text");
    let mut same = finding("servers-disagree", Some("im.a.example"), Some(View::Internal), Some(7), "another text");
    same.place = Some(Place::new("other.toml", 99, 9));
    assert_eq!(one.fingerprint(), same.fingerprint());
    for other in [
        finding("ttl-out-of-range", Some("im.a.example"), Some(View::Internal), None, "one text"),
        finding("servers-disagree", Some("im.b.example"), Some(View::Internal), None, "one text"),
        finding("servers-disagree", Some("im.a.example"), Some(View::External), None, "one text"),
    ] {
        assert_ne!(one.fingerprint(), other.fingerprint());
    }
    assert_eq!(one.severity, Severity::Warning);
}
