//! What a run shows and keeps while it goes on: a progress bar on a terminal, answers in a recording.

use std::fmt;
use std::fs::File;
use std::io;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::cli::Common;
use crate::observe::recording::Recorder;
use crate::observe::{Answer, Question};
use crate::pipeline::Watch;

/// Watches one run.
pub(super) struct Watcher {
    bar: ProgressBar,
    /// How many there are, if that is known.
    domains: Option<usize>,
    /// Questions so far.
    asked: u64,
    /// How many there will be, by what the domains needed that are judged.
    expected: u64,
    recorder: Option<Recorder<File>>,
}

impl Watcher {
    /// Watches a run over so many domains, where that is known, whose answers go into a recording, or nowhere.
    pub(super) fn new(domains: Option<usize>, recorder: Option<Recorder<File>>, common: &Common) -> Self {
        Self { bar: progress_bar(common), domains, asked: 0, expected: 0, recorder }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
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

    fn judged(&mut self, done: usize) {
        self.expected = expected(self.asked, done, self.domains.unwrap_or(done));
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
