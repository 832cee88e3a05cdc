//! `imctl dns-check`, `probe`, `audit` and `lint`: what can be typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, ValueEnum};

use crate::dns::{Shard, View};
use crate::judge::Severity;
use crate::report::{FailOn, Format};

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
    /// How hard, and how long it waits.
    #[command(flatten)]
    pub asking: AskingArgs,
    /// Validate answers by DNSSEC in every view, as `dnssec = true` does in one
    #[arg(long, conflicts_with = "from")]
    pub dnssec: bool,
    /// Ask every name server of the domains' zones itself, too, and compare serial numbers and answers
    #[arg(long)]
    pub authoritative: bool,
    /// Write every answer to FILE as it comes, as JSON lines
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    pub save: Option<PathBuf>,
    /// Judge recordings made by `--save` instead of the network, those of several machines as one
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub from: Vec<PathBuf>,
    /// Go on with a run that was broken off: ask only what its recording FILE lacks, and add it there. It is refused when the
    /// inventory, the lists or the domains have changed; a FILE that is not there or empty is begun
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    pub resume: Option<PathBuf>,
    /// Only this machine's part of the domains, such as 2/8, told by a hash of their names. What concerns several domains is
    /// judged where the recordings of all parts are read with `--from`
    #[arg(long, value_name = "K/N")]
    pub shard: Option<Shard>,
}

/// How hard servers and machines are asked.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Observing")]
pub struct AskingArgs {
    /// Queries a second for each DNS server, at the most [default: 1000; no limit on loopback or with --bulk]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub qps: Option<u32>,
    /// Queries on their way to each DNS server, at the most [default: 64; 20000 with --bulk]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub in_flight: Option<u16>,
    /// Ask every DNS server as fast as it answers, for servers that are made for it; `bulk = true` does so for one
    #[arg(long)]
    pub bulk: bool,
    /// Give the letters of each name asked a case by chance, which an answer has to repeat: one thing more for a forger to guess
    #[arg(long)]
    pub mix_case: bool,
    /// Seconds to wait for one DNS answer, or for one probe [default: 2 for DNS, 5 for a probe, 3 of them to connect]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub timeout: Option<Duration>,
    /// How often a DNS query is sent again when nothing comes; more often to a server that loses many, never if 0
    #[arg(long, value_name = "N", default_value = "2", value_parser = clap::value_parser!(u8).range(0..=50))]
    pub retries: u8,
}

impl Default for AskingArgs {
    /// As when no option is given.
    fn default() -> Self {
        Self { qps: None, in_flight: None, bulk: false, mix_case: false, timeout: None, retries: 2 }
    }
}

impl Default for ObservingArgs {
    /// As when no option is given.
    fn default() -> Self {
        Self {
            view: ViewChoice::Both,
            asking: AskingArgs::default(),
            dnssec: false,
            authoritative: false,
            save: None,
            from: Vec::new(),
            resume: None,
            shard: None,
        }
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
    /// The least severity that makes the exit status 1 [default: error; with `--format nagios`, warning]. For Nagios what is below
    /// it does not raise the state; what reaches it is CRITICAL if it is an error, else WARNING
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
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
