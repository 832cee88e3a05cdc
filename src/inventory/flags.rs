//! What the command line says in place of imctl.toml: servers, machines, domains. Parses no arguments itself.

use std::collections::HashSet;
use std::fmt::Write as _;

use wildmatch::WildMatch;

use super::domains::inferred_email;
use super::reader::{CANDIDATES, nearest};
use super::values::{self, Wrong};
use super::{AddressRange, Domain, DomainId, Inventory, Machine};
use crate::dns::{DomainName, View};
use crate::place::Place;
use crate::profile::Role;

/// Flags that override the inventory, as they were typed.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--internal`: the servers of the internal view.
    pub internal: Vec<String>,
    /// `--external`: the servers of the external view.
    pub external: Vec<String>,
    /// `--router`: addresses, ranges, or addresses with a port.
    pub routers: Vec<String>,
    /// `--reverse-proxy`: the same.
    pub reverse_proxies: Vec<String>,
    /// `--vantage`.
    pub vantage: Option<View>,
}

impl Flags {
    /// Whether they say what the machines are.
    pub(super) fn gives_machines(&self) -> bool {
        !self.routers.is_empty() || !self.reverse_proxies.is_empty()
    }

    /// What the machine is called that a flag stands for.
    pub(super) fn machine_name(role: Role) -> Option<&'static str> {
        match role {
            Role::Router => Some("--router"),
            Role::ReverseProxy => Some("--reverse-proxy"),
            Role::HomeServer => None,
        }
    }
}

/// Why flags or named domains cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlagError {
    /// A value that is not what the flag takes.
    #[error("{flag} {value:?}: {reason}")]
    BadValue {
        /// The flag as it is typed, or `DOMAIN`.
        flag: &'static str,
        /// What was given.
        value: String,
        /// What is wrong with it and what to write.
        reason: String,
    },
    /// A domain that the inventory does not have.
    #[error("{name} is not in the inventory{}", hint(near.as_ref()))]
    UnknownDomain {
        /// The name.
        name: DomainName,
        /// The domain that is probably meant.
        near: Option<DomainName>,
    },
    /// A pattern that no domain fits.
    #[error("no domain of the inventory matches {pattern:?}: name one that it has, or leave the names out to take all")]
    NoMatch {
        /// The pattern as it was typed.
        pattern: String,
    },
    /// A pattern, and nothing to choose from.
    #[error("{pattern:?} chooses among the domains of an inventory, and there is none: name the domain itself, or give --config")]
    NothingToMatch {
        /// The pattern as it was typed.
        pattern: String,
    },
}

fn hint(near: Option<&DomainName>) -> String {
    near.map_or_else(
        || ": declare it with [[domain]], or give --router or --reverse-proxy".to_owned(),
        |near| format!(": did you mean {near}?"),
    )
}

/// The inventory as the flags change it, with the named domains only; all of them where none is named.
///
/// Servers given for a view replace its servers and drop its canary, which proved the servers of the file, and its key, which
/// they know. Machines given for
/// a role replace those of the domains that remain. A name that the inventory lacks becomes a domain of its own where there is
/// no inventory or a role is given.
pub fn apply(inventory: Option<Inventory>, flags: &Flags, domains: &[String]) -> Result<Inventory, FlagError> {
    let (has_file, may_add) = (inventory.is_some(), inventory.is_none() || flags.gives_machines());
    let mut inventory = inventory.unwrap_or_default();
    inventory.vantage = flags.vantage.unwrap_or(inventory.vantage);
    replace_servers(&mut inventory, View::Internal, "--internal", &flags.internal)?;
    replace_servers(&mut inventory, View::External, "--external", &flags.external)?;
    if !domains.is_empty() {
        select(&mut inventory, domains, has_file, may_add)?;
    }
    replace_machines(&mut inventory, Role::Router, "--router", &flags.routers)?;
    replace_machines(&mut inventory, Role::ReverseProxy, "--reverse-proxy", &flags.reverse_proxies)?;
    Ok(inventory)
}

