//! One careful server: how often it is asked, and what its answer comes to. Knows nothing of other servers.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hickory_proto::op::{Message, Query as WireQuery};

use super::super::reply::reply_of;
use super::line::{Account, Line};
use super::patience::Patience;
use super::reading::response_of;
use super::sent::{Form, question};
use super::validate::{self, Validated};
use super::{CarefulServer, Limits};
use crate::dns::{DomainName, RecordType};
use crate::observe::anchors::Anchors;
use crate::observe::{Failure, Origin, Remarks, Reply, ServerReply};

/// A server with the way to it.
#[derive(Debug)]
pub(super) struct Server {
    origin: Origin,
    line: Arc<Line>,
    anchors: Option<Anchors>,
    patience: Patience,
}

/// What the server says, whether it claims authority, and what it adds.
struct Said {
    reply: Reply,
    authoritative: bool,
    remarks: Option<Box<Remarks>>,
}

impl Server {
    /// A server of a view, which may ask others.
    pub(super) fn new(server: &CarefulServer, limits: &Limits) -> Self {
        Self::over(Line::new(server, limits, true), server)
    }

    /// A name server, which is asked for what it has itself.
    pub(super) fn of_zone(server: &CarefulServer, limits: &Limits) -> Self {
        Self::over(Line::new(server, limits, false), server)
    }

    fn over(line: Line, server: &CarefulServer) -> Self {
        let line = Arc::new(line);
        Self { origin: server.transport.origin(), line, anchors: server.dnssec.clone(), patience: Patience::default() }
    }

    /// How reports name it.
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Asks until there is an answer, or the tries are used up.
    pub(super) async fn ask(&self, name: &DomainName, rtype: RecordType) -> ServerReply {
        let account = Arc::new(Account::default());
        let Said { reply, authoritative, remarks } = self.said(name, rtype, &account).await;
        ServerReply {
            server: self.origin.clone(),
            reply,
            remarks,
            sent: account.sent.load(Ordering::Relaxed),
            timeouts: account.timeouts.load(Ordering::Relaxed),
            truncated: account.truncated.load(Ordering::Relaxed),
            authoritative,
        }
    }

    async fn said(&self, name: &DomainName, rtype: RecordType, account: &Arc<Account>) -> Said {
        let failed = |failure| Said { reply: Reply::Failed(failure), authoritative: false, remarks: None };
        let Some(question) = question(name, rtype) else {
            return failed(Failure::Unreachable("a name that no message can hold".to_owned()));
        };
        match self.hear(&question, account).await {
            Ok(message) => {
                let mut response = response_of(&message, name);
                let (authoritative, remarks) = (response.authoritative, response.remarks.take());
                Said { reply: reply_of(name, rtype, response), authoritative, remarks }
            }
            Err(failure) => failed(failure),
        }
    }

    /// The answer as it came, whatever it says.
    pub(super) async fn hear(&self, question: &WireQuery, account: &Arc<Account>) -> Result<Message, Failure> {
        let _permit = self.line.in_flight.acquire().await;
        let tries = self.patience.tries(self.line.tries);
        if tries == 0 {
            return Err(Failure::Benched);
        }
        let heard = match self.anchors.as_ref().filter(|anchors| anchors.cover(question.name())) {
            Some(anchors) => self.validated(anchors, question, account).await,
            None => self.try_often(question, tries, account).await,
        };
        self.patience.note(heard.as_ref().map_or_else(Failure::is_answer, |_| true));
        heard
    }

    async fn validated(&self, anchors: &Anchors, question: &WireQuery, account: &Arc<Account>) -> Result<Message, Failure> {
        match validate::ask(&self.line, anchors, question, account).await {
            Validated::Good(message) => Ok(*message),
            Validated::Bogus(why) => Err(Failure::Bogus(why)),
            Validated::Open(failure) => Err(failure),
        }
    }

    /// A server may be too old for EDNS: then it is asked without.
    async fn try_often(&self, question: &WireQuery, tries: u32, account: &Account) -> Result<Message, Failure> {
        const UNKNOWN_EDNS: [u16; 3] = [1, 4, 16]; // FORMERR, NOTIMP, BADVERS
        const SERVFAIL: u16 = 2;
        let (mut last, mut form) = (Failure::Timeout, Form::Edns);
        for attempt in 0..tries {
            self.line.back_off(attempt).await;
            let mut heard = self.line.query(question, form, account).await;
            if form == Form::Edns && heard.as_ref().is_ok_and(|message| UNKNOWN_EDNS.contains(&rcode(message))) {
                form = Form::Plain;
                heard = self.line.query(question, form, account).await;
            }
            match heard {
                Ok(message) if rcode(&message) == SERVFAIL && attempt == 0 && tries > 1 => last = Failure::ServFail,
                Ok(message) => return Ok(message),
                Err(failure @ (Failure::Timeout | Failure::Malformed)) => last = failure,
                Err(failure) => return Err(failure),
            }
        }
        Err(last)
    }
}

fn rcode(message: &Message) -> u16 {
    let high = message.edns.as_ref().map_or(0, |edns| u16::from(edns.rcode_high()));
    (high << 4) | u16::from(message.metadata.response_code.low())
}
