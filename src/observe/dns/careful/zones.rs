//! The name servers of the zone that holds a name, each asked itself. Who they are is what the servers of the view say; where the zone
//! begins, and what all its names have in common, is looked up once.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{join, join_all};
use hickory_proto::op::{Message, Query as WireQuery};
use hickory_proto::rr::{Name, RecordType as WireType};
use tokio::sync::OnceCell;

use super::line::Account;
use super::name_server::{Place, Serving};
use super::reading::{name_servers, response_of};
use super::server::Server;
use super::{CarefulServer, Limits};
use crate::dns::{AddressScope, DomainName, RecordType, TsigKey, View};
use crate::observe::dns::reply::failure_of;
use crate::observe::{Answer, Authority, Failure, Reply};

/// The most name servers of a zone that are asked, and the most addresses of each.
const MOST_SERVERS: usize = 16;
const MOST_ADDRESSES: usize = 4;
/// The most questions at one time to a name server: it is a stranger's.
const MOST_IN_FLIGHT: usize = 8;
/// The most look-ups that are remembered.
const MOST_KEPT: usize = 4096;

/// Asks name servers.
#[derive(Debug)]
pub(in crate::observe) struct ZoneClient {
    views: BTreeMap<View, OfView>,
    limits: Limits,
    connect: BTreeMap<SocketAddr, SocketAddr>,
    /// What begins at a name; `None` where no zone does.
    zones: Shared<(View, DomainName), Option<Arc<Zone>>>,
    name_servers: Shared<(View, SocketAddr), Arc<Server>>,
}

/// The servers of one view, and what chooses it where one server has several: name servers are asked for the same view.
#[derive(Debug, Default)]
struct OfView {
    servers: Vec<Server>,
    /// The address of this machine from which is asked.
    source: Option<IpAddr>,
    /// The key that signs.
    tsig: Option<Arc<TsigKey>>,
}

#[derive(Debug)]
struct Zone {
    apex: DomainName,
    servers: Vec<Serving>,
}

impl ZoneClient {
    /// Connects to nobody yet. Name servers are asked at `limits`, at where `connect` leads from their addresses.
    pub(in crate::observe) fn new(
        plain: &BTreeMap<View, Vec<SocketAddr>>,
        careful: &BTreeMap<View, Vec<CarefulServer>>,
        limits: impl Fn(Option<SocketAddr>) -> Limits,
        connect: BTreeMap<SocketAddr, SocketAddr>,
    ) -> Self {
        let mut views: BTreeMap<View, OfView> = BTreeMap::new();
        for (view, addresses) in plain {
            let server = |address: &SocketAddr| Server::new(&CarefulServer::plain(*address), &limits(Some(*address)));
            views.entry(*view).or_default().servers.extend(addresses.iter().map(server));
        }
        for (view, servers) in careful {
            let of_view = views.entry(*view).or_default();
            of_view.servers.extend(servers.iter().map(|server| Server::new(server, &limits(None))));
            of_view.source = servers.iter().find_map(|server| server.source);
            of_view.tsig = servers.iter().find_map(|server| server.tsig.clone());
        }
        let limits = limits(None);
        let limits = Limits { in_flight: limits.in_flight.min(MOST_IN_FLIGHT), ..limits };
        Self { views, limits, connect, zones: Shared::default(), name_servers: Shared::default() }
    }

    /// Asks every name server of the zone that holds the name.
    pub(in crate::observe) async fn ask(&self, view: View, name: &DomainName, rtype: RecordType) -> Answer {
        let zone = match self.zone_of(view, name).await {
            Ok(zone) => zone,
            Err(why) => return Answer::Unknown(why),
        };
        let servers = join_all(zone.servers.iter().map(|server| server.ask(&zone.apex, name, rtype))).await;
        Answer::Authority(Authority { zone: zone.apex.clone(), servers })
    }

    /// The zone whose apex is nearest above the name, or is the name. The servers of the root are nobody's to ask for an IM domain.
    async fn zone_of(&self, view: View, name: &DomainName) -> Result<Arc<Zone>, String> {
        let mut owner = name.clone();
        while let Some(parent) = owner.parent() {
            let cell = self.zones.cell((view, owner.clone()));
            if let Some(zone) = cell.get_or_try_init(|| self.zone_at(view, &owner)).await? {
                return Ok(Arc::clone(zone));
            }
            owner = parent;
        }
        Err("no zone below the root holds it".to_owned())
    }

