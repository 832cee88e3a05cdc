//! The thread on which DNS servers are asked: joins servers, sockets and the clock. Decides nothing itself; see [`super::server`].

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ahash::HashMap;
use mio::{Events, Poll, Token, Waker};
use tokio::sync::mpsc::UnboundedSender;

use super::lookup::{Done, Task};
use super::moment::{Moment, us};
use super::outbox::Outbox;
use super::ports::STREAM;
use super::server::Server;
use super::sockets::Sockets;
use super::stream::Stream;
use crate::observe::trouble::{is_full, words};

/// Queries that a server is sent, and datagrams that are read from one socket, before it is another's turn.
const TURN: usize = 64;
/// Answers are handed over in batches: so many at a time, or what there is after so many microseconds.
const BATCH: usize = 256;
const BATCH_US: u64 = 2_000;
/// The longest datagram that is read, and octets for those that are read from one socket in a row.
const DATAGRAM: usize = 4096;
const DATAGRAMS: usize = 4 * DATAGRAM;
/// How soon is sent again where the system takes no more, or has no descriptor left.
const SENDER_FULL: Duration = Duration::from_millis(1);
const DESCRIPTORS_FULL: Duration = Duration::from_millis(20);
/// Numbers of sockets for each server, by which events are told apart.
const TOKENS: usize = 2 * STREAM;
const WAKE: Token = Token(usize::MAX);

/// What the thread is told.
#[derive(Debug)]
pub(super) enum Order {
    /// Ask these questions, each of the server with that number.
    Ask {
        /// The batch that all of them have.
        batch: u32,
        /// Where the answers go, in batches, with the number of the server.
        to: UnboundedSender<Vec<(usize, Done)>>,
        /// Questions by server.
        tasks: Vec<(usize, Vec<Task>)>,
    },
    /// Nobody waits for that batch any more.
    Forget(u32),
}

