//! What can be asked. A question is the key under which its answer is kept, in memory and in a recording.

use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::dns::{DomainName, RecordType, View};
use crate::profile::http::HttpRequest;
use crate::profile::rvp;

/// One thing that can be asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Records, asked of every server of one view and of no other.
    Dns {
        /// The view whose servers are asked.
        view: View,
        /// The owner.
        name: DomainName,
        /// The type.
        #[serde(rename = "type")]
        rtype: RecordType,
    },
    /// The same, asked of every name server of the zone that holds the owner, where the view says that they are.
    Authority {
        /// The view whose servers say which name servers the zone has.
        view: View,
        /// The owner.
        name: DomainName,
        /// The type.
        #[serde(rename = "type")]
        rtype: RecordType,
    },
    /// One HTTP exchange with one address. Who asks, who waits and who sends it hold the same.
    Probe(Arc<Probe>),
}

/// One exchange of a probe.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Probe {
    /// The side from which it is sent.
    pub vantage: View,
    /// Where to connect to.
    pub address: SocketAddr,
    /// The value of `Host`; never looked up.
    pub host: Arc<str>,
    /// Whether TLS is spoken; then `host` is what the certificate has to name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tls: bool,
    /// What is sent.
    pub step: Step,
}

/// What a probe sends: reads only, nothing that leaves a trace in the other side's state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// OPTIONS on the folder of aliases: an RVP server answers 501.
    Options,
    /// PROPFIND, Depth 0, on this path.
    Propfind(Cow<'static, str>),
}

impl Question {
    /// A question about records.
    pub fn dns(view: View, name: &DomainName, rtype: RecordType) -> Self {
        Self::Dns { view, name: name.clone(), rtype }
    }

    /// A question about records to the name servers of their zone.
    pub fn authority(view: View, name: &DomainName, rtype: RecordType) -> Self {
        Self::Authority { view, name: name.clone(), rtype }
    }

    /// One HTTP exchange.
    pub fn probe(probe: Probe) -> Self {
        Self::Probe(Arc::new(probe))
    }

    /// The view that is asked, or from which is probed.
    pub fn view(&self) -> View {
        match self {
            Self::Dns { view, .. } | Self::Authority { view, .. } => *view,
            Self::Probe(probe) => probe.vantage,
        }
    }
}

impl Probe {
    /// `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.tls { "https" } else { "http" }
    }

    /// The request to send.
    pub fn request(&self) -> HttpRequest<'_> {
        match &self.step {
            Step::Options => rvp::options(),
            Step::Propfind(path) => rvp::propfind(&self.host, path),
        }
    }
}

impl fmt::Display for Question {
    /// As a person would type it: `A im.example.com`, `A im.example.com of its zone`, `OPTIONS http://10.1.0.10:80/instmsg/aliases/ (Host: im.example.com)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns { name, rtype, .. } => write!(f, "{rtype} {name}"),
            Self::Authority { name, rtype, .. } => write!(f, "{rtype} {name} of its zone"),
            Self::Probe(probe) => {
                let HttpRequest { method, path, .. } = probe.request();
                write!(f, "{method} {}://{}{path} (Host: {})", probe.scheme(), probe.address, probe.host)
            }
        }
    }
}
