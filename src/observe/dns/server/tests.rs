//! A server held against a simulated network: packets are lost, late, doubled, forged, and time is whatever the test says.

use std::collections::{BTreeMap, BinaryHeap};

use proptest::prelude::*;

use super::super::lookup::Ticket;
use super::*;
use crate::dns::{Record, RecordData};

/// What the other side does.
#[derive(Clone, Copy, Debug)]
struct Network {
    /// Packets lost of a hundred, each way.
    loss: u32,
    delay_us: u64,
    /// Packets of a hundred that come twice, the second later.
    doubled: u32,
    /// Forgeries and garbage before each answer.
    forged: u32,
    /// Answers a second; more wait, and what waits behind 300 others is dropped.
    rate: u64,
}

const GOOD: Network = Network { loss: 0, delay_us: 200, doubled: 0, forged: 0, rate: 100_000 };

/// What the name with that number is answered.
fn expected(number: u32) -> Reply {
    match number % 10 {
        9 => Reply::NoSuchName,
        8 => Reply::NoData,
        _ => {
            let data = RecordData::A((0x0a00_0000 + number).into());
            Reply::Records([Record { owner: name('d', number), ttl_secs: 300, data }].into())
        }
    }
}

/// The answer of the other side; empty for a name that it never answers.
fn answer_to(query: &[u8]) -> Vec<u8> {
    let question_end = query.len() - if query[11] == 1 { 11 } else { 0 };
    let length = usize::from(query[12]);
    let label = std::str::from_utf8(&query[13..13 + length]).expect("text");
    let number: u32 = label[1..].parse().expect("a number");
    let mut answer = query[..question_end].to_vec();
    answer[2..12].copy_from_slice(&[0x85, 0x80, 0, 1, 0, 0, 0, 0, 0, 0]);
    match (label.as_bytes()[0].to_ascii_lowercase(), number % 10) {
        (b'x', _) => return Vec::new(),
        (_, 9) => answer[3] = 0x83,
        (_, 8) => {}
        _ => {
            answer[7] = 1;
            answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4]);
            answer.extend((0x0a00_0000 + number).to_be_bytes());
        }
    }
    answer
}

/// Numbers by chance that are the same every time (xorshift).
fn chance(seed: u64) -> impl FnMut() -> u32 {
    let mut state = seed | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from(state >> 40).expect("24 bits")
    }
}

fn dice(seed: u64) -> Dice {
    let mut next = chance(seed);
    Dice::new(Box::new(move |block| block.iter_mut().for_each(|octet| *octet = next().to_le_bytes()[1])))
}

/// A packet on its way back, soonest first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Travelling(std::cmp::Reverse<(u64, u64)>, usize, Vec<u8>);

struct Play {
    server: Server,
    network: Network,
    next: Box<dyn FnMut() -> u32>,
    travelling: BinaryHeap<Travelling>,
    sent: u64,
    busy_until: u64,
    most_at_once: usize,
    now: u64,
}

impl Play {
    fn new(limits: Limits, network: Network, seed: u64) -> Self {
        Self {
            server: Server::new(limits, 4, dice(seed)),
            network,
            next: Box::new(chance(seed ^ 0x5555)),
            travelling: BinaryHeap::new(),
            sent: 0,
            busy_until: 0,
            most_at_once: 0,
            now: 0,
        }
    }

    fn happens(&mut self, of_a_hundred: u32) -> bool {
        (self.next)() % 100 < of_a_hundred
    }

    /// The other side gets a query.
    fn arrive(&mut self, port: usize, query: Vec<u8>) {
        self.sent += 1;
        let service = 1_000_000 / self.network.rate;
        self.busy_until = self.busy_until.max(self.now) + service;
        let overrun = self.busy_until > self.now + 300 * service;
        if overrun {
            self.busy_until -= service;
        }
        if overrun || self.happens(self.network.loss) || self.happens(self.network.loss) {
            return;
        }
        let mut at = self.busy_until + self.network.delay_us;
        for n in 0..self.network.forged {
            let mut forgery = answer_to(&query);
            match n % 4 {
                0 => forgery.iter_mut().take(1).for_each(|octet| *octet ^= 0x55),
                1 => forgery.iter_mut().skip(14).take(1).for_each(|octet| *octet ^= 1),
                2 => forgery.iter_mut().skip(2).take(1).for_each(|octet| *octet &= 0x7f),
                _ => forgery.truncate(2 + usize::try_from((self.next)() % 30).expect("small")),
            }
            self.travel(at, port, forgery);
            at += 1;
        }
        let answer = answer_to(&query);
        if self.happens(self.network.doubled) {
            self.travel(at + 70_000, port, answer.clone());
        }
        self.travel(at, port, answer);
    }

    fn travel(&mut self, at: u64, port: usize, packet: Vec<u8>) {
        let order = u64::from((self.next)());
        self.travelling.push(Travelling(std::cmp::Reverse((at, order)), port, packet));
    }

