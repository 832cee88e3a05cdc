//! What a packet is to a query, read octet by octet within its bounds. Takes every packet for hostile, and believes none that
//! does not repeat the question.

use std::array::TryFromSliceError;

use smallvec::SmallVec;

use super::query::{CLASS_IN, HEADER, MAX_NAME, TYPE_OPT};
use crate::dns::{DomainName, Record, RecordData};
use crate::observe::{Records, Remarks};

/// What was asked, to compare with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// The question as it was sent.
    pub(super) question: &'a [u8],
    /// The name in the question.
    pub(super) name: &'a DomainName,
    /// Whether the answer has to repeat the case of its letters.
    pub(super) exact: bool,
}

/// What a packet with the right id is to a query.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Packet {
    /// Nothing: another question, no response at all. The wait goes on as if it had not come.
    Stray,
    /// The question in letters of another case than it was sent in: a forgery, or a server that does not keep the case.
    OtherCase,
    /// It cannot be read. A forger may have sent it, so the wait goes on; but the server may be no better.
    Unreadable,
    /// The answer is cut off; TCP has all of it.
    Truncated,
    /// The answer.
    Whole(Response),
}

/// An answer, reduced to what imctl reads.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Response {
    /// RCODE, extended ones included (RFC 6895).
    pub(super) rcode: u16,
    /// AA.
    pub(super) authoritative: bool,
    /// Records of the answer section, of class IN and the types that imctl knows.
    pub(super) answers: Records,
    /// Whether the answer section holds anything that is not about the name asked for.
    pub(super) about_others: bool,
    /// Whether the authority section has an NS and no SOA: without authority, a referral and no negative answer (RFC 2308 2.1).
    pub(super) refers: bool,
    /// What the server adds by EDNS.
    pub(super) remarks: Option<Box<Remarks>>,
}

/// A pointer to the name in the question (RFC 1035 4.1.4).
const TO_QUESTION: [u8; 2] = [0xc0, 12];
const TYPE_NS: u16 = 2;
const TYPE_SOA: u16 = 6;
const NOERROR: u8 = 0;
const NXDOMAIN: u8 = 3;

/// Reads a packet that came with the id of a query.
pub(super) fn read(packet: &[u8], asked: Asked<'_>) -> Packet {
    let &[_, _, flags, codes, q1, q2, a1, a2, n1, n2, x1, x2, ..] = packet else { return Packet::Stray };
    let (is_response, opcode, truncated) = (flags & 0x80 != 0, flags >> 3 & 0x0f, flags & 0x02 != 0);
    if !is_response || opcode != 0 {
        return Packet::Stray;
    }
    let rcode = codes & 0x0f;
    let mut at = HEADER;
    match u16::from_be_bytes([q1, q2]) {
        // A server that could not read the query may leave it out; what decides something has to repeat it.
        0 if rcode != NOERROR && rcode != NXDOMAIN => {}
        1 => match repeats_question(packet, asked) {
            Ok(end) => at = end,
            Err(verdict) => return verdict,
        },
        _ => return Packet::Unreadable,
    }
    if truncated {
        return Packet::Truncated; // whatever follows may be cut in the middle of a record
    }
    let counts = [[a1, a2], [n1, n2], [x1, x2]].map(u16::from_be_bytes);
    let reader = Reader { packet, asked };
    reader.sections(at, rcode, counts).map_or(Packet::Unreadable, |response| {
        const AUTHORITATIVE: u8 = 0x04;
        Packet::Whole(Response { authoritative: flags & AUTHORITATIVE != 0, ..response })
    })
}

/// Where the question section ends, if it repeats the question.
fn repeats_question(packet: &[u8], asked: Asked<'_>) -> Result<usize, Packet> {
    let end = HEADER + asked.question.len();
    match packet.get(HEADER..end) {
        Some(same) if same == asked.question => return Ok(end),
        Some(same) if same.eq_ignore_ascii_case(asked.question) => {
            return if asked.exact { Err(Packet::OtherCase) } else { Ok(end) };
        }
        _ => {}
    }
    // Another question, or something that is none.
    let is_question = || packet.get(read_name(packet, HEADER, &mut NameBuffer::default())?..)?.get(..4);
    Err(if is_question().is_some() { Packet::Stray } else { Packet::Unreadable })
}

