//! What a probed machine sends.
#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| imctl_fuzz::replies(octets));
