//! `imctl dns-check`: the DNS of IM domains in both views.

use super::checking::Job;
use super::{inventory_file, lists, selection};
use crate::cli::{Common, DnsCheckArgs, VantageArgs};
use crate::exit::ExitStatus;
use crate::judge::Scope;

/// Checks and reports.
pub fn run(args: &DnsCheckArgs, common: &Common) -> anyhow::Result<ExitStatus> {
    let mut domains = args.domains.clone();
    if let Some(file) = &args.domain_file {
        domains.extend(selection::domain_file(file)?);
    }
    let file = inventory_file::find(common)?;
    let mut inventory = selection::apply(file, &args.roles, VantageArgs::default(), &domains)?;
    let roster = lists::read(&mut inventory)?;
    let scope = Scope { dns: true, ..Scope::default() };
    let (observing, reporting) = (&args.observing, &args.reporting);
    Job { command: "dns-check", scope, inventory, roster, vantage_given: false, observing, reporting, policy: &args.policy, common }
        .run()
}
