//! Presence that can be read without signing in.

use crate::inventory::Severity;
use crate::judge::probing::judged;
use crate::judge::{Case, Check, Findings, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "anonymous-access",
    aliases: &[],
    severity: Severity::Warning,
    summary: "properties of users can be read without signing in",
    explanation: include_str!("anonymous_access.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for probed in judged(case).filter(|probed| probed.class.is_im_server()) {
        if probed.propfind_reply().is_some_and(|reply| reply.status == 207) {
            let draft = probed.finding(case, "answers PROPFIND without credentials");
            let help = "require authentication for the virtual server, and take <assertion> grants out of the users' ACLs";
            found.report(draft.expected(["401, with a challenge"]).help(help));
        }
    }
}
