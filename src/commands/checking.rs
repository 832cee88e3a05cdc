//! What `dns-check`, `probe` and `audit` have in common: from arguments to a judgement, a report and an exit status.

use std::fs::File;

use anyhow::Context as _;
use jiff::civil::Date;

use super::baseline::Accepting;
use super::clock::{self, Started};
use super::domains::DomainList;
use super::rows::Taking;
use super::view_servers::{Extras, ViewServers};
use super::watching::Watcher;
use super::{domains, inputs, interrupted, journal, policy, recordings, remark, reporting, view_servers};
use crate::cli::{Common, ObservingArgs, PolicyArgs, ReportingArgs};
use crate::dns::View;
use crate::email::Roster;
use crate::exit::{ExitStatus, Failure};
use crate::inventory::Inventory;
use crate::judge::{Estate, Judgement, Policy, Scope, Severity, ViewStatus};
use crate::observe::recording::{self, Recorder, Sources};
use crate::observe::{Live, Nobody, Observations, Source, Trust};
use crate::pipeline::{KeepAll, PipelineError, Run, Take};
use crate::report::json::Summary;
use crate::report::{FailOn, Format, nagios};

/// What one of the three commands wants done.
pub(super) struct Job<'a> {
    /// The subcommand.
    pub(super) command: &'static str,
    /// What is judged; views are added here.
    pub(super) scope: Scope,
    /// What should be, flags applied.
    pub(super) inventory: Inventory,
    /// Who is there, where lists say.
    pub(super) roster: Option<Roster>,
    /// Domains beside those of the inventory, read while the run goes on.
    pub(super) list: Option<DomainList>,
    /// Whether `--vantage` was given: it overrides that of a recording.
    pub(super) vantage_given: bool,
    pub(super) observing: &'a ObservingArgs,
    pub(super) reporting: &'a ReportingArgs,
    pub(super) policy: &'a PolicyArgs,
    pub(super) common: &'a Common,
}

/// Where the answers come from and where they go, and as of when they are judged.
struct Evidence {
    observed: Observations,
    source: Box<dyn Source>,
    today: Date,
    /// What there is of the recording that is gone on with, octets.
    left_over: Option<u64>,
    sources: Sources,
}

impl<'a> Job<'a> {
    /// Does it, and says how the run ends.
    pub(super) fn run(self) -> anyhow::Result<ExitStatus> {
        let reporting = self.reporting;
        let (judgement, summary) = self.judge_and_report()?;
        std::mem::forget(judgement); // the process is about to end, and gives everything back at once
        Ok(exit_status(&summary, reporting))
    }

    /// Judges, writes the reports, and hands the judgement on, with everything in numbers.
    pub(super) fn judge_and_report(mut self) -> anyhow::Result<(Judgement, Summary)> {
        reporting::check_targets(self.reporting)?;
        if self.inventory.domains.is_empty() && self.list.is_none() {
            return Err(no_domain().into());
        }
        policy::apply(self.policy, &mut self.inventory)?;
        let accepting = self.accepting()?;
        if let Some(list) = &mut self.list {
            list.check(&self.inventory)?;
        }
        let started = Started::now();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
        let header = self.take_shard(started);
        let evidence = self.evidence(&header, started)?;
        self.remark_on_zone_files();
        let recorder = self.recorder(&header, evidence.left_over)?;
        let alone = recorder.is_none() && self.reporting.report.is_empty();
        let mut taking = Taking::begin(
            &started.header(self.command, self.inventory.vantage, self.reporting),
            self.reporting,
            alone,
            !accepting.is_asked(),
        )?;
        let judged = runtime.block_on(self.judge(evidence, recorder, &mut taking));
        let (mut judgement, observed) = judged.map_err(|stopped| self.explain(stopped))?;
        std::mem::forget(observed); // many small pieces, which the process gives back at once when it ends
        if let (Some(list), None, true) = (&self.list, self.observing.shard, taking.is_empty()) {
            return Err(list.names_nobody().into());
        }
        accepting.apply(&mut judgement, &self.scope);
        let header = started.header(self.command, self.inventory.vantage, self.reporting);
        let summary = taking.end(&header, &judgement)?;
        reporting::write(&header, &judgement, self.reporting, self.common, summary.is_some())?;
        accepting.accept(&mut judgement, self.common)?;
        let summary = summary.unwrap_or_else(|| Summary::of(&judgement));
        Ok((judgement, summary))
    }

