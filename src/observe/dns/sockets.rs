//! The UDP sockets of one server: long-lived, connected, never waiting. Knows nothing of what goes through them.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use mio::net::UdpSocket;
use mio::{Interest, Registry, Token};
use rustix::net::{RecvFlags, SendFlags, recv};
use socket2::{Domain, Protocol, Socket, Type};

use super::outbox::{ROW, Row};

/// Octets that a socket may hold until they are read: answers to some thousand queries.
const RECEIVE_BUFFER: usize = 1 << 20;

/// The sockets, by number.
#[derive(Debug)]
pub(super) struct Sockets {
    server: SocketAddr,
    open: Vec<Option<UdpSocket>>,
}

impl Sockets {
    pub(super) fn new(server: SocketAddr) -> Self {
        Self { server, open: Vec::new() }
    }

    /// Sends the first of a row from its socket, opened anew before where that is wanted; says how many.
    pub(super) fn send(&mut self, row: &Row<'_>, registry: &Registry, token: Token) -> io::Result<usize> {
        let port = row.port;
        if self.open.len() <= port.index {
            self.open.resize_with(port.index + 1, || None);
        }
        let place = &mut self.open[port.index];
        if port.anew || place.is_none() {
            match open(self.server) {
                Ok(mut socket) => {
                    // The old one is closed by this, with whatever comes late to its port.
                    registry.register(&mut socket, token, Interest::READABLE)?;
                    *place = Some(socket);
                }
                Err(_) if place.is_some() => {} // the old port has to do
                Err(error) => return Err(error),
            }
        }
        let Some(socket) = place else { return Err(io::ErrorKind::NotConnected.into()) };
        socket.try_io(|| Ok(send_some(socket, &row.packets)?))
    }

    /// Closes a socket.
    pub(super) fn close(&mut self, index: usize) {
        if let Some(place) = self.open.get_mut(index) {
            *place = None;
        }
    }

    /// Reads one datagram; an error that would block means that there is none.
    pub(super) fn receive(&mut self, index: usize, into: &mut [u8]) -> io::Result<usize> {
        match self.open.get(index) {
            Some(Some(socket)) => socket.try_io(|| Ok(recv(socket, into, RecvFlags::empty())?.0)),
            _ => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}

/// Sends datagrams by one call of the system, as many as it takes; an error is about the first of them.
#[cfg(target_os = "linux")]
fn send_some(socket: &UdpSocket, packets: &[&[u8]]) -> rustix::io::Result<usize> {
    use std::io::IoSlice;

    use rustix::net::{MMsgHdr, SendAncillaryBuffer, sendmmsg};
    use smallvec::SmallVec;

    let parts: SmallVec<[[IoSlice<'_>; 1]; ROW]> = packets.iter().map(|packet| [IoSlice::new(packet)]).collect();
    let mut nothing_else: [SendAncillaryBuffer<'_, '_, '_>; ROW] = Default::default();
    let messages = parts.iter().zip(&mut nothing_else).map(|(parts, nothing)| MMsgHdr::new(parts, nothing));
    sendmmsg(socket, &mut messages.collect::<SmallVec<[_; ROW]>>(), SendFlags::empty())
}

/// The same where the system has no such call.
#[cfg(not(target_os = "linux"))]
fn send_some(socket: &UdpSocket, packets: &[&[u8]]) -> rustix::io::Result<usize> {
    let first = packets.first().copied().unwrap_or_default();
    rustix::net::send(socket, first, SendFlags::empty()).map(|_| 1)
}

/// A new socket with a port by chance. It is connected, so that the kernel drops what others send and tells of a closed port.
fn open(server: SocketAddr) -> io::Result<UdpSocket> {
    let any: SocketAddr = if server.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    let socket = Socket::new(Domain::for_address(server), Type::DGRAM, Some(Protocol::UDP))?;
    let _ = socket.set_recv_buffer_size(RECEIVE_BUFFER); // the system may grant less
    socket.set_nonblocking(true)?;
    socket.bind(&any.into())?;
    socket.connect(&server.into())?;
    Ok(UdpSocket::from_std(socket.into()))
}
