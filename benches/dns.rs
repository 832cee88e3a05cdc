//! Micro-benchmarks of the DNS engine: `cargo bench --bench dns`. For the whole engine beside other programs see `dns.sh`.

use divan::{Bencher, black_box};
use hickory_proto::op::{Message, MessageType};
use hickory_proto::rr::rdata::{A, CNAME};
use hickory_proto::rr::{Name, RData, Record};
use imctl::dns::{DomainName, RecordType};
use imctl::observe::measured::{Codec, Steady};

fn main() {
    divan::main();
}

fn codec() -> Codec {
    Codec::new("im.d000123.example.com".parse::<DomainName>().expect("a good name"), RecordType::A)
}

/// The answer to a query, with that many addresses behind that many aliases.
fn answer(query: &[u8], aliases: u8, addresses: u8) -> Vec<u8> {
    let mut message = Message::from_vec(query).expect("our own query");
    message.metadata.message_type = MessageType::Response;
    let mut owner = message.queries[0].name().clone();
    for n in 0..aliases {
        let target = Name::from_ascii(format!("alias-{n}.example.net.")).expect("a good name");
        message.add_answer(Record::from_rdata(owner, 300, RData::CNAME(CNAME(target.clone()))));
        owner = target;
    }
    for n in 0..addresses {
        message.add_answer(Record::from_rdata(owner.clone(), 300, RData::A(A::new(10, 1, 0, n))));
    }
    message.to_vec().expect("it fits")
}

#[divan::bench]
fn write_a_query(bencher: Bencher<'_, '_>) {
    let mut codec = codec();
    bencher.bench_local(|| codec.write(black_box(0x1234)).len());
}

/// One address; four; one behind two aliases; a name that does not exist has no record.
#[divan::bench(args = [(0, 1), (0, 4), (2, 1), (0, 0)])]
fn read_an_answer(bencher: Bencher<'_, '_>, (aliases, addresses): (u8, u8)) {
    let mut codec = codec();
    let packet = answer(codec.write(0x1234), aliases, addresses);
    bencher.bench_local(|| codec.read(black_box(&packet)).expect("an answer"));
}

#[divan::bench(args = [(0, 1), (0, 4), (2, 1), (0, 0)])]
fn read_an_answer_with_hickory_proto(bencher: Bencher<'_, '_>, (aliases, addresses): (u8, u8)) {
    let packet = answer(codec().write(0x1234), aliases, addresses);
    bencher.bench_local(|| Message::from_vec(black_box(&packet)).expect("an answer"));
}

#[divan::bench]
fn weigh_an_answer(bencher: Bencher<'_, '_>) {
    let mut steady = Steady::default();
    bencher.bench_local(|| steady.answered());
}
