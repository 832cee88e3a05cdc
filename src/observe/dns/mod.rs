//! Questions to every server of a view and to no other. Interprets nothing beyond the answer to each question.
//!
//! Read it from the inside out. What is sent and read: `query`, `packet`, `reply`. What is known of one server: `rtt`, `window`,
//! `loss`, `pace`, `silence`, `manners`, `ids`, `ports`, `timers`. What becomes of a question: `lookup`, `server`; all of that has
//! no socket and no clock. `sockets`, `stream` and `engine` join it to the network, on a thread of its own.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::mpsc;

use super::{Answer, DnsAnswer, Origin, Question, ServerReply};
use crate::dns::View;

mod careful;
mod dice;
mod engine;
mod ids;
mod lookup;
mod loss;
mod manners;
mod moment;
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

pub(super) use careful::{CarefulClient, merge};
pub use careful::{CarefulServer, Transport};
use dice::Dice;
use engine::{Engine, Order};
use lookup::{Done, Task};
use server::Server;

pub use system::system_servers;

/// The most UDP sockets, all servers together: some systems grant a process 256 descriptors, and probes need the others.
const MAX_SOCKETS: usize = 96;
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
}

impl Default for Limits {
    fn default() -> Self {
        Self { in_flight: 64, qps: None, timeout: Duration::from_secs(2), retries: 2, mix_case: false }
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

    /// Begins to ask every server of each question's view.
    pub(super) fn ask(&self, questions: Vec<Question>) -> Answers<'_> {
        let batch = self.batches.get();
        let mut answers = Answers { client: self, batch, open: Vec::new(), missing: 0, ready: Vec::new(), inbox: None };
        self.batches.set((batch + 1) % lookup::NOBODY);
        let mut tasks: BTreeMap<usize, Vec<Task>> = BTreeMap::new();
        for question in questions {
            let servers = self.views.get(&question.view()).map_or(&[][..], Vec::as_slice);
            let why = match &question {
                Question::Probe(_) => "a probe is no question to a DNS server".to_owned(),
                Question::Dns { view, .. } if servers.is_empty() => format!("no DNS server is known for the {view} view"),
                Question::Dns { name, rtype, .. } => {
                    let index = u32::try_from(answers.open.len()).unwrap_or(u32::MAX);
                    for server in servers {
                        let task = Task { batch, index, name: name.clone(), rtype: *rtype };
                        tasks.entry(*server).or_default().push(task);
                    }
                    answers.open.push(Some(Open { question, replies: Vec::with_capacity(servers.len()) }));
                    answers.missing += 1;
                    continue;
                }
            };
            answers.ready.push((question, Answer::Unknown(why)));
        }
        if answers.missing > 0 {
            answers.begin(tasks.into_iter().collect());
        }
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

/// A question of which some servers have not answered.
#[derive(Debug)]
struct Open {
    question: Question,
    replies: Vec<ServerReply>,
}

/// The answers to a batch of questions, as they come.
#[derive(Debug)]
pub(super) struct Answers<'a> {
    client: &'a DnsClient,
    batch: u32,
    open: Vec<Option<Open>>,
    missing: usize,
    ready: Vec<(Question, Answer)>,
    inbox: Option<mpsc::UnboundedReceiver<Vec<(usize, Done)>>>,
}

impl Answers<'_> {
    fn begin(&mut self, tasks: Vec<(usize, Vec<Task>)>) {
        let (to, inbox) = mpsc::unbounded_channel();
        let order = Order::Ask { batch: self.batch, to, tasks };
        match self.client.engine().map(|engine| engine.order(order)) {
            Ok(true) => self.inbox = Some(inbox),
            Ok(false) => self.give_up("the DNS engine has stopped"),
            Err(why) => self.give_up(&why),
        }
    }

    /// Some more answers; `None` when each question has one.
    pub(super) async fn next(&mut self) -> Option<Vec<(Question, Answer)>> {
        while self.ready.is_empty() && self.missing > 0 {
            let inbox = self.inbox.as_mut()?;
            match inbox.recv().await {
                Some(batch) => batch.into_iter().for_each(|(server, done)| self.sort_in(server, done)),
                None => self.give_up("the DNS engine has stopped"),
            }
        }
        let ready = std::mem::take(&mut self.ready);
        (!ready.is_empty()).then_some(ready)
    }

    fn sort_in(&mut self, server: usize, done: Done) {
        let index = usize::try_from(done.task.index).unwrap_or(usize::MAX);
        let Some(place) = self.open.get_mut(index) else { return };
        let Some(open) = place else { return };
        let servers = self.client.views.get(&open.question.view()).map_or(&[][..], Vec::as_slice);
        let address = |number: &usize| Origin::from(self.client.servers[*number].0);
        open.replies.push(ServerReply {
            server: address(&server),
            reply: done.reply,
            sent: done.account.sent,
            timeouts: done.account.timeouts,
            truncated: done.account.truncated,
            authoritative: done.authoritative,
        });
        if open.replies.len() == servers.len()
            && let Some(Open { question, mut replies }) = place.take()
        {
            if let [_, _, ..] = &replies[..] {
                replies.sort_by_key(|reply| servers.iter().position(|number| address(number) == reply.server));
            }
            self.missing -= 1;
            self.ready.push((question, Answer::Dns(DnsAnswer { replies })));
        }
    }

    /// Answers whatever is open, for nobody else will.
    fn give_up(&mut self, why: &str) {
        let open = self.open.iter_mut().filter_map(Option::take);
        self.ready.extend(open.map(|open| (open.question, Answer::Unknown(why.to_owned()))));
        self.missing = 0;
        self.inbox = None;
    }
}

impl Drop for Answers<'_> {
    fn drop(&mut self) {
        if self.missing > 0
            && let Some(Ok(engine)) = self.client.engine.get()
        {
            engine.order(Order::Forget(self.batch));
        }
    }
}
