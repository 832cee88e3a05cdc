//! An e-mail domain without a record of its IM service. Where one view has it, srv-in-one-view speaks.

use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, Service, email_domain_exists, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "srv-record-missing",
    aliases: &[],
    severity: Severity::Note,
    summary: "no SRV record leads from the e-mail domain to the IM domain: people must type the im. form",
    explanation: include_str!("srv_record_missing.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for email in &case.domain.email {
        let services: Vec<_> = case.services().iter().filter(|service| service.email == *email).collect();
        let all_known = services.len() == case.home_views().count();
        let exists = email_domain_exists(case, email);
        let Some(first) = services.first().filter(|_| all_known && exists == Some(true)) else { continue };
        if services.iter().any(|service| service.is_present()) {
            continue;
        }
        let wanted = Service::wanted(case);
        let (draft, views) = match services[..] {
            [only] => (finding(format!("{} has no SRV record in the {} view", first.owner, only.view)).view(only.view), "the view"),
            _ => (finding(format!("{} has no SRV record in any view", first.owner)), "both views"),
        };
        let service = case.domain.profile.srv_prefix.trim_end_matches('.');
        found.report(
            draft
                .expected([&wanted])
                .found(["no record"])
                .servers(&first.share)
                .help(format!("add to {views}: {}. IN SRV {wanted}.", first.owner))
                .kind(email)
                // One decision for the whole organisation, most often.
                .cause(format!("e-mail domains have no {service} record")),
        );
    }
}
