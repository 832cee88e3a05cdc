//! Who said something about DNS. Knows no view.

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// How zone files are named where a server's address would stand.
const ZONE_FILES: &str = "zone files";

/// Who gave a DNS reply. A recording has the text that is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Origin {
    /// A server.
    Server(SocketAddr),
    /// The zone files of the view, all of them together.
    ZoneFiles,
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
        if text == ZONE_FILES { Ok(Self::ZoneFiles) } else { text.parse().map(Self::Server) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_back() {
        for origin in [Origin::ZoneFiles, Origin::Server(SocketAddr::from(([10, 0, 0, 53], 53)))] {
            assert_eq!(Origin::try_from(String::from(origin)), Ok(origin));
        }
        assert!(Origin::try_from("somebody".to_owned()).is_err());
    }
}
