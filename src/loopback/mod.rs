//! Servers on this machine's loopback, inside the process: for the demo, and for the tests that no real server would play.
//! Never listens on any other address, and ends when dropped.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::Notify;

mod dns;
mod http;
mod wire;
mod zone;

pub use dns::{Apex, Asked, Authority, DnsPlay, DnsServer, Script, Transport};
pub use http::{ClosedPort, HttpPlay, HttpServer, Request};
pub use zone::Zone;

/// The most connections that one server serves at a time; others wait in the backlog.
const MAX_CONNECTIONS: usize = 256;
/// The most exchanges that one server remembers, so that a demo that is left running does not grow.
const MAX_REMEMBERED: usize = 100_000;

/// The thread on which a server runs; it is told to end, and waited for, when this is dropped.
#[derive(Debug)]
struct Running {
    stop: Arc<Notify>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Runs `serve` on a thread and a runtime of its own, so that it works beside a test or a command that blocks.
    fn start<F, S>(name: &str, serve: F) -> io::Result<Self>
    where
        F: FnOnce() -> S + Send + 'static,
        S: Future<Output = ()>,
    {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let run = move || {
            runtime.block_on(async {
                tokio::select! {
                    () = stopped.notified() => {}
                    () = serve() => {}
                }
            });
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run)?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.notify_one();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What a server was asked, in order.
#[derive(Debug)]
struct Memory<T>(Arc<Mutex<Vec<T>>>);

impl<T> Clone for Memory<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Clone> Memory<T> {
    fn new() -> Self {
        Self(Arc::default())
    }

    fn add(&self, item: T) {
        let mut items = self.lock();
        if items.len() < MAX_REMEMBERED {
            items.push(item);
        }
    }

    fn all(&self) -> Vec<T> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses to serve strangers.
fn check_loopback(address: SocketAddr) -> io::Result<()> {
    if address.ip().is_loopback() {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{address} is no loopback address: only those are served")))
}
