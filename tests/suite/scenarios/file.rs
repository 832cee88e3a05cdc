//! A scenario as it stands in its file, and the comparison of what came out with what it expects.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use imctl::dns::{DomainName, View};
use imctl::email::{DomainPeople, List, ListOptions, Mapping, Problem, ProblemKind, Roster, roster};
use imctl::inventory::{self, Inventory};
use imctl::judge::{group, rules::RULES};
use imctl::place::Place;
use jiff::civil::Date;
use serde::Deserialize;

use super::replay::Outcome;
use super::zones;

/// The folder of worlds in which several things are wrong at a time.
const TOGETHER: &str = "together";

/// One world and what must be found in it.
pub(super) struct Scenario {
    pub(super) file: File,
    pub(super) today: Date,
    pub(super) inventory: Inventory,
    pub(super) roster: Option<Roster>,
}

/// The file, word for word.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default = "first_of_june")]
    today: String,
    #[serde(default = "dns_only")]
    checks: Vec<Checks>,
    /// The sides from which is probed; the inventory's where none is named.
    #[serde(default)]
    vantages: Vec<View>,
    pub(super) inventory: String,
    emails: Option<String>,
    #[serde(default)]
    people: BTreeMap<String, u64>,
    #[serde(default)]
    problems: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) internal: BTreeMap<String, toml::Value>,
    #[serde(default)]
    pub(super) external: BTreeMap<String, toml::Value>,
    /// What name servers say themselves, by view and zone; where there is any, they are asked.
    #[serde(default)]
    zones: BTreeMap<View, BTreeMap<String, zones::Lines>>,
    #[serde(default)]
    pub(super) probe: BTreeMap<String, String>,
    pub(super) expect: Expect,
}

/// Which checks run.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Checks {
    Estate,
    Dns,
    Probe,
}

/// What must come out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    pub(super) findings: Vec<String>,
    #[serde(default)]
    undecided: Vec<String>,
    #[serde(default)]
    verdicts: BTreeMap<String, String>,
    #[serde(default)]
    messages: Vec<String>,
    /// How domains are reached, each by one of the traces.
    #[serde(default)]
    traces: Vec<String>,
    /// What is shown once for several domains: the cause, and how many they are.
    #[serde(default)]
    groups: Vec<String>,
}

fn first_of_june() -> String {
    "2026-06-01".to_owned()
}

fn dns_only() -> Vec<Checks> {
    vec![Checks::Dns]
}

/// The folder of all scenarios.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// A path as a person would look for it.
pub(super) fn shown(path: &Path) -> String {
    path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path).display().to_string()
}

/// Every scenario file, sorted.
pub(super) fn paths() -> Vec<PathBuf> {
    let together = folder().join(TOGETHER);
    let mut found: Vec<PathBuf> = folders().iter().chain([&together]).flat_map(|folder| entries(folder)).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    found
}

/// The folders of the rules, sorted.
pub(super) fn folders() -> Vec<PathBuf> {
    entries(&folder()).into_iter().filter(|path| path.is_dir() && !path.ends_with(TOGETHER)).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listing = fs::read_dir(folder).expect("the scenarios are there");
    let mut paths: Vec<_> = listing.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    paths
}

