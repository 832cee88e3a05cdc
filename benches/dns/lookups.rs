//! Asks one DNS server for many names through the program's own source, and writes one JSON line for each answer: the engine
//! without rules and report, to be measured beside other bulk resolvers.
//!
//! `cargo run --release --example dns-lookups -- SERVER NAMES [TYPES [IN_FLIGHT [TRIES]]] > answers.jsonl`

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};

use futures_util::stream::{self, StreamExt as _};
use imctl::dns::{DomainName, Record, RecordData, RecordType, View};
use imctl::observe::{Answer, Limits, Live, LiveSettings, Question, Reply, Source as _};

/// Batches at a time, and the fewest and the most questions in one: while the last of one are still out, the next is on its way.
const BATCHES: usize = 4;
const SMALLEST: usize = 256;
const LARGEST: usize = 4096;

#[derive(Debug, Default)]
struct Count {
    questions: u64,
    undecided: u64,
    queries: u64,
    timeouts: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, names, rest @ ..] = &arguments[..] else {
        return Err("usage: dns-lookups SERVER NAMES [TYPES [IN_FLIGHT [RETRIES]]]".into());
    };
    let given = |n: usize, default: &str| rest.get(n).map_or_else(|| default.to_owned(), Clone::clone);
    let types = given(0, "A").split(',').map(rtype).collect::<Result<Vec<_>, _>>()?;
    let limits = Limits { in_flight: given(1, "20000").parse()?, retries: given(2, "2").parse()?, ..Limits::default() };
    let servers = BTreeMap::from([(View::Internal, vec![server.parse()?])]);
    let live = Live::new(&LiveSettings { servers, limits, ..LiveSettings::default() })?;
    let mut names = BufReader::with_capacity(1 << 18, File::open(names)?);
    let size = (limits.in_flight / 2).clamp(SMALLEST, LARGEST);
    let batches = std::iter::from_fn(|| match questions(&mut names, &types, size) {
        Ok(batch) if batch.is_empty() => None,
        batch => Some(batch),
    });
    let out = RefCell::new((BufWriter::with_capacity(1 << 16, io::stdout().lock()), Vec::new(), Count::default(), Ok(())));
    let asked = stream::iter(batches).map(|batch| async {
        let mut deliver = |question: Question, answer: Answer| {
            let (out, text, count, outcome) = &mut *out.borrow_mut();
            if outcome.is_ok() {
                *outcome = write(out, text, count, &question, &answer);
            }
        };
        match batch {
            Ok(batch) => live.ask(batch, &mut deliver).await,
            Err(error) => out.borrow_mut().3 = Err(error),
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(asked.buffer_unordered(BATCHES).for_each(|()| async {}));
    let (mut writer, _, count, outcome) = out.into_inner();
    outcome?;
    writer.flush()?;
    writeln!(
        io::stderr(),
        "{} questions, {} undecided; {} queries, {} of them in vain",
        count.questions,
        count.undecided,
        count.queries,
        count.timeouts
    )?;
    Ok(())
}

fn rtype(text: &str) -> Result<RecordType, String> {
    match text {
        "A" => Ok(RecordType::A),
        "AAAA" => Ok(RecordType::Aaaa),
        "CNAME" => Ok(RecordType::Cname),
        "SRV" => Ok(RecordType::Srv),
        other => Err(format!("{other} is no type that imctl asks for")),
    }
}

/// Each name once for each type; SRV of the service `_imps._tcp` of the name.
fn questions(names: &mut impl BufRead, types: &[RecordType], size: usize) -> io::Result<Vec<Question>> {
    let mut questions = Vec::with_capacity(size);
    let mut line = String::new();
    while questions.len() + types.len() <= size {
        line.clear();
        if names.read_line(&mut line)? == 0 {
            break;
        }
        let name = DomainName::parse_host(line.trim_end()).map_err(io::Error::other)?;
        for rtype in types {
            let owner =
                if *rtype == RecordType::Srv { name.prefixed("_imps._tcp.").map_err(io::Error::other)? } else { name.clone() };
            questions.push(Question::Dns { view: View::Internal, name: owner, rtype: *rtype });
        }
    }
    Ok(questions)
}

fn write(out: &mut impl Write, line: &mut Vec<u8>, count: &mut Count, question: &Question, answer: &Answer) -> io::Result<()> {
    let (Question::Dns { name, rtype, .. }, Answer::Dns(answer)) = (question, answer) else {
        return Err(io::Error::other("this is no answer of a DNS server"));
    };
    count.questions += 1;
    for reply in &answer.replies {
        count.queries += u64::from(reply.sent);
        count.timeouts += u64::from(reply.timeouts);
        let failure;
        let (status, answers) = match &reply.reply {
            Reply::Records(records) => ("NOERROR", &records[..]),
            Reply::NoData => ("NOERROR", &[][..]),
            Reply::NoSuchName => ("NXDOMAIN", &[][..]),
            Reply::Failed(why) => {
                count.undecided += 1;
                failure = why.to_string();
                (failure.as_str(), &[][..])
            }
        };
        line.clear();
        write_line(line, name, *rtype, status, answers);
        out.write_all(line)?;
    }
    Ok(())
}

/// One line of JSON. A name holds letters, digits, `-`, `_`, `.` and `\\DDD`, of which only the backslash needs care.
fn write_line(out: &mut Vec<u8>, name: &DomainName, rtype: RecordType, status: &str, answers: &[Record]) {
    push(out, &["{\"name\":\"", &escaped(name), "\",\"type\":\"", word(rtype), "\",\"status\":\"", status, "\",\"answers\":["]);
    for (n, record) in answers.iter().enumerate() {
        push(out, &[if n == 0 { "" } else { "," }, "{\"ttl\":"]);
        push_number(out, record.ttl_secs);
        push(out, &[",\"type\":\"", word(record.data.record_type()), "\",\"data\":\""]);
        match &record.data {
            RecordData::A(v4) => push_numbers(out, v4.octets(), b'.'),
            RecordData::Aaaa(v6) => push(out, &[&v6.to_string()]),
            RecordData::Cname(target) => push(out, &[&escaped(target), "."]),
            RecordData::Srv { priority, weight, port, target } => {
                push_numbers(out, [*priority, *weight, *port], b' ');
                push(out, &[" ", &escaped(target), "."]);
            }
        }
        push(out, &["\"}"]);
    }
    push(out, &["]}\n"]);
}

fn push(out: &mut Vec<u8>, pieces: &[&str]) {
    for piece in pieces {
        out.extend_from_slice(piece.as_bytes());
    }
}

fn push_numbers<T: Into<u32>, const N: usize>(out: &mut Vec<u8>, numbers: [T; N], between: u8) {
    for (n, number) in numbers.into_iter().enumerate() {
        if n > 0 {
            out.push(between);
        }
        push_number(out, number.into());
    }
}

/// Digits without the standard formatter, which takes as long as all the rest of a line.
fn push_number(out: &mut Vec<u8>, mut number: u32) {
    let (mut digits, mut first) = ([b'0'; 10], 10);
    loop {
        first -= 1;
        digits[first] += u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[first..]);
}

fn escaped(name: &DomainName) -> Cow<'_, str> {
    let text = name.as_str();
    if text.contains('\\') { text.replace('\\', "\\\\").into() } else { text.into() }
}

fn word(rtype: RecordType) -> &'static str {
    match rtype {
        RecordType::A => "A",
        RecordType::Aaaa => "AAAA",
        RecordType::Cname => "CNAME",
        RecordType::Srv => "SRV",
    }
}
