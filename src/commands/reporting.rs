//! Where reports go: standard output, and files that are whole or not there.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::whole_file::{WholeFile, folder_of};
use crate::cli::{Common, ReportingArgs};
use crate::exit::Failure;
use crate::judge::Judgement;
use crate::report::{Format, Header, Layout, markdown};

/// The width of a report that does not go to a terminal.
const PIPE_WIDTH: usize = 80;
/// A line longer than this is hard to read, however wide the terminal.
const MAX_WIDTH: usize = 200;

/// The file whose content GitHub Actions shows as the summary of the step.
const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// Refuses a `--report` that cannot be written before anything is asked.
pub(super) fn check_targets(reporting: &ReportingArgs) -> Result<(), Failure> {
    reporting.report.iter().try_for_each(|(_, path)| check_target("--report", path))?;
    if let Some(path) = step_summary(reporting) {
        open_summary(&path).map_err(|error| Failure::unusable(format!("{STEP_SUMMARY} {}: {error}", path.display())))?;
    }
    Ok(())
}

/// Refuses a file that cannot be written.
pub(super) fn check_target(flag: &str, path: &Path) -> Result<(), Failure> {
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err(Failure::unusable(format!("{flag} {}: there is no folder {}", path.display(), folder.display())));
    }
    if path.is_dir() {
        return Err(Failure::unusable(format!("{flag} {}: that is a folder; name a file", path.display())));
    }
    WholeFile::check(path).map_err(|error| Failure::unusable(format!("{flag} {}: {error}", path.display())))
}

/// Writes the files, then standard output. A report that cannot be written is an internal error: the checks were made in vain;
/// so it keeps none of the others from being written.
pub(super) fn write(
    header: &Header,
    judgement: &Judgement,
    reporting: &ReportingArgs,
    common: &Common,
    streamed: bool,
) -> Result<(), Failure> {
    let failed = |name: &dyn std::fmt::Display, error: anyhow::Error| {
        Failure::internal(format!("the report {name} could not be written: {error:#}"))
    };
    let mut written = Ok(());
    for (format, path) in &reporting.report {
        let layout = Layout { width: PIPE_WIDTH, everything: true, details: reporting.details };
        let file = write_file(*format, path, header, judgement, layout);
        written = written.and(file.map_err(|error| failed(&path.display(), error)));
    }
    if let Some(path) = step_summary(reporting) {
        let added = add_summary(&path, header, judgement);
        written = written.and(added.map_err(|error| failed(&path.display(), error.into())));
    }
    // Rows have been written already.
    let shown = match reporting.format {
        Format::Jsonl if streamed => Ok(()),
        // Its first line is the state, and that is now UNKNOWN, which is said at the end.
        Format::Nagios if written.is_err() => Ok(()),
        format => {
            let layout = Layout { width: terminal_width(), everything: common.verbose > 0, details: reporting.details };
            write_stdout(format, header, judgement, layout)
        }
    };
    written.and(shown.map_err(|error| failed(&"on standard output", error.into())))
}

/// A reader that closes its end of a pipe has what it wanted, and changes nothing about how the run ends.
fn write_stdout(format: Format, header: &Header, judgement: &Judgement, layout: Layout) -> io::Result<()> {
    // To look for colours where there are none takes longer than to write the report.
    let out: Box<dyn Write> =
        if format.is_coloured() { Box::new(anstream::stdout().lock()) } else { Box::new(io::stdout().lock()) };
    let mut out = BufWriter::new(out);
    match format.render(header, judgement, layout, &mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes beside the target and renames, so that the old report stays until the new one is whole.
fn write_file(format: Format, path: &Path, header: &Header, judgement: &Judgement, layout: Layout) -> anyhow::Result<()> {
    let mut report = Vec::new();
    format.render(header, judgement, layout, &mut report)?;
    let report = if format.is_coloured() { anstream::adapter::strip_bytes(&report).into_vec() } else { report };
    WholeFile::write(path, &report).with_context(|| format!("in {}", folder_of(path).display()))
}

/// Where the summary of the step goes, if there is one.
fn step_summary(reporting: &ReportingArgs) -> Option<PathBuf> {
    let named = || std::env::var_os(STEP_SUMMARY).filter(|path| !path.is_empty());
    (reporting.format == Format::Github).then(named).flatten().map(PathBuf::from)
}

fn open_summary(path: &Path) -> io::Result<File> {
    File::options().append(true).create(true).open(path)
}

/// Adds the Markdown report, in the room that commands of the step before this one have left.
fn add_summary(path: &Path, header: &Header, judgement: &Judgement) -> io::Result<()> {
    let mut file = open_summary(path)?;
    let used = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    file.write_all(markdown::render(header, judgement, markdown::LIMIT.saturating_sub(used)).as_bytes())
}

pub(super) fn terminal_width() -> usize {
    if !io::stdout().is_terminal() {
        return PIPE_WIDTH;
    }
    terminal_size::terminal_size().map_or(PIPE_WIDTH, |(width, _)| usize::from(width.0)).clamp(40, MAX_WIDTH)
}
