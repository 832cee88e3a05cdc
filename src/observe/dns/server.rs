//! One DNS server: how it is asked again, how fast, and when it is left alone. Knows nothing of views or of other servers.

use std::cell::Cell;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, sleep_until};

use super::Limits;
use super::exchange::{self, Outcome};
use super::message::{Query, Response};
use super::reply::reply_of;
use crate::dns::{DomainName, RecordType};
use crate::observe::{Failure, Reply, ServerReply};

/// After so many questions in a row without any answer, a server is benched.
const SILENT_QUESTIONS: u32 = 10;
/// After so many questions in a row that only a query without EDNS got answered, EDNS is left out.
const EDNS_IN_VAIN: u32 = 3;
/// The pause before a benched server is tried; it doubles from trial to trial, for each that is in vain holds up its round of
/// questions until it times out.
const FIRST_TRIAL: Duration = Duration::from_secs(1);
/// The longest pause between two trials.
const LAST_TRIAL: Duration = Duration::from_secs(60);
/// The pause before the second try; it doubles from try to try.
const BACK_OFF: Duration = Duration::from_millis(50);

/// A server with what is known of its manners.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
    timeout: Duration,
    tries: u32,
    in_flight: Semaphore,
    /// Time between two queries, where a rate is given.
    gap: Option<Duration>,
    next_slot: Cell<Option<Instant>>,
    edns: Cell<bool>,
    edns_in_vain: Cell<u32>,
    silent_questions: Cell<u32>,
    next_trial: Cell<Option<Instant>>,
    trial_pause: Cell<Duration>,
}

