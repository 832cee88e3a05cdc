//! The network as a source: DNS servers of each view, and HTTP exchanges with machines. Never falls back to servers that
//! nobody named, and bounds what it has open at any time.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join;
use futures_util::stream::{self, FuturesUnordered, Stream, StreamExt as _};
use tokio::task::unconstrained;

use super::dns::{CarefulClient, CarefulServer, DnsClient, Limits, ZoneClient, merge};
use super::http::{HttpClient, HttpLimits};
use super::{Answer, Deliver, Probe, Question, Source, Step, Trust};
use crate::dns::View;

/// The most questions at a time in views with servers that are asked with care: enough that none of them idles.
const CAREFUL_AT_A_TIME: usize = 256;
/// The most questions at a time to name servers of zones.
const ZONES_AT_A_TIME: usize = 64;

/// Longer than the pauses between the answers of servers and machines that answer.
const LULL: Duration = Duration::from_millis(25);

/// What the network is asked with.
#[derive(Clone, Debug, Default)]
pub struct LiveSettings {
    /// The DNS servers of each view, in the order in which they are reported.
    pub servers: BTreeMap<View, Vec<SocketAddr>>,
    /// Those that are asked over TLS or HTTPS, with a signature, or from one address of this machine.
    pub careful: BTreeMap<View, Vec<CarefulServer>>,
    /// How hard each DNS server is pressed.
    pub limits: Limits,
    /// How hard particular DNS servers are pressed instead.
    pub limits_of: BTreeMap<SocketAddr, Limits>,
    /// How long probes wait, and how many go at a time.
    pub http: HttpLimits,
    /// Where probes of an address, and questions to a name server, go instead, as through a tunnel.
    pub connect: BTreeMap<SocketAddr, SocketAddr>,
    /// Who is trusted to name the machines that speak TLS.
    pub trust: Trust,
}

/// The network.
#[derive(Debug)]
pub struct Live {
    dns: DnsClient,
    careful: CarefulClient,
    zones: ZoneClient,
    http: HttpClient,
}

impl Live {
    /// Prepares clients; sends nothing yet. Fails where this system cannot make an HTTP client at all.
    pub fn new(settings: &LiveSettings) -> io::Result<Self> {
        let limits = |server| *settings.limits_of.get(&server).unwrap_or(&settings.limits);
        let limits_of = |server: Option<SocketAddr>| server.map_or(settings.limits, limits);
        Ok(Self {
            dns: DnsClient::new(&settings.servers, limits),
            careful: CarefulClient::new(&settings.careful, &settings.limits),
            zones: ZoneClient::new(&settings.servers, &settings.careful, limits_of, settings.connect.clone()),
            http: HttpClient::new(settings.http, settings.connect.clone(), &settings.trust)?,
        })
    }

    /// Whether the plain servers of a view are all that is asked.
    fn is_plain(&self, question: &Question) -> bool {
        matches!(question, Question::Dns { view, .. } if !self.careful.serves(*view))
    }

    /// Asks the plain servers of a view and those that take more care, and puts their replies together.
    async fn ask_carefully(&self, question: Question) -> (Question, Answer) {
        let plain = async {
            let mut answers = self.dns.ask(vec![question.clone()]);
            let mut plain = Answer::Unknown("the DNS engine has stopped".to_owned());
            while let Some(arrived) = answers.next().await {
                answers.sort(arrived, &mut |_, answer| plain = answer);
            }
            plain
        };
        let (plain, careful) = join(plain, self.careful.ask(&question)).await;
        (question, merge(plain, careful))
    }

    async fn ask_zone(&self, question: Question) -> (Question, Answer) {
        let Question::Authority { view, name, rtype } = &question else {
            return (question, Answer::Unknown("this is no question to the name servers of a zone".to_owned()));
        };
        let answer = self.zones.ask(*view, name, *rtype).await;
        (question, answer)
    }

    /// Visits every machine; what a visit leaves open comes after all the others, so that silent machines have their turn soon.
    fn probe(&self, probes: Vec<Arc<Probe>>) -> impl Stream<Item = (Question, Answer)> {
        // A visit and what holds it have 1,024 octets: of more than 1,032 glibc keeps none at hand for the next.
        // Thousands are polled as one task: with a task's share of turns, whoever waits would be asked again and again whether he still does.
        let visit = move |probes: Vec<Arc<Probe>>, mut place| {
            unconstrained(async move {
                let answers = self.http.visit(&probes, &mut place).await;
                (probes, answers)
            })
        };
        stream::unfold((visits(probes), FuturesUnordered::new()), move |(mut waiting, mut going)| async move {
            loop {
                tokio::select! {
                    biased;
                    // A visit is not there before it has a place: what a thousand of them wait with would be cold when they get it.
                    place = self.http.place(), if !waiting.is_empty() => {
                        if let Some(probes) = waiting.pop_front() {
                            going.push(visit(probes, place));
                        }
                    }
                    Some((mut asked, answers)) = going.next() => {
                        let left = asked.split_off(answers.len());
                        waiting.extend((!left.is_empty()).then_some(left));
                        let answered = asked.into_iter().map(Question::Probe).zip(answers);
                        return Some((stream::iter(answered), (waiting, going)));
                    }
                    else => return None,
                }
            }
        })
        .flatten()
    }
}

/// The probes of each visit, which are those that go on where the one before begins.
fn visits(probes: Vec<Arc<Probe>>) -> VecDeque<Vec<Arc<Probe>>> {
    let mut visits: VecDeque<Vec<Arc<Probe>>> = VecDeque::new();
    for probe in probes {
        match visits.back_mut() {
            Some(visit) if visit.last().is_some_and(|last| leads_to(last, &probe)) => visit.push(probe),
            _ => visits.push_back(vec![probe]),
        }
    }
    visits
}

/// Whether a probe goes on where another begins: with the same machine, under the same name.
fn leads_to(first: &Probe, then: &Probe) -> bool {
    let place = |probe: &Probe| (probe.vantage, probe.address, probe.tls);
    first.step == Step::Options && then.step != Step::Options && place(first) == place(then) && first.host == then.host
}

impl Source for Live {
    fn lull(&self) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(tokio::time::sleep(LULL))
    }

    fn ask<'a>(&'a self, mut questions: Vec<Question>, deliver: &'a mut Deliver<'_>) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
        Box::pin(async move {
            let asked = questions.len();
            let (mut careful, mut zones, mut probes) = (Vec::new(), Vec::new(), Vec::new());
            for question in questions.extract_if(.., |question| !self.is_plain(question)) {
                match question {
                    Question::Probe(probe) => probes.push(probe),
                    question @ Question::Dns { .. } => careful.push(question),
                    question @ Question::Authority { .. } => zones.push(question),
                }
            }
            let mut answers = self.dns.ask(questions);
            let careful = stream::iter(careful).map(|question| self.ask_carefully(question)).buffer_unordered(CAREFUL_AT_A_TIME);
            let zones = stream::iter(zones).map(|question| self.ask_zone(question)).buffer_unordered(ZONES_AT_A_TIME);
            let mut single = std::pin::pin!(stream::select(stream::select(careful, zones), self.probe(probes)));
            let mut delivered = 0;
            loop {
                tokio::select! {
                    Some(arrived) = answers.next() => delivered += answers.sort(arrived, deliver),
                    Some((question, answer)) = single.next() => {
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
