//! Which columns of a table hold the addresses. Never reads a row for its address.

use super::attributes::{self, MAIL, Meaning, PROXIES};
use super::characters::is_blank;
use super::excerpt::excerpt;

/// Columns that hold addresses which are not the person's company address, or logon names that look like one.
const NEVER: [&str; 12] = [
    "userprincipalname",
    "upn",
    "othermails",
    "recoveryemail",
    "homesecondaryemail",
    "worksecondaryemail",
    "newprimaryemail",
    "targetaddress",
    "externalemailaddress",
    "msexchimaddress",
    "manager",
    "sipaddress",
];
/// How many names a message lists.
const MOST_NAMES: usize = 30;

/// The columns to look at, each kind in the order in which a row is searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    /// One address each.
    pub(super) mail: Vec<usize>,
    /// Typed addresses, `SMTP:` for the primary one.
    pub(super) proxies: Vec<usize>,
    /// What else a header says about the person.
    pub(super) others: Vec<(usize, Meaning)>,
    /// The first record, where it is a header.
    pub(super) header: Option<Vec<String>>,
}

/// Why the columns are not known. The messages go after the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ColumnsError {
    /// `--column` names no column.
    #[error("it has no column {0:?}: its columns are {1}")]
    Missing(String, String),
    /// No column looks like it.
    #[error("no column is known to hold e-mail addresses: name one of {0} with --column")]
    Unknown(String),
    /// Several do.
    #[error("several columns hold e-mail addresses: name one of {0} with --column")]
    Several(String),
}

impl ColumnsError {
    /// None of `names` is the one that was asked for.
    pub(super) fn missing(wanted: &str, names: &[String]) -> Self {
        Self::Missing(excerpt(wanted), self::names(names))
    }
}

/// Whether a record names a column that is known to hold addresses.
pub(super) fn known_header(record: &[String]) -> bool {
    record.iter().map(|name| normal(name)).any(|name| is_known(&name))
}

fn is_known(name: &str) -> bool {
    MAIL.contains(&name) || PROXIES.contains(&name)
}

impl Columns {
    /// Finds them in the first records of a table, of which there is at least one.
    pub(super) fn find(sample: &[Vec<String>], wanted: Option<&str>) -> Result<Self, ColumnsError> {
        let first = sample.first().map(Vec::as_slice).unwrap_or_default();
        let normals: Vec<String> = first.iter().map(|name| normal(name)).collect();
        let found = match wanted {
            Some(wanted) => Self::wanted(first, &normals, wanted),
            None if known_header(first) => Ok(Self::known(first, &normals)),
            None => Self::by_content(sample, &normals),
        };
        found.map(|columns| Self { others: if columns.header.is_some() { others(&normals) } else { vec![] }, ..columns })
    }

    fn wanted(first: &[String], normals: &[String], wanted: &str) -> Result<Self, ColumnsError> {
        let exact = positions(first, |name| name.trim_matches(is_blank) == wanted.trim_matches(is_blank));
        let named = if exact.is_empty() { positions(normals, |name| *name == normal(wanted)) } else { exact };
        if named.is_empty() {
            let number = wanted.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            let number = number.filter(|&position| position < first.len());
            let column = number.ok_or_else(|| ColumnsError::Missing(excerpt(wanted), names(first)))?;
            let is_header = first.get(column).is_some_and(|cell| !cell.contains('@'));
            return Ok(Self { mail: vec![column], proxies: vec![], header: is_header.then(|| first.to_vec()), ..Self::default() });
        }
        let typed = named.iter().any(|&column| normals.get(column).is_some_and(|name| PROXIES.contains(&name.as_str())));
        let (mail, proxies) = if typed { (vec![], named) } else { (named, vec![]) };
        Ok(Self { mail, proxies, header: Some(first.to_vec()), ..Self::default() })
    }

    fn known(first: &[String], normals: &[String]) -> Self {
        let best = |known: &[&str]| {
            known.iter().map(|name| positions(normals, |normal| normal == name)).find(|found| !found.is_empty()).unwrap_or_default()
        };
        Self { mail: best(&MAIL), proxies: best(&PROXIES), header: Some(first.to_vec()), ..Self::default() }
    }

