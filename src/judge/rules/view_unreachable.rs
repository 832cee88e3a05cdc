//! A view whose servers are all silent. Of this rule silence is the very subject.

use crate::inventory::Severity;
use crate::judge::{Check, Findings, Rule, ViewCase, ViewStatus, finding};
use crate::observe::Origin;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "view-unreachable",
    aliases: &[],
    severity: Severity::Error,
    summary: "no server of a view answers anything: its domains are undecided",
    explanation: include_str!("view_unreachable.md"),
    check: Check::View(check),
};

fn check(case: &ViewCase<'_>, found: &mut Findings<'_>) {
    let ViewStatus::Unreachable(servers) = case.status else { return };
    let (view, count) = (case.view, servers.len());
    let mut help = format!("check the route and the firewall to these servers, or correct [view.{view}] in the inventory");
    if servers.iter().any(|(server, _)| matches!(server, Origin::Encrypted(_))) {
        help += "; where a certificate is not trusted, name its authority there as `ca`";
    }
    let share = format!("{count} of {count}");
    found.report(
        finding(format!("no server of the {view} view answers: {share} are silent"))
            .view(view)
            .expected(["an answer from one server at least"])
            .found(servers.iter().map(|(server, heard)| format!("{server}: {heard}")))
            .servers(share)
            .help(help)
            .by_hand(servers.iter().map(|(server, _)| server), "dig", ". NS")
            .place(&case.place())
            .kind("silent"),
    );
}
