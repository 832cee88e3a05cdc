//! One HTTP exchange of a probe: one fixed address, one request, the head of the reply. Never looks a name up, never uses a
//! proxy, never follows a redirect, never reads a body.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use reqwest::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, ClientBuilder, Method, Request, Response, Url, Version, redirect};
use tokio::sync::Semaphore;

use super::handshake::{Connected, TimeHandshake, ToTarget, with_exchange};
use super::http_failure::{Trouble, trouble_of};
use super::tls::Trust;
use super::{Answer, Probe, witness};
use crate::profile::http::{Certificate, HttpFailure, HttpReply};

const USER_AGENT: &str = concat!("imctl/", env!("CARGO_PKG_VERSION"), " (diagnostic)");
/// The most header fields of a reply.
const MAX_HEADERS: usize = 100;
/// The most octets of a reply's header fields that are kept.
const MAX_HEAD: usize = 64 * 1024;

/// How soon a descriptor is sought again, and how often.
const ROOM_AGAIN: Duration = Duration::from_millis(50);
const ROOM_TRIES: u32 = 100;

/// The most exchanges at one time that make any progress: with more of them, times would tell of this machine's own queues.
const BUSY: usize = 64;
/// Who has waited so long for a machine costs nothing meanwhile, and is not counted among the busy any more.
const PATIENCE: Duration = Duration::from_millis(25);

/// How long probes wait, and how many go at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// For the TCP handshake.
    pub connect: Duration,
    /// For the whole exchange, the handshake included; a second handshake has what the first has left of it.
    pub whole: Duration,
    /// The most exchanges at one time, most of which wait for a silent machine.
    pub in_flight: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), whole: Duration::from_secs(5), in_flight: 128 }
    }
}

/// The client that all probes share.
#[derive(Debug)]
pub(super) struct HttpClient {
    client: Client,
    limits: HttpLimits,
    connect: BTreeMap<SocketAddr, SocketAddr>,
    /// Places for exchanges, the silent ones included.
    room: Semaphore,
    busy: Semaphore,
}

impl HttpClient {
    /// A client without memory: each exchange has a connection of its own. Old servers' spellings of HTTP are tolerated.
    /// `trust` is who is trusted to name machines; it may be nobody where no machine speaks TLS.
    pub(super) fn new(limits: HttpLimits, connect: BTreeMap<SocketAddr, SocketAddr>, trust: &Trust) -> io::Result<Self> {
        let tls = witness::config(trust).map_err(io::Error::other)?;
        let client = without_upkeep(Client::builder())
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .pool_max_idle_per_host(0)
            .http1_only()
            .http1_title_case_headers()
            .http1_max_headers(MAX_HEADERS)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_ignore_invalid_headers_in_responses(true)
            .http09_responses() // what is no HTTP comes back as a body, so that it can be named
            .user_agent(USER_AGENT)
            .connect_timeout(limits.connect)
            .dns_resolver(std::sync::Arc::new(ToTarget))
            .connector_layer(TimeHandshake)
            .build()
            .map_err(io::Error::other)?;
        let room = Semaphore::new(limits.in_flight.max(1));
        Ok(Self { client, limits, connect, room, busy: Semaphore::new(BUSY) })
    }

    /// Sends a probe's request when its turn comes.
    pub(super) async fn exchange(&self, probe: &Probe) -> Answer {
        let _room = self.room.acquire().await;
        let place = self.busy.acquire().await;
        let mut exchange = std::pin::pin!(self.try_exchange(probe));
        if let Ok(answer) = tokio::time::timeout(PATIENCE, &mut exchange).await {
            return answer;
        }
        drop(place);
        exchange.await
    }

    /// Only a handshake that nobody answered is tried a second time, and only where time is left.
    async fn try_exchange(&self, probe: &Probe) -> Answer {
        let request = match self.request(probe) {
            Ok(request) => request,
            Err(why) => return Answer::Unknown(why),
        };
        let target = self.target(probe);
        let HttpLimits { connect, whole, .. } = self.limits;
        let mut outcome = self.send_when_there_is_room(target, &request, whole).await;
        let left = whole.saturating_sub(connect);
        if !left.is_zero() && matches!(outcome, Err(Trouble::Theirs(HttpFailure::ConnectTimeout(_)))) {
            outcome = self.send_when_there_is_room(target, &request, left).await;
        }
        match outcome {
            Ok(reply) => Answer::Http(Ok(reply)),
            Err(Trouble::Theirs(failure)) => Answer::Http(Err(failure)),
            Err(Trouble::Ours(why)) => Answer::Unknown(why),
            Err(Trouble::Full) => Answer::Unknown("this machine could not ask: too many open files".to_owned()),
        }
    }

    /// Waits for others to end where this machine has run out of descriptors: that says nothing about the machine asked.
    async fn send_when_there_is_room(&self, target: SocketAddr, request: &Request, most: Duration) -> Result<HttpReply, Trouble> {
        for _ in 0..ROOM_TRIES {
            match self.send(target, request, most).await {
                Err(Trouble::Full) => tokio::time::sleep(ROOM_AGAIN).await,
                outcome => return outcome,
            }
        }
        Err(Trouble::Full)
    }

