//! What can be wrong with the DNS of one domain, as data: its records in each view, and exactly what has to be found.

/// A kind of domain. Kinds that are wrong in one view only can be crossed: nothing else may come of it. In records `im` is the IM
/// domain, `mail` the e-mail domain, `R` and `S` its routers, `V` a router's IPv6 address, `P` its reverse proxy, and `srv` the healthy service record; what is of another domain's stands for itself.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// Whether strangers are to reach it.
    pub(super) external: bool,
    /// Whether it has the router `S` beside `R`.
    pub(super) two_routers: bool,
    /// The records inside, and what the second server says instead where it is behind.
    pub(super) inside: &'static str,
    pub(super) inside_behind: Option<&'static str>,
    /// The records outside.
    pub(super) outside: &'static str,
    /// Rules that must fire, and the view; `-` is none.
    pub(super) found: &'static [(&'static str, &'static str)],
    /// Views in which it must stay undecided.
    pub(super) undecided: &'static [&'static str],
    /// The zone that holds it.
    pub(super) zone: Zone,
}

impl Kind {
    /// What is wrong in one view of one domain and in the other of another, in a single one.
    pub(super) fn crossed(self, outside: Self) -> Option<(Self, Vec<(&'static str, &'static str)>)> {
        let only = |kind: &Self, view| kind.zone == Zone::Everywhere && kind.found.iter().all(|(_, of)| *of == view);
        let fits = only(&self, "internal") && only(&outside, "external") && self.external && outside.external;
        fits.then(|| (Self { outside: outside.outside, ..self }, [self.found, outside.found].concat()))
    }
}

/// Where a domain's records are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// In the zone that every server has.
    Everywhere,
    /// In a zone that the external server does not have: it refuses.
    InsideOnly,
    /// In a zone that no server has.
    Nowhere,
}

const RIGHT: Kind = Kind {
    external: true,
    two_routers: false,
    inside: "im A R; srv; mail TXT here",
    inside_behind: None,
    outside: "im A P; srv; mail TXT here",
    found: &[],
    undecided: &[],
    zone: Zone::Everywhere,
};
const INNER: Kind = Kind { external: false, outside: "mail TXT here", ..RIGHT };

