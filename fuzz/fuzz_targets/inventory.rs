//! imctl.toml and a domain list.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| imctl_fuzz::inventory(octets));
