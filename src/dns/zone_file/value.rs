//! Record types and their values in master files. Reads what imctl judges, and of all else only that it is there.

use super::ZoneData;
use super::scanner::{At, Token, Wrong, shown};
use super::text;
use crate::dns::{DomainName, RecordData};

/// Types of which only the existence counts (the IANA registry of DNS parameters, and Microsoft's WINS-R).
const OTHERS: &[&str] = &[
    "MD",
    "MF",
    "MB",
    "MG",
    "MR",
    "NULL",
    "WKS",
    "PTR",
    "HINFO",
    "MINFO",
    "MX",
    "TXT",
    "RP",
    "AFSDB",
    "X25",
    "ISDN",
    "RT",
    "NSAP",
    "NSAP-PTR",
    "PX",
    "GPOS",
    "LOC",
    "EID",
    "NIMLOC",
    "ATMA",
    "NAPTR",
    "KX",
    "CERT",
    "A6",
    "SINK",
    "APL",
    "DS",
    "SSHFP",
    "IPSECKEY",
    "DNSKEY",
    "DHCID",
    "NSEC3PARAM",
    "TLSA",
    "SMIMEA",
    "HIP",
    "NINFO",
    "RKEY",
    "TALINK",
    "CDS",
    "CDNSKEY",
    "OPENPGPKEY",
    "CSYNC",
    "ZONEMD",
    "SVCB",
    "HTTPS",
    "DSYNC",
    "SPF",
    "UINFO",
    "UID",
    "GID",
    "UNSPEC",
    "NID",
    "L32",
    "L64",
    "LP",
    "EUI48",
    "EUI64",
    "URI",
    "CAA",
    "AVC",
    "DOA",
    "AMTRELAY",
    "RESINFO",
    "WALLET",
    "CLA",
    "IPN",
    "TA",
    "DLV",
    "WINSR",
    "WINS-R",
    "NBSTATR",
];
/// Types that may stand beside an alias (RFC 2181 10.1, RFC 4034 2.3).
const BESIDE_ALIAS: &[&str] = &["RRSIG", "NSEC", "SIG", "KEY", "NXT"];

/// A type as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    A,
    Aaaa,
    Cname,
    Srv,
    Ns,
    Soa,
    Dname,
    Wins,
    /// Owned by a hash: no name of the zone (RFC 5155 7.1).
    Nsec3,
    Rrsig,
    BesideAlias,
    Other,
}

impl Type {
    /// Reads a mnemonic or `TYPE65280` (RFC 3597 5).
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?.to_ascii_uppercase();
        if let Some(number) = text.strip_prefix("TYPE").and_then(|digits| digits.parse::<u16>().ok()) {
            return Some(Self::of_number(number));
        }
        Some(match text.as_str() {
            "A" => Self::A,
            "AAAA" => Self::Aaaa,
            "CNAME" => Self::Cname,
            "SRV" => Self::Srv,
            "NS" => Self::Ns,
            "SOA" => Self::Soa,
            "DNAME" => Self::Dname,
            "WINS" => Self::Wins,
            "NSEC3" => Self::Nsec3,
            "RRSIG" => Self::Rrsig,
            other if BESIDE_ALIAS.contains(&other) => Self::BesideAlias,
            other if OTHERS.contains(&other) => Self::Other,
            _ => return None,
        })
    }

    fn of_number(number: u16) -> Self {
        match number {
            1 => Self::A,
            2 => Self::Ns,
            5 => Self::Cname,
            6 => Self::Soa,
            24 | 25 | 30 | 47 => Self::BesideAlias,
            28 => Self::Aaaa,
            33 => Self::Srv,
            39 => Self::Dname,
            46 => Self::Rrsig,
            50 => Self::Nsec3,
            0xff01 => Self::Wins,
            _ => Self::Other,
        }
    }
}

/// The value of a record whose type was written at `at`; `None` where the record makes no name exist.
pub(super) fn read(rtype: Type, at: At, tokens: &[Token<'_>], origin: Option<&DomainName>) -> Result<Option<ZoneData>, Wrong> {
    if rtype == Type::Nsec3 {
        return Ok(None);
    }
    if let Some((mark, rest)) = tokens.split_first()
        && *mark.text == *b"\\#"
        && !mark.quoted
    {
        return generic(rtype, rest).map(Some).map_err(|why| (mark.at, why));
    }
    let values = Values { at, tokens, origin };
    let data = match rtype {
        Type::A => RecordData::A(values.address("an IPv4 address, such as 10.1.0.10")?).into(),
        Type::Aaaa => RecordData::Aaaa(values.address("an IPv6 address, such as fd00::10")?).into(),
        Type::Cname => RecordData::Cname(values.only_name()?).into(),
        Type::Srv => values.service()?.into(),
        Type::Ns => values.only_name().map(|_| ZoneData::Ns)?,
        Type::Dname => values.only_name().map(|_| ZoneData::Dname)?,
        Type::Soa => values.authority()?,
        Type::Wins => ZoneData::Wins,
        Type::Rrsig if tokens.first().is_some_and(|covered| Type::read(&covered.text) == Some(Type::Nsec3)) => return Ok(None),
        Type::Nsec3 | Type::Rrsig | Type::BesideAlias => ZoneData::BesideAlias,
        Type::Other => ZoneData::Other,
    };
    Ok(Some(data))
}

impl From<RecordData> for ZoneData {
    fn from(data: RecordData) -> Self {
        Self::Record(data)
    }
}

/// The tokens of a value.
struct Values<'v, 't> {
    at: At,
    tokens: &'v [Token<'t>],
    origin: Option<&'v DomainName>,
}

