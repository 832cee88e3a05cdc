//! The two sides from which a domain is seen. Knows no servers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A side of the firewall: whose DNS answers, and from where machines are probed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, clap::ValueEnum, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// What the organisation's own people see: routers.
    Internal,
    /// What strangers see: reverse proxies, or nothing.
    External,
}

impl View {
    /// Both views, in the order in which they are reported.
    pub const ALL: [Self; 2] = [Self::Internal, Self::External];

    /// `internal` or `external`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
        }
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for View {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|view| view.as_str() == text)
            .ok_or_else(|| format!("there is no view {text:?}: write internal or external"))
    }
}
