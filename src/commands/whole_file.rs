//! A file that is whole or not there: written beside its place, then renamed.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file under a temporary name, until it is kept.
pub(super) struct WholeFile {
    path: PathBuf,
    file: NamedTempFile,
}

impl WholeFile {
    /// Begins a file that will stand at `path`. What stands there now remains until [`Self::keep`].
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        // A link stays a link: what it leads to is replaced.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // What the user's umask leaves of it, as for any new file; not the private mode of temporary files.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let file = builder.prefix(".imctl-").tempfile_in(folder_of(&path))?;
        if let Ok(old) = std::fs::metadata(&path) {
            // Who could not read the old file shall not read the new one.
            file.as_file().set_permissions(old.permissions())?;
        }
        Ok(Self { path, file })
    }

    /// Gives the file its name.
    pub(super) fn keep(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Writes a whole file where none is: one that came to stand there meanwhile is left alone (`AlreadyExists`).
    pub(super) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = Self::create(path)?;
        file.write_all(bytes)?;
        file.file.as_file().sync_all()?;
        file.file.persist_noclobber(&file.path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Whether a file can be begun there, for all that can be told without writing to it.
    pub(super) fn check(path: &Path) -> io::Result<()> {
        if is_device(path) { Ok(()) } else { Self::create(path).map(drop) }
    }

    /// Writes a whole file at once. What is no file (a device, a pipe) is written to as it is.
    pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
        if is_device(path) {
            return File::options().write(true).open(path)?.write_all(bytes);
        }
        let mut file = Self::create(path)?;
        file.write_all(bytes)?;
        file.keep()
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Whether something stands there that is neither a file nor a folder.
fn is_device(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// The folder that a path stands in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
