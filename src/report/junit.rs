//! `--format junit`: the XML that Jenkins and GitLab read: a suite a domain, a case a rule and view, passes too. Never lets a
//! case pass of which something is undecided.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use super::{Header, printable};
use crate::dns::{DomainName, View};
use crate::judge::{Check, DomainVerdict, Finding, Judgement, Rule, State, Undecided};
use crate::profile::Class;

/// What a case comes to.
enum Outcome {
    Pass,
    Skipped,
    Failure {
        kind: String,
        texts: Vec<String>,
    },
    /// Undecided.
    Error {
        texts: Vec<String>,
    },
}

/// The case of a rule in a view, or of a rule that looks at no single view.
type Key = (&'static str, Option<View>);

struct Suite {
    name: String,
    cases: BTreeMap<Key, Outcome>,
}

/// Cases, and of those the ones that failed, are undecided, are skipped.
#[derive(Default)]
struct Counts([usize; 4]);

/// The name of the case that holds what is undecided.
const ANSWERED: &str = "every-question-answered";

pub(super) fn render(header: &Header, judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let by_domain = by_domain(judgement);
    // A report has millions of cases: they are made twice rather than kept.
    let suites = || {
        let domains = judgement.domains.iter().map(|domain| Suite::of_domain(domain, judgement, &by_domain));
        [Suite::of_whole(judgement)].into_iter().chain(domains).filter(|suite| !suite.cases.is_empty())
    };
    let mut all = Counts::default();
    suites().for_each(|suite| all.add(&suite));
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"imctl {}\" {} time=\"{:.3}\">", header.command, all.attributes(), header.seconds)?;
    suites().try_for_each(|suite| suite.write(header, out))?;
    writeln!(out, "</testsuites>")
}

fn by_domain(judgement: &Judgement) -> HashMap<&DomainName, Vec<&Finding>> {
    let mut findings: HashMap<_, Vec<_>> = HashMap::new();
    for finding in &judgement.findings {
        if let Some(domain) = domain_of(finding) {
            findings.entry(domain).or_default().push(finding);
        }
    }
    findings
}

/// The domain whose suite has the finding; `None` where it comes from judging everything together.
fn domain_of(finding: &Finding) -> Option<&DomainName> {
    finding.domain.as_ref().filter(|_| finding.rule.check.is_of_a_domain())
}

impl Suite {
    /// What is judged of the inventory, the lists and the views as wholes.
    fn of_whole(judgement: &Judgement) -> Self {
        let mut cases = BTreeMap::new();
        for rule in &judgement.rules {
            match rule.check {
                Check::Estate(_) | Check::Policy => drop(cases.insert((rule.id, None), Outcome::Pass)),
                Check::View(_) => cases.extend(judgement.views.iter().map(|(view, _)| ((rule.id, Some(*view)), Outcome::Pass))),
                Check::Dns(_) | Check::Zone(_) | Check::Dnssec(_) | Check::Probe(_) => {}
            }
        }
        let mut suite = Self { name: "estate".to_owned(), cases };
        suite.fail(judgement.findings.iter().filter(|finding| domain_of(finding).is_none()));
        suite
    }

    fn of_domain(domain: &DomainVerdict, judgement: &Judgement, findings: &HashMap<&DomainName, Vec<&Finding>>) -> Self {
        let start = judgement.undecided.partition_point(|one| one.domain < domain.name);
        let end = judgement.undecided.partition_point(|one| one.domain <= domain.name);
        let undecided = judgement.undecided.get(start..end).unwrap_or_default();
        let mut suite = Self { name: domain.name.to_string(), cases: BTreeMap::new() };
        let outcome = |is_known| if is_known { Outcome::Pass } else { Outcome::Skipped };
        for rule in &judgement.rules {
            match rule.check {
                Check::Dns(_) | Check::Zone(_) | Check::Dnssec(_) => {
                    let is_judged = |view: &Option<View>| match (rule.check, view) {
                        (Check::Dnssec(_), Some(view)) => judgement.validated.contains(view),
                        _ => true,
                    };
                    let views = views_of(rule, domain).into_iter().filter(is_judged);
                    suite.cases.extend(views.map(|view| ((rule.id, view), outcome(is_known(domain, undecided, view)))));
                }
                Check::Probe(_) => {
                    let is_probed = !domain.probes.is_empty() && domain.probes.iter().all(|probe| probe.class != Class::Undecided);
                    suite.cases.insert((rule.id, None), outcome(is_probed && is_known(domain, undecided, None)));
                }
                Check::Estate(_) | Check::View(_) | Check::Policy => {}
            }
        }
        suite.cases.extend(domain.views.keys().map(|view| ((ANSWERED, Some(*view)), outcome(is_known(domain, &[], Some(*view))))));
        for Undecided { view, asked, reason, .. } in undecided {
            let text = shown(&format!("{asked}: {reason}"));
            match suite.cases.entry((ANSWERED, Some(*view))).or_insert(Outcome::Pass) {
                Outcome::Error { texts } => texts.push(text),
                other => *other = Outcome::Error { texts: vec![text] },
            }
        }
        suite.fail(findings.get(&domain.name).into_iter().flatten().copied());
        suite
    }

