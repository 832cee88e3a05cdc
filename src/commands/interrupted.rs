//! Waiting for the signal that ends a run early.

use crate::exit::ExitStatus;

/// Ends when the user or the system asks the program to stop; says with which status.
#[cfg(unix)]
pub(super) async fn signal() -> ExitStatus {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return ctrl_c().await };
    tokio::select! {
        status = ctrl_c() => status,
        _ = terminate.recv() => ExitStatus::Terminated,
    }
}

/// Ends when the user asks the program to stop; says with which status.
#[cfg(not(unix))]
pub(super) async fn signal() -> ExitStatus {
    ctrl_c().await
}

async fn ctrl_c() -> ExitStatus {
    match tokio::signal::ctrl_c().await {
        Ok(()) => ExitStatus::Interrupted,
        // Without a handler the system's own default ends the program; there is nothing to wait for here.
        Err(_) => std::future::pending().await,
    }
}
