//! An alias on the way to the addresses.

use crate::inventory::Severity;
use crate::judge::{Case, Check, End, Findings, Rule, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "reached-through-alias",
    aliases: &[],
    severity: Severity::Note,
    summary: "the IM domain is an alias: it works, and hangs on another name",
    explanation: include_str!("reached_through_alias.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for view in case.home_views() {
        let Some((resolution, consensus)) = case.answer(view) else { continue };
        let says = &consensus.says;
        let (Some(target), End::Addresses) = (says.aliases.first(), says.end) else { continue };
        found.report(
            finding(format!("{} is an alias to {target} in the {view} view", case.domain.name))
                .view(view)
                .expected([format!("address records at {} itself", case.domain.name)])
                .found(says.aliases.iter().map(|target| format!("CNAME {target}")))
                .servers(resolution.share(consensus))
                .help("publish the addresses at the IM domain itself, or see to it that the alias's target never goes away")
                .kind("alias")
                .cause(format!("aliases lead to {target} in the {view} view")),
        );
    }
}
