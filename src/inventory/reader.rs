//! Reads imctl.toml and the domain lists that it names: from text to a checked inventory, or to all mistakes at once.
//! Opens no file itself.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ahash::HashMap;
use toml::de::DeTable;

use super::fingerprints::Seen;
use super::mistakes::{Mistake, Mistakes};
use super::schema::INVENTORY;
use super::section::{Section, Written};
use super::source::{Source, Spot};
use super::values::{self, Wrong};
use super::{Inventory, MachineId, domain_list, domains, machines, policy, views};
use crate::dns::{DomainName, View};
use crate::place::Place;
use crate::profile::Role;

/// Misspelt names for which a near one is looked up: beyond, a wrong domain list would cost more than it helps.
const GUESSES: usize = 64;
/// Known names that a misspelt one is compared with.
pub(super) const CANDIDATES: usize = 10_000;

/// What parsing needs to know from outside: it opens no file itself.
pub struct Context<'a> {
    /// Known rule ids and older names of them; empty: rule names are not checked.
    pub rules: &'a [&'a str],
    /// Reads a domain list; paths come as the inventory's folder joined with what is written.
    pub read: &'a dyn Fn(&Path) -> io::Result<Vec<u8>>,
}

/// Reads an inventory. `path` is shown in places and mistakes, and the paths inside are relative to its folder.
pub fn parse(text: &str, path: &str, context: &Context<'_>) -> Result<Inventory, Mistakes> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader::new(text, path, context);
    let section = Section::check(root.get_ref(), &INVENTORY, Spot::new(0, 0..0), &mut reader);
    reader.read(section);
    if !errors.is_empty() {
        reader.add_syntax_errors(&errors);
    }
    match Mistakes::of(reader.sources, reader.mistakes) {
        Some(mistakes) => Err(mistakes),
        None => Ok(reader.inventory),
    }
}

/// Machines by role and name, and where the name is written.
pub(super) type NamedMachines = HashMap<(Role, String), (MachineId, Spot)>;

/// An inventory while it is being read.
pub(super) struct Reader<'c> {
    pub(super) context: &'c Context<'c>,
    /// imctl.toml first, then the domain lists.
    pub(super) sources: Vec<Source>,
    mistakes: Vec<Mistake>,
    folder: PathBuf,
    guesses: usize,
    pub(super) inventory: Inventory,
    pub(super) machines: Arc<NamedMachines>,
    /// Where each `[[domain]]` is named.
    pub(super) domains: HashMap<DomainName, Spot>,
    /// The domains in rows of lists.
    pub(super) listed: Seen,
    /// Those that seem to come again there.
    pub(super) listed_twice: Vec<(DomainName, Spot)>,
}

impl<'c> Reader<'c> {
    fn new(text: &str, path: &str, context: &'c Context<'c>) -> Self {
        Self {
            context,
            sources: vec![Source::new(path, text.to_owned())],
            mistakes: Vec::new(),
            folder: Path::new(path).parent().unwrap_or(Path::new("")).to_owned(),
            guesses: GUESSES,
            inventory: Inventory::default(),
            machines: Arc::default(),
            domains: HashMap::default(),
            listed: Seen::default(),
            listed_twice: Vec::new(),
        }
    }

    /// Machines come before the domains that name them, the prefix before the domains whose e-mail domain it tells.
    fn read(&mut self, root: Section<'_>) {
        self.read_settings(root);
        views::read(root, self);
        machines::read(root, self);
        domains::read(root, self);
        domain_list::read(root, self);
        policy::read(root, self);
    }

