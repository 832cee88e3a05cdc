//! The HTML report: golden, safe against hostile text, small, and good in a real browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use imctl::dns::{DomainName, RecordType, View};
use imctl::judge::{Finding, Former, Judgement, MachineName, State, Undecided, Verdict};
use imctl::observe::Question;
use imctl::observe::recording::{Contradiction, Made, Sources};
use imctl::place::Place;
use imctl::profile::{Class, Role};
use imctl::report::{Format, Layout, printable};
use proptest::prelude::*;
use scraper::{Html, Selector};

use crate::reports::{domain, finding, judgement, name, seen, written};
use crate::support::{golden, imctl, program, skip};

fn page(judgement: &Judgement) -> String {
    written(Format::Html, Layout { width: 80, everything: true, details: false }, judgement)
}

/// Everything is known and well.
fn all_ok() -> Judgement {
    let (inside, outside) = (seen(State::Present, &["10.1.0.10"]), seen(State::Present, &["203.0.113.10"]));
    let domain = |n: u64| domain(&format!("im.d{n}.example"), n, Verdict::Ok, inside.clone(), outside.clone(), &[Class::Rvp]);
    Judgement { domains: (0..4).map(domain).collect(), ..Judgement::default() }
}

/// Two recordings that answer one question differently.
fn recordings(files: [&str; 2], said: [&str; 2]) -> Sources {
    let started = "2026-06-01T12:00:00Z".parse().expect("a time");
    let [inside, outside] = files.map(str::to_owned);
    let made = |file: &String, vantage| Made { file: file.clone(), command: "audit".to_owned(), started, vantage };
    let question = Question::dns(View::External, &name("im.leaked.example"), RecordType::A);
    Sources {
        recordings: vec![made(&inside, View::Internal), made(&outside, View::External)],
        contradictions: vec![Contradiction {
            question,
            answers: vec![(inside, said[0].to_owned()), (outside.clone(), said[1].to_owned())],
            judged_by: outside,
        }],
    }
}

/// A large estate: a dead machine behind a fifth of it, and every tenth domain with an error and a warning of its own.
fn estate(size: u64) -> Judgement {
    let (inside, outside) = (seen(State::Present, &["10.1.0.10"]), seen(State::Present, &["203.0.113.10"]));
    let mut all = Judgement::default();
    for n in 0..size {
        let text = format!("im.department-{n}.subsidiary-{}.example.com", n % 97);
        let (leaked, dead) = (n % 10 == 0, n % 5 == 1);
        let verdict = if leaked { Verdict::Leaked } else { Verdict::Ok };
        let verdict = if dead { Verdict::Faulty } else { verdict };
        let classes = [if dead { Class::Timeout } else { Class::Rvp }, Class::Rvp];
        let away = if leaked { inside.clone() } else { outside.clone() };
        all.domains.push(domain(&text, n % 700, verdict, inside.clone(), away, &classes));
        if leaked {
            let message = format!("{text} answers 10.1.0.10, router router-1, in the external view");
            all.findings.push(finding("external-points-at-router", Some(&text), Some(View::External), Some(n % 700), &message));
            let message = format!("{text} has different answers in the internal view: 1 of 2 servers differ");
            all.findings.push(finding("servers-disagree", Some(&text), Some(View::Internal), Some(n % 700), &message));
        }
        if dead {
            let message =
                format!("router router-1 (10.1.0.10:80) of {text}, asked from inside, cannot be reached: no connection in time");
            let mut one = finding("unreachable", Some(&text), Some(View::Internal), Some(n % 700), &message);
            one.cause =
                Some("router router-1 (10.1.0.10:80), asked from inside, cannot be reached: no connection in time".to_owned());
            all.findings.push(one);
        }
    }
    Finding::sort(&mut all.findings);
    all
}

/// The page without what does not depend on the judgement: style sheet, script and the hashes of both.
fn body(page: &str) -> String {
    let mut text = page.to_owned();
    for (from, to) in [("content=\"default-src", "\">"), ("<style>", "</style>"), ("<script>", "</script>")] {
        let start = text.find(from).expect("it is there") + from.len();
        let end = start + text[start..].find(to).expect("it ends");
        text.replace_range(start..end, "…");
    }
    text.replace("><", ">\n<")
}

#[test]
fn the_page_is_golden() {
    golden("tests/suite/reports/report.html", &body(&page(&judgement())));
}

#[test]
fn the_page_names_nothing_that_a_browser_would_fetch() {
    let document = Html::parse_document(&page(&judgement()));
    for element in document.select(&Selector::parse("*").expect("a selector")) {
        for (attribute, value) in element.value().attrs() {
            let is_local = value.starts_with('#') || value.starts_with("data:");
            assert!(!["src", "href", "action", "xlink:href", "srcset"].contains(&attribute) || is_local, "{attribute}={value}");
            assert!(!attribute.starts_with("on") && attribute != "style", "{attribute}={value}");
        }
    }
    assert!(document.errors.is_empty(), "the page is good HTML: {:?}", document.errors);
}

