//! `--format jsonl`: the parts of the JSON report as typed objects, one a line: the run first, each domain with what is wrong with
//! it as soon as it is judged, the summary last. Can be written while the run goes on.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::Header;
use super::json::{DomainInfo, FindingInfo, SCHEMA_VERSION, Summary, Tool, UndecidedInfo, ViewInfo, views};
use super::printable::json_printable;
use crate::dns::{DomainName, View};
use crate::judge::{DomainVerdict, Finding, Judgement, Undecided, Verdict};

/// One line.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Row<'a> {
    /// The first: what makes these rows. How long it took stands in the last.
    Run {
        schema_version: u32,
        tool: Tool,
        command: &'static str,
        started: &'a str,
        vantage: View,
    },
    Domain(DomainInfo<'a>),
    Finding(FindingInfo<'a>),
    Undecided(UndecidedInfo<'a>),
    View(&'a ViewInfo),
    /// The last: a report without it was cut off.
    Summary {
        seconds: f64,
        #[serde(flatten)]
        summary: Summary,
    },
}

/// The rows of a run.
#[derive(Debug)]
pub struct Rows<W: Write> {
    out: W,
    /// The line that is being written.
    line: Vec<u8>,
    summary: Summary,
}

impl<W: Write> Rows<W> {
    /// Writes the first row.
    pub fn begin(header: &Header, out: W) -> io::Result<Self> {
        let Header { command, started, vantage, .. } = header;
        let (schema_version, tool) = (SCHEMA_VERSION, Tool::this());
        let mut rows = Self { out, line: Vec::new(), summary: Summary::default() };
        rows.write(&Row::Run { schema_version, tool, command, started, vantage: *vantage })?;
        Ok(rows)
    }

    fn write(&mut self, row: &Row<'_>) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, row)?;
        self.line.push(b'\n');
        let line = std::str::from_utf8(&self.line).map_err(io::Error::other)?;
        self.out.write_all(json_printable(line).as_bytes())
    }

    /// Writes a domain with what is said of it.
    pub fn domain<'f>(
        &mut self,
        domain: &DomainVerdict,
        findings: impl IntoIterator<Item = &'f Finding>,
        undecided: &[Undecided],
    ) -> io::Result<()> {
        self.write(&Row::Domain(DomainInfo::of(domain)))?;
        self.summary.domains += 1;
        self.summary.ok += u64::from(domain.verdict == Verdict::Ok);
        self.summary.undecided += u64::from(!undecided.is_empty());
        findings.into_iter().try_for_each(|finding| self.finding(finding))?;
        undecided.iter().try_for_each(|one| self.write(&Row::Undecided(UndecidedInfo::of(one))))
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.summary.count(finding.severity);
        self.write(&Row::Finding(FindingInfo::of(finding)))
    }

    /// Hands on what is buffered.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Writes what is no matter of one domain's DNS or probes, then the summary; gives it.
    pub fn end(mut self, header: &Header, judgement: &Judgement) -> io::Result<Summary> {
        judgement.findings.iter().filter(|finding| !is_of_a_domain(finding)).try_for_each(|finding| self.finding(finding))?;
        views(judgement).iter().try_for_each(|view| self.write(&Row::View(view)))?;
        self.summary.suppressed = judgement.suppressed;
        self.write(&Row::Summary { seconds: header.seconds, summary: self.summary })?;
        self.out.flush()?;
        Ok(self.summary)
    }
}

pub(super) fn render(header: &Header, judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let mut findings: HashMap<&DomainName, Vec<&Finding>> = HashMap::new();
    for finding in judgement.findings.iter().filter(|finding| is_of_a_domain(finding)) {
        findings.extend(
            finding.domain.as_ref().map(|domain| (domain, Vec::new())).filter(|(domain, _)| !findings.contains_key(domain)),
        );
        if let Some(of_domain) = finding.domain.as_ref().and_then(|domain| findings.get_mut(domain)) {
            of_domain.push(finding);
        }
    }
    let mut rows = Rows::begin(header, out)?;
    for domain in &judgement.domains {
        let start = judgement.undecided.partition_point(|one| one.domain < domain.name);
        let end = judgement.undecided.partition_point(|one| one.domain <= domain.name);
        let undecided = judgement.undecided.get(start..end).unwrap_or_default();
        rows.domain(domain, findings.remove(&domain.name).unwrap_or_default(), undecided)?;
    }
    rows.end(header, judgement).map(drop)
}

/// Whether a finding stands with its domain: it comes from judging that domain alone.
fn is_of_a_domain(finding: &Finding) -> bool {
    finding.rule.check.is_of_a_domain()
}
