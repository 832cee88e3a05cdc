//! What an inventory is begun with: values only.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::dns::DomainName;

/// Everything that is known before a person fills in the rest. Empty, it makes the plain template.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// What stands before an e-mail domain, `im.`.
    pub(super) prefix: String,
    /// Lists, as the file names them.
    pub(super) emails: Vec<String>,
    /// Servers of the internal view, as typed.
    pub(super) internal: Vec<String>,
    /// Servers of the external view, as typed.
    pub(super) external: Vec<String>,
    /// IM domains, most people first.
    pub(super) entries: Vec<Entry>,
    pub(super) routers: Vec<Machine>,
    pub(super) reverse_proxies: Vec<Machine>,
}

/// A `[[domain]]`.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: DomainName,
    pub(super) email: Vec<DomainName>,
    /// Distinct people, where lists were read.
    pub(super) people: Option<u64>,
    /// Whether strangers reach it, where they were asked for.
    pub(super) external: Option<bool>,
    pub(super) routers: Vec<String>,
    pub(super) reverse_proxies: Vec<String>,
    /// What a person should know, a line each.
    pub(super) comments: Vec<String>,
    /// Whether it is written as a comment, for nobody knows what is right.
    pub(super) is_undecided: bool,
}

impl Entry {
    /// A domain of which nothing is known but its name.
    pub(super) fn bare(name: DomainName) -> Self {
        Self {
            name,
            email: Vec::new(),
            people: None,
            external: None,
            routers: Vec::new(),
            reverse_proxies: Vec::new(),
            comments: Vec::new(),
            is_undecided: false,
        }
    }
}

/// A `[[router]]` or `[[reverse_proxy]]`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Machine {
    pub(super) name: String,
    pub(super) addresses: BTreeSet<IpAddr>,
    pub(super) comments: Vec<String>,
}
