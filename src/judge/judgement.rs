//! Everything that a run found out, as values: what the pipeline hands to the reports.

use std::net::SocketAddr;

use super::{DomainVerdict, Finding, Undecided};
use crate::dns::View;
use crate::observe::Tally;

/// Everything that a run found out.
#[derive(Debug, Default)]
pub struct Judgement {
    /// One for each domain, in the order of the inventory.
    pub domains: Vec<DomainVerdict>,
    /// Worst first.
    pub findings: Vec<Finding>,
    /// Sorted by domain and view.
    pub undecided: Vec<Undecided>,
    /// Findings that a suppression hides.
    pub suppressed: u64,
    /// The servers asked, by view.
    pub views: Vec<(View, Vec<(SocketAddr, Tally)>)>,
}
