//! The integration tests: one binary, one module for each thing that is tested.

mod architecture;
mod baseline;
mod checking;
mod derive;
mod determinism;
mod diff;
mod dnssec;
mod estate;
mod faults;
mod fuzz_corpora;
mod generated;
mod html;
mod init;
mod lint;
mod observe;
mod outputs;
mod pace;
mod packaging;
mod policy;
mod real_dns;
#[cfg(unix)]
mod real_ldap;
mod real_proxy;
mod records;
mod reports;
mod reports_escaped;
mod reports_for_machines;
mod resuming;
mod scenarios;
mod secure_dns;
mod secure_probe;
mod streaming;
mod supply_chain;
mod support;
mod vantage_points;
mod zone_lookup;
