//! What `dns-check`, `probe` and `audit` have in common: from arguments to a judgement, a report and an exit status.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::Context as _;
use jiff::civil::Date;

use super::baseline::Accepting;
use super::clock::{self, Started};
use super::watching::Watcher;
use super::{interrupted, policy, recordings, reporting};
use crate::cli::{Common, ObservingArgs, PolicyArgs, ReportingArgs};
use crate::dns::View;
use crate::email::Roster;
use crate::exit::{ExitStatus, Failure};
use crate::inventory::{Inventory, Server};
use crate::judge::{Estate, Judgement, Policy, Scope};
use crate::observe::{self, HttpLimits, Limits, Live, LiveSettings, Nobody, Observations, Source, recording, recording::Sources};
use crate::pipeline::{PipelineError, Run};

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
    /// Whether `--vantage` was given: it overrides that of a recording.
    pub(super) vantage_given: bool,
    pub(super) observing: &'a ObservingArgs,
    pub(super) reporting: &'a ReportingArgs,
    pub(super) policy: &'a PolicyArgs,
    pub(super) common: &'a Common,
}

/// Where the answers come from, and as of when they are judged.
struct Evidence {
    observed: Observations,
    source: Box<dyn Source>,
    today: Date,
    sources: Sources,
}

impl Job<'_> {
    /// Does it, and says how the run ends.
    pub(super) fn run(self) -> anyhow::Result<ExitStatus> {
        let reporting = self.reporting;
        Ok(exit_status(&self.judge_and_report()?, reporting))
    }

    /// Judges, writes the reports, and hands the judgement on.
    pub(super) fn judge_and_report(mut self) -> anyhow::Result<Judgement> {
        reporting::check_targets(self.reporting)?;
        if self.inventory.domains.is_empty() {
            return Err(no_domain().into());
        }
        policy::apply(self.policy, &mut self.inventory)?;
        let accepting = Accepting::open(self.policy)?;
        let started = Started::now();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
        let evidence = self.evidence(started)?;
        let mut judgement = runtime.block_on(self.judge(evidence, started)).map_err(|stopped| self.explain(stopped))?;
        accepting.apply(&mut judgement, &self.scope);
        let header = started.header(self.command, self.inventory.vantage);
        reporting::write(&header, &judgement, self.reporting, self.common)?;
        accepting.accept(&mut judgement, self.common)?;
        Ok(judgement)
    }

    /// Live sources, or recordings with nobody to ask. Narrows the scope to the views that can be judged.
    fn evidence(&mut self, started: Started) -> anyhow::Result<Evidence> {
        let replay = !self.observing.from.is_empty();
        let servers = if replay { BTreeMap::new() } else { servers(&self.inventory, self.observing)? };
        let evidence = if replay {
            let recording = recordings::read(&self.observing.from, self.common)?;
            if !self.vantage_given {
                self.scope.vantages = recording.sources.vantages();
            }
            // Judged as of the day on which it was made, so that it reads the same on any other.
            let today = clock::day(recording.latest);
            Evidence { observed: recording.observed, source: Box::new(Nobody), today, sources: recording.sources }
        } else {
            let source = Box::new(Live::new(&self.live_settings(servers)).context("the network cannot be asked")?);
            Evidence { observed: Observations::default(), source, today: started.day(), sources: Sources::default() }
        };
        if self.scope.vantages.is_empty() {
            self.scope.vantages = vec![self.inventory.vantage];
        }
        self.inventory.vantage = self.scope.vantages[0];
        self.scope.trace = self.common.verbose > 0;
        let declared = |view: &View| self.inventory.views.get(view).is_some_and(|settings| !settings.servers.is_empty());
        let recorded = |view: &View| evidence.observed.servers(*view).next().is_some();
        self.scope.views = View::ALL
            .into_iter()
            .filter(|view| self.observing.view.includes(*view) && (declared(view) || recorded(view)))
            .collect();
        if self.scope.dns && self.scope.views.is_empty() {
            return Err(no_server(&self.inventory, self.observing).into());
        }
        self.remark_on_zone_files();
        Ok(evidence)
    }

    fn live_settings(&self, servers: BTreeMap<View, Vec<SocketAddr>>) -> LiveSettings {
        let (limits, http) = (Limits::default(), HttpLimits::default());
        let limits = Limits {
            in_flight: usize::from(self.observing.in_flight),
            qps: self.observing.qps,
            timeout: self.observing.timeout.unwrap_or(limits.timeout),
            retries: u32::from(self.observing.retries),
        };
        let http = self.observing.timeout.map_or(http, |timeout| HttpLimits { connect: timeout, whole: timeout, ..http });
        LiveSettings { servers, limits, http, connect: self.inventory.connect.clone() }
    }

    fn remark_on_zone_files(&self) {
        for (view, settings) in &self.inventory.views {
            if self.scope.dns && settings.servers.is_empty() && self.observing.view.includes(*view) {
                let text =
                    format!("the {view} view has zone files and no servers; {} asks servers, so it is left out", self.command);
                super::remark(self.common, &text);
            }
        }
    }

    async fn judge(&self, evidence: Evidence, started: Started) -> Result<Judgement, Stopped> {
        let Evidence { mut observed, source, today, sources } = evidence;
        let estate = Estate { inventory: &self.inventory, roster: self.roster.as_ref(), today };
        let policy = Policy::new(&self.inventory, today);
        let header = recording::Header::new(self.command, started.text(), self.inventory.vantage);
        let save = self.observing.save.as_deref().map(|path| (path, &header));
        let mut watcher = Watcher::new(save, self.common).map_err(Stopped::Setup)?;
        let run = Run { estate, scope: &self.scope, policy: &policy };
        let judged = async { run.settle(&*source, &mut observed, &mut watcher).await.map_err(Stopped::Pipeline) };
        let outcome = tokio::select! {
            outcome = judged => outcome,
            signal = interrupted::signal() => Err(Stopped::Signal(signal)),
        };
        watcher.finish();
        outcome.map(|judgement| Judgement { sources, ..judgement })
    }

    /// A run that came to no end: what was saved is still good.
    fn explain(&self, stopped: Stopped) -> anyhow::Error {
        match stopped {
            Stopped::Setup(error) => error,
            Stopped::Pipeline(error) => Failure::internal(format!("{:#}", anyhow::Error::from(error))).into(),
            Stopped::Signal(status) => {
                let kept = self
                    .observing
                    .save
                    .as_ref()
                    .map_or(String::new(), |path| format!("; what was learnt is in {}", path.display()));
                Failure { status, message: format!("interrupted{kept}") }.into()
            }
        }
    }
}

