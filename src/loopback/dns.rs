//! A DNS server that does what its script says, over UDP and TCP on one port, and remembers what it was asked. Never forwards.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Semaphore;

use super::wire::{self, Incoming, Twist};
use super::{MAX_CONNECTIONS, Memory, Running, check_loopback};
use crate::dns::{DomainName, Record, RecordType};

/// How long a TCP connection may be idle.
const IDLE: Duration = Duration::from_secs(10);
/// The most octets of an answer over UDP without EDNS (RFC 1035 4.2.1).
const PLAIN_UDP: u16 = 512;
/// How often a port is sought that is free for UDP and TCP both.
const PORT_TRIES: usize = 50;

/// One question that a server got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The owner.
    pub name: DomainName,
    /// The type.
    pub rtype: RecordType,
    /// How it came.
    pub transport: Transport,
    /// Who asks.
    pub from: SocketAddr,
    /// Whether the query has EDNS.
    pub edns: bool,
    /// Whether the server is to ask others (RD).
    pub recursion: bool,
}

/// How a question came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// One datagram.
    Udp,
    /// A stream with length prefixes.
    Tcp,
}

/// One thing that a server does about a question. A handler returns several, done in order; none is silence.
#[derive(Clone, Debug)]
pub enum DnsPlay {
    /// Answers. What does not fit into the datagram is truncated, as a real server would.
    Answer(Script),
    /// Answers under another id.
    WrongId(Script),
    /// Answers another question, under the right id.
    WrongQuestion(Script),
    /// Sends the answer as if it were a query.
    AsQuery(Script),
    /// Answers as if a NOTIFY had been asked.
    WrongOpcode(Script),
    /// Answers from another port; over TCP, where that cannot be, ends the connection.
    WrongSource(Script),
    /// Sends these octets behind the query's id.
    Raw(Vec<u8>),
    /// Does something later.
    Delay(Duration, Box<DnsPlay>),
    /// Ends the TCP connection; over UDP, nothing.
    Close,
}

/// The content of an answer.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// RCODE, extended ones included (RFC 6895).
    pub rcode: u8,
    /// AA.
    pub authoritative: bool,
    /// TC.
    pub truncated: bool,
    /// The answer section.
    pub records: Vec<Record>,
    /// The authority section.
    pub authority: Authority,
    /// What stands before the records where the NS records or the SOA of a zone is asked for.
    pub apex: Option<Apex>,
    /// EDNS options, by number; NSID is given only where it is asked for (RFC 5001 2.2).
    pub options: Vec<(u16, Vec<u8>)>,
}

/// What a name server says about a zone as a whole.
#[derive(Clone, Debug)]
pub struct Apex {
    /// Its name.
    pub zone: DomainName,
    /// The NS records.
    pub servers: Vec<DomainName>,
    /// The serial number in the SOA record.
    pub serial: u32,
    /// AA.
    pub authoritative: bool,
}

/// What stands in the authority section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Authority {
    /// Nothing.
    #[default]
    None,
    /// The SOA of the parent name.
    Soa,
    /// A name server of the parent name: a referral.
    Referral,
}

impl Script {
    /// NOERROR with these records, authoritative.
    pub fn records(records: Vec<Record>) -> Self {
        Self { authoritative: true, records, ..Self::default() }
    }

    /// NOERROR with nothing, and the SOA.
    pub fn no_data() -> Self {
        Self { authoritative: true, authority: Authority::Soa, ..Self::default() }
    }

    /// NXDOMAIN with the SOA.
    pub fn no_such_name() -> Self {
        Self { rcode: 3, ..Self::no_data() }
    }

    /// An empty answer with that RCODE.
    pub fn rcode(rcode: u8) -> Self {
        Self { rcode, ..Self::default() }
    }

    /// A referral: name servers, and no answer.
    pub fn referral() -> Self {
        Self { authority: Authority::Referral, ..Self::default() }
    }

    /// Truncated, and empty.
    pub fn truncated() -> Self {
        Self { truncated: true, ..Self::default() }
    }
}

type Handler = dyn Fn(&Asked) -> Vec<DnsPlay> + Send + Sync;

/// A running DNS server; it ends when dropped.
#[derive(Debug)]
pub struct DnsServer {
    address: SocketAddr,
    memory: Memory<Asked>,
    _running: Running,
}

impl DnsServer {
    /// Starts on 127.0.0.1, at a port that is free for UDP and TCP.
    pub fn start(handler: impl Fn(&Asked) -> Vec<DnsPlay> + Send + Sync + 'static) -> io::Result<Self> {
        Self::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), handler)
    }

    /// Starts at a loopback address; with port 0, at a free port.
    pub fn bind(address: SocketAddr, handler: impl Fn(&Asked) -> Vec<DnsPlay> + Send + Sync + 'static) -> io::Result<Self> {
        Self::serve(address, None, handler)
    }

    /// Starts as [`Self::start`] does; it serves a zone, and says so.
    pub fn of_zone(apex: Apex, handler: impl Fn(&Asked) -> Vec<DnsPlay> + Send + Sync + 'static) -> io::Result<Self> {
        Self::serve(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Some(apex), handler)
    }

    fn serve(
        address: SocketAddr,
        apex: Option<Apex>,
        handler: impl Fn(&Asked) -> Vec<DnsPlay> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        check_loopback(address)?;
        let (udp, tcp) = bind_both(address)?;
        let address = udp.local_addr()?;
        let memory = Memory::new();
        let server = Serving { handler: Arc::new(handler), apex, memory: memory.clone() };
        let running = Running::start("loopback-dns", move || serve(udp, tcp, server))?;
        Ok(Self { address, memory, _running: running })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything it was asked so far, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.memory.all()
    }
}

