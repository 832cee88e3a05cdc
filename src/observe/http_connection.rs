//! A connection to one machine, over which exchanges go one after the other. Opens no other, asks nothing twice, and keeps of a
//! reply its head only.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::http_failure::{Trouble, of_connecting, of_exchange};
use super::http_head::{Arriving, Head};
use super::witness::Witness;
use crate::profile::http::{Certificate, HttpFailure, HttpReply};

/// What both plain TCP and TLS are.
trait Both: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Both for T {}

/// Who vouches for a name, and the name that is to be proven. Large, and most machines speak no TLS.
pub(super) type Tls<'a> = Box<(&'a Witness, ServerName<'static>)>;

/// An open connection.
pub(super) struct HttpConnection {
    stream: Box<dyn Both>,
    arriving: Arriving,
    /// Whether what comes next can only be the next reply.
    is_clean: bool,
    /// Time for the handshake.
    took: Duration,
    certificate: Option<Certificate>,
}

impl HttpConnection {
    /// Connects, and speaks TLS where there is a name to be proven.
    pub(super) async fn open(target: &SocketAddr, tls: Option<Tls<'_>>) -> Result<Self, Trouble> {
        let started = Instant::now();
        let (stream, certificate) = shake_hands(target, tls).await.map_err(|error| of_connecting(&error))?;
        Ok(Self { stream, arriving: Arriving::default(), is_clean: true, took: started.elapsed(), certificate })
    }

    /// Sends a request, and waits for the head of the reply.
    pub(super) async fn exchange(&mut self, request: &str) -> Result<HttpReply, Trouble> {
        let sent = Instant::now();
        let Head { status, headers, is_all } = self.head_of_reply(request).await?;
        self.is_clean = is_all;
        Ok(HttpReply { status, headers, connect: self.took, first_byte: sent.elapsed(), certificate: self.certificate.clone() })
    }

    /// The same as a further exchange; `None` where the machine closes, or where what came after the last head is not the whole
    /// body: it is not waited for, and must not be taken for the next reply.
    pub(super) async fn exchange_again(&mut self, request: &str) -> Option<Result<HttpReply, Trouble>> {
        // Nothing is to be read now: neither more than the reply nor an end.
        if !self.is_clean || self.stream.read(&mut [0]).now_or_never().is_some() {
            return None;
        }
        Some(self.exchange(request).await)
    }

    async fn head_of_reply(&mut self, request: &str) -> Result<Head, Trouble> {
        self.send(request).await.map_err(|error| of_exchange(&error))?;
        self.arriving.clear();
        loop {
            let octets = self.stream.read_buf(self.arriving.room()).await.map_err(|error| of_exchange(&error))?;
            if octets == 0 {
                return Err(Trouble::Theirs(HttpFailure::Reset));
            }
            if let Some(head) = self.arriving.head().map_err(|what| Trouble::Theirs(HttpFailure::NotHttp(what)))? {
                return Ok(head);
            }
        }
    }

    async fn send(&mut self, request: &str) -> io::Result<()> {
        self.stream.write_all(request.as_bytes()).await?;
        self.stream.flush().await // TLS keeps what the socket did not take
    }
}

async fn shake_hands(target: &SocketAddr, tls: Option<Tls<'_>>) -> io::Result<(Box<dyn Both>, Option<Certificate>)> {
    let tcp = TcpStream::connect(*target).await?;
    let Some((witness, name)) = tls.map(|tls| *tls) else { return Ok((Box::new(tcp), None)) };
    tcp.set_nodelay(true)?; // else the request waits until the last word of the handshake is acknowledged
    let shaking_hands = Box::pin(witness.shake_hands(name, tcp)); // large, too
    let (stream, certificate) = shaking_hands.await?;
    Ok((Box::new(stream), Some(certificate)))
}
