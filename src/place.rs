//! Where something was written: file, line and column. Never opens the file.

use std::fmt;
use std::sync::Arc;

/// A position in something a person wrote: the inventory, an e-mail list, the command line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The path as the user gave it, or `<command line>`, `<standard input>`.
    pub file: Arc<str>,
    /// 1-based; 0 where a line means nothing (the command line).
    pub line: u32,
    /// 1-based, in characters; 0 where a column means nothing.
    pub column: u32,
}

impl Place {
    /// A position in `file`; line and column are 1-based.
    pub fn new(file: impl Into<Arc<str>>, line: u32, column: u32) -> Self {
        Self { file: file.into(), line, column }
    }

    /// What was given by a flag rather than in a file.
    pub fn command_line() -> Self {
        Self::new("<command line>", 0, 0)
    }

    /// Writes it as it is displayed; to a string without a formatter, for bad lists have one to say for every line.
    pub(crate) fn write(&self, to: &mut impl fmt::Write) -> fmt::Result {
        write(to, &self.file, [self.line, self.column])
    }

    /// Whether it is a line of a file, rather than the command line or standard input.
    pub fn is_in_file(&self) -> bool {
        self.line > 0 && !self.file.is_empty() && !self.file.starts_with('<')
    }
}

/// The same of a position that is not kept.
pub(crate) fn write(to: &mut impl fmt::Write, file: &str, line_and_column: [u32; 2]) -> fmt::Result {
    to.write_str(file)?;
    for number in line_and_column.into_iter().take_while(|&number| number > 0) {
        to.write_char(':')?;
        to.write_str(itoa::Buffer::new().format(number))?;
    }
    Ok(())
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}
