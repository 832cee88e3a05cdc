//! `imctl completions`, `man` and `schema`: artefacts made from the program's own tables.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context as _;

use crate::cli::{self, SchemaOf};
use crate::exit::ExitStatus;
use crate::inventory;
use crate::report;

/// What manual pages name as their source.
const SOURCE: &str = concat!("imctl ", env!("CARGO_PKG_VERSION"));

/// Prints a completion script.
pub fn completions(shell: clap_complete::Shell) -> anyhow::Result<ExitStatus> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(), "imctl", &mut script);
    io::stdout().lock().write_all(&script)?;
    Ok(ExitStatus::Clean)
}

/// Prints the main page, or writes all pages into `dir`.
pub fn man(dir: Option<&Path>) -> anyhow::Result<ExitStatus> {
    let Some(dir) = dir else {
        let (_, page) = page(&root(), "imctl".to_owned())?;
        io::stdout().lock().write_all(&page)?;
        return Ok(ExitStatus::Clean);
    };
    fs::create_dir_all(dir).with_context(|| format!("{} cannot be created", dir.display()))?;
    for (name, page) in man_pages()? {
        let path = dir.join(name);
        fs::write(&path, page).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(ExitStatus::Clean)
}

/// Every manual page with its file name: `imctl.1`, `imctl-audit.1`, …
pub fn man_pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let root = root();
    let mut pages = vec![page(&root, "imctl".to_owned())?];
    for command in root.get_subcommands() {
        pages.push(page(command, format!("imctl-{}", command.get_name()))?);
    }
    Ok(pages)
}

fn page(command: &clap::Command, name: String) -> io::Result<(String, Vec<u8>)> {
    let man = clap_mangen::Man::new(command.clone()).title(name.to_uppercase()).source(SOURCE).manual("imctl");
    Ok((format!("{name}.1"), rendered(&man)?))
}

/// What stands behind all options is the examples, and readers look for them under that name.
fn rendered(man: &clap_mangen::Man) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    man.render(&mut page)?;
    let page = String::from_utf8(page).map_err(io::Error::other)?;
    Ok(page.replace(".SH EXTRA\nExamples:\n", ".SH EXAMPLES\n").into_bytes())
}

/// The command tree, built so that global options stand on every page, and without what changes from machine to machine.
fn root() -> clap::Command {
    let mut root = cli::command();
    root.build();
    root
}

/// Prints a JSON Schema.
pub fn schema(of: SchemaOf) -> anyhow::Result<ExitStatus> {
    let schema = match of {
        SchemaOf::Config => inventory::json_schema(),
        SchemaOf::Report => report::json::schema().to_value(),
        SchemaOf::Diff => report::difference::schema().to_value(),
    };
    writeln!(io::stdout().lock(), "{}", serde_json::to_string_pretty(&schema)?)?;
    Ok(ExitStatus::Clean)
}
