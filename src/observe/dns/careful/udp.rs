//! One question over UDP, from a socket of its own. Never sends twice.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::UdpSocket;

use super::channel::Heard;
use super::sent::{Sent, Verdict};
use crate::observe::Failure;

/// The most octets of a packet that are read; EDNS asks for far less.
const BUFFER: usize = 4096;

/// Asks, and waits until an answer comes or the caller's time is up. What is doubtful is kept in `doubt` for then: a forger may
/// have been faster than the server.
pub(super) async fn ask(server: SocketAddr, source: Option<IpAddr>, sent: &Sent, doubt: &mut Option<Failure>) -> io::Result<Heard> {
    let any = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind(SocketAddr::new(source.unwrap_or(any), 0)).await?;
    socket.connect(server).await?;
    socket.send(sent.octets()).await?;
    let mut buffer = vec![0; BUFFER];
    loop {
        let length = socket.recv(&mut buffer).await?;
        match sent.read(&buffer[..length]) {
            Verdict::Stray => {}
            Verdict::Doubtful(failure) => *doubt = Some(failure),
            Verdict::Truncated => return Ok(Heard::Truncated),
            Verdict::Whole(message) => return Ok(Heard::Whole(message)),
        }
    }
}
