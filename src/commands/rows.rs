//! `--format jsonl` on standard output while the run goes on. Keeps only what other reports need.

use std::io::{self, BufWriter, Stdout, Write};

use crate::cli::ReportingArgs;
use crate::judge::{Concluded, Judgement};
use crate::pipeline::Take;
use crate::report::json::Summary;
use crate::report::jsonl::Rows;
use crate::report::{Format, Header};

/// Writes rows where standard output takes them, and keeps the rest.
pub(super) struct Taking {
    rows: Option<Rows<BufWriter<UntilClosed>>>,
    /// Whether another report is written from the whole.
    keep: bool,
    /// Domains that came.
    taken: usize,
}

impl Taking {
    /// Begins. `alone` tells that nothing but standard output is written: then a reader that leaves ends the run. `at_once`
    /// tells whether a finding stands when its domain is judged, or only when all are.
    pub(super) fn begin(header: &Header, reporting: &ReportingArgs, alone: bool, at_once: bool) -> io::Result<Self> {
        let is_streamed = at_once && reporting.format == Format::Jsonl;
        let out = UntilClosed { out: io::stdout(), closed: false, alone };
        let rows = is_streamed.then(|| Rows::begin(header, BufWriter::new(out))).transpose()?;
        Ok(Self { rows, keep: !is_streamed || !reporting.report.is_empty(), taken: 0 })
    }

    /// Whether not one domain came.
    pub(super) fn is_empty(&self) -> bool {
        self.taken == 0
    }

    /// Writes the last rows, and counts everything; `None` where standard output has no rows.
    pub(super) fn end(self, header: &Header, judgement: &Judgement) -> io::Result<Option<Summary>> {
        self.rows.map(|rows| rows.end(header, judgement)).transpose()
    }
}

impl Take for Taking {
    fn take(&mut self, concluded: Concluded) -> io::Result<Option<Concluded>> {
        self.taken += 1;
        if let Some(rows) = &mut self.rows {
            rows.domain(&concluded.verdict, &concluded.findings, &concluded.undecided)?;
        }
        Ok(self.keep.then_some(concluded))
    }

    fn pause(&mut self) -> io::Result<()> {
        self.rows.as_mut().map_or(Ok(()), Rows::flush)
    }
}

/// Standard output. A reader that closes its end of a pipe has what it wanted; the run goes on where it writes something else.
struct UntilClosed {
    out: Stdout,
    closed: bool,
    alone: bool,
}

impl UntilClosed {
    fn unless_closed<T>(&mut self, result: io::Result<T>, done: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe && !self.alone => {
                self.closed = true;
                Ok(done)
            }
            result => result,
        }
    }
}

impl Write for UntilClosed {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(octets.len());
        }
        let written = self.out.write(octets);
        self.unless_closed(written, octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = if self.closed { Ok(()) } else { self.out.flush() };
        self.unless_closed(flushed, ())
    }
}
