//! An estate from a seed: the inventory, the zones of each server, and what must come out. Starts nothing.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::faults::{KINDS, Kind, Zone};

/// The servers: two inside, of which the second may be behind, and one outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum At {
    Inside,
    InsideBehind,
    Outside,
}

/// Rule, domain and view; `-` is no view.
pub(super) type Said = (String, String, String);

pub(super) struct Estate {
    domains: Vec<Domain>,
}

struct Domain {
    label: String,
    kind: Kind,
    /// What must be found, of the kind and of what it is crossed with.
    found: Vec<(&'static str, &'static str)>,
}

/// Numbers that look random and are the same for a seed everywhere (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).expect("below the end")
    }
}

impl Estate {
    /// So many domains in an order that the seed decides; with three times as many as there are kinds or more, each kind is there
    /// three times. Those beyond are crossed where they can be.
    pub(super) fn of(seed: u64, count: usize) -> Self {
        let mut dice = Dice(seed);
        let plain = [KINDS; 3].into_iter().flatten().map(|kind| (*kind, kind.found.to_vec()));
        let mut kinds: Vec<_> = plain.collect();
        while kinds.len() < count {
            let (inside, outside) = (KINDS[dice.below(KINDS.len())], KINDS[dice.below(KINDS.len())]);
            kinds.push(inside.crossed(outside).unwrap_or((inside, inside.found.to_vec())));
        }
        kinds.truncate(count);
        for last in (1..kinds.len()).rev() {
            kinds.swap(last, dice.below(last + 1));
        }
        // Some labels are beyond ASCII, some are long.
        let label = |position: usize| match position % 7 {
            3 => format!("bücher{position}"),
            5 => format!("{}{position}", "long-label-".repeat(4)),
            _ => format!("d{position}"),
        };
        let domain = |(position, (kind, found))| Domain { label: label(position), kind, found };
        Self { domains: kinds.into_iter().enumerate().map(domain).collect() }
    }

    /// The inventory less its views.
    pub(super) fn inventory(&self) -> String {
        let mut text = String::new();
        for (position, Domain { label, kind, .. }) in self.domains.iter().enumerate() {
            let email = format!("{label}.{}", apex(kind.zone));
            let outside =
                if kind.external { format!("external = true\nreverse_proxies = [\"edge-{position}\"]\n") } else { String::new() };
            let _ = write!(text, "[[domain]]\nname = \"im.{email}\"\nemail = [\"{email}\"]\n{outside}");
            let names = if kind.two_routers { format!("\"r-{position}\", \"s-{position}\"") } else { format!("\"r-{position}\"") };
            let _ = write!(
                text,
                "routers = [{names}]\n[[router]]\nname = \"r-{position}\"\naddresses = [\"{}\"",
                address("R", position)
            );
            let has_v6 = kind.inside.contains("AAAA V");
            let _ = writeln!(text, "{}]", if has_v6 { format!(", \"{}\"", address("V", position)) } else { String::new() });
            if kind.two_routers {
                let _ = writeln!(text, "[[router]]\nname = \"s-{position}\"\naddresses = [\"{}\"]", address("S", position));
            }
            if kind.external {
                let _ =
                    writeln!(text, "[[reverse_proxy]]\nname = \"edge-{position}\"\naddresses = [\"{}\"]", address("P", position));
            }
        }
        text
    }

    /// The zones that a server has: apex and text.
    pub(super) fn zones(&self, at: At) -> Vec<(&'static str, String)> {
        let has = |zone: Zone| zone == Zone::Everywhere || zone == Zone::InsideOnly && at != At::Outside;
        [Zone::Everywhere, Zone::InsideOnly]
            .into_iter()
            .filter(|zone| has(*zone))
            .map(|zone| (apex(zone), self.zone(zone, at)))
            .collect()
    }

    fn zone(&self, zone: Zone, at: At) -> String {
        let apex = apex(zone);
        let mut text = format!("$ORIGIN {apex}.\n$TTL 300\n@ SOA ns hostmaster 1 3600 600 86400 300\n@ NS ns\nns A 10.0.0.53\n");
        for (position, Domain { label, kind, .. }) in self.domains.iter().enumerate().filter(|(_, domain)| domain.kind.zone == zone)
        {
            let records = match at {
                At::Inside => kind.inside,
                At::InsideBehind => kind.inside_behind.unwrap_or(kind.inside),
                At::Outside => kind.outside,
            };
            let email = idna::domain_to_ascii(label).expect("a label");
            for record in records.split(';') {
                let _ = writeln!(text, "{}", line(record.trim(), &email, position));
            }
        }
        text
    }

    /// Everything that must be found.
    pub(super) fn found(&self) -> BTreeSet<Said> {
        let said = |domain: &Domain, (rule, view): &(&str, &str)| ((*rule).to_owned(), domain.name(), (*view).to_owned());
        self.domains.iter().flat_map(|domain| domain.found.iter().map(move |found| said(domain, found))).collect()
    }

    /// Every domain and view of which something must be undecided.
    pub(super) fn undecided(&self) -> BTreeSet<(String, String)> {
        let of = |domain: &Domain| domain.kind.undecided.iter().map(|view| (domain.name(), (*view).to_owned())).collect::<Vec<_>>();
        self.domains.iter().flat_map(of).collect()
    }
}

impl Domain {
    /// The IM domain as reports name it.
    fn name(&self) -> String {
        format!("im.{}.{}", idna::domain_to_ascii(&self.label).expect("a label"), apex(self.kind.zone))
    }
}

fn apex(zone: Zone) -> &'static str {
    match zone {
        Zone::Everywhere => "example",
        Zone::InsideOnly => "inner.test",
        Zone::Nowhere => "nowhere.test",
    }
}

fn address(letter: &str, position: usize) -> String {
    let (high, low) = (position / 200, position % 200 + 1);
    match letter {
        "R" => format!("10.1.{high}.{low}"),
        "S" => format!("10.2.{high}.{low}"),
        "V" => format!("fd00::{high}:{low}"),
        "P" => format!("203.0.113.{low}"),
        other => other.to_owned(),
    }
}

/// A record of a master file from one of a kind.
fn line(record: &str, email: &str, position: usize) -> String {
    if record == "srv" {
        return format!("_rvp._tcp.{email} SRV 0 0 80 im.{email}");
    }
    let name = |word: &str| match word {
        "mail" => email.to_owned(),
        "*.mail" => format!("*.{email}"),
        "_srv" => format!("_rvp._tcp.{email}"),
        "im" | "gone" | "there" | "round" | "way" => format!("{word}.{email}"),
        other => address(other, position),
    };
    record.split(' ').map(name).collect::<Vec<_>>().join(" ")
}
