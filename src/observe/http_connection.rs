//! A connection to one machine, over which exchanges go one after the other. Opens no other, asks nothing twice, and keeps of a
//! reply its head only.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::time::{Duration, Instant};

use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use hyper::header::HeaderValue;
use hyper::{HeaderMap, Request, Version};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::http_failure::{Trouble, of_connecting, of_exchange};
use super::witness::Witness;
use crate::profile::http::{Certificate, HttpFailure, HttpReply};

/// The most header fields of a reply.
const MAX_HEADERS: usize = 100;
/// The most octets of a reply's header fields that are kept.
const MAX_HEAD: usize = 64 * 1024;

/// What both plain TCP and TLS are.
trait Both: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Both for T {}

/// What reads and writes while somebody waits for something that comes by the connection; `None` once it has ended.
type Driver = Option<Box<Connection<TokioIo<Box<dyn Both>>, String>>>;

/// An open connection.
pub(super) struct HttpConnection {
    sender: SendRequest<String>,
    driver: Driver,
    /// Time for the handshake.
    took: Duration,
    certificate: Option<Certificate>,
}

impl HttpConnection {
    /// Connects, and speaks TLS where there is a name to be proven.
    pub(super) async fn open(target: SocketAddr, tls: Option<(&Witness, ServerName<'static>)>) -> Result<Self, Trouble> {
        let started = Instant::now();
        let (stream, certificate) = shake_hands(target, tls).await.map_err(|error| of_connecting(&error))?;
        let took = started.elapsed();
        let (sender, driver) = tolerant().handshake(TokioIo::new(stream)).await.map_err(|error| of_exchange(&error))?;
        Ok(Self { sender, driver: Some(Box::new(driver)), took, certificate })
    }

    /// Sends a request, and waits for the head of the reply.
    pub(super) async fn exchange(&mut self, request: Request<String>) -> Result<HttpReply, Trouble> {
        let sent = Instant::now();
        let reply = drive(&mut self.driver, self.sender.send_request(request)).await.map_err(|error| of_exchange(&error))?;
        let first_byte = sent.elapsed();
        if reply.version() == Version::HTTP_09 {
            return Err(Trouble::Theirs(HttpFailure::NotHttp(self.describe(reply.into_body()).await)));
        }
        let (status, headers) = (reply.status().as_u16(), fields(reply.headers())?);
        Ok(HttpReply { status, headers, connect: self.took, first_byte, certificate: self.certificate.clone() })
    }

    /// The same as a further exchange; `None` where the machine closes, or where what came after the last head is not the whole
    /// body: it is not waited for, and must not be taken for the next reply.
    pub(super) async fn exchange_again(&mut self, request: Request<String>) -> Option<Result<HttpReply, Trouble>> {
        drive(&mut self.driver, self.sender.ready()).await.ok()?;
        Some(self.exchange(request).await)
    }

    /// What a server speaks whose octets are not HTTP: they arrive as the body of a reply without a version.
    async fn describe(&mut self, mut body: Incoming) -> String {
        let first = drive(&mut self.driver, poll_fn(|context| Pin::new(&mut body).poll_frame(context))).await;
        let octets = first.and_then(Result::ok).and_then(|frame| frame.into_data().ok()).unwrap_or_default();
        match &octets[..] {
            [0x14..=0x17, 0x03, ..] => "it speaks TLS".to_owned(),
            [b'S', b'S', b'H', b'-', ..] => "it speaks SSH".to_owned(),
            octets => format!("it begins with \"{}\"", octets[..octets.len().min(24)].escape_ascii()),
        }
    }
}

async fn shake_hands(
    target: SocketAddr,
    tls: Option<(&Witness, ServerName<'static>)>,
) -> io::Result<(Box<dyn Both>, Option<Certificate>)> {
    let tcp = TcpStream::connect(target).await?;
    let Some((witness, name)) = tls else { return Ok((Box::new(tcp), None)) };
    tcp.set_nodelay(true)?; // else the request waits until the last word of the handshake is acknowledged
    let (stream, certificate) = witness.shake_hands(name, tcp).await?;
    Ok((Box::new(stream), Some(certificate)))
}

/// Old servers' spellings of HTTP are tolerated.
fn tolerant() -> Builder {
    let mut http = Builder::new();
    http.title_case_headers(true)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD)
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true)
        .ignore_invalid_headers_in_responses(true)
        .http09_responses(true); // what is no HTTP comes back as a body, so that it can be named
    http
}

/// Waits for something that comes by a connection.
async fn drive<T>(driver: &mut Driver, awaited: impl Future<Output = T>) -> T {
    let mut awaited = pin!(awaited);
    poll_fn(|context| {
        // Why a connection ends is said by what is awaited. It is closed by being dropped: to end it in order first takes longer.
        if driver.as_mut().is_some_and(|driver| driver.poll_without_shutdown(context).is_ready()) {
            *driver = None;
        }
        awaited.as_mut().poll(context)
    })
    .await
}

fn fields(headers: &HeaderMap) -> Result<Vec<(String, String)>, Trouble> {
    let octets: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if octets > MAX_HEAD {
        return Err(Trouble::Theirs(HttpFailure::NotHttp(format!("its header fields have more than {MAX_HEAD} octets"))));
    }
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Ok(headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect())
}
