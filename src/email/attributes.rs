//! What an attribute or column means for IM, by its name. Never looks at a value.

use std::collections::HashMap;
use std::sync::Arc;

use ahash::RandomState;

use super::columns::{ColumnsError, normal};
use super::taker::ListError;

/// Names that hold a person's one address, best first; spelt as [`normal`] spells them.
pub(super) const MAIL: [&str; 7] =
    ["primarysmtpaddress", "primaryemail", "windowsemailaddress", "mail", "emailaddress", "email", "smtpaddress"];
/// Names that hold all addresses of a person with their types.
pub(super) const PROXIES: [&str; 2] = ["proxyaddresses", "emailaddresses"];
/// How many names are remembered.
const MOST_NAMES: usize = 4096;

/// What an attribute is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The person's one address; the lower the number the better.
    Mail(u8),
    /// Typed addresses, `SMTP:` for the primary one.
    Proxies,
    /// The IM address that the directory holds (rvp.md 36).
    ImAddress,
    /// `mailNickname`, from which the directory makes IM addresses.
    Alias,
    /// The distinguished name.
    Dn,
    /// A name to show.
    Label,
    /// What kind of object it is.
    Class,
    /// Google's account status, and its flag of the same meaning.
    Status,
}

/// What a name means, given as [`normal`] spells it.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    if let Some(rank) = MAIL.iter().position(|known| *known == name) {
        return Some(Meaning::Mail(u8::try_from(rank).unwrap_or(u8::MAX)));
    }
    if PROXIES.contains(&name) {
        return Some(Meaning::Proxies);
    }
    Some(match name {
        "msexchimaddress" => Meaning::ImAddress,
        "mailnickname" | "alias" => Meaning::Alias,
        "dn" | "distinguishedname" | "onpremisesdistinguishedname" => Meaning::Dn,
        "displayname" | "name" | "cn" => Meaning::Label,
        "objectclass" => Meaning::Class,
        "status" | "suspended" => Meaning::Status,
        _ => return None,
    })
}

/// Whether the value of a [`Meaning::Status`] says that the account is shut.
pub(super) fn is_suspended(name: &str, value: &str) -> bool {
    let value = value.trim();
    value.eq_ignore_ascii_case("suspended") || (normal(name) == "suspended" && value.eq_ignore_ascii_case("true"))
}

/// The meanings of a list's attributes, each name judged once.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes {
    wanted: Option<String>,
    known: HashMap<Vec<u8>, Option<Meaning>, RandomState>,
}

impl Attributes {
    /// `wanted` names the one attribute to take addresses from; `None`: those that are known to hold the company's.
    pub(super) fn new(wanted: Option<&str>) -> Self {
        Self { wanted: wanted.map(normal), known: HashMap::default() }
    }

    /// What an attribute means, by its name in any spelling.
    pub(super) fn meaning(&mut self, name: &[u8]) -> Option<Meaning> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let meaning = self.judge(&normal(&String::from_utf8_lossy(name)));
        if self.known.len() < MOST_NAMES {
            self.known.insert(name.to_vec(), meaning);
        }
        meaning
    }

    fn judge(&self, name: &str) -> Option<Meaning> {
        let Some(wanted) = &self.wanted else { return meaning(name) };
        let is_wanted = wanted == name;
        match meaning(name) {
            Some(Meaning::Proxies) if is_wanted => Some(Meaning::Proxies),
            _ if is_wanted => Some(Meaning::Mail(0)),
            Some(Meaning::Mail(_) | Meaning::Proxies) => None,
            other => other,
        }
    }

    /// Whether the attribute that was asked for has turned up; said at the end, because no attribute has to stand in every record.
    pub(super) fn check_seen(&self, file: &Arc<str>) -> Result<(), ListError> {
        match self.missing() {
            Some((wanted, names)) => Err(ListError::Columns(file.clone(), ColumnsError::missing(wanted, &names))),
            None => Ok(()),
        }
    }

    /// The name that was asked for and has not been seen, and those that have.
    fn missing(&self) -> Option<(&str, Vec<String>)> {
        let wanted = self.wanted.as_deref()?;
        let addresses = |meaning: &Option<Meaning>| matches!(meaning, Some(Meaning::Mail(_) | Meaning::Proxies));
        if self.known.values().any(addresses) || self.known.len() == MOST_NAMES {
            return None;
        }
        let mut names: Vec<String> = self.known.keys().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        names.sort();
        Some((wanted, names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_the_same_in_any_spelling_and_others_nothing() {
        let mut attributes = Attributes::new(None);
        for name in ["mail", "Mail", "MAIL", "ma-il"] {
            assert_eq!(attributes.meaning(name.as_bytes()), Some(Meaning::Mail(3)), "{name}");
        }
        assert_eq!(attributes.meaning(b"proxyAddresses"), Some(Meaning::Proxies));
        for name in ["userPrincipalName", "otherMails", "recoveryEmail", "targetAddress", "x"] {
            assert_eq!(attributes.meaning(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn a_name_that_is_asked_for_stands_alone() {
        let mut attributes = Attributes::new(Some("userPrincipalName"));
        assert_eq!(attributes.meaning(b"mail"), None);
        assert_eq!(
            attributes.missing().map(|(name, seen)| (name.to_owned(), seen)),
            Some(("userprincipalname".into(), vec!["mail".into()]))
        );
        assert_eq!(attributes.meaning(b"UserPrincipalName"), Some(Meaning::Mail(0)));
        assert_eq!(attributes.missing(), None);
    }

    #[test]
    fn accounts_are_shut_by_their_status_or_their_flag() {
        assert!(is_suspended("Status [READ ONLY]", "Suspended") && is_suspended("suspended", "True"));
        assert!(!is_suspended("Status", "Active") && !is_suspended("Status", "true") && !is_suspended("suspended", ""));
    }
}
