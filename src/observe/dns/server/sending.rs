//! What a server is sent, and when: queries, their ids and timers, trials, the slow pass. Hears nothing.

use std::time::Duration;

use super::super::lookup::{Account, Done, Lookup, NOBODY, Pass, Saw, Stage, Task, Ticket};
use super::super::moment::{Moment, us};
use super::super::ports::{Port, STREAM};
use super::super::query;
use super::super::timers::Due;
use super::{Outgoing, PIPELINE, Rest, SLOW_FACTOR, SLOW_PART, SLOW_WINDOW, Server, Slot};
use crate::observe::{Failure, Reply};

impl Server {
    /// The next query to send now, if any may go.
    pub(in super::super) fn next(&mut self, now: Moment) -> Option<Outgoing<'_>> {
        if now < self.send_not_before() {
            return None;
        }
        let slot = loop {
            match self.resend.pop_front() {
                Some(due) if self.is_current(due) => break due.slot,
                Some(_) => {}
                None => break self.start(now)?,
            }
        };
        self.send(slot, now)
    }

    pub(super) fn send_not_before(&self) -> Moment {
        self.pace.next().max(self.hold)
    }

    /// Begins the next question where there is room for one.
    fn start(&mut self, now: Moment) -> Option<usize> {
        loop {
            if self.occupied() >= self.limits.in_flight {
                return None;
            }
            let next = if self.silence.is_benched() { self.trial(now) } else { self.waiting() };
            let Some((task, pass, account)) = next else {
                self.idle |= self.active == 0;
                return None;
            };
            // All may be answered at once, and more be waiting: that is no pause.
            if std::mem::take(&mut self.idle) {
                self.window.begin(now);
            }
            if let Some(slot) = self.enter(task, pass, account) {
                return Some(slot);
            }
        }
    }

    /// What a benched server is tried with: a question that it once answered, or else one that waits for it.
    fn trial(&mut self, now: Moment) -> Option<(Task, Pass, Account)> {
        if self.queue.is_empty() && self.slow.is_empty() || !self.silence.begin_trial(now) {
            return None;
        }
        if let Some((name, rtype)) = self.familiar.clone() {
            return Some((Task { ticket: Ticket { batch: NOBODY, index: 0 }, name, rtype }, Pass::Trial, Account::default()));
        }
        let task = self.queue.pop_front().map(|task| (task, Account::default()));
        let (task, account) = task.or_else(|| self.slow.pop_front().map(|rest| (rest.task, rest.account)))?;
        Some((task, Pass::Trial, account))
    }

    fn waiting(&mut self) -> Option<(Task, Pass, Account)> {
        if !self.queue.is_empty() && self.active >= self.window.size() {
            self.window.full();
            return None;
        }
        if let Some(task) = self.queue.pop_front() {
            return Some((task, Pass::First, Account::default()));
        }
        // Slowly, and after all others: what is lost in a crowd may get through alone.
        let may = self.active == self.slow_active
            && self.slow_active < SLOW_WINDOW.max(self.window.size() / SLOW_PART).min(self.window.size());
        let Rest { task, account, .. } = may.then(|| self.slow.pop_front())??;
        Some((task, Pass::Slow, account))
    }

    /// Gives a question a place; `None` where no message can hold its name, which ends it.
    fn enter(&mut self, task: Task, pass: Pass, account: Account) -> Option<usize> {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            self.slots.len() - 1
        });
        let question = &mut self.slots[slot].question;
        if !query::write_question(&task.name, task.rtype, question) {
            self.free.push(slot);
            let reply = Reply::Failed(Failure::Unreachable("a name that no message can hold".to_owned()));
            self.done.push(Done { ticket: task.ticket, reply, authoritative: false, account, remarks: None });
            return None;
        }
        if self.limits.mix_case {
            query::mix_case(question, &mut self.dice);
        }
        self.slots[slot].lookup = Some(Lookup::new(task, pass, account));
        self.active += 1;
        self.slow_active += usize::from(pass == Pass::Slow);
        Some(slot)
    }

    /// Puts the query together and starts its timer. It keeps its id where the same query was sent before, so that a late answer
    /// to that one counts too; another query gets another id.
    fn send(&mut self, slot: usize, now: Moment) -> Option<Outgoing<'_>> {
        let place = &mut self.slots[slot];
        let lookup = place.lookup.as_mut()?;
        let was_active = lookup.is_active();
        // A firewall of old may drop what it does not know: the last try is plain.
        let last_try = lookup.tries > 0 && lookup.tries >= self.limits.retries && lookup.worst == Failure::Timeout;
        let plain = lookup.edns_refused || last_try && !self.manners.is_proven();
        let edns = self.manners.edns() && !plain;
        let same = lookup.out.filter(|_| edns == lookup.edns);
        let (port, id) = match (same, lookup.out) {
            (Some((port, id)), _) => (Port { index: port, anew: false }, id),
            (None, old) => {
                if let Some((port, id)) = old {
                    self.ids.give_back(port, id);
                }
                let port = self.ports.choose(&self.ids, &mut self.dice);
                (port, self.ids.take(port.index, slot, &mut self.dice))
            }
        };
        self.ports.count(port.index);
        lookup.out = Some((port.index, id));
        lookup.edns = edns;
        lookup.tries += 1;
        lookup.account.sent += 1;
        lookup.first_sent.get_or_insert(now);
        (lookup.last_sent, lookup.sent_in) = (now, self.window.epoch());
        lookup.stage = Stage::Waiting;
        lookup.saw = Saw::Nothing;
        let wait = match lookup.pass {
            Pass::First => self.rtt.timer_us(lookup.tries),
            Pass::Slow => self.rtt.timer_us(lookup.tries).saturating_mul(SLOW_FACTOR).min(us(self.limits.timeout)),
            Pass::Trial => us(self.limits.timeout),
        };
        let pass = lookup.pass;
        query::write_query(id, &place.question, self.limits.form(edns), &mut self.packet);
        self.note_stage(was_active, true, pass);
        self.set_timer(slot, now.plus_us(wait));
        self.pace.take(now);
        Some(Outgoing { slot, port, packet: &self.packet })
    }

    /// A query that was to go out did not: it is sent again after a pause, before all that wait for it, or ends where that lasts too
    /// long.
    pub(in super::super) fn unsent(&mut self, slot: usize, now: Moment, pause: Duration, why: &str) {
        let limit = us(self.limits.timeout);
        let Some(lookup) = self.slots[slot].lookup.as_mut() else { return };
        lookup.tries -= 1;
        lookup.account.sent -= 1;
        lookup.stage = Stage::Due;
        if let Some((port, id)) = lookup.out.take() {
            self.ids.give_back(port, id); // its socket may not be there
        }
        self.hold = now.plus(pause);
        if lookup.first_sent.is_some_and(|first| now.since_us(first) > limit) {
            self.conclude(slot, Reply::Failed(Failure::Unreachable(why.to_owned())), false, now);
            return;
        }
        let due = Due { slot, stamp: self.set_timer(slot, now.plus_us(limit).plus(pause)) };
        self.resend.push_front(due);
    }

    /// The next query to put on the TCP connection, if one is to go there now.
    pub(in super::super) fn next_on_stream(&mut self, now: Moment) -> Option<&[u8]> {
        if self.on_stream >= PIPELINE || now < self.send_not_before() {
            return None;
        }
        let due = loop {
            let due = self.stream_queue.pop_front()?;
            if self.is_current(due) {
                break due;
            }
        };
        let place = &mut self.slots[due.slot];
        let lookup = place.lookup.as_mut()?;
        let id = self.ids.take(STREAM, due.slot, &mut self.dice);
        lookup.out = Some((STREAM, id));
        lookup.turn = self.turn;
        self.turn += 1;
        lookup.account.sent += 1;
        query::write_query(id, &place.question, self.limits.form(lookup.edns), &mut self.packet);
        self.on_stream += 1;
        self.pace.take(now);
        self.set_timer(due.slot, now.plus(self.limits.timeout));
        Some(&self.packet)
    }
}
