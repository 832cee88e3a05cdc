//! Generated files are current: completions, manual pages, schemas, and the blocks of the README.

use crate::support::{golden, imctl};

fn stdout(arguments: &[&str]) -> String {
    let output = imctl().args(arguments).output().expect("imctl runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn completions_are_current() {
    for (shell, file) in
        [("bash", "imctl.bash"), ("zsh", "_imctl"), ("fish", "imctl.fish"), ("powershell", "_imctl.ps1"), ("elvish", "imctl.elv")]
    {
        golden(&format!("completions/{file}"), &stdout(&["completions", shell]));
    }
}

#[test]
fn manual_pages_are_current_and_each_command_has_one() {
    let folder = tempfile::tempdir().expect("a folder");
    stdout(&["man", &folder.path().display().to_string()]);
    let mut names: Vec<_> = std::fs::read_dir(folder.path()).expect("the folder").map(|e| e.expect("a page").file_name()).collect();
    names.sort();
    assert!(names.len() >= 10, "{names:?}");
    for name in &names {
        let name = name.to_str().expect("UTF-8");
        golden(&format!("man/{name}"), &std::fs::read_to_string(folder.path().join(name)).expect("the page"));
    }
    let committed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let stale: Vec<_> = std::fs::read_dir(committed)
        .expect("man/")
        .map(|e| e.expect("a page").file_name())
        .filter(|n| !names.contains(n))
        .collect();
    assert!(stale.is_empty(), "pages of commands that are gone: {stale:?}");
}

/// Replaces what stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.
fn with_block(text: &str, name: &str, block: &str) -> String {
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
    let (head, rest) = text.split_once(&begin).unwrap_or_else(|| panic!("README.md has no block {name}"));
    let (_, tail) = rest.split_once(&end).unwrap_or_else(|| panic!("README.md does not end the block {name}"));
    format!("{head}{begin}{block}{end}{tail}")
}

#[test]
fn the_readme_lists_every_command_and_every_rule() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("README.md");
    let rows: Vec<String> =
        imctl::judge::rules::RULES.iter().map(|r| format!("| `{}` | {} | {} |\n", r.id, r.severity, r.summary)).collect();
    let rules = format!("| rule | severity | when it fires |\n|---|---|---|\n{}", rows.concat());
    let help = format!("```console\n$ imctl --help\n{}```\n", stdout(&["--help"]));
    let current = with_block(&with_block(&readme, "help", &help), "rules", &rules);
    golden("README.md", &current);
}
