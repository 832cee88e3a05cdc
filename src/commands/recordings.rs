//! `--from`: reading recordings back.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use anyhow::Context as _;
use jiff::Timestamp;

use super::remark;
use crate::cli::Common;
use crate::observe::Observations;
use crate::observe::recording::{self, Header, Made, Sources};

/// What several recordings say together.
pub(super) struct Recordings {
    /// When the latest was begun.
    pub(super) latest: Timestamp,
    /// All answers, one a question.
    pub(super) observed: Observations,
    /// Which runs they come from.
    pub(super) sources: Sources,
}

/// Reads recordings and puts them together.
pub(super) fn read(paths: &[PathBuf], common: &Common) -> anyhow::Result<Recordings> {
    let mut read = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let file = File::open(path).with_context(|| format!("the recording {name} cannot be read"))?;
        let recording = recording::read(BufReader::new(file), &name)?;
        if recording.cut {
            remark(
                common,
                &format!("{name} ends in the middle of a line: its run was cut off, and what it had not asked is undecided"),
            );
        }
        let Header { started, command, vantage, .. } = &recording.header;
        let started = started.parse().with_context(|| format!("{name}:1: started is no time: {started:?}"))?;
        read.push((Made { file: name, command: command.clone(), started, vantage: *vantage }, recording));
    }
    let latest = read.iter().map(|(made, _)| made.started).max().context("no recording is named")?;
    let (observed, sources) = recording::merge(read);
    Ok(Recordings { latest, observed, sources })
}
