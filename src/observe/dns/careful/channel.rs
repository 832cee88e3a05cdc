//! The way to one server: a question goes out, a believed answer comes back, or trouble that says what went wrong. Never tries
//! twice, and bounds no time: the caller does.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hickory_proto::op::Message;
use rustls::pki_types::ServerName;
use tokio::net::lookup_host;
use tokio_rustls::TlsConnector;

use super::https::Https;
use super::sent::{Sent, Verdict};
use super::stream::Stream;
use super::{CarefulServer, Transport, udp};
use crate::dns::{EncryptedProtocol, EncryptedServer};
use crate::observe::Failure;
use crate::observe::tls::{self, Trust};
use crate::observe::trouble::words;

/// What came back.
#[derive(Debug)]
pub(super) enum Heard {
    /// A whole answer.
    Whole(Box<Message>),
    /// An answer that is cut off.
    Truncated,
}

/// Why nothing came back.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The server cannot be reached; says why.
    Unreachable(String),
    /// It answered, and that decides nothing.
    Failed(Failure),
}

/// A way to a server.
#[derive(Debug)]
pub(super) enum Channel {
    /// UDP, and a kept TCP connection for what is truncated.
    Udp { server: SocketAddr, source: Option<IpAddr>, tcp: Stream },
    /// DNS over TLS.
    Tls(Stream),
    /// DNS over HTTPS.
    Https(Https),
    /// No way; says why.
    None(String),
}

/// Where a server stands: an address, or a name that this machine looks up.
#[derive(Clone, Debug)]
pub(super) enum Endpoint {
    /// An address.
    At(SocketAddr),
    /// A host and its port.
    Named(String, u16),
}

impl Endpoint {
    pub(super) fn of(server: &EncryptedServer) -> Self {
        match server.address {
            Some(address) => Self::At(SocketAddr::new(address, server.port)),
            None => Self::Named(server.identity(), server.port),
        }
    }

    /// The address, of the source's family where one is given.
    pub(super) async fn address(&self, source: Option<IpAddr>) -> io::Result<SocketAddr> {
        match self {
            Self::At(address) => Ok(*address),
            Self::Named(host, port) => {
                let mut found = lookup_host((host.as_str(), *port)).await?;
                let fits = |address: &SocketAddr| source.is_none_or(|source| source.is_ipv4() == address.is_ipv4());
                found.find(fits).ok_or_else(|| io::Error::other(format!("{host} has no address that this machine can use")))
            }
        }
    }
}

impl Channel {
    pub(super) fn new(server: &CarefulServer) -> Self {
        match &server.transport {
            Transport::Plain(address) => {
                let tcp = Stream::new(Endpoint::At(*address), server.source, None);
                Self::Udp { server: *address, source: server.source, tcp }
            }
            Transport::Encrypted(encrypted) => Self::encrypted(encrypted, server.source, &server.trust).unwrap_or_else(Self::None),
        }
    }

    fn encrypted(server: &EncryptedServer, source: Option<IpAddr>, trust: &Trust) -> Result<Self, String> {
        match &server.protocol {
            EncryptedProtocol::Tls => {
                let name = ServerName::try_from(server.identity()).map_err(|error| error.to_string())?;
                let config = trust.strict_config(&[b"dot"]).map_err(|error| error.to_string())?;
                let connector = TlsConnector::from(Arc::new(config));
                Ok(Self::Tls(Stream::new(Endpoint::of(server), source, Some((connector, name)))))
            }
            EncryptedProtocol::Https { path } => Https::new(server, path, source, trust).map(Self::Https),
        }
    }

    /// Asks once. What is doubtful over UDP is left in `doubt` while the wait goes on.
    pub(super) async fn ask(&self, sent: &Sent, doubt: &mut Option<Failure>) -> Result<Heard, Trouble> {
        match self {
            Self::Udp { server, source, .. } => {
                udp::ask(*server, *source, sent, doubt).await.map_err(|error| Trouble::of_io(&error))
            }
            Self::Tls(stream) => over_stream(stream, sent).await,
            Self::Https(https) => https.ask(sent).await,
            Self::None(why) => Err(Trouble::Unreachable(why.clone())),
        }
    }

    /// Asks over TCP what is too long for UDP.
    pub(super) async fn ask_for_more(&self, sent: &Sent) -> Result<Heard, Trouble> {
        match self {
            Self::Udp { tcp, .. } => over_stream(tcp, sent).await,
            _ => Err(Trouble::Failed(Failure::Truncated)),
        }
    }
}

async fn over_stream(stream: &Stream, sent: &Sent) -> Result<Heard, Trouble> {
    let packet = stream.ask(sent).await.map_err(|error| Trouble::of_io(&error))?;
    match sent.read(&packet) {
        Verdict::Whole(message) => Ok(Heard::Whole(message)),
        Verdict::Truncated => Err(Trouble::Failed(Failure::Truncated)),
        Verdict::Doubtful(failure) => Err(Trouble::Failed(failure)),
        Verdict::Stray => Err(Trouble::Failed(Failure::Malformed)),
    }
}

impl Trouble {
    /// A system error, or the TLS error within, in words.
    pub(super) fn of_io(error: &io::Error) -> Self {
        Self::Unreachable(match tls::error_within(error) {
            Some(tls) => format!("TLS: {}", tls::words(tls)),
            None => words(error),
        })
    }
}
