//! Hands the commit that is built to `--version`. Never fails: a source archive without git is built without it.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let number = env!("CARGO_PKG_VERSION");
    let commit = commit_of_checkout().or_else(commit_of_package);
    let version = commit.map_or(number.to_owned(), |commit| format!("{number} ({commit})"));
    println!("cargo:rustc-env=IMCTL_VERSION={version}");
    println!("cargo:rustc-env=IMCTL_TARGET={}", std::env::var("TARGET").unwrap_or_default());
}

/// The commit of the checkout that this file stands in, watched so that the next one is noticed.
fn commit_of_checkout() -> Option<String> {
    // A copy inside somebody else's checkout must not show that one's commit.
    if !Path::new(".git").exists() {
        return None;
    }
    // A detached HEAD, as a CI checks out, names no branch.
    let branch = git(&["symbolic-ref", "--quiet", "HEAD"]);
    for name in ["HEAD", "packed-refs"].into_iter().chain(branch.as_deref()) {
        let file = git(&["rev-parse", "--git-path", name])?;
        if Path::new(&file).exists() {
            println!("cargo:rerun-if-changed={file}");
        }
    }
    git(&["show", "--no-patch", "--abbrev=10", "--format=%h %cs", "HEAD"])
}

/// The commit that `cargo package` wrote down.
fn commit_of_package() -> Option<String> {
    let text = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    let commit = rest.split('"').nth(1)?;
    (commit.len() >= 10 && commit.bytes().all(|b| b.is_ascii_hexdigit())).then(|| commit[..10].to_owned())
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
