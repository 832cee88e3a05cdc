//! A suppression that hides nothing. Reported by the policy when all is judged.

use crate::inventory::Severity;
use crate::judge::{Check, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "unused-suppression",
    aliases: &[],
    severity: Severity::Warning,
    summary: "a suppression hides nothing",
    explanation: include_str!("unused_suppression.md"),
    check: Check::Policy,
};
