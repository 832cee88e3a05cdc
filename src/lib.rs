//! imctl: whether the users of instant-messaging domains can be reached, and if not, why.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

pub mod cli;
pub mod commands;
pub mod dns;
pub mod email;
pub mod exit;
pub mod inventory;
pub mod judge;
pub mod loopback;
pub mod observe;
pub mod place;
pub mod profile;

use cli::{Cli, ColorWhen, Command};
use exit::{ExitStatus, Failure};

/// Runs the program on the process's own arguments and streams.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    match cli.common.color {
        ColorWhen::Auto => {}
        ColorWhen::Always => anstream::ColorChoice::Always.write_global(),
        ColorWhen::Never => anstream::ColorChoice::Never.write_global(),
    }
    dispatch(&cli).unwrap_or_else(|error| report(&error)).into()
}

fn dispatch(cli: &Cli) -> anyhow::Result<ExitStatus> {
    match &cli.command {
        Command::Derive(args) => commands::derive::run(args, &cli.common),
    }
}

/// Help and version go to standard output with status 0; mistakes in usage to standard error with status 2.
fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if error.use_stderr() { ExitStatus::Unusable.into() } else { ExitStatus::Clean.into() }
}

/// Says what went wrong, once, with its causes. A reader that closed its end of a pipe has what it wanted.
fn report(error: &anyhow::Error) -> ExitStatus {
    let closed_pipe = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(closed_pipe) {
        return ExitStatus::Clean;
    }
    let failure = error.downcast_ref::<Failure>();
    if failure.is_none_or(|failure| !failure.message.is_empty()) {
        let label = anstyle::AnsiColor::Red.on_default().bold();
        let _ = writeln!(anstream::stderr(), "{label}error{label:#}: {error:#}");
    }
    failure.map_or(ExitStatus::Unusable, |failure| failure.status)
}
