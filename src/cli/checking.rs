//! `imctl dns-check`, `probe`, `audit` and `lint`: what can be typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, ValueEnum};

use crate::dns::View;
use crate::judge::Severity;
use crate::report::Format;

/// Arguments of `imctl dns-check`.
#[derive(Clone, Debug, Args)]
pub struct DnsCheckArgs {
    /// IM domains, or patterns with `*` and `?` over those of the inventory; none means all
    #[arg(value_name = "DOMAIN")]
    pub domains: Vec<String>,
    /// A list of IM domains, one a line; `-` reads standard input
    #[arg(long = "domains", value_name = "FILE")]
    pub domain_file: Option<PathBuf>,
    /// What the machines are, without or over the inventory.
    #[command(flatten)]
    pub roles: RoleArgs,
    /// How the network is asked.
    #[command(flatten)]
    pub observing: ObservingArgs,
    /// How is reported.
    #[command(flatten)]
    pub reporting: ReportingArgs,
    /// What counts.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// Arguments of `imctl probe`.
#[derive(Clone, Debug, Args)]
pub struct ProbeArgs {
    /// IM domains, or patterns with `*` and `?` over those of the inventory; none means all
    #[arg(value_name = "DOMAIN")]
    pub domains: Vec<String>,
    /// What the machines are, without or over the inventory.
    #[command(flatten)]
    pub roles: RoleArgs,
    /// Where the probes are sent from.
    #[command(flatten)]
    pub vantage: VantageArgs,
    /// How the network is asked.
    #[command(flatten)]
    pub observing: ObservingArgs,
    /// How is reported.
    #[command(flatten)]
    pub reporting: ReportingArgs,
    /// What counts.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// Arguments of `imctl audit`.
#[derive(Clone, Debug, Args)]
pub struct AuditArgs {
    /// What the machines are, without or over the inventory.
    #[command(flatten)]
    pub roles: RoleArgs,
    /// Where the probes are sent from.
    #[command(flatten)]
    pub vantage: VantageArgs,
    /// How the network is asked.
    #[command(flatten)]
    pub observing: ObservingArgs,
    /// How is reported.
    #[command(flatten)]
    pub reporting: ReportingArgs,
    /// What counts.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// Arguments of `imctl lint`.
#[derive(Clone, Debug, Args)]
pub struct LintArgs {
    /// How is reported.
    #[command(flatten)]
    pub reporting: ReportingArgs,
    /// What counts.
    #[command(flatten)]
    pub policy: PolicyArgs,
}

/// Servers and machines given by flags; they override the inventory.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Servers and machines (override the inventory)")]
pub struct RoleArgs {
    /// A DNS server of the internal view: address, address:port or `system`; may be repeated
    #[arg(long, value_name = "SERVER")]
    pub internal: Vec<String>,
    /// A DNS server of the external view; may be repeated
    #[arg(long, value_name = "SERVER")]
    pub external: Vec<String>,
    /// A router's address, address:port or range; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub router: Vec<String>,
    /// A reverse proxy's address, address:port or range; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub reverse_proxy: Vec<String>,
}

/// Where probes are sent from.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct VantageArgs {
    /// The side this machine stands on; from outside, routers and home servers must not answer
    #[arg(long, value_name = "SIDE", value_parser = PossibleValuesParser::new(View::ALL.map(View::as_str)).try_map(|side| side.parse::<View>()))]
    pub vantage: Option<View>,
}

/// How the network, or a recording of it, is asked.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Observing")]
pub struct ObservingArgs {
    /// The DNS views to look into
    #[arg(long, value_name = "VIEW", default_value = "both")]
    pub view: ViewChoice,
    /// Queries a second for each DNS server, at the most [default: no limit]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub qps: Option<u32>,
    /// Queries on their way to each DNS server, at the most
    #[arg(long, value_name = "N", default_value = "64", value_parser = clap::value_parser!(u16).range(1..))]
    pub in_flight: u16,
    /// Seconds to wait for one DNS answer, or for one probe [default: 2 for DNS, 5 for a probe, 3 of them to connect]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub timeout: Option<Duration>,
    /// How often a DNS query is sent again when nothing comes
    #[arg(long, value_name = "N", default_value = "2", value_parser = clap::value_parser!(u8).range(0..=50))]
    pub retries: u8,
    /// Write every answer to FILE as it comes, as JSON lines
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    pub save: Option<PathBuf>,
    /// Judge recordings made by `--save` instead of the network, those of several machines as one
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub from: Vec<PathBuf>,
}

impl Default for ObservingArgs {
    /// As when no option is given.
    fn default() -> Self {
        Self { view: ViewChoice::Both, qps: None, in_flight: 64, timeout: None, retries: 2, save: None, from: Vec::new() }
    }
}

/// Which views are looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ViewChoice {
    /// What the organisation's own people see
    Internal,
    /// What strangers see
    External,
    /// Both
    Both,
}

impl ViewChoice {
    /// Whether that view is looked into.
    pub fn includes(self, view: View) -> bool {
        match self {
            Self::Internal => view == View::Internal,
            Self::External => view == View::External,
            Self::Both => true,
        }
    }
}

/// How a run is reported and how it exits.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Reporting")]
pub struct ReportingArgs {
    /// The format on standard output
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
    /// Show each finding of the table by itself, also where one cause touches many domains
    #[arg(long)]
    pub details: bool,
    /// Write a report to PATH too, such as `json=report.json`; may be repeated
    #[arg(long, value_name = "FORMAT=PATH", value_parser = report_target)]
    pub report: Vec<(Format, PathBuf)>,
    /// The least severity that makes the exit status 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub fail_on: FailOn,
    /// Exit with 0 whatever was found or undecided, so that a later step can upload the report
    #[arg(long)]
    pub exit_zero: bool,
}

/// What counts: levels of rules, suppressions, what is accepted for now.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What counts")]
pub struct PolicyArgs {
    /// Set the level of a rule over the inventory: off, note, warning or error; may be repeated
    #[arg(long, value_name = "RULE=LEVEL", value_parser = rule_level)]
    pub rule: Vec<(String, Option<Severity>)>,
    /// Report what `[[suppress]]` hides, too
    #[arg(long)]
    pub no_suppress: bool,
    /// Findings that FILE accepts count as known: only others are new, come first and make the exit status 1
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Accept all that is found: write it to FILE, for `--baseline` to read
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
}

/// From which severity on findings make the exit status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Any finding
    Note,
    /// No finding
    Never,
}

