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

/// The report without what differs from run to run: ports and seconds.
fn scrubbed(report: &str) -> String {
    let port_after = |before: &str, line: &str| {
        let mut parts = line.split(before);
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| text + before + "PORT" + part.trim_start_matches(|c: char| c.is_ascii_digit()))
    };
    let port = |line: &str| port_after("127.0.0.1 -p ", &port_after("127.0.0.1:", line));
    let seconds = |line: String| match line.split_once(" domains in ") {
        Some((count, rest)) => format!("{count} domains in 0.1 s{}", rest.split_once(" s").map_or("", |(_, after)| after)),
        None => line,
    };
    report.lines().map(|line| seconds(port(line)) + "\n").collect::<Vec<_>>().concat()
}

#[test]
fn the_readme_shows_the_demo_and_lists_every_command_and_every_rule() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("README.md");
    let rows: Vec<String> =
        imctl::judge::rules::RULES.iter().map(|r| format!("| `{}` | {} | {} |\n", r.id, r.severity, r.summary)).collect();
    let rules = format!("| rule | severity | when it fires |\n|---|---|---|\n{}", rows.concat());
    let help = format!("```console\n$ imctl --help\n{}```\n", stdout(&["--help"]));
    let demo = format!("```console\n$ imctl demo\n{}```\n", scrubbed(&stdout(&["demo"])));
    let current = [("demo", demo), ("help", help), ("rules", rules)]
        .iter()
        .fold(readme, |text, (name, block)| with_block(&text, name, block));
    golden("README.md", &current);
}

#[test]
fn the_inventory_that_the_readme_shows_is_accepted() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("README.md");
    let blocks: Vec<&str> = readme.split("```toml\n").skip(1).filter_map(|block| block.split("```").next()).collect();
    let rules: Vec<&str> = imctl::judge::rules::RULES.iter().map(|rule| rule.id).collect();
    let context = imctl::inventory::Context { rules: &rules, read: &|_| Err(std::io::Error::other("no other file")) };
    let parse = |toml| imctl::inventory::parse(toml, "imctl.toml", &context).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let inventories: Vec<_> = blocks.into_iter().map(parse).collect();
    let inventory = inventories.first().expect("an inventory");
    assert_eq!(inventory.domains.len(), 1);
    assert_eq!(inventory.suppressions.len(), 1);
}
