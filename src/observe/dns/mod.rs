//! One question to every server of a view and to no other. Interprets nothing beyond the answer to that question.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::Semaphore;

use super::{Answer, DnsAnswer};
use crate::dns::{DomainName, RecordType, View};

mod exchange;
mod message;
mod reply;
mod server;

use server::Server;

/// The most sockets for DNS at one time, all servers together: half of the descriptors that many systems grant a process.
const MAX_SOCKETS: usize = 512;

/// How hard a DNS server is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most questions at one time, per server.
    pub in_flight: usize,
    /// The most queries a second, retries included, per server; sent at even intervals.
    pub qps: Option<u32>,
    /// How long one query waits for its answer.
    pub timeout: Duration,
    /// How often a query is sent again.
    pub retries: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { in_flight: 64, qps: None, timeout: Duration::from_secs(2), retries: 2 }
    }
}

/// The servers of all views.
#[derive(Debug)]
pub(super) struct DnsClient {
    views: BTreeMap<View, Vec<Rc<Server>>>,
    sockets: Semaphore,
}

impl DnsClient {
    /// Servers as declared; one that stands in both views, or twice in one, is one server with one set of limits.
    pub(super) fn new(servers: &BTreeMap<View, Vec<SocketAddr>>, limits: &Limits) -> Self {
        let mut known: BTreeMap<SocketAddr, Rc<Server>> = BTreeMap::new();
        let mut views: BTreeMap<View, Vec<Rc<Server>>> = BTreeMap::new();
        for (view, addresses) in servers {
            let of_view = views.entry(*view).or_default();
            for address in addresses {
                let server = known.entry(*address).or_insert_with(|| Rc::new(Server::new(*address, limits)));
                if !of_view.iter().any(|other| Rc::ptr_eq(other, server)) {
                    of_view.push(Rc::clone(server));
                }
            }
        }
        Self { views, sockets: Semaphore::new(MAX_SOCKETS) }
    }

    /// Asks every server of the view, all at once; their replies stand in the order in which they are declared.
    pub(super) async fn ask(&self, view: View, name: &DomainName, rtype: RecordType) -> Answer {
        let servers = self.views.get(&view).map_or(&[][..], Vec::as_slice);
        if servers.is_empty() {
            return Answer::Unknown(format!("no DNS server is known for the {view} view"));
        }
        let replies = join_all(servers.iter().map(|server| server.ask(name, rtype, &self.sockets))).await;
        Answer::Dns(DnsAnswer { replies })
    }
}

/// The servers that this machine is set up to ask, in its order: what `system` stands for. Fails where there is none, for a
/// guess would ask somebody whom nobody named.
pub fn system_servers() -> io::Result<Vec<SocketAddr>> {
    let advice = "name the view's servers instead, as in servers = [\"10.0.0.53\"]";
    let (config, _) = hickory_resolver::system_conf::read_system_conf()
        .map_err(|error| io::Error::other(format!("this machine's DNS settings cannot be read: {error}; {advice}")))?;
    let mut servers = Vec::new();
    for server in config.name_servers() {
        let port = server.connections.first().map_or(53, |connection| connection.port);
        let address = SocketAddr::new(server.ip, port);
        if !servers.contains(&address) {
            servers.push(address);
        }
    }
    if servers.is_empty() {
        return Err(io::Error::other(format!("this machine's DNS settings name no server; {advice}")));
    }
    Ok(servers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_servers_are_named_or_their_absence_is_explained() {
        match system_servers() {
            Ok(servers) => assert!(!servers.is_empty()),
            Err(error) => assert!(error.to_string().contains("name the view's servers instead")),
        }
    }
}
