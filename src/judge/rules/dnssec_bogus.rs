//! Answers that do not hold where validation was asked for.

use std::collections::{BTreeMap, BTreeSet};

use crate::dns::{DomainName, RecordType, View};
use crate::inventory::Severity;
use crate::judge::{Case, Check, Findings, Rule, finding, shown};
use crate::observe::{Failure, Origin, Reply};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "dnssec-bogus",
    aliases: &[],
    severity: Severity::Error,
    summary: "validation was asked for and fails: resolvers that validate answer SERVFAIL instead",
    explanation: include_str!("dnssec_bogus.md"),
    check: Check::Dnssec(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for view in case.home_views() {
        if check_name(case, view, &case.domain.name, &[RecordType::A, RecordType::Aaaa], found) {
            continue; // the service record will have the same fault: one cause, one finding
        }
        for email in &case.domain.email {
            if let Ok(owner) = case.domain.profile.srv_owner(email) {
                check_name(case, view, &owner, &[RecordType::Srv], found);
            }
        }
    }
}

/// Whether there was something to report.
fn check_name(case: &Case<'_>, view: View, name: &DomainName, rtypes: &[RecordType], found: &mut Findings<'_>) -> bool {
    let (mut asked, mut refused): (BTreeSet<&Origin>, BTreeMap<&Origin, &str>) = Default::default();
    for answer in rtypes.iter().filter_map(|rtype| case.facts.replies(view, name, *rtype)) {
        for reply in &answer.replies {
            asked.insert(&reply.server);
            if let Reply::Failed(Failure::Bogus(why)) = &reply.reply {
                refused.entry(&reply.server).or_insert(why);
            }
        }
    }
    if refused.is_empty() {
        return false;
    }
    found.report(
        finding(format!("{name} fails DNSSEC validation in the {view} view"))
            .view(view)
            .expected(["an answer whose signatures lead to a trust anchor"])
            .found(refused.iter().map(|(server, why)| format!("{} from {server}", shown(why))))
            .servers(format!("{} of {}", refused.len(), asked.len()))
            .help("sign the zone again, and compare its DS record at the parent with its keys")
            .by_hand(refused.keys().copied(), "delv", &format!("{name} {}", rtypes[0]))
            .kind(name),
    );
    true
}
