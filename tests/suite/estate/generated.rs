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
    domains: Vec<(String, &'static Kind)>,
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
    /// So many domains in an order that the seed decides; with as many as there are kinds or more, each kind is there.
    pub(super) fn of(seed: u64, count: usize) -> Self {
        let mut dice = Dice(seed);
        let mut kinds: Vec<&Kind> =
            KINDS.iter().chain(std::iter::repeat_with(|| &KINDS[dice.below(KINDS.len())])).take(count).collect();
        let mut shuffle = Dice(!seed);
        for last in (1..kinds.len()).rev() {
            kinds.swap(last, shuffle.below(last + 1));
        }
        // Some labels are beyond ASCII, some are long.
        let label = |position: usize| match position % 7 {
            3 => format!("bücher{position}"),
            5 => format!("{}{position}", "long-label-".repeat(4)),
            _ => format!("d{position}"),
        };
        Self { domains: kinds.into_iter().enumerate().map(|(position, kind)| (label(position), kind)).collect() }
    }

    /// The inventory less its views.
    pub(super) fn inventory(&self) -> String {
        let mut text = String::new();
        for (position, (label, kind)) in self.domains.iter().enumerate() {
            let email = format!("{label}.{}", apex(kind.zone));
            let outside =
                if kind.external { format!("external = true\nreverse_proxies = [\"edge-{position}\"]\n") } else { String::new() };
            let _ = write!(text, "[[domain]]\nname = \"im.{email}\"\nemail = [\"{email}\"]\n{outside}");
            let second = kind.inside.contains("im A S");
            let names = if second { format!("\"r-{position}\", \"s-{position}\"") } else { format!("\"r-{position}\"") };
            let _ = write!(
                text,
                "routers = [{names}]\n[[router]]\nname = \"r-{position}\"\naddresses = [\"{}\"",
                address("R", position)
            );
            let has_v6 = kind.inside.contains("AAAA V");
            let _ = writeln!(text, "{}]", if has_v6 { format!(", \"{}\"", address("V", position)) } else { String::new() });
            if second {
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
        for (position, (label, kind)) in self.domains.iter().enumerate().filter(|(_, (_, kind))| kind.zone == zone) {
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
        let of = |(label, kind): &(String, &Kind)| {
            let domain = domain(label, kind);
            kind.found.iter().map(move |(rule, view)| ((*rule).to_owned(), domain.clone(), (*view).to_owned())).collect::<Vec<_>>()
        };
        self.domains.iter().flat_map(of).collect()
    }

    /// Every domain and view of which something must be undecided.
    pub(super) fn undecided(&self) -> BTreeSet<(String, String)> {
        let of = |(label, kind): &(String, &Kind)| {
            let domain = domain(label, kind);
            kind.undecided.iter().map(move |view| (domain.clone(), (*view).to_owned())).collect::<Vec<_>>()
        };
        self.domains.iter().flat_map(of).collect()
    }
}

fn apex(zone: Zone) -> &'static str {
    match zone {
        Zone::Everywhere => "example",
        Zone::InsideOnly => "inner.test",
        Zone::Nowhere => "nowhere.test",
    }
}

/// An IM domain as reports name it.
fn domain(label: &str, kind: &Kind) -> String {
    format!("im.{}.{}", idna::domain_to_ascii(label).expect("a label"), apex(kind.zone))
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
