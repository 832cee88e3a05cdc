//! One HTTP exchange as values: the request a profile wants sent, and what came of it. Sends nothing.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use super::headers::Headers;

/// A request to send to one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest<'a> {
    /// `OPTIONS`, `PROPFIND`: only methods that change nothing.
    pub method: &'static str,
    /// Absolute path.
    pub path: &'a str,
    /// Header fields besides `Host`, `Content-Length`, `User-Agent` and `Connection`, which the sender adds.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body; may be empty.
    pub body: &'static str,
}

/// The head of a reply. What it holds is hostile: bounded by the sender, escaped by whoever prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpReply {
    /// The status code; the reason phrase is not kept.
    pub status: u16,
    /// Names in lower case, values with octets that are not UTF-8 replaced.
    pub headers: Headers,
    /// Time for the TCP handshake, and for that of TLS where it is spoken.
    pub connect: Duration,
    /// Time from the sent request to the head of the reply.
    pub first_byte: Duration,
    /// What the other side showed to prove who it is, where TLS is spoken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
}

/// A certificate as clients see it. Where it is not good, the exchange went on all the same: that is for a rule to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The first moment at which it is good, seconds since 1970 UTC.
    pub not_before_secs: i64,
    /// The last moment at which it is good, seconds since 1970 UTC.
    pub not_after_secs: i64,
    /// The names and addresses that it is for, as many as a person reads.
    pub names: Vec<String>,
    /// Whether it is for the host that was asked for.
    pub names_host: bool,
    /// Whether it was good at the moment of the exchange, by its dates.
    pub in_date: bool,
    /// Why its chain leads to no authority that is trusted, apart from its own dates; `None` where it does.
    pub chain_fault: Option<String>,
}

impl HttpReply {
    /// The values of the header `name` (lower case), in order.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.values(name)
    }
}

/// Why there is no reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HttpFailure {
    /// The connection was refused (RST to our SYN).
    Refused,
    /// No connection within this time.
    ConnectTimeout(Duration),
    /// Connected, and no reply within this time.
    ReplyTimeout(Duration),
    /// The connection was cut before a whole reply.
    Reset,
    /// No route, network or host unreachable; the system's word for it.
    Unreachable(String),
    /// Connected, and there was no common ground for TLS; says why. A bad certificate is none of this.
    Tls(String),
    /// What came is not HTTP, or beyond the bounds for a reply; says what.
    NotHttp(String),
}

impl fmt::Display for HttpFailure {
    /// What happened, and after how long: `no connection after 3 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("the connection was refused"),
            Self::ConnectTimeout(after) => write!(f, "no connection after {} s", after.as_secs_f64()),
            Self::ReplyTimeout(after) => write!(f, "connected, but no reply after {} s", after.as_secs_f64()),
            Self::Reset => f.write_str("the connection was cut before a reply"),
            Self::Unreachable(why) => f.write_str(why),
            Self::Tls(why) => write!(f, "connected, but TLS failed: {why}"),
            Self::NotHttp(what) => write!(f, "what answers is not HTTP: {what}"),
        }
    }
}

/// What one exchange brought.
pub type HttpOutcome = Result<HttpReply, HttpFailure>;