    fn fail<'f>(&mut self, findings: impl Iterator<Item = &'f Finding>) {
        for finding in findings {
            // A probe is sent from one side, which is none of its case.
            let view = finding.view.filter(|_| !matches!(finding.rule.check, Check::Probe(_)));
            let text = of_finding(finding);
            match self.cases.entry((finding.rule.id, view)).or_insert(Outcome::Pass) {
                Outcome::Failure { texts, .. } => texts.push(text),
                other => *other = Outcome::Failure { kind: finding.severity.to_string(), texts: vec![text] },
            }
        }
    }

    fn write(&self, header: &Header, out: &mut dyn Write) -> io::Result<()> {
        let (mut counts, name) = (Counts::default(), escaped(&self.name));
        counts.add(self);
        // Without a zone: the old schema knows none.
        let timestamp = header.started.trim_end_matches('Z');
        let attributes = counts.attributes();
        writeln!(out, "  <testsuite name=\"{name}\" {attributes} time=\"0\" timestamp=\"{}\">", escaped(timestamp))?;
        for ((rule, view), outcome) in &self.cases {
            let view = view.map_or(String::new(), |view| format!(" [{view}]"));
            let case = format!("<testcase name=\"{rule}{view}\" classname=\"imctl.{}.{name}\" time=\"0\"", header.command);
            match outcome {
                Outcome::Pass => writeln!(out, "    {case}/>")?,
                Outcome::Skipped => {
                    writeln!(out, "    {case}><skipped message=\"not judged: not everything is known\"/></testcase>")?;
                }
                Outcome::Failure { kind, texts } => child(out, &case, "failure", kind, texts)?,
                Outcome::Error { texts } => child(out, &case, "error", "undecided", texts)?,
            }
        }
        writeln!(out, "  </testsuite>")
    }
}

/// The views that a rule on DNS looks into, of those judged; `None` for one that compares them.
fn views_of(rule: &Rule, domain: &DomainVerdict) -> Vec<Option<View>> {
    let only = match rule.id {
        "srv-in-one-view" if domain.views.len() > 1 => return vec![None],
        "srv-in-one-view" => return Vec::new(),
        "internal-domain-visible-outside" | "private-address-published" => Some(View::External),
        id if id.starts_with("external-") => Some(View::External),
        id if id.starts_with("internal-") => Some(View::Internal),
        _ => None,
    };
    domain.views.keys().filter(|view| only.is_none_or(|only| only == **view)).map(|view| Some(*view)).collect()
}

/// Whether everything that was asked in the view, or in all, was answered.
fn is_known(domain: &DomainVerdict, undecided: &[Undecided], view: Option<View>) -> bool {
    let is_meant = |other: View| view.is_none_or(|view| view == other);
    !undecided.iter().any(|one| is_meant(one.view))
        && !domain.views.iter().any(|(view, seen)| is_meant(*view) && seen.state == State::Undecided)
}

/// One child only, as the schemas want it: a message, and everything in its text.
fn child(out: &mut dyn Write, case: &str, element: &str, kind: &str, texts: &[String]) -> io::Result<()> {
    let first = texts.first().and_then(|text| text.lines().next()).unwrap_or_default();
    let more = if texts.len() > 1 { format!(" (and {} more)", texts.len() - 1) } else { String::new() };
    writeln!(out, "    {case}><{element} message=\"{}{more}\" type=\"{kind}\">", escaped(first))?;
    texts.iter().try_for_each(|text| writeln!(out, "{}", escaped(text)))?;
    writeln!(out, "    </{element}></testcase>")
}

fn of_finding(finding: &Finding) -> String {
    let mut text = shown(&finding.message);
    let place = finding.place.as_ref().map(ToString::to_string).unwrap_or_default();
    let (expected, found) = (finding.expected.join(", "), finding.found.join(", "));
    for (label, value) in [("expected", &expected), ("found", &found), ("at", &place), ("help", &finding.help)] {
        if !value.is_empty() {
            text.extend([&format!("\n{label}: "), &*shown(value)]);
        }
    }
    text
}

/// Data on one line, of characters that XML 1.0 has (2.2).
fn shown(text: &str) -> String {
    printable(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Counts {
    fn add(&mut self, suite: &Suite) {
        let Self([tests, failures, errors, skipped]) = self;
        for outcome in suite.cases.values() {
            *tests += 1;
            match outcome {
                Outcome::Pass => {}
                Outcome::Skipped => *skipped += 1,
                Outcome::Failure { .. } => *failures += 1,
                Outcome::Error { .. } => *errors += 1,
            }
        }
    }

    fn attributes(&self) -> String {
        let Self([tests, failures, errors, skipped]) = self;
        format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"")
    }
}
