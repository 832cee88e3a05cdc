//! One name server of a zone: first the serial number of the zone, then the name. Knows no other server.

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::future::join_all;
use hickory_proto::op::Query as WireQuery;
use hickory_proto::rr::{Name, RecordType as WireType};
use tokio::sync::OnceCell;

use super::line::Account;
use super::reading::{response_of, serial};
use super::server::Server;
use crate::dns::{DomainName, RecordType};
use crate::observe::dns::reply::failure_of;
use crate::observe::{AuthorityReply, Failure, NameServer, ServerReply};

/// A name server of a zone, with where it is.
#[derive(Debug)]
pub(super) struct Serving {
    pub(super) name: DomainName,
    pub(super) places: Vec<Place>,
    /// Why its addresses are not known, or not all of them.
    pub(super) unknown: Option<String>,
}

/// One address of a name server of a zone.
#[derive(Debug)]
pub(super) struct Place {
    address: SocketAddr,
    server: Arc<Server>,
    /// What it says of the zone, once it has said anything.
    serial: OnceCell<Result<u32, Failure>>,
}

impl Serving {
    pub(super) async fn ask(&self, apex: &DomainName, name: &DomainName, rtype: RecordType) -> NameServer {
        let replies = join_all(self.places.iter().map(|place| place.ask(apex, name, rtype))).await;
        NameServer { name: self.name.clone(), replies, unknown: self.unknown.clone() }
    }
}

impl Place {
    pub(super) fn new(address: SocketAddr, server: Arc<Server>) -> Self {
        Self { address, server, serial: OnceCell::new() }
    }

    async fn ask(&self, apex: &DomainName, name: &DomainName, rtype: RecordType) -> AuthorityReply {
        let (serial, reply) = match self.serial(apex).await {
            Ok(serial) => (Some(serial), self.server.ask(name, rtype).await),
            Err(failure) => (None, ServerReply::failed(self.address.into(), failure)),
        };
        // By the address in DNS, wherever that is reached.
        AuthorityReply { serial, reply: ServerReply { server: self.address.into(), ..reply } }
    }

    /// Silence is not remembered: the next question finds out whether it lasts.
    async fn serial(&self, apex: &DomainName) -> Result<u32, Failure> {
        let heard = || async {
            match self.ask_serial(apex).await {
                Err(failure) if !failure.is_answer() => Err(failure),
                said => Ok(said),
            }
        };
        self.serial.get_or_try_init(heard).await?.clone()
    }

    async fn ask_serial(&self, apex: &DomainName) -> Result<u32, Failure> {
        const NXDOMAIN: u16 = 3;
        let name = Name::from_labels(apex.wire_labels()).map_err(|_| Failure::Malformed)?;
        let question = WireQuery::query(name, WireType::SOA);
        let message = self.server.hear(&question, &Arc::new(Account::default())).await?;
        let response = response_of(&message, apex);
        match response.rcode {
            0 if response.authoritative => serial(&message, apex).ok_or(Failure::Lame),
            0 | NXDOMAIN => Err(Failure::Lame),
            other => Err(failure_of(other)),
        }
    }
}
