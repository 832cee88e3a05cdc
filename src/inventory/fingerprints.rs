//! Names by fingerprints, of which a million take 20 to 40 MB. Two names may share one, in theory: what an [`Index`] finds is
//! compared with the name itself.

use std::collections::HashMap;

use ahash::{HashSet, RandomState};

use crate::dns::DomainName;

/// Names that came already.
#[derive(Debug, Default)]
pub(super) struct Seen {
    marks: HashSet<u64>,
    hasher: RandomState,
}

impl Seen {
    /// Whether it did not come before.
    pub(super) fn is_new(&mut self, name: &DomainName) -> bool {
        self.marks.insert(self.hasher.hash_one(name))
    }
}

/// Where names come first.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    positions: HashMap<u64, usize, RandomState>,
    hasher: RandomState,
}

impl Index {
    /// Notes that a name comes at a position.
    pub(super) fn note(&mut self, name: &DomainName, position: usize) {
        self.positions.entry(self.hasher.hash_one(name)).or_insert(position);
    }

    /// The only position where a name can come first, unless another has its fingerprint.
    pub(super) fn find(&self, name: &DomainName) -> Option<usize> {
        self.positions.get(&self.hasher.hash_one(name)).copied()
    }
}
