//! What the name servers of a zone themselves say about a name. Asks nobody, and judges nothing.

use serde::{Deserialize, Serialize};

use super::{Failure, Reply, ServerReply};
use crate::dns::DomainName;

/// What each name server of the zone that holds a name says about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// The apex of the zone.
    pub zone: DomainName,
    /// The servers of its NS records, sorted by name.
    pub servers: Vec<NameServer>,
}

/// One name server of a zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameServer {
    /// Its name.
    pub name: DomainName,
    /// What it says at each of its addresses; empty where it has none, and where nobody would say which.
    pub replies: Vec<AuthorityReply>,
    /// Why its addresses are not known, or not all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
}

/// What a name server says at one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorityReply {
    /// The serial number of the zone as it stands there; `None` where it gives none with authority. Then the name was not asked for,
    /// and the reply is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<u32>,
    /// What it says about the name.
    #[serde(flatten)]
    pub reply: ServerReply,
}

impl NameServer {
    /// What it says about the name with authority, with the serial number of the zone.
    pub fn decided(&self) -> impl Iterator<Item = (u32, &ServerReply)> {
        let decides = |reply: &ServerReply| reply.authoritative && !matches!(reply.reply, Reply::Failed(_));
        self.replies.iter().filter_map(move |said| Some((said.serial?, &said.reply)).filter(|(_, reply)| decides(reply)))
    }

    /// What it says instead of the zone, by address: that it does not serve it.
    pub fn declined(&self) -> impl Iterator<Item = (&ServerReply, &Failure)> {
        self.replies.iter().filter(|said| said.serial.is_none()).filter_map(|said| match &said.reply.reply {
            Reply::Failed(failure) if failure.declines() => Some((&said.reply, failure)),
            _ => None,
        })
    }

    /// Why nothing is known of it: nobody would say where it is, or it answers at none of its addresses.
    pub fn silence(&self) -> Option<String> {
        if self.decided().next().is_some() || self.declined().next().is_some() {
            return None;
        }
        let said = self.replies.iter().map(|AuthorityReply { reply, .. }| match &reply.reply {
            Reply::Failed(failure) => format!("{failure} from {}", reply.server),
            _ => format!("an answer without authority from {}", reply.server),
        });
        let reasons: Vec<String> = said.chain(self.unknown.clone()).collect();
        (!reasons.is_empty()).then(|| reasons.join(", "))
    }
}
