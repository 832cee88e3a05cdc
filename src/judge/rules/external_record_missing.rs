//! An IM domain that strangers are to reach, and that the external view does not know.

use crate::dns::View;
use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, advise, missing_addresses};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "external-record-missing",
    aliases: &[],
    severity: Severity::Error,
    summary: "the external view has no address for a domain that is to be reached from outside",
    explanation: include_str!("external_record_missing.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    if !case.domain.external {
        return; // outside, silence is what an internal-only domain should meet with
    }
    if let Some(draft) = missing_addresses(case, View::External) {
        found.report(draft.help(advise(case, View::External, "publish the reverse proxy's address in the external zone")));
    }
}
