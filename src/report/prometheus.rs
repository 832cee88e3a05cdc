//! `--format prometheus`: gauges for the textfile collector of Prometheus's node exporter. Never writes a time stamp of a sample: the
//! collector would skip the whole file.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io::{self, Write};

use super::json::Summary;
use super::{Header, printable};
use crate::judge::{DomainVerdict, Judgement, Severity};
use crate::observe::Origin;
use crate::profile::Class;

/// One metric, whose help and type are written, and whose samples follow.
struct Metric<'a> {
    name: &'static str,
    /// The labels of its samples so far.
    written: HashSet<String>,
    out: &'a mut dyn Write,
}

pub(super) fn render(header: &Header, judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    findings(judgement, out)?;
    domains(judgement, out)?;
    probes(&judgement.domains, out)?;
    queries(judgement, out)?;
    run(header, &Summary::of(judgement), out)
}

fn findings(judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    // A rule that finds nothing is there too: a series that vanishes cannot be told from one that is not looked at.
    let mut counts: BTreeMap<(&str, Severity), u64> = BTreeMap::new();
    counts.extend(judgement.rules.iter().map(|rule| ((rule.id, rule.severity), 0)));
    for finding in &judgement.findings {
        let count = counts.entry((finding.rule.id, finding.severity)).or_default();
        *count += 1;
    }
    let mut metric = Metric::begin("imctl_findings", "gauge", "Findings by rule.", out)?;
    for ((rule, severity), count) in counts {
        metric.sample(&[("severity", &severity.to_string()), ("rule", rule)], count)?;
    }
    let mut suppressed = Metric::begin("imctl_findings_suppressed", "gauge", "Findings that a suppression hides.", out)?;
    suppressed.sample(&[], judgement.suppressed)
}

fn domains(judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    let mut metric = Metric::begin("imctl_domains", "gauge", "IM domains judged.", out)?;
    metric.sample(&[], judgement.domains.len())?;
    let mut metric = Metric::begin("imctl_domain_verdict", "gauge", "1 for the verdict on the IM domain.", out)?;
    for domain in &judgement.domains {
        metric.sample(&[("domain", domain.name.as_str()), ("verdict", &domain.verdict.to_string())], 1)?;
    }
    let mut counts = BTreeMap::new();
    for domain in &judgement.domains {
        counts.extend(domain.views.keys().map(|view| ((&domain.name, *view), 0_u64)));
    }
    for undecided in &judgement.undecided {
        *counts.entry((&undecided.domain, undecided.view)).or_default() += 1;
    }
    let mut metric = Metric::begin("imctl_check_undecided", "gauge", "Questions about the IM domain that nobody answered.", out)?;
    for ((domain, view), count) in counts {
        metric.sample(&[("domain", domain.as_str()), ("view", view.as_str())], count)?;
    }
    Ok(())
}

fn probes(domains: &[DomainVerdict], out: &mut dyn Write) -> io::Result<()> {
    let all = || domains.iter().flat_map(|domain| domain.probes.iter().map(move |probe| (domain, probe)));
    let help = "Whether an IM server answered there: 1 or 0; nothing where that is undecided.";
    let mut metric = Metric::begin("imctl_probe_success", "gauge", help, out)?;
    for (domain, probe) in all().filter(|(_, probe)| probe.class != Class::Undecided) {
        let (address, kind) = (probe.address.to_string(), probe.role.to_string());
        let labels = [("domain", domain.name.as_str()), ("address", &address), ("kind", &kind), ("machine", &probe.machine)];
        metric.sample(&labels, u8::from(probe.class.is_im_server()))?;
    }
    let help = "Seconds of a probe that was answered: to connect, and from the request to the head of the reply.";
    let mut metric = Metric::begin("imctl_probe_duration_seconds", "gauge", help, out)?;
    for (domain, probe) in all() {
        let (address, kind) = (probe.address.to_string(), probe.role.to_string());
        let labels = [("domain", domain.name.as_str()), ("address", &address), ("kind", &kind), ("machine", &probe.machine)];
        for (phase, seconds) in [("connect", probe.connect_seconds), ("reply", probe.seconds)] {
            let labels: Vec<_> = labels.into_iter().chain([("phase", phase)]).collect();
            seconds.map_or(Ok(()), |seconds| metric.sample(&labels, seconds))?;
        }
    }
    Ok(())
}

fn queries(judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    // Of the last run only, though the name ends as that of a counter does: it may fall, which Prometheus takes for a restart.
    let mut metric = Metric::begin("imctl_dns_queries_total", "counter", "DNS queries of the last run by outcome.", out)?;
    for (view, servers) in &judgement.views {
        for (origin, tally) in servers.iter().filter(|(origin, _)| matches!(origin, Origin::Server(_))) {
            let (server, other) = (origin.to_string(), tally.sent.saturating_sub(tally.answered.saturating_add(tally.timeouts)));
            for (outcome, count) in [("answered", tally.answered), ("timeout", tally.timeouts), ("other", other)] {
                metric.sample(&[("view", view.as_str()), ("server", &server), ("outcome", outcome)], count)?;
            }
        }
    }
    Ok(())
}

fn run(header: &Header, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let started = header.started.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second);
    let is_complete = u8::from(summary.undecided == 0);
    let mut one = |name, help, value: &dyn fmt::Display| Metric::begin(name, "gauge", help, out)?.sample(&[], value);
    one("imctl_last_run_timestamp_seconds", "When the last run began, in Unix time.", &started)?;
    one("imctl_last_run_duration_seconds", "How long the last run took.", &header.seconds)?;
    one("imctl_last_run_complete", "Whether the last run left nothing undecided: 1 or 0.", &is_complete)
}

impl<'a> Metric<'a> {
    fn begin(name: &'static str, kind: &'static str, help: &'static str, out: &'a mut dyn Write) -> io::Result<Self> {
        writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}")?;
        Ok(Self { name, written: HashSet::new(), out })
    }

    fn sample(&mut self, labels: &[(&str, &str)], value: impl fmt::Display) -> io::Result<()> {
        let labels: Vec<_> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        // Two samples of one series would make the collector refuse the file.
        if self.written.contains(&labels) {
            return Ok(());
        }
        writeln!(self.out, "{}{labels} {value}", self.name)?;
        self.written.insert(labels);
        Ok(())
    }
}

/// The value of a label: whatever it holds, it ends where it should.
fn escaped(text: &str) -> String {
    printable(text).replace('\\', "\\\\").replace('"', "\\\"")
}
