//! The integration tests: one binary, one module for each thing that is tested.

mod architecture;
mod baseline;
mod checking;
mod derive;
mod diff;
mod generated;
mod html;
mod lint;
mod observe;
mod outputs;
mod policy;
mod real_dns;
mod real_proxy;
mod reports;
mod scenarios;
mod support;
mod vantage_points;
mod zone_lookup;
