//! The keys in which DNSSEC validation trusts. Validates nothing.

use std::fmt;
use std::str::FromStr as _;
use std::sync::Arc;

use hickory_proto::dnssec::TrustAnchors;
use hickory_proto::rr::Name;
use hickory_proto::serialize::txt::trust_anchor::{Entry, Parser};

/// Trust anchors: the root's, or those of a file.
#[derive(Clone)]
pub struct Anchors {
    keys: Arc<TrustAnchors>,
    zones: Arc<[Name]>,
}

impl Default for Anchors {
    /// The keys of the root zone that IANA publishes.
    fn default() -> Self {
        Self { keys: Arc::new(TrustAnchors::default()), zones: Arc::new([]) }
    }
}

impl Anchors {
    /// Reads DNSKEY records, one a line, as `dig DNSKEY` prints them; each is trusted for its owner. An error says what is meant.
    pub fn parse(text: &str) -> Result<Self, String> {
        let meant = "DNSKEY records are meant, one a line: example.com. 3600 IN DNSKEY 257 3 13 KEY";
        let keys = TrustAnchors::from_str(text).map_err(|error| format!("{error}; {meant}"))?;
        let entries = Parser::new(text).parse().map_err(|error| format!("{error}; {meant}"))?;
        let owners =
            entries.iter().filter_map(|entry| if let Entry::DNSKEY(record) = entry { Some(record.name().clone()) } else { None });
        let mut zones: Vec<Name> = owners.filter(|name| !name.is_root()).collect();
        zones.sort();
        zones.dedup();
        if entries.is_empty() {
            Err(format!("it holds no key; {meant}"))
        } else {
            Ok(Self { keys: Arc::new(keys), zones: zones.into() })
        }
    }

    /// The keys.
    pub(super) fn keys(&self) -> &TrustAnchors {
        &self.keys
    }

    /// Whether the keys say anything about a name: what stands below none of their zones is not to be validated.
    pub(super) fn cover(&self, name: &Name) -> bool {
        !self.keys.is_empty() || self.zones.iter().any(|zone| zone.zone_of(name))
    }

    /// The zones with keys that a name stands in, the nearest first.
    pub(super) fn zones_over(&self, name: &Name) -> Vec<Name> {
        let mut zones: Vec<Name> = self.zones.iter().filter(|zone| zone.zone_of(name)).cloned().collect();
        if !self.keys.is_empty() {
            zones.push(Name::root());
        }
        zones.sort_by_key(|zone| std::cmp::Reverse(zone.num_labels()));
        zones
    }
}

impl fmt::Debug for Anchors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Anchors").field(&self.zones).finish()
    }
}
