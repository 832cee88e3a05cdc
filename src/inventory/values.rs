//! The values of imctl.toml, each from one string. Knows neither tables nor places.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use jiff::civil::Date;

use super::{AddressRange, Server, encrypted};
use crate::dns::{DomainName, NameError, TsigAlgorithm};

/// Why a string is not what it should be.
#[derive(Debug)]
pub(super) struct Wrong {
    /// The whole clause, with the string.
    pub(super) message: String,
    /// The reason alone, to stand under the string.
    pub(super) label: String,
    /// What to write instead.
    pub(super) help: Option<String>,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { message: message.into(), label: label.into(), help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The name of a host, an IM domain or an e-mail domain.
pub(super) fn host(text: &str) -> Result<DomainName, Wrong> {
    let name = match DomainName::parse_host(text) {
        Ok(name) if name.is_root() => Err(NameError::Empty),
        parsed => parsed,
    };
    name.map_err(|reason| {
        let wrong = Wrong::new(format!("\"{text}\" is no domain name: {reason}"), reason.to_string());
        match text.rsplit_once('@') {
            Some((_, domain)) => wrong.help(format!("a domain is meant, not an e-mail address: write \"{domain}\"")),
            None => wrong,
        }
    })
}

/// The name of a TSIG key, which may have a single label and underscores.
pub(super) fn key_name(text: &str) -> Result<DomainName, Wrong> {
    let name = text.parse::<DomainName>();
    name.map_err(|reason| Wrong::new(format!("\"{text}\" is no name of a key: {reason}"), reason.to_string()))
}

/// The algorithm of a TSIG key.
pub(super) fn tsig_algorithm(text: &str) -> Result<TsigAlgorithm, Wrong> {
    TsigAlgorithm::parse(text).map_err(|error| {
        let known = TsigAlgorithm::ALL.map(TsigAlgorithm::as_str).join(", ");
        Wrong::new(error.to_string(), "no algorithm that imctl signs with").help(format!("it can be {known}"))
    })
}

/// What stands before an e-mail domain; comes out in lower case.
pub(super) fn prefix(text: &str) -> Result<String, Wrong> {
    if !text.ends_with('.') {
        return Err(Wrong::new(format!("the prefix \"{text}\" does not end in a dot"), "a dot is missing at its end")
            .help(format!("write \"{text}.\"")));
    }
    DomainName::parse_host(&format!("{text}example"))
        .map_err(|reason| Wrong::new(format!("the prefix \"{text}\" makes no domain name: {reason}"), reason.to_string()))?;
    match text.parse::<DomainName>() {
        Ok(name) => Ok(format!("{name}.")),
        Err(reason) => Err(Wrong::new(format!("the prefix \"{text}\" makes no domain name: {reason}"), reason.to_string())),
    }
}

/// One address.
pub(super) fn address(text: &str) -> Result<IpAddr, Wrong> {
    let address: IpAddr = text.parse().map_err(|_| not_an_address(text, "an address such as 10.1.0.10 or fd00::10"))?;
    canonical(text, address)
}

/// An address, a CIDR range, or an address with a port.
pub(super) fn range(text: &str) -> Result<AddressRange, Wrong> {
    if text.contains('/') {
        return Ok(AddressRange { net: net(text)?, port: None });
    }
    let (address, port) = address_and_port(text, "an address such as 10.1.0.10, a range such as 10.1.0.0/24, or 10.1.0.10:8080")?;
    Ok(AddressRange { net: address.into(), port })
}

fn net(text: &str) -> Result<IpNet, Wrong> {
    let net: IpNet = text.parse().map_err(|_| not_an_address(text, "a range such as 10.1.0.0/24 or fd00::/64"))?;
    canonical(text, net.addr())?;
    if net.trunc() != net {
        let label = format!("bits are set beyond /{}", net.prefix_len());
        return Err(Wrong::new(format!("\"{text}\" is no range: {label}"), label).help(format!(
            "write \"{}\" for the range, or \"{}\" for the address",
            net.trunc(),
            net.addr()
        )));
    }
    Ok(net)
}

/// An address with a port, both needed.
pub(super) fn socket(text: &str) -> Result<SocketAddr, Wrong> {
    let meant = "an address with a port, such as 10.1.0.10:80 or [fd00::10]:80";
    match address_and_port(text, meant)? {
        (address, Some(port)) => Ok(SocketAddr::new(address, port)),
        (_, None) => Err(Wrong::new(format!("\"{text}\" names no port"), "a port is missing").help(format!("write {meant}"))),
    }
}

/// A DNS server.
pub(super) fn server(text: &str) -> Result<Server, Wrong> {
    if text == "system" {
        return Ok(Server::System);
    }
    if let Some(encrypted) = encrypted::server(text) {
        return encrypted.map(Server::Encrypted);
    }
    let meant = "an address with or without a port, \"system\", \"tls://9.9.9.9\" or \"https://dns.example@9.9.9.9/dns-query\"";
    let (address, port) = address_and_port(text, meant)?;
    Ok(Server::Plain(SocketAddr::new(address, port.unwrap_or(53))))
}

/// `address`, `address:port`, `[v6]`, `[v6]:port`.
fn address_and_port(text: &str, meant: &str) -> Result<(IpAddr, Option<u16>), Wrong> {
    if let Ok(plain) = text.parse::<IpAddr>() {
        return Ok((canonical(text, plain)?, None));
    }
    let (bare, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, "")) => (inside, None),
        Some((inside, rest)) => (inside, Some(rest.strip_prefix(':').ok_or_else(|| not_an_address(text, meant))?)),
        None => text.rsplit_once(':').map_or((text, None), |(before, port)| (before, Some(port))),
    };
    let Ok(parsed) = bare.parse::<IpAddr>() else { return Err(not_an_address(text, meant)) };
    if parsed.is_ipv6() != text.starts_with('[') || (port.is_none() && !text.ends_with(']')) {
        return Err(not_an_address(text, meant));
    }
    Ok((canonical(text, parsed)?, port.map(self::port).transpose()?))
}

