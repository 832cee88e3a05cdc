//! From the HTTP client's error to what happened on the wire. Never takes this machine's trouble for the other side's.

use std::error::Error;
use std::io;

use super::http::HttpLimits;
use super::tls;
use super::trouble::{is_full, is_ours, words};
use crate::profile::http::HttpFailure;

/// Why there is no reply, and whose fault that is.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It says something about the machine that was asked.
    Theirs(HttpFailure),
    /// It says something about this machine only.
    Ours(String),
    /// This machine has too many open files just now.
    Full,
}

/// Reads an error by its chain of sources. `connected` is whether the handshake was done.
pub(super) fn trouble_of(error: &reqwest::Error, connected: bool, limits: &HttpLimits) -> Trouble {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(io) = current.downcast_ref::<io::Error>() {
            return of_io(io, connected, limits);
        }
        if let Some(http) = current.downcast_ref::<hyper::Error>() {
            if http.is_parse() {
                return Trouble::Theirs(HttpFailure::NotHttp(http.to_string()));
            }
            if http.is_incomplete_message() {
                return Trouble::Theirs(HttpFailure::Reset);
            }
        }
        cause = current.source();
    }
    Trouble::Theirs(match connected {
        _ if error.is_timeout() => timed_out(connected, limits),
        true => HttpFailure::Reset,
        false => HttpFailure::Unreachable(error.to_string()),
    })
}

fn of_io(error: &io::Error, connected: bool, limits: &HttpLimits) -> Trouble {
    if let Some(tls) = tls::error_within(error) {
        return Trouble::Theirs(HttpFailure::Tls(tls::words(tls)));
    }
    if is_full(error) {
        return Trouble::Full;
    }
    if is_ours(error) {
        return Trouble::Ours(format!("this machine could not ask: {}", words(error)));
    }
    Trouble::Theirs(match error.kind() {
        io::ErrorKind::TimedOut => timed_out(connected, limits),
        io::ErrorKind::ConnectionRefused if !connected => HttpFailure::Refused,
        _ if connected => HttpFailure::Reset,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => HttpFailure::Reset,
        _ => HttpFailure::Unreachable(words(error)),
    })
}

fn timed_out(connected: bool, limits: &HttpLimits) -> HttpFailure {
    if connected { HttpFailure::ReplyTimeout(limits.whole) } else { HttpFailure::ConnectTimeout(limits.connect) }
}
