//! `imctl probe`: every address of every machine.

use super::checking::Job;
use super::{inventory_file, lists, selection};
use crate::cli::{Common, ProbeArgs};
use crate::exit::{ExitStatus, Failure};
use crate::inventory::Domain;
use crate::judge::Scope;
use crate::profile::Role;

/// Probes and reports.
pub fn run(args: &ProbeArgs, common: &Common) -> anyhow::Result<ExitStatus> {
    let file = inventory_file::find(common)?;
    let mut inventory = selection::apply(file, &args.roles, args.vantage, &args.domains)?;
    let roster = lists::read(&mut inventory)?;
    let is_bare = |domain: &Domain| Role::ALL.iter().all(|role| domain.machines(*role).is_empty());
    if !inventory.domains.is_empty() && inventory.domains.iter().all(|domain| is_bare(&domain)) {
        let why = "no machine to probe: give --router or --reverse-proxy, or name machines in the [[domain]] of imctl.toml";
        return Err(Failure::unusable(why).into());
    }
    let scope = Scope { probes: true, ..Scope::default() };
    let vantage_given = args.vantage.vantage.is_some();
    let (observing, reporting) = (&args.observing, &args.reporting);
    let policy = &args.policy;
    Job { command: "probe", scope, inventory, roster, list: None, vantage_given, observing, reporting, policy, common }.run()
}
