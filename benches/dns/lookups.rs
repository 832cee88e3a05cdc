//! Asks one DNS server for many names through the program's own source, and writes one JSON line for each answer: the engine
//! without rules and report, to be measured beside other bulk resolvers.
//!
//! `cargo run --release --example dns-lookups -- SERVER NAMES [TYPES [IN_FLIGHT [TRIES]]] > answers.jsonl`

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::future::poll_fn;
use std::io::{self, BufRead, BufReader, Write};
use std::task::Poll;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use imctl::dns::{DomainName, Record, RecordData, RecordType, View};
use imctl::observe::{Answer, Limits, Live, LiveSettings, Question, Reply, Source as _};

/// Questions in one batch.
const BATCH: usize = 256;
/// Questions in line behind those that may be on their way: more would only grow old there.
const IN_LINE: usize = 1024;
/// Octets of lines that are written at once.
const AT_ONCE: usize = 1 << 16;

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
    let batches = std::iter::from_fn(|| match questions(&mut names, &types, BATCH) {
        Ok(batch) if batch.is_empty() => None,
        batch => Some(batch),
    });
    let out = RefCell::new(Output::new(io::stdout().lock()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(ask(&live, batches, limits.in_flight + IN_LINE, &out));
    let Output { mut to, lines, count, outcome } = out.into_inner();
    outcome?;
    to.write_all(&lines)?;
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

/// Asks with at most so many questions that wait. A batch begins as soon as answers make room for it, for those before it wait
/// for the slowest of their questions, which have been lost several times.
async fn ask<W: Write>(
    live: &Live,
    batches: impl Iterator<Item = io::Result<Vec<Question>>>,
    most: usize,
    out: &RefCell<Output<W>>,
) {
    let waiting = Cell::new(0);
    let ask = |batch| async {
        let mut deliver = |question: Question, answer: Answer| {
            waiting.set(waiting.get() - 1);
            out.borrow_mut().deliver(&question, &answer);
        };
        match batch {
            Ok(batch) => live.ask(batch, &mut deliver).await,
            Err(error) => out.borrow_mut().outcome = Err(error),
        }
    };
    let mut batches = batches.fuse();
    let mut under_way = FuturesUnordered::new();
    poll_fn(|context| {
        loop {
            while waiting.get() + BATCH <= most
                && let Some(batch) = batches.next()
            {
                waiting.set(waiting.get() + batch.as_ref().map_or(0, Vec::len));
                under_way.push(ask(batch));
            }
            let before = waiting.get();
            match under_way.poll_next_unpin(context) {
                Poll::Ready(None) => return Poll::Ready(()),
                Poll::Pending if waiting.get() == before => return Poll::Pending,
                _ => {}
            }
        }
    })
    .await;
}

/// Where the lines go, and what they amount to.
struct Output<W: Write> {
    to: W,
    lines: Vec<u8>,
    count: Count,
    outcome: io::Result<()>,
}

impl<W: Write> Output<W> {
    fn new(to: W) -> Self {
        Self { to, lines: Vec::with_capacity(2 * AT_ONCE), count: Count::default(), outcome: Ok(()) }
    }

    fn deliver(&mut self, question: &Question, answer: &Answer) {
        if self.outcome.is_ok() {
            self.outcome = write(&mut self.lines, &mut self.count, question, answer);
        }
        if self.outcome.is_ok() && self.lines.len() >= AT_ONCE {
            self.outcome = self.to.write_all(&self.lines);
            self.lines.clear();
        }
    }
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
        for &rtype in types {
            let name = match rtype {
                RecordType::Srv => name.prefixed("_imps._tcp.").map_err(io::Error::other)?,
                _ => name.clone(),
            };
            questions.push(Question::Dns { view: View::Internal, name, rtype });
        }
    }
    Ok(questions)
}

fn write(out: &mut Vec<u8>, count: &mut Count, question: &Question, answer: &Answer) -> io::Result<()> {
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
        write_line(out, name, *rtype, status, answers);
    }
    Ok(())
}

/// One line of JSON. A name holds letters, digits, `-`, `_`, `.` and `\\DDD`, of which only the backslash needs care.
fn write_line(out: &mut Vec<u8>, name: &DomainName, rtype: RecordType, status: &str, answers: &[Record]) {
    push(out, &["{\"name\":\"", &escaped(name), "\",\"type\":\"", word(rtype), "\",\"status\":\"", status, "\",\"answers\":["]);
    for (n, record) in answers.iter().enumerate() {
        push(out, &[if n == 0 { "" } else { "," }, "{\"ttl\":"]);
        push_numbers(out, [record.ttl_secs], b' ');
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

fn push_numbers<T: itoa::Integer, const N: usize>(out: &mut Vec<u8>, numbers: [T; N], between: u8) {
    for (n, number) in numbers.into_iter().enumerate() {
        if n > 0 {
            out.push(between);
        }
        push(out, &[itoa::Buffer::new().format(number)]);
    }
}

fn escaped(name: &DomainName) -> Cow<'_, str> {
    let text = name.as_str();
    if text.bytes().any(|octet| octet == b'\\') { text.replace('\\', "\\\\").into() } else { text.into() }
}

fn word(rtype: RecordType) -> &'static str {
    match rtype {
        RecordType::A => "A",
        RecordType::Aaaa => "AAAA",
        RecordType::Cname => "CNAME",
        RecordType::Srv => "SRV",
    }
}
