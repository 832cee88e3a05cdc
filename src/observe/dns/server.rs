//! One DNS server: what is asked next, when it is asked again, how fast, and when it is left alone. Knows nothing of views or of
//! other servers, opens no socket and reads no clock: packets and the time come in, packets go out.

use std::collections::VecDeque;
use std::time::Duration;

use super::Limits;
use super::dice::Dice;
use super::ids::{self, Ids};
use super::lookup::{Account, Done, Lookup, NOBODY, Pass, Stage, Task};
use super::loss::Loss;
use super::manners::Manners;
use super::moment::Moment;
use super::pace::Pace;
use super::ports::{Port, Ports};
use super::rtt::Rtt;
use super::silence::Silence;
use super::timers::{Due, Timers};
use super::window::Window;
use crate::dns::{DomainName, RecordType};
use crate::observe::{Failure, Reply};

mod hearing;
mod sending;

/// The pause before a query is sent again after SERVFAIL or where the server cannot be reached; it doubles from try to try.
const BACK_OFF: Duration = Duration::from_millis(50);
/// The most questions at one time in the slow pass, and the part of a large window that they may take.
const SLOW_WINDOW: usize = 16;
const SLOW_PART: usize = 16;
/// A query of the slow pass waits so many times as long as one of the first.
const SLOW_FACTOR: u64 = 4;
/// The most questions at one time on the TCP connection (RFC 7766 6.2.1.1).
const PIPELINE: usize = 32;
/// How often a question goes onto a new connection where one ended that it had waited for longest: the others are not to blame.
const MOST_STREAMS: u32 = 2;
/// The question that proves a server to be alive is renewed once in so many answers.
const FAMILIAR_FOR: u32 = 256;

/// A place for a question on its way.
#[derive(Debug, Default)]
struct Slot {
    /// Changes whenever a timer is set or the place is left, so that what is due for an earlier use means nothing.
    stamp: u32,
    /// The question section as it was sent; kept when the place is left, so that nothing is allocated again.
    question: Vec<u8>,
    lookup: Option<Lookup>,
}

/// A question that the first pass did not decide.
#[derive(Debug)]
struct Rest {
    task: Task,
    account: Account,
    failure: Failure,
}

/// A server with what is known of it.
#[derive(Debug)]
pub(super) struct Server {
    limits: Limits,
    dice: Dice,
    ids: Ids,
    ports: Ports,
    slots: Vec<Slot>,
    free: Vec<usize>,
    /// Places that take part of the window, and those of them that belong to the slow pass.
    active: usize,
    slow_active: usize,
    /// Whether there was nothing to ask and nothing to wait for.
    idle: bool,
    queue: VecDeque<Task>,
    resend: VecDeque<Due>,
    slow: VecDeque<Rest>,
    stream_queue: VecDeque<Due>,
    on_stream: usize,
    /// How many questions went onto TCP connections.
    turn: u64,
    done: Vec<Done>,
    timers: Timers,
    fired: Vec<Due>,
    window: Window,
    rtt: Rtt,
    loss: Loss,
    pace: Pace,
    manners: Manners,
    silence: Silence,
    /// A question that it answered: asked again to see whether it is alive.
    familiar: Option<(DomainName, RecordType)>,
    decided: u32,
    /// Nothing is sent before.
    hold: Moment,
    packet: Vec<u8>,
}

/// A query to put on the wire.
#[derive(Debug)]
pub(super) struct Outgoing<'a> {
    /// Whose it is, for [`Server::unsent`].
    pub(super) slot: usize,
    /// From which socket, and whether that is to be opened anew.
    pub(super) port: Port,
    /// The query.
    pub(super) packet: &'a [u8],
}

impl Server {
    /// A server of which nothing is known; `sockets` is the most that it may have.
    pub(super) fn new(limits: Limits, sockets: usize, dice: Dice) -> Self {
        let limits = Limits { in_flight: limits.in_flight.clamp(1, ids::MOST - 1), ..limits };
        Self {
            dice,
            ids: Ids::default(),
            ports: Ports::new(sockets),
            slots: Vec::new(),
            free: Vec::new(),
            active: 0,
            slow_active: 0,
            idle: true,
            queue: VecDeque::new(),
            resend: VecDeque::new(),
            slow: VecDeque::new(),
            stream_queue: VecDeque::new(),
            on_stream: 0,
            turn: 0,
            done: Vec::new(),
            timers: Timers::default(),
            fired: Vec::new(),
            window: Window::new(limits.in_flight),
            rtt: Rtt::new(limits.timeout),
            loss: Loss::default(),
            pace: Pace::new(limits.qps),
            manners: Manners::default(),
            silence: Silence::default(),
            familiar: None,
            decided: 0,
            hold: Moment::default(),
            packet: Vec::new(),
            limits,
        }
    }

    /// Takes questions to ask.
    pub(super) fn enqueue(&mut self, tasks: impl IntoIterator<Item = Task>) {
        self.queue.extend(tasks);
    }

    /// Drops every question of a batch for which nobody waits any more.
    pub(super) fn forget(&mut self, batch: u32) {
        self.queue.retain(|task| task.ticket.batch != batch);
        self.slow.retain(|rest| rest.task.ticket.batch != batch);
        for slot in 0..self.slots.len() {
            if self.slots[slot].lookup.as_ref().is_some_and(|lookup| lookup.task.ticket.batch == batch) {
                let lookup = self.leave(slot);
                if lookup.is_some_and(|lookup| lookup.pass == Pass::Trial) {
                    self.silence.trial_ended();
                }
            }
        }
    }

