//! The reader held against hickory-proto's on the same packets: whole, mutated, cut, and garbage.

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::opt::EdnsOption;
use hickory_proto::rr::rdata::{A, AAAA, CNAME, NS, SOA, SRV, TXT};
use hickory_proto::rr::{DNSClass, Name, RData, Record as WireRecord, RecordType as WireType};
use proptest::prelude::*;

use super::super::query::write_question;
use super::*;
use crate::dns::RecordType;

#[path = "hickory.rs"]
mod hickory;

const NAMES: [&str; 6] = ["im.example.com.", "example.com.", "a.b.c.im.example.com.", "other.test.", "IM.Example.COM.", "."];

fn asked_name() -> DomainName {
    "im.example.com".parse().expect("a good name")
}

fn question(rtype: RecordType) -> Vec<u8> {
    let mut question = Vec::new();
    assert!(write_question(&asked_name(), rtype, &mut question));
    question
}

fn read_as(packet: &[u8], question: &[u8], exact: bool) -> Packet {
    read(packet, Asked { question, name: &asked_name(), exact })
}

fn read_a(packet: &[u8]) -> Packet {
    read_as(packet, &question(RecordType::A), false)
}

fn reply() -> Message {
    let mut message = Message::response(0x1234, OpCode::Query);
    message.add_query(Query::query(Name::from_ascii("im.example.com.").expect("good"), WireType::A));
    message
}

fn octets(message: &Message) -> Vec<u8> {
    message.to_vec().expect("it fits")
}

fn record(owner: usize, kind: u8, value: u16) -> WireRecord {
    let name = |n: usize| Name::from_ascii(NAMES[n % NAMES.len()]).expect("good");
    let data = match kind % 7 {
        0 => RData::A(A((0x0a00_0000 + u32::from(value)).into())),
        1 => RData::AAAA(AAAA((u128::from(value) << 64).into())),
        2 => RData::CNAME(CNAME(name(usize::from(value)))),
        3 => RData::SRV(SRV::new(value, 5, 80, name(usize::from(value)))),
        4 => RData::NS(NS(name(usize::from(value)))),
        5 => RData::SOA(SOA::new(name(0), name(1), 1, 2, 3, 4, 5)),
        _ => RData::TXT(TXT::new(vec!["text".to_owned()])),
    };
    let mut record = WireRecord::from_rdata(name(owner), u32::from(value) * 7, data);
    record.dns_class = if value % 11 == 10 { DNSClass::CH } else { DNSClass::IN };
    record
}

prop_compose! {
    fn message()(
        rcode in 0_u8..24,
        flags in any::<u8>(),
        question in 0_usize..8,
        answers in proptest::collection::vec((0_usize..6, any::<u8>(), any::<u16>()), 0..6),
        authorities in proptest::collection::vec((0_usize..6, 2_u8..7, any::<u16>()), 0..3),
        edns in proptest::option::of(proptest::collection::vec((prop_oneof![Just(3_u16), Just(10), Just(12), Just(15)], proptest::collection::vec(any::<u8>(), 0..20)), 0..4)),
    ) -> Vec<u8> {
        let mut message = reply();
        message.metadata.authoritative = flags & 1 == 1;
        message.metadata.truncation = flags & 0x1e == 0x1e;
        message.metadata.response_code = if flags & 0x40 == 0 { ResponseCode::from(rcode >> 4, rcode & 0x0f) } else { ResponseCode::NoError };
        match question {
            0 => message.queries.clear(),
            1..=5 => { message.queries[0].set_name(Name::from_ascii(NAMES[question % 5]).expect("good")); }
            _ => {}
        }
        for (owner, kind, value) in answers {
            message.add_answer(record(owner, kind, value));
        }
        for (owner, kind, value) in authorities {
            message.add_authority(record(owner, kind, value));
        }
        if let Some(options) = edns {
            let mut edns = Edns::new();
            for (code, value) in options {
                edns.options_mut().insert(EdnsOption::Unknown(code, value));
            }
            message.set_edns(edns);
        }
        octets(&message)
    }
}

/// Holds both readers against each other. hickory-proto also reads the values of types that imctl has no word for, of other
/// classes, and of the additional section, and refuses a packet for what is wrong in them: so it may refuse more, never less.
fn compare(packet: &[u8]) -> Result<(), TestCaseError> {
    let ours = read_a(packet);
    match (hickory::read(packet, &asked_name(), 1), ours) {
        (Packet::Unreadable, Packet::Unreadable) => {}
        (Packet::Unreadable, Packet::Whole(_)) => prop_assert!(has_strangers(packet), "too lenient: {packet:02x?}"),
        (Packet::Whole(theirs), Packet::Whole(ours)) => {
            prop_assert_eq!(theirs.rcode & 0x0f, ours.rcode & 0x0f);
            let bare = |response| Response { rcode: 0, remarks: None, ..response };
            prop_assert_eq!(bare(theirs), bare(ours));
        }
        (theirs, ours) => prop_assert_eq!(theirs, ours, "{:02x?}", packet),
    }
    Ok(())
}

