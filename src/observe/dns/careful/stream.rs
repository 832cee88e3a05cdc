//! A connection to a server over TCP or TLS that is kept and shared by many questions (RFC 7766, RFC 7858). Never asks twice by
//! itself but where a kept connection turns out to be gone.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::net::TcpSocket;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio_rustls::TlsConnector;

use super::channel::Endpoint;
use super::sent::Sent;

/// How often a question goes onto a new connection where a kept one ended without its answer: servers close what idles.
const CONNECTIONS: usize = 2;

/// A server's stream, open or not.
pub(super) struct Stream {
    endpoint: Endpoint,
    source: Option<IpAddr>,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    current: AsyncMutex<Option<Arc<Connection>>>,
}

/// What both plain TCP and TLS are.
trait Both: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Both for T {}

/// Who waits, by the id of the question; `None` once the connection is gone.
type Waiting = Mutex<Option<HashMap<u16, oneshot::Sender<Vec<u8>>>>>;

/// An open connection. Two tasks read and write, so that a question that is given up cuts no message in two.
struct Connection {
    waiting: Arc<Waiting>,
    outgoing: mpsc::UnboundedSender<Vec<u8>>,
    tasks: [AbortHandle; 2],
}

impl Stream {
    pub(super) fn new(endpoint: Endpoint, source: Option<IpAddr>, tls: Option<(TlsConnector, ServerName<'static>)>) -> Self {
        Self { endpoint, source, tls, current: AsyncMutex::default() }
    }

    /// The octets that came under the question's id.
    pub(super) async fn ask(&self, sent: &Sent) -> io::Result<Vec<u8>> {
        for _ in 0..CONNECTIONS {
            let (connection, is_new) = self.connection().await?;
            match connection.ask(sent).await {
                Some(packet) => return Ok(packet),
                None if is_new => break,
                None => {}
            }
        }
        Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the server closes the connection without an answer"))
    }

    /// The kept connection, or a new one; only one is ever opened at a time.
    async fn connection(&self) -> io::Result<(Arc<Connection>, bool)> {
        let mut current = self.current.lock().await;
        if let Some(kept) = current.as_ref().filter(|kept| kept.is_open()) {
            return Ok((Arc::clone(kept), false));
        }
        let opened = Arc::new(Connection::over(self.open().await?));
        *current = Some(Arc::clone(&opened));
        Ok((opened, true))
    }

    async fn open(&self) -> io::Result<Box<dyn Both>> {
        let server = self.endpoint.address(self.source).await?;
        let socket = if server.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(source) = self.source {
            socket.bind(SocketAddr::new(source, 0))?;
        }
        let tcp = socket.connect(server).await?;
        tcp.set_nodelay(true)?;
        match &self.tls {
            None => Ok(Box::new(tcp)),
            Some((connector, name)) => Ok(Box::new(connector.connect(name.clone(), tcp).await?)),
        }
    }
}

impl Connection {
    fn over(stream: Box<dyn Both>) -> Self {
        let (reader, writer) = tokio::io::split(stream);
        let waiting = Arc::new(Mutex::new(Some(HashMap::new())));
        let (outgoing, queue) = mpsc::unbounded_channel();
        let reading = tokio::spawn(read(reader, Arc::clone(&waiting))).abort_handle();
        let sending = tokio::spawn(write(writer, queue, Arc::clone(&waiting))).abort_handle();
        Self { waiting, outgoing, tasks: [reading, sending] }
    }

    fn is_open(&self) -> bool {
        lock(&self.waiting).is_some()
    }

    /// The answer, or `None` where the connection is gone or the id is taken.
    async fn ask(&self, sent: &Sent) -> Option<Vec<u8>> {
        let (reply, answer) = oneshot::channel();
        {
            let mut waiting = lock(&self.waiting);
            let waiting = waiting.as_mut()?;
            waiting.retain(|_, other| !other.is_closed()); // who gave up
            if waiting.contains_key(&sent.id()) {
                return None;
            }
            waiting.insert(sent.id(), reply);
        }
        let length = u16::try_from(sent.octets().len()).ok()?;
        self.outgoing.send([&length.to_be_bytes()[..], sent.octets()].concat()).ok()?;
        answer.await.ok()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

/// Hands out what comes, until the connection ends: then nobody waits any more. A message has at most 64 KiB by its length prefix.
async fn read(mut reader: ReadHalf<Box<dyn Both>>, waiting: Arc<Waiting>) {
    while let Ok(length) = reader.read_u16().await {
        let mut packet = vec![0; usize::from(length)];
        if reader.read_exact(&mut packet).await.is_err() {
            break;
        }
        let Some(id) = packet.first_chunk().map(|id| u16::from_be_bytes(*id)) else { continue };
        if let Some(reply) = lock(&waiting).as_mut().and_then(|waiting| waiting.remove(&id)) {
            let _ = reply.send(packet); // who gave up hears nothing
        }
    }
    *lock(&waiting) = None;
}

async fn write(mut writer: WriteHalf<Box<dyn Both>>, mut queue: mpsc::UnboundedReceiver<Vec<u8>>, waiting: Arc<Waiting>) {
    while let Some(message) = queue.recv().await {
        if writer.write_all(&message).await.is_err() || writer.flush().await.is_err() {
            break;
        }
    }
    *lock(&waiting) = None;
}

fn lock(waiting: &Waiting) -> std::sync::MutexGuard<'_, Option<HashMap<u16, oneshot::Sender<Vec<u8>>>>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}
