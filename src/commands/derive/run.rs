//! A run of derive under way: what becomes of each entry, and of ordinary lines together. Never opens a file.

use std::io::Write;
use std::sync::Arc;

use super::output::{Output, Row};
use super::rejects::Rejects;
use super::tally::Tally;
use crate::commands::complaints::Complaints;
use crate::email::{Batch, Entry, NoAddress, Outcome, Passed, People, ProblemKind, Quick, Refusal, Remark, Taken, Taker, Twice};
use crate::exit::{ExitStatus, Failure};

/// How many people are compared with each other where nothing asks for all, so that memory does not grow with the list.
pub(super) const MOST_COMPARED: usize = 50_000;

/// What is asked for.
pub(super) struct Deriving {
    pub(super) quick: Quick,
    /// Whether ordinary addresses may go the quick way.
    pub(super) passes: bool,
    pub(super) unique: bool,
    pub(super) quiet: bool,
}

/// How many inputs came to what.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    derived: u64,
    /// Left out on purpose.
    skipped: u64,
}

/// Inputs that come to nothing: how many, and what keeps them where that is asked for.
struct Refused {
    count: u64,
    rejects: Option<Rejects>,
}

/// A run under way.
pub(super) struct Run<W: Write> {
    deriving: Deriving,
    people: People,
    batch: Batch,
    passed: Passed,
    output: Output<W>,
    /// With `--domains`.
    tally: Option<Tally>,
    refused: Refused,
    complaints: Complaints,
    counts: Counts,
}

/// The part of a run that is about one list.
pub(super) struct OfFile<'r, W: Write> {
    pub(super) run: &'r mut Run<W>,
    pub(super) file: &'r Arc<str>,
}

impl<W: Write> Taker<anyhow::Error> for OfFile<'_, W> {
    fn entry(&mut self, entry: Entry<'_>) -> anyhow::Result<()> {
        self.run.take(self.file, entry)
    }

    fn no_address(&mut self, place: (u32, u32), what: NoAddress<'_>) -> anyhow::Result<()> {
        self.run.complaints.no_address(self.file, place, what);
        self.run.refused.add(what.text.as_bytes())
    }

    fn lines(&mut self, block: &[u8], before: u32) -> anyhow::Result<Taken> {
        if !self.run.deriving.passes {
            return Ok(Taken { octets: 0, lines: 0, left: true });
        }
        let taken = if self.run.people.is_full() { self.run.pass(block)? } else { self.run.compare(self.file, block, before)? };
        if taken.left { self.refuse_known(block, before, taken) } else { Ok(taken) }
    }

    fn value(&mut self, text: &[u8], place: &dyn Fn() -> (u32, u32)) -> anyhow::Result<bool> {
        let Run { deriving, people, batch, output, counts, .. } = &mut *self.run;
        let taken = deriving.passes
            && deriving.quick.address(text, batch)
            && (people.is_full() || people.pass_value(self.file, place(), batch));
        if taken {
            counts.derived += 1;
            output.lines(batch.text())?;
        }
        batch.clear(false);
        Ok(taken)
    }
}

impl<W: Write> OfFile<'_, W> {
    /// Refuses the line behind those that were taken, where its domain came before and is what is wrong with it.
    fn refuse_known(&mut self, block: &[u8], before: u32, taken: Taken) -> anyhow::Result<Taken> {
        let Run { deriving, complaints, refused, .. } = &mut *self.run;
        let rest = block.get(taken.octets..).unwrap_or_default();
        let Some(Refusal { octets, column, what }) = deriving.quick.refusal(rest) else { return Ok(taken) };
        let lines = taken.lines.saturating_add(1);
        complaints.no_address(self.file, (before.saturating_add(lines), column), what);
        refused.add(what.text.as_bytes())?;
        Ok(Taken { octets: taken.octets + octets, lines, left: false })
    }
}

impl Refused {
    fn add(&mut self, raw: &[u8]) -> anyhow::Result<()> {
        self.count += 1;
        self.rejects.as_mut().map_or(Ok(()), |rejects| rejects.add(raw))
    }
}

impl<W: Write> Run<W> {
    /// A run that has read nothing yet.
    pub(super) fn new(
        deriving: Deriving,
        people: People,
        output: Output<W>,
        tally: Option<Tally>,
        rejects: Option<Rejects>,
        complaints: Complaints,
    ) -> Self {
        let (batch, passed, counts) = (Batch::default(), Passed::default(), Counts::default());
        let refused = Refused { count: 0, rejects };
        Self { deriving, people, batch, passed, output, tally, refused, complaints, counts }
    }

