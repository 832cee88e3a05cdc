//! The recording of a run while it goes on, and what a run that was broken off left in its own.

use std::fs::{File, TryLockError};
use std::io::{self, BufReader, Read as _, Seek as _};
use std::path::Path;

use anyhow::Context as _;

use super::remark;
use crate::cli::Common;
use crate::exit::Failure;
use crate::observe::recording::{self, Header, Recorder, Recording};

/// How a recording begins.
const MARK: &[u8; 18] = b"{\"imctl_recording\"";

/// Begins a recording. An older one of that name is replaced; any other file is not, for it was named by mistake.
pub(super) fn begin(path: &Path, header: &Header) -> anyhow::Result<Recorder<File>> {
    if head(path).is_some_and(|head| !MARK.starts_with(&head)) {
        let why = format!("--save {}: that file is no recording; it is left alone, name another", path.display());
        return Err(Failure::unusable(why).into());
    }
    // What stands there stays until it is known that nobody else writes to it.
    let file = File::options().write(true).create(true).truncate(false).open(path).with_context(|| cannot_be_written(path))?;
    lock(&file, path)?;
    if file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        file.set_len(0).with_context(|| cannot_be_written(path))?;
    }
    // The place is good and takes nothing, as a full disk: that is no mistake in usage.
    Ok(Recorder::new(file, header).map_err(|error| Failure::internal(format!("{}: {error}", cannot_be_written(path))))?)
}

/// What a run that was broken off left in its recording; `None` where it did not come to its first answer. The file stays as it
/// is. An error where the recording belongs to another run than the one that `header` tells of.
pub(super) fn left_over(path: &Path, header: &Header, common: &Common) -> anyhow::Result<Option<Recording>> {
    let name = path.display();
    match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            remark(common, &format!("there is no {name} to go on with: everything is asked, and kept there"));
            return Ok(None);
        }
        Ok(metadata) if !metadata.is_file() => {
            return Err(Failure::unusable(format!("--resume {name}: that is no file, and cannot be gone on with")).into());
        }
        _ => {}
    }
    let file = File::open(path).with_context(|| format!("the recording {name} cannot be read"))?;
    if !has_header(&file)? && head(path).is_none_or(|head| MARK.starts_with(&head)) {
        remark(common, &format!("{name} holds nothing yet: everything is asked, and kept there"));
        return Ok(None);
    }
    let recording = recording::read(BufReader::new(file), &name.to_string())?;
    match refusal(&recording.header, header) {
        Some(why) => Err(Failure::unusable(format!("--resume {name}: {why}")).into()),
        None => Ok(Some(recording)),
    }
}

/// Goes on with a recording behind its last whole line.
pub(super) fn go_on(path: &Path, whole_octets: u64) -> anyhow::Result<Recorder<File>> {
    let mut file = File::options().write(true).open(path).with_context(|| cannot_be_written(path))?;
    lock(&file, path)?;
    // What another run may have added since this one read it is asked again.
    let end = file.set_len(whole_octets).and_then(|()| file.seek(io::SeekFrom::End(0)));
    end.with_context(|| cannot_be_written(path))?;
    Ok(Recorder::continuing(file))
}

/// Keeps every other run from writing to a recording, until this one ends, however it ends.
fn lock(file: &File, path: &Path) -> anyhow::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            let name = path.display();
            let why = format!("another imctl is writing the recording {name}: wait until it has ended, or name another file");
            Err(Failure::unusable(why).into())
        }
        // Some network file systems and devices know no locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

fn cannot_be_written(path: &Path) -> String {
    format!("the recording {} cannot be written", path.display())
}

/// The first octets of a file, as many as the mark has or fewer; `None` where it is empty, not there, or no file but a pipe or a device.
fn head(path: &Path) -> Option<Vec<u8>> {
    path.metadata().ok().filter(|metadata| metadata.is_file() && metadata.len() > 0)?;
    let mut head = Vec::new();
    // A file that cannot be read is nobody's recording.
    let _ = File::open(path).and_then(|file| file.take(MARK.len() as u64).read_to_end(&mut head));
    Some(head)
}

/// Whether the first line is whole: a run that is killed while it writes it leaves a part of it.
fn has_header(mut file: &File) -> io::Result<bool> {
    /// No header is as long.
    const MOST: u64 = 4096;
    let mut octets = Vec::new();
    file.take(MOST).read_to_end(&mut octets)?;
    file.rewind()?;
    Ok(octets.len() as u64 == MOST || octets.contains(&b'\n'))
}

/// Why a recording cannot be gone on with by a run.
fn refusal(recorded: &Header, wanted: &Header) -> Option<String> {
    let part = |shard: &Option<String>| shard.as_ref().map_or("all domains".to_owned(), |shard| format!("part {shard}"));
    match &recorded.inputs {
        _ if recorded.command != wanted.command => Some(format!(
            "it was recorded by imctl {}, and this is imctl {}; go on with the command that began it",
            recorded.command, wanted.command
        )),
        _ if recorded.shard != wanted.shard => Some(format!(
            "it holds {} and this run is about {}; give the same --shard as when it was begun",
            part(&recorded.shard),
            part(&wanted.shard)
        )),
        None => Some("it does not say what it was recorded from; judge it with --from, or record anew with --save".to_owned()),
        recorded if *recorded != wanted.inputs => Some(
            "the inventory, a list, the domains or the views have changed since it was begun; change them back, \
             judge what it holds with --from, or record anew with --save"
                .to_owned(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::View;

    #[test]
    fn a_recording_is_gone_on_with_by_its_own_run_only() {
        let run = |command: &str, inputs: Option<&str>, shard: Option<&str>| Header {
            inputs: inputs.map(str::to_owned),
            shard: shard.map(str::to_owned),
            ..Header::new(command, "2026-06-01T12:00:00Z", View::Internal)
        };
        let wanted = run("audit", Some("ab"), Some("1/4"));
        assert_eq!(refusal(&wanted, &wanted), None);
        for (recorded, said) in [
            (run("probe", Some("ab"), Some("1/4")), "it was recorded by imctl probe, and this is imctl audit"),
            (run("audit", Some("ab"), None), "it holds all domains and this run is about part 1/4"),
            (run("audit", None, Some("1/4")), "does not say what it was recorded from"),
            (run("audit", Some("cd"), Some("1/4")), "have changed since it was begun"),
        ] {
            let why = refusal(&recorded, &wanted).expect("a refusal");
            assert!(why.contains(said), "{why}");
        }
    }
}
