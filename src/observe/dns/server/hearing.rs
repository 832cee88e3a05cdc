//! What a server hears from the network, or does not hear in time, and what that makes of its questions. Sends nothing.

use super::super::lookup::{Lookup, Pass, Saw, Stage};
use super::super::moment::{Moment, us};
use super::super::packet::{self, Asked, Packet, Response};
use super::super::ports::STREAM;
use super::super::reply::reply_of;
use super::super::timers::Due;
use super::{BACK_OFF, MOST_STREAMS, Server};
use crate::observe::{Failure, Reply};

impl Server {
    /// A datagram came on that socket.
    pub(in super::super) fn hear(&mut self, port: usize, packet: &[u8], now: Moment) {
        let Some((slot, verdict)) = self.verdict(port, packet) else { return };
        match verdict {
            Packet::Stray => {}
            Packet::OtherCase => self.saw(slot, Saw::OtherCase),
            Packet::Unreadable => self.saw(slot, Saw::Unreadable),
            Packet::Truncated => {
                self.learn_round_trip(slot, now);
                self.go_on_stream(slot, true, now);
            }
            Packet::Whole(response) => {
                self.learn_round_trip(slot, now);
                self.answered(slot, response, now);
            }
        }
    }

    /// A message came on the TCP connection.
    pub(in super::super) fn hear_on_stream(&mut self, packet: &[u8], now: Moment) {
        let Some((slot, verdict)) = self.verdict(STREAM, packet) else { return };
        match verdict {
            Packet::Stray => {}
            Packet::Whole(response) => self.answered(slot, response, now),
            // Nobody but the server itself writes into its connection.
            Packet::OtherCase | Packet::Unreadable | Packet::Truncated => self.truncated(slot, now),
        }
    }

    fn verdict(&self, port: usize, packet: &[u8]) -> Option<(usize, Packet)> {
        let id = u16::from_be_bytes(*packet.first_chunk()?);
        let slot = self.ids.holder(id)?;
        let place = self.slots.get(slot)?;
        let Lookup { task, out, .. } = place.lookup.as_ref()?;
        if *out != Some((port, id)) {
            return None; // a query has the id, on another socket
        }
        let asked = Asked { question: &place.question, name: &task.name, exact: self.limits.mix_case };
        Some((slot, packet::read(packet, asked)))
    }

    fn saw(&mut self, slot: usize, what: Saw) {
        if let Some(lookup) = &mut self.slots[slot].lookup {
            lookup.saw = what;
        }
    }

    /// Of a query that was sent more than once nobody knows which one was answered.
    fn learn_round_trip(&mut self, slot: usize, now: Moment) {
        let Some(lookup) = &self.slots[slot].lookup else { return };
        let round_trip = (lookup.tries == 1).then(|| now.since_us(lookup.last_sent));
        if let Some(round_trip) = round_trip {
            self.rtt.measure(round_trip);
        }
        self.window.answered(now, lookup.sent_in, round_trip);
    }

    fn answered(&mut self, slot: usize, mut response: Response, now: Moment) {
        let may_again = response.rcode != 0 && self.may_try_again(slot);
        let Some(lookup) = &mut self.slots[slot].lookup else { return };
        let authoritative = response.authoritative;
        lookup.remarks = response.remarks.take();
        let reply = reply_of(&lookup.task.name, lookup.task.rtype, response);
        let over_udp = lookup.stage != Stage::Streaming;
        match &reply {
            // 16 is BADVERS.
            Reply::Failed(Failure::FormErr | Failure::NotImp | Failure::Rcode(16)) if lookup.edns && over_udp => {
                lookup.edns_refused = true;
                lookup.tries -= 1; // it was answered: the tries are for silence
                self.send_again(slot);
            }
            Reply::Failed(Failure::ServFail) if lookup.servfails == 0 && over_udp && may_again => {
                lookup.servfails = 1;
                lookup.worst = Failure::ServFail;
                self.pause(slot, now);
            }
            _ => self.conclude(slot, reply, authoritative, now),
        }
    }

    /// Puts a question in line to be sent once more.
    fn send_again(&mut self, slot: usize) {
        let place = &mut self.slots[slot];
        let Some(lookup) = &mut place.lookup else { return };
        let (was_active, pass) = (lookup.is_active(), lookup.pass);
        lookup.stage = Stage::Due;
        place.stamp = place.stamp.wrapping_add(1);
        self.resend.push_back(Due { slot, stamp: place.stamp });
        self.note_stage(was_active, true, pass);
    }

    /// Lets some time pass before a question is sent once more. Its id is given back: what still comes is no news.
    fn pause(&mut self, slot: usize, now: Moment) {
        let Some(lookup) = &mut self.slots[slot].lookup else { return };
        let (was_active, pass) = (lookup.is_active(), lookup.pass);
        lookup.stage = Stage::Pausing;
        let wait = us(BACK_OFF) << lookup.tries.saturating_sub(1).min(6);
        if let Some((port, id)) = lookup.out.take() {
            self.ids.give_back(port, id);
        }
        self.note_stage(was_active, true, pass);
        self.set_timer(slot, now.plus_us(wait));
    }

    /// Moves a question to TCP.
    fn go_on_stream(&mut self, slot: usize, truncated: bool, now: Moment) {
        let Some(lookup) = &mut self.slots[slot].lookup else { return };
        let (was_active, pass) = (lookup.is_active(), lookup.pass);
        lookup.account.truncated |= truncated;
        lookup.stage = Stage::Streaming;
        if let Some((port, id)) = lookup.out.take() {
            self.ids.give_back(port, id);
        }
        self.note_stage(was_active, false, pass);
        let stamp = self.set_timer(slot, now.plus(self.limits.timeout));
        self.stream_queue.push_back(Due { slot, stamp });
    }

