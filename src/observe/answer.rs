//! What can come back. Silence is an answer too, and is kept apart from every other.

use std::fmt;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::{Authority, Origin, Remarks};
use crate::dns::Record;
use crate::profile::http::HttpOutcome;

/// What came back for one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// What each server of the view said.
    Dns(DnsAnswer),
    /// What each name server of the zone said itself.
    Authority(Authority),
    /// What became of one HTTP exchange.
    Http(Box<HttpOutcome>),
    /// Nobody was asked; says why. Decides nothing.
    Unknown(String),
}

impl Answer {
    /// What became of an exchange.
    pub fn http(outcome: HttpOutcome) -> Self {
        Self::Http(Box::new(outcome))
    }
}

/// The replies of all servers of a view to the same question, in the order in which the servers are declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DnsAnswer {
    /// One for each server asked.
    pub replies: Replies,
}

/// The replies to a question. Most views have one server, whose reply needs no memory of its own.
pub type Replies = SmallVec<[ServerReply; 1]>;

/// What one server said, and what it cost to hear it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerReply {
    /// Who said it.
    pub server: Origin,
    /// What it said.
    pub reply: Reply,
    /// Queries sent for it, retries and TCP included.
    pub sent: u32,
    /// Queries that nobody answered in time.
    pub timeouts: u32,
    /// Whether a UDP answer was truncated and asked again over TCP.
    pub truncated: bool,
    /// Whether the server claims authority (AA).
    pub authoritative: bool,
    /// What it adds about itself and its answer; most servers add nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remarks: Option<Box<Remarks>>,
}

impl ServerReply {
    /// A server that was not asked, for it failed before.
    pub(super) fn failed(server: Origin, failure: Failure) -> Self {
        let reply = Reply::Failed(failure);
        Self { server, reply, sent: 0, timeouts: 0, truncated: false, authoritative: false, remarks: None }
    }
}

/// The records of a reply. Nearly every reply has one, which needs no memory of its own: it would be taken on the thread that asks
/// DNS servers and given back on another, the dearest way there is.
pub type Records = SmallVec<[Record; 1]>;

/// The content of one server's reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// NOERROR with these records in the answer section, aliases first; of the asked type, CNAME or both. Never empty.
    Records(Records),
    /// NOERROR and nothing of that type: the name exists.
    NoData,
    /// NXDOMAIN: the name does not exist.
    NoSuchName,
    /// The server decided nothing.
    Failed(Failure),
}

/// Why a server decided nothing. None of these says anything about the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// No answer in time, at any try.
    Timeout,
    /// SERVFAIL.
    ServFail,
    /// REFUSED.
    Refused,
    /// NOTIMP.
    NotImp,
    /// FORMERR.
    FormErr,
    /// Another RCODE, by number (RFC 6895).
    Rcode(u16),
    /// A referral, or an answer about other names than the one asked for.
    Lame,
    /// The server cannot be reached: refused, no route.
    Unreachable(String),
    /// Truncated over UDP, and TCP brought nothing.
    Truncated,
    /// The answer could not be read.
    Malformed,
    /// The answer is not signed with the key that signed the question, or not rightly; says how.
    Unproven(String),
    /// Validation was asked for, and the answer does not hold (RFC 4035); says why.
    Bogus(String),
    /// Not asked: this server has been silent for so long that it is left alone for a while.
    Benched,
}

impl Failure {
    /// Whether the server did answer, though it decided nothing.
    pub fn is_answer(&self) -> bool {
        !matches!(self, Self::Timeout | Self::Unreachable(_) | Self::Benched)
    }

    /// Whether a name server that says so of a zone is up, and does not serve that zone.
    pub(super) fn declines(&self) -> bool {
        matches!(self, Self::ServFail | Self::Refused | Self::NotImp | Self::Lame | Self::Rcode(_))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout => f.write_str("no answer in time"),
            Self::ServFail => f.write_str("SERVFAIL"),
            Self::Refused => f.write_str("REFUSED"),
            Self::NotImp => f.write_str("NOTIMP"),
            Self::FormErr => f.write_str("FORMERR"),
            Self::Rcode(code) => write!(f, "RCODE {code}"),
            Self::Lame => f.write_str("a referral instead of an answer"),
            Self::Unreachable(why) => f.write_str(why),
            Self::Truncated => f.write_str("a truncated answer"),
            Self::Malformed => f.write_str("an unreadable answer"),
            Self::Unproven(why) => write!(f, "an answer that is not believed ({why})"),
            Self::Bogus(why) => write!(f, "an answer that DNSSEC refuses ({why})"),
            Self::Benched => f.write_str("no answer for a while, not asked again"),
        }
    }
}

impl DnsAnswer {
    /// Whether at least one server decided the question.
    pub fn is_decided(&self) -> bool {
        self.replies.iter().any(|r| !matches!(r.reply, Reply::Failed(_)))
    }

    /// Whether it is no more than what DNSSEC refuses: nobody decided it otherwise, and nobody kept silent.
    pub fn is_bogus(&self) -> bool {
        !self.replies.is_empty() && self.replies.iter().all(|r| matches!(r.reply, Reply::Failed(Failure::Bogus(_))))
    }

    /// Why nobody decided it, server by server: `SERVFAIL from 10.0.0.53:53, no answer in time from 10.0.1.53:53`.
    pub fn failures(&self) -> String {
        let each = self.replies.iter().filter_map(|r| match &r.reply {
            Reply::Failed(failure) => Some(format!("{failure} from {}", r.server)),
            _ => None,
        });
        each.collect::<Vec<_>>().join(", ")
    }
}
