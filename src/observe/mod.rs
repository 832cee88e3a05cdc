//! Questions, answers, and what answers them. Does not know why it is asked: no inventory, no rule.

use std::future::Future;
use std::pin::Pin;

mod anchors;
mod answer;
mod authority;
mod dns;
mod http;
mod http_connection;
mod http_failure;
mod http_head;
mod http_request;
mod live;
mod nobody;
mod observations;
mod origin;
mod question;
pub mod recording;
mod remarks;
mod tls;
mod trouble;
mod witness;
mod zone_files;

pub use anchors::Anchors;
pub use answer::{Answer, DnsAnswer, Failure, Records, Replies, Reply, ServerReply};
pub use authority::{Authority, AuthorityReply, NameServer};
#[doc(hidden)]
pub use dns::measured;
pub use dns::{CarefulServer, Limits, Transport, system_servers};
pub use http::HttpLimits;
pub use live::{Live, LiveSettings};
pub use nobody::Nobody;
pub use observations::{Observations, Outlook, Tally};
pub use origin::Origin;
pub use question::{Probe, Question, Step};
pub use remarks::{ExtendedError, Remarks};
pub use tls::Trust;
pub use zone_files::ZoneFiles;

/// Receives each answer as it comes.
pub type Deliver<'a> = dyn FnMut(Question, Answer) + 'a;

/// Something that answers questions: live DNS and HTTP, zone files, a recording, nothing at all.
pub trait Source {
    /// Asks all of `questions` and hands every answer to `deliver` as it comes, in any order: one answer per question, always.
    /// Not being able to answer is an answer too ([`Answer::Unknown`]); a source bounds its own time, retries and concurrency.
    fn ask<'a>(&'a self, questions: Vec<Question>, deliver: &'a mut Deliver<'_>) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

    /// Waits for so long that, if nothing came meanwhile, there is something better to do than to wait on. A source that has every
    /// answer at hand keeps nobody waiting, and this never ends.
    fn lull(&self) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(std::future::pending())
    }
}