    /// What is accepted for now. One machine's part of the domains knows nothing of the others, and accepts for nobody.
    fn accepting(&self) -> anyhow::Result<Accepting<'a>> {
        if self.observing.shard.is_some() && self.policy.write_baseline.is_some() {
            let why = "--write-baseline takes all domains: give it where the recordings of all parts are read with --from";
            return Err(Failure::unusable(why).into());
        }
        Accepting::open(self.policy)
    }

    /// Leaves this machine's part of the domains, and says how a recording of the run begins. What concerns several domains
    /// is for those to judge who have the recordings of all parts.
    fn take_shard(&mut self, started: Started) -> recording::Header {
        let is_kept = self.observing.save.is_some() || self.observing.resume.is_some();
        let mut header = recording::Header::new(self.command, started.text(), self.inventory.vantage);
        header.inputs = is_kept.then(|| inputs::digest(self));
        let Some(shard) = self.observing.shard else { return header };
        header.shard = Some(shard.to_string());
        self.scope.estate = false;
        self.inventory.domains.retain(|domain| shard.holds(&domain.name));
        if self.inventory.domains.is_empty() && self.list.is_none() {
            remark(self.common, &format!("no domain falls into part {shard}"));
        }
        header
    }

    /// The recording that the run writes, if any.
    fn recorder(&self, header: &recording::Header, left_over: Option<u64>) -> anyhow::Result<Option<Recorder<File>>> {
        let ObservingArgs { save, resume, .. } = self.observing;
        match (resume.as_ref().or(save.as_ref()), left_over) {
            (Some(path), Some(whole_octets)) => journal::go_on(path, whole_octets).map(Some),
            (Some(path), None) => journal::begin(path, header).map(Some),
            (None, _) => Ok(None),
        }
    }

    /// Judges for a command that looks at the answers themselves, all of which are kept; writes no report. The scope then has
    /// the views that could be judged.
    pub(super) fn settle(&mut self, started: Started) -> anyhow::Result<Observations> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
        let header = self.take_shard(started);
        let mut evidence = self.evidence(&header, started)?;
        evidence.observed.keep_all();
        let recorder = self.recorder(&header, evidence.left_over)?;
        let judged = runtime.block_on(self.judge(evidence, recorder, &mut KeepAll));
        judged.map(|(_, observed)| observed).map_err(|stopped| self.explain(stopped))
    }

    /// Live sources, or recordings with nobody to ask. Narrows the scope to the views that can be judged.
    fn evidence(&mut self, header: &recording::Header, started: Started) -> anyhow::Result<Evidence> {
        let replay = !self.observing.from.is_empty();
        let servers = if replay { ViewServers::default() } else { self.servers()? };
        let evidence = if replay {
            let recording = recordings::read(&self.observing.from, self.common)?;
            if !self.vantage_given {
                self.scope.vantages = recording.sources.vantages();
            }
            // Judged as of the day on which it was made, so that it reads the same on any other.
            let today = clock::day(recording.latest);
            let (observed, sources) = (recording.observed, recording.sources);
            Evidence { observed, source: Box::new(Nobody), today, left_over: None, sources }
        } else {
            let extras = Extras { nsid: self.common.verbose > 0, authoritative: self.observing.authoritative };
            let settings = servers.settings(&self.inventory, &self.observing.asking, extras, self.trust()?);
            let source = Box::new(Live::new(&settings).context("the network cannot be asked")?);
            let (observed, sources) = (Observations::default(), Sources::default());
            let evidence = Evidence { observed, source, today: started.day(), left_over: None, sources };
            self.with_left_over(evidence, header)?
        };
        if self.scope.vantages.is_empty() {
            self.scope.vantages = vec![self.inventory.vantage];
        }
        self.inventory.vantage = self.scope.vantages[0];
        self.scope.trace = self.common.verbose > 0;
        self.scope.authoritative = self.observing.authoritative || (replay && evidence.observed.has_authority());
        let declared = |view: &View| self.inventory.views.get(view).is_some_and(|settings| !settings.servers.is_empty());
        let recorded = |view: &View| evidence.observed.servers(*view).next().is_some();
        self.scope.views = View::ALL
            .into_iter()
            .filter(|view| self.observing.view.includes(*view) && (declared(view) || recorded(view)))
            .collect();
        let is_validated =
            |view: &&View| self.observing.dnssec || self.inventory.views.get(view).is_some_and(|settings| settings.dnssec);
        self.scope.validated = self.scope.views.iter().filter(is_validated).copied().collect();
        if self.scope.dns && self.scope.views.is_empty() {
            return Err(no_server(&self.inventory, self.observing).into());
        }
        Ok(evidence)
    }

    fn servers(&self) -> anyhow::Result<ViewServers> {
        ViewServers::of(&self.inventory, self.observing.view, self.observing.dnssec, self.common)
    }

    /// Who is trusted to name machines. Reading the system's authorities takes time, and is left out where no machine speaks TLS.
    fn trust(&self) -> anyhow::Result<Trust> {
        let speaks_tls = self.scope.probes && self.inventory.speaks_tls();
        if speaks_tls { view_servers::trust(self.inventory.probe_ca.as_deref()) } else { Ok(Trust::default()) }
    }

    /// Adds what a run that was broken off learnt; judged as of the day on which that one was begun.
    fn with_left_over(&self, mut evidence: Evidence, header: &recording::Header) -> anyhow::Result<Evidence> {
        let Some(path) = &self.observing.resume else { return Ok(evidence) };
        if self.observing.save.as_ref().is_some_and(|save| save != path) {
            let why = format!("--resume {0} goes on with {0} itself; leave --save out", path.display());
            return Err(Failure::unusable(why).into());
        }
        let Some(recording) = journal::left_over(path, header, self.common)? else { return Ok(evidence) };
        evidence.today = clock::day(recordings::started(&path.display().to_string(), &recording.header)?);
        evidence.left_over = Some(recording.whole_octets);
        for (question, answer) in recording.answers {
            evidence.observed.give(question, answer);
        }
        Ok(evidence)
    }

    fn remark_on_zone_files(&self) {
        for (view, settings) in &self.inventory.views {
            if self.scope.dns && settings.servers.is_empty() && self.observing.view.includes(*view) {
                let text =
                    format!("the {view} view has zone files and no servers; {} asks servers, so it is left out", self.command);
                remark(self.common, &text);
            }
        }
    }

    async fn judge(
        &self,
        evidence: Evidence,
        recorder: Option<Recorder<File>>,
        taking: &mut dyn Take,
    ) -> Result<(Judgement, Observations), Stopped> {
        let Evidence { mut observed, source, today, left_over, sources } = evidence;
        if left_over.is_some() {
            self.prove_vantage(&*source, &observed).await?;
        }
        let estate = Estate { inventory: &self.inventory, roster: self.roster.as_ref(), today };
        let policy = Policy::new(&self.inventory, today);
        let (mut domains, count) = match &self.list {
            Some(list) => (list.domains(&self.inventory, self.observing.shard), list.checked().map(|checked| checked.count)),
            None => (domains::all(&self.inventory), Some(self.inventory.domains.len())),
        };
        let mut watcher = Watcher::new(count, recorder, self.common);
        let run = Run { estate, scope: &self.scope, policy: &policy };
        let judged = run.settle(&mut *domains, &*source, &mut observed, &mut watcher, taking);
        let outcome = tokio::select! {
            outcome = judged => outcome.map_err(Stopped::Pipeline),
            signal = interrupted::signal() => Err(Stopped::Signal(signal)),
        };
        watcher.finish();
        let judgement = Judgement { sources, ..outcome? };
        Ok((judgement, observed))
    }

    /// A recording is gone on with only where its canaries still answer: answers from two places must not pass for those of one.
    async fn prove_vantage(&self, source: &dyn Source, observed: &Observations) -> Result<(), Stopped> {
        for view in &self.scope.views {
            let status = |observed: &Observations| ViewStatus::of(&self.inventory, *view, observed);
            let mut now = Observations::default();
            let ViewStatus::Ask(canary) = status(&now) else { continue };
            if observed.get(&canary).is_none() || status(observed) != ViewStatus::Fine {
                continue; // it will be asked, or nothing of the view is judged anyway
            }
            source.ask(vec![canary], &mut |question, answer| now.insert(question, answer)).await;
            if status(&now) != ViewStatus::Fine {
                return Err(Stopped::Moved(*view, status(&now).to_string()));
            }
        }
        Ok(())
    }

    /// A run that came to no end: what was saved is still good.
    fn explain(&self, stopped: Stopped) -> anyhow::Error {
        match stopped {
            Stopped::Moved(view, why) => Failure::unusable(format!(
                "the recording cannot be gone on with from here, {view} view: {why}; \
                 go back to where it was begun, or record anew with --save"
            ))
            .into(),
            Stopped::Pipeline(PipelineError::Domains(why)) => Failure::unusable(why).into(),
            // A reader that left: it has what it wanted.
            Stopped::Pipeline(PipelineError::Write(error)) => error.into(),
            Stopped::Pipeline(error) => Failure::internal(format!("{:#}", anyhow::Error::from(error))).into(),
            Stopped::Signal(status) => {
                let file = self.observing.resume.as_ref().or(self.observing.save.as_ref()).map(|path| path.display());
                let kept = file.map_or(String::new(), |file| format!("; what was learnt is in {file}: go on with --resume {file}"));
                Failure { status, message: format!("interrupted{kept}") }.into()
            }
        }
    }
}

