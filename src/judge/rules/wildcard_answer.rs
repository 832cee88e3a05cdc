//! A name that nobody made gets the same answer as the IM domain.

use std::collections::BTreeSet;
use std::net::IpAddr;

use sha2::{Digest, Sha256};

use crate::dns::{DomainName, RecordType};
use crate::inventory::Severity;
use crate::judge::{Case, Check, End, Findings, Host, Majority, Rule, Says, finding};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "wildcard-answer",
    aliases: &[],
    severity: Severity::Warning,
    summary: "a made-up name beside the IM domain gets the same answer: the record may not exist",
    explanation: include_str!("wildcard_answer.md"),
    check: Check::Dns(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for view in case.home_views() {
        let Some((_, consensus)) = case.answer(view) else { continue };
        if consensus.says.end != End::Addresses {
            continue; // there is nothing that a wildcard could have made up
        }
        let Some(sibling) = sibling_of(&case.domain.name) else { continue };
        let Some(answer) = case.facts.dns(view, &sibling, RecordType::A) else { continue };
        let same = |host: &Host| is_same(host, &consensus.says);
        let Some(majority) = Majority::of(answer, |reply| Host::read(&sibling, reply), |host| !same(host)) else { continue };
        if !same(&majority.says) {
            continue;
        }
        found.report(
            finding(format!("{sibling}, a made-up name, gets the same answer as {} in the {view} view", case.domain.name))
                .view(view)
                .expected([format!("NXDOMAIN for {sibling}")])
                .found(&majority.says.addresses)
                .servers(majority.share())
                .help("create the record of the IM domain by name, so that it does not hang on the wildcard")
                .kind("wildcard")
                .cause(format!("{sibling}, a made-up name, gets the same answer in the {view} view")),
        );
    }
}

/// By the same alias or with the same addresses. Only A is asked for: a wildcard that makes one type makes the other as well.
fn is_same(host: &Host, says: &Says) -> bool {
    let v4: BTreeSet<IpAddr> = says.addresses.iter().copied().filter(IpAddr::is_ipv4).collect();
    let same_alias = host.alias.is_some() && host.alias.as_ref() == says.aliases.first();
    same_alias || !v4.is_empty() && host.addresses == v4
}

/// A name beside the IM domain that nobody would choose, the same at every run: a recording has to hold its answer.
/// `None` where there is no name for it: the parent is the root, or too long.
fn sibling_of(name: &DomainName) -> Option<DomainName> {
    let parent = name.parent().filter(|parent| !parent.is_root())?;
    let digest = Sha256::digest(parent.as_str());
    let (head, _) = digest.split_at(5);
    let number = head.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
    parent.prefixed(&format!("imctl-{number:010x}.")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sibling(text: &str) -> Option<String> {
        sibling_of(&text.parse().expect("a name")).map(|name| name.to_string())
    }

    #[test]
    fn siblings_share_a_parent_and_never_change() {
        assert_eq!(sibling("im.example.com").as_deref(), Some("imctl-a379a6f6ee.example.com"));
        assert_eq!(sibling("chat.example.com"), sibling("im.example.com"));
        assert_ne!(sibling("im.example.net"), sibling("im.example.com"));
    }

    #[test]
    fn no_sibling_where_there_is_no_room_for_one() {
        let label = "a".repeat(60);
        assert_eq!(sibling("im"), None);
        assert_eq!(sibling(&format!("im.{}", [label.as_str(); 4].join("."))), None);
    }
}
