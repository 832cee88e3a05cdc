//! The line to one server: its pace, its tries, and the account of what was sent. Reads nothing of what an answer says.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hickory_proto::op::{Message, Query as WireQuery, ResponseCode};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::channel::{Channel, Heard, Trouble};
use super::sent::{Form, Manner, Sent};
use super::tsig::Signer;
use super::{CarefulServer, Limits};
use crate::observe::Failure;

/// The pause before the second try; it doubles from try to try.
const BACK_OFF: Duration = Duration::from_millis(50);
/// The most answers about chains of trust that are kept.
const MAX_KEPT: usize = 4096;

/// A server with the way to it.
#[derive(Debug)]
pub(super) struct Line {
    channel: Channel,
    signer: Option<Signer>,
    /// Questions on their way, with all that they entail.
    pub(super) in_flight: Semaphore,
    /// How often a query is sent.
    pub(super) tries: u32,
    timeout: Duration,
    manner: Manner,
    /// Time between two queries, where a rate is given.
    gap: Option<Duration>,
    next_slot: Mutex<Option<Instant>>,
    /// Keys and delegations, which many names have in common.
    kept: Mutex<HashMap<WireQuery, Message>>,
}

/// What one question cost.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) sent: AtomicU32,
    pub(super) timeouts: AtomicU32,
    pub(super) truncated: AtomicBool,
}

impl Line {
    /// With `recursion` the server may ask others.
    pub(super) fn new(server: &CarefulServer, limits: &Limits, recursion: bool) -> Self {
        Self {
            channel: Channel::new(server),
            signer: server.tsig.as_deref().and_then(Signer::new),
            in_flight: Semaphore::new(limits.in_flight.clamp(1, server.transport.most_in_flight())),
            tries: limits.retries.saturating_add(1),
            timeout: limits.timeout,
            manner: Manner { recursion, nsid: limits.nsid },
            gap: limits.qps.map(|qps| Duration::from_secs(1) / qps.max(1)),
            next_slot: Mutex::default(),
            kept: Mutex::default(),
        }
    }

    /// Waits before a try: not before the first.
    pub(super) async fn back_off(&self, attempt: u32) {
        if let Some(again) = attempt.checked_sub(1) {
            sleep(BACK_OFF.saturating_mul(1 << again.min(6))).await;
        }
    }

    /// One query, over TCP too where UDP is too short for the answer.
    pub(super) async fn query(&self, question: &WireQuery, form: Form, account: &Account) -> Result<Message, Failure> {
        match self.exchange(question, form, false, account).await? {
            Heard::Whole(message) => return Ok(*message),
            Heard::Truncated => account.truncated.store(true, Ordering::Relaxed),
        }
        match self.exchange(question, form, true, account).await {
            Ok(Heard::Whole(message)) => Ok(*message),
            Err(failure @ Failure::Unproven(_)) => Err(failure),
            Ok(Heard::Truncated) | Err(_) => Err(Failure::Truncated),
        }
    }

    /// A question on the way of a validation: keys, delegations, and the answer itself.
    pub(super) async fn ask_for_chain(&self, question: &WireQuery, account: &Account) -> Result<Message, Failure> {
        if let Some(kept) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(question) {
            return Ok(kept.clone());
        }
        let mut last = Failure::Timeout;
        for attempt in 0..self.tries {
            self.back_off(attempt).await;
            match self.query(question, Form::Dnssec, account).await {
                Ok(message) => {
                    self.keep(question, &message);
                    return Ok(message);
                }
                Err(failure @ (Failure::Timeout | Failure::Malformed)) => last = failure,
                Err(failure) => return Err(failure),
            }
        }
        Err(last)
    }

    fn keep(&self, question: &WireQuery, message: &Message) {
        use hickory_proto::rr::RecordType::{DNSKEY, DS, NS};
        let decides = matches!(message.metadata.response_code, ResponseCode::NoError | ResponseCode::NXDomain);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if decides && matches!(question.query_type(), DNSKEY | DS | NS) && kept.len() < MAX_KEPT {
            kept.insert(question.clone(), message.clone());
        }
    }

    /// One query, within its time. What was doubtful says more than that nothing else came.
    async fn exchange(&self, question: &WireQuery, form: Form, more: bool, account: &Account) -> Result<Heard, Failure> {
        let Some(sent) = Sent::new(question, form, self.manner, self.signer.as_ref()) else {
            return Err(Failure::Unreachable("the question cannot be signed".to_owned()));
        };
        self.pace().await;
        account.sent.fetch_add(1, Ordering::Relaxed);
        let mut doubt = None;
        let asked = async { if more { self.channel.ask_for_more(&sent).await } else { self.channel.ask(&sent, &mut doubt).await } };
        match timeout(self.timeout, asked).await {
            Ok(Ok(heard)) => Ok(heard),
            Ok(Err(Trouble::Unreachable(why))) => Err(Failure::Unreachable(why)),
            Ok(Err(Trouble::Failed(failure))) => Err(failure),
            Err(_) => {
                account.timeouts.fetch_add(u32::from(doubt.is_none()), Ordering::Relaxed);
                Err(doubt.unwrap_or(Failure::Timeout))
            }
        }
    }

    /// Waits for this server's next slot. Slots are a fixed time apart and are never saved up, so that there are no bursts.
    async fn pace(&self) {
        let Some(gap) = self.gap else { return };
        let slot = {
            let mut next = self.next_slot.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let slot = next.map_or(now, |next| next.max(now));
            *next = Some(slot + gap);
            slot
        };
        sleep_until(slot).await;
    }
}
