//! The answers to a batch of questions as they come from the engine's thread. Asks nothing itself.

use tokio::sync::mpsc;

use super::DnsClient;
use super::engine::Order;
use super::lookup::{Done, Task};
use crate::observe::{Answer, Deliver, DnsAnswer, Origin, Question, Replies, ServerReply};

/// A question of which some servers have not answered.
#[derive(Debug)]
struct Open {
    question: Question,
    replies: Replies,
}

/// A batch that is being answered. Dropped before its end, it takes back what was not asked yet.
#[derive(Debug)]
pub(in crate::observe) struct Answers<'a> {
    client: &'a DnsClient,
    batch: u32,
    open: Vec<Option<Open>>,
    missing: usize,
    settled: Vec<(Question, Answer)>,
    inbox: Option<mpsc::UnboundedReceiver<Vec<(usize, Done)>>>,
}

impl<'a> Answers<'a> {
    /// Questions for which some server is known, with tickets in their order.
    pub(super) fn new(client: &'a DnsClient, batch: u32, questions: Vec<Question>) -> Self {
        let missing = questions.len();
        let open = questions.into_iter().map(|question| Some(Open { question, replies: Replies::new() })).collect();
        Self { client, batch, open, missing, settled: Vec::new(), inbox: None }
    }

    /// Answers questions that no server is known for.
    pub(super) fn settle(&mut self, questions: Vec<Question>) {
        self.settled.extend(questions.into_iter().map(|question| {
            let why = match &question {
                Question::Dns { view, .. } => format!("no DNS server is known for the {view} view"),
                Question::Probe(_) | Question::Authority { .. } => "this is no question to the servers of a view".to_owned(),
            };
            (question, Answer::Unknown(why))
        }));
    }

    /// Hands the questions to the engine.
    pub(super) fn begin(&mut self, tasks: Vec<(usize, Vec<Task>)>) {
        if tasks.is_empty() {
            return;
        }
        let (to, inbox) = mpsc::unbounded_channel();
        let order = Order::Ask { batch: self.batch, to, tasks };
        match self.client.engine().map(|engine| engine.order(order)) {
            Ok(true) => self.inbox = Some(inbox),
            Ok(false) => self.give_up("the DNS engine has stopped"),
            Err(why) => self.give_up(&why),
        }
    }

    /// Waits for some more answers; `None` when each question has one.
    pub(in crate::observe) async fn next(&mut self) -> Option<Arrived> {
        if !self.settled.is_empty() {
            return Some(Arrived(Vec::new()));
        }
        if self.missing == 0 {
            return None;
        }
        let batch = self.inbox.as_mut()?.recv().await;
        if batch.is_none() {
            self.give_up("the DNS engine has stopped");
        }
        Some(Arrived(batch.unwrap_or_default()))
    }

    /// Delivers each question that is answered by what has arrived, and says how many.
    pub(in crate::observe) fn sort(&mut self, arrived: Arrived, deliver: &mut Deliver<'_>) -> usize {
        let mut count = self.settled.len();
        for (question, answer) in self.settled.drain(..) {
            deliver(question, answer);
        }
        for (server, done) in arrived.0 {
            if let Some((question, replies)) = self.sort_in(server, done) {
                count += 1;
                deliver(question, Answer::Dns(DnsAnswer { replies }));
            }
        }
        count
    }

    /// Puts an answer to its question; gives back the question with all replies when it was the last that was missing.
    fn sort_in(&mut self, server: usize, done: Done) -> Option<(Question, Replies)> {
        let place = self.open.get_mut(usize::try_from(done.ticket.index).ok()?)?;
        let open = place.as_mut()?;
        let servers = &self.client.servers;
        let asked = self.client.servers_for(&open.question);
        let reply = ServerReply {
            server: Origin::from(servers[server].0),
            reply: done.reply,
            sent: done.account.sent,
            timeouts: done.account.timeouts,
            truncated: done.account.truncated,
            authoritative: done.authoritative,
            remarks: done.remarks,
        };
        open.replies.push(reply);
        if open.replies.len() < asked.len() {
            return None;
        }
        if asked.len() > 1 {
            let place_of = |origin: &Origin| asked.iter().position(|number| Origin::from(servers[*number].0) == *origin);
            open.replies.sort_by_key(|reply| place_of(&reply.server));
        }
        self.missing -= 1;
        place.take().map(|Open { question, replies }| (question, replies))
    }

    /// Answers whatever is open, for nobody else will.
    fn give_up(&mut self, why: &str) {
        let open = self.open.iter_mut().filter_map(Option::take);
        self.settled.extend(open.map(|open| (open.question, Answer::Unknown(why.to_owned()))));
        self.missing = 0;
        self.inbox = None;
    }
}

/// What has come from the engine at once.
#[derive(Debug)]
pub(in crate::observe) struct Arrived(Vec<(usize, Done)>);

impl Drop for Answers<'_> {
    fn drop(&mut self) {
        if self.missing > 0
            && let Some(Ok(engine)) = self.client.engine.get()
        {
            engine.order(Order::Forget(self.batch));
        }
    }
}
