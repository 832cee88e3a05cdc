//! What a baseline made of a judgement, as it stands in the JSON report.

use schemars::JsonSchema;
use serde::Serialize;

use super::FindingInfo;
use crate::dns::View;
use crate::judge::{Accepted, Baselined};

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct BaselineInfo {
    /// Findings that the baseline has, worst first: they are not among `findings`.
    known: Vec<FindingInfo>,
    /// Entries of the baseline that nothing matches any more.
    stale: Vec<StaleInfo>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct StaleInfo {
    domain: Option<String>,
    rule: String,
    view: Option<View>,
    /// What was wrong when it was accepted.
    message: String,
    fingerprint: String,
}

impl BaselineInfo {
    pub(super) fn of(baselined: &Baselined) -> Self {
        let stale = |entry: &Accepted| {
            let Accepted { domain, rule, view, message, fingerprint } = entry.clone();
            StaleInfo { domain, rule, view, message, fingerprint }
        };
        Self { known: baselined.known.iter().map(FindingInfo::of).collect(), stale: baselined.stale.iter().map(stale).collect() }
    }
}
