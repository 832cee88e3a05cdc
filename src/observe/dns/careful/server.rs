//! One careful server: how often it is asked, how fast, and what its answer comes to. Knows nothing of other servers.

use std::cell::Cell;
use std::time::Duration;

use hickory_proto::op::Query as WireQuery;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::super::reply::reply_of;
use super::channel::{Channel, Heard, Trouble};
use super::patience::Patience;
use super::reading::response_of;
use super::sent::{Sent, question};
use super::tsig::Signer;
use super::{Bounds, CarefulServer, Limits};
use crate::dns::{DomainName, RecordType};
use crate::observe::{Failure, Origin, Reply, ServerReply};

/// The pause before the second try; it doubles from try to try.
const BACK_OFF: Duration = Duration::from_millis(50);

/// A server with the way to it.
#[derive(Debug)]
pub(super) struct Server {
    origin: Origin,
    channel: Channel,
    signer: Option<Signer>,
    bounds: Bounds,
    patience: Patience,
    /// Time between two queries, where a rate is given.
    gap: Option<Duration>,
    next_slot: Cell<Option<Instant>>,
}

impl Server {
    pub(super) fn new(server: &CarefulServer, limits: &Limits) -> Self {
        Self {
            origin: server.transport.origin(),
            channel: Channel::new(server),
            signer: server.tsig.as_deref().and_then(Signer::new),
            bounds: Bounds {
                in_flight: Semaphore::new(limits.in_flight.clamp(1, server.transport.most_in_flight())),
                timeout: limits.timeout,
                tries: limits.retries.saturating_add(1),
            },
            patience: Patience::default(),
            gap: limits.qps.map(|qps| Duration::from_secs(1) / qps.max(1)),
            next_slot: Cell::new(None),
        }
    }

    /// Asks until there is an answer, or the tries are used up.
    pub(super) async fn ask(&self, name: &DomainName, rtype: RecordType) -> ServerReply {
        let reply = Reply::Failed(Failure::Benched);
        let server = self.origin.clone();
        let mut account = ServerReply { server, reply, sent: 0, timeouts: 0, truncated: false, authoritative: false };
        let Some(question) = question(name, rtype) else {
            account.reply = Reply::Failed(Failure::Unreachable("a name that no message can hold".to_owned()));
            return account;
        };
        let _permit = self.bounds.in_flight.acquire().await;
        let tries = self.patience.tries(self.bounds.tries);
        if tries == 0 {
            return account;
        }
        account.reply = self.try_often(name, rtype, &question, tries, &mut account).await;
        self.patience.note(!matches!(&account.reply, Reply::Failed(failure) if !failure.is_answer()));
        account
    }

    /// A server may be too old for EDNS: then it is asked once more without.
    async fn try_often(
        &self,
        name: &DomainName,
        rtype: RecordType,
        question: &WireQuery,
        tries: u32,
        account: &mut ServerReply,
    ) -> Reply {
        let (mut last, mut edns) = (Failure::Timeout, true);
        for attempt in 0..tries {
            if attempt > 0 {
                sleep(BACK_OFF.saturating_mul(1 << (attempt - 1).min(6))).await;
            }
            let mut reply = self.try_once(name, rtype, question, edns, account).await;
            if edns && matches!(reply, Reply::Failed(Failure::FormErr | Failure::NotImp | Failure::Rcode(16))) {
                edns = false;
                reply = self.try_once(name, rtype, question, edns, account).await;
            }
            match reply {
                Reply::Failed(failure @ (Failure::Timeout | Failure::Malformed | Failure::ServFail | Failure::Unreachable(_))) => {
                    let is_final = matches!(failure, Failure::Unreachable(_));
                    last = failure;
                    if is_final {
                        break;
                    }
                }
                decided => return decided,
            }
        }
        Reply::Failed(last)
    }

    async fn try_once(
        &self,
        name: &DomainName,
        rtype: RecordType,
        question: &WireQuery,
        edns: bool,
        account: &mut ServerReply,
    ) -> Reply {
        let heard = match self.exchange(question, edns, false, account).await {
            Ok(Heard::Truncated) => {
                account.truncated = true;
                self.exchange(question, edns, true, account).await
            }
            heard => heard,
        };
        match heard {
            Ok(Heard::Whole(message)) => {
                account.authoritative = message.metadata.authoritative;
                reply_of(name, rtype, response_of(&message, name))
            }
            Ok(Heard::Truncated) => Reply::Failed(Failure::Truncated),
            Err(failure) if account.truncated => {
                account.truncated = true;
                Reply::Failed(if matches!(failure, Failure::Unproven(_)) { failure } else { Failure::Truncated })
            }
            Err(failure) => Reply::Failed(failure),
        }
    }

    /// One query, within its time. What was doubtful says more than that nothing else came.
    async fn exchange(&self, question: &WireQuery, edns: bool, more: bool, account: &mut ServerReply) -> Result<Heard, Failure> {
        let Some(sent) = Sent::new(question, edns, self.signer.as_ref()) else {
            return Err(Failure::Unreachable("the question cannot be signed".to_owned()));
        };
        self.pace().await;
        account.sent += 1;
        let mut doubt = None;
        let asked = async { if more { self.channel.ask_for_more(&sent).await } else { self.channel.ask(&sent, &mut doubt).await } };
        match timeout(self.bounds.timeout, asked).await {
            Ok(Ok(heard)) => Ok(heard),
            Ok(Err(Trouble::Unreachable(why))) => Err(Failure::Unreachable(why)),
            Ok(Err(Trouble::Failed(failure))) => Err(failure),
            Err(_) => {
                account.timeouts += u32::from(doubt.is_none());
                Err(doubt.unwrap_or(Failure::Timeout))
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
}
