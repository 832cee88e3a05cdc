//! Which domains a command is about, and what flags say over the inventory.

use std::io;
use std::path::Path;

use anyhow::Context as _;

use super::bounded;
use crate::cli::{RoleArgs, VantageArgs};
use crate::exit::Failure;
use crate::inventory::Inventory;
use crate::inventory::flags::{self, Flags};

/// The longest list of domains that is read, bytes.
const MAX_BYTES: usize = 256 << 20;

/// The inventory with the flags over it, reduced to the domains named.
pub(super) fn apply(
    inventory: Option<Inventory>,
    roles: &RoleArgs,
    vantage: VantageArgs,
    domains: &[String],
) -> anyhow::Result<Inventory> {
    flags::apply(inventory, &flags(roles, vantage), domains).map_err(|error| Failure::unusable(error.to_string()).into())
}

/// The flags that override an inventory.
pub(super) fn flags(roles: &RoleArgs, vantage: VantageArgs) -> Flags {
    Flags {
        internal: roles.internal.clone(),
        external: roles.external.clone(),
        routers: roles.router.clone(),
        reverse_proxies: roles.reverse_proxy.clone(),
        vantage: vantage.vantage,
    }
}

/// The IM domains of a list: one a line, `#` begins a comment; `-` is standard input.
pub(super) fn domain_file(path: &Path) -> anyhow::Result<Vec<String>> {
    let octets =
        if path == Path::new("-") { bounded::read(io::stdin().lock(), MAX_BYTES) } else { bounded::read_file(path, MAX_BYTES) };
    let octets = octets.with_context(|| format!("the list {} cannot be read", path.display()))?;
    let not_utf8 = |line| Failure::unusable(format!("{}:{line}: the list is not UTF-8; save it as UTF-8", path.display()));
    let text = bounded::utf8(octets).map_err(not_utf8)?;
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
