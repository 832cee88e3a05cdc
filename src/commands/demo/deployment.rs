//! The demo's servers, started and kept. Listens on loopback only; ends with the value.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use super::sites::{self, Fault, PROXIES, Planted, SITES, Site, WRONG_HOST, ip};
use super::{inventory, machines, zones};
use crate::dns::View;
use crate::loopback::{ClosedPort, DnsServer, HttpServer, Zone};

/// The file of the people, beside imctl.toml.
pub const PEOPLE_FILE: &str = "people.txt";

/// The port that the inventory declares for every machine.
const PORT: u16 = 80;

/// A running deployment: two DNS views, routers, home servers and reverse proxies.
#[derive(Debug)]
pub struct Deployment {
    internal: [DnsServer; 2],
    external: DnsServer,
    web: Vec<HttpServer>,
    down: Vec<ClosedPort>,
    connect: BTreeMap<SocketAddr, SocketAddr>,
}

impl Deployment {
    /// Starts everything on free ports of 127.0.0.1.
    pub fn start() -> io::Result<Self> {
        let dns = |zone: Result<Zone, _>| DnsServer::start(zone.map_err(io::Error::other)?.handler());
        let mut deployment = Self {
            internal: [dns(zones::internal(true))?, dns(zones::internal(false))?],
            external: dns(zones::external())?,
            web: Vec::new(),
            down: Vec::new(),
            connect: BTreeMap::new(),
        };
        for site in &SITES {
            deployment.start_site(site)?;
        }
        for (position, (_, address)) in PROXIES.iter().enumerate() {
            let routers = deployment.routers_behind(position);
            let proxy = HttpServer::start(machines::proxy(routers))?;
            deployment.connect.insert(declared(*address), proxy.address());
            deployment.web.push(proxy);
        }
        Ok(deployment)
    }

    fn start_site(&mut self, site: &Site) -> io::Result<()> {
        for router in site.routers {
            let at = if site.fault == Some(Fault::RouterDown) {
                let port = ClosedPort::reserve()?;
                let at = port.address();
                self.down.push(port);
                at
            } else {
                let home = site.home.map(|_| match site.fault {
                    Some(Fault::WrongRedirect) => WRONG_HOST.to_owned(),
                    _ => site.home_host(),
                });
                self.start_web(HttpServer::start(machines::router(site.im(), home))?)
            };
            self.connect.insert(declared(*router), at);
        }
        if let Some(home) = site.home {
            let at = self.start_web(HttpServer::start(machines::home_server(site.home_host(), site.im()))?);
            self.connect.insert(declared(home), at);
        }
        Ok(())
    }

    fn start_web(&mut self, server: HttpServer) -> SocketAddr {
        let address = server.address();
        self.web.push(server);
        address
    }

    /// The first router of each domain behind a proxy, by IM domain.
    fn routers_behind(&self, proxy: usize) -> BTreeMap<String, SocketAddr> {
        let sites = SITES.iter().filter(|site| site.external && site.proxy == proxy);
        sites.filter_map(|site| Some((site.im(), *self.connect.get(&declared(*site.routers.first()?))?))).collect()
    }

    /// The DNS servers of a view.
    pub fn servers(&self, view: View) -> Vec<SocketAddr> {
        match view {
            View::Internal => self.internal.iter().map(DnsServer::address).collect(),
            View::External => vec![self.external.address()],
        }
    }

    /// Where each declared address really listens.
    pub fn connect(&self) -> &BTreeMap<SocketAddr, SocketAddr> {
        &self.connect
    }

    /// A commented imctl.toml for this deployment, with the ports that its servers have now.
    pub fn inventory_toml(&self) -> String {
        inventory::toml(self)
    }

    /// The e-mail list: some people of each domain, and one entry that is no address.
    pub fn people(&self) -> &'static str {
        include_str!("people.txt")
    }

    /// What an audit must find, and nothing else; sorted.
    pub fn planted(&self) -> Vec<Planted> {
        sites::planted()
    }
}

fn declared(address: [u8; 4]) -> SocketAddr {
    SocketAddr::new(ip(address), PORT)
}

#[cfg(test)]
#[path = "deployment_tests.rs"]
mod tests;
