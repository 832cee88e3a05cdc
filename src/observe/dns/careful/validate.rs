//! DNSSEC validation of one answer (RFC 4035), with all that it has to ask the same server for. Never takes silence for a fault: where
//! a question on the way stays open, so does the answer.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::stream::{self, Stream};
use hickory_net::NetError;
use hickory_net::dnssec::DnssecDnsHandle;
use hickory_net::runtime::TokioRuntimeProvider;
use hickory_net::xfer::{DnsHandle, FirstAnswer as _};
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, RRSIG};
use hickory_proto::dnssec::{Proof, TrustAnchors, Verifier as _};
use hickory_proto::op::{DnsRequest, DnsRequestOptions, DnsResponse, Message, Query as WireQuery, ResponseCode};
use hickory_proto::rr::{DNSClass, LowerName, Name, RData, Record as WireRecord, RecordType as WireType};

use super::line::{Account, Line};
use crate::observe::Failure;
use crate::observe::anchors::Anchors;

/// The most questions that one validation may ask: a chain of trust over every label of a name takes fewer.
const MOST_QUESTIONS: usize = 100;
/// The most signatures over the keys of a zone that are tried.
const MOST_SIGNATURES: usize = 16;
const NO_SIGNATURES: &str = "the server gives no signatures, so that nothing can be validated";

/// A server whose answers are validated.
#[derive(Clone)]
struct Asker {
    line: Arc<Line>,
    journey: Arc<Journey>,
}

/// What came up on the way through one validation.
#[derive(Debug, Default)]
struct Journey {
    /// The first question that nobody decided, as a failure.
    open: Mutex<Option<Failure>>,
    /// Whether the server gave any signature at all.
    signed: AtomicBool,
    asked: Mutex<usize>,
    account: Arc<Account>,
}

/// What a validation comes to.
#[derive(Debug)]
pub(super) enum Validated {
    /// The answer holds, or its zone is provably unsigned.
    Good(Box<Message>),
    /// It does not hold; says why.
    Bogus(String),
    /// Nobody can tell.
    Open(Failure),
}

/// Asks a question, and whatever it takes to validate its answer.
pub(super) async fn ask(line: &Arc<Line>, anchors: &Anchors, question: &WireQuery, account: &Arc<Account>) -> Validated {
    let journey = Arc::new(Journey { account: Arc::clone(account), ..Journey::default() });
    let asker = Asker { line: Arc::clone(line), journey: Arc::clone(&journey) };
    let keys = match asker.primed(anchors, question.name()).await {
        Ok(keys) => Arc::new(keys),
        Err(verdict) => return verdict,
    };
    let handle = DnssecDnsHandle::with_trust_anchor(asker, keys);
    let options = DnsRequestOptions::default();
    let outcome = handle.lookup(question.clone(), options).first_answer().await;
    if let Some(open) = journey.open.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Validated::Open(open);
    }
    let proven = match outcome {
        Ok(response) => response.into_message(),
        Err(error) => match error {
            NetError::Dns(hickory_net::DnsError::Nsec { response, proof, .. }) => {
                let message = response.into_message();
                return if proof == Proof::Insecure {
                    Validated::Good(Box::new(message))
                } else {
                    journey.refuse("nothing proves that there is no such record".to_owned())
                };
            }
            other => return Validated::Open(Failure::Unproven(format!("it cannot be validated: {other}"))),
        },
    };
    let judged = || proven.answers.iter().filter(|record| !record.record_type().is_rrsig() && anchors.cover(&record.name));
    match judged().find(|record| record.proof == Proof::Bogus) {
        Some(record) => journey.refuse(why_bogus(&proven, record)),
        None if judged().any(|record| record.proof == Proof::Indeterminate) => {
            Validated::Open(Failure::Unproven("nobody can tell whether it should be signed".to_owned()))
        }
        None => Validated::Good(Box::new(proven)),
    }
}

impl Journey {
    /// A server that gives no signature at all is one that knows nothing of DNSSEC: with it nobody can tell.
    fn refuse(&self, why: String) -> Validated {
        if self.signed.load(Ordering::Relaxed) {
            return Validated::Bogus(why);
        }
        Validated::Open(Failure::Unproven(NO_SIGNATURES.to_owned()))
    }

    fn leave_open(&self, failure: Failure) -> NetError {
        let words = failure.to_string();
        self.open.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
        NetError::from(words)
    }

    fn count(&self) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        *asked += 1;
        *asked <= MOST_QUESTIONS
    }
}

/// The likeliest reason, from the signatures that came with the record.
fn why_bogus(message: &Message, record: &WireRecord) -> String {
    let (name, rtype) = (&record.name, record.record_type());
    let now = now_secs();
    let over = |signature: &&RRSIG| signature.input().type_covered == rtype;
    let signatures: Vec<&RRSIG> =
        message.answers.iter().filter(|other| other.name == *name).filter_map(rrsig).filter(over).collect();
    let ended = |signature: &RRSIG| u64::from(signature.input().sig_expiration.get()) < now;
    let early = |signature: &RRSIG| u64::from(signature.input().sig_inception.get()) > now;
    match signatures.as_slice() {
        [] => format!("{rtype} {name} is not signed, and its zone is"),
        all if all.iter().all(|signature| ended(signature)) => format!("the signature over {rtype} {name} has expired"),
        all if all.iter().all(|signature| early(signature)) => format!("the signature over {rtype} {name} is not valid yet"),
        _ => format!("the signature over {rtype} {name} does not fit, or its key leads to no trust anchor"),
    }
}