impl FailOn {
    /// Whether a finding of that severity makes the exit status 1.
    pub fn is_reached_by(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Note => severity >= Severity::Note,
            Self::Never => false,
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 = text.parse().map_err(|_| "give a number of seconds, such as 2 or 0.5".to_owned())?;
    if !(0.001..=3600.0).contains(&number) {
        return Err("give between 0.001 and 3600 seconds".to_owned());
    }
    Ok(Duration::from_secs_f64(number))
}

fn rule_level(text: &str) -> Result<(String, Option<Severity>), String> {
    let (rule, level) = text.split_once('=').ok_or("write it as RULE=LEVEL, such as ttl-out-of-range=off")?;
    let level = match level {
        "off" => None,
        "note" => Some(Severity::Note),
        "warning" => Some(Severity::Warning),
        "error" => Some(Severity::Error),
        _ => return Err(format!("no level is called {level:?}; there are off, note, warning and error")),
    };
    Ok((rule.to_owned(), level))
}

fn report_target(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, path) = text.split_once('=').ok_or("write it as FORMAT=PATH, such as json=report.json")?;
    let known = || Format::value_variants().iter().filter_map(ValueEnum::to_possible_value).map(|v| v.get_name().to_owned());
    let format = Format::from_str(format, false)
        .map_err(|_| format!("no format is called {format:?}; there are {}", known().collect::<Vec<_>>().join(", ")))?;
    if path.is_empty() {
        return Err("the path is empty".to_owned());
    }
    Ok((format, PathBuf::from(path)))
}
