//! The recordings behind a judgement, and their contradictions, as they stand in the JSON report.

use schemars::JsonSchema;
use serde::Serialize;

use crate::dns::View;
use crate::observe::recording::{Contradiction, Made, Sources};

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RecordingInfo {
    file: String,
    /// The subcommand that made it.
    command: String,
    /// When that run began, RFC 3339.
    started: String,
    /// The side from which it was made.
    vantage: View,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ContradictionInfo {
    view: View,
    /// The question: `A im.example.com`.
    asked: String,
    /// What each recording has.
    answers: Vec<RecordedInfo>,
    /// The recording whose answer counts.
    judged_by: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RecordedInfo {
    file: String,
    said: String,
}

/// The recordings, where there are several.
pub(super) fn recordings(sources: &Sources) -> Vec<RecordingInfo> {
    let info = |made: &Made| RecordingInfo {
        file: made.file.clone(),
        command: made.command.clone(),
        started: made.started.to_string(),
        vantage: made.vantage,
    };
    sources.recordings.iter().filter(|_| sources.recordings.len() > 1).map(info).collect()
}

impl ContradictionInfo {
    pub(super) fn of(contradiction: &Contradiction) -> Self {
        let answer = |(file, said): &(String, String)| RecordedInfo { file: file.clone(), said: said.clone() };
        Self {
            view: contradiction.question.view(),
            asked: contradiction.question.to_string(),
            answers: contradiction.answers.iter().map(answer).collect(),
            judged_by: contradiction.judged_by.clone(),
        }
    }
}
