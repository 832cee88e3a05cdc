//! Which domains a command is about, and what flags say over the inventory.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::Context as _;

use crate::cli::{RoleArgs, VantageArgs};
use crate::exit::Failure;
use crate::inventory::Inventory;
use crate::inventory::flags::{self, Flags};

/// The longest list of domains that is read, bytes.
const MAX_BYTES: u64 = 256 << 20;

/// The inventory with the flags over it, reduced to the domains named.
pub(super) fn apply(
    inventory: Option<Inventory>,
    roles: &RoleArgs,
    vantage: VantageArgs,
    domains: &[String],
) -> anyhow::Result<Inventory> {
    let flags = Flags {
        internal: roles.internal.clone(),
        external: roles.external.clone(),
        routers: roles.router.clone(),
        reverse_proxies: roles.reverse_proxy.clone(),
        vantage: vantage.vantage,
    };
    flags::apply(inventory, &flags, domains).map_err(|error| Failure::unusable(error.to_string()).into())
}

/// The IM domains of a list: one a line, `#` begins a comment; `-` is standard input.
pub(super) fn domain_file(path: &Path) -> anyhow::Result<Vec<String>> {
    let mut text = String::new();
    let source: Box<dyn io::Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(fs::File::open(path).with_context(|| format!("the list {} cannot be read", path.display()))?)
    };
    source.take(MAX_BYTES).read_to_string(&mut text).with_context(|| format!("the list {} cannot be read", path.display()))?;
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let named = lines.map(|(n, line)| (n + 1, line.split('#').next().unwrap_or("").trim())).filter(|(_, line)| !line.is_empty());
    let domains: Vec<String> = named
        .map(|(n, line)| match line.parse::<crate::dns::DomainName>() {
            Ok(_) => Ok(line.to_owned()),
            Err(error) => Err(Failure::unusable(format!("{}:{n}:1: {line:?} is no IM domain: {error}", path.display()))),
        })
        .collect::<Result<_, _>>()?;
    if domains.is_empty() {
        return Err(Failure::unusable(format!("{} names no domain", path.display())).into());
    }
    Ok(domains)
}
