//! The Debian package: made by cargo-deb from Cargo.toml, installed into a root of its own, and removed without a trace.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::program;

/// Runs to a good end and returns what was printed.
fn done(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Packs the program that the tests run, in the place where a release build would stand.
fn package(folder: &Path) -> PathBuf {
    let release = folder.join("target/release");
    std::fs::create_dir_all(&release).expect("a folder");
    let built = assert_cmd::cargo::cargo_bin("imctl");
    done(Command::new("strip").arg("-o").arg(release.join("imctl")).arg(built));
    let package = folder.join("imctl.deb");
    let mut pack = Command::new("cargo");
    pack.current_dir(env!("CARGO_MANIFEST_DIR")).env("CARGO_TARGET_DIR", folder.join("target"));
    done(pack.args(["deb", "--no-build", "--no-strip", "--quiet", "--output"]).arg(&package));
    package
}

/// dpkg with a root that knows of no other package; the root directory is all that it is given.
fn dpkg(root: &Path) -> Command {
    let mut command = Command::new("dpkg");
    command.args(["--force-depends", "--force-not-root", "--force-script-chrootless", "--log=/dev/null", "--root"]).arg(root);
    command
}

/// Every file below, by its path from there.
fn files(root: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(root).expect("below").display().to_string());
            }
        }
    }
    found.retain(|file| !file.starts_with("var/lib/dpkg"));
    found
}

#[test]
fn the_debian_package_puts_everything_in_its_place_and_takes_it_away_again() {
    if program("dpkg").is_none() || program("strip").is_none() || program("cargo-deb").is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let package = package(folder.path());
    let root = folder.path().join("root");
    for state in ["var/lib/dpkg/updates", "var/lib/dpkg/info"] {
        std::fs::create_dir_all(root.join(state)).expect("a folder");
    }
    std::fs::write(root.join("var/lib/dpkg/status"), "").expect("written");

    done(dpkg(&root).arg("--install").arg(&package));
    let there = files(&root);
    let pages = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/man")).expect("man/");
    let pages = pages.map(|page| format!("usr/share/man/man1/{}.gz", page.expect("a page").file_name().display()));
    let rest = ["usr/bin/imctl", "usr/share/bash-completion/completions/imctl", "usr/share/zsh/vendor-completions/_imctl"];
    let rest = rest.into_iter().chain(["usr/share/fish/vendor_completions.d/imctl.fish", "usr/share/doc/imctl/copyright"]);
    for file in pages.chain(rest.map(str::to_owned)) {
        assert!(there.contains(&file), "{file} is missing from {there:?}");
    }
    assert!(done(Command::new(root.join("usr/bin/imctl")).arg("--version")).starts_with("imctl "));

    done(dpkg(&root).args(["--purge", "imctl"]));
    assert_eq!(files(&root), BTreeSet::new(), "nothing stays behind");
}