/// A port.
pub(super) fn port(text: &str) -> Result<u16, Wrong> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse::<u16>() {
        Ok(port) if digits && port > 0 => Ok(port),
        _ if digits => Err(Wrong::new(format!("port {text} is out of range"), "a port is a number from 1 to 65535")),
        _ => Err(Wrong::new(format!("\"{text}\" is no port"), "a port is a number from 1 to 65535")),
    }
}

fn not_an_address(text: &str, meant: &str) -> Wrong {
    let wrong = match text.parse::<DomainName>() {
        _ if text.is_empty() => Wrong::new("the address is empty", "nothing is written here"),
        Ok(name) if name.labels().last().is_some_and(|top| top.bytes().any(|b| b.is_ascii_alphabetic())) => {
            Wrong::new(format!("\"{text}\" is a name where an address is needed"), "this is a name")
        }
        _ if text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'/')) => {
            Wrong::new(format!("\"{text}\" is no address"), "four numbers from 0 to 255 are meant, and a prefix up to /32")
        }
        _ => Wrong::new(format!("\"{text}\" is no address"), "this is no address"),
    };
    wrong.help(format!("write {meant}"))
}

/// Answers in DNS hold `10.0.0.1`, never `::ffff:10.0.0.1`: the latter would match nothing.
fn canonical(text: &str, address: IpAddr) -> Result<IpAddr, Wrong> {
    let plain = address.to_canonical();
    if plain == address {
        return Ok(address);
    }
    let label = "an IPv4 address written as IPv6";
    Err(Wrong::new(format!("\"{text}\" is {label}"), label).help(format!("write \"{plain}\"")))
}

/// A day as text, `2026-12-31`.
pub(super) fn day(text: &str) -> Result<Date, Wrong> {
    let shape = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    match Date::strptime("%Y-%m-%d", text) {
        Ok(date) if shape => Ok(date),
        _ => Err(Wrong::new(format!("\"{text}\" is no date"), "this is no day of the calendar").help("write it as 2026-12-31")),
    }
}

/// A pattern over IM domains, in the form in which names are compared: lower case, A-labels, no final dot.
pub(super) fn glob(text: &str) -> Result<String, Wrong> {
    let wrong = |label: String| {
        Wrong::new(format!("\"{text}\" is no pattern for domains: {label}"), label)
            .help("write a domain name in which * stands for any text and ? for any character")
    };
    let bare = text.strip_suffix('.').unwrap_or(text);
    if bare.is_empty() {
        return Err(wrong("it is empty".to_owned()));
    }
    if !bare.contains(['*', '?']) {
        return host(bare).map(|name| name.to_string()).map_err(|reason| wrong(reason.label));
    }
    let label = |label: &str| {
        if !label.contains(['*', '?']) {
            return label.parse::<DomainName>().map(|name| name.to_string()).map_err(|reason| wrong(reason.to_string()));
        }
        let lower = label.to_ascii_lowercase();
        match lower.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-' | '*' | '?')) {
            Some(bad) => Err(wrong(format!("it contains {bad:?} beside a * or ?"))),
            None => Ok(lower),
        }
    };
    Ok(bare.split('.').map(label).collect::<Result<Vec<_>, _>>()?.join("."))
}
