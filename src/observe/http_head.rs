//! The head of a reply, out of the octets that have come so far, however they come. Reads from nothing, and keeps nothing of a body.

use std::borrow::Cow;
use std::mem::MaybeUninit;

use httparse::{Error, Header, ParserConfig, Response, Status};
use memchr::{memchr, memchr_iter};

use crate::profile::http::Headers;

/// The most header fields of a reply.
const MAX_HEADERS: usize = 100;
/// The most octets of a reply up to the end of its head, with all that is passed over before it.
const MAX_HEAD: usize = 64 * 1024;
/// Room for most replies; where it is too small it is doubled, up to `MAX_HEAD`.
const ROOM: usize = 1024;

/// The head of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: u16,
    /// Names in lower case, values with octets that are not UTF-8 replaced.
    pub(super) headers: Headers,
    /// Whether the machine keeps the connection, and has said this reply with its whole body and nothing else.
    pub(super) is_all: bool,
}

/// What has come of a reply.
#[derive(Debug, Default)]
pub(super) struct Arriving {
    octets: Vec<u8>,
    /// Where the head begins, behind what is passed over.
    start: usize,
    /// So far the end of the head was looked for.
    searched: usize,
    /// How many octets of the head there were when it was last read.
    tried: usize,
}

impl Arriving {
    /// Room for the next octets.
    pub(super) fn room(&mut self) -> &mut Vec<u8> {
        if self.octets.len() == self.octets.capacity() {
            self.octets.reserve_exact(self.octets.len().max(ROOM));
        }
        &mut self.octets
    }

    /// Forgets one reply for the next.
    pub(super) fn clear(&mut self) {
        self.octets.clear();
        (self.start, self.searched, self.tried) = (0, 0, 0);
    }

    /// The head, once it has come as a whole. Empty lines and interim replies (RFC 9110, 15.2) before it are passed over. An error says
    /// what it is instead.
    pub(super) fn head(&mut self) -> Result<Option<Head>, String> {
        while self.is_worth_reading() {
            match read(&self.octets[self.start..])? {
                Some((head, length)) if is_interim(head.status) => self.pass_over(length),
                Some((head, _)) => return Ok(Some(head)),
                None => break,
            }
        }
        if self.octets.len() < MAX_HEAD { Ok(None) } else { Err(format!("its head has more than {MAX_HEAD} octets")) }
    }

    /// Whether the head is more than twice what it was when it was last read, so that what is wrong with it is said before its end, or
    /// else may be whole. Octets that come one by one cost little more than those that come together.
    fn is_worth_reading(&mut self) -> bool {
        while let Some(empty) = line_end(&self.octets[self.start..]) {
            self.pass_over(empty);
        }
        let length = self.octets.len() - self.start;
        let is_worth_reading = length > 2 * self.tried || self.may_be_whole();
        if is_worth_reading {
            self.tried = length;
        }
        is_worth_reading
    }

    fn may_be_whole(&mut self) -> bool {
        let from = self.searched.saturating_sub(2).max(self.start); // an end may have come in parts
        let new = &self.octets[from..];
        self.searched = self.octets.len();
        memchr_iter(b'\n', new).any(|at| line_end(&new[at + 1..]).is_some())
    }

    fn pass_over(&mut self, octets: usize) {
        self.start += octets;
        (self.searched, self.tried) = (self.start, 0);
    }
}

/// The length of the line end with which these octets begin.
fn line_end(octets: &[u8]) -> Option<usize> {
    match octets {
        [b'\n', ..] => Some(1),
        [b'\r', b'\n', ..] => Some(2),
        _ => None,
    }
}

/// Whether another reply follows by itself. After 101 it would not be HTTP that follows.
fn is_interim(status: u16) -> bool {
    status < 200 && status != 101
}

