//! An address in the external view that means nothing on the Internet. One server that says so is enough.

use crate::dns::View;
use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Placement, Rule, advise, alike, describe_scope, wrong_addresses};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "private-address-published",
    aliases: &[],
    severity: Severity::Error,
    summary: "the external view answers an address that nobody outside can reach",
    explanation: include_str!("private_address_published.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    if !case.domain.external {
        return; // internal-domain-visible-outside speaks
    }
    let view = View::External;
    let Some(resolution) = case.resolution(view) else { return };
    let scope = |address| match case.placement(view, address) {
        Placement::PrivateOutside(scope) => Some(scope),
        _ => None,
    };
    for (scope, addresses) in alike(&resolution.answered(), scope) {
        found.report(
            wrong_addresses(case, view, &addresses, &describe_scope(scope, addresses.len()))
                .servers(resolution.share_with(&addresses))
                .help(advise(case, view, "replace it in the external zone by the reverse proxy's public address"))
                .kind(scope),
        );
    }
}
