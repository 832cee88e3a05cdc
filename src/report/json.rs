//! `--format json`: one document with structs of its own, so that inner types can move while the schema stands.

mod baseline;
mod sources;

use std::collections::BTreeMap;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use baseline::BaselineInfo;
use sources::{ContradictionInfo, RecordingInfo, recordings};

use super::Header;
use super::printable::json_printable;
use crate::dns::View;
use crate::judge::{Check, DomainVerdict, Finding, Judgement, Severity, State, Undecided, Verdict};
use crate::observe::{Origin, Tally};
use crate::profile::{Class, Role};

/// Grows when a reader of the old shape could misread the new one.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// The report of an `imctl` run.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "imctl report", deny_unknown_fields)]
pub struct Report {
    /// The shape of this document.
    schema_version: u32,
    /// The program that wrote it.
    tool: Tool,
    /// When and how it was made; the only part that differs between two reports on the same observations.
    run: RunInfo,
    /// The DNS servers that were asked, by view.
    views: Vec<ViewInfo>,
    /// Everything in numbers.
    summary: Summary,
    /// Every domain, in the order of the inventory.
    domains: Vec<DomainInfo>,
    /// Everything that is wrong, worst first.
    findings: Vec<FindingInfo>,
    /// Everything that nobody would say.
    undecided: Vec<UndecidedInfo>,
    /// What the recordings contradict each other in. Only where they do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    contradictions: Vec<ContradictionInfo>,
    /// What the baseline made of it. Only where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<BaselineInfo>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct RunInfo {
    /// The subcommand.
    command: &'static str,
    /// RFC 3339.
    started: String,
    /// Wall-clock time.
    seconds: f64,
    /// The side from which machines were probed; of several the first.
    vantage: View,
    /// All sides from which machines were probed. Only where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    vantages: Vec<View>,
    /// Whether the name servers of the domains' zones were asked themselves. Only where they were.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    authoritative: bool,
    /// The views whose answers were validated by DNSSEC. Only where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    validated: Vec<View>,
    /// The recordings that were judged. Only where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    recordings: Vec<RecordingInfo>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ViewInfo {
    name: View,
    servers: Vec<ServerInfo>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ServerInfo {
    /// Address and port.
    address: String,
    /// Queries sent, retries included.
    sent: u64,
    /// Questions answered, if only by SERVFAIL.
    answered: u64,
    /// Queries that timed out.
    timeouts: u64,
    /// Answers that were truncated over UDP.
    truncated: u64,
}

/// The judgement in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Summary {
    /// Domains judged.
    pub domains: u64,
    /// Domains about which everything is known, and no error.
    pub ok: u64,
    /// Findings of this severity.
    pub error: u64,
    /// Findings of this severity.
    pub warning: u64,
    /// Findings of this severity.
    pub note: u64,
    /// Domains about which something is not known.
    pub undecided: u64,
    /// Findings that a suppression hides.
    pub suppressed: u64,
    /// Findings that the baseline has; they count nowhere else. Only where a baseline was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<u64>,
}

impl Summary {
    /// Counts one finding.
    pub(super) fn count(&mut self, severity: Severity) {
        *match severity {
            Severity::Error => &mut self.error,
            Severity::Warning => &mut self.warning,
            Severity::Note => &mut self.note,
        } += 1;
    }

