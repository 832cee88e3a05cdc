//! How far an address reaches: the blocks of the IANA special-purpose registries (RFC 6890). Knows nobody's machines.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// The kind of block that an address lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressScope {
    /// Reachable from everywhere, as far as the address says.
    Global,
    /// 10/8, 172.16/12, 192.168/16 (RFC 1918).
    Private,
    /// 100.64/10, shared between a carrier and its customers (RFC 6598).
    Shared,
    /// fc00::/7 (RFC 4193).
    UniqueLocal,
    /// 127/8 and `::1`: whoever asks, itself (RFC 1122 3.2.1.3, RFC 4291 2.5.3).
    Loopback,
    /// 169.254/16 and fe80::/10: one wire (RFC 3927, RFC 4291 2.5.6).
    LinkLocal,
    /// Kept for examples: 192.0.2/24, 198.51.100/24, 203.0.113/24, 2001:db8::/32, 3fff::/20 (RFC 5737, 3849, 9637).
    Documentation,
    /// 224/4 and ff00::/8: many at once (RFC 5771, RFC 4291 2.7).
    Multicast,
    /// 255.255.255.255: all on the wire (RFC 919).
    Broadcast,
    /// 0.0.0.0 and `::`: nobody (RFC 1122 3.2.1.3, RFC 4291 2.5.2).
    Unspecified,
    /// Set aside or not assigned: 0/8, 192.0.0/24, 198.18/15, 240/4, and all of IPv6 outside 2000::/3 that is not above.
    Reserved,
}

impl AddressScope {
    /// The scope of an address; an IPv4 address inside an IPv6 one (`::ffff:10.0.0.1`, RFC 4291 2.5.5.2) counts as itself.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => of_v4(v4),
            IpAddr::V6(v6) => of_v6(v6),
        }
    }

    /// Whether no machine anywhere can be reached at such an address from another one over a router.
    pub fn is_unusable(self) -> bool {
        matches!(self, Self::Loopback | Self::LinkLocal | Self::Multicast | Self::Broadcast | Self::Unspecified)
    }

    /// Whether strangers can reach such an address, as far as the address says.
    pub fn is_global(self) -> bool {
        self == Self::Global
    }
}

impl fmt::Display for AddressScope {
    /// With its article, as it stands in a sentence: `a private address (RFC 1918)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Global => "a global address",
            Self::Private => "a private address (RFC 1918)",
            Self::Shared => "a carrier's shared address (CGNAT, RFC 6598)",
            Self::UniqueLocal => "a unique local address (RFC 4193)",
            Self::Loopback => "a loopback address",
            Self::LinkLocal => "a link-local address",
            Self::Documentation => "an address kept for documentation (RFC 5737, RFC 3849)",
            Self::Multicast => "a multicast address",
            Self::Broadcast => "the broadcast address",
            Self::Unspecified => "the unspecified address",
            Self::Reserved => "a reserved address (RFC 6890)",
        })
    }
}

fn of_v4(address: Ipv4Addr) -> AddressScope {
    const SHARED: Ipv4Net = Ipv4Net::new_assert(Ipv4Addr::new(100, 64, 0, 0), 10);
    const RESERVED: [Ipv4Net; 4] = [
        Ipv4Net::new_assert(Ipv4Addr::new(0, 0, 0, 0), 8),
        Ipv4Net::new_assert(Ipv4Addr::new(192, 0, 0, 0), 24),
        Ipv4Net::new_assert(Ipv4Addr::new(198, 18, 0, 0), 15),
        Ipv4Net::new_assert(Ipv4Addr::new(240, 0, 0, 0), 4),
    ];
    match address {
        a if a.is_unspecified() => AddressScope::Unspecified,
        a if a.is_broadcast() => AddressScope::Broadcast,
        a if a.is_loopback() => AddressScope::Loopback,
        a if a.is_private() => AddressScope::Private,
        a if a.is_link_local() => AddressScope::LinkLocal,
        a if a.is_documentation() => AddressScope::Documentation,
        a if a.is_multicast() => AddressScope::Multicast,
        a if SHARED.contains(&a) => AddressScope::Shared,
        a if RESERVED.iter().any(|net| net.contains(&a)) => AddressScope::Reserved,
        _ => AddressScope::Global,
    }
}

