//! The file of a TSIG key. Refuses one that everybody can read, and never prints what is in it.

use std::fs::File;
use std::path::Path;

use anyhow::Context as _;

use super::{bounded, remark};
use crate::cli::Common;
use crate::dns::TsigKey;
use crate::exit::Failure;
use crate::inventory::TsigSettings;

/// The most octets of a key file.
const MAX_BYTES: usize = 64 << 10;

/// Reads the key of a view.
pub(super) fn read(settings: &TsigSettings, common: &Common) -> anyhow::Result<TsigKey> {
    let path = &settings.secret_file;
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("the key file {shown} cannot be read"))?;
    check_mode(&file, path, common)?;
    let octets = bounded::read(file, MAX_BYTES).with_context(|| format!("the key file {shown} cannot be read"))?;
    let text = bounded::utf8(octets).map_err(|line| Failure::unusable(format!("{shown}:{line}: the key file is not UTF-8")))?;
    let key = TsigKey::parse(&text, settings.name.as_ref(), settings.algorithm);
    key.map_err(|error| Failure::unusable(format!("the key file {shown}: {error}")).into())
}

/// Who can read the file can sign in this machine's name. A group may share it, as servers do; everybody may not.
#[cfg(unix)]
fn check_mode(file: &File, path: &Path, common: &Common) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata().with_context(|| format!("the key file {}", path.display()))?.permissions().mode() & 0o777;
    let shown = path.display();
    if mode & 0o007 != 0 {
        let why = format!("the key file {shown} is open to everybody (mode {mode:03o}): chmod 600 {shown}");
        return Err(Failure::unusable(why).into());
    }
    if mode & 0o070 != 0 {
        remark(common, &format!("the key file {shown} is open to its group (mode {mode:03o})"));
    }
    Ok(())
}

/// Elsewhere files have no such mode.
#[cfg(not(unix))]
fn check_mode(_: &File, _: &Path, _: &Common) -> anyhow::Result<()> {
    Ok(())
}
