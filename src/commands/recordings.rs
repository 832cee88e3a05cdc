//! `--from`: reading recordings back.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::observe::{Observations, RecordingHeader, read_recording};

/// What several recordings say together.
pub(super) struct Recordings {
    /// The header of the first.
    pub(super) header: RecordingHeader,
    /// All answers; of two to the same question, that of the file named first.
    pub(super) observed: Observations,
}

/// Reads recordings in the order in which they are named.
pub(super) fn read(paths: &[PathBuf]) -> anyhow::Result<Recordings> {
    let mut header = None;
    let mut observed = Observations::default();
    for path in paths {
        let name = path.display().to_string();
        let file = File::open(path).with_context(|| format!("the recording {name} cannot be read"))?;
        let recording = read_recording(BufReader::new(file), &name)?;
        header.get_or_insert(recording.header);
        for (question, answer) in recording.answers {
            if observed.get(&question).is_none() {
                observed.insert(question, answer);
            }
        }
    }
    Ok(Recordings { header: header.context("no recording is named")?, observed })
}
