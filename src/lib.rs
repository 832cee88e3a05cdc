//! imctl tells the people who run instant-messaging domains whether their users can be reached, and if not, why.
//!
//! This page is the map. It reads from the bottom up, as the sources do: nothing uses what stands below it in the table.
//!
//! # The idea
//!
//! *Ask and judge again.* A rule is a plain function over the inventory and the facts. It asks the facts for an answer; one that
//! is not known yet comes back as `None`, and the question is noted. The [`pipeline`] asks all noted questions at once and judges
//! again, until nothing new is asked. So follow-ups (SRV, then its target, then the target's addresses, then a probe of each) need
//! no plan, every question is asked once, and a recording or zone files can be judged in place of the network.
//!
//! *Silence never accuses and never acquits.* A question that nobody answers also comes back as `None`: no rule can take it for
//! a "no". What remains unanswered leaves its domain undecided, is counted, printed, and makes the exit status 3.
//!
//! # The layers
//!
//! | layer | holds | may use |
//! |---|---|---|
//! | [`place`] | where something was written: file, line, column | – |
//! | [`dns`], [`email`] | names, records, views, zone files; addresses, lists, derivation: parsed once into types that cannot be wrong | place |
//! | [`profile`] | what one IM system expects: names to look up, ports, requests, how a reply is read | dns, email |
//! | [`inventory`] | imctl.toml, checked, with the place of everything in it | dns, email, place, profile |
//! | [`observe`] | questions, answers, and what answers them: live DNS, zone files, probes, recordings | dns, place, profile |
//! | [`judge`] | rules, findings, verdicts; one pair of files for each rule in [`judge::rules`] | all above; of observe the values only |
//! | [`pipeline`] | the loop above, for a window of domains that moves on | inventory, observe, judge |
//! | [`records`] | the DNS records that should exist, and one file for each way to write them | values of judge and below |
//! | [`compare`] | two saved reports: new, fixed, no longer known | dns, judge |
//! | [`report`] | one file a format: a judgement in, bytes out | values of judge and below |
//! | [`loopback`] | servers that answer what they are told, for the demo and for tests | dns |
//! | [`cli`], [`exit`] | what can be typed; how a run ends | enums of judge, records and report |
//! | [`commands`] | one file a subcommand: the only place that joins the layers | all |
//!
//! Only `observe`, `loopback` and `commands` touch sockets, files or the clock; a test reads the sources and holds the table.
//!
//! # Where to begin
//!
//! A new rule: copy a pair of files in `judge/rules`, run the tests, and let them say what is missing. A new report format: one
//! file in `report`, one line in [`report::Format`]. A faster DNS engine: another [`observe::Source`]; nobody else notices.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::FromArgMatches as _;
use clap::builder::Resettable;

pub mod cli;
pub mod commands;
pub mod compare;
pub mod dns;
pub mod email;
pub mod exit;
pub mod inventory;
pub mod judge;
pub mod loopback;
pub mod observe;
pub mod pipeline;
pub mod place;
pub mod profile;
pub mod records;
pub mod report;

use cli::{Cli, ColorWhen, Command};
use exit::{ExitStatus, Failure};
use report::{Format, nagios};

/// Runs the program on the process's own arguments and streams.
pub fn main() -> ExitCode {
    match parse() {
        Ok(cli) => run(&cli),
        Err(error) => usage(&error),
    }
}

/// Runs the program on arguments that were read.
pub fn run(cli: &Cli) -> ExitCode {
    let plugin = cli.command.reporting().is_some_and(|reporting| reporting.format == Format::Nagios);
    match cli.common.color {
        ColorWhen::Auto => {}
        ColorWhen::Always => anstream::ColorChoice::Always.write_global(),
        ColorWhen::Never => anstream::ColorChoice::Never.write_global(),
    }
    dispatch(cli).unwrap_or_else(|error| report(&error, plugin)).into()
}

/// Reads the arguments. An environment variable that is set to nothing counts as not set, as a CI sets those that it has no value for.
fn parse() -> Result<Cli, clap::Error> {
    let mut command = cli::command().long_version(cli::LONG_VERSION);
    if std::env::var_os("IMCTL_CONFIG").is_some_and(|value| value.is_empty()) {
        command = command.mut_arg("config", |config| config.env(Resettable::Reset));
    }
    Cli::from_arg_matches(&command.try_get_matches()?)
}

fn dispatch(cli: &Cli) -> anyhow::Result<ExitStatus> {
    let common = &cli.common;
    match &cli.command {
        Command::Derive(args) => commands::derive::run(args, common),
        Command::DnsCheck(args) => commands::dns_check::run(args, common),
        Command::Probe(args) => commands::probe::run(args, common),
        Command::Audit(args) => commands::audit::run(args, common),
        Command::Lint(args) => commands::lint::run(args, common),
        Command::Records(args) => commands::records::run(args, common),
        Command::Init(args) => commands::init::run(args, common),
        Command::Demo(args) => commands::demo::run(args, common),
        Command::Diff(args) => commands::diff::run(args, common),
        Command::Explain(args) => commands::explain::run(args),
        Command::Completions { shell } => commands::generated::completions(*shell),
        Command::Man { dir } => commands::generated::man(dir.as_deref()),
        Command::Schema { of } => commands::generated::schema(*of),
    }
}

/// Help and version go to standard output with status 0; mistakes in usage to standard error with status 2.
fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    match () {
        () if !error.use_stderr() => ExitStatus::Clean.into(),
        () if is_plugin(std::env::args_os()) => plugin_unknown(error.to_string().lines().next().unwrap_or_default()).into(),
        () => ExitStatus::Unusable.into(),
    }
}

/// Whether arguments that could not be read ask for `--format nagios`: then the answer is one that a monitoring system reads.
fn is_plugin(arguments: impl Iterator<Item = OsString>) -> bool {
    let arguments: Vec<_> = arguments.collect();
    arguments.iter().any(|argument| argument == "--format=nagios")
        || arguments.windows(2).any(|pair| matches!(pair, [name, value] if name == "--format" && value == "nagios"))
}

/// Tells a monitoring system, on standard output, why there is no judgement.
fn plugin_unknown(why: &str) -> ExitStatus {
    let why = why.strip_prefix("error: ").unwrap_or(why);
    let why = if why.is_empty() { "nothing was checked; standard error says why" } else { why };
    let _ = writeln!(anstream::stdout(), "{}", nagios::unknown(why));
    ExitStatus::PluginUnknown
}

/// Says what went wrong, once, with its causes; to a monitoring system too, where the run is its plugin.
fn report(error: &anyhow::Error, plugin: bool) -> ExitStatus {
    // Whatever is opened is named where it fails. An error that names nothing comes from writing to standard output.
    let bare = error.chain().next().and_then(|outermost| outermost.downcast_ref::<io::Error>());
    let (status, text) = match (bare, error.downcast_ref::<Failure>()) {
        // A reader that closed its end of a pipe has what it wanted.
        (Some(io), _) if io.kind() == io::ErrorKind::BrokenPipe => return ExitStatus::Clean,
        (Some(io), _) => (ExitStatus::Internal, format!("standard output could not be written: {io}")),
        (None, Some(failure)) => (failure.status, failure.message.clone()),
        (None, None) => (ExitStatus::Unusable, format!("{error:#}")),
    };
    if !text.is_empty() {
        let label = anstyle::AnsiColor::Red.on_default().bold();
        // It may name files and quote what stands in them.
        let _ = writeln!(anstream::stderr(), "{label}error{label:#}: {}", report::printable(&text));
    }
    if plugin { plugin_unknown(&text) } else { status }
}