/// Both sockets on one port. A port that is free for UDP may be taken for TCP; then another is tried.
fn bind_both(address: SocketAddr) -> io::Result<(UdpSocket, TcpListener)> {
    let mut last = None;
    for _ in 0..PORT_TRIES {
        let udp = UdpSocket::bind(address)?;
        match TcpListener::bind(udp.local_addr()?) {
            Ok(tcp) => {
                udp.set_nonblocking(true)?;
                tcp.set_nonblocking(true)?;
                return Ok((udp, tcp));
            }
            Err(error) => last = Some(error),
        }
        if address.port() != 0 {
            break;
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
}

#[derive(Clone)]
struct Serving {
    handler: Arc<Handler>,
    apex: Option<Apex>,
    memory: Memory<Asked>,
}

impl Serving {
    fn plays(&self, incoming: &Incoming, transport: Transport, from: SocketAddr) -> Vec<DnsPlay> {
        let Some(rtype) = incoming.rtype else { return vec![DnsPlay::Answer(self.about_zone(incoming))] };
        let (edns, recursion) = (incoming.edns.is_some(), incoming.recursion);
        let asked = Asked { name: incoming.name.clone(), rtype, transport, from, edns, recursion };
        self.memory.add(asked.clone());
        (self.handler)(&asked)
    }

    fn about_zone(&self, incoming: &Incoming) -> Script {
        match &self.apex {
            Some(apex) if apex.zone == incoming.name => {
                Script { authoritative: apex.authoritative, apex: Some(apex.clone()), ..Script::default() }
            }
            Some(_) => Script::no_data(),
            None => Script::rcode(4),
        }
    }
}

async fn serve(udp: UdpSocket, tcp: TcpListener, server: Serving) {
    let (Ok(udp), Ok(tcp)) = (tokio::net::UdpSocket::from_std(udp), tokio::net::TcpListener::from_std(tcp)) else { return };
    tokio::join!(serve_udp(Arc::new(udp), server.clone()), serve_tcp(tcp, server));
}

async fn serve_udp(socket: Arc<tokio::net::UdpSocket>, server: Serving) {
    let permits = Arc::new(Semaphore::new(64 * MAX_CONNECTIONS));
    let mut buffer = [0; 4096];
    loop {
        // An ICMP error of an answer that nobody waited for comes up here; the socket is still good.
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        let Some(incoming) = wire::read_query(&buffer[..length]) else { continue };
        let limit = incoming.edns.unwrap_or(PLAIN_UDP).max(PLAIN_UDP);
        let plays = server.plays(&incoming, Transport::Udp, from);
        let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else { continue };
        let socket = Arc::clone(&socket);
        tokio::spawn(async move {
            for play in plays {
                let elsewhere = matches!(play, DnsPlay::WrongSource(_));
                let Some(packet) = perform(play, &incoming, Some(limit)).await else { continue };
                if elsewhere {
                    let _ = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|other| other.send_to(&packet, from));
                } else {
                    let _ = socket.send_to(&packet, from).await;
                }
            }
            drop(permit);
        });
    }
}

async fn serve_tcp(listener: tokio::net::TcpListener, server: Serving) {
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        let Ok((stream, from)) = listener.accept().await else { continue };
        let server = server.clone();
        tokio::spawn(async move {
            let _ = tokio::time::timeout(IDLE, converse(stream, from, &server)).await;
            drop(permit);
        });
    }
}

async fn converse(mut stream: tokio::net::TcpStream, from: SocketAddr, server: &Serving) -> io::Result<()> {
    loop {
        let mut packet = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut packet).await?;
        let Some(incoming) = wire::read_query(&packet) else { return Ok(()) };
        for play in server.plays(&incoming, Transport::Tcp, from) {
            let Some(packet) = perform(play, &incoming, None).await else { return Ok(()) };
            let length = u16::try_from(packet.len()).map_err(io::Error::other)?;
            stream.write_all(&[&length.to_be_bytes()[..], &packet].concat()).await?;
        }
    }
}

/// The packet that a play comes to, at its time; `None` for [`DnsPlay::Close`]. `limit` is the most octets of a datagram.
async fn perform(mut play: DnsPlay, incoming: &Incoming, limit: Option<u16>) -> Option<Vec<u8>> {
    while let DnsPlay::Delay(delay, inner) = play {
        tokio::time::sleep(delay).await;
        play = *inner;
    }
    let (script, twist) = match play {
        DnsPlay::Raw(octets) => return Some([&incoming.id.to_be_bytes()[..], &octets].concat()),
        DnsPlay::Close | DnsPlay::Delay(..) => return None,
        DnsPlay::WrongSource(_) if limit.is_none() => return None,
        DnsPlay::WrongSource(script) => (script, Twist::Nothing),
        DnsPlay::WrongOpcode(script) => (script, Twist::Opcode),
        DnsPlay::Answer(script) => (script, Twist::Nothing),
        DnsPlay::WrongId(script) => (script, Twist::Id),
        DnsPlay::WrongQuestion(script) => (script, Twist::Question),
        DnsPlay::AsQuery(script) => (script, Twist::Query),
    };
    let packet = wire::answer(incoming, &script, twist)?;
    if limit.is_some_and(|limit| packet.len() > usize::from(limit)) {
        return wire::answer(incoming, &Script { truncated: true, records: Vec::new(), ..script }, twist);
    }
    Some(packet)
}
