//! One DNS query as octets, and which packets answer it. Opens no socket; every packet is taken for hostile.

use hickory_proto::op::{Edns, Header, Message, MessageType, OpCode, Query as WireQuery, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RData, Record as WireRecord, RecordType as WireType};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};

use crate::dns::{DomainName, Record, RecordData, RecordType};

/// The most octets of a UDP answer that are asked for: what passes any path unfragmented (DNS flag day 2020).
pub(super) const UDP_PAYLOAD: u16 = 1232;

/// A query with an id of its own.
#[derive(Debug)]
pub(super) struct Query {
    id: u16,
    name: DomainName,
    rtype: WireType,
    octets: Vec<u8>,
}

/// What a packet is to a query.
#[derive(Debug)]
pub(super) enum Packet {
    /// Nothing: another id, another question, no response at all. The wait goes on as if it had not come.
    Stray,
    /// It has the id, and cannot be read. A forger may have sent it, so the wait goes on; but the server may be no better.
    Unreadable,
    /// The answer is cut off; TCP has all of it.
    Truncated,
    /// The answer.
    Whole(Response),
}

/// An answer, reduced to what imctl reads.
#[derive(Debug, Default)]
pub(super) struct Response {
    /// RCODE, extended ones included (RFC 6895).
    pub(super) rcode: u16,
    /// AA.
    pub(super) authoritative: bool,
    /// Records of the answer section, of class IN and the types that imctl knows.
    pub(super) answers: Vec<Record>,
    /// Whether the answer section holds anything that is not about the name asked for.
    pub(super) about_others: bool,
    /// Whether the authority section has an NS and no SOA: without authority, a referral and no negative answer (RFC 2308 2.1).
    pub(super) refers: bool,
}

impl Query {
    /// Encodes a query for `name`; `None` where the name does not fit into a message.
    pub(super) fn new(name: &DomainName, rtype: RecordType, edns: bool) -> Option<Self> {
        let wire_type = match rtype {
            RecordType::A => WireType::A,
            RecordType::Aaaa => WireType::AAAA,
            RecordType::Cname => WireType::CNAME,
            RecordType::Srv => WireType::SRV,
        };
        let mut message = Message::query(); // the id is random: a forger has to guess it
        message.metadata.recursion_desired = true;
        message.add_query(WireQuery::query(Name::from_labels(name.wire_labels()).ok()?, wire_type));
        if edns {
            let mut options = Edns::new();
            options.set_max_payload(UDP_PAYLOAD);
            message.set_edns(options);
        }
        Some(Self { id: message.metadata.id, name: name.clone(), rtype: wire_type, octets: message.to_vec().ok()? })
    }

    /// The octets to send.
    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// What `packet` is to this query.
    pub(super) fn read(&self, packet: &[u8]) -> Packet {
        let mut decoder = BinDecoder::new(packet);
        let Ok(Header { metadata, counts }) = Header::read(&mut decoder) else { return Packet::Stray };
        if metadata.id != self.id || metadata.message_type != MessageType::Response || metadata.op_code != OpCode::Query {
            return Packet::Stray;
        }
        let decides = matches!(metadata.response_code, ResponseCode::NoError | ResponseCode::NXDomain);
        match counts.queries {
            // A server that could not read the query may leave it out; what decides something has to repeat it.
            0 if !decides => {}
            1 => match WireQuery::read(&mut decoder) {
                Ok(question) if self.is_about(&question) => {}
                Ok(_) => return Packet::Stray,
                Err(_) => return Packet::Unreadable,
            },
            _ => return Packet::Unreadable,
        }
        if metadata.truncation {
            return Packet::Truncated; // whatever follows may be cut in the middle of a record
        }
        self.read_sections(&mut decoder, metadata.response_code, [counts.answers, counts.authorities, counts.additionals])
            .map_or(Packet::Unreadable, |response| Packet::Whole(Response { authoritative: metadata.authoritative, ..response }))
    }

    fn is_about(&self, question: &WireQuery) -> bool {
        question.query_type() == self.rtype
            && question.query_class() == DNSClass::IN
            && DomainName::from_wire(question.name().iter()) == self.name
    }