    /// The one column with an `@` in it, whatever it is called.
    fn by_content(sample: &[Vec<String>], normals: &[String]) -> Result<Self, ColumnsError> {
        let first = sample.first().map(Vec::as_slice).unwrap_or_default();
        let header = sample.len() > 1 && !first.iter().any(|cell| cell.contains('@'));
        let width = sample.iter().map(Vec::len).max().unwrap_or_default();
        let never = |column: usize| header && normals.get(column).is_some_and(|name| NEVER.contains(&name.as_str()));
        let holds = |column: usize| sample.iter().filter_map(|record| record.get(column)).any(|cell| cell.contains('@'));
        let found: Vec<usize> = (0..width).filter(|&column| !never(column) && holds(column)).collect();
        let shown = || if header { names(first) } else { numbers(width) };
        match found[..] {
            [column] => Ok(Self { mail: vec![column], proxies: vec![], header: header.then(|| first.to_vec()), ..Self::default() }),
            [] if width == 1 && normals.first().is_none_or(|name| !NEVER.contains(&name.as_str())) => {
                Ok(Self { mail: vec![0], ..Self::default() })
            }
            [] => Err(ColumnsError::Unknown(names(first))),
            _ => Err(ColumnsError::Several(shown())),
        }
    }
}

fn others(normals: &[String]) -> Vec<(usize, Meaning)> {
    let meanings = normals.iter().enumerate().filter_map(|(position, name)| Some((position, attributes::meaning(name)?)));
    meanings.filter(|(_, meaning)| matches!(meaning, Meaning::ImAddress | Meaning::Alias | Meaning::Dn | Meaning::Status)).collect()
}

fn positions(names: &[String], wanted: impl Fn(&String) -> bool) -> Vec<usize> {
    names.iter().enumerate().filter(|(_, name)| wanted(name)).map(|(position, _)| position).collect()
}

/// Lower case without blanks, hyphens, underscores, and without what Google puts in brackets: `Email Address [Required]`.
pub(super) fn normal(name: &str) -> String {
    let name = name.split('[').next().unwrap_or_default();
    name.chars().filter(|&c| !is_blank(c) && c != '-' && c != '_').flat_map(char::to_lowercase).collect()
}

fn names(record: &[String]) -> String {
    let mut shown: Vec<String> = record.iter().take(MOST_NAMES).map(|name| format!("{:?}", excerpt(name))).collect();
    if record.len() > MOST_NAMES {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

fn numbers(width: usize) -> String {
    (1..=width.min(MOST_NAMES)).map(|number| number.to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, wanted: Option<&str>) -> Result<(Vec<usize>, Vec<usize>, bool), ColumnsError> {
        let sample: Vec<Vec<String>> = text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
        Columns::find(&sample, wanted).map(|columns| (columns.mail, columns.proxies, columns.header.is_some()))
    }

    #[test]
    fn a_known_name_is_found_in_any_spelling() {
        for header in
            ["mail", "Name,E-mail Address", "x,EmailAddress", "PrimarySmtpAddress,mail", "Email Address [Required],Recovery Email"]
        {
            let (mail, proxies, header) = find(header, None).expect(header);
            assert_eq!((mail.len(), proxies.len(), header), (1, 0, true));
        }
        assert_eq!(find("DN,mail,proxyAddresses", None), Ok((vec![1], vec![2], true)));
        assert_eq!(find("mail,x,mail", None), Ok((vec![0, 2], vec![], true)));
    }

    #[test]
    fn an_unknown_name_is_found_by_what_stands_below() {
        assert_eq!(find("who,where\nann,a@b.example", None), Ok((vec![1], vec![], true)));
        assert_eq!(find("ann,a@b.example\nbob,c@d.example", None), Ok((vec![1], vec![], false)));
        assert_eq!(find("a@b.example", None), Ok((vec![0], vec![], false)));
    }

    #[test]
    fn the_user_decides_by_name_or_number() {
        assert_eq!(find("UserPrincipalName,mail\na@b.example,c@d.example", Some("userprincipalname")), Ok((vec![0], vec![], true)));
        assert_eq!(find("a@b.example,c@d.example", Some("2")), Ok((vec![1], vec![], false)));
        assert_eq!(find("name,EmailAddresses\nx,y", Some("EmailAddresses")), Ok((vec![], vec![1], true)));
    }

    #[test]
    fn doubt_is_an_error_that_names_the_columns() {
        let error = |text, wanted| find(text, wanted).expect_err(text).to_string();
        assert_eq!(error("a,b\nx,y", Some("Mail")), "it has no column \"Mail\": its columns are \"a\", \"b\"");
        assert_eq!(error("a,b", Some("3")), "it has no column \"3\": its columns are \"a\", \"b\"");
        assert_eq!(error("a@b.example,c@d.example", None), "several columns hold e-mail addresses: name one of 1, 2 with --column");
        assert!(error("UserPrincipalName,Name\na@b.example,Ann", None).starts_with("no column is known"));
    }
}
