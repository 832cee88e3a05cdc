//! Finding and reading imctl.toml.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::bounded;
use crate::cli::Common;
use crate::exit::{ExitStatus, Failure};
use crate::inventory::{self, Inventory};
use crate::judge::rules::RULES;

/// The name that is looked for.
const NAME: &str = "imctl.toml";
/// An inventory larger than this is not one; estates of that size keep their domains in a `[[domain_list]]`.
const MAX_BYTES: usize = 256 << 20;

/// The inventory that `-c` names, or the nearest; `None` where there is none. Its mistakes are printed, all at once.
pub(super) fn find(common: &Common) -> anyhow::Result<Option<Inventory>> {
    locate(common)?.as_deref().map(read).transpose()
}

/// Where the inventory is.
pub(super) fn locate(common: &Common) -> io::Result<Option<PathBuf>> {
    match &common.config {
        Some(path) => Ok(Some(path.clone())),
        None => nearest(Path::new(".")),
    }
}

/// Reads one inventory.
pub(super) fn read(path: &Path) -> anyhow::Result<Inventory> {
    let bytes = bounded::read_file(path, MAX_BYTES).with_context(|| format!("the inventory {} cannot be read", path.display()))?;
    let not_utf8 = |line| Failure::unusable(format!("{}:{line}: the inventory is not UTF-8; save it as UTF-8", path.display()));
    let text = bounded::utf8(bytes).map_err(not_utf8)?;
    parse(&path.display().to_string(), &text)
}

/// Checks the text of an inventory; its mistakes are printed, all at once.
pub(super) fn parse(name: &str, text: &str) -> anyhow::Result<Inventory> {
    let rules: Vec<&str> = RULES.iter().flat_map(|rule| [rule.id].into_iter().chain(rule.aliases.iter().copied())).collect();
    let context = inventory::Context { rules: &rules, read: &|path| bounded::read_file(path, MAX_BYTES) };
    inventory::parse(text, name, &context).map_err(|mistakes| {
        let _ = io::Write::write_all(&mut anstream::stderr(), mistakes.render(true).as_bytes());
        Failure { status: ExitStatus::Unusable, message: String::new() }.into()
    })
}

/// imctl.toml in this folder or the nearest above, no further up than the root of the repository.
fn nearest(here: &Path) -> io::Result<Option<PathBuf>> {
    let absolute = here.canonicalize()?;
    let mut shown = PathBuf::new();
    for folder in absolute.ancestors() {
        if folder.join(NAME).is_file() {
            return Ok(Some(shown.join(NAME)));
        }
        if folder.join(".git").exists() {
            return Ok(None);
        }
        shown.push("..");
    }
    Ok(None)
}
