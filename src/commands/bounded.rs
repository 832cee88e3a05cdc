//! Reading whole files, up to a limit: what a path names may be a pipe or a device without an end.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The octets of a file; an error where it has more than `most`.
pub(super) fn read_file(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    read(File::open(path)?, most)
}

/// All octets that a reader has; an error where it has more than `most`, so that nothing is cut off in silence.
pub(super) fn read(reader: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    reader.take(most as u64 + 1).read_to_end(&mut octets)?;
    if octets.len() > most {
        return Err(io::Error::other(format!("it is longer than {most} octets")));
    }
    Ok(octets)
}

/// The text that the octets are; an error is the line (1-based) of the first octet that is not UTF-8.
pub(super) fn utf8(octets: Vec<u8>) -> Result<String, usize> {
    String::from_utf8(octets).map_err(|error| {
        let good = error.as_bytes().split_at(error.utf8_error().valid_up_to()).0;
        String::from_utf8_lossy(good).matches('\n').count() + 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_is_not_utf_8_is_named() {
        assert_eq!(utf8(b"a\nb\xf6\n".to_vec()), Err(2));
        assert_eq!(utf8("bü".into()), Ok("bü".to_owned()));
    }

    #[test]
    fn what_fits_is_whole_and_what_does_not_is_an_error() {
        assert_eq!(read(&b"abc"[..], 3).expect("fits"), b"abc");
        assert_eq!(read(io::repeat(b'a'), 3).expect_err("endless").to_string(), "it is longer than 3 octets");
    }
}
