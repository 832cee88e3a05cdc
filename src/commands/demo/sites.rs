//! The IM domains of the demo and what is wrong with each: one table that zones, machines and inventory are made from.
//! Starts nothing.

use std::net::{IpAddr, Ipv4Addr};

use crate::dns::{DomainName, NameError};

/// One IM domain with its machines.
#[derive(Debug)]
pub(super) struct Site {
    /// The e-mail domain.
    pub(super) email: &'static str,
    /// Whether strangers are to reach it.
    pub(super) external: bool,
    /// The routers' addresses inside.
    pub(super) routers: &'static [[u8; 4]],
    /// The reverse proxy that stands for it outside, a position in [`PROXIES`]; of no meaning for a domain that is not external.
    pub(super) proxy: usize,
    /// The home server's address; without one, the router holds the accounts itself.
    pub(super) home: Option<[u8; 4]>,
    /// What is wrong.
    pub(super) fault: Option<Fault>,
    /// What the inventory says about it.
    pub(super) comment: &'static str,
}

/// What is wrong with a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The external view answers the router.
    Leaked,
    /// The internal view does not know the domain.
    MissingInside,
    /// The internal view answers the reverse proxy.
    Hairpin,
    /// The second internal server still answers the router that was replaced.
    OldZone,
    /// The router is down, and the proxy before it is not.
    RouterDown,
    /// The router sends clients to a host that is no home server.
    WrongRedirect,
}

/// A finding that an audit of the demo must report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Planted {
    /// The rule's id.
    pub rule: &'static str,
    /// The IM domain; `None` for what is wrong with a list.
    pub domain: Option<&'static str>,
}

/// The reverse proxies: names in the inventory, and public addresses.
pub(super) const PROXIES: [(&str, [u8; 4]); 2] = [("edge-1", [203, 0, 113, 10]), ("edge-2", [203, 0, 113, 20])];
/// A name that only the internal view knows, and its address.
pub(super) const CANARY: (&str, [u8; 4]) = ("dc1.corp.acme.example", [10, 0, 0, 5]);
/// Where [`Fault::WrongRedirect`] leads.
pub(super) const WRONG_HOST: &str = "oldhome.corp.adatum.example";
/// What [`Fault::OldZone`] answers.
pub(super) const OLD_ROUTER: [u8; 4] = [10, 6, 0, 99];
/// Every host's domain inside, below its e-mail domain.
const CORP: &str = "corp";

/// The domains, healthy ones first.
pub(super) const SITES: [Site; 9] = [
    Site {
        email: "acme.example",
        external: true,
        routers: &[[10, 1, 0, 10], [10, 1, 0, 11]],
        proxy: 0,
        home: Some([10, 1, 0, 20]),
        fault: None,
        comment: "Healthy: two routers, a home server, and a reverse proxy outside.",
    },
    Site {
        email: "berlin.acme.example",
        external: true,
        routers: &[[10, 1, 1, 10]],
        proxy: 0,
        home: None,
        fault: None,
        comment: "Healthy: one machine that is router and holds the accounts.",
    },
    Site {
        email: "lab.acme.example",
        external: false,
        routers: &[[10, 1, 2, 10]],
        proxy: 0,
        home: None,
        fault: None,
        comment: "Healthy: inside only, and outside nobody knows it.",
    },
    Site {
        email: "contoso.example",
        external: true,
        routers: &[[10, 3, 0, 10]],
        proxy: 1,
        home: Some([10, 3, 0, 20]),
        fault: Some(Fault::Leaked),
        comment: "Fault: the public record leads past the reverse proxy, straight to the router.",
    },
    Site {
        email: "fabrikam.example",
        external: true,
        routers: &[[10, 4, 0, 10]],
        proxy: 1,
        home: None,
        fault: Some(Fault::MissingInside),
        comment: "Fault: the internal zone was copied without the im record.",
    },
    Site {
        email: "litware.example",
        external: true,
        routers: &[[10, 5, 0, 10]],
        proxy: 1,
        home: None,
        fault: Some(Fault::Hairpin),
        comment: "Fault: inside, the name leads to the reverse proxy.",
    },
    Site {
        email: "northwind.example",
        external: false,
        routers: &[[10, 6, 0, 10]],
        proxy: 1,
        home: None,
        fault: Some(Fault::OldZone),
        comment: "Fault: the second internal DNS server still answers the old router.",
    },
    Site {
        email: "tailspin.example",
        external: true,
        routers: &[[10, 7, 0, 10]],
        proxy: 1,
        home: None,
        fault: Some(Fault::RouterDown),
        comment: "Fault: the router is down, so that the reverse proxy answers 502.",
    },
    Site {
        email: "adatum.example",
        external: true,
        routers: &[[10, 8, 0, 10]],
        proxy: 1,
        home: Some([10, 8, 0, 20]),
        fault: Some(Fault::WrongRedirect),
        comment: "Fault: the router sends its users to a home server that was retired.",
    },
];

