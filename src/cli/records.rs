//! `imctl records`: what can be typed.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::{ObservingArgs, RoleArgs};
use crate::dns::DomainName;
use crate::records::Format;

/// The longest time to live (RFC 2181 8), seconds.
const MAX_TTL_SECS: i64 = (1 << 31) - 1;

/// Arguments of `imctl records`.
#[derive(Clone, Debug, Args)]
pub struct RecordsArgs {
    /// IM domains, or patterns with `*` and `?` over those of the inventory; none means all
    #[arg(value_name = "DOMAIN")]
    pub domains: Vec<String>,
    /// A list of IM domains, one a line; `-` reads standard input
    #[arg(long = "domains", value_name = "FILE")]
    pub domain_file: Option<PathBuf>,
    /// How the records are written
    #[arg(long, value_name = "FORMAT", default_value = "bind")]
    pub format: Format,
    /// Look at what is there now, and write only what is missing or wrong; removals are comments, for a person to confirm
    #[arg(long)]
    pub fix: bool,
    /// A DNS zone; a record belongs to the nearest at or above its name. Without, zones begin at the e-mail domains
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub zone: Vec<DomainName>,
    /// The time to live of the records
    #[arg(long, value_name = "SECONDS", default_value = "3600", value_parser = clap::value_parser!(u32).range(0..=MAX_TTL_SECS))]
    pub ttl: u32,
    /// The primary server that nsupdate sends to, address or address:port; it belongs to one view, so give --view
    #[arg(long, value_name = "SERVER", value_parser = primary)]
    pub server: Option<SocketAddr>,
    /// What the machines are, without or over the inventory.
    #[command(flatten)]
    pub roles: RoleArgs,
    /// How the network is asked.
    #[command(flatten)]
    pub observing: ObservingArgs,
}

fn primary(text: &str) -> Result<SocketAddr, String> {
    let bare = || text.parse().map(|ip| SocketAddr::new(ip, 53));
    text.parse().or_else(|_| bare()).map_err(|_| "give an address, such as 10.0.0.53 or [fd00::53]:5353".to_owned())
}