impl Values<'_, '_> {
    fn get(&self, position: usize, what: &str) -> Result<&Token<'_>, Wrong> {
        self.tokens.get(position).ok_or_else(|| (self.at, format!("the record ends too soon: {what} is missing")))
    }

    fn nothing_after(&self, count: usize) -> Result<(), Wrong> {
        match self.tokens.get(count) {
            Some(more) => {
                Err((more.at, format!("{} is more than the record takes: delete it, or begin a comment with ;", shown(&more.text))))
            }
            None => Ok(()),
        }
    }

    fn name(&self, position: usize, what: &str) -> Result<DomainName, Wrong> {
        let token = self.get(position, what)?;
        text::name(&token.text, self.origin).map_err(|why| (token.at, why))
    }

    fn only_name(&self) -> Result<DomainName, Wrong> {
        self.nothing_after(1)?;
        self.name(0, "a name")
    }

    fn parse<T: std::str::FromStr>(&self, position: usize, what: &str) -> Result<T, Wrong> {
        let token = self.get(position, what)?;
        let value = std::str::from_utf8(&token.text).ok().and_then(|text| text.parse().ok());
        value.ok_or_else(|| (token.at, format!("{} is not {what}", shown(&token.text))))
    }

    fn address<T: std::str::FromStr>(&self, what: &str) -> Result<T, Wrong> {
        self.nothing_after(1)?;
        self.parse(0, what)
    }

    fn service(&self) -> Result<RecordData, Wrong> {
        self.nothing_after(4)?;
        Ok(RecordData::Srv {
            priority: self.parse(0, "a priority from 0 to 65535")?,
            weight: self.parse(1, "a weight from 0 to 65535")?,
            port: self.parse(2, "a port from 0 to 65535")?,
            target: self.name(3, "the name of the host")?,
        })
    }

    fn authority(&self) -> Result<ZoneData, Wrong> {
        self.nothing_after(7)?;
        self.name(0, "the primary server's name")?;
        self.name(1, "the mailbox of who is responsible")?;
        let _: u32 = self.parse(2, "a serial number")?;
        let mut minimum = 0;
        for (position, what) in
            [(3, "the time to refresh"), (4, "the time to retry"), (5, "the time to expire"), (6, "the minimum TTL")]
        {
            let token = self.get(position, what)?;
            let seconds =
                text::seconds(&token.text).unwrap_or_else(|| Err(format!("{} is no time for {what}", shown(&token.text))));
            minimum = seconds.map_err(|why| (token.at, why))?;
        }
        Ok(ZoneData::Soa { minimum_secs: minimum })
    }
}

/// A value in the form for unknown types (RFC 3597 5): its length, then hexadecimal digits.
fn generic(rtype: Type, tokens: &[Token<'_>]) -> Result<ZoneData, String> {
    let wrong = || "after \\# comes the length in octets, then that many octets as hexadecimal digits".to_owned();
    let (length, digits) = tokens.split_first().ok_or_else(wrong)?;
    let length: u16 = std::str::from_utf8(&length.text).ok().and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
    let digits: Vec<u8> = digits.iter().flat_map(|token| token.text.iter().copied()).collect();
    if digits.len() != 2 * usize::from(length) {
        return Err(wrong());
    }
    let octet = |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let octets: Vec<u8> = digits.chunks(2).map(octet).collect::<Option<_>>().ok_or_else(wrong)?;
    of_wire(rtype, &octets).ok_or_else(|| "these octets are no value of that type".to_owned())
}

fn of_wire(rtype: Type, octets: &[u8]) -> Option<ZoneData> {
    Some(match rtype {
        Type::A => RecordData::A(<[u8; 4]>::try_from(octets).ok()?.into()).into(),
        Type::Aaaa => RecordData::Aaaa(<[u8; 16]>::try_from(octets).ok()?.into()).into(),
        Type::Cname => RecordData::Cname(wire_name(octets)?).into(),
        Type::Srv => {
            let number = |at: usize| Some(u16::from_be_bytes([*octets.get(at)?, *octets.get(at + 1)?]));
            let (priority, weight, port) = (number(0)?, number(2)?, number(4)?);
            RecordData::Srv { priority, weight, port, target: wire_name(octets.get(6..)?)? }.into()
        }
        Type::Ns => wire_name(octets).map(|_| ZoneData::Ns)?,
        Type::Dname => wire_name(octets).map(|_| ZoneData::Dname)?,
        Type::Soa => {
            let minimum = octets.last_chunk::<4>().filter(|_| octets.len() >= 22)?;
            ZoneData::Soa { minimum_secs: u32::from_be_bytes(*minimum) }
        }
        Type::Wins => ZoneData::Wins,
        Type::Nsec3 | Type::Rrsig | Type::BesideAlias => ZoneData::BesideAlias,
        Type::Other => ZoneData::Other,
    })
}

/// A name without compression, and nothing after it.
fn wire_name(octets: &[u8]) -> Option<DomainName> {
    let mut labels = Vec::new();
    let mut rest = octets;
    loop {
        let (&length, tail) = rest.split_first()?;
        if length == 0 {
            return tail.is_empty().then(|| text::of_labels(&labels).ok())?;
        }
        let label = tail.get(..usize::from(length)).filter(|_| length < 64)?;
        labels.push(label.to_vec());
        rest = &tail[usize::from(length)..];
    }
}
