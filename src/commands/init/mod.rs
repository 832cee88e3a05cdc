//! `imctl init`: a commented imctl.toml, from nothing, from e-mail lists, and from what DNS answers. Never replaces a file unasked.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::complaints::Complaints;
use super::view_servers::{Extras, ViewServers};
use super::whole_file::{WholeFile, folder_of};
use super::{lists, remark, selection};
use crate::cli::{Common, InitArgs, RoleArgs, VantageArgs, ViewChoice};
use crate::dns::{DomainName, View};
use crate::email::{ProblemKind, Roster};
use crate::exit::{ExitStatus, Failure};
use crate::inventory::{Inventory, Server};
use crate::observe::{Live, Trust};

mod discovered;
mod entry;
mod look_up;
mod template;

use entry::{Draft, Entry};

/// Gathers what can be known, and writes it.
pub fn run(args: &InitArgs, common: &Common) -> anyhow::Result<ExitStatus> {
    check_output(args)?;
    let roles = RoleArgs { internal: args.internal.clone(), external: args.external.clone(), ..RoleArgs::default() };
    let named = selection::apply(None, &roles, VantageArgs::default(), &args.domains)?;
    let roster = read_lists(args)?;
    let mut draft = Draft {
        prefix: args.prefix.to_lowercase(),
        emails: named_from(&args.output, &args.emails)?,
        internal: servers_of(&named, View::Internal),
        external: servers_of(&named, View::External),
        entries: entries(roster.as_ref(), named.domains.iter().map(|domain| domain.name.clone())),
        ..Draft::default()
    };
    check_discover(args, &draft)?;
    let refused = roster.as_ref().map_or(0, |roster| complain(roster, common));
    if args.discover {
        discover(args, &named, &mut draft, common)?;
    }
    write(args, &template::toml(&draft))?;
    say_what_is_next(args, &draft, common);
    Ok(match () {
        () if refused > 0 => ExitStatus::Findings,
        () if draft.entries.iter().any(|entry| entry.is_undecided) => ExitStatus::Incomplete,
        () => ExitStatus::Clean,
    })
}

/// Refuses to discover where there is nobody to ask or nothing to ask for.
fn check_discover(args: &InitArgs, draft: &Draft) -> Result<(), Failure> {
    let missing = match () {
        () if !args.discover => return Ok(()),
        () if args.internal.is_empty() && args.external.is_empty() => {
            "--internal ADDRESS or --external ADDRESS, the servers to ask"
        }
        () if draft.entries.is_empty() => "IM domains, or --emails FILE, to ask for",
        () => return Ok(()),
    };
    Err(Failure::unusable(format!("--discover needs {missing}")))
}

/// Asks what DNS answers for the domains of the draft, and declares what serves them by it.
fn discover(args: &InitArgs, named: &Inventory, draft: &mut Draft, common: &Common) -> anyhow::Result<()> {
    let servers = ViewServers::of(named, ViewChoice::Both, false, common)?;
    let views: Vec<_> = named.views.iter().filter(|(_, view)| !view.servers.is_empty()).map(|(view, _)| *view).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no runtime")?;
    let settings = servers.settings(named, &args.asking, Extras::default(), Trust::default());
    let live = Live::new(&settings).context("the network cannot be asked")?;
    let domains: Vec<_> = draft.entries.iter().map(|entry| entry.name.clone()).collect();
    let sightings = runtime.block_on(look_up::look_up(&live, &views, &domains));
    discovered::fill(draft, &sightings);
    Ok(())
}

