//! `--baseline` and `--write-baseline`: reading what is accepted before a run, and writing it after. Judges nothing itself.

use std::path::Path;

use anyhow::Context as _;

use super::whole_file::WholeFile;
use super::{bounded, remark, reporting};
use crate::cli::{Common, PolicyArgs};
use crate::exit::Failure;
use crate::judge::{Baseline, Judgement, Scope};
use crate::report;

/// The longest baseline that is read, octets.
const MAX_BYTES: usize = 256 << 20;

/// What is accepted, and where it is to be written anew.
pub(super) struct Accepting<'a> {
    old: Option<Baseline>,
    write: Option<&'a Path>,
}

impl<'a> Accepting<'a> {
    /// Reads the baseline and refuses a place where none can be written, before anything is asked.
    pub(super) fn open(args: &'a PolicyArgs) -> anyhow::Result<Self> {
        let write = args.write_baseline.as_deref();
        if let Some(path) = write {
            reporting::check_target("--write-baseline", path)?;
        }
        Ok(Self { old: args.baseline.as_deref().map(read).transpose()?, write })
    }

    /// Whether a baseline is read or written.
    pub(super) fn is_asked(&self) -> bool {
        self.old.is_some() || self.write.is_some()
    }

    /// Takes what is accepted out of the findings.
    pub(super) fn apply(&self, judgement: &mut Judgement, scope: &Scope) {
        if let Some(baseline) = &self.old {
            baseline.apply(judgement, scope);
        }
    }

    /// Accepts what was found, where that was asked for; then nothing of it counts any more.
    pub(super) fn accept(&self, judgement: &mut Judgement, common: &Common) -> anyhow::Result<()> {
        let Some(path) = self.write else { return Ok(()) };
        let baseline = Baseline::renewed(self.old.as_ref(), judgement);
        let mut text = Vec::new();
        report::baseline::render(&baseline, &mut text)?;
        WholeFile::write(path, &text)
            .map_err(|error| Failure::internal(format!("the baseline {} could not be written: {error}", path.display())))?;
        let count = baseline.accepted.len();
        let findings = if count == 1 { "finding" } else { "findings" };
        remark(common, &format!("{} accepts {count} {findings}; give it with --baseline, and only others count", path.display()));
        judgement.findings.clear();
        Ok(())
    }
}

fn read(path: &Path) -> anyhow::Result<Baseline> {
    let name = path.display();
    let octets = bounded::read_file(path, MAX_BYTES).with_context(|| format!("the baseline {name} cannot be read"))?;
    let not_utf8 =
        |line| Failure::unusable(format!("{name}:{line}: the baseline is not UTF-8: write it anew with --write-baseline"));
    let text = bounded::utf8(octets).map_err(not_utf8)?;
    Baseline::parse(&text)
        .map_err(|error| Failure::unusable(format!("{name}:{}:{}: {}", error.line, error.column, error.message)).into())
}
