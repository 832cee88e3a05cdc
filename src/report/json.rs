//! `--format json`: one document with structs of its own, so that inner types can move while the schema stands.

mod baseline;
mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};

use schemars::JsonSchema;
use serde::Serialize;

use baseline::BaselineInfo;
use sources::{ContradictionInfo, RecordingInfo, recordings};

use super::Header;
use super::json_document::write_document;
use crate::dns::{DomainName, View};
use crate::judge::{Check, DomainVerdict, Finding, Judgement, ProbeVerdict, Seen, Severity, State, Undecided, Verdict};
use crate::observe::{Origin, Tally};
use crate::place::Place;
use crate::profile::{Class, Role};

/// Grows when a reader of the old shape could misread the new one.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// The report of an `imctl` run.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "imctl report", deny_unknown_fields)]
pub struct Report<'a> {
    /// The shape of this document.
    schema_version: u32,
    /// The program that wrote it.
    tool: Tool,
    /// When and how it was made; the only part that differs between two reports on the same observations.
    run: RunInfo<'a>,
    /// The DNS servers that were asked, by view.
    views: Vec<ViewInfo>,
    /// Everything in numbers.
    summary: Summary,
    /// Every domain, in the order of the inventory.
    domains: Vec<DomainInfo<'a>>,
    /// Everything that is wrong, worst first.
    findings: Vec<FindingInfo<'a>>,
    /// Everything that nobody would say.
    undecided: Vec<UndecidedInfo<'a>>,
    /// What the recordings contradict each other in. Only where they do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    contradictions: Vec<ContradictionInfo>,
    /// What the baseline made of it. Only where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<BaselineInfo<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct RunInfo<'a> {
    /// The subcommand.
    command: &'static str,
    /// RFC 3339.
    started: &'a str,
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
pub(super) struct DomainInfo<'a> {
    /// The IM domain, A-labels.
    #[schemars(with = "String")]
    name: &'a DomainName,
    /// Its e-mail domains.
    #[schemars(with = "Vec<String>")]
    email: &'a [DomainName],
    /// Whether strangers are to reach it.
    external: bool,
    /// Its people in the e-mail lists; null where no list was read.
    people: Option<u64>,
    verdict: Verdict,
    views: BTreeMap<View, SeenInfo<'a>>,
    probes: Vec<ProbeInfo<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SeenInfo<'a> {
    state: State,
    /// What most servers of the view answer.
    #[schemars(with = "Vec<String>")]
    addresses: &'a BTreeSet<IpAddr>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ProbeInfo<'a> {
    /// Address and port.
    #[schemars(with = "String")]
    address: SocketAddr,
    /// The side from which it was probed.
    vantage: View,
    role: Role,
    /// Its name in the inventory.
    machine: &'a str,
    class: Class,
    /// From the sent request to the head of the reply; null without a reply.
    seconds: Option<f64>,
    /// For the TCP handshake; null without a reply.
    connect_seconds: Option<f64>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct FindingInfo<'a> {
    rule: &'static str,
    severity: Severity,
    /// The IM domain; null for what concerns a whole view, list or inventory.
    #[schemars(with = "Option<String>")]
    domain: Option<&'a DomainName>,
    /// Null where it is no matter of one view.
    view: Option<View>,
    message: &'a str,
    expected: &'a [String],
    found: &'a [String],
    /// How many servers say so: `2 of 2`.
    servers: Option<&'a str>,
    /// People affected; null where no list says.
    people: Option<u64>,
    help: &'a str,
    location: Option<Location<'a>>,
    /// The same from run to run, wherever the domain stands in the inventory.
    fingerprint: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Location<'a> {
    file: &'a str,
    /// 1-based.
    line: u32,
    /// 1-based.
    column: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct UndecidedInfo<'a> {
    #[schemars(with = "String")]
    domain: &'a DomainName,
    view: View,
    /// The question: `A im.example.com`.
    asked: &'a str,
    /// What came instead of an answer.
    reason: &'a str,
}

/// The JSON Schema of the report (draft 2020-12).
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(Report<'_>)
}

pub(super) fn render(header: &Header, judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    write_document(&Report::of(header, judgement), out)
}

impl<'a> Report<'a> {
    fn of(header: &'a Header, judgement: &'a Judgement) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Tool::this(),
            run: RunInfo {
                command: header.command,
                started: &header.started,
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

impl<'a> DomainInfo<'a> {
    pub(super) fn of(domain: &'a DomainVerdict) -> Self {
        let seen = |(view, Seen { state, addresses, .. }): (&View, &'a Seen)| (*view, SeenInfo { state: *state, addresses });
        Self {
            name: &domain.name,
            email: &domain.email,
            external: domain.external,
            people: domain.people,
            verdict: domain.verdict,
            views: domain.views.iter().map(seen).collect(),
            probes: domain.probes.iter().map(ProbeInfo::of).collect(),
        }
    }
}

impl<'a> ProbeInfo<'a> {
    fn of(probe: &'a ProbeVerdict) -> Self {
        let ProbeVerdict { vantage, address, role, machine, class, seconds, connect_seconds } = probe;
        Self {
            address: *address,
            vantage: *vantage,
            role: *role,
            machine,
            class: *class,
            seconds: *seconds,
            connect_seconds: *connect_seconds,
        }
    }
}

impl<'a> FindingInfo<'a> {
    pub(super) fn of(finding: &'a Finding) -> Self {
        let at = |place: &'a Place| Location { file: &place.file, line: place.line.max(1), column: place.column.max(1) };
        Self {
            rule: finding.rule.id,
            severity: finding.severity,
            domain: finding.domain.as_ref(),
            view: finding.view,
            message: &finding.message,
            expected: &finding.expected,
            found: &finding.found,
            servers: finding.servers.as_deref(),
            people: finding.people,
            help: &finding.help,
            location: finding.place.as_ref().map(at),
            fingerprint: finding.fingerprint(),
        }
    }
}

impl<'a> UndecidedInfo<'a> {
    pub(super) fn of(undecided: &'a Undecided) -> Self {
        let Undecided { domain, view, asked, reason } = undecided;
        Self { domain, view: *view, asked, reason }
    }
}