/// The servers of a view, each once, as imctl.toml names them.
fn servers_of(inventory: &Inventory, view: View) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for server in inventory.views.get(&view).iter().flat_map(|settings| &settings.servers) {
        let name = match server {
            Server::Plain(address) if address.port() == 53 => address.ip().to_string(),
            Server::Plain(address) => address.to_string(),
            Server::System => "system".to_owned(),
            Server::Encrypted(server) => server.to_string(),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Refuses a file that is there or cannot be written, before anything is read or asked.
fn check_output(args: &InitArgs) -> Result<(), Failure> {
    let path = &args.output;
    if is_standard_output(path) {
        return Ok(());
    }
    let shown = path.display();
    let unusable = |why: String| Err(Failure::unusable(why));
    match path.symlink_metadata() {
        _ if path.is_dir() => return unusable(format!("{shown}: it is a folder: name a file")),
        Ok(_) if !args.force => return Err(is_there(path)),
        _ if !folder_of(path).is_dir() => return unusable(format!("{shown}: there is no folder {}", folder_of(path).display())),
        _ => {}
    }
    WholeFile::check(path).map_err(|error| Failure::unusable(format!("{shown}: it cannot be written: {error}")))
}

fn is_standard_output(path: &Path) -> bool {
    path == Path::new("-")
}

/// The people of the lists; `None` where none is named.
fn read_lists(args: &InitArgs) -> anyhow::Result<Option<Roster>> {
    if args.emails.iter().any(|path| path == Path::new("-")) {
        let why = "--emails -: the inventory names its lists, so that lint and audit read them again: save the list in a file";
        return Err(Failure::unusable(why).into());
    }
    let mut inventory = Inventory::default();
    inventory.prefix = args.prefix.to_lowercase();
    inventory.emails.clone_from(&args.emails);
    lists::check_prefix(&inventory)?;
    let roster = lists::read(&mut inventory)?;
    if roster.as_ref().is_some_and(|roster| roster.people.is_empty() && roster.problems.is_empty()) {
        return Err(Failure::unusable("no input matched: the lists hold no e-mail address").into());
    }
    Ok(roster)
}

/// Says what derive says of the same lists; hands on how many inputs gave no address.
fn complain(roster: &Roster, common: &Common) -> usize {
    let mut complaints = Complaints::new();
    for problem in &roster.problems {
        if problem.domain.is_none() || problem.kind == ProblemKind::AddressCollision || !common.quiet {
            complaints.say(&problem.place, problem.kind.rule(), &problem.message);
        }
    }
    roster.problems.iter().filter(|problem| problem.domain.is_none()).count()
}

/// The domains of the lists, most people first, then those that were named.
fn entries(roster: Option<&Roster>, named: impl Iterator<Item = DomainName>) -> Vec<Entry> {
    let mut people: Vec<_> = roster.iter().flat_map(|roster| &roster.people).collect();
    people.sort_by_key(|(_, people)| std::cmp::Reverse(people.count));
    let listed = people.iter().map(|(name, people)| Entry {
        email: people.email.iter().cloned().collect(),
        people: Some(people.count),
        ..Entry::bare((*name).clone())
    });
    let is_new = |name: &DomainName| roster.is_none_or(|roster| !roster.people.contains_key(name));
    listed.chain(named.filter(is_new).map(Entry::bare)).collect()
}

/// The lists as a file at `output` has to name them: relative to its own folder where they stand in it or that folder is this one.
fn named_from(output: &Path, lists: &[PathBuf]) -> anyhow::Result<Vec<String>> {
    let is_here = is_standard_output(output) || folder_of(output) == Path::new(".");
    let folder = std::path::absolute(folder_of(output))?;
    let name = |list: &PathBuf| {
        let absolute = std::path::absolute(list)?;
        let path = if is_here { list } else { absolute.strip_prefix(&folder).unwrap_or(&absolute) };
        let not_unicode = || Failure::unusable(format!("{}: imctl.toml can name only lists whose path is Unicode", list.display()));
        Ok(path.to_str().ok_or_else(not_unicode)?.to_owned())
    };
    lists.iter().map(name).collect()
}

fn write(args: &InitArgs, text: &str) -> anyhow::Result<()> {
    if is_standard_output(&args.output) {
        return Ok(io::stdout().lock().write_all(text.as_bytes())?);
    }
    let path = &args.output;
    let written = if args.force { WholeFile::write(path, text.as_bytes()) } else { WholeFile::write_new(path, text.as_bytes()) };
    Ok(written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => is_there(path),
        _ => Failure::internal(format!("{}: it could not be written: {error}", path.display())),
    })?)
}

fn is_there(path: &Path) -> Failure {
    Failure::unusable(format!("{} is there already: replace it with --force, or name another file with -o", path.display()))
}

/// What a person does now with the file.
fn say_what_is_next(args: &InitArgs, draft: &Draft, common: &Common) {
    if is_standard_output(&args.output) {
        return;
    }
    let file = args.output.display();
    let at = if args.output == Path::new("imctl.toml") { String::new() } else { format!(" -c {file}") };
    let next = if draft.entries.iter().all(|entry| entry.is_undecided) {
        format!("it declares no IM domain yet: fill in a [[domain]] and its [[router]], then run imctl lint{at}")
    } else {
        format!("look it through, then run imctl lint{at}")
    };
    let undecided = draft.entries.iter().filter(|entry| entry.is_undecided).count();
    let left = match undecided {
        0 => String::new(),
        _ => format!(
            "{undecided} of {} IM domains are undecided and stand there as comments, with the reason; ",
            draft.entries.len()
        ),
    };
    remark(common, &format!("{file} is written; {left}{next}"));
}