/// Whether a record of the first two sections is one whose value imctl does not read.
fn has_strangers(packet: &[u8]) -> bool {
    let count = |at: usize| u16::from_be_bytes([packet[at], packet[at + 1]]);
    let (name, question) = (asked_name(), question(RecordType::A));
    let reader = Reader { packet, asked: Asked { question: &question, name: &name, exact: false } };
    let mut at = if count(4) == 0 { HEADER } else { HEADER + question.len() };
    let mut owner = NameBuffer::default();
    (0..count(6) + count(8)).any(|_| {
        let Some(raw) = reader.record(at, &mut owner) else { return false };
        at = raw.data.1;
        ![1, 5, 28, 33].contains(&raw.rtype) || raw.class != CLASS_IN || count(8) > 0
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn both_readers_say_the_same_of_whole_packets(packet in message()) {
        compare(&packet)?;
        if let (Packet::Whole(theirs), Packet::Whole(ours)) = (hickory::read(&packet, &asked_name(), 1), read_a(&packet)) {
            prop_assert_eq!(theirs, ours, "with the upper bits of the RCODE, and with remarks");
        }
    }

    #[test]
    fn both_readers_say_the_same_of_mutated_packets(
        packet in message(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut packet = packet;
        for (at, octet) in changes {
            let at = at.index(packet.len());
            packet[at] = octet;
        }
        if let Some(cut) = cut {
            packet.truncate(cut.index(packet.len()));
        }
        compare(&packet)?;
    }

    #[test]
    fn both_readers_say_the_same_of_pointers_wherever_they_lead(packet in message(), at in any::<prop::sample::Index>(), to in 0_u16..400) {
        let mut packet = packet;
        let at = at.index(packet.len() - 1);
        packet[at..at + 2].copy_from_slice(&(0xc000 | to).to_be_bytes());
        compare(&packet)?;
    }

    #[test]
    fn no_garbage_breaks_the_reader(packet in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = read_a(&packet);
        compare(&packet)?;
    }
}

#[test]
fn the_answer_to_the_question_is_read_whatever_its_case() {
    let mut reply = reply();
    reply.queries[0].set_name(Name::from_ascii("IM.Example.COM.").expect("good"));
    let (packet, question) = (octets(&reply), question(RecordType::A));
    assert!(matches!(read_as(&packet, &question, false), Packet::Whole(_)));
    assert_eq!(read_as(&packet, &question, true), Packet::OtherCase);
}

#[test]
fn what_does_not_answer_the_question_is_stray() {
    let mut other_name = reply();
    other_name.queries[0].set_name(Name::from_ascii("im.example.net.").expect("good"));
    let mut other_type = reply();
    other_type.queries[0].set_query_type(WireType::AAAA);
    let mut update = reply();
    update.metadata.op_code = OpCode::Update;
    let mut a_query = reply();
    a_query.metadata.message_type = MessageType::Query;
    for message in [other_name, other_type, update, a_query] {
        assert_eq!(read_a(&octets(&message)), Packet::Stray);
    }
    let mut unasked = reply();
    unasked.queries.clear();
    assert_eq!(read_a(&octets(&unasked)), Packet::Unreadable, "it decides, and does not say what");
}

#[test]
fn an_answer_that_is_cut_off_is_truncated_even_in_the_middle_of_a_record() {
    let mut reply = reply();
    reply.metadata.truncation = true;
    reply.add_answer(record(0, 0, 1));
    let packet = octets(&reply);
    assert_eq!(read_a(&packet[..packet.len() - 7]), Packet::Truncated);
}

#[test]
fn a_pointer_to_itself_or_onward_is_unreadable() {
    let mut reply = reply();
    reply.add_answer(record(0, 0, 1));
    let packet = octets(&reply);
    let owner = HEADER + question(RecordType::A).len();
    for target in [owner, owner + 2, packet.len(), 0x3fff] {
        let mut packet = packet.clone();
        let pointer = 0xc000 | u16::try_from(target).expect("14 bits");
        packet.splice(owner..owner + 2, pointer.to_be_bytes());
        assert_eq!(read_a(&packet), Packet::Unreadable);
    }
}
