//! What imctl is made of: licences, duplicates and sources held to deny.toml, a reason for each dependency, and the oldest Rust.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::{golden, program};

fn cargo(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo runs");
    let told = if output.status.success() { output.stdout } else { output.stderr };
    (output.status.success(), String::from_utf8(told).expect("UTF-8"))
}

/// Everything in the lock file but imctl itself.
fn packages() -> Vec<Value> {
    let (found, metadata) = cargo(&["metadata", "--format-version", "1", "--locked", "--offline"]);
    assert!(found, "{metadata}");
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages").iter();
    packages.filter(|package| package["name"] != "imctl").cloned().collect()
}

#[test]
fn licences_duplicates_and_sources_are_those_that_deny_toml_allows() {
    if program("cargo-deny").is_none() {
        return;
    }
    // What is allowed in vain is a mistake, too.
    let in_vain = ["--deny", "unmatched-skip", "--deny", "license-not-encountered"];
    let checks = ["deny", "--offline", "--color", "never", "check", "licenses", "bans", "sources"];
    let (fine, told) = cargo(&[&checks[..], &in_vain].concat());
    assert!(fine, "{told}");
}

#[test]
fn no_dependency_needs_a_newer_rust_than_imctl_promises() {
    let number = |version: &str| -> Vec<u32> { version.split('.').map(|part| part.parse().expect("a number")).collect() };
    let promised = number(env!("CARGO_PKG_RUST_VERSION"));
    for package in packages() {
        let Some(needed) = package["rust_version"].as_str() else { continue };
        let needed: Vec<u32> = number(needed).into_iter().take(promised.len()).collect();
        assert!(needed <= promised, "{} {} needs Rust {needed:?}", package["name"], package["version"]);
    }
}

#[test]
fn each_dependency_has_a_reason_and_the_table_of_them_is_current() {
    let packages = packages();
    let licences: BTreeMap<_, _> = packages
        .iter()
        .map(|package| (package["name"].as_str().expect("a name"), package["license"].as_str().expect("a licence")))
        .collect();
    let manifest = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).expect("Cargo.toml");
    let mut rows = Vec::new();
    let mut is_shipped = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_shipped = line.ends_with("dependencies]") && !line.contains("dev-");
        } else if let (true, Some((name, rest))) = (is_shipped, line.split_once(" = ")) {
            let (_, reason) = rest.split_once("# ").unwrap_or_else(|| panic!("{name} needs a reason beside it in Cargo.toml"));
            rows.push(format!("| `{name}` | {reason} | {} |\n", licences[name].replace('/', " OR ")));
        }
    }
    let text = "# Dependencies\n\nWhy each of them is there. The reasons stand in `Cargo.toml`; this table is written from them by `IMCTL_BLESS=1 cargo test\nsupply_chain`. \
                Licences, duplicates and sources are held to `deny.toml` by `cargo deny check licenses bans sources`, which is one of\nthe tests.\n\n\
                | crate | for | licence |\n|---|---|---|\n";
    golden("docs/dependencies.md", &format!("{text}{}", rows.concat()));
}
