//! What one exchange knows of its connection while it runs: where it is to go, how long the handshake took, and the certificate
//! that was shown. Changes nothing about it.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tower::{Layer, Service};

use crate::profile::http::Certificate;

/// A connection that came to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Connected {
    /// Time for the handshake.
    pub(super) took: Duration,
    /// When it was done.
    pub(super) at: Instant,
}

/// One exchange, as the parts of the client see it that all exchanges share.
#[derive(Debug)]
pub(super) struct Exchange {
    /// Where it connects to, whatever the host is called.
    target: SocketAddr,
    connected: Cell<Option<Connected>>,
    certificate: RefCell<Option<Certificate>>,
}

tokio::task_local! {
    /// The exchange that runs in this task. With an empty pool the client connects inside the future of the request, so that
    /// whatever takes part in connecting sees the same exchange.
    static EXCHANGE: Exchange;
}

/// Runs an exchange with `target`, and says what became of its connection.
pub(super) async fn with_exchange<T>(
    target: SocketAddr,
    exchange: impl Future<Output = T>,
) -> (T, Option<Connected>, Option<Certificate>) {
    let seen = Exchange { target, connected: Cell::new(None), certificate: RefCell::new(None) };
    let exchange = async {
        let outcome = exchange.await;
        let (connected, certificate) = EXCHANGE.with(|seen| (seen.connected.get(), seen.certificate.take()));
        (outcome, connected, certificate)
    };
    EXCHANGE.scope(seen, exchange).await
}

/// Notes the certificate of the exchange that runs in this task.
pub(super) fn note_certificate(certificate: Certificate) {
    let _ = EXCHANGE.try_with(|seen| seen.certificate.replace(Some(certificate)));
}

/// Takes the target of the exchange for the address of whatever host it names: nothing is looked up.
#[derive(Clone, Copy, Debug)]
pub(super) struct ToTarget;

impl Resolve for ToTarget {
    fn resolve(&self, name: Name) -> Resolving {
        let target = EXCHANGE.try_with(|seen| seen.target);
        Box::pin(async move {
            let target = target.map_err(|_| format!("{} would have to be looked up", name.as_str()))?;
            Ok(Box::new(std::iter::once(target)) as Addrs)
        })
    }
}

/// Puts [`Timed`] round a connector.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeHandshake;

/// A connector that notes when it has connected.
#[derive(Clone, Debug)]
pub(super) struct Timed<S>(S);

impl<S> Layer<S> for TimeHandshake {
    type Service = Timed<S>;

    fn layer(&self, inner: S) -> Timed<S> {
        Timed(inner)
    }
}

impl<S, R> Service<R> for Timed<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, target: R) -> Self::Future {
        let started = Instant::now();
        let connecting = self.0.call(target);
        Box::pin(async move {
            let connection = connecting.await?;
            let at = Instant::now();
            let _ = EXCHANGE.try_with(|seen| seen.connected.set(Some(Connected { took: at - started, at })));
            Ok(connection)
        })
    }
}