impl Site {
    /// The IM domain, as in the reports.
    pub(super) fn im(&self) -> String {
        format!("im.{}", self.email)
    }

    /// The IM domain as a name.
    pub(super) fn im_name(&self) -> Result<DomainName, NameError> {
        self.im().parse()
    }

    /// What machines are named after: `berlin-acme`.
    pub(super) fn slug(&self) -> String {
        self.email.trim_end_matches(".example").replace('.', "-")
    }

    /// The name of a router in the inventory, by position.
    pub(super) fn router_name(&self, position: usize) -> String {
        format!("router-{}-{}", self.slug(), position + 1)
    }

    /// The home server's host name.
    pub(super) fn home_host(&self) -> String {
        format!("home1.{CORP}.{}", self.email)
    }
}

/// Everything that an audit must find, sorted.
pub(super) fn planted() -> Vec<Planted> {
    let mut planted = vec![Planted { rule: "invalid-address", domain: None }];
    for (site, domain) in SITES.iter().zip(IM_DOMAINS) {
        let rules: &[&'static str] = match site.fault {
            None => &[],
            Some(Fault::Leaked) => &["external-points-at-router"],
            Some(Fault::MissingInside) => &["internal-record-missing"],
            Some(Fault::Hairpin) => &["internal-points-at-reverse-proxy"],
            Some(Fault::OldZone) => &["servers-disagree"],
            // Two machines, two findings: the router itself, and what strangers meet in its place.
            Some(Fault::RouterDown) => &["router-behind-proxy-down", "unreachable"],
            Some(Fault::WrongRedirect) => &["redirect-to-unknown-host"],
        };
        planted.extend(rules.iter().map(|rule| Planted { rule, domain: Some(domain) }));
    }
    planted.sort_unstable();
    planted
}

/// The IM domains of [`SITES`], in its order.
const IM_DOMAINS: [&str; SITES.len()] = [
    "im.acme.example",
    "im.berlin.acme.example",
    "im.lab.acme.example",
    "im.contoso.example",
    "im.fabrikam.example",
    "im.litware.example",
    "im.northwind.example",
    "im.tailspin.example",
    "im.adatum.example",
];

/// The address as the other layers have it.
pub(super) fn ip(octets: [u8; 4]) -> IpAddr {
    Ipv4Addr::from(octets).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domains_are_those_of_the_sites() {
        let sites: Vec<_> = SITES.iter().map(Site::im).collect();
        assert_eq!(sites, IM_DOMAINS);
        assert!(SITES.iter().all(|site| site.im_name().is_ok()));
    }

    #[test]
    fn there_are_healthy_domains_and_every_fault_once() {
        assert!(SITES.iter().filter(|site| site.fault.is_none()).count() >= 2);
        let mut faults: Vec<_> = SITES.iter().filter_map(|site| site.fault).map(|fault| fault as usize).collect();
        faults.sort_unstable();
        assert_eq!(faults, (0..=Fault::WrongRedirect as usize).collect::<Vec<_>>());
    }
}
