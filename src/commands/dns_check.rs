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
    let scope = Scope { views: Vec::new(), estate: false, dns: true, probes: false };
    let (observing, reporting) = (&args.observing, &args.reporting);
    Job { command: "dns-check", scope, inventory, roster, list, checked: None, vantage_given: false, observing, reporting, common }
        .run()
}
