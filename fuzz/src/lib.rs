//! What must hold for any octets at all: the fuzz targets and the test that replays their corpora call the same functions.
//! Here for lists of people; `files` and `wire` for what else imctl reads.

use std::io::{self, Read};

use imctl::email::{
    Address, Batch, Entry, Kind, List, ListError, ListOptions, Mapping, Quick, addresses, derive, logical_url, parse_logical_url,
};

mod files;
mod wire;

pub use files::{inventory, recording, zone};
pub use wire::{dns, replies};

/// One address, or a line of them.
pub fn address(octets: &[u8]) {
    let Ok(text) = std::str::from_utf8(octets) else { return };
    let mapping = Mapping::new("im.").expect("a prefix");
    for piece in addresses(text) {
        let from = text.chars().skip(piece.column as usize - 1).collect::<String>();
        assert!(from.starts_with(piece.text), "{piece:?} does not stand there");
        let Ok(email) = piece.address else { continue };
        assert_eq!(email.to_string().parse(), Ok(email.clone()), "what is written is read again");
        let Ok(derived) = derive(&email, &mapping) else { continue };
        let im = derived.address;
        let again: Address = im.to_string().parse().expect("an IM address is an address");
        assert_eq!(derive(&again, &mapping).expect("it passes through").address, im, "deriving twice changes nothing");
        assert_eq!(parse_logical_url(&logical_url(&im)).expect("our own URL").address, im, "a URL leads back");
    }
    quickly(octets);
}

/// Both engines of the quick way take the same lines and make the same of them.
fn quickly(octets: &[u8]) {
    let mapping = Mapping::new("im.").expect("a prefix");
    // The window of the vector engine needs octets behind a line.
    let block = [octets, b"\n", &b"ann@example.com\n".repeat(12)].concat();
    let [native, portable] = [false, true].map(|portable| {
        let (mut quick, mut batch) = (Quick::new(mapping.clone()).portable(portable), Batch::default());
        let (mut taken, mut text) = (0, Vec::new());
        loop {
            batch.clear(false);
            match quick.lines(&block[taken..], &mut batch) {
                0 => return (taken, text),
                more => taken += more,
            }
            text.extend_from_slice(batch.text());
        }
    });
    assert_eq!(native, portable, "the engines differ");
}

/// Lines of addresses.
pub fn text(octets: &[u8]) {
    list(Some(Kind::Text), octets);
    list(None, octets);
}

/// A table.
pub fn csv(octets: &[u8]) {
    list(Some(Kind::Csv), octets);
}

/// LDIF.
pub fn ldif(octets: &[u8]) {
    list(Some(Kind::Ldif), octets);
}

/// JSON and JSON lines.
pub fn json(octets: &[u8]) {
    list(Some(Kind::Json), octets);
}

/// A list is read alike however it arrives, and every entry has a place.
fn list(kind: Option<Kind>, octets: &[u8]) {
    let whole = entries(kind, octets);
    let most = octets.len() % 7 + 1;
    assert_eq!(whole, entries(kind, Drops { rest: octets, most }), "it matters how the list arrives");
}

fn entries(kind: Option<Kind>, input: impl Read) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut take = |entry: Entry<'_>| {
        assert!(entry.line > 0 && entry.column > 0, "{entry:?} has no place");
        let what = entry.found.as_ref().map_or_else(|refusal| refusal.message.clone(), ToString::to_string);
        found.push(format!("{}:{} {what} {:?} {:?}", entry.line, entry.column, entry.remarks, entry.skipped));
        Ok::<(), ListError>(())
    };
    let options = ListOptions { kind, column: None };
    let result = List::open("list", input, &options).and_then(|list| list.read(&mut take));
    result.map(|()| found).map_err(|error| error.to_string())
}

/// Gives a few octets at a time.
struct Drops<'a> {
    rest: &'a [u8],
    most: usize,
}

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.rest.len().min(buffer.len()).min(self.most);
        let (now, later) = self.rest.split_at(length);
        buffer[..length].copy_from_slice(now);
        self.rest = later;
        Ok(length)
    }
}
