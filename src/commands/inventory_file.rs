//! Finding and reading imctl.toml.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::cli::Common;
use crate::exit::{ExitStatus, Failure};
use crate::inventory::{self, Inventory};
use crate::judge::rules::RULES;

/// The name that is looked for.
const NAME: &str = "imctl.toml";
/// An inventory larger than this is not one; estates of that size keep their domains in a `[[domain_list]]`.
const MAX_BYTES: u64 = 256 << 20;

/// The inventory that `-c` names, or the nearest; `None` where there is none. Its mistakes are printed, all at once.
pub(super) fn find(common: &Common) -> anyhow::Result<Option<Inventory>> {
    let path = match &common.config {
        Some(path) => path.clone(),
        None => match nearest(Path::new("."))? {
            Some(path) => path,
            None => return Ok(None),
        },
    };
    read(&path).map(Some)
}

/// Reads one inventory.
pub(super) fn read(path: &Path) -> anyhow::Result<Inventory> {
    let bytes = read_bounded(path).with_context(|| format!("the inventory {} cannot be read", path.display()))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = String::from_utf8_lossy(good).matches('\n').count() + 1;
        Failure::unusable(format!("{}:{line}: the inventory is not UTF-8; save it as UTF-8", path.display()))
    })?;
    parse(&path.display().to_string(), &text)
}

/// Checks the text of an inventory; its mistakes are printed, all at once.
pub(super) fn parse(name: &str, text: &str) -> anyhow::Result<Inventory> {
    let rules: Vec<&str> = RULES.iter().flat_map(|rule| [rule.id].into_iter().chain(rule.aliases.iter().copied())).collect();
    let context = inventory::Context { rules: &rules, read: &read_bounded };
    inventory::parse(text, name, &context).map_err(|mistakes| {
        let _ = io::Write::write_all(&mut anstream::stderr(), mistakes.render(true).as_bytes());
        Failure { status: ExitStatus::Unusable, message: String::new() }.into()
    })
}

/// Reads at most [`MAX_BYTES`]: what the path names may be a pipe or a device without an end.
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("it is longer than {MAX_BYTES} bytes")));
    }
    Ok(bytes)
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
