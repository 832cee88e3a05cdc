//! What must hold for files that an administrator has from somebody else: zone files, inventories, recordings.

use std::io;
use std::path::Path;

use imctl::dns::zone_file::{self, ZoneData};
use imctl::dns::{RecordType, View, Zone, ZoneAnswer};
use imctl::inventory::{self, Context};
use imctl::observe::recording::{self, Made, Recorder};

/// Questions that a zone is asked about each of its names.
const TYPES: [RecordType; 4] = [RecordType::A, RecordType::Aaaa, RecordType::Cname, RecordType::Srv];
/// Names that a zone is asked about.
const NAMES: usize = 40;

/// A zone file: it is read or each mistake has a place, and what is in it can be looked up.
pub fn zone(octets: &[u8]) {
    if generates_many(octets) {
        return; // it is within bounds, and takes its time
    }
    let include = |_: &str, path: &str| match path.len() % 2 {
        0 => Err("it is not there".to_owned()),
        _ => Ok((path.to_owned(), b"host 60 IN A 192.0.2.9\n".to_vec())),
    };
    let origin = "example.com".parse().expect("a good name");
    for origin in [None, Some(&origin)] {
        let read = zone_file::parse("zone", octets, origin, &include);
        let file = match read {
            Ok(file) => file,
            Err(mistakes) => {
                assert!(!mistakes.is_empty() && mistakes.len() <= 101, "{} mistakes", mistakes.len());
                for mistake in mistakes {
                    assert!(mistake.place.line > 0, "{mistake} has no place");
                    assert!(mistake.message.chars().all(|c| !c.is_control()), "{mistake:?}");
                }
                continue;
            }
        };
        let records = file.records.clone();
        let Ok(zone) = Zone::of_file(file) else { continue };
        for record in records.iter().take(NAMES) {
            let answers = TYPES.map(|rtype| zone.answer(&record.owner, rtype));
            let ours = matches!(record.data, ZoneData::Record(_)) && record.owner.is_within(zone.apex());
            assert!(!ours || !answers.contains(&ZoneAnswer::NoSuchName), "{record:?} cannot be found");
        }
    }
}

/// Whether a `$GENERATE` may stand for more than a few thousand records.
fn generates_many(octets: &[u8]) -> bool {
    let mut words = octets.windows(9).enumerate().filter(|(_, word)| word.eq_ignore_ascii_case(b"$generate"));
    words.any(|(at, _)| octets[at..].iter().take(64).filter(|octet| octet.is_ascii_digit()).count() > 7)
        || octets.windows(9).filter(|word| word.eq_ignore_ascii_case(b"$generate")).count() > 2
}

/// An inventory, and behind a NUL the domain list that it may name.
pub fn inventory(octets: &[u8]) {
    let mut parts = octets.splitn(2, |octet| *octet == 0);
    let Ok(text) = std::str::from_utf8(parts.next().unwrap_or_default()) else { return };
    let list = parts.next().unwrap_or_default().to_vec();
    let read = |path: &Path| match path.to_str() {
        Some("more.csv") => Ok(list.clone()),
        _ => Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    let context = Context { rules: &["unreachable", "ttl-out-of-range"], read: &read };
    match inventory::parse(text, "imctl.toml", &context) {
        Ok(inventory) => {
            // What it comes to depends on the text alone.
            let again = inventory::parse(text, "imctl.toml", &context).expect("it was good a moment ago");
            assert_eq!(format!("{inventory:?}").len(), format!("{again:?}").len());
        }
        Err(mistakes) => {
            assert!(mistakes.iter().all(|(place, message)| place.line > 0 && place.column > 0 && !message.is_empty()));
            let shown = mistakes.to_string();
            assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
            mistakes.render(true);
        }
    }
}

/// A recording: what is read is written and read again the same, and what was cut off is known to be.
pub fn recording(octets: &[u8]) {
    let read = match recording::read(octets, "run.jsonl") {
        Ok(read) => read,
        Err(error) => {
            assert!(error.to_string().starts_with("run.jsonl:"), "{error}");
            return;
        }
    };
    let whole = usize::try_from(read.whole_octets).expect("it was in memory");
    assert!(whole <= octets.len() && read.cut == (whole < octets.len()));
    let kept = recording::read(&octets[..whole], "run.jsonl").expect("whole lines are a recording");
    assert!(!kept.cut && kept.answers == read.answers, "only what is cut is lost");

    let mut written = Vec::new();
    let mut recorder = Recorder::new(&mut written, &read.header).expect("memory takes all");
    for (question, answer) in &read.answers {
        recorder.record(question, answer).expect("memory takes all");
    }
    let again = recording::read(&*written, "run.jsonl").expect("our own recording");
    assert!(again.header == read.header && again.answers == read.answers, "what is written is read again");

    let made = |file: &str, vantage| Made {
        file: file.to_owned(),
        command: read.header.command.clone(),
        started: jiff::Timestamp::UNIX_EPOCH,
        vantage,
    };
    let (_, sources) = recording::merge(vec![(made("a", View::Internal), read.clone()), (made("b", View::Internal), again)]);
    assert!(sources.contradictions.len() <= read.answers.len());
}
