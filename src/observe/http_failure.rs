//! From errors of a connection to what happened on the wire. Never takes this machine's trouble for the other side's.

use std::io;

use super::tls;
use super::trouble::{is_full, is_ours, words};
use crate::profile::http::HttpFailure;

/// Why there is no reply, and whose fault that is.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It says something about the machine that was asked.
    Theirs(HttpFailure),
    /// There was no connection in time.
    NoConnection,
    /// There was a connection, and no reply in time.
    NoReply,
    /// It says something about this machine only.
    Ours(String),
    /// This machine has too many open files just now.
    Full,
}

/// What an error means while a connection is opened.
pub(super) fn of_connecting(error: &io::Error) -> Trouble {
    if let Some(tls) = tls::error_within(error) {
        return Trouble::Theirs(HttpFailure::Tls(tls::words(tls)));
    }
    of_this_machine(error).unwrap_or_else(|| match error.kind() {
        io::ErrorKind::TimedOut => Trouble::NoConnection,
        io::ErrorKind::ConnectionRefused => Trouble::Theirs(HttpFailure::Refused),
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => Trouble::Theirs(HttpFailure::Reset),
        _ => Trouble::Theirs(HttpFailure::Unreachable(words(error))),
    })
}

/// What an error means once there is a connection.
pub(super) fn of_exchange(error: &io::Error) -> Trouble {
    if let Some(tls) = tls::error_within(error) {
        return Trouble::Theirs(HttpFailure::Tls(tls::words(tls)));
    }
    of_this_machine(error).unwrap_or(match error.kind() {
        io::ErrorKind::TimedOut => Trouble::NoReply,
        _ => Trouble::Theirs(HttpFailure::Reset),
    })
}

fn of_this_machine(error: &io::Error) -> Option<Trouble> {
    match error {
        _ if is_full(error) => Some(Trouble::Full),
        _ if is_ours(error) => Some(Trouble::Ours(format!("this machine could not ask: {}", words(error)))),
        _ => None,
    }
}
