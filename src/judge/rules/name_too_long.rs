//! A derived address or name beyond the limits of mail or DNS, in a list or in the inventory.

use crate::email::ProblemKind;
use crate::inventory::Severity;
use crate::judge::lists::report_problems;
use crate::judge::{Check, Declared, Estate, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "name-too-long",
    aliases: &[],
    severity: Severity::Error,
    summary: "a derived address, IM domain, label or SRV owner is longer than mail or DNS allows",
    explanation: include_str!("name_too_long.md"),
    check: Check::Estate(Declared::Whole(check)),
};

const HELP: &str = "choose a shorter e-mail domain or local part";

fn check(estate: &Estate<'_>, found: &mut Findings<'_>) {
    report_problems(estate, found, ProblemKind::NameTooLong, HELP);
    for domain in &estate.inventory.domains {
        for email in &domain.email {
            let Err(why) = domain.profile.srv_owner(email) else { continue };
            let owner = format!("{}{email}", domain.profile.srv_prefix);
            let message = format!("{} takes {email}, whose SRV record can have no owner {owner}: {why}", domain.name);
            found.report(
                estate.domain_finding(&domain, message).expected(["at most 253 octets"]).found([owner]).help(HELP).kind(email),
            );
        }
    }
}
