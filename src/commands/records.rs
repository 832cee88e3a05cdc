//! `imctl records`: the DNS records that should exist, or what is missing and wrong of them. Changes no server.

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::Context as _;

use super::checking::{Job, no_domain};
use super::clock::Started;
use super::watching::Watcher;
use super::{domains, inventory_file, lists, remark, selection, zone_files};
use crate::cli::{Common, PolicyArgs, RecordsArgs, ReportingArgs, VantageArgs, ViewChoice};
use crate::dns::View;
use crate::exit::{ExitStatus, Failure};
use crate::inventory::{Inventory, Server};
use crate::judge::{Estate, Policy, Scope, ViewStatus, open_case, view_statuses};
use crate::observe::Observations;
use crate::pipeline::{KeepAll, Run};
use crate::records::{self, Format, Plan, Primary, ZoneCut};
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
    let observes =
        !observing.from.is_empty() || observing.save.is_some() || observing.resume.is_some() || observing.shard.is_some();
    if !args.fix && observes {
        return Err(Failure::unusable("--from, --save, --resume and --shard are about what is there now: give --fix with them"));
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

/// Looks at what is there in every view, and compares. A view without servers is judged by its zone files, as `lint` does;
/// one that has neither is named.
fn to_fix(args: &RecordsArgs, common: &Common, inventory: Inventory) -> anyhow::Result<Plan> {
    let wanted = wanted_views(args, &inventory);
    let cut = ZoneCut::new(&args.zone, &inventory);
    let asks = |view: &View| inventory.views.get(view).is_some_and(|settings| !settings.servers.is_empty());
    let (mut plan, mut seen) = (Plan::default(), Vec::new());
    let files = inventory.clone();
    if !args.observing.from.is_empty() || View::ALL.iter().any(|view| args.observing.view.includes(*view) && asks(view)) {
        (plan, seen) = from_servers(args, common, inventory, &cut)?;
    }
    let unseen: Vec<View> =
        View::ALL.into_iter().filter(|view| args.observing.view.includes(*view) && !seen.contains(view)).collect();
    let (by_files, read) = from_zone_files(args, common, files, &unseen, &cut)?;
    plan.extend(by_files);
    for view in wanted.into_iter().filter(|view| !seen.contains(view) && !read.contains(view)) {
        let note = not_looked_at(view, !args.observing.from.is_empty());
        // The notes of CSV are said on standard error anyway.
        if args.format != Format::Csv {
            remark(common, &note);
        }
        plan.undecided = true;
        plan.notes.insert(0, note);
    }
    Ok(plan)
}

/// The views that are to be looked at: those asked for, and without that those in which any domain is to be found.
fn wanted_views(args: &RecordsArgs, inventory: &Inventory) -> Vec<View> {
    let view = args.observing.view;
    let is_wanted =
        |side: &View| view != ViewChoice::Both || *side == View::Internal || inventory.domains.iter().any(|domain| domain.external);
    View::ALL.into_iter().filter(|side| view.includes(*side) && is_wanted(side)).collect()
}

fn not_looked_at(view: View, from_recordings: bool) -> String {
    let why = if from_recordings {
        "the recordings have no answer of it, and it has no zone files"
    } else {
        "it has no servers and no zone files"
    };
    let how = format!("give --{view} ADDRESS, servers or zones in imctl.toml, or leave it out with --view");
    format!("{view} view: not looked at, for {why}, so no change is proposed for any of its names; {how}")
}

/// Asks what is there, as `dns-check` does; gives the views that were looked at, too.
fn from_servers(args: &RecordsArgs, common: &Common, inventory: Inventory, cut: &ZoneCut) -> anyhow::Result<(Plan, Vec<View>)> {
    let reporting = ReportingArgs {
        format: report::Format::Table,
        report: Vec::new(),
        fail_on: Some(report::FailOn::Never),
        exit_zero: false,
        details: false,
    };
    let scope = Scope { dns: true, ..Scope::default() };
    let mut job = Job {
        command: "records",
        scope,
        inventory,
        roster: None,
        list: None,
        vantage_given: false,
        observing: &args.observing,
        reporting: &reporting,
        policy: &PolicyArgs::default(),
        common,
    };
    let started = Started::now();
    let observed = job.settle(started)?;
    let estate = Estate { inventory: &job.inventory, roster: None, today: started.day() };
    Ok((compare(estate, &job.scope, &observed, cut, args.ttl), job.scope.views.clone()))
}

/// Looks into the zone files of these views, as far as there are any; gives the views that have some, too.
fn from_zone_files(
    args: &RecordsArgs,
    common: &Common,
    mut inventory: Inventory,
    views: &[View],
    cut: &ZoneCut,
) -> anyhow::Result<(Plan, Vec<View>)> {
    inventory.views.retain(|view, settings| views.contains(view) && !settings.zones.is_empty());
    let views: Vec<View> = inventory.views.keys().copied().collect();
    if views.is_empty() {
        return Ok((Plan::default(), views));
    }
    if let Some(shard) = args.observing.shard {
        inventory.domains.retain(|domain| shard.holds(&domain.name));
    }
    // A canary proves where queries go, and none goes anywhere.
    inventory.views.values_mut().for_each(|settings| settings.canary = None);
    let zones = zone_files::read(&inventory)?;
    let today = Started::now().day();
    let estate = Estate { inventory: &inventory, roster: None, today };
    let scope = Scope { views: views.clone(), dns: true, ..Scope::default() };
    let (policy, mut observed) = (Policy::new(&inventory, today), Observations::default());
    observed.keep_all();
    let run = Run { estate, scope: &scope, policy: &policy };
    let mut watcher = Watcher::new(Some(inventory.domains.len()), None, common);
    let mut domains = domains::all(&inventory);
    let runtime = tokio::runtime::Builder::new_current_thread().build().context("no runtime")?;
    let settled = runtime.block_on(run.settle(&mut *domains, &zones, &mut observed, &mut watcher, &mut KeepAll));
    watcher.finish();
    settled.map_err(|error| Failure::internal(format!("{:#}", anyhow::Error::from(error))))?;
    for view in &views {
        remark(common, &format!("the {view} view is judged by its zone files: no server of it is asked"));
    }
    Ok((compare(estate, &scope, &observed, cut, args.ttl), views))
}

/// The changes of the views that can be judged, and why others cannot.
fn compare(estate: Estate<'_>, scope: &Scope, observed: &Observations, cut: &ZoneCut, ttl_secs: u32) -> Plan {
    let statuses = view_statuses(&estate, scope, observed);
    let fine = |view: &View| statuses.get(view) == Some(&ViewStatus::Fine);
    let (views, closed): (Vec<View>, Vec<View>) = scope.views.iter().partition(|view| fine(view));
    let scope = Scope { views, ..scope.clone() };
    let domains: Vec<_> = estate.inventory.domains.iter().collect();
    let cases = domains.iter().map(|domain| open_case(estate, domain, &scope, &statuses, observed));
    let mut plan = records::fix(cases, observed, cut, ttl_secs);
    for view in closed {
        let why = statuses.get(&view).map_or_else(String::new, ToString::to_string);
        plan.undecided = true;
        plan.notes.insert(0, format!("{view} view: {why}, so no change is proposed for any of its names"));
    }
    plan
}

/// Where nsupdate sends to: the server given, else the first of each view that has an address.
fn primaries(args: &RecordsArgs, inventory: &Inventory) -> BTreeMap<View, Primary> {
    let declared = |view: &View| {
        let servers = inventory.views.get(view).map_or(&[][..], |settings| &settings.servers);
        servers.iter().find_map(|server| if let Server::Plain(address) = server { Some(*address) } else { None })
    };
    let primary = |view: View| {
        let address = args.server.or_else(|| declared(&view))?;
        Some((view, Primary { address, is_named: args.server.is_some() }))
    };
    View::ALL.into_iter().filter(|view| args.observing.view.includes(*view)).filter_map(primary).collect()
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