/// Elements and the names of their attributes, in order: what text must not be able to change.
fn skeleton(page: &str) -> Vec<String> {
    let document = Html::parse_document(page);
    let all = Selector::parse("*").expect("a selector");
    let shape = |element: scraper::ElementRef<'_>| {
        let names: Vec<_> = element.value().attrs().map(|(name, _)| name).collect();
        format!("{} {}", element.value().name(), names.join(" "))
    };
    document.select(&all).map(shape).collect()
}

/// A judgement in which every free text is the given one.
fn saying(text: &str) -> Judgement {
    let mut all = judgement();
    for finding in &mut all.findings {
        text.clone_into(&mut finding.message);
        finding.expected = vec![text.to_owned()];
        finding.found = vec![text.to_owned(), text.to_owned()];
        finding.servers = Some(text.to_owned());
        text.clone_into(&mut finding.help);
        finding.place = Some(Place::new(text, 1, 1));
    }
    for domain in &mut all.domains {
        domain.machines.iter_mut().for_each(|machine| text.clone_into(&mut machine.name));
        domain.probes.iter_mut().for_each(|probe| text.clone_into(&mut probe.machine));
        let owners = domain.views.values_mut().flat_map(|seen| seen.owners.values_mut());
        owners.for_each(|owner| text.clone_into(&mut owner.name));
    }
    all.sources = recordings([text, "outside.jsonl"], [text, text]);
    all.undecided =
        vec![Undecided { domain: name("im.ok.example"), view: View::Internal, asked: text.to_owned(), reason: text.to_owned() }];
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_text_can_open_a_tag_or_an_attribute_and_all_of_it_is_shown(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("<script>alert(1)</script>".to_owned()), Just("\" onload=\"x".to_owned()), Just("' style='x".to_owned()),
                Just("</title>".to_owned()), Just("-->".to_owned()), Just("]]>".to_owned()), Just("&lt;&#60;&amp".to_owned()),
                Just("</style><svg/onload=x>".to_owned()), Just("\u{202e}\u{0}\u{1b}[31m\r".to_owned()), Just("</td></dl>".to_owned()),
                "[a-z<>\"'&;/=`\\\\ ]{1,12}", "\\PC{1,8}",
            ],
            1..6,
        )
    ) {
        let text = format!("x{}", parts.concat());
        let page = page(&saying(&text));
        prop_assert_eq!(skeleton(&page), skeleton(&self::page(&saying("x harmless"))));
        let document = Html::parse_document(&page);
        let heading = document.select(&Selector::parse("article h4").expect("a selector")).next().expect("a finding");
        prop_assert_eq!(heading.text().collect::<String>(), printable(&text));
        let is_raw = page.contains(['\u{202e}', '\u{0}', '\u{1b}', '\r']);
        prop_assert!(!is_raw);
    }
}

#[test]
fn ten_thousand_domains_stay_below_ten_megabytes_and_none_is_left_out() {
    let page = page(&estate(10_000));
    assert!(page.len() < 10_000_000, "{} bytes", page.len());
    assert_eq!(page.matches("<th scope=\"row\">").count(), 10_000);
    assert!(page.contains("\u{2715} to the router") && page.contains("\u{2715} timed out"), "faults of every kind are drawn");
    let drawn = page.matches("<g class=\"node").count();
    assert!(drawn < 100, "{drawn} boxes are drawn");
    assert!(page.contains("2,988 more need attention, 7,000 more have nothing wrong"), "the rest is counted");
}

#[test]
fn what_is_broken_is_labelled_in_the_drawing_and_said_in_words() {
    let page = page(&judgement());
    let document = Html::parse_document(&page);
    let texts = |selector: &str| {
        let selector = Selector::parse(selector).expect("a selector");
        document.select(&selector).map(|element| element.text().collect::<String>()).collect::<Vec<_>>()
    };
    let labels = texts(".topology .label.bad text");
    for label in ["\u{2715} to the router", "\u{2715} to the proxy", "\u{2715} no record"] {
        assert!(labels.iter().any(|text| text == label), "{label} in {labels:?}");
    }
    let words = texts(".words li");
    assert_eq!(words.len(), judgement().domains.len());
    let leaked = words.iter().find(|text| text.starts_with("im.leaked.example")).expect("it is there");
    assert!(leaked.contains("outside router router-1 (to the router); reverse proxy edge-1 (not in DNS)"), "{leaked}");
    let gone = words.iter().find(|text| text.starts_with("im.gone.example")).expect("it is there");
    assert!(gone.contains("inside router router-1 (no record)"), "what DNS says comes before what a probe says: {gone}");
    let name: DomainName = name("im.bücher.example");
    assert!(page.contains(&name.to_unicode()));
}

