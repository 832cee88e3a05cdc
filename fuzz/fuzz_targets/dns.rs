//! A DNS message, whoever sent it.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| imctl_fuzz::dns(octets));
