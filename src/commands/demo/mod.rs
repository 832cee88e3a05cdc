//! `imctl demo`: a deployment on loopback, audited over real sockets.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context as _;

use super::checking::Job;
use super::whole_file::WholeFile;
use super::{interrupted, inventory_file, lists};
use crate::cli::{Common, DemoArgs, ObservingArgs, PolicyArgs};
use crate::exit::{ExitStatus, Failure};
use crate::inventory::Inventory;
use crate::judge::{Judgement, Scope};

mod deployment;
mod inventory;
mod machines;
mod sites;
mod zones;

pub use deployment::{Deployment, PEOPLE_FILE};
pub use sites::Planted;

/// How the inventory begins, so that a later demo knows its own file and overwrites no other.
const MARK: &str = "# The inventory of `imctl demo`";

/// Starts the deployment, audits it, and says whether the audit found exactly what was planted.
pub fn run(args: &DemoArgs, common: &Common) -> anyhow::Result<ExitStatus> {
    let deployment = Deployment::start().context("the demo deployment cannot be started on loopback")?;
    let inventory_text = format!("{MARK}\n{}", deployment.inventory_toml());
    if let Some(folder) = &args.keep {
        keep(folder, &inventory_text, deployment.people())?;
    }
    let judgement = audit(args, common, &inventory_text, deployment.people())?;
    let planted = deployment.planted();
    let (status, outcome) = match difference(&judgement, &planted) {
        None => (ExitStatus::Clean, format!("the audit found exactly the {} faults that were planted", planted.len())),
        Some(difference) => (ExitStatus::Internal, format!("the audit did not find exactly what was planted: {difference}")),
    };
    super::remark(common, &outcome);
    if let Some(folder) = &args.keep {
        let file = folder.join("imctl.toml");
        let commands = ["dns-check", "probe", "audit"].map(|command| format!("imctl {command} -c {}", file.display()));
        super::remark(common, &format!("everything is still running; try\n  {}\nand end it with Ctrl-C", commands.join("\n  ")));
        wait()?;
    }
    Ok(status)
}

fn audit(args: &DemoArgs, common: &Common, inventory_text: &str, people: &str) -> anyhow::Result<Judgement> {
    let inventory: Inventory = inventory_file::parse("imctl.toml", inventory_text)?;
    let roster = lists::read_text(PEOPLE_FILE, people, &inventory)?;
    let scope = Scope { estate: true, dns: true, probes: true, ..Scope::default() };
    let observing = ObservingArgs::default();
    let (roster, reporting, vantage_given) = (Some(roster), &args.reporting, false);
    let (list, observing, policy) = (None, &observing, &PolicyArgs::default());
    let job = Job { command: "demo", scope, inventory, roster, list, vantage_given, observing, reporting, policy, common };
    Ok(job.judge_and_report()?.0)
}

/// What was planted and not found, or found and not planted.
fn difference(judgement: &Judgement, planted: &[Planted]) -> Option<String> {
    let found: BTreeSet<_> = judgement.findings.iter().map(|f| (f.rule.id, f.domain.as_ref().map(ToString::to_string))).collect();
    let planted: BTreeSet<_> = planted.iter().map(|p| (p.rule, p.domain.map(str::to_owned))).collect();
    let show = |what: &str, (rule, domain): &(&str, Option<String>)| format!("{what}: {rule} {}", domain.as_deref().unwrap_or(""));
    let missing = planted.difference(&found).map(|one| show("not found", one));
    let surplus = found.difference(&planted).map(|one| show("not planted", one));
    let all: Vec<_> = missing.chain(surplus).collect();
    (!all.is_empty()).then(|| all.join("; "))
}

/// Writes inventory and list into a folder, but never over an inventory that is not a demo's.
fn keep(folder: &Path, inventory: &str, people: &str) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be created", folder.display()))?;
    let file = folder.join("imctl.toml");
    let foreign =
        fs::read_to_string(&file).map_or_else(|error| error.kind() != io::ErrorKind::NotFound, |text| !text.starts_with(MARK));
    if foreign {
        let why = format!("{} is there and is no demo's; name another folder with --keep", file.display());
        return Err(Failure::unusable(why).into());
    }
    for (path, text) in [(folder.join(PEOPLE_FILE), people), (file, inventory)] {
        WholeFile::write(&path, text.as_bytes()).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

fn wait() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    runtime.block_on(interrupted::signal());
    Ok(())
}
