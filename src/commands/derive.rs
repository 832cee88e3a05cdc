//! `imctl derive`: e-mail lists in, IM addresses out. Never keeps a list in memory.

mod change_file;
mod output;
mod rejects;
mod spreadsheet;
mod tally;

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;

use super::complaints::Complaints;
use super::inventory_file;
use crate::cli::{Common, DeriveArgs, DeriveFormat, ListKind};
use crate::email::{Entry, Kind, List, ListOptions, Mapping, Met, Outcome, Pass, People, ProblemKind, Remark, Taker, Way};
use crate::exit::{ExitStatus, Failure};
use crate::inventory::Inventory;
use output::{Output, Row};
use rejects::Rejects;
use tally::Tally;

/// How many people are compared with each other where nothing asks for all, so that memory does not grow with the list.
const MOST_COMPARED: usize = 50_000;
const STANDARD_INPUT: &str = "<standard input>";

/// Derives and writes as it reads.
pub fn run(args: &DeriveArgs, common: &Common) -> anyhow::Result<ExitStatus> {
    let options = list_options(args)?;
    let mapping = mapping(args, inventory_file::find(common)?.as_ref())?;
    let output = Output::new(args.format, BufWriter::with_capacity(64 * 1024, io::stdout().lock()));
    // Whatever cannot be read or written is found before a line comes out.
    let lists = args.files.iter().map(|path| open(path, &options)).collect::<anyhow::Result<Vec<_>>>()?;
    let lists = if lists.is_empty() { vec![open(Path::new("-"), &options)?] } else { lists };
    let rejects = args.rejects.as_deref().map(Rejects::create).transpose()?;
    // Text and URLs are what long lists become: only what asks for it remembers everybody.
    let bounded = matches!(args.format, DeriveFormat::Text | DeriveFormat::Url) && !args.unique && !args.domains;
    let quick = mapping.quick();
    let mut run = Run {
        mapping,
        people: if bounded { People::bounded(MOST_COMPARED) } else { People::default() },
        passes: args.format == DeriveFormat::Text && !args.domains,
        output,
        tally: args.domains.then(Tally::default),
        rejects,
        complaints: Complaints::new(),
        unique: args.unique,
        quiet: common.quiet,
        derived: 0,
        refused: 0,
        skipped: 0,
    };
    for list in lists {
        let file = list.file().clone();
        match &quick {
            Some(quick) if run.passes => list.read_quickly(quick, &mut OfFile { run: &mut run, file: &file })?,
            _ => list.read(&mut |entry: Entry<'_>| run.take(&file, entry))?,
        }
    }
    run.finish()
}

fn list_options(args: &DeriveArgs) -> Result<ListOptions, Failure> {
    let kind = match args.from {
        ListKind::Auto => None,
        ListKind::Text if args.column.is_some() => {
            return Err(Failure::unusable("--column needs a table or a directory's records: leave out --from text"));
        }
        ListKind::Text => Some(Kind::Text),
        ListKind::Csv => Some(Kind::Csv),
        ListKind::Ldif => Some(Kind::Ldif),
        ListKind::Json => Some(Kind::Json),
    };
    if matches!(args.format, DeriveFormat::Url | DeriveFormat::Ldif) && args.domains {
        let name = if args.format == DeriveFormat::Url { "url" } else { "ldif" };
        let why = format!("--format {name} writes addresses: with --domains use text, csv, jsonl or table");
        return Err(Failure::unusable(why));
    }
    if args.files.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Failure::unusable("standard input can be read only once: name - once"));
    }
    Ok(ListOptions { kind, column: args.column.clone() })
}

/// What maps e-mail domains to IM domains; flags come before the inventory.
fn mapping(args: &DeriveArgs, inventory: Option<&Inventory>) -> anyhow::Result<Mapping> {
    let mapping = match (inventory, args.prefix.as_deref()) {
        (Some(inventory), None) => Mapping::of_inventory(inventory),
        (Some(inventory), Some(prefix)) => Mapping::with_prefix_of(inventory, prefix),
        (None, prefix) => Mapping::new(prefix.unwrap_or("im.")),
    };
    let mapping = mapping.map_err(|error| Failure::unusable(error.to_string()))?;
    Ok(match &args.domain {
        Some(domain) => mapping.with_one_domain(domain.clone()),
        None => mapping,
    })
}

fn open(path: &Path, options: &ListOptions) -> anyhow::Result<List<Box<dyn Read>>> {
    if path.as_os_str() == "-" {
        return Ok(List::open(STANDARD_INPUT, Box::new(io::stdin().lock()) as Box<dyn Read>, options)?);
    }
    let file = File::open(path).with_context(|| format!("{}: it cannot be opened", path.display()))?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(Failure::unusable(format!("{}: it is a folder: name the lists in it", path.display())).into());
    }
    Ok(List::open(path.to_string_lossy(), Box::new(file) as Box<dyn Read>, options)?)
}