#[test]
fn recordings_are_named_with_their_sides_and_what_they_contradict_each_other_in() {
    let sources = recordings(["inside.jsonl", "outside.jsonl"], ["203.0.113.10", "NXDOMAIN"]);
    let page = page(&Judgement { sources, vantages: View::ALL.to_vec(), ..judgement() });
    let said = "<li>NXDOMAIN in <code>outside.jsonl</code>; this one counts</li>";
    assert!(page.contains(said) && page.contains("<li>203.0.113.10 in <code>inside.jsonl</code></li>"), "{page}");
    assert!(page.contains("on the external side: outside.jsonl, audit of 2026-06-01T12:00:00Z"));
    assert!(page.contains("seen from both sides") && page.contains("href=\"#contradictions\""));
    assert!(!self::page(&judgement()).contains("contradictions\""), "no empty chapter");
}

#[test]
fn a_router_that_is_silent_outside_is_neither_drawn_nor_counted_as_down() {
    let mut all = all_ok();
    for domain in &mut all.domains {
        let mut outside = domain.probes[0].clone();
        (outside.vantage, outside.class) = (View::External, Class::Timeout);
        domain.probes.push(outside);
    }
    let well = page(&all);
    assert!(well.contains("<td class=\"up\">1 of 1</td>") && !well.contains("timed out") && !well.contains("partly down"));
    all.domains.iter_mut().flat_map(|domain| &mut domain.probes).for_each(|probe| probe.vantage = View::Internal);
    assert!(page(&all).contains("partly down"), "what is silent inside is down");
}

#[test]
fn an_old_machine_is_drawn_as_it_should_be_until_the_move_is_over() {
    let mut all = all_ok();
    let old = MachineName { role: Role::Router, name: "router-1".to_owned() };
    for domain in &mut all.domains {
        domain.machines.retain(|machine| *machine != old);
        domain.former = Former { machines: vec![old.clone()], accepted: true };
    }
    let during = page(&all);
    assert!(!during.contains("of another domain") && !during.contains("moved away"));
    all.domains.iter_mut().for_each(|domain| domain.former.accepted = false);
    assert!(page(&all).contains("\u{2715} moved away"));
    all.domains.iter_mut().for_each(|domain| domain.former = Former::default());
    assert!(page(&all).contains("\u{2715} of another domain"));
}

/// Where `tests/run.sh` puts playwright-core and axe-core.
fn browser_tools() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
    let modules = cache.join("imctl-tests/node_modules");
    if modules.join("axe-core").is_dir() && modules.join("playwright-core").is_dir() {
        return Some(modules);
    }
    skip("playwright-core and axe-core are not installed; tests/run.sh does it");
    None
}

/// What a browser has to say against these pages, a line each; `None` where there is no browser.
fn complaints(pages: &[(&str, String)]) -> Option<Vec<String>> {
    let (chromium, node, modules) = (program("chromium")?, program("node")?, browser_tools()?);
    let folder = tempfile::tempdir().expect("a folder");
    let files: Vec<PathBuf> = pages.iter().map(|(name, _)| folder.path().join(name)).collect();
    for (file, (_, page)) in files.iter().zip(pages) {
        fs::write(file, page).expect("the page is written");
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/html/page.cjs");
    let mut command = Command::new(node);
    command.arg(script).args(files).env("NODE_PATH", modules).env("CHROMIUM", chromium);
    let output = command.output().expect("node runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

#[test]
fn a_browser_shows_the_pages_whole_readable_and_operable_by_keyboard() {
    let sources = recordings(["inside.jsonl", "outside.jsonl"], ["203.0.113.10", "NXDOMAIN"]);
    let mixed = Judgement { sources, vantages: View::ALL.to_vec(), ..judgement() };
    let pages = [("mixed.html", page(&mixed)), ("ok.html", page(&all_ok())), ("large.html", page(&estate(60)))];
    if let Some(complaints) = complaints(&pages) {
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }
}

#[test]
fn a_browser_would_tell_if_a_page_were_bad() {
    let good = page(&judgement());
    let harm = "<img src=\"picture.png\"><p style=\"color:#777;background:#888;width:3000px\">hardly to be read</p></main>";
    let start = good.find("<meta http-equiv").expect("a policy");
    let end = start + good[start..].find('>').expect("its end") + 1;
    let bad = format!("{}{}", &good[..start], &good[end..]).replace("</main>", harm);
    let Some(complaints) = complaints(&[("bad.html", bad)]) else { return };
    for wanted in ["asks for", "says on the console", "pixels wide where there are 360", "axe image-alt", "axe color-contrast"] {
        assert!(complaints.iter().any(|line| line.contains(wanted)), "{wanted} is not in {complaints:#?}");
    }
}

#[test]
fn the_demo_writes_its_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.html");
    imctl().args(["demo", "-q", "--report"]).arg(format!("html={}", path.display())).assert().success();
    let page = fs::read_to_string(path).expect("it is written");
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("router-contoso-1"), "machines are named");
}
