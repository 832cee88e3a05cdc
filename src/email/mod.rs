//! E-mail lists and the IM addresses that follow from them. Pure: it is given text, not a path to open.

mod address;
mod attributes;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(not(target_arch = "x86_64"))]
#[path = "no_avx2.rs"]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod batch;
mod characters;
mod columns;
mod derive;
mod encoding;
mod entry;
mod excerpt;
mod hex;
mod json;
mod json_tokens;
mod ldif;
mod lines;
mod list;
mod mailbox;
mod ordinary;
mod pages;
mod passing;
mod people;
mod person;
mod places;
mod plain;
mod properties;
mod proxies;
mod quick;
mod records;
mod roster;
mod scheme;
mod seen;
mod sniff;
mod split;
mod table;
mod taker;
mod unfold;
mod url;

use std::collections::BTreeMap;

pub use address::{Address, AddressError, Fault, LocalPart, MailDomain};
pub use batch::Batch;
pub use columns::ColumnsError;
pub use derive::{Derived, ImAddress, Mapping, NoAddress, PrefixError, Remark, derive};
pub use entry::{Entry, Owner};
pub use list::{Kind, List, ListOptions};
pub use passing::{Passed, Twice};
pub use people::{Outcome, People};
pub use quick::{Quick, Refusal};
pub use roster::roster;
pub use split::{Addresses, Piece, addresses};
pub use taker::{ListError, Taken, Taker};
pub use url::{LogicalUrl, UrlError, logical_url, parse_logical_url};

use crate::dns::DomainName;
use crate::place::Place;

/// What e-mail lists say: who is there, and what is wrong with the lists.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// Distinct people by IM domain.
    pub people: BTreeMap<DomainName, DomainPeople>,
    /// Everything that was noticed while reading, in input order.
    pub problems: Vec<Problem>,
}

/// The people of one IM domain.
#[derive(Clone, Debug)]
pub struct DomainPeople {
    /// Distinct IM addresses, compared case-folded.
    pub count: u64,
    /// The e-mail domains that they came from.
    pub email: std::collections::BTreeSet<DomainName>,
    /// Where the first of them stands.
    pub first: Place,
}

/// Something wrong with one entry of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which rule it breaks.
    pub kind: ProblemKind,
    /// Where it stands.
    pub place: Place,
    /// What is wrong, as one clause that names the entry.
    pub message: String,
    /// The IM domain, where one could be derived.
    pub domain: Option<DomainName>,
}

/// What can be wrong with an entry; each is the rule of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// It does not parse.
    InvalidAddress,
    /// Secondary or non-SMTP addresses only.
    NoPrimaryAddress,
    /// Several primary addresses.
    AmbiguousPrimaryAddress,
    /// Two people derive the same IM address.
    AddressCollision,
    /// The same address twice.
    DuplicatePerson,
    /// The directory says another IM address.
    DirectoryMismatch,
    /// A name or address beyond the limits of DNS or mail.
    NameTooLong,
    /// The local part cannot be an alias in an IM URL.
    UnaddressableLocalPart,
    /// Clients of the era cannot type it.
    NonAsciiLocalPart,
    /// An address literal or a single label.
    NoDomainName,
    /// The e-mail domain already begins with the prefix.
    AlreadyAnImAddress,
    /// The inventory has domains, and none takes this one.
    UnmappedEmailDomain,
    /// The list is not whole.
    DamagedExport,
}

impl ProblemKind {
    /// All kinds.
    pub const ALL: [Self; 13] = [
        Self::InvalidAddress,
        Self::NoPrimaryAddress,
        Self::AmbiguousPrimaryAddress,
        Self::AddressCollision,
        Self::DuplicatePerson,
        Self::DirectoryMismatch,
        Self::NameTooLong,
        Self::UnaddressableLocalPart,
        Self::NonAsciiLocalPart,
        Self::NoDomainName,
        Self::AlreadyAnImAddress,
        Self::UnmappedEmailDomain,
        Self::DamagedExport,
    ];

    /// The id of the rule.
    pub fn rule(self) -> &'static str {
        match self {
            Self::InvalidAddress => "invalid-address",
            Self::NoPrimaryAddress => "no-primary-address",
            Self::AmbiguousPrimaryAddress => "ambiguous-primary-address",
            Self::AddressCollision => "address-collision",
            Self::DuplicatePerson => "duplicate-person",
            Self::DirectoryMismatch => "directory-mismatch",
            Self::NameTooLong => "name-too-long",
            Self::UnaddressableLocalPart => "unaddressable-local-part",
            Self::NonAsciiLocalPart => "non-ascii-local-part",
            Self::NoDomainName => "no-domain-name",
            Self::AlreadyAnImAddress => "already-an-im-address",
            Self::UnmappedEmailDomain => "unmapped-email-domain",
            Self::DamagedExport => "damaged-export",
        }
    }
}
