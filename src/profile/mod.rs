//! What one IM system expects: names to look up, ports, roles, and how a reply to a probe is read.
//! Pure: it builds requests and reads replies, and never sends one. Nothing outside this folder and the profile's own
//! rules knows which system it is looking at.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::dns::{DomainName, NameError};

pub mod challenge;
mod headers;
pub mod http;
pub mod rvp;

/// One IM system, as a table.
#[derive(Debug)]
pub struct Profile {
    /// The name in the inventory: `rvp`.
    pub id: &'static str,
    /// The port that routers, proxies and home servers listen on.
    pub port: u16,
    /// What stands before an e-mail domain to make the owner of its SRV record: `_rvp._tcp.`.
    pub srv_prefix: &'static str,
    /// The port that the SRV record must name.
    pub srv_port: u16,
}

/// All profiles; the first is the default.
pub static PROFILES: &[&Profile] = &[&rvp::PROFILE];

impl Profile {
    /// The owner of the SRV record of an e-mail domain; an error where that name would be too long.
    pub fn srv_owner(&self, email_domain: &DomainName) -> Result<DomainName, NameError> {
        email_domain.prefixed(self.srv_prefix)
    }
}

/// What a machine does for an IM domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes the domain's traffic inside and hands it to the home servers.
    Router,
    /// Stands for the routers outside.
    ReverseProxy,
    /// Holds the users' accounts.
    HomeServer,
}

impl Role {
    /// All roles, in the order of the way a message takes.
    pub const ALL: [Self; 3] = [Self::Router, Self::ReverseProxy, Self::HomeServer];
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Router => "router",
            Self::ReverseProxy => "reverse proxy",
            Self::HomeServer => "home server",
        })
    }
}

/// What a probe found at an address: the reading of all replies of one dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Speaks RVP: a reply carries the version header.
    Rvp,
    /// Behaves as an RVP server, but no reply carries the version header.
    RvpLikely,
    /// 503: there, and too busy.
    Overloaded,
    /// 502 or 504: a gateway answers, and what stands behind it does not.
    RouterDown,
    /// The gateway refuses the method itself.
    BlocksMethods,
    /// Some other HTTP server.
    NotRvp,
    /// What answers is not HTTP.
    NotHttp,
    /// The connection was refused.
    Refused,
    /// No answer in time.
    Timeout,
    /// The connection was cut before a whole reply.
    Reset,
    /// No route to the address.
    Unreachable,
    /// Not asked, or the answer is not known.
    Undecided,
}

impl Class {
    /// Whether an IM server is there and works.
    pub fn is_im_server(self) -> bool {
        matches!(self, Self::Rvp | Self::RvpLikely | Self::Overloaded)
    }
}

impl fmt::Display for Class {
    /// The word of the JSON report: `not-rvp`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rvp => "rvp",
            Self::RvpLikely => "rvp-likely",
            Self::Overloaded => "overloaded",
            Self::RouterDown => "router-down",
            Self::BlocksMethods => "blocks-methods",
            Self::NotRvp => "not-rvp",
            Self::NotHttp => "not-http",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Reset => "reset",
            Self::Unreachable => "unreachable",
            Self::Undecided => "undecided",
        })
    }
}
