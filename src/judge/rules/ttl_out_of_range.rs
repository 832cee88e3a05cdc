//! A time to live that is uncommonly short or long.

use crate::inventory::Severity;
use crate::judge::{Case, Check, End, Findings, Rule, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "ttl-out-of-range",
    aliases: &[],
    severity: Severity::Note,
    summary: "the record may be cached for less than a minute or more than a day",
    explanation: include_str!("ttl_out_of_range.md"),
    check: Check::Dns(check),
};

const LOWEST_SECS: u32 = 60;
const HIGHEST_SECS: u32 = 86_400;

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for view in case.home_views() {
        let Some((resolution, consensus)) = case.answer(view) else { continue };
        let (Some((lowest, highest)), End::Addresses) = (consensus.ttl_secs, consensus.says.end) else { continue };
        let low = (lowest < LOWEST_SECS).then(|| (lowest, format!("under {LOWEST_SECS} s")));
        let high = (highest > HIGHEST_SECS).then(|| (highest, format!("over {HIGHEST_SECS} s")));
        for (ttl_secs, bound) in low.into_iter().chain(high) {
            // What a cache has left of a TTL says how long ago somebody asked, and little of the zone.
            let help = if consensus.authoritative {
                format!("set the TTL in the zone to between {LOWEST_SECS} and {HIGHEST_SECS} s")
            } else {
                "look at the zone itself: these servers are not authoritative, and a cache counts down".to_owned()
            };
            found.report(
                finding(format!("{} has a TTL of {ttl_secs} s in the {view} view, {bound}", case.domain.name))
                    .view(view)
                    .expected([format!("{LOWEST_SECS} to {HIGHEST_SECS} s")])
                    .found([format!("{ttl_secs} s")])
                    .servers(resolution.share(consensus))
                    .help(help)
                    .cause(format!("records have a TTL of {ttl_secs} s in the {view} view, {bound}"))
                    .kind(bound),
            );
        }
    }
}
