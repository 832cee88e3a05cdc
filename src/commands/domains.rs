//! The domains of a run, one after the other, as the pipeline takes them: those of the inventory, or of a list that may be a pipe.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use futures_util::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use crate::dns::{DomainName, Shard};
use crate::exit::Failure;
use crate::inventory::flags::Flags;
use crate::inventory::{Domain, Inventory, Listed};
use crate::pipeline::Domains;
use crate::place::Place;

/// Octets that are read at a time; the lines in them go on together.
const BLOCK: usize = 64 * 1024;
/// Blocks that are read ahead.
const AHEAD: usize = 4;
/// The longest line, octets: far longer than a name with a comment.
const MAX_LINE: usize = 64 * 1024;

/// All domains of the inventory.
pub(super) fn all(inventory: &Inventory) -> Box<Domains<'_>> {
    Box::new(stream::iter(inventory.domains.iter().map(Ok)))
}

/// A list of domains that flags and inventory say more about.
#[derive(Debug)]
pub(super) struct DomainList {
    path: PathBuf,
    /// What was typed beside it.
    flags: Flags,
    /// Whether there is an inventory file.
    has_file: bool,
    /// What a look at all of it told; nothing is known of a pipe before it is read.
    checked: Option<Checked>,
}

impl DomainList {
    /// A list at a path; `-` is standard input.
    pub(super) fn new(path: &Path, flags: Flags, has_file: bool) -> Self {
        Self { path: path.to_owned(), flags, has_file, checked: None }
    }

    /// Its domains, of which nothing is known before they are read.
    pub(super) fn domains<'i>(&self, inventory: &'i Inventory, shard: Option<Shard>) -> Box<Domains<'i>> {
        let mut reading = self.reading(inventory, shard);
        match self.open() {
            Ok(reader) => Box::new(read_ahead(reader).flat_map(move |block| stream::iter(reading.read(block)))),
            Err(error) => Box::new(stream::iter([Err(format!("{error:#}"))])),
        }
    }

    /// Reads the list to its end, so that nothing is asked where something is wrong with it. A pipe can be read only once, and is
    /// left alone.
    pub(super) fn check(&mut self, inventory: &Inventory) -> anyhow::Result<()> {
        if !self.path.metadata().is_ok_and(|metadata| metadata.is_file()) {
            return Ok(());
        }
        let (mut count, mut digest, mut failed) = (0, Sha256::new(), None);
        let mut reading = self.reading(inventory, None);
        blocks(self.open()?, &mut |block| {
            for domain in reading.read(block) {
                match domain {
                    Ok(domain) => {
                        count += 1;
                        digest.update(domain.name.as_str());
                        digest.update("\n");
                    }
                    Err(error) => failed = Some(error),
                }
            }
            failed.is_none()
        });
        match failed {
            Some(error) => Err(Failure::unusable(error).into()),
            None if count == 0 => Err(self.names_nobody().into()),
            None => {
                self.checked = Some(Checked { count, digest: digest.finalize().to_vec() });
                Ok(())
            }
        }
    }

    /// What is known of a list that was checked and has nothing wrong in it.
    pub(super) fn checked(&self) -> Option<&Checked> {
        self.checked.as_ref()
    }

    /// What is to be said of a list without a single domain.
    pub(super) fn names_nobody(&self) -> Failure {
        Failure::unusable(format!("{} names no domain", self.name()))
    }

    fn reading<'i>(&self, inventory: &'i Inventory, shard: Option<Shard>) -> Reading<'i> {
        let listed = Listed::new(inventory, &self.flags, self.has_file);
        Reading { listed, shard, name: self.name().into(), line: 0 }
    }

    fn name(&self) -> String {
        if self.is_stdin() { "<standard input>".to_owned() } else { self.path.display().to_string() }
    }

    fn is_stdin(&self) -> bool {
        self.path == Path::new("-")
    }

    fn open(&self) -> anyhow::Result<Box<dyn Read + Send>> {
        if self.is_stdin() {
            return Ok(Box::new(io::stdin()));
        }
        let file = File::open(&self.path).with_context(|| format!("the list {} cannot be read", self.path.display()))?;
        Ok(Box::new(file))
    }
}

