//! The rules as data: every file under tests/scenarios is one small world with what must be found in it, and nothing else.
//! The format is described in tests/scenarios/README.md.

mod file;
mod policy;
mod random;
mod replay;
mod world;
mod zones;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use file::Scenario;
use imctl::judge::Finding;
use imctl::observe::Question;
use imctl::observe::recording::{self, Recorder};
use imctl::report::{Format, Header, Layout};
use replay::{Outcome, replay};
use world::{Silence, World};

use crate::support::golden;

/// A world in a folder: its imctl.toml, and `NAME` with everything that its servers and machines answer, as `--save` writes it.
pub(crate) fn record(text: &str, started: &str, folder: &Path, name: &str) {
    let scenario = Scenario::parse(text).expect("a scenario");
    let world = World::of(&scenario).expect("a world");
    let header = recording::Header::new("audit", started, scenario.inventory.vantage);
    let file = fs::File::create(folder.join(name)).expect("the recording is made");
    let mut recorder = Recorder::new(file, &header).expect("written");
    for question in replay(&scenario, &world).asked {
        recorder.record(&question, &world.answer(&question)).expect("written");
    }
    fs::write(folder.join("imctl.toml"), &scenario.file.inventory).expect("the inventory is written");
}

#[test]
fn every_scenario_ends_as_it_says() {
    report("scenarios that end otherwise", |scenario| {
        let outcome = replay(scenario, &World::of(scenario)?);
        Ok(scenario.mismatches(&outcome))
    });
}

/// What a person at a terminal of 80 columns sees where a rule fires: `shown.txt` beside its scenarios.
#[test]
fn what_each_rule_says_is_shown_as_it_should_be() {
    for folder in file::folders() {
        let scenario = Scenario::read(&folder.join("fires.toml")).expect("a scenario");
        let outcome = replay(&scenario, &World::of(&scenario).expect("a world"));
        let header = Header {
            command: "audit",
            started: format!("{}T12:00:00Z", scenario.today),
            seconds: 1.0,
            vantage: scenario.inventory.vantage,
            fail_on: None,
        };
        let layout = Layout { width: 80, everything: false, details: false };
        let mut shown = Vec::new();
        Format::Table.render(&header, &outcome.judgement, layout, &mut anstream::StripStream::new(&mut shown)).expect("rendered");
        let path = file::shown(&folder.join("shown.txt"));
        golden(&path, &String::from_utf8(shown).expect("UTF-8"));
    }
}

/// Silence never accuses, and never acquits: whichever answer is taken away, no finding appears that was not there before,
/// and something is undecided.
#[test]
fn without_any_one_answer_nothing_new_is_found_and_something_is_undecided() {
    report("scenarios in which silence speaks", |scenario| {
        let world = World::of(scenario)?;
        let whole = replay(scenario, &world);
        let mut wrong = Vec::new();
        for question in &whole.asked {
            for silence in [Silence::NotAsked, Silence::Timeouts] {
                let Some(without) = world.without(question, silence) else { continue };
                wrong.extend(compare(question, silence, &whole, &replay(scenario, &without)));
            }
        }
        Ok(wrong)
    });
}

fn compare(question: &Question, silence: Silence, whole: &Outcome, without: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    let context = format!("without {}: {question} ({silence:?})", question.view());
    if without.undecided.is_empty() {
        wrong.push(format!("{context}, nothing is undecided"));
    }
    let known = |new: &Finding| {
        whole
            .findings
            .iter()
            .any(|old| (old.rule.id, &old.domain) == (new.rule.id, &new.domain) && (old.view.is_none() || old.view == new.view))
    };
    for new in without.findings.iter().filter(|finding| !known(finding)) {
        // Of this rule silence is the very subject.
        if new.rule.id != "view-unreachable" {
            wrong.push(format!("{context}, {} appears: {}", new.rule.id, new.message));
        }
    }
    wrong
}

/// Runs a check over every scenario and reports all that is wrong at once.
fn report(title: &str, check: impl Fn(&Scenario) -> Result<Vec<String>, String>) {
    let mut wrong = Vec::new();
    for path in file::paths() {
        let complaints = Scenario::read(&path).and_then(|scenario| check(&scenario)).unwrap_or_else(|error| vec![error]);
        let complaints: BTreeSet<_> = complaints.into_iter().collect();
        if !complaints.is_empty() {
            wrong.push(format!("  {}", file::shown(&path)));
            wrong.extend(complaints.into_iter().map(|line| format!("    {line}")));
        }
    }
    assert!(wrong.is_empty(), "{title}:\n{}", wrong.join("\n"));
}
