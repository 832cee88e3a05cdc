//! What a baseline made of a judgement, as it stands in the JSON report.

use schemars::JsonSchema;
use serde::Serialize;

use super::FindingInfo;
use crate::dns::View;
use crate::judge::{Accepted, Baselined};

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct BaselineInfo<'a> {
    /// Findings that the baseline has, worst first: they are not among `findings`.
    known: Vec<FindingInfo<'a>>,
    /// Entries of the baseline that nothing matches any more.
    stale: Vec<StaleInfo<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct StaleInfo<'a> {
    domain: Option<&'a str>,
    rule: &'a str,
    view: Option<View>,
    /// What was wrong when it was accepted.
    message: &'a str,
    fingerprint: &'a str,
}

impl<'a> BaselineInfo<'a> {
    pub(super) fn of(baselined: &'a Baselined) -> Self {
        let stale = |entry: &'a Accepted| {
            let Accepted { domain, rule, view, message, fingerprint } = entry;
            StaleInfo { domain: domain.as_deref(), rule, view: *view, message, fingerprint }
        };
        Self { known: baselined.known.iter().map(FindingInfo::of).collect(), stale: baselined.stale.iter().map(stale).collect() }
    }
}
