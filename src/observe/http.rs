//! The HTTP exchanges of probes: fixed addresses, the requests of a profile, the heads of the replies. Never looks a name up, never
//! uses a proxy, never follows a redirect.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::http_connection::HttpConnection;
use super::http_failure::Trouble;
use super::http_request::request;
use super::tls::Trust;
use super::witness::Witness;
use super::{Answer, Probe};
use crate::profile::http::{HttpFailure, HttpReply};

/// How soon a descriptor is sought again, and how often.
const ROOM_AGAIN: Duration = Duration::from_millis(50);
const ROOM_TRIES: u32 = 100;

/// The most exchanges at one time that make any progress: with more of them, times would tell of this machine's own queues.
const BUSY: usize = 64;
/// Who has waited so long for a machine costs nothing meanwhile, and is not counted among the busy any more.
const PATIENCE: Duration = Duration::from_millis(25);

/// How long probes wait, and how many go at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// For the TCP handshake.
    pub connect: Duration,
    /// For the whole exchange, the handshake included; a second handshake has what the first has left of it.
    pub whole: Duration,
    /// The most exchanges at one time, most of which wait for a silent machine.
    pub in_flight: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), whole: Duration::from_secs(5), in_flight: 128 }
    }
}

impl HttpLimits {
    /// What a second handshake and all that follows have.
    fn left(&self) -> Duration {
        self.whole.saturating_sub(self.connect)
    }
}

/// A place for a visit, among the connections and among the busy.
pub(super) struct Place<'a> {
    _room: Option<SemaphorePermit<'a>>,
    busy: Option<SemaphorePermit<'a>>,
}

/// A reply, and the connection by which it came.
type Replied = (HttpReply, HttpConnection);

/// The client that all probes share.
#[derive(Debug)]
pub(super) struct HttpClient {
    limits: HttpLimits,
    connect: BTreeMap<SocketAddr, SocketAddr>,
    witness: Witness,
    /// Places for connections, those to silent machines included.
    room: Semaphore,
    busy: Semaphore,
}

impl HttpClient {
    /// Sends nothing yet. `trust` is who is trusted to name machines; it may be nobody where no machine speaks TLS.
    pub(super) fn new(limits: HttpLimits, connect: BTreeMap<SocketAddr, SocketAddr>, trust: &Trust) -> io::Result<Self> {
        let witness = Witness::new(trust).map_err(io::Error::other)?;
        let room = Semaphore::new(limits.in_flight.max(1));
        Ok(Self { limits, connect, witness, room, busy: Semaphore::new(BUSY) })
    }

    /// A place for one more visit, when there is one.
    pub(super) async fn place(&self) -> Place<'_> {
        Place { _room: self.room.acquire().await.ok(), busy: self.busy.acquire().await.ok() }
    }

    /// Asks a machine, one after the other, over one connection. There are fewer answers than probes where the machine does not keep
    /// that, or says nothing more by it: what is left can be asked again, and nothing is wrong with it yet.
    pub(super) async fn visit(&self, probes: &[Arc<Probe>], place: &mut Place<'_>) -> Vec<Answer> {
        let mut visit = std::pin::pin!(self.ask_in_turn(probes));
        if let Ok(answers) = timeout(PATIENCE, &mut visit).await {
            return answers;
        }
        place.busy = None;
        visit.await
    }

    /// What was to come after an exchange that failed is not sent.
    async fn ask_in_turn(&self, probes: &[Arc<Probe>]) -> Vec<Answer> {
        let Some((first, others)) = probes.split_first() else { return Vec::new() };
        let (reply, mut connection) = match self.ask(first, others.is_empty()).await {
            Ok(replied) => replied,
            Err(trouble) => {
                let not_sent = Answer::Unknown("not sent: what came before it was not answered".to_owned());
                let not_sent = others.iter().map(|_| not_sent.clone());
                return std::iter::once(self.failed(trouble)).chain(not_sent).collect();
            }
        };
        let mut answers = vec![Answer::http(Ok(reply))];
        while let Some(probe) = probes.get(answers.len()) {
            let Ok(request) = request(probe, answers.len() + 1 == probes.len()) else { break };
            // Not the whole limit: where the machine has forgotten the connection, what is asked anew has all of that.
            let again = timeout(self.limits.whole / 2, connection.exchange_again(&request));
            let Ok(Some(Ok(reply))) = again.await else { break };
            answers.push(Answer::http(Ok(reply)));
        }
        answers
    }

    fn failed(&self, trouble: Trouble) -> Answer {
        match trouble {
            Trouble::Theirs(failure) => Answer::http(Err(failure)),
            Trouble::NoConnection => Answer::http(Err(HttpFailure::ConnectTimeout(self.limits.connect))),
            Trouble::NoReply => Answer::http(Err(HttpFailure::ReplyTimeout(self.limits.whole))),
            Trouble::Ours(why) => Answer::Unknown(why),
            Trouble::Full => Answer::Unknown("this machine could not ask: too many open files".to_owned()),
        }
    }

    /// One exchange over a new connection. Only a handshake that nobody answered is tried a second time, and only where time is left.
    async fn ask(&self, probe: &Probe, is_last: bool) -> Result<Replied, Trouble> {
        match self.send_when_there_is_room(probe, is_last, self.limits.whole).await {
            Err(Trouble::NoConnection) if !self.limits.left().is_zero() => {}
            outcome => return outcome,
        }
        // Not in the arm: waiting there would take room for this outcome too, in every visit.
        self.send_when_there_is_room(probe, is_last, self.limits.left()).await
    }

    /// Waits for others to end where this machine has run out of descriptors: that says nothing about the machine asked.
    async fn send_when_there_is_room(&self, probe: &Probe, is_last: bool, most: Duration) -> Result<Replied, Trouble> {
        for _ in 0..ROOM_TRIES {
            match self.send(probe, is_last, most).await {
                Err(Trouble::Full) => {}
                outcome => return outcome,
            }
            sleep(ROOM_AGAIN).await; // not in the arm either
        }
        Err(Trouble::Full)
    }

    async fn send(&self, probe: &Probe, is_last: bool, most: Duration) -> Result<Replied, Trouble> {
        let by = Instant::now() + most;
        let request = request(probe, is_last)?;
        let tls = if probe.tls { Some(Box::new((&self.witness, name_to_prove(&probe.host)?))) } else { None };
        let target = self.connect.get(&probe.address).unwrap_or(&probe.address);
        let opening = timeout(most.min(self.limits.connect), HttpConnection::open(target, tls));
        let mut connection = opening.await.unwrap_or(Err(Trouble::NoConnection))?;
        let reply = timeout_at(by, connection.exchange(&request)).await.unwrap_or(Err(Trouble::NoReply))?;
        Ok((reply, connection))
    }
}

/// What a machine that speaks TLS has to prove to be.
fn name_to_prove(host: &str) -> Result<ServerName<'static>, Trouble> {
    let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    ServerName::try_from(name).map_err(|_| Trouble::Ours(format!("{host:?} is no name that TLS could prove")))
}
