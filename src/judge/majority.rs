//! What most servers of a view say to one question. Follows no alias: for the addresses of the IM domain see `resolution`.

use std::collections::BTreeSet;
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
        let mut votes: Vec<(T, usize)> = Vec::new();
        for reply in answer.replies.iter().filter(|reply| !matches!(reply.reply, Reply::Failed(_))) {
            let says = read(&reply.reply);
            match votes.iter_mut().find(|(other, _)| *other == says) {
                Some((_, count)) => *count += 1,
                None => votes.push((says, 1)),
            }
        }
        let most = votes.iter().map(|(_, count)| *count).max()?;
        votes.retain(|(_, count)| *count == most);
        votes.sort_unstable();
        let position = votes.iter().position(|(says, _)| is_right(says)).unwrap_or(0);
        Some(Self { says: votes.swap_remove(position).0, servers: most, asked: answer.replies.len() })
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

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::observe::{Failure, ServerReply};

    fn answer(replies: &[Reply]) -> DnsAnswer {
        let reply = |(host, reply): (u8, &Reply)| ServerReply {
            server: SocketAddr::from(([10, 0, 0, host], 53)).into(),
            reply: reply.clone(),
            sent: 1,
            timeouts: 0,
            truncated: false,
            authoritative: true,
            remarks: None,
        };
        DnsAnswer { replies: (1..).zip(replies).map(reply).collect() }
    }

    fn exists(replies: &[Reply], right: bool) -> Option<(bool, String)> {
        let majority = Majority::of(&answer(replies), |reply| *reply != Reply::NoSuchName, |exists| *exists == right)?;
        Some((majority.says, majority.share()))
    }

    #[test]
    fn silent_servers_have_no_vote_and_are_counted() {
        let silent = Reply::Failed(Failure::Timeout);
        assert_eq!(exists(&[silent.clone(), Reply::NoData, silent.clone()], false), Some((true, "1 of 3".to_owned())));
        assert_eq!(exists(&[silent.clone(), silent], false), None);
    }

    #[test]
    fn most_servers_win_and_a_tie_goes_to_the_right_one() {
        let (yes, no) = (Reply::NoData, Reply::NoSuchName);
        assert_eq!(exists(&[yes.clone(), no.clone(), no.clone()], true), Some((false, "2 of 3".to_owned())));
        assert_eq!(exists(&[yes.clone(), no.clone()], true), Some((true, "1 of 2".to_owned())));
        assert_eq!(exists(&[yes, no], false), Some((false, "1 of 2".to_owned())));
    }
}
