//! A Digest realm that is not the IM domain.

use crate::inventory::Severity;
use crate::judge::hostile::shown;
use crate::judge::probing::judged;
use crate::judge::{Case, Check, Findings, Rule};
use crate::profile::challenge::challenges;
use std::collections::BTreeSet;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "realm-mismatch",
    aliases: &[],
    severity: Severity::Warning,
    summary: "the Digest realm is not the IM domain",
    explanation: include_str!("realm_mismatch.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    let domain = case.domain.name.as_str();
    // A home server that is asked by its own name may serve several domains: no realm is wrong there.
    let asked = judged(case).filter(|probed| probed.class.is_im_server() && *probed.host == *domain);
    for probed in asked {
        let offered = probed.replies().flat_map(challenges).filter(|challenge| challenge.scheme == "digest");
        let realms: BTreeSet<String> = offered.filter_map(|challenge| challenge.realm).collect();
        let wrong: Vec<String> = realms.iter().filter(|realm| !realm.eq_ignore_ascii_case(domain)).map(|r| shown(r)).collect();
        if wrong.is_empty() {
            continue;
        }
        let draft = probed.finding(case, &format!("offers Digest with the realm \"{}\"", wrong.join("\", \"")));
        let help = format!("set the realm of the virtual server to {domain}");
        found.report(draft.expected([format!("realm \"{domain}\"")]).found(wrong).help(help));
    }
}
