//! Servers that do not answer a view's canary as declared: they are not that view's, and nothing of it is judged.

use crate::inventory::Severity;
use crate::judge::{Check, Findings, Rule, ViewCase, ViewStatus, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "vantage-point-wrong",
    aliases: &[],
    severity: Severity::Error,
    summary: "a view's canary does not answer as declared: nothing of that view is judged",
    explanation: include_str!("vantage_point_wrong.md"),
    check: Check::View(check),
};

fn check(case: &ViewCase<'_>, found: &mut Findings<'_>) {
    let ViewStatus::Wrong { servers, asked } = case.status else { return };
    let Some(canary) = case.inventory.views.get(&case.view).and_then(|settings| settings.canary.as_ref()) else { return };
    let (view, share) = (case.view, format!("{} of {asked}", servers.len()));
    found.report(
        finding(format!("{share} servers of the {view} view do not answer {} for the canary {}", canary.address, canary.name))
            .view(view)
            .expected([canary.address])
            .found(servers.iter().map(|(server, said)| format!("{said} from {server}")))
            .servers(share)
            .help(format!("run imctl where the {view} servers are the real ones, or correct [view.{view}] in the inventory"))
            .place(&case.place())
            .kind("canary"),
    );
}
