//! What a server adds about itself and about its answer, by EDNS. Says nothing about the name, and nothing is judged by it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Option NSID (RFC 5001).
pub(super) const NSID: u16 = 3;
/// Option EDE (RFC 8914).
const EXTENDED_ERROR: u16 = 15;
/// The most of these that are kept of an answer, and the most octets of each text.
const MOST_ERRORS: usize = 4;
const LONGEST: usize = 256;

/// What a server adds to an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remarks {
    /// Which of the machines behind the address it was: as text, where it is any, and as hexadecimal octets otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nsid: Option<String>,
    /// What its RCODE does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ExtendedError>,
}

/// One extended DNS error (RFC 8914 2). It can come with any RCODE, NOERROR too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtendedError {
    /// INFO-CODE.
    pub code: u16,
    /// EXTRA-TEXT, as the server wrote it.
    pub text: String,
}

impl Remarks {
    /// Reads the options of an answer; `None` where none of them is a remark.
    pub(super) fn of<'a>(options: impl Iterator<Item = (u16, &'a [u8])>) -> Option<Box<Self>> {
        let mut remarks = Self::default();
        for (option, value) in options {
            match (option, value) {
                (NSID, [_, ..]) => remarks.nsid = Some(shown_octets(value)),
                (EXTENDED_ERROR, [high, low, text @ ..]) if remarks.errors.len() < MOST_ERRORS => {
                    let text = String::from_utf8_lossy(cut(text)).trim_end_matches('\0').to_owned();
                    remarks.errors.push(ExtendedError { code: u16::from_be_bytes([*high, *low]), text });
                }
                _ => {}
            }
        }
        (remarks != Self::default()).then(|| Box::new(remarks))
    }
}

fn cut(octets: &[u8]) -> &[u8] {
    octets.get(..LONGEST).unwrap_or(octets)
}

fn shown_octets(octets: &[u8]) -> String {
    match std::str::from_utf8(cut(octets)) {
        Ok(text) if text.bytes().all(|octet| (b' '..=b'~').contains(&octet)) => text.to_owned(),
        _ => cut(octets).iter().fold(String::new(), |digits, octet| format!("{digits}{octet:02x}")),
    }
}

impl fmt::Display for ExtendedError {
    /// `EDE 18 (Prohibited)`, `EDE 22 (No Reachable Authority): delegation example.com`. The text is a stranger's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EDE {}", self.code)?;
        if let Some(name) = NAMES.get(usize::from(self.code)) {
            write!(f, " ({name})")?;
        }
        if self.text.is_empty() { Ok(()) } else { write!(f, ": {}", self.text) }
    }
}

/// By INFO-CODE: RFC 8914 4, and the IANA registry of Extended DNS Error Codes beyond 24.
const NAMES: [&str; 31] = [
    "Other Error",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDOMAIN Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
    "Signature Expired before Valid",
    "Too Early",
    "Unsupported NSEC3 Iterations Value",
    "Unable to conform to policy",
    "Synthesized",
    "Invalid Query Type",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn of(options: &[(u16, &[u8])]) -> Option<Box<Remarks>> {
        Remarks::of(options.iter().copied())
    }

    #[test]
    fn a_server_names_itself_as_text_or_in_octets() {
        let nsid = |value: &[u8]| of(&[(NSID, value)]).and_then(|remarks| remarks.nsid);
        assert_eq!(nsid(b"dc1.ams"), Some("dc1.ams".to_owned()));
        assert_eq!(nsid(&[0x1b, 0x5b, 0xff]), Some("1b5bff".to_owned()));
        assert_eq!(nsid(b""), None);
        assert_eq!(nsid(&b"x".repeat(65_000)).map(|text| text.len()), Some(LONGEST));
    }

    #[test]
    fn an_extended_error_says_its_name_and_what_the_server_adds() {
        let said = |value: &[u8]| of(&[(EXTENDED_ERROR, value)]).map(|remarks| remarks.errors[0].to_string());
        assert_eq!(said(&[0, 18]).as_deref(), Some("EDE 18 (Prohibited)"));
        assert_eq!(said(b"\0\x16at delegation\0").as_deref(), Some("EDE 22 (No Reachable Authority): at delegation"));
        assert_eq!(said(&[0xff, 0xff]).as_deref(), Some("EDE 65535"));
        assert_eq!(said(&[1]), None);
    }

    #[test]
    fn no_end_of_errors_has_an_end_and_other_options_are_no_remarks() {
        let many: Vec<(u16, &[u8])> = vec![(EXTENDED_ERROR, &[0, 3]); 1000];
        assert_eq!(of(&many).map(|remarks| remarks.errors.len()), Some(MOST_ERRORS));
        assert_eq!(of(&[(10, &[1; 8]), (12, &[0; 100])]), None);
    }
}
