//! `imctl derive`: e-mail lists in, IM addresses out. Never keeps a list in memory.

mod change_file;
mod output;
mod pipes;
mod rejects;
mod run;
mod tally;

use std::fs::File;
use std::io::{self, BufWriter, Read};
use std::path::Path;

use anyhow::Context as _;

use super::complaints::Complaints;
use super::inventory_file;
use crate::cli::{Common, DeriveArgs, DeriveFormat, ListKind};
use crate::email::{Kind, List, ListOptions, Mapping, People, Quick};
use crate::exit::{ExitStatus, Failure};
use crate::inventory::Inventory;
use output::Output;
use rejects::Rejects;
use run::{Deriving, MOST_COMPARED, OfFile, Run};
use tally::Tally;

const STANDARD_INPUT: &str = "<standard input>";

/// Derives and writes as it reads.
pub fn run(args: &DeriveArgs, common: &Common) -> anyhow::Result<ExitStatus> {
    let options = list_options(args)?;
    let mapping = mapping(args, inventory_file::find(common)?.as_ref())?;
    pipes::widen(&io::stdin(), &io::stdout());
    let output = Output::new(args.format, BufWriter::with_capacity(64 * 1024, io::stdout().lock()));
    // Whatever cannot be read or written is found before a line comes out.
    let lists = args.files.iter().map(|path| open(path, &options)).collect::<anyhow::Result<Vec<_>>>()?;
    let lists = if lists.is_empty() { vec![open(Path::new("-"), &options)?] } else { lists };
    let lines = lists.iter().map(|(list, octets)| list.lines(*octets)).sum();
    let rejects = args.rejects.as_deref().map(Rejects::create).transpose()?;
    // Text and URLs are what long lists become: only what asks for it, or what may well collide, remembers everybody.
    let long = matches!(args.format, DeriveFormat::Text | DeriveFormat::Url) && !args.domains;
    let bounded = long && !args.unique && mapping.is_one_to_one();
    let mut people = if bounded { People::bounded(MOST_COMPARED) } else { People::default() };
    people.expect(lines);
    let deriving = Deriving {
        quick: Quick::new(mapping).portable(args.portable).quiet(common.quiet),
        passes: args.format == DeriveFormat::Text && !args.domains,
        unique: args.unique,
        quiet: common.quiet,
    };
    let tally = args.domains.then(Tally::default);
    let mut run = Run::new(deriving, people, output, tally, rejects, Complaints::new());
    for (list, _) in lists {
        let file = list.file().clone();
        let read = list.read(&mut OfFile { run: &mut run, file: &file });
        // Also where a list ends too soon.
        run.write_waiting()?;
        read?;
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

/// A list that can be read, and its length where it is a file.
fn open(path: &Path, options: &ListOptions) -> anyhow::Result<(List<Box<dyn Read>>, u64)> {
    if path.as_os_str() == "-" {
        return Ok((List::open(STANDARD_INPUT, Box::new(io::stdin().lock()) as Box<dyn Read>, options)?, 0));
    }
    let file = File::open(path).with_context(|| format!("{}: it cannot be opened", path.display()))?;
    let metadata = file.metadata().ok();
    if metadata.as_ref().is_some_and(std::fs::Metadata::is_dir) {
        return Err(Failure::unusable(format!("{}: it is a folder: name the lists in it", path.display())).into());
    }
    let octets = metadata.map_or(0, |metadata| metadata.len());
    Ok((List::open(path.to_string_lossy(), Box::new(file) as Box<dyn Read>, options)?, octets))
}
