//! An IM domain that the internal view does not know.

use crate::dns::View;
use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, advise, missing_addresses};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "internal-record-missing",
    aliases: &[],
    severity: Severity::Error,
    summary: "the internal view has no address for the IM domain: nobody inside can sign in",
    explanation: include_str!("internal_record_missing.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    if let Some(draft) = missing_addresses(case, View::Internal) {
        found.report(draft.help(advise(case, View::Internal, "add the domain's routers to the internal zone")));
    }
}
