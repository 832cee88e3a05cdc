//! The TCP connection of one server (RFC 7766): messages behind their length, many at a time, never waiting. Knows nothing of
//! what they say.

use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use super::moment::Moment;

/// A connection that nobody needs is closed after this many microseconds.
const IDLE_US: u64 = 5_000_000;
/// Octets read at a time.
const PIECE: usize = 16 * 1024;

/// A connection, made or being made.
#[derive(Debug)]
pub(super) struct Stream {
    socket: TcpStream,
    outgoing: Vec<u8>,
    incoming: Vec<u8>,
    used: Moment,
}

impl Stream {
    /// Begins to connect.
    pub(super) fn connect(server: SocketAddr, registry: &Registry, token: Token, now: Moment) -> io::Result<Self> {
        let mut socket = TcpStream::connect(server)?;
        registry.register(&mut socket, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self { socket, outgoing: Vec::new(), incoming: Vec::new(), used: now })
    }

    /// Takes a message to send; [`Self::write`] sends it.
    pub(super) fn push(&mut self, message: &[u8], now: Moment) {
        let length = u16::try_from(message.len()).unwrap_or(u16::MAX);
        self.outgoing.extend_from_slice(&length.to_be_bytes());
        self.outgoing.extend_from_slice(message);
        self.used = now;
    }

    /// Writes what the system takes.
    pub(super) fn write(&mut self) -> io::Result<()> {
        if let Some(error) = self.socket.take_error()? {
            return Err(error);
        }
        while !self.outgoing.is_empty() {
            match self.socket.write(&self.outgoing) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => drop(self.outgoing.drain(..written)),
                // It is still being made, or the other side takes its time.
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads what has come and hands each whole message on. An error, the end of the connection among them, comes after the
    /// messages before it.
    pub(super) fn read(&mut self, now: Moment, mut message: impl FnMut(&[u8])) -> io::Result<()> {
        loop {
            let filled = self.incoming.len();
            self.incoming.resize(filled + PIECE, 0);
            let read = self.socket.read(&mut self.incoming[filled..]);
            self.incoming.truncate(filled + *read.as_ref().unwrap_or(&0));
            let whole = split(&self.incoming, &mut message);
            self.incoming.drain(..whole);
            match read {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => self.used = now,
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether nobody used it for a while.
    pub(super) fn is_idle(&self, now: Moment) -> bool {
        now.since_us(self.used) > IDLE_US
    }
}

/// Hands on the whole messages at the start of `octets`, and says how much they take.
fn split(octets: &[u8], message: &mut impl FnMut(&[u8])) -> usize {
    let mut at = 0;
    while let Some(length) = octets[at..].first_chunk().map(|length| usize::from(u16::from_be_bytes(*length)))
        && let Some(whole) = octets.get(at + 2..at + 2 + length)
    {
        message(whole);
        at += 2 + length;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_whole_however_they_are_cut() {
        let wire = [&[0, 3][..], b"abc", &[0, 0], &[0, 5], b"defgh"].concat();
        for cut in 0..=wire.len() {
            let mut heard = Vec::new();
            let mut hear = |message: &[u8]| heard.push(message.to_vec());
            let first = split(&wire[..cut], &mut hear);
            assert_eq!(first + split(&wire[first..], &mut hear), wire.len());
            assert_eq!(heard, [b"abc".to_vec(), Vec::new(), b"defgh".to_vec()]);
        }
    }
}
