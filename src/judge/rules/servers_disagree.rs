//! Servers of one view that answer differently about the domain's addresses.

use crate::inventory::Severity;
use crate::judge::{Case, Check, End, Findings, Opinion, Rule, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "servers-disagree",
    aliases: &[],
    severity: Severity::Warning,
    summary: "servers of one view answer differently: what a client gets depends on which one it asks",
    explanation: include_str!("servers_disagree.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for &view in case.views {
        let Some((resolution, consensus)) = case.answer(view) else { continue };
        let known = |opinion: &&Opinion| opinion.says.end != End::Unknown && opinion.says.complete;
        let odd: Vec<_> = resolution.opinions.iter().filter(known).filter(|o| o.says != consensus.says).collect();
        if odd.is_empty() || !known(&consensus) {
            continue;
        }
        let servers: usize = odd.iter().map(|opinion| opinion.servers.len()).sum();
        let said = |opinion: &Opinion| opinion.servers.iter().map(|s| format!("{} from {s}", opinion.says)).collect::<Vec<_>>();
        found.report(
            finding(format!(
                "{} has different answers in the {view} view: {servers} of {} servers differ",
                case.domain.name, resolution.asked
            ))
            .view(view)
            .expected([format!("{} from every server", consensus.says)])
            .found(odd.iter().flat_map(|opinion| said(opinion)))
            .servers(format!("{servers} of {}", resolution.asked))
            .help("compare the zone's serial on these servers and bring the odd ones up to date")
            .kind("addresses"),
        );
    }
}
