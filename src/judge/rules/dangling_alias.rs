//! An alias that leads to no address: to nothing, back to itself, or on and on.

use crate::inventory::Severity;
use crate::judge::{Case, Check, End, Findings, Rule, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "dangling-alias",
    aliases: &[],
    severity: Severity::Error,
    summary: "the IM domain is an alias that leads to no address",
    explanation: include_str!("dangling_alias.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for view in case.home_views() {
        let Some((resolution, consensus)) = case.answer(view) else { continue };
        let says = &consensus.says;
        if !says.dangles() {
            continue;
        }
        let kind = match says.end {
            End::Loop => "loop",
            End::TooLong => "too long",
            _ => "nowhere",
        };
        found.report(
            finding(format!("{} is {says} in the {view} view", case.domain.name))
                .view(view)
                .expected(case.declared(Case::role_in(view)))
                .found(says.aliases.iter().map(|target| format!("CNAME {target}")))
                .servers(resolution.share(consensus))
                .help("publish the addresses at the IM domain itself, or create what the alias points at")
                .kind(kind)
                .cause(format!("in the {view} view names are {says}")),
        );
    }
}
