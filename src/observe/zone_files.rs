//! Zone files as a source: what an authoritative server with these zones would answer. Opens no file and asks no network.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use smallvec::smallvec;

use super::{Answer, Deliver, DnsAnswer, Origin, Question, Reply, ServerReply, Source};
use crate::dns::{View, ZoneAnswer, Zones};

/// The zones of each view. Whatever they do not say (other views, names of other zones, machines) is [`Answer::Unknown`].
#[derive(Clone, Debug, Default)]
pub struct ZoneFiles(pub BTreeMap<View, Zones>);

impl ZoneFiles {
    fn answer(&self, question: &Question) -> Answer {
        let Question::Dns { view, name, rtype } = question else {
            return Answer::Unknown("zone files say nothing about machines".to_owned());
        };
        let Some(zones) = self.0.get(view) else {
            return Answer::Unknown(format!("there are no zone files for the {view} view"));
        };
        let reply = match zones.answer(name, *rtype) {
            ZoneAnswer::Records(records) => Reply::Records(records.into()),
            ZoneAnswer::NoData => Reply::NoData,
            ZoneAnswer::NoSuchName => Reply::NoSuchName,
            ZoneAnswer::Unknown(why) => return Answer::Unknown(why),
        };
        let reply = ServerReply {
            server: Origin::ZoneFiles,
            reply,
            sent: 0,
            timeouts: 0,
            truncated: false,
            authoritative: true,
            remarks: None,
        };
        Answer::Dns(DnsAnswer { replies: smallvec![reply] })
    }
}

impl Source for ZoneFiles {
    fn ask<'a>(&'a self, questions: Vec<Question>, deliver: &'a mut Deliver<'_>) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
        for question in questions {
            let answer = self.answer(&question);
            deliver(question, answer);
        }
        Box::pin(std::future::ready(()))
    }
}
