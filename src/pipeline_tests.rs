//! What must not change an outcome: the size of windows, the order of domains and of answers, and how an estate is divided.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn, ready};
use std::net::SocketAddr;
use std::pin::Pin;

use futures_util::{FutureExt as _, stream};
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::dns::{Record, RecordData, RecordType, Shard, View};
use crate::inventory::Inventory;
use crate::inventory::flags::{self, Flags};
use crate::observe::{Deliver, DnsAnswer, Failure, Reply, ServerReply};
use crate::report::{Format, Header, Layout};

/// What is said of the domain of a number, by both servers of a view or by one of them otherwise.
type Said = (u8, u8);

/// Answers by what the domains are to be, in one order or the other.
struct World {
    said: Vec<Said>,
    backwards: bool,
}

impl World {
    fn reply(&self, view: View, server: u8, name: &DomainName, rtype: RecordType) -> Reply {
        let text = name.as_str();
        let number = text.strip_prefix("im.d").and_then(|rest| rest.split('.').next()?.parse::<usize>().ok());
        let Some((one, other)) = number.and_then(|number| self.said.get(number)) else {
            return if text.contains("example") && !text.starts_with("imctl-") { Reply::NoData } else { Reply::NoSuchName };
        };
        let address = |last: u8| RecordData::A([10, 1, u8::from(view == View::External), last].into());
        let records = |data| Reply::Records([Record { owner: name.clone(), ttl_secs: 300, data }].into());
        match (if server == 1 { one } else { other }, rtype) {
            (0, RecordType::A) => records(address(10)),
            (1, RecordType::A) => records(address(99)),
            (2, _) => Reply::NoSuchName,
            (3, _) => Reply::Failed(Failure::ServFail),
            (4, RecordType::A | RecordType::Aaaa) => records(RecordData::Cname("shared.example".parse().expect("a name"))),
            (5, _) => Reply::Failed(Failure::Timeout),
            _ => Reply::NoData,
        }
    }
}

impl Source for World {
    fn ask<'a>(&'a self, mut questions: Vec<Question>, deliver: &'a mut Deliver<'_>) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
        if self.backwards {
            questions.reverse();
        }
        for question in questions {
            let Question::Dns { view, name, rtype } = &question else { continue };
            let reply = |server: u8| ServerReply {
                server: SocketAddr::from(([127, 0, *view as u8, server], 53)).into(),
                reply: self.reply(*view, server, name, *rtype),
                sent: 1,
                timeouts: 0,
                truncated: false,
                authoritative: true,
                remarks: None,
            };
            let answer = Answer::Dns(DnsAnswer { replies: [reply(1), reply(2)].into_iter().collect() });
            deliver(question, answer);
        }
        Box::pin(ready(()))
    }
}

struct Blind;

impl Watch for Blind {
    fn asking(&mut self, _: usize) {}
    fn judged(&mut self, _: usize) {}
    fn answered(&mut self, _: &Question, _: &Answer) -> io::Result<()> {
        Ok(())
    }
}

/// The inventory of so many domains, of which several share a parent.
fn inventory(domains: usize) -> Inventory {
    let strings = |list: &[&str]| list.iter().map(ToString::to_string).collect();
    let flags = Flags {
        internal: strings(&["127.0.0.1", "127.0.0.2"]),
        external: strings(&["127.0.1.1", "127.0.1.2"]),
        routers: strings(&["10.1.0.10"]),
        reverse_proxies: strings(&["10.1.1.10"]),
        vantage: None,
    };
    let names: Vec<String> = (0..domains).map(|n| format!("im.d{n}.p{}.example", n % 3)).collect();
    flags::apply(None, &flags, &names).expect("good names")
}

/// So many domains in work, from the first on.
fn width(most: usize) -> Width {
    Width { first: most, most, ahead: most }
}

/// Judges an estate in a window of that width.
fn settle(
    inventory: &Inventory,
    source: &dyn Source,
    width: Width,
    observed: &mut Observations,
) -> Result<Judgement, PipelineError> {
    let today = date(2026, 6, 1);
    let policy = Policy::new(inventory, today);
    let scope = Scope { views: View::ALL.to_vec(), dns: true, ..Scope::default() };
    let run = Run { estate: Estate { inventory, roster: None, today }, scope: &scope, policy: &policy };
    let mut domains = stream::iter(inventory.domains.iter().map(Ok));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(run.settle_in(width, &mut domains, source, observed, &mut Blind, &mut KeepAll))
}

/// What comes out: the JSON report, and each domain's verdict in their order.
fn judged(inventory: &Inventory, source: &dyn Source, width: Width, observed: &mut Observations) -> (Vec<u8>, Vec<String>) {
    let judgement = settle(inventory, source, width, observed).expect("it comes to an end");
    let header = Header { command: "dns-check", started: String::new(), seconds: 0.0, vantage: View::Internal, fail_on: None };
    let mut json = Vec::new();
    Format::Json
        .render(&header, &judgement, Layout { width: 80, everything: true, details: false }, &mut json)
        .expect("a vector takes all");
    (json, judgement.domains.iter().map(|domain| format!("{} {}", domain.name, domain.verdict)).collect())
}

