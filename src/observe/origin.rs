//! Who said something about DNS. Knows no view.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::dns::EncryptedServer;

/// How zone files are named where a server's address would stand.
const ZONE_FILES: &str = "zone files";

/// Who gave a DNS reply. A recording has the text that is printed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Origin {
    /// A server.
    Server(SocketAddr),
    /// A server that is asked over TLS or HTTPS, as it is written: `tls://dns.example@9.9.9.9`.
    Encrypted(Arc<str>),
    /// The zone files of the view, all of them together.
    ZoneFiles,
}

impl Origin {
    /// An encrypted server.
    pub fn encrypted(server: &EncryptedServer) -> Self {
        Self::Encrypted(server.to_string().into())
    }

    /// What a person types to ask a plain server by hand, with `dig` or `delv`: `dig @10.0.0.53 im.example.com SOA`.
    pub fn by_hand(&self, program: &str, question: &str) -> Option<String> {
        let Self::Server(address) = self else { return None };
        let port = if address.port() == 53 { String::new() } else { format!(" -p {}", address.port()) };
        Some(format!("{program} @{}{port} {question}", address.ip()))
    }
}

impl From<SocketAddr> for Origin {
    fn from(server: SocketAddr) -> Self {
        Self::Server(server)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(address) => address.fmt(f),
            Self::Encrypted(text) => f.pad(text),
            Self::ZoneFiles => f.pad(ZONE_FILES),
        }
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.to_string()
    }
}

impl TryFrom<String> for Origin {
    type Error = std::net::AddrParseError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            ZONE_FILES => Ok(Self::ZoneFiles),
            encrypted if ["tls://", "https://"].iter().any(|scheme| encrypted.starts_with(scheme)) => {
                Ok(Self::Encrypted(text.into()))
            }
            _ => text.parse().map(Self::Server),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_back() {
        let encrypted = Origin::Encrypted("https://dns.example@9.9.9.9/dns-query".into());
        for origin in [Origin::ZoneFiles, Origin::Server(SocketAddr::from(([10, 0, 0, 53], 53))), encrypted] {
            assert_eq!(Origin::try_from(String::from(origin.clone())), Ok(origin));
        }
        assert!(Origin::try_from("somebody".to_owned()).is_err());
    }
}
