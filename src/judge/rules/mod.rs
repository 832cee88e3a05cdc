//! The catalogue: one file per rule, with its explanation beside it. This file only lists them, in the order of their ids.

use super::Rule;

mod external_points_at_router;
mod servers_disagree;

/// All rules, sorted by id.
pub static RULES: &[&Rule] = &[&external_points_at_router::RULE, &servers_disagree::RULE];
