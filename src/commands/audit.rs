//! `imctl audit`: lists, inventory, DNS and machines together.

use super::checking::Job;
use super::{inventory_file, lists, selection};
use crate::cli::{AuditArgs, Common};
use crate::exit::ExitStatus;
use crate::judge::Scope;

/// Audits and reports.
pub fn run(args: &AuditArgs, common: &Common) -> anyhow::Result<ExitStatus> {
    let file = inventory_file::find(common)?;
    let mut inventory = selection::apply(file, &args.roles, args.vantage, &[])?;
    let roster = lists::read(&mut inventory)?;
    let scope = Scope { estate: true, dns: true, probes: true, ..Scope::default() };
    let vantage_given = args.vantage.vantage.is_some();
    let (observing, reporting) = (&args.observing, &args.reporting);
    let policy = &args.policy;
    Job { command: "audit", scope, inventory, roster, list: None, vantage_given, observing, reporting, policy, common }.run()
}