/// A name without compression; the room is of a length that `SmallVec` knows.
#[derive(Debug, Default)]
struct NameBuffer(SmallVec<[u8; MAX_NAME.next_power_of_two()]>);

impl NameBuffer {
    fn push(&mut self, octets: &[u8]) -> Option<()> {
        (self.0.len() + octets.len() <= MAX_NAME).then(|| self.0.extend_from_slice(octets))
    }

    fn octets(&self) -> &[u8] {
        &self.0
    }

    fn to_name(&self) -> DomainName {
        let mut rest = self.octets();
        DomainName::from_wire(std::iter::from_fn(|| {
            let (&length, tail) = rest.split_first()?;
            let (label, after) = tail.split_at_checked(usize::from(length))?;
            rest = after;
            (length > 0).then_some(label)
        }))
    }
}

/// Reads the name at `at` and says where it ends. A pointer leads to before the piece of name that it ends, and the piece that
/// it leads to must be over before that one begins (RFC 1035 4.1.4: a prior occurrence): so there is no loop.
fn read_name(packet: &[u8], mut at: usize, into: &mut NameBuffer) -> Option<usize> {
    into.0.clear();
    let (mut end, mut piece, mut limit) = (None, at, packet.len());
    loop {
        if at >= limit {
            return None;
        }
        let length = *packet.get(at)?;
        match length >> 6 {
            0 if length == 0 => {
                into.push(&[0])?;
                return Some(end.unwrap_or(at + 1));
            }
            0 => {
                let next = at + 1 + usize::from(length);
                into.push(packet.get(at..next)?)?;
                at = next;
            }
            3 => {
                let target = usize::from(u16::from_be_bytes([length & 0x3f, *packet.get(at + 1)?]));
                if target >= piece {
                    return None;
                }
                end = end.or(Some(at + 2));
                (limit, piece, at) = (piece, target, target);
            }
            _ => return None,
        }
    }
}

/// The fixed part of a record and its value.
#[derive(Clone, Copy, Debug)]
struct RawRecord {
    rtype: u16,
    class: u16,
    ttl: u32,
    /// Where the value begins and ends.
    data: (usize, usize),
}

/// Marks a value that breaks the format of its type.
#[derive(Debug)]
struct Unreadable;

impl From<TryFromSliceError> for Unreadable {
    fn from(_: TryFromSliceError) -> Self {
        Self
    }
}

struct Reader<'a> {
    packet: &'a [u8],
    asked: Asked<'a>,
}