    /// Runs until nothing is left to do, and returns what was done.
    fn run(&mut self, until_us: u64) -> Vec<Done> {
        let mut done = Vec::new();
        loop {
            let now = Moment::from_us(self.now);
            self.server.pass_time(now, now);
            while let Some(Outgoing { port, packet, .. }) = self.server.next(now) {
                let query = packet.to_vec();
                self.arrive(port.index, query);
            }
            self.most_at_once = self.most_at_once.max(self.server.occupied());
            done.extend(self.server.take_done());
            let arrives = self.travelling.peek().map(|packet| packet.0.0.0);
            let wakes = self.server.wake_at().map(Moment::as_us);
            let Some(next) = arrives.into_iter().chain(wakes).min() else { break };
            assert!(next < until_us, "it does not end; {} done, {} left", done.len(), self.server.occupied());
            self.now = self.now.max(next);
            while let Some(packet) = self.travelling.peek()
                && packet.0.0.0 <= self.now
                && let Some(Travelling(_, port, packet)) = self.travelling.pop()
            {
                self.server.hear(port, &packet, Moment::from_us(self.now));
            }
        }
        assert_eq!((self.server.occupied(), self.server.active, self.server.slow_active), (0, 0, 0));
        assert_eq!((0..8).map(|port| self.server.ids.on_socket(port)).sum::<usize>(), 0, "no id is left behind");
        done
    }
}

fn tasks(letter: char, count: u32) -> Vec<Task> {
    let task = |index| Task { ticket: Ticket { batch: 1, index }, name: name(letter, index), rtype: RecordType::A };
    (0..count).map(task).collect()
}

fn name(letter: char, number: u32) -> DomainName {
    format!("{letter}{number}.example").parse().expect("a good name")
}

/// The same question, in a later place of the batch.
fn later(task: Task, by: u32) -> Task {
    Task { ticket: Ticket { index: task.ticket.index + by, ..task.ticket }, ..task }
}

/// Whether a name of the letter `d` got its answer.
fn is_right(done: &Done) -> bool {
    done.reply == expected(done.ticket.index)
}

fn limits(in_flight: usize) -> Limits {
    Limits { in_flight, ..Limits::default() }
}

/// Each question answered once.
fn by_index(done: Vec<Done>) -> BTreeMap<u32, Done> {
    let count = done.len();
    let sorted: BTreeMap<_, _> = done.into_iter().map(|done| (done.ticket.index, done)).collect();
    assert_eq!(sorted.len(), count, "one answer for each question");
    sorted
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn whatever_the_network_does_each_question_ends_once_and_no_forgery_is_believed(
        seed in any::<u64>(),
        in_flight in 1_usize..300,
        retries in 0_u32..4,
        loss in 0_u32..60,
        doubled in 0_u32..50,
        forged in 0_u32..5,
        delay_us in 0_u64..400_000,
        mix_case in any::<bool>(),
        qps in proptest::option::of(500_u32..5_000),
        count in 1_u32..400,
    ) {
        let network = Network { loss, delay_us, doubled, forged, rate: 20_000 };
        let limits = Limits { qps, retries, mix_case, ..limits(in_flight) };
        let mut play = Play::new(limits, network, seed);
        play.server.enqueue(tasks('d', count));
        let done = by_index(play.run(3_600_000_000));
        prop_assert_eq!(done.len(), usize::try_from(count).expect("small"));
        prop_assert!(play.most_at_once <= in_flight);
        for done in done.values() {
            let is_right = is_right(done);
            let is_lost = matches!(done.reply, Reply::Failed(Failure::Timeout | Failure::Malformed | Failure::Benched));
            prop_assert!(is_right || is_lost, "{done:?}");
            prop_assert!(loss > 0 || delay_us > 100_000 || is_right, "{done:?}");
            prop_assert!(retries > 0 || done.account.sent <= 1);
        }
    }
}

#[test]
fn nothing_is_sent_twice_to_a_server_that_loses_nothing() {
    let mut play = Play::new(limits(20_000), GOOD, 7);
    play.server.enqueue(tasks('d', 50_000));
    let done = by_index(play.run(60_000_000));
    assert!(done.values().all(is_right));
    assert!(play.sent <= 50_250, "{} queries for 50,000 questions", play.sent);
    assert!(play.now < 700_000, "100,000 answers a second take half a second, and it took {} us", play.now);
}

#[test]
fn every_name_is_decided_where_a_tenth_of_the_queries_is_lost() {
    for seed in 1..6 {
        let mut play = Play::new(limits(20_000), Network { loss: 5, delay_us: 20_000, ..GOOD }, seed);
        play.server.enqueue(tasks('d', 30_000));
        let done = by_index(play.run(60_000_000));
        let lost = done.values().filter(|done| !is_right(done)).count();
        assert_eq!(lost, 0, "seed {seed}");
        assert!(play.now < 4_000_000, "{} us for 30,000 questions", play.now);
        assert!(play.sent < 36_000, "{} queries for 30,000 questions", play.sent);
    }
}

