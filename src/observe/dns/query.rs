//! A query as octets, for the types that imctl asks. Chooses no id, and reads nothing.

use super::dice::Dice;
use crate::dns::{DomainName, RecordType};
use crate::observe::remarks::NSID;

/// The most octets of a UDP answer that are asked for: what passes any path unfragmented (DNS flag day 2020).
const UDP_PAYLOAD: u16 = 1232;
/// The longest name, with its length octets and the root (RFC 1035 2.3.4).
pub(super) const MAX_NAME: usize = 255;
/// The longest label.
pub(super) const MAX_LABEL: usize = 63;
/// Octets before the question.
pub(super) const HEADER: usize = 12;
/// Class IN.
pub(super) const CLASS_IN: u16 = 1;
/// Type OPT (RFC 6891).
pub(super) const TYPE_OPT: u16 = 41;

/// The number of a type.
pub(super) fn type_number(rtype: RecordType) -> u16 {
    match rtype {
        RecordType::A => 1,
        RecordType::Cname => 5,
        RecordType::Aaaa => 28,
        RecordType::Srv => 33,
    }
}

/// Writes the question: name, type, class. False where the name fits into no message.
pub(super) fn write_question(name: &DomainName, rtype: RecordType, into: &mut Vec<u8>) -> bool {
    into.clear();
    let fits = write_plain_name(name.as_str().as_bytes(), into).unwrap_or_else(|| {
        into.clear();
        name.wire_labels().all(|label| write_label(&label, into))
    });
    into.push(0);
    let fits = fits && into.len() <= MAX_NAME;
    into.extend_from_slice(&type_number(rtype).to_be_bytes());
    into.extend_from_slice(&CLASS_IN.to_be_bytes());
    fits
}

/// Nearly every name, in one pass: each dot, and one before them all, becomes the length of the label behind it. Says whether
/// each fits; `None` where some octet is written as `\DDD`.
fn write_plain_name(name: &[u8], into: &mut Vec<u8>) -> Option<bool> {
    if name.is_empty() {
        return Some(true); // the root
    }
    into.push(b'.');
    into.extend_from_slice(name);
    let (mut fits, mut end) = (true, into.len());
    for (at, octet) in into.iter_mut().enumerate().rev() {
        match *octet {
            b'.' => {
                let length = end - at - 1;
                fits &= (1..=MAX_LABEL).contains(&length);
                *octet = u8::try_from(length).unwrap_or(u8::MAX);
                end = at;
            }
            b'\\' => return None,
            _ => {}
        }
    }
    Some(fits)
}

fn write_label(label: &[u8], into: &mut Vec<u8>) -> bool {
    let length = u8::try_from(label.len()).unwrap_or(u8::MAX);
    into.push(length);
    into.extend_from_slice(label);
    (1..=MAX_LABEL).contains(&usize::from(length))
}

/// Gives the letters of a question a case by chance: a forger has to guess it too (draft-vixie-dnsext-dns0x20).
pub(super) fn mix_case(question: &mut [u8], dice: &mut Dice) {
    let name = question.len().saturating_sub(4);
    let mut bits = (0, 0_u16);
    for octet in question.iter_mut().take(name).filter(|octet| octet.is_ascii_alphabetic()) {
        if bits.0 == 0 {
            bits = (u16::BITS, dice.number());
        }
        *octet ^= if bits.1 & 1 == 1 { 0x20 } else { 0 }; // a length octet is less than any letter
        bits = (bits.0 - 1, bits.1 >> 1);
    }
}

/// What a query says beyond its question (RFC 6891).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edns {
    /// Nothing, as in 1987.
    Without,
    /// How long the answer may be.
    Size,
    /// That, and that the server may say which machine it is (RFC 5001 2.1).
    SizeAndNsid,
}

/// Writes a whole query, with recursion desired.
pub(super) fn write_query(id: u16, question: &[u8], edns: Edns, into: &mut Vec<u8>) {
    const RECURSION_DESIRED: u8 = 1;
    into.clear();
    let [high, low] = id.to_be_bytes();
    let additionals = u8::from(edns != Edns::Without);
    into.extend_from_slice(&[high, low, RECURSION_DESIRED, 0, 0, 1, 0, 0, 0, 0, 0, additionals]);
    into.extend_from_slice(question);
    let [opt_high, opt_low] = TYPE_OPT.to_be_bytes();
    let [size_high, size_low] = UDP_PAYLOAD.to_be_bytes();
    let mut opt = |length| into.extend_from_slice(&[0, opt_high, opt_low, size_high, size_low, 0, 0, 0, 0, 0, length]);
    match edns {
        Edns::Without => {}
        Edns::Size => opt(0),
        Edns::SizeAndNsid => {
            let [nsid_high, nsid_low] = NSID.to_be_bytes();
            opt(4);
            into.extend_from_slice(&[nsid_high, nsid_low, 0, 0]);
        }
    }
}

#[cfg(test)]
mod tests {
    use hickory_proto::op::Message;
    use hickory_proto::rr::rdata::opt::EdnsCode;
    use proptest::prelude::*;

    use super::*;

    fn written(name: &DomainName, rtype: RecordType, edns: Edns) -> Vec<u8> {
        let (mut question, mut query) = (Vec::new(), Vec::new());
        assert!(write_question(name, rtype, &mut question));
        write_query(0x1234, &question, edns, &mut query);
        query
    }

    proptest! {
        #[test]
        fn another_reader_reads_what_is_written(
            labels in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..20), 0..8),
            edns in prop_oneof![Just(Edns::Without), Just(Edns::Size), Just(Edns::SizeAndNsid)],
        ) {
            let name = DomainName::from_wire(labels.iter().map(Vec::as_slice));
            for rtype in [RecordType::A, RecordType::Aaaa, RecordType::Cname, RecordType::Srv] {
                let message = Message::from_vec(&written(&name, rtype, edns)).expect("a message");
                prop_assert_eq!(message.metadata.id, 0x1234);
                prop_assert!(message.metadata.recursion_desired);
                let read = message.edns.as_ref();
                let size = (edns != Edns::Without).then_some((1232, 0));
                prop_assert_eq!(read.map(|edns| (edns.max_payload(), edns.version())), size);
                prop_assert_eq!(read.is_some_and(|e| e.option(EdnsCode::NSID).is_some()), edns == Edns::SizeAndNsid);
                let [question] = &message.queries[..] else { panic!("one question") };
                prop_assert_eq!(u16::from(question.query_type()), type_number(rtype));
                prop_assert_eq!(DomainName::from_wire(question.name().iter()), name.clone());
            }
        }
    }

    #[test]
    fn a_name_that_no_message_holds_is_not_sent() {
        let long = |label: usize, times: usize| DomainName::from_wire(std::iter::repeat_n(&[b'a'; 70][..label], times));
        let fits = |name: &DomainName| write_question(name, RecordType::A, &mut Vec::new());
        assert!(fits(&long(63, 3)) && fits(&long(1, 127)) && fits(&DomainName::root()));
        assert!(!fits(&long(64, 1)) && !fits(&long(63, 4)) && !fits(&long(1, 128)));
    }

    #[test]
    fn mixing_changes_the_case_of_letters_and_nothing_else() {
        let mut plain = Vec::new();
        write_question(&"im.sub-domain.example.com".parse().expect("a name"), RecordType::A, &mut plain);
        let mut mixed = plain.clone();
        mix_case(&mut mixed, &mut Dice::new(Box::new(|block| block.fill(0x5a))));
        assert!(mixed != plain && mixed.eq_ignore_ascii_case(&plain));
    }
}