fn of_v6(address: Ipv6Addr) -> AddressScope {
    const DOCUMENTATION: [Ipv6Net; 2] = [
        Ipv6Net::new_assert(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
        Ipv6Net::new_assert(Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    ];
    /// Global unicast as it is assigned (RFC 4291 2.4), and the well-known prefix of NAT64 (RFC 6052).
    const GLOBAL: [Ipv6Net; 2] = [
        Ipv6Net::new_assert(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3),
        Ipv6Net::new_assert(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96),
    ];
    /// Benchmarking lies inside global unicast (RFC 5180).
    const BENCHMARK: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, 0, 0), 48);
    match address {
        a if a.is_unspecified() => AddressScope::Unspecified,
        a if a.is_loopback() => AddressScope::Loopback,
        a if a.is_multicast() => AddressScope::Multicast,
        a if a.is_unicast_link_local() => AddressScope::LinkLocal,
        a if a.is_unique_local() => AddressScope::UniqueLocal,
        a if DOCUMENTATION.iter().any(|net| net.contains(&a)) => AddressScope::Documentation,
        a if BENCHMARK.contains(&a) => AddressScope::Reserved,
        a if GLOBAL.iter().any(|net| net.contains(&a)) => AddressScope::Global,
        _ => AddressScope::Reserved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(text: &str) -> AddressScope {
        AddressScope::of(text.parse().expect("an address"))
    }

    #[test]
    fn ordinary_addresses_are_global() {
        for text in ["9.9.9.9", "100.63.255.255", "100.128.0.0", "172.32.0.0", "192.0.1.0", "2620:fe::fe", "64:ff9b::909:909"] {
            assert_eq!(scope(text), AddressScope::Global, "{text}");
        }
    }

    #[test]
    fn every_block_is_known_at_both_its_ends() {
        for (first, last, expected) in [
            ("10.0.0.0", "10.255.255.255", AddressScope::Private),
            ("172.16.0.0", "172.31.255.255", AddressScope::Private),
            ("192.168.0.0", "192.168.255.255", AddressScope::Private),
            ("100.64.0.0", "100.127.255.255", AddressScope::Shared),
            ("fc00::", "fdff:ffff::", AddressScope::UniqueLocal),
            ("127.0.0.0", "127.255.255.255", AddressScope::Loopback),
            ("169.254.0.0", "169.254.255.255", AddressScope::LinkLocal),
            ("fe80::", "febf:ffff::", AddressScope::LinkLocal),
            ("192.0.2.0", "192.0.2.255", AddressScope::Documentation),
            ("198.51.100.0", "203.0.113.255", AddressScope::Documentation),
            ("2001:db8::", "2001:db8:ffff::", AddressScope::Documentation),
            ("3fff::", "3fff:fff::", AddressScope::Documentation),
            ("224.0.0.0", "239.255.255.255", AddressScope::Multicast),
            ("ff00::", "ffff::", AddressScope::Multicast),
            ("0.0.0.0", "::", AddressScope::Unspecified),
            ("0.0.0.1", "0.255.255.255", AddressScope::Reserved),
            ("198.18.0.0", "198.19.255.255", AddressScope::Reserved),
            ("240.0.0.0", "255.255.255.254", AddressScope::Reserved),
            ("fec0::", "4000::", AddressScope::Reserved),
        ] {
            assert_eq!((scope(first), scope(last)), (expected, expected), "{first} to {last}");
        }
        assert_eq!(scope("255.255.255.255"), AddressScope::Broadcast);
        assert_eq!(scope("::1"), AddressScope::Loopback);
    }

    #[test]
    fn an_ipv4_address_in_an_ipv6_one_counts_as_itself() {
        assert_eq!(scope("::ffff:127.0.0.1"), AddressScope::Loopback);
        assert_eq!(scope("::ffff:10.0.0.1"), AddressScope::Private);
        assert_eq!(scope("::10.0.0.1"), AddressScope::Reserved);
    }

    #[test]
    fn what_reaches_nobody_is_unusable_and_never_global() {
        for text in ["127.0.0.1", "169.254.1.1", "224.0.0.1", "255.255.255.255", "0.0.0.0", "::", "::1", "fe80::1", "ff02::1"] {
            assert!(scope(text).is_unusable() && !scope(text).is_global(), "{text}");
        }
        assert!(!scope("10.0.0.1").is_unusable() && !scope("203.0.113.1").is_unusable());
    }
}