impl Scenario {
    /// Reads a scenario; the error says what is wrong with the file.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        Self::parse(&fs::read_to_string(path).map_err(|error| error.to_string())?)
    }

    /// Reads the text of a scenario.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if !text.starts_with("# ") {
            return Err("the first line is no comment that says what this shows".to_owned());
        }
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
        let nothing_else = |path: &Path| Err(std::io::Error::other(format!("{} is not in the scenario", path.display())));
        let context = inventory::Context { rules: &ids, read: &nothing_else };
        let inventory = inventory::parse(&file.inventory, "imctl.toml", &context).map_err(|mistakes| mistakes.to_string())?;
        let today = file.today.parse().map_err(|error| format!("today: {error}"))?;
        let mut roster = file.emails.as_deref().map(|text| read_roster(text, &inventory)).transpose()?;
        for (domain, count) in &file.people {
            let domain = domain.parse().map_err(|error| format!("people: {domain:?}: {error}"))?;
            let people = DomainPeople { count: *count, email: BTreeSet::new(), first: Place::new("people.txt", 1, 1) };
            roster.get_or_insert_default().people.insert(domain, people);
        }
        for (rule, message) in &file.problems {
            let kind =
                ProblemKind::ALL.into_iter().find(|kind| kind.rule() == rule).ok_or(format!("problems: {rule:?} is none"))?;
            let place = Place::new("people.txt", 1, 1);
            roster.get_or_insert_default().problems.push(Problem { kind, place, message: message.clone(), domain: None });
        }
        Ok(Self { file, today, inventory, roster })
    }

    /// The sides from which is probed.
    pub(super) fn vantages(&self) -> Vec<View> {
        if self.file.vantages.is_empty() { vec![self.inventory.vantage] } else { self.file.vantages.clone() }
    }

    /// The zones of each view.
    pub(super) fn zones(&self) -> Result<BTreeMap<View, BTreeMap<DomainName, zones::Lines>>, String> {
        let mut read: BTreeMap<View, BTreeMap<DomainName, zones::Lines>> = BTreeMap::new();
        for (view, zones) in &self.file.zones {
            for (apex, lines) in zones {
                let apex = apex.parse().map_err(|error| format!("zones: {apex}: {error}"))?;
                read.entry(*view).or_default().insert(apex, lines.clone());
            }
        }
        Ok(read)
    }

    /// Whether the name servers of zones are asked themselves.
    pub(super) fn asks_zones(&self) -> bool {
        !self.file.zones.is_empty()
    }

    /// Whether checks of that kind run.
    pub(super) fn runs(&self, checks: Checks) -> bool {
        self.file.checks.contains(&checks)
    }

    /// How the outcome differs from what is expected.
    pub(super) fn mismatches(&self, outcome: &Outcome) -> Vec<String> {
        let expect = &self.file.expect;
        let found: Vec<_> = outcome.findings.iter().map(|finding| (finding.rule.id, finding.message.as_str())).collect();
        let mut wrong = Vec::new();
        for (id, message) in surplus(&found, |(id, _)| id, &expect.findings) {
            wrong.push(format!("must not be found: {id}: {message}"));
        }
        for id in surplus(&expect.findings, |id| id, &found.iter().map(|(id, _)| *id).collect::<Vec<_>>()) {
            wrong.push(format!("not found: {id}"));
        }
        for asked in surplus(&outcome.undecided, |asked| asked, &expect.undecided) {
            wrong.push(format!("must not be undecided: {asked}"));
        }
        for asked in surplus(&expect.undecided, |asked| asked, &outcome.undecided) {
            wrong.push(format!("not undecided: {asked}"));
        }
        for (domain, verdict) in &expect.verdicts {
            let got = outcome.verdicts.get(domain).map_or("no such domain", String::as_str);
            if got != verdict {
                wrong.push(format!("the verdict on {domain} is {got}, not {verdict}"));
            }
        }
        for message in expect.messages.iter().filter(|message| !found.iter().any(|(_, said)| said == message)) {
            let said: Vec<_> = found.iter().map(|(_, said)| *said).collect();
            wrong.push(format!("no finding says: {message}; they say:\n        {}", said.join("\n        ")));
        }
        for trace in expect.traces.iter().filter(|trace| !outcome.traces.contains(*trace)) {
            let all: Vec<_> = outcome.traces.iter().map(String::as_str).collect();
            wrong.push(format!("no trace says: {trace}; they say:\n        {}", all.join("\n        ")));
        }
        let groups = group(&outcome.findings);
        let folded: Vec<String> =
            groups.iter().filter(|g| g.is_folded()).map(|g| format!("{}: {}", g.message(), g.domains.len())).collect();
        for cause in expect.groups.iter().filter(|cause| !folded.contains(cause)) {
            wrong.push(format!("not shown once: {cause}; these are:\n        {}", folded.join("\n        ")));
        }
        for finding in &outcome.findings {
            let texts = finding.expected.iter().chain(&finding.found).chain([&finding.message, &finding.help, &finding.kind]);
            if texts.into_iter().any(|text| text.chars().any(char::is_control)) {
                wrong.push(format!("{}: a finding holds a control character", finding.rule.id));
            }
            if finding.cause.iter().any(|cause| finding.domain.iter().any(|domain| cause.contains(domain.as_str()))) {
                wrong.push(format!("{}: a cause names the one domain: {:?}", finding.rule.id, finding.cause));
            }
            if finding.message.is_empty() || finding.help.is_empty() || finding.message.ends_with('.') {
                wrong.push(format!("{}: a finding has a message without a final period, and a help", finding.rule.id));
            }
        }
        wrong
    }
}

/// What is in `values` more often than in `expected`.
fn surplus<'v, V, K: PartialEq<E> + ?Sized + 'v, E>(values: &'v [V], key: impl Fn(&'v V) -> &'v K, expected: &[E]) -> Vec<&'v V> {
    let mut left: Vec<&E> = expected.iter().collect();
    let mut surplus = Vec::new();
    for value in values {
        match left.iter().position(|expected| key(value) == *expected) {
            Some(position) => drop(left.swap_remove(position)),
            None => surplus.push(value),
        }
    }
    surplus
}

/// The list as audit reads it.
fn read_roster(text: &str, inventory: &Inventory) -> Result<Roster, String> {
    let mapping = Mapping::of_inventory(inventory).map_err(|error| format!("emails: {error}"))?;
    let list = List::open("people.txt", Cursor::new(text.to_owned()), &ListOptions::default())
        .map_err(|error| format!("emails: {error}"))?;
    roster([list], &mapping).map_err(|error| format!("emails: {error}"))
}