/// Why a run came to no end.
enum Stopped {
    Setup(anyhow::Error),
    Pipeline(PipelineError),
    Signal(ExitStatus),
}

/// The plain servers of every view that is looked into. A query never leaves its view, so there is no other list of servers.
fn servers(inventory: &Inventory, observing: &ObservingArgs) -> anyhow::Result<BTreeMap<View, Vec<SocketAddr>>> {
    let mut servers = BTreeMap::new();
    for (view, settings) in inventory.views.iter().filter(|(view, _)| observing.view.includes(**view)) {
        let mut addresses: Vec<SocketAddr> = Vec::new();
        for server in &settings.servers {
            match server {
                Server::Plain(address) => addresses.push(*address),
                Server::System => addresses.extend(observe::system_servers().context("the system's DNS servers cannot be found")?),
                Server::Tls(text) | Server::Https(text) => {
                    let why =
                        format!("view {view}: {text}: this version asks plain DNS servers only; give an address or \"system\"");
                    return Err(Failure::unusable(why).into());
                }
            }
        }
        let mut seen = std::collections::HashSet::new();
        addresses.retain(|address| seen.insert(*address));
        servers.insert(*view, addresses);
    }
    Ok(servers)
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
pub(super) fn exit_status(judgement: &Judgement, reporting: &ReportingArgs) -> ExitStatus {
    let status = match () {
        () if judgement.findings.iter().any(|f| reporting.fail_on.is_reached_by(f.severity)) => ExitStatus::Findings,
        () if !judgement.undecided.is_empty() => ExitStatus::Incomplete,
        () => ExitStatus::Clean,
    };
    if reporting.exit_zero { ExitStatus::Clean } else { status }
}
