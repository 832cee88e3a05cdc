//! What an answered address is to a domain: one of its own machines, or the one fault that it stands for. Reports nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::case::Case;
use super::finding::{Draft, finding};
use crate::dns::{AddressScope, View};
use crate::inventory::AddressRange;
use crate::profile::Role;

/// What an address is in the answer of a view. Each has one rule at most, so that no address is reported twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// A machine that belongs there: the domain's router inside, its reverse proxy outside.
    Right,
    /// A reverse proxy inside.
    ReverseProxyInside,
    /// A router outside.
    RouterOutside,
    /// An address at which nobody can be reached.
    Unusable(AddressScope),
    /// An address that has no meaning on the Internet.
    PrivateOutside(AddressScope),
    /// Any other machine, or none.
    Elsewhere,
    /// No machine is declared to compare it with; `domain-without-router` and the like speak.
    Unjudged,
}

impl Case<'_> {
    /// What the address is in the answer of that view. A declared address is judged by whose it is and never by its kind:
    /// in laboratories routers stand on loopback, and whether a declaration makes sense is the inventory rules' business.
    pub fn placement(&self, view: View, address: IpAddr) -> Placement {
        let declared = self.inventory().claimants(address).next().is_some();
        let scope = AddressScope::of(address);
        match view {
            _ if self.has(Self::role_in(view), address) => Placement::Right,
            View::Internal if self.is_role(Role::ReverseProxy, address) => Placement::ReverseProxyInside,
            View::External if self.is_role(Role::Router, address) => Placement::RouterOutside,
            _ if !declared && is_unusable(scope) => Placement::Unusable(scope),
            View::External if !declared && scope != AddressScope::Global => Placement::PrivateOutside(scope),
            _ if self.domain.machines(Self::role_in(view)).is_empty() => Placement::Unjudged,
            _ => Placement::Elsewhere,
        }
    }

    /// Whose an address is, as it stands in a sentence: `router router-1`. A machine of that role is named before others.
    pub fn whose(&self, address: IpAddr, role: Option<Role>) -> String {
        let owners = self.owners(address);
        let in_role = |id: &&_| role.is_none_or(|role| self.inventory().machine(**id).role == role);
        let Some(id) = owners.iter().find(in_role).or(owners.first()) else { return "no declared machine".to_owned() };
        let machine = self.inventory().machine(*id);
        let of = match &self.domain.migration {
            Some(migration) if self.is_old(*id) && self.estate.today > migration.until => {
                format!(", accepted until {} only", migration.until)
            }
            _ if self.is_own(*id) => String::new(),
            _ => " of another domain".to_owned(),
        };
        format!("{} {}{of}", machine.role, machine.name)
    }
}

/// Nobody can be reached there from another machine over a router.
fn is_unusable(scope: AddressScope) -> bool {
    use AddressScope::{Broadcast, LinkLocal, Loopback, Multicast, Unspecified};
    matches!(scope, Loopback | Unspecified | LinkLocal | Multicast | Broadcast)
}

/// The kind of some addresses, as it stands in a sentence: `a loopback address`, `loopback addresses`.
pub fn describe_scope(scope: AddressScope, count: usize) -> String {
    match (scope, count) {
        (AddressScope::Broadcast, 1) => format!("the {scope} address"),
        (AddressScope::Unspecified, 1) => format!("an {scope} address"),
        (_, 1) => format!("a {scope} address"),
        _ => format!("{scope} addresses"),
    }
}

/// Groups the addresses that belong to a rule by what they have in common. Those of one group have one cause.
pub fn alike<'i, K: Ord>(
    addresses: impl IntoIterator<Item = &'i IpAddr>,
    key: impl Fn(IpAddr) -> Option<K>,
) -> BTreeMap<K, Vec<IpAddr>> {
    let mut groups: BTreeMap<K, Vec<IpAddr>> = BTreeMap::new();
    for &address in addresses {
        if let Some(key) = key(address) {
            groups.entry(key).or_default().push(address);
        }
    }
    groups
}

/// A finding about addresses that a view answers and should not: `im.example.com answers 10.1.0.10, router router-1, in the
/// external view`.
pub fn wrong_addresses(case: &Case<'_>, view: View, addresses: &[IpAddr], what: &str) -> Draft {
    let list = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    finding(format!("{} answers {list}, {what}, in the {view} view", case.domain.name))
        .view(view)
        .expected(case.declared(Case::role_in(view)))
        .found(addresses)
        .cause(format!("the {view} view answers {list}, {what}"))
}

/// The most records that an advice spells out.
const MAX_RECORDS: usize = 4;

/// Advice about the records of a domain in a view, with what to write where the inventory names the addresses one by one:
/// `…: im.example.com. IN A 10.1.0.10`.
pub fn advise(case: &Case<'_>, view: View, advice: &str) -> String {
    let machines = case.domain.machines(Case::role_in(view)).iter().map(|id| case.inventory().machine(*id));
    let addresses: BTreeSet<IpAddr> = machines.flat_map(|machine| &machine.addresses).filter_map(AddressRange::single).collect();
    let line = |address: &IpAddr| format!("{}. IN {} {address}", case.domain.name, if address.is_ipv4() { "A" } else { "AAAA" });
    match addresses.len() {
        0 => advice.to_owned(),
        1..=MAX_RECORDS => format!("{advice}: {}", addresses.iter().map(line).collect::<Vec<_>>().join("; ")),
        _ => format!("{advice}; imctl records writes them"),
    }
}

/// A finding where most servers say that the IM domain itself has no address; a dangling alias is another matter.
pub fn missing_addresses(case: &Case<'_>, view: View) -> Option<Draft> {
    let (resolution, consensus) = case.answer(view)?;
    let draft = || {
        finding(format!("{} has no address in the {view} view", case.domain.name))
            .view(view)
            .expected(case.declared(Case::role_in(view)))
            .found([&consensus.says])
            .servers(resolution.share(consensus))
            .kind("no address")
    };
    consensus.says.is_missing().then(draft)
}
