//! One file a subcommand, and what several of them share: the only place that joins the layers for a user.

use std::io::Write;

use crate::cli::Common;
use crate::report::printable;

pub mod audit;
mod baseline;
mod bounded;
mod checking;
mod clock;
mod complaints;
pub mod demo;
pub mod derive;
mod descriptors;
pub mod diff;
pub mod dns_check;
mod domains;
pub mod explain;
pub mod generated;
pub mod init;
mod inputs;
mod interrupted;
mod inventory_file;
mod journal;
mod key_file;
pub mod lint;
mod lists;
mod pager;
mod policy;
pub mod probe;
mod recordings;
pub mod records;
mod reporting;
mod rows;
mod selection;
mod view_servers;
mod watching;
mod whole_file;
mod zone_files;

/// Says something on standard error that is no error, unless `-q` was given.
fn remark(common: &Common, text: &str) {
    if !common.quiet {
        let label = anstyle::AnsiColor::Cyan.on_default().bold();
        let lines: Vec<_> = text.lines().map(printable).collect();
        let _ = writeln!(anstream::stderr(), "{label}note{label:#}: {}", lines.join("\n"));
    }
}

/// The name most like the given one, if one is like it at all.
fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.map(|name| (strsim::jaro_winkler(given, name), name));
    scored.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}
