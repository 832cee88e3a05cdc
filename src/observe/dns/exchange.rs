//! One query to one server and the wait for its answer, over UDP or TCP. Never tries twice, and never asks another server.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{sleep, timeout};

use super::message::{Packet, Query, Response};
use crate::observe::trouble::{is_full, words};

/// How soon a descriptor is sought again.
const ROOM_AGAIN: Duration = Duration::from_millis(20);

/// What one query brought.
#[derive(Debug)]
pub(super) enum Outcome {
    /// An answer.
    Answered(Response),
    /// An answer that is cut off.
    Truncated,
    /// Nothing but packets that cannot be read.
    Unreadable,
    /// Nothing in time.
    Silent,
    /// The server cannot be reached; the system's word for it.
    Unreachable(String),
}

/// Asks over UDP. The socket is new and connected, so that its port is random, the kernel drops what others send, and a
/// closed port is known at once; whatever comes and is no answer is ignored, and the wait goes on.
pub(super) async fn udp(server: SocketAddr, query: &Query, limit: Duration) -> Outcome {
    let mut unreadable = false;
    match timeout(limit, udp_answer(server, query, &mut unreadable)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => Outcome::Unreachable(words(&error)),
        Err(_) if unreadable => Outcome::Unreadable,
        Err(_) => Outcome::Silent,
    }
}

async fn udp_answer(server: SocketAddr, query: &Query, unreadable: &mut bool) -> io::Result<Outcome> {
    let any = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = when_there_is_room(|| UdpSocket::bind(SocketAddr::new(any, 0))).await?;
    socket.connect(server).await?;
    socket.send(query.octets()).await?;
    let mut buffer = vec![0; 4096];
    loop {
        let length = socket.recv(&mut buffer).await?;
        match query.read(&buffer[..length]) {
            Packet::Whole(response) => return Ok(Outcome::Answered(response)),
            Packet::Truncated => return Ok(Outcome::Truncated),
            Packet::Unreadable => *unreadable = true,
            Packet::Stray => {}
        }
    }
}

/// Opens a socket. Where this machine has run out of descriptors it waits for others to end, for that says nothing about the
/// server; the caller's time limit ends it.
async fn when_there_is_room<T, F: Future<Output = io::Result<T>>>(open: impl Fn() -> F) -> io::Result<T> {
    loop {
        match open().await {
            Err(error) if is_full(&error) => sleep(ROOM_AGAIN).await,
            opened => return opened,
        }
    }
}

/// Asks over TCP (RFC 7766); a message has at most 64 KiB by its length prefix.
pub(super) async fn tcp(server: SocketAddr, query: &Query, limit: Duration) -> Outcome {
    match timeout(limit, tcp_answer(server, query)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => Outcome::Unreachable(words(&error)),
        Err(_) => Outcome::Silent,
    }
}

async fn tcp_answer(server: SocketAddr, query: &Query) -> io::Result<Outcome> {
    let mut stream = when_there_is_room(|| TcpStream::connect(server)).await?;
    let length = u16::try_from(query.octets().len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes()[..], query.octets()].concat()).await?;
    loop {
        let mut packet = vec![0; usize::from(stream.read_u16().await?)];
        stream.read_exact(&mut packet).await?;
        match query.read(&packet) {
            Packet::Whole(response) => return Ok(Outcome::Answered(response)),
            Packet::Truncated => return Ok(Outcome::Truncated),
            Packet::Unreadable => return Ok(Outcome::Unreadable),
            Packet::Stray => {}
        }
    }
}
