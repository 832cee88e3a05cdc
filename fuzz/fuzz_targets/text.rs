//! Lists read as text.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| imctl_fuzz::text(octets));
