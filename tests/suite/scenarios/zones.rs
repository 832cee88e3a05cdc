//! What the name servers of the zones of a scenario say themselves.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use imctl::dns::{DomainName, RecordType};
use imctl::observe::{Authority, AuthorityReply, Failure, NameServer, Reply};

use super::world::{Said, read_said, reply_of};

/// The name servers of one zone, word for word: `NAME ADDRESS`, or `NAME` alone where there is no address.
pub(super) type Lines = BTreeMap<String, toml::Value>;

/// What the name servers of the nearest zone say about a name; of what a server does not list it says `otherwise`.
pub(super) fn authority(
    zones: &BTreeMap<DomainName, Lines>,
    (name, rtype): (&DomainName, RecordType),
    otherwise: &Said,
) -> Result<Option<Authority>, String> {
    let nearest = zones.iter().filter(|(apex, _)| name.is_within(apex)).max_by_key(|(apex, _)| apex.as_str().len());
    let Some((apex, lines)) = nearest else { return Ok(None) };
    let mut servers: BTreeMap<DomainName, NameServer> = BTreeMap::new();
    for (key, value) in lines {
        let mut words = key.split_whitespace();
        let server: DomainName = words.next().unwrap_or_default().parse().map_err(|error| format!("{key}: {error}"))?;
        let new = NameServer { name: server.clone(), replies: Vec::new(), unknown: None };
        let entry = servers.entry(server).or_insert(new);
        match (words.next(), value.as_str()) {
            (None, Some("NO ADDRESS")) => {}
            (None, Some("UNKNOWN")) => entry.unknown = Some("nobody says where it is".to_owned()),
            (Some(address), _) => {
                let address: IpAddr = address.parse().map_err(|_| format!("{key}: {address} is no address"))?;
                entry.replies.push(read(SocketAddr::new(address, 53), value, (name, rtype), otherwise)?);
            }
            (None, _) => return Err(format!("{key}: without an address it is NO ADDRESS or UNKNOWN")),
        }
    }
    Ok(Some(Authority { zone: apex.clone(), servers: servers.into_values().collect() }))
}

/// `{ serial = 7, "A im.example.com" = "10.1.0.10" }`, or the word for a failure.
fn read(
    server: SocketAddr,
    value: &toml::Value,
    (name, rtype): (&DomainName, RecordType),
    otherwise: &Said,
) -> Result<AuthorityReply, String> {
    let Some(table) = value.as_table() else {
        return Ok(AuthorityReply { serial: None, reply: reply_of(server, &read_said(name, rtype, value)?) });
    };
    let serial = table.get("serial").and_then(toml::Value::as_integer).ok_or("a name server has a serial")?;
    let serial = u32::try_from(serial).map_err(|error| error.to_string())?;
    let listed = table.get(&format!("{rtype} {name}")).map(|value| read_said(name, rtype, value)).transpose()?;
    let said = listed.unwrap_or_else(|| otherwise.clone());
    Ok(AuthorityReply { serial: Some(serial), reply: reply_of(server, &said) })
}

/// The same zone with no name server that answers.
pub(super) fn silent(mut authority: Authority) -> Authority {
    for said in authority.servers.iter_mut().flat_map(|server| &mut server.replies) {
        said.serial = None;
        said.reply.reply = Reply::Failed(Failure::Timeout);
    }
    authority
}