    fn read_settings(&mut self, root: Section<'_>) {
        if let Some(view) = root.text("vantage").and_then(|text| self.view(&text)) {
            self.inventory.vantage = view;
        }
        let emails = self.distinct(root.texts("emails").unwrap_or_default(), filled);
        self.inventory.emails = emails.iter().map(|path| self.in_folder(path)).collect();
        let prefix = root.section("derive").and_then(|derive| derive.text("prefix"));
        if let Some(prefix) = prefix.and_then(|text| self.value(&text, values::prefix)) {
            self.inventory.prefix = prefix;
        }
        if let Some((seconds, at)) = root.section("probe").and_then(|probe| probe.number("slow_answer_secs")) {
            match Duration::try_from_secs_f64(seconds) {
                Ok(duration) if !duration.is_zero() => self.inventory.slow_answer = duration,
                _ => {
                    let mistake = Mistake::new(at, "`slow_answer_secs` is out of range", "seconds above 0 are meant");
                    self.report(mistake.help("write a number of seconds, such as 1 or 0.5"));
                }
            }
        }
        let ca = root.section("probe").and_then(|probe| probe.text("ca"));
        self.inventory.probe_ca = ca.and_then(|text| self.file(&text));
        self.read_connect(root);
    }

    fn read_connect(&mut self, root: Section<'_>) {
        let mut seen = HashMap::default();
        for (from, to) in root.pairs("connect") {
            let (Some(socket), Some(instead)) = (self.value(&from, values::socket), self.value(&to, values::socket)) else {
                continue;
            };
            match seen.insert(socket, from.at) {
                Some(first) => self.twice(&from, first),
                None => drop(self.inventory.connect.insert(socket, instead)),
            }
        }
    }

    /// Notes a mistake.
    pub(super) fn report(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }

    /// A value from its text; what is wrong with it is reported.
    pub(super) fn value<T>(&mut self, written: &Written<'_>, parse: impl FnOnce(&str) -> Result<T, Wrong>) -> Option<T> {
        parse(&written.text).map_err(|wrong| self.wrong(written.at, wrong)).ok()
    }

    fn wrong(&mut self, at: Spot, wrong: Wrong) {
        self.report(Mistake { help: wrong.help, ..Mistake::new(at, wrong.message, wrong.label) });
    }

    /// Values of a list, each once; what is wrong or listed twice is reported.
    pub(super) fn distinct<T: Clone + Ord>(
        &mut self,
        list: Vec<Written<'_>>,
        mut parse: impl FnMut(&str) -> Result<T, Wrong>,
    ) -> Vec<T> {
        if let [only] = &list[..] {
            return self.value(only, parse).into_iter().collect(); // as most are: nothing can come twice
        }
        let mut seen: BTreeMap<T, Spot> = BTreeMap::new();
        let mut values = Vec::new();
        for written in list {
            let Some(value) = self.value(&written, &mut parse) else { continue };
            match seen.insert(value.clone(), written.at) {
                Some(first) => self.twice(&written, first),
                None => values.push(value),
            }
        }
        values
    }

    /// Reports that something is listed a second time.
    pub(super) fn twice(&mut self, written: &Written<'_>, first: Spot) {
        let message = format!("\"{}\" is listed twice", written.text);
        self.report(Mistake::new(written.at, message, "here again").also(first, "first here").help("leave one of them out"));
    }

    /// A view by its name.
    pub(super) fn view(&mut self, written: &Written<'_>) -> Option<View> {
        self.choice(written, "view", &View::ALL.map(View::as_str)).map(|position| View::ALL[position])
    }

    /// The position of a word among those that are allowed.
    pub(super) fn choice(&mut self, written: &Written<'_>, noun: &str, choices: &[&str]) -> Option<usize> {
        let found = choices.iter().position(|choice| *choice == written.text);
        if found.is_none() {
            let mistake = Mistake::new(written.at, format!("unknown {noun} \"{}\"", written.text), format!("unknown {noun}"));
            let help = match self.nearest(&written.text, choices.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("it can be {}", super::section::listed(choices.iter().copied())),
            };
            self.report(mistake.help(help));
        }
        found
    }

