//! Reports: a judgement in, bytes out; one file a format. Filters nothing, sorts nothing, reads no clock.

use std::io::{self, Write};

use clap::ValueEnum;

use crate::dns::View;
use crate::judge::Judgement;

pub mod baseline;
pub mod difference;
mod headline;
mod html;
pub mod json;
mod printable;
mod table;

pub use difference::DiffFormat;
pub use printable::printable;

/// A report format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: verdict first, then what to do
    Table,
    /// One document; its schema is printed by `imctl schema report`
    Json,
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
    /// Writes the report. Colour codes are written as for a terminal; the stream drops them where they are not wanted.
    pub fn render(self, header: &Header, judgement: &Judgement, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Table => table::render(header, judgement, layout, out),
            Self::Json => json::render(header, judgement, out),
            Self::Html => html::render(header, judgement, out),
        }
    }
}
