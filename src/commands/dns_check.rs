//! `imctl dns-check`: the DNS of IM domains in both views.

use super::checking::Job;
use super::domains::DomainList;
use super::{inventory_file, lists, selection};
use crate::cli::{Common, DnsCheckArgs, VantageArgs};
use crate::exit::ExitStatus;
use crate::judge::Scope;

/// Checks and reports.
pub fn run(args: &DnsCheckArgs, common: &Common) -> anyhow::Result<ExitStatus> {
    let file = inventory_file::find(common)?;
    let mut domains = args.domains.clone();
    let list = match &args.domain_file {
        // Nothing but a list: its domains go through one after the other, however many they are.
        Some(path) if domains.is_empty() => {
            Some(DomainList::new(path, selection::flags(&args.roles, VantageArgs::default()), file.is_some()))
        }
        Some(path) => {
            domains.extend(selection::domain_file(path)?);
            None
        }
        None => None,
    };
    let mut inventory = selection::apply(file, &args.roles, VantageArgs::default(), &domains)?;
    let roster = lists::read(&mut inventory)?;
    let scope = Scope { dns: true, ..Scope::default() };
    let (observing, reporting) = (&args.observing, &args.reporting);
    let (policy, vantage_given) = (&args.policy, false);
    Job { command: "dns-check", scope, inventory, roster, list, vantage_given, observing, reporting, policy, common }.run()
}
