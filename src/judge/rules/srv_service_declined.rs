//! An SRV record whose target is the root: it says that there is no such service.

use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, Service, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "srv-service-declined",
    aliases: &[],
    severity: Severity::Error,
    summary: "the SRV record says that the service is decidedly not there",
    explanation: include_str!("srv_service_declined.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for service in case.services().iter().filter(|service| service.is_declined()) {
        let wanted = Service::wanted(case);
        found.report(
            finding(format!("{} says in the {} view that there is no such service", service.owner, service.view))
                .view(service.view)
                .expected([&wanted])
                .found(&service.records)
                .servers(&service.share)
                .help(format!("replace it: {}. IN SRV {wanted}.", service.owner))
                .kind(&service.email),
        );
    }
}
