//! `--rejects`: what gave no address, as it stood in the lists. Never leaves half a file behind.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::exit::Failure;

/// The file, under a temporary name until it is whole.
pub(super) struct Rejects {
    path: PathBuf,
    target: Target,
}

enum Target {
    Beside(BufWriter<NamedTempFile>),
    /// A device or a pipe: there is nothing to replace.
    Straight(BufWriter<File>),
}

impl Rejects {
    /// Makes sure that the file can be written.
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        let failed = |error: std::io::Error| Failure::unusable(format!("{}: it cannot be written: {error}", path.display()));
        let target = match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(Failure::unusable(format!("{}: it is a folder: name a file", path.display())).into());
            }
            Ok(metadata) if !metadata.is_file() => {
                Target::Straight(BufWriter::new(File::options().write(true).open(path).map_err(failed)?))
            }
            _ => Target::Beside(BufWriter::new(crate::commands::temporary_beside(path).map_err(failed)?)),
        };
        Ok(Self { path: path.to_owned(), target })
    }

    /// Adds one input. Line breaks inside it (a cell may hold some) become spaces, so that it stays one line.
    pub(super) fn add(&mut self, raw: &[u8]) -> anyhow::Result<()> {
        let mut line = raw.to_vec();
        for byte in line.iter_mut().filter(|byte| b"\r\n".contains(byte)) {
            *byte = b' ';
        }
        line.push(b'\n');
        let written = match &mut self.target {
            Target::Beside(file) => file.write_all(&line),
            Target::Straight(file) => file.write_all(&line),
        };
        Ok(written.map_err(|error| self.unwritten(error))?)
    }

    /// Gives the file its name; it replaces an older one, also when nothing was rejected.
    pub(super) fn keep(self) -> anyhow::Result<()> {
        let unwritten =
            |error: &dyn std::fmt::Display| Failure::internal(format!("{}: it could not be written: {error}", self.path.display()));
        match self.target {
            Target::Straight(mut file) => file.flush().map_err(|error| unwritten(&error))?,
            Target::Beside(file) => {
                let file = file.into_inner().map_err(|error| unwritten(error.error()))?;
                file.persist(&self.path).map_err(|error| unwritten(&error.error))?;
            }
        }
        Ok(())
    }

    /// Text, not the error itself: a closed pipe ends a run well only where it is standard output.
    fn unwritten(&self, error: std::io::Error) -> Failure {
        Failure::internal(format!("{}: it could not be written: {error}", self.path.display()))
    }
}
