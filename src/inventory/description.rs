//! The inventory in lines that do not depend on how its file is laid out: what tells whether two runs are about the same.

use std::fmt;

use super::{Domain, Inventory, LevelSetting, Machine, Suppression, ViewSettings};

impl Inventory {
    /// Writes everything that decides what is asked and how it is judged, in the order in which it is declared. Comments, places
    /// and the paths of lists are left out: of the lists it is the content that counts.
    pub fn describe(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        let Self {
            prefix, views, vantage, domains, emails: _, levels, suppressions, connect, slow_answer, probe_ca, machines, ..
        } = self;
        writeln!(out, "prefix {prefix:?} vantage {vantage:?} connect {connect:?} slow {slow_answer:?} ca {probe_ca:?}")?;
        for (view, settings) in views {
            // How fast servers are asked decides nothing.
            let ViewSettings { servers, zones, canary, source, tsig, dnssec, trust_anchor, ca, bulk: _, place: _ } = settings;
            writeln!(out, "view {view:?} servers {servers:?} zones {zones:?} canary {canary:?}")?;
            writeln!(out, "source {source:?} tsig {tsig:?} dnssec {dnssec} {trust_anchor:?} ca {ca:?}")?;
        }
        for Machine { role, name, addresses, host, tls, place: _ } in machines {
            writeln!(out, "machine {role:?} {name:?} {addresses:?} {host:?} {tls:?}")?;
        }
        for LevelSetting { rule, level, place: _ } in levels {
            writeln!(out, "level {rule:?} {level:?}")?;
        }
        for Suppression { rule, domain, view, reason, expires, place: _ } in suppressions {
            writeln!(out, "suppress {rule:?} {domain:?} {view:?} {reason:?} {expires}")?;
        }
        domains.iter().try_for_each(|domain| domain.describe(out))
    }
}

impl Domain {
    fn describe(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        let Self { name, email, external, routers, reverse_proxies, home_servers, migration, profile, place: _ } = self;
        writeln!(
            out,
            "domain {name} {} {email:?} {external} {routers:?} {reverse_proxies:?} {home_servers:?} {migration:?}",
            profile.id
        )
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Context, parse};

    const TEXT: &str = r#"
[view.internal]
servers = ["10.0.0.53"]
canary = { name = "dc1.example.com", address = "10.0.0.5" }
[[domain]]
name = "im.example.com"
routers = ["router-1"]
[[domain]]
name = "im.example.net"
[[router]]
name = "router-1"
addresses = ["10.1.0.10"]
[[home_server]]
name = "home-1"
host = "home-1.example.com"
[rules]
"srv-record-missing" = "off"
[[suppress]]
rule = "servers-disagree"
domain = "im.example.com"
reason = "the move"
expires = 2027-01-31
[connect]
"10.1.0.10:80" = "127.0.0.1:8080"
"#;

    fn described(text: &str) -> String {
        let read = |_: &Path| Err(std::io::ErrorKind::NotFound.into());
        let inventory = parse(text, "imctl.toml", &Context { rules: &[], read: &read }).expect("a good inventory");
        let mut out = String::new();
        inventory.describe(&mut out).expect("a string takes all");
        out
    }

    #[test]
    fn layout_and_comments_do_not_count() {
        assert_eq!(described(TEXT), described(&TEXT.replace('\n', "  # a comment\n\n")));
    }

    #[test]
    fn whatever_is_declared_counts() {
        for (old, new) in [
            ("10.0.0.53", "10.0.0.54"),
            ("dc1.", "dc2."),
            ("10.0.0.5\"", "10.0.0.6\""),
            ("\"im.example.net\"", "\"im.example.org\""),
            ("routers = [\"router-1\"]", ""),
            ("routers =", "external = true\nrouters ="),
            ("routers =", "email = [\"example.net\"]\nrouters ="),
            ("10.1.0.10\"]", "10.1.0.11\"]"),
            ("home-1.example", "home-2.example"),
            ("\"off\"", "\"error\""),
            ("the move", "the other move"),
            ("2027", "2028"),
            ("8080", "8081"),
            ("[view.internal]", "vantage = \"external\"\n[view.internal]"),
            ("[view.internal]", "[derive]\nprefix = \"chat.\"\n[view.internal]"),
            ("[view.internal]", "[probe]\nslow_answer_secs = 2\n[view.internal]"),
        ] {
            assert!(TEXT.contains(old), "{old}");
            assert_ne!(described(TEXT), described(&TEXT.replacen(old, new, 1)), "{old} → {new}");
        }
    }
}