/// A run under way.
struct Run<W: Write> {
    mapping: Mapping,
    people: People,
    /// Whether ordinary lines may go the quick way.
    passes: bool,
    output: Output<W>,
    /// With `--domains`.
    tally: Option<Tally>,
    rejects: Option<Rejects>,
    complaints: Complaints,
    unique: bool,
    quiet: bool,
    derived: u64,
    refused: u64,
    /// Left out on purpose.
    skipped: u64,
}

/// The part of a run that is about one list.
struct OfFile<'r, W: Write> {
    run: &'r mut Run<W>,
    file: &'r Arc<str>,
}

impl<W: Write> Taker<anyhow::Error> for OfFile<'_, W> {
    fn entry(&mut self, entry: Entry<'_>) -> anyhow::Result<()> {
        self.run.take(self.file, entry)
    }

    fn way(&self) -> Way {
        if self.run.people.is_full() { Way::AllQuick } else { Way::EachQuick }
    }

    fn expect(&mut self, addresses: &mut dyn Iterator<Item = &[u8]>) {
        self.run.people.expect(addresses);
    }

    fn pass(&mut self, im: &[u8], line: u32) -> Pass {
        match self.run.people.pass(self.file, line, im) {
            Met::Nobody => Pass::Write,
            Met::Same if self.run.unique => Pass::Drop,
            Met::Same | Met::Unclear => Pass::Look,
        }
    }

    fn addresses(&mut self, text: &[u8], count: u32) -> anyhow::Result<()> {
        self.run.derived += u64::from(count);
        Ok(self.run.output.lines(text)?)
    }
}

impl<W: Write> Run<W> {
    fn take(&mut self, file: &Arc<str>, entry: Entry<'_>) -> anyhow::Result<()> {
        if let Some(why) = &entry.skipped {
            self.skipped += 1;
            if !self.quiet {
                self.complaints.say(&entry.place(file), "skipped", why);
            }
            return Ok(());
        }
        let Outcome { raw, place, result, remarks, is_first, owner, .. } = self.people.take(file, entry, &self.mapping);
        let (email, im) = match &result {
            Ok((email, im)) => (email, im),
            Err(refusal) => {
                self.refused += 1;
                self.complaints.say(&place, refusal.kind.rule(), &refusal.message);
                return self.rejects.as_mut().map_or(Ok(()), |rejects| rejects.add(raw));
            }
        };
        let dn = owner.and_then(|owner| owner.dn);
        if dn.is_none() && self.output.needs_dn() {
            self.refused += 1;
            let why = format!(
                "\"{email}\": it has no DN, which a change file needs: export the list with the DN (ldifde, csvde, Get-ADUser)"
            );
            self.complaints.say(&place, "skipped", &why);
            return self.rejects.as_mut().map_or(Ok(()), |rejects| rejects.add(raw));
        }
        self.derived += 1;
        for remark in &remarks {
            if self.is_worth_saying(remark) {
                self.complaints.say(&place, remark.kind.rule(), &remark.message);
            }
        }
        match &mut self.tally {
            Some(tally) => tally.count(&im.domain, is_first),
            None if self.unique && !is_first => {}
            None => self.output.address(&Row { im, email, place: &place, dn: dn.unwrap_or_default() })?,
        }
        Ok(())
    }

    /// A collision is an error though both addresses were derived; the rest of what is said about a derived address is not.
    fn is_worth_saying(&self, remark: &Remark) -> bool {
        match remark.kind {
            ProblemKind::AddressCollision => true,
            ProblemKind::DuplicatePerson => !self.quiet && !self.unique,
            _ => !self.quiet,
        }
    }

    fn finish(mut self) -> anyhow::Result<ExitStatus> {
        if self.derived + self.refused + self.skipped == 0 {
            return Err(Failure::unusable("no input matched: the lists hold no e-mail address").into());
        }
        if let Some(tally) = &self.tally {
            for (domain, people) in tally.by_people() {
                self.output.domain(domain, people)?;
            }
        }
        self.output.finish()?;
        if self.people.is_full() && !self.quiet {
            self.complaints.note(&format!("the first {MOST_COMPARED} people were compared with each other: --unique compares all"));
        }
        if let Some(rejects) = self.rejects {
            rejects.keep()?;
        }
        // A collision is said but has an address for everybody: the status is about inputs without one.
        Ok(if self.refused > 0 { ExitStatus::Findings } else { ExitStatus::Clean })
    }
}
