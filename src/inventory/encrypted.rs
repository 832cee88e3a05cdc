//! `tls://…` and `https://…`: encrypted DNS servers, each from one string. Looks up no name.

use std::net::IpAddr;

use super::values::{Wrong, address, host, port};
use crate::dns::{EncryptedProtocol, EncryptedServer};

/// `tls://ADDRESS`, `tls://NAME@ADDRESS`, `https://NAME@ADDRESS/PATH`; a port may follow the address. A name without an
/// address is looked up once by the machine that runs imctl.
pub(super) fn server(text: &str) -> Option<Result<EncryptedServer, Wrong>> {
    if let Some(rest) = text.strip_prefix("tls://") {
        return Some(parse(text, rest, EncryptedProtocol::Tls));
    }
    let rest = text.strip_prefix("https://")?;
    let (authority, path) = rest.find(['/', '?', '#']).map_or((rest, ""), |at| rest.split_at(at));
    Some(self::path(text, path).and_then(|path| parse(text, authority, EncryptedProtocol::Https { path })))
}

fn parse(text: &str, authority: &str, protocol: EncryptedProtocol) -> Result<EncryptedServer, Wrong> {
    let scheme = protocol.scheme();
    let path = if let EncryptedProtocol::Https { path } = &protocol { path.as_str() } else { "" };
    if let Some((before, name)) = authority.split_once('#') {
        return Err(Wrong::new(format!("\"{text}\" is no DNS server"), "the name stands before the address")
            .help(format!("write \"{scheme}://{name}@{before}\"")));
    }
    let (name, place) = match authority.rsplit_once('@') {
        Some((name, place)) => (Some(host(name).map_err(|wrong| wrong.help(meant(scheme)))?), place),
        None => (None, authority),
    };
    let (bare, port) = split_port(place);
    let port = port.map(self::port).transpose()?.unwrap_or(protocol.default_port());
    let literal = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(bare);
    if literal.parse::<IpAddr>().is_ok() {
        let address = Some(address(literal)?);
        return Ok(EncryptedServer { protocol, name, address, port });
    }
    if name.is_some() {
        return Err(Wrong::new(format!("\"{text}\" is no DNS server"), format!("\"{bare}\" is no address"))
            .help(format!("behind the @ stands an address, such as {scheme}://dns.example@9.9.9.9{path}")));
    }
    let name = host(bare)
        .map_err(|wrong| Wrong::new(format!("\"{text}\" is no DNS server: {}", wrong.label), wrong.label).help(meant(scheme)))?;
    Ok(EncryptedServer { protocol, name: Some(name), address: None, port })
}

fn meant(scheme: &str) -> String {
    let path = if scheme == "https" { "/dns-query" } else { "" };
    format!("write {scheme}://ADDRESS{path}, or {scheme}://NAME@ADDRESS{path} where the certificate has a name")
}

/// The place and its port. More than one colon without brackets is an IPv6 address.
fn split_port(place: &str) -> (&str, Option<&str>) {
    match place.rsplit_once(':') {
        Some((before, port)) if before.ends_with(']') || !before.contains(':') => (before, Some(port)),
        _ => (place, None),
    }
}

fn path(text: &str, path: &str) -> Result<String, Wrong> {
    let wrong = |label: &str| {
        Wrong::new(format!("\"{text}\" is no DNS server: {label}"), label)
            .help("write the path too, such as https://9.9.9.9/dns-query")
    };
    match path {
        "" | "/" => Err(wrong("it has no path")),
        _ if !path.starts_with('/') => Err(wrong("it has no path")),
        _ if path.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#' || !c.is_ascii()) => {
            Err(wrong("a path holds neither white space nor a fragment"))
        }
        _ => Ok(path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        let parsed = server(text).expect("a scheme that is known");
        parsed.map(|server| server.to_string()).map_err(|wrong| format!("{}; {}", wrong.message, wrong.help.unwrap_or_default()))
    }

    #[test]
    fn what_is_written_is_printed_again() {
        for text in [
            "tls://9.9.9.9",
            "tls://9.9.9.9:8853",
            "tls://dns.example@9.9.9.9",
            "tls://dns.example@[2620:fe::fe]:8853",
            "tls://[2620:fe::fe]",
            "tls://dns.example",
            "tls://dns.example:8853",
            "https://dns.example/dns-query",
            "https://dns.example:8443/dns-query",
            "https://dns.example@9.9.9.9/dns-query",
            "https://127.0.0.1:8443/dns-query?x=1",
        ] {
            assert_eq!(read(text), Ok(text.to_owned()));
        }
        assert_eq!(read("tls://9.9.9.9:853"), Ok("tls://9.9.9.9".to_owned()));
        assert_eq!(read("tls://2620:fe::fe"), Ok("tls://[2620:fe::fe]".to_owned()));
    }

    #[test]
    fn what_is_wrong_says_what_to_write() {
        for (text, what) in [
            ("tls://9.9.9.9:853#dns.example", "write \"tls://dns.example@9.9.9.9:853\""),
            ("tls://dns.example@other.example", "behind the @ stands an address"),
            ("tls://", "write tls://ADDRESS"),
            ("tls://9.9.9.9:0", "a port is"),
            ("https://dns.example", "write the path too"),
            ("https://user:pass@9.9.9.9/dns-query", "write https://ADDRESS/dns-query"),
            ("https://dns.example/a b", "white space"),
        ] {
            let error = read(text).expect_err(text);
            let port = text.ends_with(":0");
            assert!(error.contains(what) || (port && error.contains("out of range")), "{text}: {error}");
        }
    }
}
