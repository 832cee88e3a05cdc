//! A DNS server that is asked over TLS or HTTPS: how it is named and where it stands. Never connects.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::DomainName;

/// A server of DNS over TLS (RFC 7858) or DNS over HTTPS (RFC 8484).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EncryptedServer {
    /// How it is asked.
    pub protocol: EncryptedProtocol,
    /// The name that its certificate must have; without one, the address itself.
    pub name: Option<DomainName>,
    /// Where it stands; without an address the machine that runs imctl looks the name up, once.
    pub address: Option<IpAddr>,
    /// The port.
    pub port: u16,
}

/// What a question is wrapped in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EncryptedProtocol {
    /// DNS over TLS.
    Tls,
    /// DNS over HTTPS.
    Https {
        /// Path and query of the service: `/dns-query`.
        path: String,
    },
}

impl EncryptedProtocol {
    /// The port where none is written.
    pub fn default_port(&self) -> u16 {
        match self {
            Self::Tls => 853,
            Self::Https { .. } => 443,
        }
    }

    /// `tls` or `https`.
    pub fn scheme(&self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Https { .. } => "https",
        }
    }
}

impl EncryptedServer {
    /// What stands in its certificate: the name, else the address.
    pub fn identity(&self) -> String {
        match (&self.name, self.address) {
            (Some(name), _) => name.to_string(),
            (None, Some(address)) => address.to_string(),
            (None, None) => String::new(),
        }
    }
}

impl fmt::Display for EncryptedServer {
    /// As it is written in an inventory: `tls://dns.example@9.9.9.9`, `https://dns.example@9.9.9.9:8443/dns-query`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.protocol.scheme())?;
        let has_port = self.port != self.protocol.default_port();
        match (&self.name, self.address) {
            (Some(name), Some(_)) => write!(f, "{name}@")?,
            (Some(name), None) => write!(f, "{name}")?,
            (None, _) => {}
        }
        match self.address {
            Some(address @ IpAddr::V6(_)) if !has_port => write!(f, "[{address}]")?,
            Some(address) if !has_port => write!(f, "{address}")?,
            Some(address) => write!(f, "{}", SocketAddr::new(address, self.port))?,
            None if has_port => write!(f, ":{}", self.port)?,
            None => {}
        }
        match &self.protocol {
            EncryptedProtocol::Tls => Ok(()),
            EncryptedProtocol::Https { path } => f.write_str(path),
        }
    }
}
