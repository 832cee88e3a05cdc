//! An SRV record that one view has and the other has not.

use crate::dns::View;
use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, Service, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "srv-in-one-view",
    aliases: &[],
    severity: Severity::Warning,
    summary: "one view has the SRV record and the other has not: the short form works on one side only",
    explanation: include_str!("srv_in_one_view.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for email in &case.domain.email {
        let seen_in = |view: View| case.services().iter().find(|service| service.email == *email && service.view == view);
        let (Some(inside), Some(outside)) = (seen_in(View::Internal), seen_in(View::External)) else { continue };
        let (present, absent) = match (inside.is_present(), outside.is_present()) {
            (true, false) => (inside, outside),
            (false, true) => (outside, inside),
            _ => continue,
        };
        let wanted = Service::wanted(case);
        found.report(
            finding(format!(
                "{} has an SRV record in the {} view and none in the {} view",
                present.owner, present.view, absent.view
            ))
            .expected([format!("{wanted} in both views")])
            .found([format!("no record in the {} view", absent.view)])
            .servers(&absent.share)
            .help(format!("add to the {} view: {}. IN SRV {wanted}.", absent.view, present.owner))
            .kind(email),
        );
    }
}