    /// Takes what is answered or given up.
    pub(super) fn take_done(&mut self) -> impl Iterator<Item = Done> {
        self.done.drain(..)
    }

    /// Frees a place, with the id of its query.
    fn leave(&mut self, slot: usize) -> Option<Lookup> {
        let place = &mut self.slots[slot];
        let lookup = place.lookup.as_ref()?;
        let (was_active, pass, out) = (lookup.is_active(), lookup.pass, lookup.out);
        self.on_stream -= usize::from(lookup.stage == Stage::Streaming && out.is_some());
        place.stamp = place.stamp.wrapping_add(1);
        self.free.push(slot);
        if let Some((port, id)) = out {
            self.ids.give_back(port, id);
        }
        self.note_stage(was_active, false, pass);
        self.slots[slot].lookup.take() // last of all: then only what is kept of it is moved
    }

    /// Keeps count of the places that take part of the window.
    fn note_stage(&mut self, was_active: bool, is_active: bool, pass: Pass) {
        let count = |count: usize| count + usize::from(is_active) - usize::from(was_active);
        self.active = count(self.active);
        if pass == Pass::Slow {
            self.slow_active = count(self.slow_active);
        }
    }

    fn occupied(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    fn is_current(&self, due: Due) -> bool {
        self.slots[due.slot].stamp == due.stamp && self.slots[due.slot].lookup.is_some()
    }

    /// Gives up a socket for a server that has none, if it can; its number.
    pub(super) fn spare_socket(&mut self) -> Option<usize> {
        self.ports.spare(&self.ids)
    }

    /// No more sockets can be had than are open.
    pub(super) fn use_open_sockets_only(&mut self) {
        self.ports.close_door();
    }

    fn set_timer(&mut self, slot: usize, at: Moment) -> u32 {
        let place = &mut self.slots[slot];
        place.stamp = place.stamp.wrapping_add(1);
        self.timers.set(at, Due { slot, stamp: place.stamp });
        place.stamp
    }

    /// Whether something waits for the TCP connection or for an answer over it.
    pub(super) fn needs_stream(&self) -> bool {
        self.on_stream > 0 || !self.stream_queue.is_empty()
    }

    /// Lets time pass: timers fire, and what waits for a server without hope is given up. All packets that came before `heard`
    /// have been read; no timer fires that is due later, for its answer may lie there.
    pub(super) fn pass_time(&mut self, heard: Moment, now: Moment) {
        let mut fired = std::mem::take(&mut self.fired);
        self.timers.fire(heard, &mut fired);
        for due in fired.drain(..) {
            if self.is_current(due) {
                self.expired(due.slot, heard);
            }
        }
        self.fired = fired;
        if self.silence.is_benched() && !self.silence.is_hopeful(now) {
            let benched = self.queue.drain(..).map(|task| (task, Account::default(), Failure::Benched));
            let rests = self.slow.drain(..).map(|Rest { task, account, failure }| (task, account, failure));
            self.done.extend(benched.chain(rests).map(|(task, account, failure)| Done {
                ticket: task.ticket,
                reply: Reply::Failed(failure),
                authoritative: false,
                account,
                remarks: None,
            }));
        }
    }

    /// When to let time pass again, if nothing comes before.
    pub(super) fn wake_at(&self) -> Option<Moment> {
        let waits = !self.queue.is_empty() || !self.slow.is_empty();
        let trial = self.silence.wake_at().filter(|_| waits);
        let may_start = !self.queue.is_empty() && self.active < self.window.size() && self.occupied() < self.limits.in_flight;
        let may_send = !self.resend.is_empty() || !self.stream_queue.is_empty() || may_start && !self.silence.is_benched();
        let send = may_send.then(|| self.send_not_before());
        [self.timers.next(), trial, send].into_iter().flatten().min()
    }

    /// Ends a question: with its reply, or with another chance in the slow pass.
    fn conclude(&mut self, slot: usize, reply: Reply, authoritative: bool, now: Moment) {
        let Some(lookup) = &self.slots[slot].lookup else { return };
        match &reply {
            Reply::Failed(failure) if !failure.is_answer() => {
                if lookup.pass != Pass::Slow {
                    self.silence.unanswered(now);
                }
            }
            Reply::Failed(_) => self.silence.answered(),
            _ => {
                self.silence.answered();
                self.manners.decided(lookup);
                self.loss.answered_after(lookup.account.timeouts + 1);
                if self.decided.is_multiple_of(FAMILIAR_FOR) {
                    self.familiar = Some((lookup.task.name.clone(), lookup.task.rtype));
                }
                self.decided = self.decided.wrapping_add(1);
            }
        }
        let Some(Lookup { task, account, pass, remarks, .. }) = self.leave(slot) else { return };
        if task.ticket.batch == NOBODY {
            return;
        }
        match reply {
            Reply::Failed(failure) if pass == Pass::First && self.may_change_its_mind(&failure) => {
                self.slow.push_back(Rest { task, account, failure });
            }
            reply => self.done.push(Done { ticket: task.ticket, reply, authoritative, account, remarks }),
        }
    }

    /// Whether asking once more, later and slowly, may bring more than the first pass did.
    fn may_change_its_mind(&self, failure: &Failure) -> bool {
        let passing = matches!(failure, Failure::Timeout | Failure::ServFail | Failure::Unreachable(_));
        passing && self.limits.retries > 0 && self.familiar.is_some()
    }
}

#[cfg(test)]
mod tests;