/// A list that has nothing wrong in it.
#[derive(Debug)]
pub(super) struct Checked {
    /// Its domains, each once.
    pub(super) count: usize,
    /// SHA-256 of their names.
    pub(super) digest: Vec<u8>,
}

/// A list while it is read.
struct Reading<'i> {
    listed: Listed<'i>,
    shard: Option<Shard>,
    name: Arc<str>,
    line: u32,
}

type Next<'i> = Result<Cow<'i, Domain>, String>;

impl<'i> Reading<'i> {
    /// The domains of some lines that are whole; what is wrong ends them.
    fn read(&mut self, block: io::Result<Vec<u8>>) -> Vec<Next<'i>> {
        let block = match block {
            Ok(block) => block,
            Err(error) => return vec![Err(format!("the list {} cannot be read: {error}", self.name))],
        };
        let mut domains = Vec::new();
        for line in block.strip_suffix(b"\n").unwrap_or(&block).split(|octet| *octet == b'\n') {
            self.line = self.line.saturating_add(1);
            match self.read_line(line).transpose() {
                Some(Err(error)) => {
                    domains.push(Err(error));
                    break;
                }
                next => domains.extend(next),
            }
        }
        domains
    }

    /// The domain that a line names, unless it came before or belongs to another part; `#` begins a comment.
    fn read_line(&mut self, line: &[u8]) -> Result<Option<Cow<'i, Domain>>, String> {
        let at = || format!("{}:{}", self.name, self.line);
        let text = std::str::from_utf8(line).map_err(|_| format!("{}: the list is not UTF-8; save it as UTF-8", at()))?;
        let text = if self.line == 1 { text.trim_start_matches('\u{feff}') } else { text };
        let text = text.split('#').next().unwrap_or("").trim();
        if text.is_empty() {
            return Ok(None);
        }
        let name: DomainName =
            DomainName::parse_host(text).map_err(|error| format!("{}:1: {text:?} is no IM domain: {error}", at()))?;
        if self.shard.is_some_and(|shard| !shard.holds(&name)) {
            return Ok(None);
        }
        let place = || Place::new(Arc::clone(&self.name), self.line, 1);
        self.listed.find(name, place).map_err(|error| format!("{}:1: {error}", at()))
    }
}

/// Reads on a thread of its own: a pipe may keep its reader waiting, and the run goes on with what is there.
fn read_ahead(reader: Box<dyn Read + Send>) -> impl stream::Stream<Item = io::Result<Vec<u8>>> + Unpin {
    let (to, mut from) = mpsc::channel(AHEAD);
    // It ends with the list, with the run, or with the process.
    let reading = std::thread::Builder::new().name("domains".to_owned());
    let failed = reading.spawn(move || blocks(reader, &mut |block| to.blocking_send(block).is_ok())).err();
    stream::iter(failed.map(Err)).chain(stream::poll_fn(move |context| from.poll_recv(context)))
}

/// Reads blocks of whole lines until there are no more, or `each` wants no more.
fn blocks(mut reader: impl Read, each: &mut dyn FnMut(io::Result<Vec<u8>>) -> bool) {
    let mut block = Vec::new();
    loop {
        let begun = block.len();
        block.resize(begun + BLOCK, 0);
        let (_, free) = block.split_at_mut(begun);
        let read = reader.read(free);
        block.truncate(begun + *read.as_ref().unwrap_or(&0));
        match (read, memchr::memrchr(b'\n', &block)) {
            (Err(error), _) if error.kind() == io::ErrorKind::Interrupted => {}
            (Err(error), _) => {
                each(Err(error));
                return;
            }
            (Ok(0), _) if block.is_empty() => return,
            (Ok(0), _) => {
                each(Ok(block));
                return;
            }
            (Ok(_), Some(last)) => {
                let rest = block.split_off(last + 1);
                if !each(Ok(std::mem::replace(&mut block, rest))) {
                    return;
                }
            }
            (Ok(_), None) if block.len() > MAX_LINE => {
                let why = format!("a line is longer than {MAX_LINE} octets: this is no list of domains");
                each(Err(io::Error::other(why)));
                return;
            }
            (Ok(_), None) => {}
        }
    }
}