    /// Derives lines at the start of a block. Their addresses wait in the batch, so that they go out in large pieces.
    fn pass(&mut self, block: &[u8]) -> anyhow::Result<Taken> {
        let waiting = self.batch.count();
        let octets = self.deriving.quick.lines(block, &mut self.batch);
        let lines = self.batch.count() - waiting;
        self.counts.derived += lines as u64;
        let left = !self.batch.is_full();
        if !left {
            self.write_waiting()?;
        }
        Ok(Taken { octets, lines: u32::try_from(lines).unwrap_or(u32::MAX), left })
    }

    /// The same, where everybody is compared with all before: who is not there yet is written at once.
    fn compare(&mut self, file: &Arc<str>, block: &[u8], before: u32) -> anyhow::Result<Taken> {
        let Self { deriving, people, batch, passed, output, counts, .. } = self;
        batch.clear(true);
        let octets = deriving.quick.lines(block, batch);
        let twice = match (deriving.unique, deriving.quiet) {
            (true, _) => Twice::Drop,
            (_, true) => Twice::Write,
            _ => Twice::Say,
        };
        people.pass(file, before, batch, twice, passed);
        counts.derived += u64::from(passed.lines);
        for part in &passed.write {
            output.lines(batch.text().get(part.clone()).unwrap_or_default())?;
        }
        let left = passed.octets < octets || !batch.is_full();
        batch.clear(false);
        Ok(Taken { octets: passed.octets, lines: passed.lines, left })
    }

    /// Writes the addresses that wait.
    pub(super) fn write_waiting(&mut self) -> std::io::Result<()> {
        if self.batch.count() == 0 {
            return Ok(());
        }
        let written = self.output.lines(self.batch.text());
        self.batch.clear(false);
        written
    }

    fn take(&mut self, file: &Arc<str>, entry: Entry<'_>) -> anyhow::Result<()> {
        if let Some(why) = &entry.skipped {
            self.counts.skipped += 1;
            if !self.deriving.quiet {
                self.complaints.say(&entry.place(file), "skipped", why);
            }
            return Ok(());
        }
        let Outcome { raw, place, result, remarks, is_first, owner, .. } =
            self.people.take(file, entry, self.deriving.quick.mapping());
        let (email, im) = match &result {
            Ok((email, im)) => (email, im),
            Err(refusal) => {
                self.complaints.say(&place, refusal.kind.rule(), &refusal.message);
                return self.refused.add(raw);
            }
        };
        let dn = owner.and_then(|owner| owner.dn);
        if dn.is_none() && self.output.needs_dn() {
            let why = format!(
                "\"{email}\": it has no DN, which a change file needs: export the list with the DN (ldifde, csvde, Get-ADUser)"
            );
            self.complaints.say(&place, "skipped", &why);
            return self.refused.add(raw);
        }
        self.counts.derived += 1;
        for remark in &remarks {
            if self.is_worth_saying(remark) {
                self.complaints.say(&place, remark.kind.rule(), &remark.message);
            }
        }
        match &mut self.tally {
            Some(tally) => tally.count(&im.domain, is_first),
            None if self.deriving.unique && !is_first => {}
            None => {
                self.write_waiting()?;
                self.output.address(&Row { im, email, place: &place, dn: dn.unwrap_or_default() })?;
            }
        }
        Ok(())
    }

    /// A collision is an error though both addresses were derived; the rest of what is said about a derived address is not.
    fn is_worth_saying(&self, remark: &Remark) -> bool {
        match remark.kind {
            ProblemKind::AddressCollision => true,
            ProblemKind::DuplicatePerson => !self.deriving.quiet && !self.deriving.unique,
            _ => !self.deriving.quiet,
        }
    }

    /// Writes what is left; says how the run ended.
    pub(super) fn finish(mut self) -> anyhow::Result<ExitStatus> {
        if self.counts.derived + self.refused.count + self.counts.skipped == 0 {
            return Err(Failure::unusable("no input matched: the lists hold no e-mail address").into());
        }
        if let Some(tally) = &self.tally {
            for (domain, people) in tally.by_people() {
                self.output.domain(domain, people)?;
            }
        }
        self.output.finish()?;
        if self.people.is_full() && !self.deriving.quiet {
            self.complaints.note(&format!("the first {MOST_COMPARED} people were compared with each other: --unique compares all"));
        }
        if let Some(rejects) = self.refused.rejects {
            rejects.keep()?;
        }
        // A collision is said but has an address for everybody: the status is about inputs without one.
        Ok(if self.refused.count > 0 { ExitStatus::Findings } else { ExitStatus::Clean })
    }
}