/// The running thread; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Engine {
    orders: Option<mpsc::Sender<Order>>,
    waker: Waker,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts the thread. Opens no socket before there is something to ask.
    pub(super) fn start(servers: Vec<(SocketAddr, Server)>) -> io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKE)?;
        let (orders, inbox) = mpsc::channel();
        let lines = servers.into_iter().map(|(address, server)| Line::new(address, server)).collect();
        let thread = Thread {
            poll,
            inbox,
            lines,
            clients: HashMap::default(),
            ready: Vec::new(),
            epoch: Instant::now(),
            delivered: Moment::default(),
            heard: Moment::default(),
            buffer: vec![0; DATAGRAMS].into(),
            ends: Vec::with_capacity(TURN),
        };
        let thread = std::thread::Builder::new().name("dns".to_owned()).spawn(move || thread.run())?;
        Ok(Self { orders: Some(orders), waker, thread: Some(thread) })
    }

    /// Hands an order over. False where the thread has ended, which it does by a broken invariant only.
    pub(super) fn order(&self, order: Order) -> bool {
        self.orders.as_ref().is_some_and(|orders| orders.send(order).is_ok()) && self.waker.wake().is_ok()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.waker.wake();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A server with its sockets.
struct Line {
    address: SocketAddr,
    server: Server,
    sockets: Sockets,
    stream: Option<Stream>,
    outbox: Outbox,
}

impl Line {
    fn new(address: SocketAddr, server: Server) -> Self {
        Self { address, server, sockets: Sockets::new(address), stream: None, outbox: Outbox::default() }
    }
}

struct Client {
    to: UnboundedSender<Vec<(usize, Done)>>,
    missing: usize,
    pending: Vec<(usize, Done)>,
}

struct Thread {
    poll: Poll,
    inbox: mpsc::Receiver<Order>,
    lines: Vec<Line>,
    clients: HashMap<u32, Client>,
    /// Sockets that may have more to read, by server and number.
    ready: Vec<(usize, usize)>,
    epoch: Instant,
    delivered: Moment,
    /// All that came until then is read. Timers go by this and not by the clock: where the machine is busy an answer may lie there
    /// unread, and is no silence.
    heard: Moment,
    /// Datagrams one behind the other, and where each ends.
    buffer: Box<[u8]>,
    ends: Vec<usize>,
}

impl Thread {
    fn run(mut self) {
        let mut events = Events::with_capacity(256);
        while self.take_orders() {
            let now = self.now();
            let mut wanting = false;
            for (number, line) in self.lines.iter_mut().enumerate() {
                line.server.pass_time(self.heard, now);
                wanting |= !line.send(number, now, &self.poll);
                line.send_on_stream(number, now, &self.poll);
            }
            if wanting {
                self.spare_socket();
            }
            let wait = self.deliver(now);
            let before = self.now();
            if let Err(error) = self.poll.poll(&mut events, wait)
                && error.kind() != io::ErrorKind::Interrupted
            {
                return; // clients see that the channel is closed
            }
            let streams = events.iter().filter(|event| event.token() != WAKE);
            let fresh: Vec<_> = streams.map(|event| (event.token().0 / TOKENS, event.token().0 % TOKENS)).collect();
            for (number, port) in fresh {
                if port == STREAM {
                    self.converse(number);
                } else if !self.ready.contains(&(number, port)) {
                    self.ready.push((number, port));
                }
            }
            self.hear();
            if self.ready.is_empty() {
                self.heard = before;
            }
        }
    }

    fn now(&self) -> Moment {
        Moment::from_us(us(self.epoch.elapsed()))
    }

    /// False when nobody can give an order any more.
    fn take_orders(&mut self) -> bool {
        loop {
            match self.inbox.try_recv() {
                Ok(Order::Ask { batch, to, tasks }) => {
                    let missing = tasks.iter().map(|(_, tasks)| tasks.len()).sum();
                    self.clients.insert(batch, Client { to, missing, pending: Vec::with_capacity(missing.min(BATCH)) });
                    for (number, tasks) in tasks {
                        self.lines[number].server.enqueue(tasks);
                    }
                }
                Ok(Order::Forget(batch)) => {
                    if self.clients.remove(&batch).is_some() {
                        self.lines.iter_mut().for_each(|line| line.server.forget(batch));
                    }
                }
                Err(mpsc::TryRecvError::Empty) => return true,
                Err(mpsc::TryRecvError::Disconnected) => return false,
            }
        }
    }

    /// Hands over what is done, if it is enough or has waited long enough, and says how long the thread may sleep.
    fn deliver(&mut self, now: Moment) -> Option<Duration> {
        for (number, line) in self.lines.iter_mut().enumerate() {
            for done in line.server.take_done() {
                if let Some(client) = self.clients.get_mut(&done.ticket.batch) {
                    client.pending.push((number, done));
                }
            }
        }
        let due = now.since_us(self.delivered) >= BATCH_US;
        let mut waiting = false;
        self.clients.retain(|_, client| {
            let enough = client.pending.len() >= BATCH || client.pending.len() == client.missing || due;
            if enough && !client.pending.is_empty() {
                client.missing -= client.pending.len();
                let room = Vec::with_capacity(client.missing.min(BATCH));
                let _ = client.to.send(std::mem::replace(&mut client.pending, room));
            }
            waiting |= !client.pending.is_empty();
            client.missing > 0
        });
        if due {
            self.delivered = now;
        }
        let deliver_at = waiting.then(|| self.delivered.plus_us(BATCH_US));
        let wakes = self.lines.iter().filter_map(|line| line.server.wake_at()).chain(deliver_at);
        let sleep_us = if self.ready.is_empty() { wakes.min().map(|at| at.since_us(now)) } else { Some(0) };
        sleep_us.map(Duration::from_micros)
    }

    /// Closes a socket of a server that has several, for one that could get none.
    fn spare_socket(&mut self) {
        for line in &mut self.lines {
            if let Some(index) = line.server.spare_socket() {
                return line.sockets.close(index);
            }
        }
    }

    /// Reads a turn's worth from every socket that may have something.
    fn hear(&mut self) {
        let mut ready = std::mem::take(&mut self.ready);
        ready.retain(|&(number, port)| {
            let outcome = self.read(number, port);
            let now = self.now();
            let server = &mut self.lines[number].server;
            let mut begin = 0;
            for end in self.ends.drain(..) {
                server.hear(port, &self.buffer[begin..end], now);
                begin = end;
            }
            match outcome {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
                Err(error) => server.hear_trouble(port, &words(&error), now),
                Ok(()) => {}
            }
            true
        });
        self.ready = ready;
    }

    /// Reads what a socket has, up to the first error. All is read before any of it is looked at: each call of the system drives
    /// from the processor's caches what looking at the next datagram needs.
    fn read(&mut self, number: usize, port: usize) -> io::Result<()> {
        let sockets = &mut self.lines[number].sockets;
        let mut end = 0;
        while self.ends.len() < TURN && end + DATAGRAM <= DATAGRAMS {
            match sockets.receive(port, &mut self.buffer[end..end + DATAGRAM]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                length => {
                    end += length?;
                    self.ends.push(end);
                }
            }
        }
        Ok(())
    }

    /// Something happened on a server's TCP connection.
    fn converse(&mut self, number: usize) {
        let now = self.now();
        let Line { server, stream, .. } = &mut self.lines[number];
        let Some(open) = stream else { return };
        let written = open.write();
        // What came before the connection was cut is read all the same.
        let read = open.read(now, |message| server.hear_on_stream(message, now));
        if written.and(read).is_err() {
            *stream = None;
            server.stream_ended(now);
        }
    }
}

impl Line {
    /// Sends a turn's worth. False where there was no descriptor for a socket.
    fn send(&mut self, number: usize, now: Moment, poll: &Poll) -> bool {
        self.outbox.clear();
        while self.outbox.len() < TURN
            && let Some(query) = self.server.next(now)
        {
            self.outbox.push(&query);
        }
        while let Some((port, outcome)) = self.send_row(number, poll) {
            match outcome {
                Ok(count) => self.outbox.went(count),
                Err(error) if is_passing(&error) => {
                    self.keep_back(now, SENDER_FULL, &error);
                    break;
                }
                Err(error) if is_full(&error) => {
                    self.server.use_open_sockets_only();
                    self.keep_back(now, DESCRIPTORS_FULL, &error);
                    return false;
                }
                // The system tells of an earlier query in place of sending this one.
                Err(error) => {
                    self.server.hear_trouble(port, &words(&error), now);
                    self.outbox.went(1);
                }
            }
        }
        true
    }

    /// Sends queries from one socket, the number of which it gives, and how many they were; `None` when all have gone.
    fn send_row(&mut self, number: usize, poll: &Poll) -> Option<(usize, io::Result<usize>)> {
        let row = self.outbox.row()?;
        let port = row.port.index;
        Some((port, self.sockets.send(&row, poll.registry(), Token(number * TOKENS + port))))
    }

    /// Gives back what has not gone, in its order.
    fn keep_back(&mut self, now: Moment, pause: Duration, error: &io::Error) {
        let text = words(error);
        self.outbox.slots().rev().for_each(|slot| self.server.unsent(slot, now, pause, &text));
    }

    fn send_on_stream(&mut self, number: usize, now: Moment, poll: &Poll) {
        if !self.server.needs_stream() {
            if self.stream.as_ref().is_some_and(|stream| stream.is_idle(now)) {
                self.stream = None;
            }
            return;
        }
        let mut outcome = Ok(());
        while let Some(message) = self.server.next_on_stream(now) {
            if self.stream.is_none() {
                match Stream::connect(self.address, poll.registry(), Token(number * TOKENS + STREAM), now) {
                    Ok(stream) => self.stream = Some(stream),
                    Err(error) => outcome = Err(error),
                }
            }
            if let Some(stream) = &mut self.stream {
                stream.push(message, now);
            }
        }
        if let Some(stream) = &mut self.stream {
            outcome = outcome.and_then(|()| stream.write());
        }
        if outcome.is_err() {
            self.stream = None;
            self.server.stream_ended(now);
        }
    }
}

/// Whether the system has no room for another datagram, as where the network card's queue is full, or was disturbed.
fn is_passing(error: &io::Error) -> bool {
    const ENOBUFS: [i32; 3] = [105, 55, 10_055]; // Linux, BSD and macOS, Windows
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
        || error.raw_os_error().is_some_and(|code| ENOBUFS.contains(&code))
}
