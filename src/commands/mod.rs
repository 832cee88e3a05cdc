//! One file a subcommand, and what several of them share: the only place that joins the layers for a user.

use std::io::{self, Write};
use std::path::Path;

use crate::cli::Common;

pub mod audit;
mod checking;
pub mod demo;
pub mod derive;
pub mod dns_check;
pub mod explain;
pub mod generated;
mod interrupted;
mod inventory_file;
mod lists;
pub mod probe;
mod recordings;
mod reporting;
mod selection;
mod watching;

/// Says something on standard error that is no error, unless `-q` was given.
fn remark(common: &Common, text: &str) {
    if !common.quiet {
        let label = anstyle::AnsiColor::Cyan.on_default().bold();
        let _ = writeln!(anstream::stderr(), "{label}note{label:#}: {text}");
    }
}

/// The name most like the given one, if one is like it at all.
fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.map(|name| (strsim::jaro_winkler(given, name), name));
    scored.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

/// Writes a file beside its place and renames it, so that it is never there in part.
fn atomically(path: &Path, write: impl FnOnce(&mut std::fs::File) -> io::Result<()>) -> io::Result<()> {
    let mut file = temporary_beside(path)?;
    write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file in the folder of `path`, with the permissions that any new file would get.
fn temporary_beside(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What the user's umask leaves of it, not the private mode of temporary files.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.prefix(".imctl-").tempfile_in(reporting::folder_of(path))
}
