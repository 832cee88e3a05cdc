//! How long the TCP handshake of an exchange took, measured round the connector itself. Changes nothing about it.

use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tower::{Layer, Service};

/// A connection that came to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Connected {
    /// Time for the handshake.
    pub(super) took: Duration,
    /// When it was done.
    pub(super) at: Instant,
}

tokio::task_local! {
    /// The connection of the exchange that runs in this task. With an empty pool the client connects inside the future of the
    /// request, so that the layer below and the exchange see the same cell.
    pub(super) static CONNECTED: Cell<Option<Connected>>;
}

/// Puts [`Timed`] round a connector.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeHandshake;

/// A connector that notes in [`CONNECTED`] when it has connected.
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
            let _ = CONNECTED.try_with(|cell| cell.set(Some(Connected { took: at - started, at })));
            Ok(connection)
        })
    }
}
