//! `imctl records`: the DNS records that should exist, or what is missing and wrong of them. Changes no server.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;

use super::checking::{Job, no_domain};
use super::clock::Started;
use super::{inventory_file, lists, remark, selection};
use crate::cli::{Common, FailOn, RecordsArgs, ReportingArgs, VantageArgs, ViewChoice};
use crate::dns::View;
use crate::exit::{ExitStatus, Failure};
use crate::inventory::{Inventory, Server};
use crate::judge::{Estate, Scope, ViewStatus, open_case, view_statuses};
use crate::records::{self, Format, Plan, ZoneCut};
use crate::report;

/// Writes the records.
pub fn run(args: &RecordsArgs, common: &Common) -> anyhow::Result<ExitStatus> {
    check(args)?;
    let mut domains = args.domains.clone();
    if let Some(file) = &args.domain_file {
        domains.extend(selection::domain_file(file)?);
    }
    let file = inventory_file::find(common)?;
    let mut inventory = selection::apply(file, &args.roles, VantageArgs::default(), &domains)?;
    if inventory.domains.is_empty() {
        // The e-mail lists say which domains there are.
        lists::read(&mut inventory)?;
    }
    if inventory.domains.is_empty() {
        return Err(no_domain().into());
    }
    let servers = primaries(args, &inventory);
    let plan = if args.fix { to_fix(args, common, inventory)? } else { wanted(args, &inventory) };
    std::io::stdout().lock().write_all(plan.write(args.format, &servers).as_bytes())?;
    say_what_is_left(args, common, &plan);
    Ok(if plan.undecided { ExitStatus::Incomplete } else { ExitStatus::Clean })
}

/// Options that mean nothing together.
fn check(args: &RecordsArgs) -> Result<(), Failure> {
    let observing = &args.observing;
    if !args.fix && (!observing.from.is_empty() || observing.save.is_some()) {
        return Err(Failure::unusable("--from and --save are about what is there now: give --fix with them"));
    }
    if args.server.is_some() && observing.view == ViewChoice::Both {
        return Err(Failure::unusable("--server is the primary of one view: give --view internal or --view external with it"));
    }
    Ok(())
}

fn wanted(args: &RecordsArgs, inventory: &Inventory) -> Plan {
    let views: Vec<View> = View::ALL.into_iter().filter(|view| args.observing.view.includes(*view)).collect();
    records::wanted(inventory, &views, &ZoneCut::new(&args.zone, inventory), args.ttl)
}

/// Asks what is there, as `dns-check` does, and compares.
fn to_fix(args: &RecordsArgs, common: &Common, inventory: Inventory) -> anyhow::Result<Plan> {
    let cut = ZoneCut::new(&args.zone, &inventory);
    let reporting = ReportingArgs { format: report::Format::Table, report: Vec::new(), fail_on: FailOn::Never, exit_zero: false };
    let scope = Scope { views: Vec::new(), estate: false, dns: true, probes: false };
    let (observing, reporting) = (&args.observing, &reporting);
    let mut job = Job { command: "records", scope, inventory, roster: None, vantage_given: false, observing, reporting, common };
    let started = Started::now();
    let (_, observed) = job.settle(started)?;

    let estate = Estate { inventory: &job.inventory, roster: None, today: started.day() };
    let statuses = view_statuses(&estate, &job.scope, &observed);
    let fine = |view: &View| statuses.get(view) == Some(&ViewStatus::Fine);
    let (views, closed): (Vec<View>, Vec<View>) = job.scope.views.iter().partition(|view| fine(view));
    let scope = Scope { views, ..job.scope.clone() };
    let cases = job.inventory.domains.iter().map(|domain| open_case(estate, domain, &scope, &statuses, &observed));
    let mut plan = records::fix(cases, &observed, &cut, args.ttl);
    for view in closed {
        let why = statuses.get(&view).map_or_else(String::new, ToString::to_string);
        plan.undecided = true;
        plan.notes.insert(0, format!("{view} view: {why}, so no change is proposed for any of its names"));
    }
    Ok(plan)
}

/// Where nsupdate sends to: the server given, else the first of each view that has an address.
fn primaries(args: &RecordsArgs, inventory: &Inventory) -> BTreeMap<View, SocketAddr> {
    let declared = |view: &View| {
        let servers = inventory.views.get(view).map_or(&[][..], |settings| &settings.servers);
        servers.iter().find_map(|server| if let Server::Plain(address) = server { Some(*address) } else { None })
    };
    let views = View::ALL.into_iter().filter(|view| args.observing.view.includes(*view));
    views.filter_map(|view| Some((view, args.server.or_else(|| declared(&view))?))).collect()
}

/// What stands in the output as comments is easily overlooked; CSV has none.
fn say_what_is_left(args: &RecordsArgs, common: &Common, plan: &Plan) {
    let removals: usize = plan.changes.iter().map(|change| change.remove.len()).sum();
    if args.format == Format::Csv {
        plan.notes.iter().for_each(|note| remark(common, note));
    } else if !plan.notes.is_empty() {
        remark(common, &format!("what cannot be written or is undecided stands at the top as comments: {}", plan.notes.len()));
    }
    if removals > 0 {
        remark(common, &format!("records to remove, for a person to confirm: {removals}"));
    }
    if args.fix && plan.changes.is_empty() && !plan.undecided {
        remark(common, "nothing is to be done: every record that the inventory can tell is there");
    }
}
