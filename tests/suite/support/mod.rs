//! What tests share: the program in a clean environment, servers that we did not write, golden files.

pub(crate) mod recorded;
pub(crate) mod servers;

use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// The program, without anything from the surroundings that could change what it does.
pub(crate) fn imctl() -> Command {
    let mut command = Command::cargo_bin("imctl").expect("the program is built");
    for (name, _) in std::env::vars() {
        let ours = ["IMCTL_", "CLICOLOR", "RUST_LOG", "GITHUB_"].iter().any(|prefix| name.starts_with(prefix));
        if ours || ["NO_COLOR", "CI", "COLUMNS", "TERM"].contains(&name.as_str()) {
            command.env_remove(name);
        }
    }
    command.env("HOME", env!("CARGO_TARGET_TMPDIR"));
    command.timeout(std::time::Duration::from_secs(120));
    command
}

/// A program that the system may not have. Where `IMCTL_REQUIRE_SERVERS` is set it must be there; else the test is skipped, visibly.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    let found = folders.into_iter().chain([PathBuf::from("/usr/sbin")]).map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        skip(&format!("{name} is not installed"));
    }
    found
}

/// How long a real server may take to answer: a busy machine is not to look like a dead server.
pub(crate) const PATIENTLY: [&str; 2] = ["--timeout", "15"];

/// Says why a test does not run; a failure where nothing may be missing.
pub(crate) fn skip(why: &str) {
    assert!(std::env::var_os("IMCTL_REQUIRE_SERVERS").is_none(), "IMCTL_REQUIRE_SERVERS is set, and {why}");
    #[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
    {
        eprintln!("SKIPPED: {why}");
    }
}

/// Compares with a file of the repository, or rewrites it where `IMCTL_BLESS` is set.
pub(crate) fn golden(path: &str, actual: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("IMCTL_BLESS").is_some() {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(&file, actual).expect("the golden file is written");
        return;
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(expected == actual, "{path} is not current; run IMCTL_BLESS=1 cargo test and read the difference\n--- now\n{actual}");
}
