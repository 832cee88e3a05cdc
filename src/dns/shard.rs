//! One machine's part of the domains: told by a hash of the name, so that it is the same on every machine and at every run.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::DomainName;

/// The most parts: more than machines that anybody has.
const MAX_PARTS: u32 = 100_000;

/// Part `part` of `of`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard {
    part: u32,
    of: u32,
}

impl Shard {
    /// All parts of the same whole, this one included.
    pub fn siblings(self) -> impl Iterator<Item = Self> {
        (1..=self.of).map(move |part| Self { part, of: self.of })
    }

    /// Whether a domain belongs to this part: by the first eight octets of the SHA-256 of its name in lower case, as a number,
    /// modulo the number of parts. Whoever wants to can work it out with `sha256sum`.
    pub fn holds(self, name: &DomainName) -> bool {
        let digest = Sha256::digest(name.as_str());
        let (head, _) = digest.split_at(8);
        let number = head.iter().fold(0u64, |sum, octet| sum << 8 | u64::from(*octet));
        number % u64::from(self.of) == u64::from(self.part - 1)
    }
}

impl fmt::Display for Shard {
    /// As it is typed: `2/8`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

/// Why a text names no part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    /// Not two numbers with a stroke between them.
    #[error("write it as K/N, such as 2/8 for the second of eight parts")]
    Shape,
    /// A first number that is 0 or beyond the second.
    #[error("parts are counted from 1 to N: write 1/N for the first and N/N for the last")]
    Part,
    /// Too many.
    #[error("there can be {MAX_PARTS} parts at the most")]
    Parts,
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let number = |digits: &str| match digits {
            "" => Err(ShardError::Shape),
            _ if !digits.bytes().all(|octet| octet.is_ascii_digit()) => Err(ShardError::Shape),
            _ => digits.parse::<u32>().map_err(|_| ShardError::Parts),
        };
        let (part, of) = text.split_once('/').ok_or(ShardError::Shape)?;
        match (number(part)?, number(of)?) {
            (_, of) if of > MAX_PARTS => Err(ShardError::Parts),
            (part, of) if part == 0 || part > of => Err(ShardError::Part),
            (part, of) => Ok(Self { part, of }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_reads_as_it_is_written() {
        assert_eq!("2/8".parse::<Shard>().map(|shard| shard.to_string()), Ok("2/8".to_owned()));
        for (text, error) in [
            ("2", ShardError::Shape),
            ("/", ShardError::Shape),
            ("-1/8", ShardError::Shape),
            ("+1/8", ShardError::Shape),
            ("0/8", ShardError::Part),
            ("9/8", ShardError::Part),
            ("1/0", ShardError::Part),
            ("1/100001", ShardError::Parts),
            ("1/99999999999", ShardError::Parts),
        ] {
            assert_eq!(text.parse::<Shard>(), Err(error), "{text}");
        }
    }

    #[test]
    fn a_domain_is_in_the_part_in_which_it_was_last_year() {
        let part = |name: &str, of: u32| (1..=of).find(|part| Shard { part: *part, of }.holds(&name.parse().expect("a name")));
        // printf im.example.com | sha256sum
        assert_eq!(part("im.example.com", 8), Some(7));
        assert_eq!(part("IM.Example.Com", 8), Some(7));
        assert_eq!(part("im.example.com", 1), Some(1));
    }

    proptest::proptest! {
        #[test]
        fn every_domain_is_in_one_part(label in "[a-z0-9]{1,20}", of in 1u32..40) {
            let name: DomainName = format!("im.{label}.example").parse().expect("a name");
            let parts = (1..=of).filter(|part| Shard { part: *part, of }.holds(&name)).count();
            proptest::prop_assert_eq!(parts, 1);
        }
    }
}