    fn truncated(&mut self, slot: usize, now: Moment) {
        self.conclude(slot, Reply::Failed(Failure::Truncated), false, now);
    }

    /// The TCP connection ended or could not be made: what was on it goes onto the next one, once.
    pub(in super::super) fn stream_ended(&mut self, now: Moment) {
        let on_it = |lookup: &Lookup| lookup.stage == Stage::Streaming && lookup.out.is_some_and(|(port, _)| port == STREAM);
        let turn = |slot: &usize| self.slots[*slot].lookup.as_ref().filter(|lookup| on_it(lookup)).map(|lookup| lookup.turn);
        let blamed = (0..self.slots.len()).filter_map(|slot| Some((turn(&slot)?, slot))).min().map(|(_, slot)| slot);
        for slot in 0..self.slots.len() {
            let Some(lookup) = self.slots[slot].lookup.as_mut().filter(|lookup| on_it(lookup)) else { continue };
            lookup.streams += u32::from(Some(slot) == blamed);
            if lookup.streams >= MOST_STREAMS {
                self.truncated(slot, now);
                continue;
            }
            if let Some((port, id)) = lookup.out.take() {
                self.ids.give_back(port, id);
            }
            self.on_stream -= 1;
            let stamp = self.set_timer(slot, now.plus(self.limits.timeout));
            self.stream_queue.push_back(Due { slot, stamp });
        }
    }

    /// The system reports an error on that socket: an ICMP message, or no route. It may pass, as when a server starts anew, so
    /// that the tries that are left are still made, at a quick pace.
    pub(in super::super) fn hear_trouble(&mut self, port: usize, why: &str, now: Moment) {
        for slot in 0..self.slots.len() {
            let Some(lookup) = self.slots[slot].lookup.as_mut() else { continue };
            let waits = matches!(lookup.stage, Stage::Waiting | Stage::Lingering);
            if !waits || lookup.out.is_none_or(|(at, _)| at != port) || matches!(lookup.saw, Saw::Trouble(_)) {
                continue;
            }
            let (was_active, pass) = (lookup.is_active(), lookup.pass);
            lookup.saw = Saw::Trouble(why.to_owned());
            lookup.stage = Stage::Waiting;
            let wait = us(BACK_OFF) << lookup.tries.saturating_sub(1).min(6);
            self.note_stage(was_active, true, pass);
            self.set_timer(slot, now.plus_us(wait));
        }
    }

    /// A timer fired.
    pub(super) fn expired(&mut self, slot: usize, now: Moment) {
        let Some(lookup) = &mut self.slots[slot].lookup else { return };
        match lookup.stage {
            Stage::Due => {} // it waits for its turn
            Stage::Pausing => self.send_again(slot),
            Stage::Streaming => {
                lookup.account.timeouts += u32::from(lookup.out.is_some());
                self.truncated(slot, now);
            }
            Stage::Lingering => self.give_up(slot, now),
            Stage::Waiting => self.try_failed(slot, now),
        }
    }

    /// A query brought nothing in its time.
    fn try_failed(&mut self, slot: usize, now: Moment) {
        let may_again = self.may_try_again(slot);
        let Some(lookup) = &mut self.slots[slot].lookup else { return };
        if lookup.saw == Saw::Nothing {
            self.window.lost(now, lookup.sent_in, self.rtt.timer_us(1));
        }
        let limit = lookup.first_sent.unwrap_or(now).plus(self.limits.timeout);
        match lookup.saw {
            Saw::OtherCase => self.go_on_stream(slot, false, now), // a forger cannot answer there
            _ if may_again => {
                lookup.count_failure();
                self.send_again(slot);
            }
            Saw::Nothing | Saw::Unreadable if now < limit && lookup.pass == Pass::First => {
                lookup.stage = Stage::Lingering;
                let pass = lookup.pass;
                self.note_stage(true, false, pass);
                self.set_timer(slot, limit);
            }
            _ => self.give_up(slot, now),
        }
    }

    /// Nothing came at any try.
    fn give_up(&mut self, slot: usize, now: Moment) {
        let Some(lookup) = &mut self.slots[slot].lookup else { return };
        lookup.count_failure();
        let failure = match std::mem::take(&mut lookup.saw) {
            Saw::Trouble(why) => Failure::Unreachable(why),
            _ => lookup.worst.clone(),
        };
        self.conclude(slot, Reply::Failed(failure), false, now);
    }

    /// Whether a question that got no answer yet may be sent once more.
    fn may_try_again(&self, slot: usize) -> bool {
        let Some(lookup) = &self.slots[slot].lookup else { return false };
        let tries = match lookup.pass {
            Pass::Trial => 1,
            Pass::First if self.limits.retries == 0 => 1,
            // The user's number is enough unless the server is seen to lose much.
            Pass::First if matches!(lookup.saw, Saw::Trouble(_)) => self.limits.retries.saturating_add(1),
            Pass::First => self.limits.retries.saturating_add(1).max(self.loss.tries_needed()),
            Pass::Slow => self.loss.tries_needed().div_ceil(2),
        };
        // Others found it silent meanwhile.
        let given_up = self.silence.is_benched() && lookup.pass != Pass::Trial;
        lookup.tries < tries && !given_up
    }
}
