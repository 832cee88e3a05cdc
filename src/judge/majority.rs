//! What most servers of a view say to one question. Follows no alias: for the addresses of the IM domain see `resolution`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::dns::{DomainName, RecordData};
use crate::observe::{DnsAnswer, Reply};

/// The content that counts, and how many servers hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Majority<T> {
    /// What they say.
    pub says: T,
    servers: usize,
    asked: usize,
}

impl<T> Majority<T> {
    /// The content of most of the servers that decided, as `read` makes it out of a reply; where several are as common, one
    /// that `is_right` before one that is not. `None` where nobody decided.
    pub fn of<'r>(answer: &'r DnsAnswer, read: impl Fn(&'r Reply) -> T, is_right: impl Fn(&T) -> bool) -> Option<Self>
    where
        T: Ord,
    {
        let mut votes: BTreeMap<T, usize> = BTreeMap::new();
        for reply in &answer.replies {
            if !matches!(reply.reply, Reply::Failed(_)) {
                *votes.entry(read(&reply.reply)).or_default() += 1;
            }
        }
        let most = *votes.values().max()?;
        let mut common: Vec<T> = votes.into_iter().filter(|(_, count)| *count == most).map(|(says, _)| says).collect();
        let position = common.iter().position(is_right).unwrap_or(0);
        Some(Self { says: common.swap_remove(position), servers: most, asked: answer.replies.len() })
    }

    /// `2 of 3`: how many of the servers asked say so.
    pub fn share(&self) -> String {
        format!("{} of {}", self.servers, self.asked)
    }
}

/// What one server's reply to an A question comes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Host {
    /// Whether the name exists.
    pub exists: bool,
    /// What it is an alias of.
    pub alias: Option<DomainName>,
    /// Every address in the answer.
    pub addresses: BTreeSet<IpAddr>,
}

impl Host {
    /// Reads a decided reply about `name`.
    pub fn read(name: &DomainName, reply: &Reply) -> Self {
        let records: &[_] = if let Reply::Records(records) = reply { records } else { &[] };
        let alias = records.iter().filter(|record| record.owner == *name).find_map(|record| match &record.data {
            RecordData::Cname(target) => Some(target.clone()),
            _ => None,
        });
        let addresses = records.iter().filter_map(|record| record.data.address()).collect();
        Self { exists: *reply != Reply::NoSuchName, alias, addresses }
    }
}