fn replace_servers(inventory: &mut Inventory, view: View, flag: &'static str, given: &[String]) -> Result<(), FlagError> {
    if given.is_empty() {
        return Ok(());
    }
    let servers = values_of(flag, given, values::server)?;
    let settings = inventory.views.entry(view).or_default();
    settings.servers = servers;
    settings.canary = None;
    settings.tsig = None;
    settings.place = Some(Place::command_line());
    Ok(())
}

fn replace_machines(inventory: &mut Inventory, role: Role, flag: &'static str, given: &[String]) -> Result<(), FlagError> {
    if given.is_empty() {
        return Ok(());
    }
    let addresses: Vec<AddressRange> = values_of(flag, given, values::range)?;
    let machine = Machine { role, name: flag.to_owned(), addresses, host: None, tls: None, place: Place::command_line() };
    let id = inventory.add_machine(machine);
    inventory.domains.replace_machines(role, id);
    Ok(())
}

/// Values of a repeatable flag, each once.
fn values_of<T: PartialEq>(
    flag: &'static str,
    given: &[String],
    parse: impl Fn(&str) -> Result<T, Wrong>,
) -> Result<Vec<T>, FlagError> {
    let mut values = Vec::new();
    for text in given {
        let value = parse(text).map_err(|wrong| bad_value(flag, text, wrong))?;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    Ok(values)
}

fn bad_value(flag: &'static str, value: &str, wrong: Wrong) -> FlagError {
    let mut reason = wrong.label;
    if let Some(help) = wrong.help {
        let _ = write!(reason, "; {help}");
    }
    FlagError::BadValue { flag, value: value.to_owned(), reason }
}

/// Leaves the named domains: those of the inventory in its order, then those that are added, as they were named.
fn select(inventory: &mut Inventory, names: &[String], has_file: bool, may_add: bool) -> Result<(), FlagError> {
    let mut chosen = vec![false; inventory.domains.len()];
    let (mut added, mut names_added) = (Vec::new(), HashSet::new());
    for text in names {
        if text.contains(['*', '?']) {
            matching(inventory, text, has_file)?.into_iter().for_each(|hit| chosen[hit.position()] = true);
            continue;
        }
        let name = values::host(text).map_err(|wrong| bad_value("DOMAIN", text, wrong))?;
        match inventory.domains.named(&name) {
            Some(hit) => chosen[hit.position()] = true,
            None if !may_add => {
                let near = near(inventory, &name);
                return Err(FlagError::UnknownDomain { name, near });
            }
            None if names_added.insert(name.clone()) => added.push(unlisted(inventory, name)),
            None => {}
        }
    }
    let mut chosen = chosen.into_iter();
    inventory.domains.retain(|_| chosen.next().unwrap_or(false));
    for domain in added {
        inventory.domains.push(domain);
    }
    Ok(())
}

/// The positions of the domains that fit a pattern; an error where none does.
fn matching(inventory: &Inventory, text: &str, has_file: bool) -> Result<Vec<DomainId>, FlagError> {
    let pattern = text.to_owned();
    if !has_file {
        return Err(FlagError::NothingToMatch { pattern });
    }
    let wild = WildMatch::new(&values::glob(text).map_err(|wrong| bad_value("DOMAIN", text, wrong))?);
    let fitting = inventory.domains.with_ids().filter(|(_, domain)| wild.matches(domain.name.as_str()));
    let hits: Vec<_> = fitting.map(|(id, _)| id).collect();
    if hits.is_empty() { Err(FlagError::NoMatch { pattern }) } else { Ok(hits) }
}

/// A domain of which only the name was given. It is expected outside where someone outside is asked.
fn unlisted(inventory: &Inventory, name: DomainName) -> Domain {
    let external = inventory.views.get(&View::External).is_some_and(|view| !view.servers.is_empty());
    let email = inferred_email(&name, &inventory.prefix).into_iter().collect();
    Domain { email, external, ..Domain::bare(name, Place::command_line()) }
}

/// The domain that is probably meant: that of the e-mail domain of this name, or one that is spelt nearly so.
pub(super) fn near(inventory: &Inventory, name: &DomainName) -> Option<DomainName> {
    if let Some(domain) = inventory.domain_of_email(name) {
        return Some(domain.name.clone());
    }
    let known: Vec<DomainName> = inventory.domains.iter().take(CANDIDATES).map(|domain| domain.name.clone()).collect();
    nearest(name.as_str(), known.iter().map(DomainName::as_str)).and_then(|near| near.parse().ok())
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::super::{Canary, Server, ViewSettings};
    use super::*;

    fn name(text: &str) -> DomainName {
        text.parse().expect("a good name")
    }

    fn strings(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    fn inventory() -> Inventory {
        let mut inventory = Inventory::default();
        let address: IpAddr = [10, 1, 0, 10].into();
        let addresses = vec![AddressRange { net: address.into(), port: None }];
        let place = Place::new("imctl.toml", 1, 1);
        let machine =
            Machine { role: Role::Router, name: "router-1".into(), addresses, host: None, tls: None, place: place.clone() };
        let router = inventory.add_machine(machine);
        for domain in ["im.example.com", "im.example.org", "im.sales.example.com"] {
            let email = vec![name(&domain[3..])];
            inventory.domains.push(Domain { email, routers: vec![router], ..Domain::bare(name(domain), place.clone()) });
        }
        let canary = Canary { name: name("dc1.example.com"), address };
        let servers = vec![Server::System];
        let settings = ViewSettings {
            servers,
            zones: strings(&["a.zone"]),
            canary: Some(canary),
            place: Some(place),
            ..ViewSettings::default()
        };
        inventory.views.insert(View::Internal, settings);
        inventory
    }

    fn names(inventory: &Inventory) -> Vec<String> {
        inventory.domains.iter().map(|domain| domain.name.to_string()).collect()
    }

    fn message(inventory: Option<Inventory>, flags: &Flags, domains: &[&str]) -> String {
        apply(inventory, flags, &strings(domains)).expect_err("a mistake").to_string()
    }

    #[test]
    fn without_flags_and_names_the_inventory_stays_as_it_is() {
        let same = apply(Some(inventory()), &Flags::default(), &[]).expect("no mistake");
        assert_eq!(format!("{same:?}"), format!("{:?}", inventory()));
    }

    #[test]
    fn servers_of_flags_replace_those_of_the_file_and_their_canary() {
        let flags = Flags { internal: strings(&["10.0.0.53", "10.0.0.53:53", "[::1]:5353"]), ..Flags::default() };
        let inventory = apply(Some(inventory()), &flags, &[]).expect("good flags");
        let settings = &inventory.views[&View::Internal];
        let servers: Vec<_> = ["10.0.0.53:53", "[::1]:5353"].map(|text| Server::Plain(text.parse().expect("an address"))).into();
        assert_eq!(settings.servers, servers, "the second names the first again");
        assert_eq!(settings.canary, None);
        assert_eq!(settings.zones, ["a.zone"], "zone files stay");
        assert_eq!(settings.place, Some(Place::command_line()));
        assert!(!inventory.views.contains_key(&View::External));
    }

    #[test]
    fn machines_of_flags_replace_those_of_the_selected_domains() {
        let flags = Flags { routers: strings(&["10.2.0.0/16", "10.3.0.1:8080"]), ..Flags::default() };
        let inventory = apply(Some(inventory()), &flags, &strings(&["im.example.org"])).expect("good flags");
        assert_eq!(names(&inventory), ["im.example.org"]);
        let [router] = inventory.domains.nth(0).routers[..] else { panic!("one router") };
        let machine = inventory.machine(router);
        assert_eq!((machine.name.as_str(), machine.role), ("--router", Role::Router));
        assert_eq!(machine.addresses[1].port, Some(8080));
        assert_eq!(machine.place, Place::command_line());
        assert_eq!(inventory.machines_at([10, 2, 3, 4].into()), [router]);
        assert!(inventory.domains.nth(0).reverse_proxies.is_empty());
    }

    #[test]
    fn names_and_patterns_select_in_the_order_of_the_inventory() {
        let select = |domains: &[&str]| apply(Some(inventory()), &Flags::default(), &strings(domains)).expect("they exist");
        assert_eq!(names(&select(&["IM.Sales.example.com.", "im.example.com"])), ["im.example.com", "im.sales.example.com"]);
        assert_eq!(names(&select(&["*.Example.com"])), ["im.example.com", "im.sales.example.com"]);
        assert_eq!(names(&select(&["im.example.???", "im.example.org"])), ["im.example.com", "im.example.org"]);
    }

    #[test]
    fn a_name_that_the_inventory_lacks_is_an_error_that_names_the_nearest() {
        let none = Flags::default();
        assert_eq!(
            message(Some(inventory()), &none, &["im.exmaple.com"]),
            "im.exmaple.com is not in the inventory: did you mean im.example.com?"
        );
        assert_eq!(
            message(Some(inventory()), &none, &["example.org"]),
            "example.org is not in the inventory: did you mean im.example.org?"
        );
        assert_eq!(
            message(Some(inventory()), &none, &["other.test"]),
            "other.test is not in the inventory: declare it with [[domain]], or give --router or --reverse-proxy"
        );
        assert_eq!(
            message(Some(inventory()), &none, &["*.test"]),
            "no domain of the inventory matches \"*.test\": name one that it has, or leave the names out to take all"
        );
    }

    #[test]
    fn without_an_inventory_a_name_becomes_a_domain() {
        let flags = Flags { external: strings(&["9.9.9.9"]), vantage: Some(View::External), ..Flags::default() };
        let domains = strings(&["im.example.com", "chat.example.org", "im.example.com"]);
        let inventory = apply(None, &flags, &domains).expect("good names");
        assert_eq!(names(&inventory), ["im.example.com", "chat.example.org"]);
        assert_eq!(inventory.domains.nth(0).email, [name("example.com")]);
        assert!(inventory.domains.nth(1).email.is_empty());
        assert!(inventory.domains.nth(0).external, "an external server is given");
        assert_eq!(inventory.vantage, View::External);
        let inside = apply(None, &Flags { internal: strings(&["system"]), ..Flags::default() }, &domains).expect("good names");
        assert!(!inside.domains.nth(0).external);
        assert!(message(None, &flags, &["im.*"]).contains("name the domain itself"));
    }

    #[test]
    fn with_a_role_given_a_name_beside_the_inventory_becomes_a_domain() {
        let flags = Flags { reverse_proxies: strings(&["203.0.113.10"]), ..Flags::default() };
        let domains = strings(&["im.new.example", "im.example.org"]);
        let inventory = apply(Some(inventory()), &flags, &domains).expect("good names");
        assert_eq!(names(&inventory), ["im.example.org", "im.new.example"]);
        assert_eq!(inventory.domains.nth(0).routers.len(), 1, "the routers of the file stay");
        assert_eq!(inventory.domains.nth(1).reverse_proxies, inventory.domains.nth(0).reverse_proxies);
    }

    #[test]
    fn bad_values_name_the_flag_the_value_and_the_fix() {
        let with = |set: fn(&mut Flags, Vec<String>), value: &str| {
            let mut flags = Flags::default();
            set(&mut flags, strings(&[value]));
            message(None, &flags, &[])
        };
        assert_eq!(
            with(|flags, list| flags.internal = list, "9.9.9.9:70000"),
            "--internal \"9.9.9.9:70000\": a port is a number from 1 to 65535"
        );
        assert_eq!(
            with(|flags, list| flags.routers = list, "10.1.0.5/16"),
            "--router \"10.1.0.5/16\": bits are set beyond /16; write \"10.1.0.0/16\" for the range, or \"10.1.0.5\" for the address"
        );
        let named = with(|flags, list| flags.reverse_proxies = list, "edge.example.com");
        assert!(named.starts_with("--reverse-proxy \"edge.example.com\": this is a name; write an address"), "{named}");
        assert!(with(|flags, list| flags.external = list, "a\u{1b}[2J").starts_with("--external \"a\\u{1b}[2J\": "));
        assert_eq!(
            message(None, &Flags::default(), &["ann@example.com"]),
            "DOMAIN \"ann@example.com\": it contains '@', which no domain name may hold; a domain is meant, not an e-mail address: write \"example.com\""
        );
    }
}
