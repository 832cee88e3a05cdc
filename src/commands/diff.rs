//! `imctl diff`: two JSON reports, and what changed from one to the other.

use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use anyhow::Context as _;

use super::{bounded, reporting};
use crate::cli::{Common, DiffArgs};
use crate::compare::{Comparison, Saved};
use crate::exit::{ExitStatus, Failure};

/// The longest report that is read, octets: what a million domains come to.
const MAX_BYTES: usize = 1 << 30;

/// Compares and reports.
pub fn run(args: &DiffArgs, common: &Common) -> anyhow::Result<ExitStatus> {
    if args.old == args.new && is_standard_input(&args.old) {
        return Err(Failure::unusable("standard input can be one of the two reports, not both: name a file").into());
    }
    let (old, new) = (read(&args.old)?, read(&args.new)?);
    let comparison = Comparison::of(&old, &new);
    let mut out = BufWriter::new(anstream::stdout().lock());
    args.format.render(&comparison, reporting::terminal_width(), common.verbose > 0, &mut out)?;
    out.flush()?;
    let fails = comparison.new.iter().any(|finding| args.fail_on.is_reached_by(finding.severity));
    Ok(if fails { ExitStatus::Findings } else { ExitStatus::Clean })
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn read(path: &Path) -> anyhow::Result<Saved> {
    let (name, octets) = if is_standard_input(path) {
        ("<standard input>".to_owned(), bounded::read(io::stdin().lock(), MAX_BYTES))
    } else {
        (path.display().to_string(), bounded::read_file(path, MAX_BYTES))
    };
    let octets = octets.with_context(|| format!("the report {name} cannot be read"))?;
    let text = bounded::utf8(octets).map_err(|line| Failure::unusable(format!("{name}:{line}: the report is not UTF-8")))?;
    Saved::parse(&text)
        .map_err(|error| Failure::unusable(format!("{name}:{}:{}: {}", error.line, error.column, error.message)).into())
}
