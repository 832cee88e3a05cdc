//! Two reports compared, for people or as JSON. Compares nothing itself.

use std::io::{self, Write};

use clap::ValueEnum;

use crate::compare::Comparison;

mod json;
mod text;

pub use json::schema;

/// A format for comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people
    Text,
    /// One document; its schema is printed by `imctl schema diff`
    Json,
}

impl DiffFormat {
    /// Writes the comparison; `everything` lists what is still there, too, where people read.
    pub fn render(self, comparison: &Comparison<'_>, width: usize, everything: bool, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Text => text::render(comparison, width, everything, out),
            Self::Json => json::render(comparison, out),
        }
    }
}
