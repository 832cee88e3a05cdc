//! `--rule` and `--no-suppress`: what the command line says over `[rules]` and `[[suppress]]`.

use super::explain::find_rule;
use crate::cli::PolicyArgs;
use crate::exit::Failure;
use crate::inventory::{Inventory, LevelSetting};
use crate::place::Place;

/// Changes the inventory as the flags say. Of several levels for one rule the last one holds.
pub(super) fn apply(args: &PolicyArgs, inventory: &mut Inventory) -> Result<(), Failure> {
    for (rule, level) in &args.rule {
        let rule = find_rule(rule).map_err(|failure| Failure::unusable(format!("--rule: {failure}")))?;
        inventory.levels.push(LevelSetting { rule: rule.id.to_owned(), level: *level, place: Place::command_line() });
    }
    if args.no_suppress {
        inventory.suppressions.clear();
    }
    Ok(())
}