    fn read_sections(&self, decoder: &mut BinDecoder<'_>, rcode: ResponseCode, counts: [u16; 3]) -> Option<Response> {
        let [answers, authorities, additionals] = counts.map(usize::from);
        let (answers, ..) = Message::read_records(decoder, answers, false, OpCode::Query).ok()?;
        let (authorities, ..) = Message::read_records(decoder, authorities, false, OpCode::Query).ok()?;
        // Of the additional section only the upper bits of the RCODE matter; what is wrong there spoils no answer.
        let edns = Message::read_records(decoder, additionals, true, OpCode::Query).map_or(None, |(_, edns, _)| edns);
        let high = edns.map_or(0, |edns| u16::from(edns.rcode_high()));
        let has = |rtype| authorities.iter().any(|record| record.record_type() == rtype);
        Some(Response {
            rcode: (high << 4) | u16::from(rcode.low()),
            authoritative: false,
            about_others: answers.iter().any(|record| DomainName::from_wire(record.name.iter()) != self.name),
            refers: has(WireType::NS) && !has(WireType::SOA),
            answers: answers.iter().filter_map(known_record).collect(),
        })
    }
}

fn known_record(wire: &WireRecord) -> Option<Record> {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn query() -> Query {
        Query::new(&"im.example.com".parse().expect("a good name"), RecordType::A, true).expect("it fits")
    }

    fn reply_to(query: &Query) -> Message {
        let mut message = Message::from_vec(query.octets()).expect("our own query");
        message.metadata.message_type = MessageType::Response;
        message
    }

    #[test]
    fn the_answer_to_the_question_is_read_whatever_its_case() {
        let query = query();
        let mut reply = reply_to(&query);
        reply.queries[0].set_name(Name::from_ascii("IM.Example.COM.").expect("good"));
        assert!(matches!(query.read(&reply.to_vec().expect("fits")), Packet::Whole(_)));
    }

    #[test]
    fn what_does_not_answer_the_question_is_stray() {
        let query = query();
        let mut other_id = reply_to(&query);
        other_id.metadata.id ^= 1;
        let mut other_name = reply_to(&query);
        other_name.queries[0].set_name(Name::from_ascii("im.example.net.").expect("good"));
        let mut other_type = reply_to(&query);
        other_type.queries[0].set_query_type(WireType::AAAA);
        let mut unasked = reply_to(&query);
        unasked.queries.clear();
        let mut update = reply_to(&query);
        update.metadata.op_code = OpCode::Update;
        for message in [other_id, other_name, other_type, update] {
            assert!(matches!(query.read(&message.to_vec().expect("fits")), Packet::Stray));
        }
        assert!(matches!(query.read(query.octets()), Packet::Stray));
        assert!(!matches!(query.read(&unasked.to_vec().expect("fits")), Packet::Whole(_)));
    }

    #[test]
    fn an_answer_that_is_cut_off_is_truncated_even_in_the_middle_of_a_record() {
        let query = query();
        let mut reply = reply_to(&query);
        reply.metadata.truncation = true;
        let address = RData::A("10.1.0.10".parse().expect("an address"));
        reply.add_answer(WireRecord::from_rdata(reply.queries[0].name().clone(), 60, address));
        let mut octets = reply.to_vec().expect("fits");
        octets.truncate(octets.len() - 14);
        assert!(matches!(query.read(&octets), Packet::Truncated));
    }

    proptest! {
        #[test]
        fn no_packet_breaks_the_reader(tail in proptest::collection::vec(any::<u8>(), 0..600), header in any::<bool>()) {
            let query = query();
            let mut packet = tail;
            if header {
                let mut reply = reply_to(&query).to_vec().expect("fits");
                reply.truncate(2);
                packet.splice(..2.min(packet.len()), reply);
            }
            let _ = query.read(&packet);
        }

        #[test]
        fn a_flipped_octet_never_breaks_the_reader(position in 0usize..80, octet in any::<u8>()) {
            let query = query();
            let mut reply = reply_to(&query);
            let owner = reply.queries[0].name().clone();
            reply.add_answer(WireRecord::from_rdata(owner, 60, RData::A("10.1.0.10".parse().expect("an address"))));
            let mut octets = reply.to_vec().expect("fits");
            let position = position % octets.len();
            octets[position] = octet;
            let _ = query.read(&octets);
        }
    }
}
