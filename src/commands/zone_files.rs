//! The zone files that an inventory names: finding them, reading them, and saying everything that is wrong with them at once.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use wildmatch::WildMatch;

use super::bounded;
use crate::dns::zone_file::{self, MAX_OCTETS, ZoneMistake};
use crate::dns::{DomainName, Zone, Zones};
use crate::exit::{ExitStatus, Failure};
use crate::inventory::{Inventory, ViewSettings};
use crate::observe::ZoneFiles;
use crate::place::Place;
use crate::report::printable;

/// The most files of one view.
const MAX_FILES: usize = 100_000;
/// What name servers and people put behind a zone's name to name its file.
const EXTENSIONS: &[&str] = &[".zone", ".db", ".dns", ".hosts", ".txt", ".signed"];

/// The zones of every view that has zone files. Mistakes in them are printed, all at once.
pub(super) fn read(inventory: &Inventory) -> anyhow::Result<ZoneFiles> {
    let mut views = ZoneFiles::default();
    let mut mistakes = Vec::new();
    for (view, settings) in inventory.views.iter().filter(|(_, settings)| !settings.zones.is_empty()) {
        let mut zones = Zones::default();
        for path in files(settings)? {
            let added = read_zone(&path).and_then(|zone| add(&mut zones, zone));
            mistakes.extend(added.err().into_iter().flatten());
        }
        views.0.insert(*view, zones);
    }
    if mistakes.is_empty() {
        return Ok(views);
    }
    // A file that two views share is read twice, and its mistakes are said once.
    mistakes.sort();
    mistakes.dedup();
    let label = anstyle::AnsiColor::Red.on_default().bold();
    for mistake in mistakes {
        let _ = writeln!(anstream::stderr(), "{label}error{label:#}: {}", printable(&mistake.to_string()));
    }
    Err(Failure { status: ExitStatus::Unusable, message: String::new() }.into())
}

fn add(zones: &mut Zones, zone: Zone) -> Result<(), Vec<ZoneMistake>> {
    zones.add(zone).map_err(|zone| {
        let other = zones.zone_of(zone.apex()).and_then(Zone::place).map_or_else(String::new, ToString::to_string);
        let message = format!("the view has the zone {} already, at {other}: leave one of the two out", zone.apex());
        vec![ZoneMistake { place: zone.place().cloned().unwrap_or_else(Place::command_line), message }]
    })
}

fn read_zone(path: &Path) -> Result<Zone, Vec<ZoneMistake>> {
    let name = path.display().to_string();
    let unreadable = |error: io::Error| {
        vec![ZoneMistake { place: Place::new(name.as_str(), 0, 0), message: format!("the zone file cannot be read: {error}") }]
    };
    let text = bounded::read_file(path, MAX_OCTETS).map_err(unreadable)?;
    let file = zone_file::parse(&name, &text, origin_of(path).as_ref(), &include)?;
    Zone::of_file(file)
}

/// `$INCLUDE`: a relative path begins at the folder of the file that has it.
fn include(from: &str, written: &str) -> Result<(String, Vec<u8>), String> {
    let path = Path::new(from).parent().unwrap_or(Path::new("")).join(written);
    let text = bounded::read_file(&path, MAX_OCTETS).map_err(|error| error.to_string())?;
    Ok((path.display().to_string(), text))
}

/// The zone that a file is named after: `db.example.com`, `example.com.zone`, `example.com`. A name without a dot is more likely a
/// word, such as `internal.zone`.
fn origin_of(path: &Path) -> Option<DomainName> {
    let mut name = path.file_name()?.to_str()?;
    while let Some(rest) = EXTENSIONS.iter().find_map(|extension| name.strip_suffix(extension)) {
        name = rest;
    }
    let name = name.strip_prefix("db.").unwrap_or(name);
    name.trim_matches('.').contains('.').then(|| name.parse().ok())?
}

