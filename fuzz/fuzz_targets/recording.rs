//! A recording.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| imctl_fuzz::recording(octets));
