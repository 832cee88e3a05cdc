//! Reports: a judgement in, bytes out; one file a format. Filters nothing, sorts nothing, reads no clock.

use std::io::{self, Write};

use clap::ValueEnum;

use crate::dns::View;
use crate::judge::Judgement;

pub mod baseline;
mod csv;
pub mod difference;
mod fail_on;
mod github;
mod gitlab;
mod headline;
mod html;
pub mod json;
mod json_document;
pub mod jsonl;
mod junit;
pub mod markdown;
pub mod nagios;
mod printable;
mod prometheus;
mod sarif;
pub mod spreadsheet;
mod table;
mod unanswered;

pub use difference::DiffFormat;
pub use fail_on::FailOn;
pub use printable::printable;

/// A report format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: verdict first, then what to do
    Table,
    /// One document; its schema is printed by `imctl schema report`
    Json,
    /// The same, one typed object a line, written while the run goes on; the summary is the last
    Jsonl,
    /// For spreadsheets: a row a finding, then a row a question that nobody answered
    Csv,
    /// For a pull request, a wiki or the summary of a step, at most 1 MiB
    Markdown,
    /// Annotations of a GitHub Actions run; the Markdown report is added to its summary
    Github,
    /// A code quality report for merge requests of GitLab
    Gitlab,
    /// One line for Nagios or Icinga with figures, then a line a finding; exits with 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN
    Nagios,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// XML for Jenkins and GitLab: a suite a domain, a case a rule and view, passes too
    Junit,
    /// Metrics for the textfile collector of Prometheus's node exporter
    Prometheus,
    /// One page for a browser: what breaks where, in a drawing too; fetches nothing
    Html,
}

/// What a report says about the run itself: all that may differ between two reports on the same observations.
#[derive(Clone, Debug)]
pub struct Header {
    /// The subcommand.
    pub command: &'static str,
    /// When it began, RFC 3339.
    pub started: String,
    /// How long it took.
    pub seconds: f64,
    /// The side from which was probed.
    pub vantage: View,
    /// From which severity on findings count against the run, where that is given.
    pub fail_on: Option<FailOn>,
}

/// How a report for people is laid out; other formats do not look at it.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether domains without anything wrong are listed too.
    pub everything: bool,
    /// Whether each finding stands by itself, also where many have one cause.
    pub details: bool,
}

impl Format {
    /// Whether the report holds colour codes.
    pub fn is_coloured(self) -> bool {
        self == Self::Table
    }

    /// Writes the report. Colour codes are written as for a terminal; the stream drops them where they are not wanted.
    pub fn render(self, header: &Header, judgement: &Judgement, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Table => table::render(header, judgement, layout, out),
            Self::Json => json::render(header, judgement, out),
            Self::Jsonl => jsonl::render(header, judgement, out),
            Self::Csv => csv::render(judgement, out),
            Self::Markdown => out.write_all(markdown::render(header, judgement, markdown::LIMIT).as_bytes()),
            Self::Github => github::render(header, judgement, out),
            Self::Gitlab => gitlab::render(judgement, out),
            Self::Sarif => sarif::render(header, judgement, out),
            Self::Junit => junit::render(header, judgement, out),
            Self::Prometheus => prometheus::render(header, judgement, out),
            Self::Nagios => nagios::render(header, judgement, out),
            Self::Html => html::render(header, judgement, out),
        }
    }
}