/// The files of a view, each once.
fn files(settings: &ViewSettings) -> Result<BTreeSet<PathBuf>, Failure> {
    let place = settings.place.as_ref().map_or_else(String::new, |place| format!("{place}: "));
    let mut files = BTreeSet::new();
    for pattern in &settings.zones {
        let found = matching(pattern).map_err(|error| Failure::unusable(format!("{place}zones: {pattern}: {error}")))?;
        if found.is_empty() {
            return Err(Failure::unusable(format!("{place}zones: no file is called {pattern}: correct the path or the pattern")));
        }
        files.extend(found);
    }
    if files.len() > MAX_FILES {
        return Err(Failure::unusable(format!("{place}zones: {} files, the limit is {MAX_FILES}: name fewer", files.len())));
    }
    Ok(files)
}

/// The files that a pattern with `*` and `?` names. A path that is there as it is written is no pattern.
fn matching(pattern: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![PathBuf::new()];
    for part in Path::new(pattern).components() {
        let text = part.as_os_str().to_string_lossy();
        let mut further = Vec::new();
        for base in found {
            let literal = base.join(part);
            if fs::symlink_metadata(&literal).is_ok() {
                further.push(literal);
            } else if text.contains(['*', '?']) {
                further.extend(entries(&base, &WildMatch::new(&text))?);
            }
        }
        if further.len() > MAX_FILES {
            return Err(io::Error::other(format!("it matches more than {MAX_FILES} files: name fewer")));
        }
        found = further;
    }
    found.retain(|path| !path.is_dir());
    Ok(found)
}

/// What a folder has of that pattern, but for hidden files, as shells have it.
fn entries(folder: &Path, pattern: &WildMatch) -> io::Result<Vec<PathBuf>> {
    if !folder.as_os_str().is_empty() && !folder.is_dir() {
        return Ok(Vec::new());
    }
    let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut found = Vec::new();
    for entry in fs::read_dir(listed)? {
        let name = entry?.file_name();
        let text = name.to_string_lossy();
        if !text.starts_with('.') && pattern.matches(&text) {
            found.push(folder.join(&name));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_zone_or_after_something_else() {
        let origin = |path: &str| origin_of(Path::new(path)).map(|name| name.to_string());
        for path in ["zones/example.com.zone", "db.example.com", "example.com", "x/Example.com.dns", "db.example.com.signed"] {
            assert_eq!(origin(path).as_deref(), Some("example.com"), "{path}");
        }
        for path in ["internal.zone", "db.internal", "zone", ".zone", "a b.c.zone", "-a.b", "..", "/"] {
            assert_eq!(origin(path), None, "{path}");
        }
    }

    #[test]
    fn patterns_name_files_in_any_folder_and_literal_paths_themselves() {
        let folder = tempfile::tempdir().expect("a folder");
        for file in ["a/x.zone", "a/y.zone", "b/x.zone", "b/.hidden.zone", "a/z.zone/inner", "b/st*r.zone"] {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
            fs::write(path, "").expect("a file");
        }
        let found = |pattern: &str| {
            let mut found = matching(&folder.path().join(pattern).display().to_string()).expect("readable");
            found.sort();
            let inside = |path: &PathBuf| path.strip_prefix(folder.path()).expect("inside").display().to_string();
            found.iter().map(inside).collect::<Vec<_>>()
        };
        assert_eq!(found("*/x.zone"), ["a/x.zone", "b/x.zone"]);
        assert_eq!(found("a/*.zone"), ["a/x.zone", "a/y.zone"]);
        assert_eq!(found("?/?.zone"), ["a/x.zone", "a/y.zone", "b/x.zone"]);
        assert_eq!(found("b/st*r.zone"), ["b/st*r.zone"]);
        assert_eq!(found("c/*.zone"), [] as [&str; 0]);
        assert_eq!(found("a/x.zone/*"), [] as [&str; 0]);
    }
}
