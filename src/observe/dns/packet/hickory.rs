//! The same packets read by hickory-proto: the twin that the reader is held against.

use hickory_proto::op::{Header, Message, MessageType, OpCode, Query as WireQuery, ResponseCode};
use hickory_proto::rr::{DNSClass, RecordType as WireType};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};

use super::{Packet, Response};
use crate::dns::DomainName;
use crate::observe::dns::careful::reading::{known_record, remarks_of};

/// What a packet is to a query for that name and type, by number.
pub(super) fn read(packet: &[u8], name: &DomainName, rtype: u16) -> Packet {
    let mut decoder = BinDecoder::new(packet);
    let Ok(Header { metadata, counts }) = Header::read(&mut decoder) else { return Packet::Stray };
    if metadata.message_type != MessageType::Response || metadata.op_code != OpCode::Query {
        return Packet::Stray;
    }
    let decides = matches!(metadata.response_code, ResponseCode::NoError | ResponseCode::NXDomain);
    match counts.queries {
        0 if !decides => {}
        1 => match WireQuery::read(&mut decoder) {
            Ok(question) if is_about(&question, name, rtype) => {}
            Ok(_) => return Packet::Stray,
            Err(_) => return Packet::Unreadable,
        },
        _ => return Packet::Unreadable,
    }
    if metadata.truncation {
        return Packet::Truncated;
    }
    let counts = [counts.answers, counts.authorities, counts.additionals];
    read_sections(&mut decoder, name, metadata.response_code, counts)
        .map_or(Packet::Unreadable, |response| Packet::Whole(Response { authoritative: metadata.authoritative, ..response }))
}

fn is_about(question: &WireQuery, name: &DomainName, rtype: u16) -> bool {
    u16::from(question.query_type()) == rtype
        && question.query_class() == DNSClass::IN
        && DomainName::from_wire(question.name().iter()) == *name
}

fn read_sections(decoder: &mut BinDecoder<'_>, name: &DomainName, rcode: ResponseCode, counts: [u16; 3]) -> Option<Response> {
    let [answers, authorities, additionals] = counts.map(usize::from);
    let (answers, ..) = Message::read_records(decoder, answers, false, OpCode::Query).ok()?;
    let (authorities, ..) = Message::read_records(decoder, authorities, false, OpCode::Query).ok()?;
    let edns = Message::read_records(decoder, additionals, true, OpCode::Query).map_or(None, |(_, edns, _)| edns);
    let high = edns.as_ref().map_or(0, |edns| u16::from(edns.rcode_high()));
    let has = |rtype| authorities.iter().any(|record| record.record_type() == rtype);
    Some(Response {
        rcode: (high << 4) | u16::from(rcode.low()),
        authoritative: false,
        about_others: answers.iter().any(|record| DomainName::from_wire(record.name.iter()) != *name),
        refers: has(WireType::NS) && !has(WireType::SOA),
        answers: answers.iter().filter_map(known_record).collect(),
        remarks: remarks_of(edns.as_ref()),
    })
}
