//! `imctl lint`: everything that can be judged from files alone: inventory, e-mail lists, zone files. Never touches the network.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;

use super::baseline::Accepting;
use super::checking::{exit_status, no_domain};
use super::clock::Started;
use super::watching::Watcher;
use super::{domains, inventory_file, lists, policy, remark, reporting, selection, zone_files};
use crate::cli::{Common, LintArgs, RoleArgs, VantageArgs};
use crate::dns::{DomainName, RecordData, View};
use crate::exit::{ExitStatus, Failure};
use crate::inventory::{Domain, Inventory};
use crate::judge::rules::RULES;
use crate::judge::{Check, Estate, Finding, Judgement, Policy, Scope};
use crate::observe::{Observations, ZoneFiles};
use crate::pipeline::{KeepAll, Run};
use crate::report::json::Summary;

/// Lints and reports.
pub fn run(args: &LintArgs, common: &Common) -> anyhow::Result<ExitStatus> {
    reporting::check_targets(&args.reporting)?;
    let accepting = Accepting::open(&args.policy)?;
    let path = inventory_file::locate(common)?;
    let file = path.as_deref().map(inventory_file::read).transpose()?;
    let mut inventory = selection::apply(file, &RoleArgs::default(), VantageArgs::default(), &[])?;
    policy::apply(&args.policy, &mut inventory)?;
    let roster = lists::read(&mut inventory)?;
    if inventory.domains.is_empty() {
        return Err(path.as_deref().map_or_else(no_domain, nothing_declared).into());
    }
    let zones = zone_files::read(&inventory)?;
    remark_on_other_views(&zones, common);
    // A canary proves where queries go, and none goes anywhere.
    inventory.views.values_mut().for_each(|settings| settings.canary = None);

    let started = Started::now();
    let today = started.day();
    let scope = Scope {
        views: zones.0.keys().copied().collect(),
        estate: true,
        dns: !zones.0.is_empty(),
        trace: common.verbose > 0,
        ..Scope::default()
    };
    inventory.suppressions.retain(|suppression| suppression.expires < today || !needs_servers(&suppression.rule));
    let policy = Policy::new(&inventory, today);
    let estate = Estate { inventory: &inventory, roster: roster.as_ref(), today };
    let mut watcher = Watcher::new(Some(inventory.domains.len()), None, common);
    let mut observed = Observations::default();
    let runtime = tokio::runtime::Builder::new_current_thread().build().context("no runtime")?;
    let run = Run { estate, scope: &scope, policy: &policy };
    let mut domains = domains::all(&inventory);
    let settled = runtime.block_on(run.settle(&mut *domains, &zones, &mut observed, &mut watcher, &mut KeepAll));
    watcher.finish();
    let mut judgement = settled.map_err(|error| Failure::internal(format!("{:#}", anyhow::Error::from(error))))?;
    point_at_zones(&mut judgement, &zones, &inventory);
    accepting.apply(&mut judgement, &scope);
    if let Some(baselined) = &mut judgement.baseline {
        baselined.stale.retain(|entry| !needs_servers(&entry.rule));
    }
    reporting::write(&started.header("lint", inventory.vantage, &args.reporting), &judgement, &args.reporting, common, false)?;
    accepting.accept(&mut judgement, common)?;
    Ok(exit_status(&Summary::of(&judgement), &args.reporting))
}

/// An inventory as `init` begins it: in order, and not filled in.
fn nothing_declared(path: &Path) -> Failure {
    let path = path.display();
    Failure::unusable(format!(
        "{path} declares no IM domain yet: fill in a [[domain]] and its [[router]], or `emails`, and lint again"
    ))
}

/// What cannot be judged from files is not judged, and nobody should take it for judged.
fn remark_on_other_views(zones: &ZoneFiles, common: &Common) {
    let without: Vec<_> = View::ALL.into_iter().filter(|view| !zones.0.contains_key(view)).map(View::as_str).collect();
    if !without.is_empty() {
        let views = without.join(" and the ");
        remark(common, &format!("the DNS of the {views} view is not judged: there are no zone files for it (zones = [\"…\"])"));
    }
}

/// Whether a rule is about servers, of which zone files say nothing. Its suppressions have nothing to hide here, and are needed
/// elsewhere: nobody should be told to delete them.
fn needs_servers(rule: &str) -> bool {
    RULES
        .iter()
        .filter(|known| known.goes_by(rule))
        .any(|rule| matches!(rule.check, Check::View(_)) || rule.id == "servers-disagree")
}

/// What DNS rules find stands in a zone file: there is the line to mend. No server said it.
fn point_at_zones(judgement: &mut Judgement, zones: &ZoneFiles, inventory: &Inventory) {
    for finding in judgement.findings.iter_mut().filter(|finding| matches!(finding.rule.check, Check::Dns(_))) {
        finding.servers = None;
        let place = finding
            .domain
            .as_ref()
            .and_then(|name| inventory.domains.named(name))
            .map_or_else(Vec::new, |id| names_of(finding, &inventory.domains.get(id)))
            .iter()
            .find_map(|name| {
                let zones = finding.view.and_then(|view| zones.0.get(&view))?;
                zones.place_of(name, |data| is_found(finding, data)).cloned()
            });
        finding.place = place.or(finding.place.take());
    }
    Finding::sort(&mut judgement.findings);
}

/// The names that a rule's finding is about: those of the service, of the e-mail domain, or the IM domain itself.
fn names_of(finding: &Finding, domain: &Domain) -> Vec<DomainName> {
    match finding.rule.id {
        service if service.starts_with("srv-") => {
            domain.email.iter().filter_map(|email| domain.profile.srv_owner(email).ok()).collect()
        }
        email if email.starts_with("email-") => domain.email.clone(),
        _ => vec![domain.name.clone()],
    }
}

/// Whether a record has an address that the finding names.
fn is_found(finding: &Finding, data: &RecordData) -> bool {
    let words: BTreeSet<&str> = finding.found.iter().flat_map(|found| found.split([' ', ','])).collect();
    data.address().is_some_and(|address| words.contains(address.to_string().as_str()))
}
