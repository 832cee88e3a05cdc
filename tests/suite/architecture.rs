//! The layers of the crate documentation, held to: reads the sources and compares who names whom.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each layer, what it may use besides itself, and words that it must not contain outside its tests.
const LAYERS: &[(&str, &[&str], &[&str])] = &[
    ("place", &[], PURE),
    ("dns", &["place"], PURE),
    ("email", &["dns", "place"], PURE),
    ("profile", &["dns", "email"], PURE),
    ("inventory", &["dns", "email", "place", "profile"], PURE),
    ("loopback", &["dns"], &["clap", "println!"]),
    ("observe", &["dns", "place", "profile"], &["std::fs", "clap", "println!"]),
    ("judge", &["dns", "email", "inventory", "observe", "place", "profile"], PURE),
    ("pipeline", &["dns", "inventory", "judge", "observe"], PURE),
    ("compare", &["dns", "judge"], PURE),
    ("records", &["dns", "inventory", "judge", "observe"], PURE),
    ("report", &["compare", "dns", "judge", "observe", "place", "profile"], PURE),
    ("cli", &["dns", "judge", "records", "report"], &["tokio", "reqwest", "std::fs"]),
    ("exit", &[], &["tokio", "reqwest", "std::fs", "println!"]),
    ("commands", &["*"], &[]),
    ("lib", &["*"], &["tokio", "reqwest"]),
    ("main", &["*"], &["tokio", "reqwest"]),
];

/// No sockets, no files, no clock, no terminal.
const PURE: &[&str] = &[
    "tokio",
    "hyper::",
    "reqwest",
    "hickory_",
    "std::fs",
    "std::env",
    "std::process",
    "TcpStream",
    "UdpSocket",
    "Instant::now",
    "SystemTime",
    "Timestamp::now",
    "stdout()",
    "stderr()",
    "println!",
];

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if name == "tests" || name.ends_with("_tests") {
            continue; // compiled for tests only, where a clock or a file does no harm
        }
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The source without its comments and without what comes after `#[cfg(test)]`.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source");
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The top-level modules that a source names by `crate::…`.
fn uses(code: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    code.split("crate::").skip(1).map(word).filter(|name| !name.is_empty()).collect()
}

#[test]
fn every_file_stands_in_a_layer_and_uses_only_what_it_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 50, "the sources are found");
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&root).expect("below src").to_owned();
        let first = inside.iter().next().and_then(|part| part.to_str()).expect("a name");
        let layer = first.strip_suffix(".rs").unwrap_or(first);
        let Some((_, may_use, never)) = LAYERS.iter().find(|(name, _, _)| *name == layer) else {
            wrong.push(format!("{}: no layer is called {layer}", inside.display()));
            continue;
        };
        let code = code(&file);
        let allowed = |used: &String| used == layer || may_use.contains(&"*") || may_use.contains(&used.as_str());
        wrong.extend(
            uses(&code)
                .iter()
                .filter(|used| !allowed(used))
                .map(|used| format!("{}: {layer} must not use {used}", inside.display())),
        );
        wrong.extend(
            never
                .iter()
                .filter(|word| code.contains(**word))
                .map(|word| format!("{}: {layer} must not touch {word}", inside.display())),
        );
    }
    assert!(wrong.is_empty(), "the layers do not hold:\n{}", wrong.join("\n"));
}

#[test]
fn every_file_opens_with_what_it_is() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let silent: Vec<_> = files.iter().filter(|file| !fs::read_to_string(file).expect("a source").starts_with("//! ")).collect();
    assert!(silent.is_empty(), "no //! sentence: {silent:?}");
}

#[test]
fn a_forbidden_use_would_be_caught() {
    assert!(uses("use crate::report::table;").contains("report"));
    assert!(uses("fn f() { crate::cli::x() }").contains("cli"));
}
