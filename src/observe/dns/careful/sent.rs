//! One question as it goes out, signed if there is a key, and which packets answer it. Takes every packet for hostile.

use hickory_proto::op::{Edns, Header, Message, MessageType, OpCode, Query as WireQuery, ResponseCode};
use hickory_proto::rr::rdata::opt::{EdnsOption, NSIDPayload};
use hickory_proto::rr::{Name, RecordType as WireType};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};

use super::tsig::{Proof, Signer};
use crate::dns::{DomainName, RecordType};
use crate::observe::Failure;

/// The most octets of a UDP answer that are asked for: what passes any path unfragmented (DNS flag day 2020).
const UDP_PAYLOAD: u16 = 1232;

/// A question on its way.
#[derive(Debug)]
pub(super) struct Sent {
    id: u16,
    question: WireQuery,
    octets: Vec<u8>,
    proof: Option<Proof>,
}

/// What a question asks for besides its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Nothing, as in 1987.
    Plain,
    /// Room for a longer answer, by EDNS.
    Edns,
    /// Signatures too (DO), and what the server itself would not believe (CD).
    Dnssec,
}

/// How every question on a line is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    /// Whether the server may ask others (RD); a name server is asked for what it has itself.
    pub(super) recursion: bool,
    /// Whether it may say which machine it is (NSID).
    pub(super) nsid: bool,
}

/// What a packet is to a question.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Nothing: another id, another question, no response at all. The wait goes on as if it had not come.
    Stray,
    /// It has the id, and cannot be read or is not believed. A forger may have sent it, so the wait goes on over UDP.
    Doubtful(Failure),
    /// The answer is cut off; a stream has all of it.
    Truncated,
    /// The answer.
    Whole(Box<Message>),
}

/// The question for `name` as the wire has it; `None` where the name does not fit into a message.
pub(super) fn question(name: &DomainName, rtype: RecordType) -> Option<WireQuery> {
    let wire_type = match rtype {
        RecordType::A => WireType::A,
        RecordType::Aaaa => WireType::AAAA,
        RecordType::Cname => WireType::CNAME,
        RecordType::Srv => WireType::SRV,
    };
    Some(WireQuery::query(Name::from_labels(name.wire_labels()).ok()?, wire_type))
}

impl Sent {
    /// Encodes a question under a random id.
    pub(super) fn new(question: &WireQuery, form: Form, manner: Manner, signer: Option<&Signer>) -> Option<Self> {
        let mut message = Message::query();
        message.metadata.recursion_desired = manner.recursion;
        message.add_query(question.clone());
        message.metadata.checking_disabled = form == Form::Dnssec;
        if form != Form::Plain {
            let mut options = Edns::new();
            options.set_max_payload(UDP_PAYLOAD);
            options.set_dnssec_ok(form == Form::Dnssec);
            if manner.nsid {
                options.options_mut().insert(EdnsOption::NSID(NSIDPayload::new([]).ok()?));
            }
            message.set_edns(options);
        }
        let proof = match signer {
            Some(signer) => Some(signer.sign(&mut message)?),
            None => None,
        };
        Some(Self { id: message.metadata.id, question: question.clone(), octets: message.to_vec().ok()?, proof })
    }

    /// The id.
    pub(super) fn id(&self) -> u16 {
        self.id
    }

    /// The octets to send.
    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// What `packet` is to this question.
    pub(super) fn read(&self, packet: &[u8]) -> Verdict {
        let Ok(Header { metadata, counts }) = Header::read(&mut BinDecoder::new(packet)) else { return Verdict::Stray };
        if metadata.id != self.id || metadata.message_type != MessageType::Response || metadata.op_code != OpCode::Query {
            return Verdict::Stray;
        }
        if metadata.truncation && self.proof.is_none() && counts.queries <= 1 {
            return Verdict::Truncated; // whatever follows may be cut in the middle of a record
        }
        let Ok(message) = Message::from_vec(packet) else { return Verdict::Doubtful(Failure::Malformed) };
        let decides = matches!(message.metadata.response_code, ResponseCode::NoError | ResponseCode::NXDomain);
        match message.queries.as_slice() {
            [] if !decides => {}
            [query] if self.is_same(query) => {}
            [_] => return Verdict::Stray,
            _ => return Verdict::Doubtful(Failure::Malformed),
        }
        match self.proof.as_ref().map_or(Ok(()), |proof| proof.check(packet, &message)) {
            Err(failure) => Verdict::Doubtful(failure),
            Ok(()) if metadata.truncation => Verdict::Truncated,
            Ok(()) => Verdict::Whole(Box::new(message)),
        }
    }

    fn is_same(&self, query: &WireQuery) -> bool {
        let name = |query: &WireQuery| DomainName::from_wire(query.name().iter());
        query.query_type() == self.question.query_type()
            && query.query_class() == self.question.query_class()
            && name(query) == name(&self.question)
    }
}