/// Reads a head and says how long it is; `None` where it is not whole. Old servers' spellings of HTTP are tolerated.
fn read(octets: &[u8]) -> Result<Option<(Head, usize)>, String> {
    let mut fields = [const { MaybeUninit::uninit() }; MAX_HEADERS];
    let mut response = Response::new(&mut []);
    let mut tolerant = ParserConfig::default();
    tolerant
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true)
        .ignore_invalid_headers_in_responses(true);
    let length = match tolerant.parse_response_with_uninit_headers(&mut response, octets, &mut fields) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Ok(None),
        Err(error) => return Err(what_is_wrong(error, octets)),
    };
    let (status, is_1_1) = (response.code.unwrap_or_default(), response.version == Some(1));
    if !(100..1000).contains(&status) {
        return Err(what_is_wrong(Error::Status, octets));
    }
    let headers = fields_of(response.headers, length);
    let is_all = is_kept(is_1_1, &headers) && is_body(&octets[length..], status, is_1_1, &headers);
    Ok(Some((Head { status, headers, is_all }, length)))
}

/// What stands in place of a head.
fn what_is_wrong(error: Error, octets: &[u8]) -> String {
    match (error, octets) {
        (Error::TooManyHeaders, _) => format!("it has more than {MAX_HEADERS} header fields"),
        (Error::Status, _) => "its status line cannot be read".to_owned(),
        (Error::Version, [0x14..=0x17, 0x03, ..]) => "it speaks TLS".to_owned(),
        (Error::Version, [b'S', b'S', b'H', b'-', ..]) => "it speaks SSH".to_owned(),
        (Error::Version, octets) => format!("it begins with \"{}\"", octets[..octets.len().min(24)].escape_ascii()),
        _ => "its header fields cannot be read".to_owned(),
    }
}

/// The fields of a head of so many octets.
fn fields_of(fields: &[Header<'_>], length: usize) -> Headers {
    let mut headers = Headers::with_capacity(fields.len(), length);
    for Header { name, value } in fields {
        headers.push(name, &value_of(value));
    }
    headers
}

fn value_of(octets: &[u8]) -> Cow<'_, str> {
    if memchr(b'\n', octets).is_none() {
        return std::str::from_utf8(octets).map_or_else(|_| String::from_utf8_lossy(octets), Cow::Borrowed); // nearly always it is
    }
    // A fold stands for a space (RFC 9112, 5.2).
    let lines = octets.split(|octet| *octet == b'\n').map(|line| String::from_utf8_lossy(line.trim_ascii()));
    lines.collect::<Vec<_>>().join(" ").into()
}

/// Whether the machine keeps the connection after the reply (RFC 9112, 9.3).
fn is_kept(is_1_1: bool, headers: &Headers) -> bool {
    let says = |word: &str| {
        headers.values("connection").flat_map(|value| value.split(',')).any(|said| said.trim_ascii().eq_ignore_ascii_case(word))
    };
    !says("close") && (is_1_1 || says("keep-alive"))
}

/// Whether these octets are the whole body and nothing else, beyond doubt (RFC 9112, 6.3): where heads contradict themselves, what comes
/// next might be taken for a reply that it is not.
fn is_body(octets: &[u8], status: u16, is_1_1: bool, headers: &Headers) -> bool {
    let (mut lengths, mut codings) = (headers.values("content-length").peekable(), headers.values("transfer-encoding"));
    match (status, codings.next(), lengths.peek()) {
        (101, ..) => false,
        (204 | 304, ..) => octets.is_empty(),
        (_, None, Some(_)) => lengths.all(|length| length == itoa::Buffer::new().format(octets.len())),
        (_, Some(coding), None) => {
            is_1_1 && coding.eq_ignore_ascii_case("chunked") && codings.next().is_none() && is_chunked(octets)
        }
        _ => false,
    }
}

/// Whether these octets are chunks to the last, without trailers, and nothing else (RFC 9112, 7.1).
fn is_chunked(mut octets: &[u8]) -> bool {
    while let Ok(Status::Complete((start, size))) = httparse::parse_chunk_size(octets) {
        let end = usize::try_from(size).ok().and_then(|size| start.checked_add(size));
        let Some(rest) = end.and_then(|end| octets.get(end..)) else { return false };
        match rest {
            b"\r\n" if size == 0 => return true,
            [b'\r', b'\n', rest @ ..] if size > 0 => octets = rest,
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
#[path = "http_head_tests.rs"]
mod tests;