#[test]
fn a_tenth_lost_far_away_costs_no_more_than_that_tenth_and_the_start() {
    for seed in 1..4 {
        let network = Network { loss: 5, delay_us: 20_000, rate: 300_000, ..GOOD };
        let mut play = Play::new(limits(20_000), network, seed);
        play.server.enqueue(tasks('d', 100_000));
        let done = by_index(play.run(60_000_000));
        assert!(done.values().all(is_right), "seed {seed}");
        assert!(play.now < 2_200_000, "{} us for 100,000 questions", play.now);
        assert!(play.sent < 118_000, "{} queries for 100,000 questions", play.sent);
    }
}

#[test]
fn names_that_a_server_drops_on_purpose_hold_up_no_other_and_bench_no_server() {
    let mut play = Play::new(limits(64), GOOD, 3);
    play.server.enqueue(tasks('d', 1_000));
    play.server.enqueue(tasks('x', 200).into_iter().map(|task| later(task, 1_000)));
    play.server.enqueue(tasks('d', 1_000).into_iter().map(|task| later(task, 2_000)));
    let done = by_index(play.run(120_000_000));
    for (index, done) in done {
        match index {
            1_000..2_000 => assert_eq!(done.reply, Reply::Failed(Failure::Timeout)),
            _ => assert_eq!(done.reply, expected(index % 1_000)),
        }
    }
    assert!(!play.server.silence.is_benched());
}

#[test]
fn a_dead_server_is_known_after_the_first_time_limit() {
    let mut play = Play::new(limits(64), Network { loss: 100, ..GOOD }, 1);
    play.server.enqueue(tasks('d', 5_000));
    let done = by_index(play.run(60_000_000));
    assert!(done.values().all(|done| matches!(done.reply, Reply::Failed(Failure::Timeout | Failure::Benched))));
    assert!(play.now <= 2_100_000, "{} us", play.now);
    assert!(play.sent < 200, "{} queries", play.sent);
}

#[test]
fn a_server_that_starts_anew_loses_no_question() {
    let mut play = Play::new(limits(64), GOOD, 5);
    play.server.enqueue(tasks('d', 2_000));
    let half = play.run(60_000_000).len();
    play.network.loss = 100;
    play.server.enqueue(tasks('d', 5_000));
    let away = play.now + 4_000_000;
    let mut done = Vec::new();
    while play.now < away {
        // As in `run`, for a while.
        let now = Moment::from_us(play.now);
        play.server.pass_time(now, now);
        while let Some(Outgoing { port, packet, .. }) = play.server.next(now) {
            let query = packet.to_vec();
            play.arrive(port.index, query);
        }
        done.extend(play.server.take_done());
        play.now = play.server.wake_at().map_or(away, |at| at.as_us().max(play.now + 100));
    }
    assert!(done.is_empty() && play.server.silence.is_benched());
    play.network.loss = 0;
    let done = by_index(play.run(60_000_000));
    assert_eq!((half, done.len()), (2_000, 5_000));
    assert!(done.values().all(is_right));
}

#[test]
fn a_batch_that_nobody_waits_for_is_dropped_whole() {
    let mut play = Play::new(limits(64), Network { loss: 100, ..GOOD }, 1);
    play.server.enqueue(tasks('d', 500));
    while play.server.next(Moment::default()).is_some() {}
    play.server.forget(1);
    assert_eq!(play.run(60_000_000), []);
}

#[test]
fn a_sockets_port_changes_every_few_thousand_queries_and_only_between_questions() {
    let mut play = Play::new(limits(64), GOOD, 9);
    play.server.enqueue(tasks('d', 40_000));
    let (mut opened, mut done) = (0, Vec::new());
    let mut backlog = Vec::new();
    while done.len() < 40_000 {
        play.now += 500;
        let now = Moment::from_us(play.now);
        play.server.pass_time(now, now);
        while let Some(Outgoing { port, packet, .. }) = play.server.next(now) {
            opened += u32::from(port.anew);
            backlog.push((port.index, packet.to_vec()));
            assert!(!port.anew || play.server.ids.on_socket(port.index) == 1, "nothing is under way on a socket that is closed");
        }
        for (port, query) in backlog.drain(..) {
            play.server.hear(port, &answer_to(&query), now);
        }
        done.extend(play.server.take_done());
    }
    assert!((8..=17).contains(&opened), "4 sockets, opened {opened} times");
}

#[test]
fn a_window_that_is_answered_all_at_once_grows_all_the_same() {
    let mut play = Play::new(limits(20_000), GOOD, 11);
    play.server.enqueue(tasks('d', 20_000));
    let (mut done, mut backlog) = (Vec::new(), Vec::new());
    while done.len() < 20_000 {
        let now = Moment::from_us(play.now);
        play.server.pass_time(now, now);
        while let Some(Outgoing { port, packet, .. }) = play.server.next(now) {
            backlog.push((port.index, packet.to_vec()));
        }
        play.now += 100;
        for (port, query) in backlog.drain(..) {
            play.server.hear(port, &answer_to(&query), Moment::from_us(play.now));
        }
        done.extend(play.server.take_done());
    }
    assert!(by_index(done).values().all(is_right));
    assert!(play.now < 40_000, "the first window alone would take 125,000 us, and this took {} us", play.now);
}
