//! An SRV record that names another port than the one that clients connect to.

use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "srv-port",
    aliases: &[],
    severity: Severity::Error,
    summary: "the SRV record names a port that clients do not use",
    explanation: include_str!("srv_port.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    let port = case.domain.profile.srv_port;
    for service in case.services().iter().filter(|service| !service.is_declined()) {
        let wrong: Vec<_> = service.records.iter().filter(|record| record.port != port).collect();
        let Some(first) = wrong.first() else { continue };
        found.report(
            finding(format!("{} names port {} in the {} view", service.owner, first.port, service.view))
                .view(service.view)
                .expected([port])
                .found(&wrong)
                .servers(&service.share)
                .help(format!("set the port of the SRV record to {port}"))
                .kind(&service.email)
                .cause(format!("SRV records name port {} in the {} view", first.port, service.view)),
        );
    }
}
