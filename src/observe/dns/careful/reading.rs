//! From a message to what imctl reads of it. Judges nothing.

use std::collections::BTreeSet;

use hickory_proto::op::{Edns, Message};
use hickory_proto::rr::rdata::opt::{EdnsCode, EdnsOption};
use hickory_proto::rr::{DNSClass, RData, Record as WireRecord, RecordType as WireType};

use super::super::packet::Response;
use super::super::reply::reply_of;
use super::sent::{self, Form, Manner, Sent, Verdict};
use crate::dns::{DomainName, Record, RecordData, RecordType};
use crate::observe::{Remarks, Reply};

/// A packet read as the answer to a question for `name` that was sent under the packet's own id; `None` where it is none.
pub(in crate::observe::dns) fn reply_to(name: &DomainName, rtype: RecordType, packet: &[u8]) -> Option<Reply> {
    let manner = Manner { recursion: true, nsid: false };
    let sent = Sent::new(&sent::question(name, rtype)?, Form::Edns, manner, None)?;
    let answer = [&sent.id().to_be_bytes(), packet.get(2..)?].concat();
    match sent.read(&answer) {
        Verdict::Whole(message) => Some(reply_of(name, rtype, response_of(&message, name))),
        _ => None,
    }
}

/// The message, reduced.
pub(super) fn response_of(message: &Message, name: &DomainName) -> Response {
    let has = |rtype| message.authorities.iter().any(|record| record.record_type() == rtype);
    let high = message.edns.as_ref().map_or(0, |edns| u16::from(edns.rcode_high()));
    Response {
        rcode: (high << 4) | u16::from(message.metadata.response_code.low()),
        authoritative: message.metadata.authoritative,
        about_others: message.answers.iter().any(|record| DomainName::from_wire(record.name.iter()) != *name),
        refers: has(WireType::NS) && !has(WireType::SOA),
        answers: message.answers.iter().filter_map(known_record).collect(),
        remarks: remarks_of(message.edns.as_ref()),
    }
}

/// What the server adds by EDNS.
pub(in crate::observe::dns) fn remarks_of(edns: Option<&Edns>) -> Option<Box<Remarks>> {
    let options: &[(EdnsCode, EdnsOption)] = edns?.options().as_ref();
    let octets = |option| Vec::try_from(option).unwrap_or_default();
    let read: Vec<(u16, Vec<u8>)> = options.iter().map(|(code, option)| (u16::from(*code), octets(option))).collect();
    Remarks::of(read.iter().map(|(code, value)| (*code, value.as_slice())))
}

/// The name servers of the zone that begins at a name, sorted: from the zone itself, or from its parent's referral. Empty where none begins.
pub(super) fn name_servers(message: &Message, owner: &DomainName) -> Vec<DomainName> {
    let servers = at(message.answers.iter().chain(&message.authorities), owner).filter_map(|data| match data {
        RData::NS(server) => Some(DomainName::from_wire(server.0.iter())),
        _ => None,
    });
    servers.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The serial number of a zone, from its SOA record (RFC 1035 3.3.13).
pub(super) fn serial(message: &Message, apex: &DomainName) -> Option<u32> {
    at(message.answers.iter(), apex).find_map(|data| match data {
        RData::SOA(soa) => Some(soa.serial),
        _ => None,
    })
}

fn at<'m>(records: impl Iterator<Item = &'m WireRecord>, owner: &DomainName) -> impl Iterator<Item = &'m RData> {
    let is_there = |record: &&WireRecord| record.dns_class == DNSClass::IN && DomainName::from_wire(record.name.iter()) == *owner;
    records.filter(is_there).map(|record| &record.data)
}

/// A record of a type that imctl reads.
pub(in crate::observe::dns) fn known_record(wire: &WireRecord) -> Option<Record> {
    if wire.dns_class != DNSClass::IN {
        return None;
    }
    let data = match &wire.data {
        RData::A(v4) => RecordData::A(v4.0),
        RData::AAAA(v6) => RecordData::Aaaa(v6.0),
        RData::CNAME(target) => RecordData::Cname(DomainName::from_wire(target.0.iter())),
        RData::SRV(srv) => RecordData::Srv {
            priority: srv.priority,
            weight: srv.weight,
            port: srv.port,
            target: DomainName::from_wire(srv.target.iter()),
        },
        _ => return None,
    };
    Some(Record { owner: DomainName::from_wire(wire.name.iter()), ttl_secs: wire.ttl, data })
}
