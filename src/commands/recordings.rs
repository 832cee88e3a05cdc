//! `--from`: reading recordings back.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use anyhow::Context as _;
use jiff::Timestamp;

use super::remark;
use crate::cli::Common;
use crate::dns::View;
use crate::observe::{Observations, recording};

/// What several recordings say together.
pub(super) struct Recordings {
    /// When the first was begun.
    pub(super) started: Timestamp,
    /// The side from which the first was made.
    pub(super) vantage: View,
    /// All answers; of two to the same question, that of the file named first.
    pub(super) observed: Observations,
}

/// Reads recordings in the order in which they are named.
pub(super) fn read(paths: &[PathBuf], common: &Common) -> anyhow::Result<Recordings> {
    let mut first = None;
    let mut observed = Observations::default();
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
        first.get_or_insert((name, recording.header));
        for (question, answer) in recording.answers {
            if observed.get(&question).is_none() {
                observed.insert(question, answer);
            }
        }
    }
    let (name, header) = first.context("no recording is named")?;
    let started = header.started.parse().with_context(|| format!("{name}:1: started is no time: {:?}", header.started))?;
    Ok(Recordings { started, vantage: header.vantage, observed })
}
