//! What the fuzzers found and began with, replayed: fuzzing goes on where there is time, its findings hold everywhere.

use std::fs;
use std::path::Path;

#[expect(unreachable_pub, reason = "the fuzz targets are another crate")]
#[path = "../../fuzz/src/lib.rs"]
mod fuzz;

/// Runs every file of a target's corpus.
fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut count = 0;
    for file in fs::read_dir(&folder).expect("a corpus").map(|file| file.expect("a file").path()) {
        let octets = fs::read(&file).expect("read");
        assert!(octets.len() < 16 * 1024, "{}: corpora are small", file.display());
        check(&octets);
        // Every beginning of it, too: exports are cut off anywhere.
        (0..octets.len()).step_by(octets.len() / 64 + 1).for_each(|end| check(&octets[..end]));
        count += 1;
    }
    assert!(count > 2, "{target} has a corpus");
}

#[test]
fn addresses_hold_what_the_fuzzer_asks() {
    replay("address", fuzz::address);
}

#[test]
fn plain_lists_hold_what_the_fuzzer_asks() {
    replay("text", fuzz::text);
}

#[test]
fn tables_hold_what_the_fuzzer_asks() {
    replay("csv", fuzz::csv);
}

#[test]
fn ldif_holds_what_the_fuzzer_asks() {
    replay("ldif", fuzz::ldif);
}

#[test]
fn json_holds_what_the_fuzzer_asks() {
    replay("json", fuzz::json);
}

#[test]
fn dns_messages_hold_what_the_fuzzer_asks() {
    replay("dns", fuzz::dns);
}

#[test]
fn replies_to_probes_hold_what_the_fuzzer_asks() {
    replay("replies", fuzz::replies);
}

#[test]
fn zone_files_hold_what_the_fuzzer_asks() {
    replay("zone", fuzz::zone);
}

#[test]
fn inventories_hold_what_the_fuzzer_asks() {
    replay("inventory", fuzz::inventory);
}

#[test]
fn recordings_hold_what_the_fuzzer_asks() {
    replay("recording", fuzz::recording);
}
