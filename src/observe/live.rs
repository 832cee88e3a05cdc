//! The network as a source: DNS servers of each view, and HTTP exchanges with machines. Never falls back to servers that
//! nobody named, and bounds what it has open at any time.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;

use futures_util::stream::{self, StreamExt as _};

use super::dns::{DnsClient, Limits};
use super::http::{HttpClient, HttpLimits};
use super::{Answer, Deliver, Probe, Question, Source};
use crate::dns::View;

/// What the network is asked with.
#[derive(Clone, Debug, Default)]
pub struct LiveSettings {
    /// The DNS servers of each view, in the order in which they are reported.
    pub servers: BTreeMap<View, Vec<SocketAddr>>,
    /// How hard each DNS server is pressed.
    pub limits: Limits,
    /// How hard particular DNS servers are pressed instead.
    pub limits_of: BTreeMap<SocketAddr, Limits>,
    /// How long probes wait, and how many go at a time.
    pub http: HttpLimits,
    /// Where probes of an address connect to instead, as through a tunnel.
    pub connect: BTreeMap<SocketAddr, SocketAddr>,
}

/// The network.
#[derive(Debug)]
pub struct Live {
    dns: DnsClient,
    http: HttpClient,
    probes_in_flight: usize,
}

impl Live {
    /// Prepares clients; sends nothing yet. Fails where this system cannot make an HTTP client at all.
    pub fn new(settings: &LiveSettings) -> io::Result<Self> {
        let limits = |server| *settings.limits_of.get(&server).unwrap_or(&settings.limits);
        Ok(Self {
            dns: DnsClient::new(&settings.servers, limits),
            http: HttpClient::new(settings.http, settings.connect.clone())?,
            probes_in_flight: settings.http.in_flight.max(1),
        })
    }

    async fn ask_http(&self, probe: Probe) -> (Question, Answer) {
        let answer = self.http.exchange(&probe).await;
        (Question::Probe(probe), answer)
    }
}

impl Source for Live {
    fn ask<'a>(&'a self, questions: Vec<Question>, deliver: &'a mut Deliver<'_>) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
        Box::pin(async move {
            let asked = questions.len();
            let (mut dns, mut probes) = (Vec::new(), Vec::new());
            for question in questions {
                match question {
                    Question::Probe(probe) => probes.push(probe),
                    question @ Question::Dns { .. } => dns.push(question),
                }
            }
            let mut answers = self.dns.ask(dns);
            let probes = stream::iter(probes).map(|probe| self.ask_http(probe)).buffer_unordered(self.probes_in_flight);
            let mut probes = std::pin::pin!(probes);
            let mut delivered = 0;
            loop {
                tokio::select! {
                    Some(arrived) = answers.next() => delivered += answers.sort(arrived, deliver),
                    Some((question, answer)) = probes.next() => {
                        delivered += 1;
                        deliver(question, answer);
                    }
                    else => break,
                }
            }
            debug_assert_eq!(delivered, asked, "one answer per question, always");
        })
    }
}