    /// Builds the request; an error says why it cannot be sent.
    fn request(&self, probe: &Probe) -> Result<Request, String> {
        let target = self.target(probe);
        let wanted = probe.request();
        // With TLS the URL has the name that is to be proven; the address comes from the exchange.
        let place = if probe.tls && probe.host.parse::<IpAddr>().is_err() && !probe.host.starts_with('[') {
            format!("{}:{}", probe.host, target.port())
        } else {
            target.to_string()
        };
        let scheme = probe.scheme();
        let mut url = Url::parse(&format!("{scheme}://{place}/")).map_err(|error| format!("{place} fits into no URL: {error}"))?;
        url.set_path(&wanted.path); // never by joining texts: a path from a reply must not change the host
        let method = Method::from_bytes(wanted.method.as_bytes()).map_err(|error| error.to_string())?;
        let mut request = Request::new(method, url);
        let headers = request.headers_mut();
        insert(headers, HOST, &probe.host)?;
        for (name, value) in &wanted.headers {
            insert(headers, HeaderName::try_from(*name).map_err(|error| error.to_string())?, value)?;
        }
        insert(headers, CONTENT_LENGTH, &wanted.body.len().to_string())?;
        insert(headers, CONNECTION, "close")?;
        if !wanted.body.is_empty() {
            *request.body_mut() = Some(wanted.body.into());
        }
        Ok(request)
    }

    /// Where a probe connects to.
    fn target(&self, probe: &Probe) -> SocketAddr {
        *self.connect.get(&probe.address).unwrap_or(&probe.address)
    }

    async fn send(&self, target: SocketAddr, request: &Request, most: Duration) -> Result<HttpReply, Trouble> {
        let Some(request) = request.try_clone() else {
            return Err(Trouble::Ours("the request cannot be sent twice".to_owned()));
        };
        let exchange = tokio::time::timeout(most, async {
            let response = self.client.execute(request).await?;
            let arrived = Instant::now();
            Ok::<_, reqwest::Error>((first_octets(response).await, arrived))
        });
        let (head, connected, certificate) = with_exchange(target, exchange).await;
        let late = |connected: Option<Connected>| match connected {
            Some(_) => HttpFailure::ReplyTimeout(self.limits.whole),
            None => HttpFailure::ConnectTimeout(self.limits.connect),
        };
        match head {
            Ok(Ok((Ok(response), arrived))) => {
                let connected = connected.ok_or_else(|| Trouble::Ours("the handshake was not seen".to_owned()))?;
                read_head(&response, connected, arrived, certificate)
            }
            Ok(Ok((Err(other), _))) => Err(Trouble::Theirs(other)),
            Ok(Err(error)) => Err(trouble_of(&error, connected.is_some(), &self.limits)),
            Err(_) => Err(Trouble::Theirs(late(connected))),
        }
    }
}

/// A connection is used once, for seconds: what finds out whether an idle one is still alive would be four system calls for nothing.
fn without_upkeep(client: ClientBuilder) -> ClientBuilder {
    let client = client.tcp_keepalive(None).tcp_keepalive_interval(None).tcp_keepalive_retries(None);
    #[cfg(target_os = "linux")]
    let client = client.tcp_user_timeout(None);
    client
}

/// Sets a header field; the error says that its value cannot stand in a header.
fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) -> Result<(), String> {
    let value = HeaderValue::from_str(value).map_err(|_| format!("{value:?} cannot stand in the header {name}"))?;
    headers.insert(name, value);
    Ok(())
}

/// A reply, or what came instead of one: octets that are not HTTP arrive as the body of a reply without a version.
async fn first_octets(mut response: Response) -> Result<Response, HttpFailure> {
    if response.version() != Version::HTTP_09 {
        return Ok(response);
    }
    let octets = response.chunk().await.ok().flatten().unwrap_or_default();
    Err(HttpFailure::NotHttp(describe(&octets)))
}

/// What a server speaks, by its first octets.
fn describe(octets: &[u8]) -> String {
    match octets {
        [0x14..=0x17, 0x03, ..] => "it speaks TLS".to_owned(),
        [b'S', b'S', b'H', b'-', ..] => "it speaks SSH".to_owned(),
        _ => format!("it begins with \"{}\"", octets[..octets.len().min(24)].escape_ascii()),
    }
}

fn read_head(
    response: &Response,
    connected: Connected,
    arrived: Instant,
    certificate: Option<Certificate>,
) -> Result<HttpReply, Trouble> {
    let headers = response.headers();
    let octets: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if octets > MAX_HEAD {
        return Err(Trouble::Theirs(HttpFailure::NotHttp(format!("its header fields have more than {MAX_HEAD} octets"))));
    }
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Ok(HttpReply {
        status: response.status().as_u16(),
        headers: headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        connect: connected.took,
        first_byte: arrived.saturating_duration_since(connected.at),
        certificate,
    })
}
