//! A suppression whose date has passed. Reported by the policy when all is judged.

use crate::inventory::Severity;
use crate::judge::{Check, Rule};

/// See the explanation beside this file.
pub(super) static RULE: Rule = Rule {
    id: "expired-suppression",
    aliases: &[],
    severity: Severity::Warning,
    summary: "the date of a suppression has passed: it hides nothing any more",
    explanation: include_str!("expired_suppression.md"),
    check: Check::Policy,
};