/// The first domain is all right, so that both views are there from the first question on.
fn said() -> impl Strategy<Value = Vec<Said>> {
    prop::collection::vec((0..7u8, 0..7u8), 1..24).prop_map(|mut said| {
        said[0] = (0, 0);
        said
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn neither_the_window_nor_the_order_of_answers_changes_a_byte(
        said in said(),
        (first, most, ahead) in (1..9usize, 1..9usize, 1..9usize),
        backwards in any::<bool>(),
    ) {
        let inventory = inventory(said.len());
        let whole = judged(&inventory, &World { said: said.clone(), backwards: false }, width(1000), &mut Observations::default());
        let parted = judged(&inventory, &World { said, backwards }, Width { first, most, ahead }, &mut Observations::default());
        prop_assert!(whole == parted, "{first} domains at first, {most} and {ahead} at the most");
    }

    #[test]
    fn the_order_of_domains_changes_no_verdict(said in said(), turn in 0..24usize) {
        let world = World { said, backwards: false };
        let mut inventory = inventory(world.said.len());
        let (_, mut straight) = judged(&inventory, &world, width(4), &mut Observations::default());
        let mut domains: Vec<Domain> = inventory.domains.iter().map(Cow::into_owned).collect();
        let turn = turn % domains.len();
        domains.get_mut(1..).expect("one at least").reverse();
        domains.rotate_left(turn);
        let first = domains.iter().position(|domain| domain.name.as_str().starts_with("im.d0.")).expect("it is there");
        domains.swap(0, first);
        inventory.domains = domains.into_iter().collect();
        let (_, mut turned) = judged(&inventory, &world, width(4), &mut Observations::default());
        straight.sort();
        turned.sort();
        prop_assert_eq!(straight, turned);
    }

    #[test]
    fn the_parts_of_an_estate_together_are_the_whole(said in said(), of in 1..5u32) {
        let world = World { said, backwards: false };
        let inventory = inventory(world.said.len());
        let whole = judged(&inventory, &world, width(8), &mut Observations::default());
        let mut observed = Observations::default();
        for part in 1..=of {
            let shard: Shard = format!("{part}/{of}").parse().expect("a part");
            let mut part = inventory.clone();
            part.domains.retain(|domain| shard.holds(&domain.name));
            let listening = Listening { world: &world, heard: RefCell::default() };
            judged(&part, &listening, width(8), &mut Observations::default());
            listening.heard.into_inner().into_iter().for_each(|(question, answer)| observed.give(question, answer));
        }
        let together = judged(&inventory, &World { said: Vec::new(), backwards: false }, width(8), &mut observed);
        prop_assert!(whole == together);
    }
}

/// Remembers what a world answered, as a recording does.
struct Listening<'w> {
    world: &'w World,
    heard: RefCell<Vec<(Question, Answer)>>,
}

impl Source for Listening<'_> {
    fn ask<'a>(&'a self, questions: Vec<Question>, deliver: &'a mut Deliver<'_>) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
        let mut hear = |question: Question, answer: Answer| {
            self.heard.borrow_mut().push((question.clone(), answer.clone()));
            deliver(question, answer);
        };
        drop(self.world.ask(questions, &mut hear));
        Box::pin(ready(()))
    }
}

/// Answers about the first domain only when others were asked about so often.
struct Slow {
    world: World,
    after: usize,
    asked: Cell<usize>,
}

impl Source for Slow {
    fn ask<'a>(&'a self, questions: Vec<Question>, deliver: &'a mut Deliver<'_>) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
        self.asked.set(self.asked.get() + 1);
        let is_slow = |question: &Question| question.to_string().contains(" im.d0.");
        let (slow, quick): (Vec<_>, Vec<_>) = questions.into_iter().partition(is_slow);
        drop(self.world.ask(quick, deliver));
        let mut polls = 0;
        let others_go_on = poll_fn(move |context| {
            if slow.is_empty() || self.asked.get() > self.after {
                return Poll::Ready(slow.clone());
            }
            polls += 1;
            assert!(polls < 1000, "nobody is asked about further while one is slow");
            context.waker().wake_by_ref();
            Poll::Pending
        });
        Box::pin(others_go_on.then(|slow| self.world.ask(slow, deliver)))
    }

    fn lull(&self) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(ready(()))
    }
}

#[test]
fn a_slow_domain_holds_up_no_other() {
    let alias = || World { said: vec![(0, 0), (4, 4)], backwards: false };
    let many = || World { said: vec![(0, 0); 30], backwards: false };
    // Others are asked about further, and others take the places of those that are judged.
    for (world, after, width) in [(alias(), 1, width(8)), (many(), 20, Width { first: 2, most: 2, ahead: 30 })] {
        let inventory = inventory(world.said.len());
        let slow = Slow { world, after, asked: Cell::new(0) };
        let (_, one) = judged(&inventory, &slow, width, &mut Observations::default());
        let (_, other) = judged(&inventory, &slow.world, width, &mut Observations::default());
        assert_eq!(one, other);
    }
}

/// A source that forgets a question.
struct Forgetful;

impl Source for Forgetful {
    fn ask<'a>(&'a self, questions: Vec<Question>, deliver: &'a mut Deliver<'_>) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
        for question in questions.into_iter().skip(1) {
            deliver(question, Answer::Unknown("nobody".to_owned()));
        }
        Box::pin(ready(()))
    }
}

#[test]
fn a_question_that_gets_lost_ends_the_run() {
    let error = settle(&inventory(3), &Forgetful, width(8), &mut Observations::default()).expect_err("it is noticed");
    assert!(matches!(error, PipelineError::Lost(1, _)), "{error}");
}
