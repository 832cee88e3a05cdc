//! The integration tests: one binary, one module for each thing that is tested.

mod architecture;
mod checking;
mod derive;
mod generated;
mod init;
mod lint;
mod observe;
mod outputs;
mod real_dns;
mod real_proxy;
mod reports;
mod resuming;
mod scenarios;
mod streaming;
mod support;
mod zone_lookup;
