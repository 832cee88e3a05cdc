//! One domain before the judge: what is declared for it and what is known of it. Looks up nothing twice.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Scope;
use super::estate::Estate;
use super::facts::Facts;
use super::probing::{Probed, probe_all};
use super::resolution::{Opinion, Resolution, resolve};
use super::service::Service;
use super::zones::ZoneSays;
use crate::dns::{DomainName, RecordType, View};
use crate::inventory::{Domain, Inventory, MachineId};
use crate::profile::Role;

/// One domain and all that rules may know about it.
#[derive(Debug)]
pub struct Case<'a> {
    /// The inventory and the lists.
    pub estate: Estate<'a>,
    /// The domain.
    pub domain: &'a Domain,
    /// The views that this run judges.
    pub views: &'a [View],
    /// The side from which its machines are probed.
    pub vantage: View,
    /// What was observed.
    pub facts: Facts<'a>,
    resolutions: [OnceCell<Option<Resolution>>; 2],
    /// The position of the opinion that counts.
    consensus: [OnceCell<Option<usize>>; 2],
    services: OnceCell<Vec<Service>>,
    probes: OnceCell<Vec<Probed<'a>>>,
    zones: [OnceCell<Vec<ZoneSays<'a>>>; 2],
    /// The same case from the other sides from which is probed.
    others: Vec<Case<'a>>,
}

impl<'a> Case<'a> {
    /// Opens a case.
    pub fn new(estate: Estate<'a>, domain: &'a Domain, scope: &'a Scope, facts: Facts<'a>) -> Self {
        let (&vantage, others) = scope.vantages.split_first().unwrap_or((&estate.inventory.vantage, &[]));
        let from = |vantage, facts, others| {
            let (resolutions, consensus, services, probes, zones) = Default::default();
            Self { estate, domain, views: &scope.views, vantage, facts, resolutions, consensus, services, probes, zones, others }
        };
        let others = others.iter().map(|side| from(*side, facts.afresh(), Vec::new())).collect();
        from(vantage, facts, others)
    }