    /// The known name that is nearest to a misspelt one, if any is near.
    pub(super) fn nearest<'n>(&mut self, name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
        self.guesses = self.guesses.checked_sub(1)?;
        nearest(name, known)
    }

    /// The declared machine of that role whose name is nearest to a misspelt one, if any is near.
    pub(super) fn nearest_machine(&mut self, role: Role, name: &str) -> Option<String> {
        self.guesses = self.guesses.checked_sub(1)?;
        let known = self.inventory.machines().filter(|(_, machine)| machine.role == role);
        nearest(name, known.map(|(_, machine)| machine.name.as_str())).map(str::to_owned)
    }

    /// The place of a spot's first byte.
    pub(super) fn place(&self, at: Spot) -> Place {
        self.sources[at.file].place(at.start)
    }

    /// What is written there, as it is written.
    pub(super) fn raw(&self, at: Spot) -> &str {
        self.sources[at.file].text.get(at.start..at.end).unwrap_or_default()
    }

    /// A path inside the inventory, seen from the working folder.
    pub(super) fn in_folder(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// A file that is named in the inventory, seen from the working folder.
    pub(super) fn file(&mut self, written: &Written<'_>) -> Option<PathBuf> {
        self.value(written, filled).map(|path| self.in_folder(&path))
    }

    /// Syntax errors take out what they may have caused: what is on their lines, what is missing anywhere, and what has no
    /// place because the parser made it up. One is shown for each line: the next may follow from it.
    fn add_syntax_errors(&mut self, errors: &[toml::de::Error]) {
        let source = &self.sources[0];
        let mut by_line = BTreeMap::new();
        for error in errors {
            let mistake = syntax_error(error, &source.text);
            by_line.entry(source.line_at(mistake.at.start)).or_insert(mistake);
        }
        let own = |mistake: &Mistake| mistake.at.file > 0 || !by_line.contains_key(&source.line_at(mistake.at.start));
        self.mistakes.retain(|mistake| own(mistake) && !mistake.may_follow && mistake.at.end > 0);
        self.mistakes.extend(by_line.into_values());
    }
}

fn syntax_error(error: &toml::de::Error, text: &str) -> Mistake {
    let bytes = error.span().unwrap_or(text.len()..text.len());
    let start = bytes.start;
    let mistake = Mistake::new(Spot::new(0, bytes), format!("syntax error: {}", error.message()), "here");
    if error.message() == "duplicate key" {
        return Mistake { label: "it is already there".to_owned(), ..mistake }.help("leave one of them out");
    }
    match bare_word(text, start) {
        Some((at, word)) if BARE_WORD.iter().any(|message| error.message().starts_with(message)) => {
            let message = format!("syntax error: `{word}` is no number, date, true or false, and text stands in quotes");
            let (label, help) = match word.to_ascii_lowercase().as_str() {
                "true" | "yes" => ("TOML spells it true", "write true".to_owned()),
                "false" | "no" => ("TOML spells it false", "write false".to_owned()),
                _ => ("quotes are missing", format!("write \"{word}\"")),
            };
            Mistake { message, label: label.to_owned(), at: Spot::new(0, at), ..mistake }.help(help)
        }
        _ => mistake,
    }
}

/// How the parser's messages begin where a word stands without quotes.
const BARE_WORD: [&str; 5] =
    ["string values must be quoted", "invalid float", "invalid integer", "invalid boolean", "invalid date-time"];

/// The word round a byte and its bytes, if no quote touches it.
fn bare_word(text: &str, byte: usize) -> Option<(Range<usize>, &str)> {
    let ends = |c: char| c.is_whitespace() || "=,[]{}#".contains(c);
    let start = text.get(..byte)?.rfind(ends).map_or(0, |at| at + 1);
    let word = text.get(start..)?.split(ends).next()?;
    (!word.is_empty() && word.len() < 256 && !word.contains(['"', '\''])).then(|| (start..start + word.len(), word))
}

/// The known name that is nearest to a misspelt one: at most a third of its characters differ.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let length = name.chars().count();
    let limit = (length / 3).clamp(1, 4);
    let name = name.to_lowercase();
    let near = known.take(CANDIDATES).filter(|other| other.chars().count().abs_diff(length) <= limit);
    let measured = near.map(|other| (strsim::osa_distance(&name, &other.to_lowercase()), other));
    measured.filter(|(distance, _)| *distance <= limit).min().map(|(_, other)| other)
}

/// Text that is not empty.
pub(super) fn filled(text: &str) -> Result<String, Wrong> {
    if text.trim().is_empty() { Err(Wrong::new("the text is empty", "nothing is written here")) } else { Ok(text.to_owned()) }
}
