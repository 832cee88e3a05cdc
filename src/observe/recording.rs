//! Observations as JSON lines: a header, then one question with its answer a line. Opens no file and knows no clock; whoever
//! calls does.

use std::io::{self, BufRead, Read as _, Write};

use serde::{Deserialize, Serialize};

mod merge;

pub use merge::{Contradiction, Made, Sources, merge};

use super::{Answer, Question};
use crate::dns::View;
use crate::place::Place;

/// The version of this format; a reader refuses newer ones.
pub const RECORDING_VERSION: u32 = 1;
/// The longest line, octets: far above what 64 KiB of DNS from each of many servers come to.
const MAX_LINE: u64 = 16 * 1024 * 1024;

/// The first line of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the format; also what tells a recording from other files.
    pub imctl_recording: u32,
    /// The version of imctl that wrote it.
    pub version: String,
    /// The subcommand.
    pub command: String,
    /// When the run began, RFC 3339, UTC.
    pub started: String,
    /// The side from which machines were probed.
    pub vantage: View,
    /// A digest of what the run was about, where the writer has one: whether it can be resumed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<String>,
    /// `2/8` where this is one machine's part of the domains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
}

impl Header {
    /// The header of a run that begins now.
    pub fn new(command: impl Into<String>, started: impl Into<String>, vantage: View) -> Self {
        Self {
            imctl_recording: RECORDING_VERSION,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            command: command.into(),
            started: started.into(),
            vantage,
            inputs: None,
            shard: None,
        }
    }
}

/// Writes a recording, each line whole and flushed, so that at most the last is lost when the process is killed.
#[derive(Debug)]
pub struct Recorder<W: Write> {
    to: W,
    line: Vec<u8>,
}

#[derive(Serialize)]
struct WrittenLine<'a> {
    question: &'a Question,
    answer: &'a Answer,
}

#[derive(Deserialize)]
struct ReadLine {
    question: Question,
    answer: Answer,
}

impl<W: Write> Recorder<W> {
    /// Begins a recording.
    pub fn new(to: W, header: &Header) -> io::Result<Self> {
        let mut recorder = Self::continuing(to);
        recorder.write_line(header)?;
        Ok(recorder)
    }

    /// Goes on with a recording that has its header and ends with a whole line.
    pub fn continuing(to: W) -> Self {
        Self { to, line: Vec::new() }
    }

    /// Adds an answer.
    pub fn record(&mut self, question: &Question, answer: &Answer) -> io::Result<()> {
        self.write_line(&WrittenLine { question, answer })
    }

    fn write_line(&mut self, line: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        self.to.write_all(&self.line)?;
        self.to.flush()
    }
}

/// A recording, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The first line.
    pub header: Header,
    /// What was asked, in the order in which it was answered.
    pub answers: Vec<(Question, Answer)>,
    /// Whether the last line has no end, as when the writer is killed; it is left out of `answers`.
    pub cut: bool,
    /// The length of the whole lines, octets: what to keep before going on with a recording that was cut.
    pub whole_octets: u64,
}

/// Why a text is no recording that can be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The reader failed.
    #[error("{file}: the recording cannot be read")]
    Io {
        /// The file, as the user gave it.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// The text is wrong.
    #[error("{place}: {message}")]
    Content {
        /// Where.
        place: Place,
        /// What is wrong and what to do, one clause.
        message: String,
    },
}

/// Reads a recording; `name` is what errors call it.
pub fn read(reader: impl BufRead, name: &str) -> Result<Recording, RecordingError> {
    let mut lines = Lines { reader, name, number: 0, octets: 0 };
    let Some(first) = lines.next()? else {
        return Err(lines.error(1, "the file is empty: give a file that imctl wrote with --save".to_owned()));
    };
    let header = read_header(&first.text).map_err(|(column, message)| lines.error(column, message))?;
    if !first.ended {
        return Err(lines.error(1, "the recording was cut before its first answer: record again".to_owned()));
    }
    let mut recording = Recording { header, answers: Vec::new(), cut: false, whole_octets: lines.octets };
    while let Some(line) = lines.next()? {
        if !line.ended {
            recording.cut = true;
            break;
        }
        recording.whole_octets = lines.octets;
        if line.text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice::<ReadLine>(&line.text) {
            Ok(read) => recording.answers.push((read.question, read.answer)),
            Err(error) => {
                let message = format!("this is no question with its answer ({}): delete the line or record again", reason(&error));
                return Err(lines.error(error.column(), message));
            }
        }
    }
    Ok(recording)
}

fn read_header(line: &[u8]) -> Result<Header, (usize, String)> {
    let not_one = "this is no recording: give a file that imctl wrote with --save";
    let value: serde_json::Value = serde_json::from_slice(line).map_err(|_| (1, not_one.to_owned()))?;
    let version = value.get("imctl_recording").and_then(serde_json::Value::as_u64);
    match version {
        None if value.get("schema_version").is_some() => {
            Err((1, "this is a report, not a recording: give a file that imctl wrote with --save".to_owned()))
        }
        None => Err((1, not_one.to_owned())),
        Some(newer) if newer > u64::from(RECORDING_VERSION) => {
            let known = RECORDING_VERSION;
            Err((1, format!("this recording has format {newer}, and this imctl reads up to {known}: read it with a newer imctl")))
        }
        Some(_) => serde_json::from_value(value).map_err(|error| (1, format!("the header is damaged ({error}): record again"))),
    }
}

/// The reason without serde's own position, which counts lines from this line.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned())
}

struct Lines<'a, R> {
    reader: R,
    name: &'a str,
    number: u32,
    /// Read so far, this line included.
    octets: u64,
}

struct Line {
    text: Vec<u8>,
    ended: bool,
}

impl<R: BufRead> Lines<'_, R> {
    /// The next line without its end; `None` after the last.
    fn next(&mut self) -> Result<Option<Line>, RecordingError> {
        let mut text = Vec::new();
        let length = self
            .reader
            .by_ref()
            .take(MAX_LINE + 1)
            .read_until(b'\n', &mut text)
            .map_err(|source| RecordingError::Io { file: self.name.to_owned(), source })?;
        if length == 0 {
            return Ok(None);
        }
        self.number = self.number.saturating_add(1);
        self.octets += length as u64;
        let ended = text.pop_if(|last| *last == b'\n').is_some();
        if !ended && text.len() as u64 > MAX_LINE {
            return Err(self.error(1, format!("the line is longer than {MAX_LINE} octets: this is no recording of imctl's")));
        }
        Ok(Some(Line { text, ended }))
    }

    fn error(&self, column: usize, message: String) -> RecordingError {
        let column = u32::try_from(column.max(1)).unwrap_or(u32::MAX);
        RecordingError::Content { place: Place::new(self.name, self.number.max(1), column), message }
    }
}

#[cfg(test)]
mod tests;
