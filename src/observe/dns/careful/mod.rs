//! Servers that are asked with more care than plain DNS takes: encrypted, with a signature, validated, or from one address of this
//! machine.
//! One question at a time each over connections that are kept; bulk is not their business.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::join_all;

use super::Limits;
use crate::dns::{EncryptedProtocol, EncryptedServer, TsigKey, View};
use crate::observe::anchors::Anchors;
use crate::observe::tls::Trust;
use crate::observe::{Answer, DnsAnswer, Origin, Question, Replies, ServerReply};

mod channel;
mod https;
mod line;
mod name_server;
mod patience;
pub(super) mod reading;
mod sent;
mod server;
mod stream;
mod tsig;
mod udp;
mod validate;
mod zones;

use server::Server;
pub(in crate::observe) use zones::ZoneClient;

/// The most questions at one time, per server, whatever `--in-flight` says: public resolvers cut off who asks for more.
const MOST_IN_FLIGHT: usize = 32;

/// The most over HTTPS: BIND 9.18 stops reading a connection on which more streams than six begin at once.
const MOST_STREAMS: usize = 4;

/// A server that is asked with care.
#[derive(Clone, Debug)]
pub struct CarefulServer {
    /// Its place among the servers of its view, from 0, the plain ones included.
    pub position: usize,
    /// How it is reached.
    pub transport: Transport,
    /// The address of this machine from which it is asked.
    pub source: Option<IpAddr>,
    /// The key that signs the questions.
    pub tsig: Option<Arc<TsigKey>>,
    /// Who is trusted to name it.
    pub trust: Trust,
    /// The keys by which its answers are validated, where that was asked for.
    pub dnssec: Option<Anchors>,
}

impl CarefulServer {
    /// One that is asked as plainly as any.
    fn plain(address: SocketAddr) -> Self {
        let transport = Transport::Plain(address);
        Self { position: 0, transport, source: None, tsig: None, trust: Trust::default(), dnssec: None }
    }
}

/// How a server is reached.
#[derive(Clone, Debug)]
pub enum Transport {
    /// UDP, and TCP where an answer is truncated.
    Plain(SocketAddr),
    /// TLS or HTTPS.
    Encrypted(EncryptedServer),
}

impl Transport {
    /// The most questions at one time.
    fn most_in_flight(&self) -> usize {
        let https = matches!(self, Self::Encrypted(server) if server.protocol != EncryptedProtocol::Tls);
        if https { MOST_STREAMS } else { MOST_IN_FLIGHT }
    }

    /// How reports name it.
    pub fn origin(&self) -> Origin {
        match self {
            Self::Plain(address) => Origin::Server(*address),
            Self::Encrypted(server) => Origin::encrypted(server),
        }
    }
}

/// The careful servers of all views.
#[derive(Debug, Default)]
pub(in crate::observe) struct CarefulClient {
    views: BTreeMap<View, Vec<(usize, Server)>>,
}

impl CarefulClient {
    /// Connects to nobody yet.
    pub(in crate::observe) fn new(servers: &BTreeMap<View, Vec<CarefulServer>>, limits: &Limits) -> Self {
        let of_view = |servers: &Vec<CarefulServer>| servers.iter().map(|s| (s.position, Server::new(s, limits))).collect();
        Self { views: servers.iter().map(|(view, servers)| (*view, of_view(servers))).collect() }
    }

    /// Whether a view has such servers.
    pub(in crate::observe) fn serves(&self, view: View) -> bool {
        self.views.contains_key(&view)
    }

    /// Asks every careful server of the question's view, all at once; each reply with the server's place in the view.
    pub(in crate::observe) async fn ask(&self, question: &Question) -> Vec<(usize, ServerReply)> {
        let Question::Dns { view, name, rtype } = question else { return Vec::new() };
        let servers = self.views.get(view).map_or(&[][..], Vec::as_slice);
        join_all(servers.iter().map(|(position, server)| async { (*position, server.ask(name, *rtype).await) })).await
    }
}

/// The replies of plain and of careful servers as one answer, in the order in which the servers are declared.
pub(in crate::observe) fn merge(plain: Answer, careful: Vec<(usize, ServerReply)>) -> Answer {
    let mut replies = match plain {
        Answer::Dns(answer) => answer.replies,
        other if careful.is_empty() => return other,
        _ => Replies::new(),
    };
    for (position, reply) in careful {
        replies.insert(position.min(replies.len()), reply);
    }
    Answer::Dns(DnsAnswer { replies })
}
