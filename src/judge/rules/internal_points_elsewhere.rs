//! An address in the internal view that is neither a router of the domain nor a reverse proxy: nobody's, another domain's, a home server's.

use crate::dns::View;
use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Placement, Rule, advise, alike, wrong_addresses};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "internal-points-elsewhere",
    aliases: &[],
    severity: Severity::Error,
    summary: "the internal view answers an address that is none of the domain's routers",
    explanation: include_str!("internal_points_elsewhere.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    let view = View::Internal;
    let Some((resolution, consensus)) = case.answer(view) else { return };
    let stranger = |address| (case.placement(view, address) == Placement::Elsewhere).then(|| case.whose(address, None));
    for (whose, addresses) in alike(&consensus.says.addresses, stranger) {
        found.report(
            wrong_addresses(case, view, &addresses, &whose)
                .servers(resolution.share(consensus))
                .help(advise(case, view, "declare the machine if it is one of the domain's routers, else point the record at them"))
                .kind(whose),
        );
    }
}
