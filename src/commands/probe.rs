//! `imctl probe`: every address of every machine.

use super::checking::Job;
use super::{inventory_file, lists, selection};
use crate::cli::{Common, ProbeArgs};
use crate::exit::ExitStatus;
use crate::judge::Scope;

/// Probes and reports.
pub fn run(args: &ProbeArgs, common: &Common) -> anyhow::Result<ExitStatus> {
    let file = inventory_file::find(common)?;
    let mut inventory = selection::apply(file, &args.roles, args.vantage, &args.domains)?;
    let roster = lists::read(&mut inventory)?;
    let scope = Scope { views: Vec::new(), estate: false, dns: false, probes: true };
    let vantage_given = args.vantage.vantage.is_some();
    let (observing, reporting) = (&args.observing, &args.reporting);
    Job { command: "probe", scope, inventory, roster, vantage_given, observing, reporting, common }.run()
}