impl Reader<'_> {
    fn sections(&self, mut at: usize, rcode: u8, [answers, authorities, additionals]: [u16; 3]) -> Option<Response> {
        let mut response = Response::default();
        let mut owner = NameBuffer::default();
        for _ in 0..answers {
            let raw = self.record(at, &mut owner)?;
            let about_it = self.is_asked_name(&owner);
            response.about_others |= !about_it;
            if let Some(data) = self.value(raw).ok()? {
                let owner = if about_it { self.asked.name.clone() } else { owner.to_name() };
                response.answers.push(Record { owner, ttl_secs: raw.ttl, data });
            }
            at = raw.data.1;
        }
        let (mut has_ns, mut has_soa) = (false, false);
        for _ in 0..authorities {
            let raw = self.record(at, &mut owner)?;
            has_ns |= raw.rtype == TYPE_NS;
            has_soa |= raw.rtype == TYPE_SOA;
            at = raw.data.1;
        }
        response.refers = has_ns && !has_soa;
        response.rcode = u16::from(rcode);
        if let Some(opt) = self.opt(at, additionals, &mut owner) {
            response.rcode |= u16::from(opt.ttl.to_be_bytes()[0]) << 4;
            response.remarks = self.remarks(opt);
        }
        Some(response)
    }

    /// The OPT record, with the upper bits of the RCODE and the options (RFC 6891 6.1.3): all that matters of the additional
    /// section. What is wrong there spoils no answer.
    fn opt(&self, mut at: usize, additionals: u16, owner: &mut NameBuffer) -> Option<RawRecord> {
        for _ in 0..additionals {
            let raw = self.record(at, owner)?;
            if raw.rtype == TYPE_OPT && owner.octets() == [0] {
                return Some(raw);
            }
            at = raw.data.1;
        }
        None
    }

    /// What the options of the OPT record say, as far as they can be read (RFC 6891 6.1.2).
    fn remarks(&self, opt: RawRecord) -> Option<Box<Remarks>> {
        let mut rest = self.packet.get(opt.data.0..opt.data.1).filter(|options| !options.is_empty())?;
        Remarks::of(std::iter::from_fn(|| {
            let (&[o1, o2, l1, l2], after) = rest.split_first_chunk()?;
            let (value, after) = after.split_at_checked(usize::from(u16::from_be_bytes([l1, l2])))?;
            rest = after;
            Some((u16::from_be_bytes([o1, o2]), value))
        }))
    }

    fn record(&self, at: usize, owner: &mut NameBuffer) -> Option<RawRecord> {
        let at = self.owner(at, owner)?;
        let &[t1, t2, c1, c2, s1, s2, s3, s4, l1, l2] = self.packet.get(at..)?.first_chunk()?;
        let begin = at + 10;
        let end = begin + usize::from(u16::from_be_bytes([l1, l2]));
        (end <= self.packet.len()).then_some(RawRecord {
            rtype: u16::from_be_bytes([t1, t2]),
            class: u16::from_be_bytes([c1, c2]),
            ttl: u32::from_be_bytes([s1, s2, s3, s4]),
            data: (begin, end),
        })
    }

    /// Reads the name that owns a record, and says where it ends. Nearly always it points to the question, whose name is known:
    /// then the buffer stays empty, as it does for no other name.
    fn owner(&self, at: usize, into: &mut NameBuffer) -> Option<usize> {
        let has_question = self.packet.get(4..6) == Some(&[0, 1]);
        if !has_question || !self.packet.get(at..)?.starts_with(&TO_QUESTION) {
            return read_name(self.packet, at, into);
        }
        into.0.clear();
        Some(at + TO_QUESTION.len())
    }

    fn asked_name(&self) -> &[u8] {
        &self.asked.question[..self.asked.question.len() - 4]
    }

    fn is_asked_name(&self, name: &NameBuffer) -> bool {
        let octets = name.octets();
        octets.is_empty() || self.asked_name() == octets || self.asked_name().eq_ignore_ascii_case(octets)
    }

    /// The value of a record, if it is of a type that imctl knows. An error where it is not what its type says.
    fn value(&self, raw: RawRecord) -> Result<Option<RecordData>, Unreadable> {
        const A: u16 = 1;
        const CNAME: u16 = 5;
        const AAAA: u16 = 28;
        const SRV: u16 = 33;
        if raw.rtype == TYPE_OPT {
            return Err(Unreadable); // it belongs into the additional section only
        }
        if raw.class != CLASS_IN {
            return Ok(None);
        }
        let (begin, end) = raw.data;
        let value = self.packet.get(begin..end).unwrap_or_default();
        Ok(Some(match raw.rtype {
            A => RecordData::A(<[u8; 4]>::try_from(value)?.into()),
            AAAA => RecordData::Aaaa(<[u8; 16]>::try_from(value)?.into()),
            CNAME => RecordData::Cname(self.name_within(begin, end).ok_or(Unreadable)?),
            SRV => {
                let &[p1, p2, w1, w2, o1, o2] = value.first_chunk().ok_or(Unreadable)?;
                let target = self.name_within(begin + 6, end).ok_or(Unreadable)?;
                let [priority, weight, port] = [[p1, p2], [w1, w2], [o1, o2]].map(u16::from_be_bytes);
                RecordData::Srv { priority, weight, port, target }
            }
            _ => return Ok(None),
        }))
    }

    /// The name that fills these octets.
    fn name_within(&self, begin: usize, end: usize) -> Option<DomainName> {
        let mut name = NameBuffer::default();
        (read_name(self.packet, begin, &mut name)? == end)
            .then(|| if self.is_asked_name(&name) { self.asked.name.clone() } else { name.to_name() })
    }
}

#[cfg(test)]
mod tests;