impl Server {
    pub(super) fn new(address: SocketAddr, limits: &Limits) -> Self {
        Self {
            address,
            timeout: limits.timeout,
            tries: limits.retries.saturating_add(1),
            in_flight: Semaphore::new(limits.in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            gap: limits.qps.map(|qps| Duration::from_secs(1) / qps.max(1)),
            next_slot: Cell::new(None),
            edns: Cell::new(true),
            edns_in_vain: Cell::new(0),
            silent_questions: Cell::new(0),
            next_trial: Cell::new(None),
            trial_pause: Cell::new(FIRST_TRIAL),
        }
    }

    /// Asks one question until it is answered, or the tries are used up. `sockets` bounds the sockets of all servers together.
    pub(super) async fn ask(&self, name: &DomainName, rtype: RecordType, sockets: &Semaphore) -> ServerReply {
        let mut account = ServerReply {
            server: self.address.into(),
            reply: Reply::Failed(Failure::Benched),
            sent: 0,
            timeouts: 0,
            truncated: false,
            authoritative: false,
        };
        let _permit = self.in_flight.acquire().await;
        let tries = if !self.is_benched() {
            self.tries
        } else if self.is_trial_due() {
            1
        } else {
            return account;
        };
        account.reply = self.try_often(name, rtype, tries, sockets, &mut account).await;
        self.remember(&account.reply);
        account
    }

    async fn try_often(
        &self,
        name: &DomainName,
        rtype: RecordType,
        tries: u32,
        sockets: &Semaphore,
        account: &mut ServerReply,
    ) -> Reply {
        let mut worst = Failure::Timeout;
        let mut servfails = 0;
        for attempt in 0..tries {
            if attempt > 0 {
                if self.is_benched() {
                    break; // others found it silent meanwhile
                }
                sleep(BACK_OFF.saturating_mul(1 << (attempt - 1).min(6))).await;
            }
            // A firewall of old may drop what it does not know: the last try is plain.
            let plain = attempt > 0 && attempt + 1 == tries && worst == Failure::Timeout;
            let reply = self.try_once(name, rtype, plain, sockets, account).await;
            match reply {
                Reply::Failed(Failure::Timeout) => {}
                Reply::Failed(failure @ Failure::Malformed) => worst = failure,
                Reply::Failed(failure @ Failure::ServFail) if servfails == 0 => {
                    servfails += 1;
                    worst = failure;
                }
                decided => return decided,
            }
        }
        Reply::Failed(worst)
    }

    /// One try, with what it entails: again without EDNS for a server that does not know it, over TCP where UDP is too short.
    async fn try_once(
        &self,
        name: &DomainName,
        rtype: RecordType,
        plain: bool,
        sockets: &Semaphore,
        account: &mut ServerReply,
    ) -> Reply {
        let known = self.edns.get();
        let mut reply = self.exchange(name, rtype, known && !plain, sockets, account).await;
        let decided = |reply: &Reply| matches!(reply, Reply::Records(_) | Reply::NoData | Reply::NoSuchName);
        let unknown_edns = |reply: &Reply| {
            matches!(reply, Reply::Failed(Failure::FormErr | Failure::NotImp | Failure::Rcode(16))) // 16 is BADVERS
        };
        if known && !plain && unknown_edns(&reply) {
            reply = self.exchange(name, rtype, false, sockets, account).await;
            if decided(&reply) {
                self.edns.set(false);
            }
        } else if known && decided(&reply) {
            self.edns_in_vain.set(if plain { self.edns_in_vain.get() + 1 } else { 0 });
            self.edns.set(self.edns_in_vain.get() < EDNS_IN_VAIN);
        }
        reply
    }

    async fn exchange(
        &self,
        name: &DomainName,
        rtype: RecordType,
        edns: bool,
        sockets: &Semaphore,
        account: &mut ServerReply,
    ) -> Reply {
        let Some(query) = Query::new(name, rtype, edns) else {
            return Reply::Failed(Failure::Unreachable("a name that no message can hold".to_owned()));
        };
        self.pace().await;
        let permit = sockets.acquire().await;
        account.sent += 1;
        let outcome = exchange::udp(self.address, &query, self.timeout).await;
        drop(permit);
        match outcome {
            Outcome::Answered(response) => read(name, rtype, response, account),
            Outcome::Unreadable => Reply::Failed(Failure::Malformed),
            Outcome::Unreachable(why) => Reply::Failed(Failure::Unreachable(why)),
            Outcome::Silent => {
                account.timeouts += 1;
                Reply::Failed(Failure::Timeout)
            }
            Outcome::Truncated => self.ask_over_tcp(name, rtype, &query, sockets, account).await,
        }
    }

    async fn ask_over_tcp(
        &self,
        name: &DomainName,
        rtype: RecordType,
        query: &Query,
        sockets: &Semaphore,
        account: &mut ServerReply,
    ) -> Reply {
        account.truncated = true;
        self.pace().await;
        let _permit = sockets.acquire().await;
        account.sent += 1;
        match exchange::tcp(self.address, query, self.timeout).await {
            Outcome::Answered(response) => read(name, rtype, response, account),
            other => {
                account.timeouts += u32::from(matches!(other, Outcome::Silent));
                Reply::Failed(Failure::Truncated)
            }
        }
    }

    /// Waits for this server's next slot. Slots are a fixed time apart and are never saved up, so that there are no bursts.
    async fn pace(&self) {
        let Some(gap) = self.gap else { return };
        let now = Instant::now();
        let slot = self.next_slot.get().map_or(now, |next| next.max(now));
        self.next_slot.set(Some(slot + gap));
        sleep_until(slot).await;
    }

    fn is_benched(&self) -> bool {
        self.silent_questions.get() >= SILENT_QUESTIONS
    }

    fn is_trial_due(&self) -> bool {
        let now = Instant::now();
        if self.next_trial.get().is_some_and(|next| now < next) {
            return false;
        }
        let pause = (self.trial_pause.get() * 2).min(LAST_TRIAL);
        self.trial_pause.set(pause);
        self.next_trial.set(Some(now + pause));
        true
    }

    fn remember(&self, reply: &Reply) {
        if matches!(reply, Reply::Failed(failure) if !failure.is_answer()) {
            self.silent_questions.set(self.silent_questions.get().saturating_add(1));
            if self.silent_questions.get() == SILENT_QUESTIONS {
                self.next_trial.set(Some(Instant::now() + FIRST_TRIAL));
            }
        } else {
            self.trial_pause.set(FIRST_TRIAL);
            self.silent_questions.set(0);
        }
    }
}

fn read(name: &DomainName, rtype: RecordType, response: Response, account: &mut ServerReply) -> Reply {
    account.authoritative = response.authoritative;
    reply_of(name, rtype, response)
}
