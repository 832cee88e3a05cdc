//! An HTTP server that does what its script says, one request a connection, and remembers what it was asked. Never serves files.

use std::fmt::Write as _;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::{MAX_CONNECTIONS, Memory, Running, check_loopback};

/// The most octets of a request's head, of its body, and of an answer that is passed on.
const MAX_OCTETS: usize = 64 * 1024;
/// How long a connection may last.
const LIFETIME: Duration = Duration::from_secs(30);
/// How long the proxy waits for the server behind it.
const GATEWAY_TIMEOUT: Duration = Duration::from_secs(3);

/// One request that a server got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// As written.
    pub method: String,
    /// As written.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, as far as `Content-Length` says.
    pub body: Vec<u8>,
}

impl Request {
    /// The first value of the header `name` (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The request as it is passed on.
    fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        for (name, value) in self.headers.iter().filter(|(name, _)| name != "connection") {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        head.push_str("Via: 1.1 loopback\r\nConnection: close\r\n\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

/// What a server does about a request.
#[derive(Clone, Debug)]
pub enum HttpPlay {
    /// Answers, with `Content-Length` and `Connection: close` added.
    Answer {
        /// The status code.
        status: u16,
        /// Header fields.
        headers: Vec<(String, String)>,
        /// The body.
        body: String,
    },
    /// Sends these octets and closes.
    Raw(Vec<u8>),
    /// Sends the first octets, then the second again and again until the other side has had enough.
    Endless(Vec<u8>, Vec<u8>),
    /// Sends these octets, if any, then says nothing and keeps the connection.
    Stall(Vec<u8>),
    /// Cuts the connection with a RST.
    Reset,
    /// Closes the connection.
    Close,
    /// Passes the request on to this address, with `Via` added, and its answer back: a reverse proxy. 502 if nobody is there, 504 if nobody answers.
    Forward(SocketAddr),
    /// Does something later.
    Delay(Duration, Box<HttpPlay>),
}

impl HttpPlay {
    /// An answer with an empty body.
    pub fn answer(status: u16, headers: &[(&str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self::Answer { status, headers, body: String::new() }
    }
}

/// A port of 127.0.0.1 on which nobody listens, kept from being given to anybody else: a machine that is down.
#[derive(Debug)]
pub struct ClosedPort {
    address: SocketAddr,
    _bound: tokio::net::TcpSocket,
}

impl ClosedPort {
    /// Takes a free port and does not listen on it.
    pub fn reserve() -> io::Result<Self> {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        Ok(Self { address: socket.local_addr()?, _bound: socket })
    }

    /// Where nobody answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

type Handler = dyn Fn(&Request) -> HttpPlay + Send + Sync;

/// A running HTTP server; it ends when dropped.
#[derive(Debug)]
pub struct HttpServer {
    address: SocketAddr,
    memory: Memory<Request>,
    _running: Running,
}

impl HttpServer {
    /// Starts on 127.0.0.1 at a free port.
    pub fn start(handler: impl Fn(&Request) -> HttpPlay + Send + Sync + 'static) -> io::Result<Self> {
        Self::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), handler)
    }

    /// Starts at a loopback address; with port 0, at a free port.
    pub fn bind(address: SocketAddr, handler: impl Fn(&Request) -> HttpPlay + Send + Sync + 'static) -> io::Result<Self> {
        check_loopback(address)?;
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let memory = Memory::new();
        let server = Serving { handler: Arc::new(handler), memory: memory.clone() };
        let running = Running::start("loopback-http", move || serve(listener, server))?;
        Ok(Self { address, memory, _running: running })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every request so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.memory.all()
    }
}

#[derive(Clone)]
struct Serving {
    handler: Arc<Handler>,
    memory: Memory<Request>,
}

async fn serve(listener: TcpListener, server: Serving) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else { continue };
        let server = server.clone();
        tokio::spawn(async move {
            let _ = tokio::time::timeout(LIFETIME, converse(stream, &server)).await;
            drop(permit);
        });
    }
}

async fn converse(mut stream: TcpStream, server: &Serving) -> io::Result<()> {
    let Some(request) = read_request(&mut stream).await? else { return Ok(()) };
    server.memory.add(request.clone());
    let mut play = (server.handler)(&request);
    while let HttpPlay::Delay(delay, inner) = play {
        tokio::time::sleep(delay).await;
        play = *inner;
    }
    match play {
        HttpPlay::Answer { status, headers, body } => send(stream, &answer_bytes(status, &headers, &body)).await,
        HttpPlay::Raw(octets) => send(stream, &octets).await,
        HttpPlay::Endless(first, again) => {
            stream.write_all(&first).await?;
            loop {
                stream.write_all(&again).await?;
                tokio::time::sleep(Duration::from_millis(1)).await; // a network between them would be no faster
            }
        }
        HttpPlay::Stall(first) => {
            stream.write_all(&first).await?;
            std::future::pending().await
        }
        HttpPlay::Reset => stream.set_zero_linger(),
        HttpPlay::Forward(to) => {
            let answer = forward(to, &request).await;
            send(stream, &answer).await
        }
        HttpPlay::Close | HttpPlay::Delay(..) => Ok(()),
    }
}

async fn send(mut stream: TcpStream, octets: &[u8]) -> io::Result<()> {
    stream.write_all(octets).await?;
    stream.shutdown().await
}

/// Reads one request; `None` where it is none or too big.
async fn read_request(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    let mut octets = Vec::new();
    let end = loop {
        if let Some(end) = octets.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if octets.len() > MAX_OCTETS || read_some(stream, &mut octets).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&octets[..end]).into_owned();
    let Some(mut request) = parse_head(&head) else { return Ok(None) };
    let length = request.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0usize);
    request.body = octets.split_off(end + 4);
    while request.body.len() < length.min(MAX_OCTETS) {
        if read_some(stream, &mut request.body).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(request))
}

async fn read_some(stream: &mut (impl AsyncRead + Unpin), octets: &mut Vec<u8>) -> io::Result<usize> {
    let mut buffer = [0; 4096];
    let length = stream.read(&mut buffer).await?;
    octets.extend_from_slice(&buffer[..length]);
    Ok(length)
}

fn parse_head(head: &str) -> Option<Request> {
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let field = |line: &str| line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    Some(Request { method, path, headers: lines.filter_map(field).collect(), body: Vec::new() })
}

fn answer_bytes(status: u16, headers: &[(String, String)], body: &str) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 {status} {}\r\n", reason(status));
    for (name, value) in headers {
        let _ = write!(answer, "{name}: {value}\r\n");
    }
    let _ = write!(answer, "Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    answer.into_bytes()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        207 => "Multi-Status",
        302 => "Object Moved",
        401 => "Access Denied",
        404 => "Not Found",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}

/// What the server behind the proxy answers, whole, or the proxy's own word for its silence.
async fn forward(to: SocketAddr, request: &Request) -> Vec<u8> {
    let exchange = async {
        let mut stream = TcpStream::connect(to).await?;
        stream.write_all(&request.to_bytes()).await?;
        let mut answer = Vec::new();
        while answer.len() < MAX_OCTETS && read_some(&mut stream, &mut answer).await? > 0 {}
        io::Result::Ok(answer)
    };
    match tokio::time::timeout(GATEWAY_TIMEOUT, exchange).await {
        Ok(Ok(answer)) if !answer.is_empty() => answer,
        Ok(_) => answer_bytes(502, &[], "nobody answers behind this proxy"),
        Err(_) => answer_bytes(504, &[], "no answer in time behind this proxy"),
    }
}
