//! No SRV record, and the e-mail domain's own address is not the domain's machine.

use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, Service, email_host, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "email-domain-leads-to-website",
    aliases: &[],
    severity: Severity::Warning,
    summary: "without an SRV record clients go to the e-mail domain itself, and that is a web site",
    explanation: include_str!("email_domain_leads_to_website.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for service in case.services().iter().filter(|service| !service.is_present()) {
        let (view, email) = (service.view, &service.email);
        let role = Case::role_in(view);
        let Some(host) = email_host(case, view, email) else { continue };
        let foreign: Vec<_> = host.says.addresses.iter().filter(|address| !case.has(role, **address)).collect();
        if foreign.is_empty() || case.domain.machines(role).is_empty() {
            continue;
        }
        let list = foreign.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let wanted = Service::wanted(case);
        found.report(
            finding(format!(
                "{email} has no {} record and answers {list}, no {role} of {}, in the {view} view",
                case.domain.profile.srv_prefix.trim_end_matches('.'),
                case.domain.name
            ))
            .view(view)
            .expected([format!("{} SRV {wanted}", service.owner)])
            .found(foreign)
            .servers(host.share())
            .help(format!("add to the {view} view: {}. IN SRV {wanted}.", service.owner))
            .kind(email)
            .cause(format!(
                "the {view} view answers {list} for e-mail domains without SRV record, and that is no {role} of theirs"
            )),
        );
    }
}