/// Why a run came to no end.
enum Stopped {
    /// A view is another than that of the recording; says why.
    Moved(View, String),
    Pipeline(PipelineError),
    Signal(ExitStatus),
}

pub(super) fn no_domain() -> Failure {
    Failure::unusable(
        "no IM domain to check: name one (imctl dns-check --internal 10.0.0.53 im.example.com), or write an imctl.toml with a [[domain]]",
    )
}

fn no_server(inventory: &Inventory, observing: &ObservingArgs) -> Failure {
    let wanted: Vec<_> =
        View::ALL.into_iter().filter(|view| observing.view.includes(*view)).map(|v| format!("--{v} ADDRESS")).collect();
    let known: Vec<_> = inventory.views.keys().map(|view| format!("[view.{view}]")).collect();
    let there =
        if known.is_empty() { "no view has DNS servers".to_owned() } else { format!("{} has no DNS servers", known.join(" and ")) };
    Failure::unusable(format!("{there}: give {}, or servers = [\"…\"] in imctl.toml", wanted.join(" or ")))
}

/// How a run ends that came to a judgement.
pub(super) fn exit_status(summary: &Summary, reporting: &ReportingArgs) -> ExitStatus {
    let fail_on = reporting.fail_on.unwrap_or(FailOn::Error);
    let counts = [(Severity::Error, summary.error), (Severity::Warning, summary.warning), (Severity::Note, summary.note)];
    match () {
        () if reporting.exit_zero => ExitStatus::Clean,
        () if reporting.format == Format::Nagios => match nagios::State::of(summary, reporting.fail_on) {
            nagios::State::Ok => ExitStatus::Clean,
            nagios::State::Warning => ExitStatus::PluginWarning,
            nagios::State::Critical => ExitStatus::PluginCritical,
            nagios::State::Unknown => ExitStatus::PluginUnknown,
        },
        () if counts.iter().any(|(severity, count)| *count > 0 && fail_on.is_reached_by(*severity)) => ExitStatus::Findings,
        () if summary.undecided > 0 => ExitStatus::Incomplete,
        () => ExitStatus::Clean,
    }
}
