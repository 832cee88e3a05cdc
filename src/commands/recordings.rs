//! `--from`: reading recordings back.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use anyhow::Context as _;
use jiff::Timestamp;

use super::remark;
use crate::cli::Common;
use crate::dns::Shard;
use crate::observe::Observations;
use crate::observe::recording::{self, Header, Made, Sources};

/// The most missing parts that are named.
const MAX_NAMED: usize = 10;

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
    let mut parts = BTreeSet::new();
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
        parts.extend(recording.header.shard.as_ref().and_then(|shard| shard.parse::<Shard>().ok()));
        let Header { command, vantage, .. } = &recording.header;
        let started = started(&name, &recording.header)?;
        read.push((Made { file: name, command: command.clone(), started, vantage: *vantage }, recording));
    }
    remark_on_missing(&parts, common);
    let latest = read.iter().map(|(made, _)| made.started).max().context("no recording is named")?;
    let (observed, sources) = recording::merge(read);
    Ok(Recordings { latest, observed, sources })
}

/// Says which parts of a run that was divided are not there, for nothing of their domains is known.
fn remark_on_missing(parts: &BTreeSet<Shard>, common: &Common) {
    let all = parts.first().into_iter().flat_map(|part| part.siblings());
    for missing in all.filter(|part| !parts.contains(part)).take(MAX_NAMED) {
        remark(common, &format!("part {missing} is not among the recordings: its domains are undecided"));
    }
}

/// When the run of a recording was begun; `name` is what an error calls the file.
pub(super) fn started(name: &str, header: &Header) -> anyhow::Result<Timestamp> {
    header.started.parse().with_context(|| format!("{name}:1: started is no time: {:?}", header.started))
}