    /// The case from each side from which is probed; this one first.
    pub fn sides(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.others)
    }

    /// The inventory.
    pub fn inventory(&self) -> &'a Inventory {
        self.estate.inventory
    }

    /// Whether this run judges the view.
    pub fn judges(&self, view: View) -> bool {
        self.views.contains(&view)
    }

    /// What a view says about the addresses of the IM domain; `None` where that view is not judged, not known yet, or undecided.
    pub fn resolution(&self, view: View) -> Option<&Resolution> {
        if !self.judges(view) {
            return None;
        }
        self.resolutions[view as usize].get_or_init(|| resolve(&self.facts, view, &self.domain.name)).as_ref()
    }

    /// The answer that counts for a view: that of most of its servers. A server that says something else is
    /// `servers-disagree`'s business; only an open door is judged on the word of a single server.
    /// Always conclusive ([`super::Says::is_conclusive`]); where the servers leave it open, the case is undecided.
    pub fn answer(&self, view: View) -> Option<(&Resolution, &Opinion)> {
        let resolution = self.resolution(view)?;
        let position = self.consensus[view as usize].get_or_init(|| {
            let most = resolution.consensus(|opinion| self.is_right(view, opinion))?;
            resolution.opinions.iter().position(|opinion| std::ptr::eq(opinion, most))
        });
        let consensus = position.and_then(|position| resolution.opinions.get(position));
        if consensus.is_none() {
            let said = resolution.opinions.iter().map(|opinion| opinion.says.to_string()).collect::<Vec<_>>();
            self.facts.note_unsettled(view, &self.domain.name, &said.join("; "));
        }
        Some((resolution, consensus?))
    }

    /// The judged views in which the domain is to be found: of the external view of an internal-only domain nothing is expected
    /// but silence, and `internal-domain-visible-outside` alone listens to it.
    pub fn home_views(&self) -> impl Iterator<Item = View> + '_ {
        self.views.iter().copied().filter(|view| self.belongs_in(*view))
    }

    /// The SRV look-ups of every e-mail domain in every home view, as far as they are known.
    pub fn services(&self) -> &[Service] {
        self.services.get_or_init(|| {
            let pairs = self.domain.email.iter().flat_map(|email| self.home_views().map(move |view| (view, email)));
            pairs.filter_map(|(view, email)| Service::look_up(self, view, email)).collect()
        })
    }

    /// What the domain hangs on: its addresses, and the service of each of its e-mail domains.
    pub fn records(&self) -> impl Iterator<Item = (DomainName, RecordType)> {
        let services = self.domain.email.iter().filter_map(|email| self.domain.profile.srv_owner(email).ok());
        let addresses = [RecordType::A, RecordType::Aaaa].map(|rtype| (self.domain.name.clone(), rtype));
        addresses.into_iter().chain(services.map(|owner| (owner, RecordType::Srv)))
    }

    /// What the name servers of their zones say about all of that in a view, as far as it is known.
    pub(super) fn zones(&self, view: View) -> &[ZoneSays<'a>] {
        let ask = |(name, rtype)| ZoneSays { authority: self.facts.authority(view, &name, rtype), name, rtype };
        self.zones[view as usize].get_or_init(|| self.records().map(ask).collect())
    }

    /// The probes of all machines of the domain, as far as they are known.
    pub fn probes(&self) -> &[Probed<'a>] {
        self.probes.get_or_init(|| probe_all(self))
    }

    /// The role whose machines a view should answer: routers inside, reverse proxies outside.
    pub fn role_in(view: View) -> Role {
        match view {
            View::Internal => Role::Router,
            View::External => Role::ReverseProxy,
        }
    }

    /// Whether the domain is to be found in that view at all.
    pub fn belongs_in(&self, view: View) -> bool {
        view == View::Internal || self.domain.external
    }

    /// Whether one of the domain's own machines of that role has the address, or one that it still may have.
    pub fn has(&self, role: Role, address: IpAddr) -> bool {
        let (own, old) = (self.domain.machines(role), self.moving_from(role));
        self.inventory().claimants(address).any(|id| own.contains(&id) || old.contains(&id))
    }

    /// The machines of that role that the domain is moving away from, while its migration lasts.
    pub fn moving_from(&self, role: Role) -> &'a [MachineId] {
        let migration = self.domain.migration.as_ref().filter(|migration| self.estate.today <= migration.until);
        migration.map_or(&[], |migration| migration.machines(role))
    }

    /// Whether any machine of that role, of whichever domain, has the address.
    pub fn is_role(&self, role: Role, address: IpAddr) -> bool {
        self.inventory().claimants(address).any(|id| self.inventory().machine(id).role == role)
    }

    /// All declared addresses of the domain's machines of that role, for "expected".
    pub fn declared(&self, role: Role) -> Vec<String> {
        let machines = self.domain.machines(role).iter().map(|id| self.inventory().machine(*id));
        machines
            .flat_map(|machine| &machine.addresses)
            .map(|range| range.single().map_or_else(|| range.net.to_string(), |ip| ip.to_string()))
            .collect()
    }

    /// The address and whose it is: `10.1.0.10, router router-1`; only the address if nobody declared it.
    pub fn name_address(&self, address: IpAddr) -> String {
        match self.owners(address).first() {
            Some(id) => {
                let machine = self.inventory().machine(*id);
                format!("{address}, {} {}", machine.role, machine.name)
            }
            None => address.to_string(),
        }
    }

    /// The machines that claim an address, the domain's own first.
    pub fn owners(&self, address: IpAddr) -> Vec<MachineId> {
        let mut owners = self.inventory().machines_at(address);
        owners.sort_by_key(|id| !self.is_own(*id));
        owners
    }

    /// Whether a machine is declared for this domain, in whatever role.
    pub fn is_own(&self, id: MachineId) -> bool {
        Role::ALL.iter().any(|role| self.domain.machines(*role).contains(&id)) || self.is_old(id)
    }

    /// Whether the domain is to move, or to have moved, away from a machine.
    pub fn is_old(&self, id: MachineId) -> bool {
        self.domain.migration.iter().any(|migration| Role::ALL.iter().any(|role| migration.machines(*role).contains(&id)))
    }

    fn is_right(&self, view: View, opinion: &Opinion) -> bool {
        let addresses: &BTreeSet<IpAddr> = &opinion.says.addresses;
        if !self.belongs_in(view) {
            return addresses.is_empty();
        }
        !addresses.is_empty() && addresses.iter().all(|address| self.has(Self::role_in(view), *address))
    }
}
