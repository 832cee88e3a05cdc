//! What holds of every rule: how it is listed, how it is explained, and that it has its scenarios.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use imctl::judge::Rule;
use imctl::judge::rules::RULES;

use super::file::{Scenario, folder, folders, shown};

const HEADINGS: [&str; 4] = ["## What it means", "## Why it matters", "## How to fix", "## Example"];

#[test]
fn rules_are_listed_once_and_in_order() {
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "src/judge/rules/mod.rs is not sorted by id, or has one twice: {ids:#?}");
    let mut names = BTreeSet::new();
    for name in RULES.iter().flat_map(|rule| rule.aliases.iter().chain([&rule.id])) {
        assert!(names.insert(name), "{name} is the name of two rules");
    }
}

#[test]
fn every_rule_stands_in_the_file_of_its_name_with_its_explanation_beside_it() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/judge/rules");
    let listing = fs::read_dir(here).expect("the rules are there");
    let files: BTreeSet<String> =
        listing.map(|entry| entry.expect("a readable folder").file_name().to_string_lossy().into_owned()).collect();
    let stems = RULES.iter().map(|rule| rule.id.replace('-', "_"));
    let expected: BTreeSet<String> =
        stems.flat_map(|stem| [format!("{stem}.rs"), format!("{stem}.md")]).chain(["mod.rs".to_owned()]).collect();
    let missing: Vec<_> = expected.difference(&files).collect();
    let unlisted: Vec<_> = files.difference(&expected).collect();
    assert!(missing.is_empty() && unlisted.is_empty(), "missing: {missing:?}; in no rule's name: {unlisted:?}");
}

#[test]
fn every_rule_is_explained_under_the_same_headings() {
    let wrong: Vec<String> = RULES.iter().filter_map(|rule| misexplained(rule).map(|why| format!("{}: {why}", rule.id))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn misexplained(rule: &Rule) -> Option<String> {
    let text = rule.explanation;
    if text.lines().next() != Some(&format!("# {}", rule.id)) {
        return Some("the first line is not its id".to_owned());
    }
    let headings: Vec<&str> = text.lines().filter(|line| line.starts_with("## ")).collect();
    if headings != HEADINGS {
        return Some(format!("the headings are {headings:?}"));
    }
    let sections = text.split("## ").skip(1).map(|section| section.split_once('\n').map_or("", |(_, body)| body.trim()));
    if sections.into_iter().any(|body| body.len() < 40) {
        return Some("a section says nothing".to_owned());
    }
    let one_line = !rule.summary.is_empty() && !rule.summary.contains('\n') && !rule.summary.ends_with('.');
    (!one_line).then(|| "the summary is one line without a final period".to_owned())
}

#[test]
fn every_rule_has_a_quiet_a_firing_and_an_unknown_scenario() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for (name, fires) in [("quiet", false), ("fires", true), ("unknown", false)] {
            let path = folder().join(rule.id).join(name).with_extension("toml");
            match Scenario::read(&path) {
                Err(why) => wrong.push(format!("{}: {why}", shown(&path))),
                Ok(scenario) if scenario.file.expect.findings.iter().any(|id| id == rule.id) != fires => {
                    wrong.push(format!("{} {}", shown(&path), if fires { "does not fire" } else { "fires" }));
                }
                Ok(_) => {}
            }
        }
    }
    for folder in folders() {
        let name = folder.file_name().expect("a folder has a name").to_string_lossy();
        if !RULES.iter().any(|rule| rule.id == name) {
            wrong.push(format!("{} is the folder of no rule", shown(&folder)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
