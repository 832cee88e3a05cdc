//! An address in the external view that is neither a reverse proxy of the domain nor covered by a nearer rule.

use crate::dns::View;
use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Placement, Rule, advise, alike, wrong_addresses};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "external-points-elsewhere",
    aliases: &[],
    severity: Severity::Error,
    summary: "the external view answers an address that is no reverse proxy of the domain",
    explanation: include_str!("external_points_elsewhere.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    if !case.domain.external {
        return; // internal-domain-visible-outside speaks
    }
    let view = View::External;
    let Some((resolution, consensus)) = case.answer(view) else { return };
    let stranger = |address| (case.placement(view, address) == Placement::Elsewhere).then(|| case.whose(address, None));
    for (whose, addresses) in alike(&consensus.says.addresses, stranger) {
        found.report(
            wrong_addresses(case, view, &addresses, &whose)
                .servers(resolution.share(consensus))
                .help(advise(
                    case,
                    view,
                    "declare the machine if it is a reverse proxy of the domain, else point the record at the one that is",
                ))
                .kind(whose),
        );
    }
}
