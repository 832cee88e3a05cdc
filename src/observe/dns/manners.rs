//! Whether a server is asked with EDNS. Learns from what it answers, and forgets nothing.

use super::lookup::Lookup;

/// After so many questions in a row that only a query without EDNS got answered, EDNS is left out.
const EDNS_IN_VAIN: u32 = 3;

/// What is known of a server's manners.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Manners {
    without_edns: bool,
    in_vain: u32,
    proven: bool,
}

impl Manners {
    /// Whether EDNS is used at all.
    pub(super) fn edns(self) -> bool {
        !self.without_edns
    }

    /// Whether a query with EDNS was ever answered: then silence has another reason.
    pub(super) fn is_proven(self) -> bool {
        self.proven
    }

    /// A question was decided.
    pub(super) fn decided(&mut self, lookup: &Lookup) {
        if self.without_edns {
            return;
        }
        if lookup.edns {
            (self.proven, self.in_vain) = (true, 0);
        } else if lookup.edns_refused {
            self.without_edns = true;
        } else {
            self.in_vain += 1;
            self.without_edns = self.in_vain >= EDNS_IN_VAIN;
        }
    }
}
