//! Questions to every server of a view and to no other. Interprets nothing beyond the answer to each question.
//!
//! Read it from the inside out. What is sent and read: `query`, `packet`, `reply`. What is known of one server: `rtt`, `window`,
//! `fates`, `loss`, `pace`, `silence`, `manners`, `ids`, `ports`, `timers`. What becomes of a question: `lookup`, `server`; all of that has
//! no socket and no clock. `outbox`, `sockets`, `stream` and `engine` join it to the network, on a thread of its own; `answers` waits for it.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use super::Question;
use crate::dns::View;

mod answers;
mod careful;
mod dice;
mod engine;
mod fates;
mod ids;
mod lookup;
mod loss;
mod manners;
pub mod measured;
mod moment;
mod outbox;
mod pace;
mod packet;
mod ports;
mod query;
mod reply;
mod rtt;
mod server;
mod silence;
mod sockets;
mod stream;
mod system;
mod timers;
mod window;

use answers::Answers;
pub(super) use careful::{CarefulClient, ZoneClient, merge};
pub use careful::{CarefulServer, Transport};
use dice::Dice;
use engine::Engine;
use lookup::{Task, Ticket};
use query::Edns;
use server::Server;

pub use system::system_servers;

/// The most UDP sockets, all servers together: some systems grant a process 256 descriptors, and probes need the others.
const MAX_SOCKETS: usize = 96;
/// The most questions at one time that are put to a server made for many.
const BULK_IN_FLIGHT: usize = 20_000;
/// The most sockets of one server: a forger has to guess the port among so many.
const SOCKETS_OF_ONE: usize = 16;

/// How hard a DNS server is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most questions at one time, per server.
    pub in_flight: usize,
    /// The most queries a second, retries included, per server; sent at even intervals.
    pub qps: Option<u32>,
    /// How long a question waits for its answer, however often it is sent meanwhile.
    pub timeout: Duration,
    /// How often a query is sent again when nothing comes; more often where the server is seen to lose many, and never if 0.
    pub retries: u32,
    /// Whether the letters of a name get a case by chance, which the answer has to repeat: one thing more to guess for a forger.
    pub mix_case: bool,
    /// Whether servers are asked which machine they are (NSID).
    pub nsid: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { in_flight: 64, qps: None, timeout: Duration::from_secs(2), retries: 2, mix_case: false, nsid: false }
    }
}

impl Limits {
    /// What a query says beyond its question, to a server that knows EDNS or not.
    fn form(&self, edns: bool) -> Edns {
        match (edns, self.nsid) {
            (false, _) => Edns::Without,
            (true, false) => Edns::Size,
            (true, true) => Edns::SizeAndNsid,
        }
    }

    /// For servers that are made for many questions: the window alone decides.
    pub fn bulk() -> Self {
        Self { in_flight: BULK_IN_FLIGHT, ..Self::default() }
    }
}

/// The servers of all views.
#[derive(Debug)]
pub(super) struct DnsClient {
    /// The numbers of each view's servers, in the order in which they are declared.
    views: BTreeMap<View, Vec<usize>>,
    /// Servers by number.
    servers: Vec<(SocketAddr, Limits)>,
    engine: OnceCell<io::Result<Engine>>,
    batches: Cell<u32>,
}

impl DnsClient {
    /// Servers as declared; one that stands in both views, or twice in one, is one server with one set of limits.
    pub(super) fn new(declared: &BTreeMap<View, Vec<SocketAddr>>, limits: impl Fn(SocketAddr) -> Limits) -> Self {
        let mut servers: Vec<(SocketAddr, Limits)> = Vec::new();
        let mut views: BTreeMap<View, Vec<usize>> = BTreeMap::new();
        for (view, addresses) in declared {
            let of_view = views.entry(*view).or_default();
            for address in addresses {
                let known = servers.iter().position(|(known, _)| known == address);
                let number = known.unwrap_or_else(|| {
                    servers.push((*address, limits(*address)));
                    servers.len() - 1
                });
                if !of_view.contains(&number) {
                    of_view.push(number);
                }
            }
        }
        Self { views, servers, engine: OnceCell::new(), batches: Cell::new(0) }
    }

    /// Starts the thread at the first question; what it learns of the servers serves all later ones.
    fn engine(&self) -> Result<&Engine, String> {
        let start = || {
            let sockets = (MAX_SOCKETS / self.servers.len().max(1)).clamp(1, SOCKETS_OF_ONE);
            let server = |limits| Server::new(limits, sockets, Dice::new(Box::new(fill_from_the_system)));
            Engine::start(self.servers.iter().map(|(address, limits)| (*address, server(*limits))).collect())
        };
        self.engine.get_or_init(start).as_ref().map_err(|error| format!("this machine cannot ask DNS servers: {error}"))
    }

    /// The servers that a question goes to, by number.
    fn servers_for(&self, question: &Question) -> &[usize] {
        let Question::Dns { view, .. } = question else { return &[] };
        self.views.get(view).map_or(&[], Vec::as_slice)
    }

    /// Begins to ask every server of each question's view. Answers that need no server come first.
    pub(super) fn ask(&self, mut questions: Vec<Question>) -> Answers<'_> {
        let batch = self.batches.get();
        self.batches.set((batch + 1) % lookup::NOBODY);
        let of_nobody = questions.extract_if(.., |question| self.servers_for(question).is_empty()).collect();
        let mut tasks: Vec<Vec<Task>> = vec![Vec::new(); self.servers.len()];
        for (index, question) in (0..).zip(&questions) {
            let Question::Dns { name, rtype, .. } = question else { continue };
            for server in self.servers_for(question) {
                tasks[*server].push(Task { ticket: Ticket { batch, index }, name: name.clone(), rtype: *rtype });
            }
        }
        let mut answers = Answers::new(self, batch, questions);
        answers.settle(of_nobody);
        answers.begin(tasks.into_iter().enumerate().filter(|(_, tasks)| !tasks.is_empty()).collect());
        answers
    }
}

fn fill_from_the_system(block: &mut [u8]) {
    #[expect(
        clippy::expect_used,
        reason = "without random numbers no query is safe to send; no system that runs imctl lacks them"
    )]
    getrandom::fill(block).expect("the system's random numbers");
}
