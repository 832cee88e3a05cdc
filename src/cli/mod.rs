//! The command line: what can be typed. No behaviour.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

mod checking;
mod derive;
mod diff;
mod examples;
mod init;
mod records;

pub use checking::{
    AskingArgs, AuditArgs, DnsCheckArgs, LintArgs, ObservingArgs, PolicyArgs, ProbeArgs, ReportingArgs, RoleArgs, VantageArgs,
    ViewChoice,
};
pub use derive::{DeriveArgs, DeriveFormat, ListKind};
pub use diff::DiffArgs;
pub use init::InitArgs;
pub use records::RecordsArgs;

macro_rules! long_version {
    ($vectors:literal) => {
        concat!(env!("IMCTL_VERSION"), "\ntarget: ", env!("IMCTL_TARGET"), "\nfeatures: ", $vectors, " +dnssec +tls (rustls, ring)")
    };
}

/// What `--version` says: the number and the commit, then the target and what was built in, on lines of their own.
pub const LONG_VERSION: &str = if cfg!(target_arch = "x86_64") { long_version!("+avx2") } else { long_version!("-avx2") };

/// Whether the users of instant-messaging domains can be reached, and if not, why.
#[derive(Debug, Parser)]
#[command(name = "imctl", version, disable_help_subcommand = true, subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The whole command line, as help, manual pages and completions show it.
pub fn command() -> clap::Command {
    examples::add(Cli::command())
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// The inventory; without it, imctl.toml in this folder or the nearest above, up to the repository's root
    #[arg(short, long, global = true, value_name = "FILE", env = "IMCTL_CONFIG")]
    pub config: Option<PathBuf>,
    /// Colours in what is printed
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorWhen,
    /// Say only what is asked for: no progress, no warnings, no remarks
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// List what is in order, too, and how each domain is reached
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// No progress bar, even on a terminal
    #[arg(long, global = true)]
    pub no_progress: bool,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless `NO_COLOR` is set; `CLICOLOR_FORCE` forces them
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Turn e-mail lists into IM addresses
    Derive(DeriveArgs),
    /// Check the DNS of IM domains in both views
    DnsCheck(DnsCheckArgs),
    /// Reach every router, reverse proxy and home server, address by address
    Probe(ProbeArgs),
    /// Check everything together: lists, inventory, DNS and machines
    Audit(AuditArgs),
    /// Check what needs no network: inventory, e-mail lists and zone files
    Lint(LintArgs),
    /// Write the DNS records that should exist, or what is missing and wrong of them
    Records(RecordsArgs),
    /// Write a commented imctl.toml, from e-mail lists and from what DNS answers now
    Init(InitArgs),
    /// Audit a whole deployment on this machine's loopback, with planted faults
    Demo(DemoArgs),
    /// Compare two JSON reports: what is new, fixed, still there
    Diff(DiffArgs),
    /// Tell what a rule means, why it matters and how to fix it; all rules when none is named
    Explain(ExplainArgs),
    /// Print the completion script of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write those of all commands into a folder
    Man {
        /// The folder
        #[arg(value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Print a JSON Schema
    Schema {
        /// Of what
        of: SchemaOf,
    },
}

impl Command {
    /// How the run is reported, where the command judges.
    pub fn reporting(&self) -> Option<&ReportingArgs> {
        match self {
            Self::DnsCheck(args) => Some(&args.reporting),
            Self::Probe(args) => Some(&args.reporting),
            Self::Audit(args) => Some(&args.reporting),
            Self::Lint(args) => Some(&args.reporting),
            // Its status tells whether it found what it planted.
            Self::Demo(_) => None,
            _ => None,
        }
    }
}

/// Arguments of `imctl demo`.
#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// Write the deployment's imctl.toml into this folder and keep everything running until Ctrl-C
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// How is reported.
    #[command(flatten)]
    pub reporting: ReportingArgs,
}

/// Arguments of `imctl explain`.
#[derive(Clone, Debug, Args)]
pub struct ExplainArgs {
    /// The rule
    #[arg(value_name = "RULE")]
    pub rule: Option<String>,
    /// Write straight to the terminal, not through `$PAGER`
    #[arg(long)]
    pub no_pager: bool,
}

/// What has a published schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// imctl.toml
    Config,
    /// The report that `--format json` writes
    Report,
    /// What `imctl diff --format json` writes
    Diff,
}
