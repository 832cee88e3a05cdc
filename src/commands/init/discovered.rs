//! From what DNS answers to what an inventory declares. Pure: asks nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::entry::{Draft, Entry, Machine};
use crate::dns::{AddressScope, DomainName, View};

/// The most domains that a comment names.
const MOST_NAMED: usize = 8;

/// What the views say about one name.
#[derive(Debug, Default)]
pub(super) struct Sighting {
    /// By view; one that was not asked is not here.
    pub(super) views: BTreeMap<View, Seen>,
    /// What else a person should know.
    pub(super) remarks: Vec<String>,
}

/// What one view says about one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Addresses(BTreeSet<IpAddr>),
    /// It has none; how DNS says so.
    Missing(String),
    /// Nobody knows, and why.
    Undecided(String),
}

impl Sighting {
    fn is_undecided(&self) -> bool {
        self.views.values().any(|seen| matches!(seen, Seen::Undecided(_)))
    }

    /// The addresses in a view; none where anything about the name is undecided, for then nothing is declared by it.
    fn addresses(&self, view: View) -> impl Iterator<Item = IpAddr> + '_ {
        let seen = self.views.get(&view).filter(|_| !self.is_undecided());
        let addresses = seen.and_then(|seen| if let Seen::Addresses(addresses) = seen { Some(addresses) } else { None });
        addresses.into_iter().flatten().copied()
    }
}

/// Fills in the entries of the draft, each from the sighting at its place, and the machines that they name.
pub(super) fn fill(draft: &mut Draft, sightings: &[Sighting]) {
    let all = |view| sightings.iter().flat_map(|sighting| sighting.addresses(view)).collect::<BTreeSet<_>>();
    // What both views answer is a router if strangers could not reach it, and else what stands for routers outside.
    let both: BTreeSet<_> = all(View::Internal).intersection(&all(View::External)).copied().collect();
    let is_router = |address: &IpAddr| !both.contains(address) || !is_public(*address);
    let is_proxy = |address: &IpAddr| !both.contains(address) || is_public(*address);
    let inside = |sighting: &Sighting| sighting.addresses(View::Internal).filter(is_router).collect();
    let outside = |sighting: &Sighting| sighting.addresses(View::External).filter(is_proxy).collect();
    let (routers, router_names) = machines("router", sightings.iter().map(inside).collect());
    let (proxies, proxy_names) = machines("edge", sightings.iter().map(outside).collect());
    for (((entry, sighting), routers), proxies) in draft.entries.iter_mut().zip(sightings).zip(router_names).zip(proxy_names) {
        entry.is_undecided = sighting.is_undecided();
        let is_public_name = sighting.addresses(View::External).next().is_some();
        entry.external = (sighting.views.contains_key(&View::External) && !entry.is_undecided).then_some(is_public_name);
        (entry.routers, entry.reverse_proxies) = (routers, proxies);
        let misplaced_inside = sighting.addresses(View::Internal).filter(|address| !is_router(address)).collect();
        let misplaced_outside = sighting.addresses(View::External).filter(|address| !is_proxy(address)).collect();
        entry.comments.extend(comments(sighting, &misplaced_inside, &misplaced_outside));
    }
    (draft.routers, draft.reverse_proxies) = (routers, proxies);
    say_who_shares(&mut draft.routers, &draft.entries);
}

fn is_public(address: IpAddr) -> bool {
    matches!(AddressScope::of(address), AddressScope::Global | AddressScope::Documentation)
}

/// The machines behind these addresses, and for each set of addresses the names of its machines. Addresses that go together
/// wherever they occur are one machine's, so that no address is declared twice.
fn machines(kind: &str, sets: Vec<BTreeSet<IpAddr>>) -> (Vec<Machine>, Vec<Vec<String>>) {
    let mut owners: BTreeMap<IpAddr, Vec<usize>> = BTreeMap::new();
    for (position, address) in sets.iter().enumerate().flat_map(|(position, set)| set.iter().map(move |a| (position, a))) {
        owners.entry(*address).or_default().push(position);
    }
    let mut groups: BTreeMap<Vec<usize>, BTreeSet<IpAddr>> = BTreeMap::new();
    for (address, owners) in owners {
        groups.entry(owners).or_default().insert(address);
    }
    let mut names = vec![Vec::new(); sets.len()];
    let mut machines = Vec::new();
    for (number, (owners, addresses)) in groups.into_iter().enumerate() {
        let name = format!("{kind}-{}", number + 1);
        for owner in owners {
            names[owner].push(name.clone());
        }
        machines.push(Machine { name, addresses, comments: Vec::new() });
    }
    (machines, names)
}

fn comments(sighting: &Sighting, inside: &BTreeSet<IpAddr>, outside: &BTreeSet<IpAddr>) -> Vec<String> {
    let mut comments = sighting.remarks.clone();
    for (view, seen) in &sighting.views {
        match seen {
            Seen::Undecided(why) => comments.push(format!("undecided, {view} view: {why}")),
            Seen::Missing(how) if *view == View::Internal => comments.push(format!("no address in the internal view: {how}")),
            Seen::Addresses(addresses) if sighting.is_undecided() => {
                comments.push(format!("the {view} view answers {}", listed(addresses)));
            }
            Seen::Missing(_) | Seen::Addresses(_) => {}
        }
    }
    if !inside.is_empty() {
        comments.push(format!("the internal view answers {}, as the external one does: where is its router?", listed(inside)));
    }
    if !outside.is_empty() {
        let what = listed(outside);
        comments.push(format!("the external view answers {what}, a router: strangers need a reverse proxy, or no record at all"));
    }
    comments
}

/// A router answers for one domain only, whatever DNS says.
fn say_who_shares(routers: &mut [Machine], entries: &[Entry]) {
    let mut users: BTreeMap<&str, Vec<&DomainName>> = BTreeMap::new();
    for (entry, router) in entries.iter().flat_map(|entry| entry.routers.iter().map(move |router| (entry, router))) {
        users.entry(router).or_default().push(&entry.name);
    }
    for router in routers {
        let Some(names) = users.get(router.name.as_str()).filter(|names| names.len() > 1) else { continue };
        let more = names.len().saturating_sub(MOST_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let shown = listed(names.iter().take(MOST_NAMED));
        router.comments.push(format!("DNS leads {} domains here, and a router answers for one only: {shown}{more}", names.len()));
    }
}

fn listed<T: ToString>(values: impl IntoIterator<Item = T>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[path = "discovered_tests.rs"]
mod tests;
