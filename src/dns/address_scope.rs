//! How far an address reaches: the whole Internet, one organisation, one link, one machine (RFC 6890 and the IANA
//! special-purpose registries). Knows nothing of who declared it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The reach of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressScope {
    /// Routed on the Internet.
    Global,
    /// 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918).
    Private,
    /// 100.64.0.0/10, between a provider and its customers (RFC 6598).
    Shared,
    /// `fc00::/7` (RFC 4193).
    UniqueLocal,
    /// 127.0.0.0/8 and `::1` (RFC 1122, RFC 4291).
    Loopback,
    /// 169.254.0.0/16 and `fe80::/10` (RFC 3927, RFC 4291).
    LinkLocal,
    /// 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, `2001:db8::/32`, `3fff::/20` (RFC 5737, RFC 3849, RFC 9637).
    Documentation,
    /// 224.0.0.0/4 and `ff00::/8` (RFC 5771, RFC 4291).
    Multicast,
    /// 255.255.255.255 (RFC 919).
    Broadcast,
    /// 0.0.0.0 and `::`.
    Unspecified,
    /// Set aside and never a host on the Internet: the rest of 0.0.0.0/8, 192.0.0.0/24 (RFC 6890), 198.18.0.0/15 and
    /// `2001:2::/48` for benchmarks (RFC 2544, RFC 5180), 240.0.0.0/4 (RFC 1112), `100::/64` (RFC 6666),
    /// `fec0::/10` (RFC 3879), and all of IPv6 outside `2000::/3` that is nothing above.
    Reserved,
}

impl AddressScope {
    /// The scope of an address. An IPv4 address inside IPv6 (`::ffff:10.0.0.1`, or behind NAT64, RFC 6052) counts as
    /// the IPv4 address.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self::of_v4(v4),
            IpAddr::V6(v6) => embedded_v4(v6).map_or_else(|| Self::of_v6(v6), Self::of_v4),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        match address.octets() {
            [0, 0, 0, 0] => Self::Unspecified,
            [255, 255, 255, 255] => Self::Broadcast,
            [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Self::Private,
            [100, 64..=127, ..] => Self::Shared,
            [127, ..] => Self::Loopback,
            [169, 254, ..] => Self::LinkLocal,
            [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Self::Documentation,
            [224..=239, ..] => Self::Multicast,
            // Of 192.0.0.0/24 two anycast addresses are global (RFC 7723, RFC 8155).
            [192, 0, 0, 9 | 10] => Self::Global,
            [0 | 240..=255, ..] | [192, 0, 0, _] | [198, 18 | 19, ..] => Self::Reserved,
            _ => Self::Global,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        match address.segments() {
            [0, 0, 0, 0, 0, 0, 0, 0] => Self::Unspecified,
            [0, 0, 0, 0, 0, 0, 0, 1] => Self::Loopback,
            [0xfc00..=0xfdff, ..] => Self::UniqueLocal,
            [0xfe80..=0xfebf, ..] => Self::LinkLocal,
            [0xff00..=0xffff, ..] => Self::Multicast,
            [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => Self::Documentation,
            [0x2001, 2, 0, ..] => Self::Reserved,
            [0x2000..=0x3fff, ..] => Self::Global,
            _ => Self::Reserved,
        }
    }
}

fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))),
        _ => address.to_ipv4_mapped(),
    }
}

impl fmt::Display for AddressScope {
    /// One word or two, to stand before "address": `private`, `link-local`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Global => "global",
            Self::Private => "private",
            Self::Shared => "carrier-grade NAT",
            Self::UniqueLocal => "unique local",
            Self::Loopback => "loopback",
            Self::LinkLocal => "link-local",
            Self::Documentation => "documentation",
            Self::Multicast => "multicast",
            Self::Broadcast => "broadcast",
            Self::Unspecified => "unspecified",
            Self::Reserved => "reserved",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> AddressScope {
        AddressScope::of(text.parse().expect("an address"))
    }

    #[test]
    fn what_the_internet_routes_is_global() {
        for address in ["9.9.9.9", "172.15.255.255", "172.32.0.0", "100.63.0.1", "100.128.0.1", "192.0.1.1", "2620:fe::fe"] {
            assert_eq!(of(address), AddressScope::Global, "{address}");
        }
    }

    #[test]
    fn each_special_range_has_its_scope() {
        let expected = [
            (AddressScope::Private, &["10.0.0.0", "172.16.0.1", "172.31.255.255", "192.168.1.1"][..]),
            (AddressScope::Shared, &["100.64.0.0", "100.127.255.255"]),
            (AddressScope::UniqueLocal, &["fc00::1", "fd00::10"]),
            (AddressScope::Loopback, &["127.0.0.1", "127.9.9.9", "::1"]),
            (AddressScope::LinkLocal, &["169.254.1.1", "fe80::1", "febf::1"]),
            (AddressScope::Documentation, &["192.0.2.1", "198.51.100.1", "203.0.113.10", "2001:db8::1", "3fff::1"]),
            (AddressScope::Multicast, &["224.0.0.1", "239.255.255.255", "ff02::1"]),
            (AddressScope::Broadcast, &["255.255.255.255"]),
            (AddressScope::Unspecified, &["0.0.0.0", "::"]),
            (AddressScope::Reserved, &["0.1.2.3", "192.0.0.1", "198.18.0.1", "240.0.0.1", "100::1", "fec0::1", "2001:2::1"]),
        ];
        for (scope, addresses) in expected {
            for address in addresses {
                assert_eq!(of(address), scope, "{address}");
            }
        }
    }

    proptest! {
        #[test]
        fn an_ipv4_address_inside_ipv6_reaches_as_far_as_itself(bits: u32) {
            let v4 = Ipv4Addr::from(bits);
            prop_assert_eq!(AddressScope::of(v4.to_ipv6_mapped().into()), AddressScope::of(v4.into()));
        }
    }
}
