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

/// Questions begun at a time, per question that one server may have in flight: enough that a slow server does not idle the others.
const WINDOW_PER_SERVER_SLOT: usize = 4;
/// The most questions begun at a time; each costs some kilobytes.
const MAX_WINDOW: usize = 4096;

/// What the network is asked with.
#[derive(Clone, Debug, Default)]
pub struct LiveSettings {
    /// The DNS servers of each view, in the order in which they are reported.
    pub servers: BTreeMap<View, Vec<SocketAddr>>,
    /// How hard each DNS server is pressed.
    pub limits: Limits,
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
    window: usize,
    probes_in_flight: usize,
}

impl Live {
    /// Prepares clients; sends nothing yet. Fails where this system cannot make an HTTP client at all.
    pub fn new(settings: &LiveSettings) -> io::Result<Self> {
        let window = settings.limits.in_flight.saturating_mul(WINDOW_PER_SERVER_SLOT).clamp(WINDOW_PER_SERVER_SLOT, MAX_WINDOW);
        Ok(Self {
            dns: DnsClient::new(&settings.servers, &settings.limits),
            http: HttpClient::new(settings.http, settings.connect.clone())?,
            window,
            probes_in_flight: settings.http.in_flight.max(1),
        })
    }

    async fn ask_dns(&self, question: Question) -> (Question, Answer) {
        let answer = match &question {
            Question::Dns { view, name, rtype } => self.dns.ask(*view, name, *rtype).await,
            Question::Probe(_) => Answer::Unknown("a probe is no question to a DNS server".to_owned()),
        };
        (question, answer)
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
            let dns = stream::iter(dns).map(|question| self.ask_dns(question)).buffer_unordered(self.window);
            let probes = stream::iter(probes).map(|probe| self.ask_http(probe)).buffer_unordered(self.probes_in_flight);
            let mut answers = std::pin::pin!(stream::select(dns, probes));
            let mut delivered = 0;
            while let Some((question, answer)) = answers.next().await {
                delivered += 1;
                deliver(question, answer);
            }
            debug_assert_eq!(delivered, asked, "one answer per question, always");
        })
    }
}