    async fn zone_at(&self, view: View, owner: &DomainName) -> Result<Option<Arc<Zone>>, String> {
        let mut names = name_servers(&self.hear(view, owner).await?, owner);
        if names.is_empty() {
            return Ok(None);
        }
        names.truncate(MOST_SERVERS);
        let servers = join_all(names.into_iter().map(|name| self.serving(view, name))).await;
        Ok(Some(Arc::new(Zone { apex: owner.clone(), servers })))
    }

    /// What a view says of the NS records at a name; in words, why it says nothing: without the name, so that what is the same for many
    /// domains reads the same.
    async fn hear(&self, view: View, owner: &DomainName) -> Result<Message, String> {
        let Ok(name) = Name::from_labels(owner.wire_labels()) else { return Err("a name that no message can hold".to_owned()) };
        let question = WireQuery::query(name, WireType::NS);
        if self.servers(view).is_empty() {
            return Err(format!("no DNS server is known for the {view} view"));
        }
        let ask = async |server: &Server| {
            let message = server.hear(&question, &Arc::new(Account::default())).await?;
            match response_of(&message, owner).rcode {
                0 | 3 => Ok(message),
                other => Err(failure_of(other)),
            }
        };
        let why = |failures| format!("nobody says which name servers the zone has: {failures}");
        self.first_to_decide(view, ask).await.map_err(why)
    }

    /// What the first server of a view says that decides anything; else what each says instead.
    async fn first_to_decide<T>(&self, view: View, ask: impl AsyncFn(&Server) -> Result<T, Failure>) -> Result<T, String> {
        let mut failures = Vec::new();
        for server in self.servers(view) {
            match ask(server).await {
                Ok(decided) => return Ok(decided),
                Err(failure) => failures.push(format!("{failure} from {}", server.origin())),
            }
        }
        Err(failures.join(", "))
    }

    /// Where a name server is, by what the view says.
    async fn serving(&self, view: View, name: DomainName) -> Serving {
        let (v4, v6) = join(self.addresses(view, &name, RecordType::A), self.addresses(view, &name, RecordType::Aaaa)).await;
        let (mut addresses, mut unknown) = (Vec::new(), None);
        for family in [v4, v6] {
            match family {
                Ok(found) => addresses.extend(found),
                Err(why) => unknown = Some(why),
            }
        }
        addresses.truncate(MOST_ADDRESSES);
        let mut places = Vec::new();
        for address in addresses {
            places.push(self.place(view, SocketAddr::new(address, 53)).await);
        }
        Serving { name, places, unknown }
    }

    async fn addresses(&self, view: View, name: &DomainName, rtype: RecordType) -> Result<Vec<IpAddr>, String> {
        let ask = async |server: &Server| match server.ask(name, rtype).await.reply {
            Reply::Records(records) => {
                let addresses = records.iter().filter_map(|record| record.data.address());
                Ok(addresses.filter(|address| is_a_host(*address)).collect())
            }
            Reply::NoData | Reply::NoSuchName => Ok(Vec::new()),
            Reply::Failed(failure) => Err(failure),
        };
        self.first_to_decide(view, ask).await.map_err(|failures| format!("{rtype} {name}: {failures}"))
    }

    /// One address of a name server; many zones have the same.
    async fn place(&self, view: View, address: SocketAddr) -> Place {
        let of_view = self.views.get(&view);
        let begin = || async {
            let (source, tsig) = of_view.map_or((None, None), |servers| (servers.source, servers.tsig.clone()));
            let reached = *self.connect.get(&address).unwrap_or(&address);
            Arc::new(Server::of_zone(&CarefulServer { source, tsig, ..CarefulServer::plain(reached) }, &self.limits))
        };
        let cell = self.name_servers.cell((view, address));
        Place::new(address, Arc::clone(cell.get_or_init(begin).await))
    }

    fn servers(&self, view: View) -> &[Server] {
        self.views.get(&view).map_or(&[], |servers| &servers.servers)
    }
}

/// Whether a packet to the address goes to one machine.
fn is_a_host(address: IpAddr) -> bool {
    !matches!(AddressScope::of(address), AddressScope::Multicast | AddressScope::Broadcast | AddressScope::Unspecified)
}

/// Look-ups that many questions have in common, each made once. All are forgotten where they are too many.
#[derive(Debug)]
struct Shared<K, V>(Mutex<HashMap<K, Arc<OnceCell<V>>>>);

impl<K, V> Default for Shared<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Shared<K, V> {
    fn cell(&self, key: K) -> Arc<OnceCell<V>> {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cells.len() >= MOST_KEPT && !cells.contains_key(&key) {
            cells.clear();
        }
        Arc::clone(cells.entry(key).or_default())
    }
}
