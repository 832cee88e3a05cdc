//! A request as it is written on the wire. Sends nothing.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::Probe;
use super::http_failure::Trouble;
use crate::profile::http::HttpRequest;

const OURSELVES: &str = concat!("imctl/", env!("CARGO_PKG_VERSION"), " (diagnostic)");
/// More octets than most heads of requests have.
const USUAL: usize = 512;
/// What cannot stand in a path as it is.
const NOT_IN_PATHS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Writes a request; an error says why it cannot be sent.
pub(super) fn request(probe: &Probe, is_last: bool) -> Result<String, Trouble> {
    let HttpRequest { method, path, headers, body } = probe.request();
    let mut request = String::with_capacity(USUAL + body.len());
    request.extend([method, if path.starts_with('/') { " " } else { " /" }]);
    request.extend(utf8_percent_encode(path, NOT_IN_PATHS));
    request.push_str(" HTTP/1.1\r\n");
    add(&mut request, "Host", &probe.host)?;
    for (name, value) in &headers {
        add(&mut request, name, value)?;
    }
    add(&mut request, "Content-Length", itoa::Buffer::new().format(body.len()))?;
    add(&mut request, "User-Agent", OURSELVES)?;
    if is_last {
        add(&mut request, "Connection", "close")?;
    }
    request.extend(["\r\n", body]);
    Ok(request)
}

/// Adds a header field; the error says that its value cannot stand in a header.
fn add(request: &mut String, name: &str, value: &str) -> Result<(), Trouble> {
    // Nearly all can, and whether it can takes no look at single octets.
    if !value.bytes().fold(true, |all, octet| all & matches!(octet, b'\t' | b' '..=b'~')) {
        return Err(Trouble::Ours(format!("{value:?} cannot stand in the header {name}")));
    }
    request.extend([name, ": ", value, "\r\n"]);
    Ok(())
}