/// Every kind: the healthy ones first, then one cause each, then two causes that have nothing to do with each other.
pub(super) const KINDS: &[Kind] = &[
    RIGHT,
    INNER,
    Kind { inside: "im A R; im A S; im AAAA V; srv; mail TXT here", two_routers: true, ..RIGHT },
    Kind { inside: "srv; mail TXT here", found: &[("internal-record-missing", "internal")], ..RIGHT },
    Kind { inside: "im TXT bare; srv; mail TXT here", found: &[("internal-record-missing", "internal")], ..RIGHT },
    Kind { outside: "srv; mail TXT here", found: &[("external-record-missing", "external")], ..RIGHT },
    Kind { two_routers: true, found: &[("address-missing-from-answer", "internal")], ..RIGHT },
    Kind {
        inside: "im A S; im A 10.99.0.7; srv; mail TXT here",
        two_routers: true,
        found: &[("address-missing-from-answer", "internal"), ("internal-points-elsewhere", "internal")],
        ..INNER
    },
    Kind { inside: "im A P; srv; mail TXT here", found: &[("internal-points-at-reverse-proxy", "internal")], ..RIGHT },
    Kind { inside: "im A 10.99.0.9; srv; mail TXT here", found: &[("internal-points-elsewhere", "internal")], ..RIGHT },
    Kind { outside: "im A R; srv; mail TXT here", found: &[("external-points-at-router", "external")], ..RIGHT },
    Kind { outside: "im A 9.9.9.99; srv; mail TXT here", found: &[("external-points-elsewhere", "external")], ..RIGHT },
    Kind { outside: "im A 192.168.3.3; srv; mail TXT here", found: &[("private-address-published", "external")], ..RIGHT },
    Kind { outside: "im A P; im A 100.64.0.9; srv; mail TXT here", found: &[("private-address-published", "external")], ..RIGHT },
    Kind { outside: "im A 9.9.9.99; mail TXT here", found: &[("internal-domain-visible-outside", "external")], ..INNER },
    Kind { inside: "im A 127.0.0.1; srv; mail TXT here", found: &[("unusable-address", "internal")], ..RIGHT },
    Kind { inside: "im A 169.254.1.1; srv; mail TXT here", found: &[("unusable-address", "internal")], ..INNER },
    Kind { inside: "im CNAME gone; srv; mail TXT here", found: &[("dangling-alias", "internal")], ..RIGHT },
    Kind { outside: "im CNAME there; there TXT bare; srv; mail TXT here", found: &[("dangling-alias", "external")], ..RIGHT },
    Kind { inside: "im CNAME round; round CNAME im; srv; mail TXT here", found: &[("dangling-alias", "internal")], ..INNER },
    Kind {
        inside: "im CNAME way; way A R; srv; mail TXT here",
        found: &[("reached-through-alias", "internal"), ("srv-target-is-alias", "internal")],
        ..RIGHT
    },
    Kind { inside: "im AAAA V; srv; mail TXT here", found: &[("ipv6-only", "internal")], ..RIGHT },
    Kind { inside_behind: Some("im A 10.99.0.8; srv; mail TXT here"), found: &[("servers-disagree", "internal")], ..RIGHT },
    Kind { inside_behind: Some("srv; mail TXT here"), found: &[("servers-disagree", "internal")], ..INNER },
    Kind { inside: "*.mail A R; srv; mail TXT here", found: &[("wildcard-answer", "internal")], ..RIGHT },
    Kind { inside: "im 30 A R; srv; mail TXT here", found: &[("ttl-out-of-range", "internal")], ..RIGHT },
    Kind { outside: "im 90000 A P; srv; mail TXT here", found: &[("ttl-out-of-range", "external")], ..RIGHT },
    Kind { inside: "im A R; mail TXT here", outside: "im A P; mail TXT here", found: &[("srv-record-missing", "-")], ..RIGHT },
    Kind {
        inside: "im A R; mail A 198.51.100.80",
        outside: "im A P; mail TXT here",
        found: &[("email-domain-leads-to-website", "internal"), ("srv-record-missing", "-")],
        ..RIGHT
    },
    Kind { inside: "im A R; _srv SRV 0 0 5061 im; mail TXT here", found: &[("srv-port", "internal")], ..RIGHT },
    Kind { outside: "im A P; _srv SRV 0 0 80 gone; mail TXT here", found: &[("srv-target-unresolvable", "external")], ..RIGHT },
    Kind { inside: "im A R; way A R; _srv SRV 0 0 80 way; mail TXT here", found: &[("srv-target-differs", "internal")], ..RIGHT },
    Kind { inside: "im A R; _srv SRV 0 0 0 .; mail TXT here", found: &[("srv-service-declined", "internal")], ..RIGHT },
    Kind { outside: "im A P; mail TXT here", found: &[("srv-in-one-view", "-")], ..RIGHT },
    Kind {
        inside: "im A P; srv; mail TXT here",
        outside: "im A R; srv; mail TXT here",
        found: &[("external-points-at-router", "external"), ("internal-points-at-reverse-proxy", "internal")],
        ..RIGHT
    },
    Kind {
        inside: "srv; mail TXT here",
        outside: "srv; mail TXT here",
        found: &[("external-record-missing", "external"), ("internal-record-missing", "internal")],
        ..RIGHT
    },
    Kind {
        inside: "",
        outside: "",
        found: &[
            ("email-domain-does-not-exist", "-"),
            ("external-record-missing", "external"),
            ("internal-record-missing", "internal"),
        ],
        ..RIGHT
    },
    Kind {
        inside: "",
        outside: "",
        found: &[("email-domain-does-not-exist", "-"), ("internal-record-missing", "internal")],
        ..INNER
    },
    Kind { outside: "im A 127.0.0.1; srv; mail TXT here", found: &[("unusable-address", "external")], ..RIGHT },
    Kind {
        outside: "im A R; im A 9.9.9.99; srv; mail TXT here",
        found: &[("external-points-at-router", "external"), ("external-points-elsewhere", "external")],
        ..RIGHT
    },
    Kind { outside: "*.mail A P; srv; mail TXT here", found: &[("wildcard-answer", "external")], ..RIGHT },
    Kind {
        inside: "*.mail A 10.99.0.6; srv; mail TXT here",
        found: &[("internal-points-elsewhere", "internal"), ("wildcard-answer", "internal")],
        ..RIGHT
    },
    Kind {
        inside: "im CNAME way; way A 10.99.0.5; srv; mail TXT here",
        found: &[
            ("internal-points-elsewhere", "internal"),
            ("reached-through-alias", "internal"),
            ("srv-target-is-alias", "internal"),
        ],
        ..RIGHT
    },
    Kind {
        inside: "im A R; _srv SRV 0 0 5061 gone; mail TXT here",
        found: &[("srv-port", "internal"), ("srv-target-unresolvable", "internal")],
        ..INNER
    },
    Kind {
        inside: "im 30 A R; srv; mail TXT here",
        outside: "im A 9.9.9.99; srv; mail TXT here",
        found: &[("external-points-elsewhere", "external"), ("ttl-out-of-range", "internal")],
        ..RIGHT
    },
    Kind {
        inside: "im A R; im A 10.99.0.9; _srv SRV 0 0 5061 im; mail TXT here",
        found: &[("internal-points-elsewhere", "internal"), ("srv-port", "internal")],
        ..INNER
    },
    Kind { zone: Zone::Nowhere, undecided: &["external", "internal"], ..RIGHT },
    Kind { zone: Zone::InsideOnly, undecided: &["external"], ..RIGHT },
    Kind {
        zone: Zone::InsideOnly,
        inside: "im A 10.99.0.9; srv; mail TXT here",
        found: &[("internal-points-elsewhere", "internal")],
        undecided: &["external"],
        ..RIGHT
    },
];