    /// Counts a judgement.
    pub fn of(judgement: &Judgement) -> Self {
        let with = |severity| judgement.findings.iter().filter(|f| f.severity == severity).count() as u64;
        let mut undecided: Vec<_> = judgement.undecided.iter().map(|u| &u.domain).collect();
        undecided.dedup();
        Self {
            domains: judgement.domains.len() as u64,
            ok: judgement.domains.iter().filter(|d| d.verdict == Verdict::Ok).count() as u64,
            error: with(Severity::Error),
            warning: with(Severity::Warning),
            note: with(Severity::Note),
            undecided: undecided.len() as u64,
            suppressed: judgement.suppressed,
            known: judgement.baseline.as_ref().map(|baselined| baselined.known.len() as u64),
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct DomainInfo {
    /// The IM domain, A-labels.
    name: String,
    /// Its e-mail domains.
    email: Vec<String>,
    /// Whether strangers are to reach it.
    external: bool,
    /// Its people in the e-mail lists; null where no list was read.
    people: Option<u64>,
    verdict: Verdict,
    views: BTreeMap<View, SeenInfo>,
    probes: Vec<ProbeInfo>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SeenInfo {
    state: State,
    /// What most servers of the view answer.
    addresses: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ProbeInfo {
    /// Address and port.
    address: String,
    /// The side from which it was probed.
    vantage: View,
    role: Role,
    /// Its name in the inventory.
    machine: String,
    class: Class,
    /// From the sent request to the head of the reply; null without a reply.
    seconds: Option<f64>,
    /// For the TCP handshake; null without a reply.
    connect_seconds: Option<f64>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct FindingInfo {
    rule: &'static str,
    severity: Severity,
    /// The IM domain; null for what concerns a whole view, list or inventory.
    domain: Option<String>,
    /// Null where it is no matter of one view.
    view: Option<View>,
    message: String,
    expected: Vec<String>,
    found: Vec<String>,
    /// How many servers say so: `2 of 2`.
    servers: Option<String>,
    /// People affected; null where no list says.
    people: Option<u64>,
    help: String,
    location: Option<Location>,
    /// The same from run to run, wherever the domain stands in the inventory.
    fingerprint: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Location {
    file: String,
    /// 1-based.
    line: u32,
    /// 1-based.
    column: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct UndecidedInfo {
    domain: String,
    view: View,
    /// The question: `A im.example.com`.
    asked: String,
    /// What came instead of an answer.
    reason: String,
}

/// The JSON Schema of the report (draft 2020-12).
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Report)
}

pub(super) fn render(header: &Header, judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let document = serde_json::to_string_pretty(&Report::of(header, judgement))?;
    out.write_all(json_printable(&document).as_bytes())?;
    out.write_all(b"\n")
}

impl Report {
    fn of(header: &Header, judgement: &Judgement) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Tool::this(),
            run: RunInfo {
                command: header.command,
                started: header.started.clone(),
                seconds: header.seconds,
                vantage: header.vantage,
                vantages: if judgement.vantages.len() > 1 { judgement.vantages.clone() } else { Vec::new() },
                authoritative: judgement.rules.iter().any(|rule| matches!(rule.check, Check::Zone(_))),
                validated: judgement.validated.clone(),
                recordings: recordings(&judgement.sources),
            },
            views: views(judgement),
            summary: Summary::of(judgement),
            domains: judgement.domains.iter().map(DomainInfo::of).collect(),
            findings: judgement.findings.iter().map(FindingInfo::of).collect(),
            undecided: judgement.undecided.iter().map(UndecidedInfo::of).collect(),
            contradictions: judgement.sources.contradictions.iter().map(ContradictionInfo::of).collect(),
            baseline: judgement.baseline.as_ref().map(BaselineInfo::of),
        }
    }
}

impl Tool {
    /// This program.
    pub(super) fn this() -> Self {
        Self { name: "imctl", version: env!("CARGO_PKG_VERSION") }
    }
}

pub(super) fn views(judgement: &Judgement) -> Vec<ViewInfo> {
    let server = |(origin, tally): &(Origin, Tally)| match origin {
        Origin::Server(_) | Origin::Encrypted(_) => Some(ServerInfo {
            address: origin.to_string(),
            sent: tally.sent,
            answered: tally.answered,
            timeouts: tally.timeouts,
            truncated: tally.truncated,
        }),
        Origin::ZoneFiles => None,
    };
    let view = |(view, servers): &(View, Vec<_>)| ViewInfo { name: *view, servers: servers.iter().filter_map(server).collect() };
    judgement.views.iter().map(view).collect()
}

impl DomainInfo {
    pub(super) fn of(domain: &DomainVerdict) -> Self {
        let texts = |addresses: &mut dyn Iterator<Item = String>| addresses.collect();
        Self {
            name: domain.name.to_string(),
            email: texts(&mut domain.email.iter().map(ToString::to_string)),
            external: domain.external,
            people: domain.people,
            verdict: domain.verdict,
            views: (domain.views.iter())
                .map(|(view, seen)| {
                    let addresses = texts(&mut seen.addresses.iter().map(ToString::to_string));
                    (*view, SeenInfo { state: seen.state, addresses })
                })
                .collect(),
            probes: (domain.probes.iter())
                .map(|probe| ProbeInfo {
                    address: probe.address.to_string(),
                    vantage: probe.vantage,
                    role: probe.role,
                    machine: probe.machine.clone(),
                    class: probe.class,
                    seconds: probe.seconds,
                    connect_seconds: probe.connect_seconds,
                })
                .collect(),
        }
    }
}

impl FindingInfo {
    pub(super) fn of(finding: &Finding) -> Self {
        let at = |place: &crate::place::Place| Location {
            file: place.file.to_string(),
            line: place.line.max(1),
            column: place.column.max(1),
        };
        Self {
            rule: finding.rule.id,
            severity: finding.severity,
            domain: finding.domain.as_ref().map(ToString::to_string),
            view: finding.view,
            message: finding.message.clone(),
            expected: finding.expected.clone(),
            found: finding.found.clone(),
            servers: finding.servers.clone(),
            people: finding.people,
            help: finding.help.clone(),
            location: finding.place.as_ref().map(at),
            fingerprint: finding.fingerprint(),
        }
    }
}

impl UndecidedInfo {
    pub(super) fn of(undecided: &Undecided) -> Self {
        Self {
            domain: undecided.domain.to_string(),
            view: undecided.view,
            asked: undecided.asked.clone(),
            reason: undecided.reason.clone(),
        }
    }
}
