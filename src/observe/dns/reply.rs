//! What an answer says about the name that was asked for. Pure; only records that belong to that name count.

use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};

use super::packet::Response;
use crate::dns::{DomainName, Record, RecordData, RecordType};
use crate::observe::{Failure, Records, Reply};

/// Reads an answer (RFC 1034 4.3.4, RFC 2308).
pub(super) fn reply_of(name: &DomainName, rtype: RecordType, response: Response) -> Reply {
    match response.rcode {
        0 => {}
        3 => {
            let records = chain(name, rtype, response.answers);
            // The name that does not exist is the end of the chain; the judge asks for it again by itself.
            return if records.is_empty() { Reply::NoSuchName } else { Reply::Records(records) };
        }
        other => return Reply::Failed(failure_of(other)),
    }
    let referral = response.refers && !response.authoritative;
    let records = chain(name, rtype, response.answers);
    match () {
        () if !records.is_empty() => Reply::Records(records),
        () if response.about_others || referral => Reply::Failed(Failure::Lame),
        () => Reply::NoData,
    }
}

/// Why an answer with this RCODE decides nothing.
pub(super) fn failure_of(rcode: u16) -> Failure {
    match rcode {
        1 => Failure::FormErr,
        2 => Failure::ServFail,
        4 => Failure::NotImp,
        5 => Failure::Refused,
        other => Failure::Rcode(other),
    }
}

/// The records that are reached from `name` by aliases: those in the order of the chain, then the values, sorted, so that a
/// server that rotates its answers says the same every time. An owner is visited once, so that a loop ends.
fn chain(name: &DomainName, rtype: RecordType, mut answers: Records) -> Records {
    if answers.iter().all(|record| record.owner == *name && record.data.record_type() == rtype && rtype != RecordType::Cname) {
        answers.sort_by(by_value);
        answers.dedup();
        return answers; // most answers: no alias, no stranger
    }
    let mut by_owner: BTreeMap<DomainName, Vec<Record>> = BTreeMap::new();
    for record in answers {
        by_owner.entry(record.owner.clone()).or_default().push(record);
    }
    let (mut aliases, mut values) = (Records::new(), Records::new());
    let mut owners = VecDeque::from([name.clone()]);
    while let Some(owner) = owners.pop_front() {
        let mut records = by_owner.remove(&owner).unwrap_or_default();
        records.sort();
        for record in records {
            match &record.data {
                data if data.record_type() == rtype => values.push(record),
                RecordData::Cname(target) => {
                    owners.push_back(target.clone());
                    aliases.push(record);
                }
                _ => {}
            }
        }
    }
    values.sort_by(by_value);
    aliases.append(&mut values);
    aliases.dedup();
    aliases
}

fn by_value(a: &Record, b: &Record) -> Ordering {
    (&a.data, &a.owner, a.ttl_secs).cmp(&(&b.data, &b.owner, b.ttl_secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> DomainName {
        text.parse().expect("a good name")
    }

    fn a(owner: &str, last: u8) -> Record {
        Record { owner: name(owner), ttl_secs: 60, data: RecordData::A([10, 1, 0, last].into()) }
    }

    fn cname(owner: &str, target: &str) -> Record {
        Record { owner: name(owner), ttl_secs: 60, data: RecordData::Cname(name(target)) }
    }

    fn records(records: impl IntoIterator<Item = Record>) -> Records {
        records.into_iter().collect()
    }

    fn read(response: Response) -> Reply {
        reply_of(&name("im.example.com"), RecordType::A, response)
    }

    #[test]
    fn addresses_come_sorted_and_once() {
        let answers = records([a("im.example.com", 11), a("im.example.com", 10), a("im.example.com", 11)]);
        let sorted = records([a("im.example.com", 10), a("im.example.com", 11)]);
        assert_eq!(read(Response { answers, ..Response::default() }), Reply::Records(sorted));
    }

    #[test]
    fn aliases_come_first_and_in_order_and_strangers_are_dropped() {
        let answers = records([
            a("evil.example", 66),
            a("z.example", 10),
            cname("b.example", "z.example"),
            cname("im.example.com", "b.example"),
            cname("evil.example", "im.example.com"),
        ]);
        let chain = records([cname("im.example.com", "b.example"), cname("b.example", "z.example"), a("z.example", 10)]);
        assert_eq!(read(Response { answers, about_others: true, ..Response::default() }), Reply::Records(chain));
    }

    #[test]
    fn a_loop_of_aliases_ends() {
        let answers = records([cname("im.example.com", "b.example"), cname("b.example", "im.example.com")]);
        assert_eq!(read(Response { answers: answers.clone(), ..Response::default() }), Reply::Records(answers));
    }

    #[test]
    fn an_empty_answer_is_no_data_unless_it_refers_to_others() {
        assert_eq!(read(Response::default()), Reply::NoData);
        assert_eq!(read(Response { authoritative: true, refers: true, ..Response::default() }), Reply::NoData);
        assert_eq!(read(Response { refers: true, ..Response::default() }), Reply::Failed(Failure::Lame));
        let others = Response { answers: records([a("evil.example", 66)]), about_others: true, ..Response::default() };
        assert_eq!(read(others), Reply::Failed(Failure::Lame));
    }

    #[test]
    fn a_name_that_does_not_exist_differs_from_an_alias_to_one() {
        assert_eq!(read(Response { rcode: 3, ..Response::default() }), Reply::NoSuchName);
        let answers = records([cname("im.example.com", "gone.example")]);
        assert_eq!(read(Response { rcode: 3, answers: answers.clone(), ..Response::default() }), Reply::Records(answers));
    }

    #[test]
    fn errors_decide_nothing() {
        for (rcode, failure) in [
            (1, Failure::FormErr),
            (2, Failure::ServFail),
            (4, Failure::NotImp),
            (5, Failure::Refused),
            (9, Failure::Rcode(9)),
            (23, Failure::Rcode(23)),
        ] {
            assert_eq!(read(Response { rcode, ..Response::default() }), Reply::Failed(failure));
        }
    }
}
