//! What the scripted DNS server puts on the wire and reads from it. Opens no socket.

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::opt::{EdnsCode, EdnsOption};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, NS, SOA, SRV};
use hickory_proto::rr::{DNSClass, Name, RData, Record as WireRecord, RecordType as WireType};

use super::dns::{Apex, Authority, Script};
use crate::dns::{DomainName, Record, RecordData, RecordType};

/// Option NSID (RFC 5001).
const NSID: u16 = 3;

/// A query as it came, and what of it is understood.
#[derive(Clone, Debug)]
pub(super) struct Incoming {
    pub(super) id: u16,
    pub(super) question: Query,
    /// The most octets of a UDP answer, by EDNS; `None` where the query has no EDNS.
    pub(super) edns: Option<u16>,
    pub(super) name: DomainName,
    /// RD.
    pub(super) recursion: bool,
    /// Whether it asks which machine this is.
    pub(super) nsid: bool,
    /// `None` for a type that imctl has no word for.
    pub(super) rtype: Option<RecordType>,
}

/// Reads a query; `None` for anything else.
pub(super) fn read_query(packet: &[u8]) -> Option<Incoming> {
    let message = Message::from_vec(packet).ok()?;
    if message.metadata.message_type != MessageType::Query || message.metadata.op_code != OpCode::Query {
        return None;
    }
    let question = message.queries.first()?.clone();
    let rtype = match question.query_type() {
        WireType::A => Some(RecordType::A),
        WireType::AAAA => Some(RecordType::Aaaa),
        WireType::CNAME => Some(RecordType::Cname),
        WireType::SRV => Some(RecordType::Srv),
        _ => None,
    };
    let name = DomainName::from_wire(question.name().iter());
    let edns = message.edns.as_ref();
    let nsid = edns.is_some_and(|edns| edns.option(EdnsCode::NSID).is_some());
    let (id, recursion) = (message.metadata.id, message.metadata.recursion_desired);
    Some(Incoming { id, edns: edns.map(Edns::max_payload), name, recursion, nsid, rtype, question })
}

/// What to say instead of the truth, to see whether the other side notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Twist {
    Nothing,
    Id,
    Question,
    Query,
    Opcode,
}

/// The answer that a script makes of a query; `None` where it cannot be encoded.
pub(super) fn answer(incoming: &Incoming, script: &Script, twist: Twist) -> Option<Vec<u8>> {
    let id = if twist == Twist::Id { incoming.id ^ 0x5555 } else { incoming.id };
    let mut message = Message::response(id, if twist == Twist::Opcode { OpCode::Notify } else { OpCode::Query });
    if twist == Twist::Query {
        message.metadata.message_type = MessageType::Query;
    }
    message.metadata.recursion_desired = true;
    message.metadata.authoritative = script.authoritative;
    message.metadata.truncation = script.truncated;
    message.metadata.response_code = ResponseCode::from(script.rcode >> 4, script.rcode & 0x0f);
    let mut question = incoming.question.clone();
    if twist == Twist::Question {
        question.set_name(Name::from_ascii("something.else.example").ok()?);
    }
    message.add_query(question);
    add_apex(&mut message, incoming, script.apex.as_ref())?;
    for record in &script.records {
        message.add_answer(wire_record(record)?);
    }
    add_authority(&mut message, incoming, script.authority)?;
    if incoming.edns.is_some() {
        let mut edns = Edns::new();
        edns.set_max_payload(1232);
        for (code, value) in script.options.iter().filter(|(code, _)| *code != NSID || incoming.nsid) {
            edns.options_mut().insert(EdnsOption::Unknown(*code, value.clone()));
        }
        message.set_edns(edns);
    }
    message.to_vec().ok()
}

fn add_apex(message: &mut Message, incoming: &Incoming, apex: Option<&Apex>) -> Option<()> {
    let Some(apex) = apex else { return Some(()) };
    let data: Vec<RData> = match incoming.question.query_type() {
        WireType::SOA => vec![RData::SOA(soa(apex.serial)?)],
        WireType::NS => apex.servers.iter().map(|server| Some(RData::NS(NS(wire_name(server)?)))).collect::<Option<_>>()?,
        _ => Vec::new(),
    };
    let owner = incoming.question.name();
    message.add_answers(data.into_iter().map(|data| WireRecord::from_rdata(owner.clone(), 300, data)));
    Some(())
}

fn soa(serial: u32) -> Option<SOA> {
    let name = |text| Name::from_ascii(text).ok();
    Some(SOA::new(name("ns1.example.")?, name("hostmaster.example.")?, serial, 3600, 600, 86_400, 300))
}

/// The zone's SOA for "no such data", name servers for a referral.
fn add_authority(message: &mut Message, incoming: &Incoming, authority: Authority) -> Option<()> {
    let owner = incoming.question.name().base_name();
    let server = Name::from_ascii("ns1.example.").ok()?;
    let data = match authority {
        Authority::None => return Some(()),
        Authority::Soa => RData::SOA(soa(1)?),
        Authority::Referral => RData::NS(NS(server)),
    };
    message.add_authority(WireRecord::from_rdata(owner, 300, data));
    Some(())
}

fn wire_record(record: &Record) -> Option<WireRecord> {
    let data = match &record.data {
        RecordData::A(v4) => RData::A(A(*v4)),
        RecordData::Aaaa(v6) => RData::AAAA(AAAA(*v6)),
        RecordData::Cname(target) => RData::CNAME(CNAME(wire_name(target)?)),
        RecordData::Srv { priority, weight, port, target } => RData::SRV(SRV::new(*priority, *weight, *port, wire_name(target)?)),
    };
    let mut wire = WireRecord::from_rdata(wire_name(&record.owner)?, record.ttl_secs, data);
    wire.dns_class = DNSClass::IN;
    Some(wire)
}

fn wire_name(name: &DomainName) -> Option<Name> {
    Name::from_labels(name.wire_labels()).ok()
}
