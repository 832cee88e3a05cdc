//! Basic authentication offered without encryption.

use crate::inventory::Severity;
use crate::judge::probing::judged;
use crate::judge::{Case, Check, Findings, Rule};
use crate::profile::challenge::challenges;

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "basic-auth-in-clear",
    aliases: &[],
    severity: Severity::Warning,
    summary: "passwords may be sent in clear text: Basic is offered on plain HTTP",
    explanation: include_str!("basic_auth_in_clear.md"),
    check: Check::Probe(check),
};

fn check(case: &Case<'_>, found: &mut Findings<'_>) {
    for probed in judged(case).filter(|probed| !probed.tls && probed.class.is_im_server()) {
        let offered = || probed.replies().flat_map(challenges);
        if offered().any(|challenge| challenge.scheme == "basic") {
            let draft = probed.finding(case, "offers Basic authentication on plain HTTP");
            let help = "switch Basic authentication off in the virtual server's directory security";
            found.report(draft.expected(["Negotiate, NTLM or Digest"]).help(help));
        }
    }
}
