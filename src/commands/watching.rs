//! What a run shows and keeps while it goes on: a progress bar on a terminal, answers in a recording.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::cli::Common;
use crate::exit::Failure;
use crate::observe::recording::{Header, Recorder};
use crate::observe::{Answer, Question};
use crate::pipeline::Watch;

/// How a recording begins.
const MARK: &[u8; 18] = b"{\"imctl_recording\"";

/// Watches one run.
pub(super) struct Watcher {
    bar: ProgressBar,
    /// Questions so far.
    asked: u64,
    /// How many there will be, by what the domains needed that are judged.
    expected: u64,
    recorder: Option<Recorder<File>>,
}

impl Watcher {
    /// Opens the recording. An older one of that name is replaced; any other file is not, for it was named by mistake.
    pub(super) fn new(save: Option<(&Path, &Header)>, common: &Common) -> anyhow::Result<Self> {
        let open = |(path, header): (&Path, &Header)| -> anyhow::Result<Recorder<File>> {
            if !may_be_replaced(path) {
                let why = format!("--save {}: that file is no recording; it is left alone, name another", path.display());
                return Err(Failure::unusable(why).into());
            }
            let file = File::create(path).with_context(|| format!("the recording {} cannot be written", path.display()))?;
            // The place is good and takes nothing, as a full disk: that is no mistake in usage.
            let full = |error| Failure::internal(format!("the recording {} cannot be written: {error}", path.display()));
            Ok(Recorder::new(file, header).map_err(full)?)
        };
        Ok(Self { bar: progress_bar(common), asked: 0, expected: 0, recorder: save.map(open).transpose()? })
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Whether the path is free, holds a recording, or is no file at all but a pipe or a device.
fn may_be_replaced(path: &Path) -> bool {
    if !path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0) {
        return true;
    }
    let mut head = [0; MARK.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head == *MARK
}

/// A bar on standard error; indicatif draws none where that is not a terminal.
fn progress_bar(common: &Common) -> ProgressBar {
    if common.quiet || common.no_progress {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template("{bar:30} {pos} of about {len} questions, {rate}, {eta} left");
    let rate = |state: &ProgressState, out: &mut dyn fmt::Write| {
        let _ = write!(out, "{:.0}/s", state.per_sec());
    };
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).with_key("rate", rate));
    bar
}

/// How many questions there will be if the domains to come need as many as those that are judged, so that the time left is
/// that of the whole run.
fn expected(asked: u64, done: usize, all: usize) -> u64 {
    let whole = u128::from(asked) * all as u128 / done.max(1) as u128;
    u64::try_from(whole).unwrap_or(u64::MAX)
}

impl Watch for Watcher {
    fn asking(&mut self, questions: usize) {
        self.asked += questions as u64;
        self.bar.set_length(self.asked.max(self.expected));
    }

    fn judged(&mut self, done: usize, all: usize) {
        self.expected = expected(self.asked, done, all);
        self.bar.set_length(self.expected);
    }

    fn answered(&mut self, question: &Question, answer: &Answer) -> io::Result<()> {
        self.bar.inc(1);
        match &mut self.recorder {
            Some(recorder) => recorder.record(question, answer),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_to_come_are_those_of_domains_to_come() {
        assert_eq!(expected(80, 16, 16), 80);
        assert_eq!(expected(80, 16, 1000), 5000);
        assert_eq!(expected(0, 0, 0), 0);
    }
}