fn rrsig(record: &WireRecord) -> Option<&RRSIG> {
    match &record.data {
        RData::DNSSEC(DNSSECRData::RRSIG(signature)) => Some(signature),
        _ => None,
    }
}

fn dnskey(record: &WireRecord) -> Option<&DNSKEY> {
    match &record.data {
        RData::DNSSEC(DNSSECRData::DNSKEY(key)) => Some(key),
        _ => None,
    }
}

impl Asker {
    /// The anchors with the other keys of the zone that is nearest to the name, as its server gives them: a key-signing key alone would
    /// prove nothing in a zone that has no parent here to ask. A server that cannot lead to any anchor decides nothing.
    async fn primed(&self, anchors: &Anchors, name: &Name) -> Result<TrustAnchors, Validated> {
        let mut open = Failure::Unproven(NO_SIGNATURES.to_owned());
        for zone in anchors.zones_over(name) {
            let query = WireQuery::query(zone.clone(), WireType::DNSKEY);
            let answer = match self.line.ask_for_chain(&query, &self.journey.account).await {
                Ok(answer) => answer,
                Err(failure) => {
                    open = failure;
                    continue;
                }
            };
            match failure_of(&answer) {
                Some(failure) => open = failure,
                None if !answer.answers.iter().any(|record| record.record_type().is_rrsig()) => {}
                None => return with_signed_keys(&zone, &answer, anchors.keys()),
            }
        }
        Err(Validated::Open(open))
    }

    async fn exchange(&self, query: &WireQuery) -> Result<Message, NetError> {
        if !self.journey.count() {
            let signed = self.journey.signed.load(Ordering::Relaxed);
            let why = if signed { "its chain of trust takes too many questions" } else { NO_SIGNATURES };
            return Err(self.journey.leave_open(Failure::Unproven(why.to_owned())));
        }
        let message = match self.line.ask_for_chain(query, &self.journey.account).await {
            Ok(message) => message,
            Err(failure) => return Err(self.journey.leave_open(failure)),
        };
        if let Some(failure) = failure_of(&message) {
            return Err(self.journey.leave_open(failure));
        }
        if message.answers.iter().chain(&message.authorities).any(|record| record.record_type().is_rrsig()) {
            self.journey.signed.store(true, Ordering::Relaxed);
        }
        Ok(message)
    }
}

/// Why an answer decides nothing, by its code.
fn failure_of(message: &Message) -> Option<Failure> {
    match message.metadata.response_code {
        ResponseCode::NoError | ResponseCode::NXDomain => None,
        ResponseCode::ServFail => Some(Failure::ServFail),
        ResponseCode::Refused => Some(Failure::Refused),
        other => Some(Failure::Rcode(other.into())),
    }
}

/// The trusted keys, and those of the zone that one of them signs for today.
fn with_signed_keys(zone: &Name, answer: &Message, trusted: &TrustAnchors) -> Result<TrustAnchors, Validated> {
    let lower = LowerName::from(zone);
    let now = now_secs();
    let keys: Vec<&WireRecord> = answer.answers.iter().filter(|r| r.name == *zone && dnskey(r).is_some()).collect();
    let is_good = |signature: &&RRSIG| {
        let input = signature.input();
        let in_date = u64::from(input.sig_inception.get()) <= now && now <= u64::from(input.sig_expiration.get());
        let signs = |key: &DNSKEY| key.verify_rrsig(zone, DNSClass::IN, signature, keys.iter().copied()).is_ok();
        let anchors = keys.iter().filter_map(|record| dnskey(record));
        let mut anchors = anchors.filter(|key| trusted.contains_with_name(key.public_key(), &lower) && !key.revoke());
        in_date && input.type_covered == WireType::DNSKEY && anchors.any(signs)
    };
    let signatures = answer.answers.iter().filter(|record| record.name == *zone).filter_map(rrsig).take(MOST_SIGNATURES);
    if !signatures.into_iter().any(|signature| is_good(&signature)) {
        return Err(Validated::Bogus(format!("no trusted key signs for the keys of {zone}")));
    }
    let mut all = trusted.clone();
    for key in keys.iter().filter_map(|record| dnskey(record)).filter(|key| key.zone_key() && !key.revoke()) {
        all.insert_with_name(key.public_key(), lower.clone());
    }
    Ok(all)
}

fn now_secs() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl DnsHandle for Asker {
    type Response = Pin<Box<dyn Stream<Item = Result<DnsResponse, NetError>> + Send>>;
    type Runtime = TokioRuntimeProvider;

    fn send(&self, request: DnsRequest) -> Self::Response {
        let asker = self.clone();
        Box::pin(stream::once(async move {
            let query = request.queries.first().ok_or_else(|| NetError::from("no question"))?;
            let message = asker.exchange(query).await?;
            DnsResponse::from_message(message).map_err(NetError::from)
        }))
    }
}
