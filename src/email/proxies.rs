//! A person's typed addresses in one cell: which is the primary one (rvp.md 40, 41). Never looks at another row.

use super::ProblemKind;
use super::characters::is_blank;
use super::derive::Remark;
use super::entry::damage;
use super::excerpt::excerpt;
use super::scheme::{Scheme, scheme};

/// Which text holds the address, and what is odd about the choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice<'a> {
    /// The value and the byte of the cell at which it begins; `None`: the person's `mail`.
    pub(super) value: Option<(usize, &'a str)>,
    /// A warning.
    pub(super) remark: Option<Remark>,
}

/// Whether a cell holds addresses with their types, `SMTP:a@b;smtp:c@d`.
pub(super) fn is_typed(cell: &str) -> bool {
    cell.bytes().any(|octet| matches!(octet, b';' | b','))
        && values(cell).nth(1).is_some()
        && values(cell).all(|(_, value)| scheme(value).is_some())
}

/// Chooses the primary address of a cell that is not blank; `mail` is the person's other address column, if it holds something.
pub(super) fn choose<'a>(cell: &'a str, mail: Option<&str>) -> Result<Choice<'a>, Remark> {
    if let Some(damage) = damage(cell) {
        let remark = Some(damage.clone());
        return mail.map(|_| Choice { value: None, remark }).ok_or(damage);
    }
    choose_of(&values(cell).collect::<Vec<_>>(), || cell, mail)
}

/// The same of values that stand apart, each with a number that comes back as its position; `shown` stands for all of them.
pub(super) fn choose_of<'a, S: AsRef<str>>(
    all: &[(usize, &'a str)],
    shown: impl Fn() -> S,
    mail: Option<&str>,
) -> Result<Choice<'a>, Remark> {
    let primary = || all.iter().copied().filter(|(_, value)| value.starts_with("SMTP:"));
    let is_mail = |value: &str| mail.is_some_and(|mail| bare(value).eq_ignore_ascii_case(bare(mail)));
    let mut first = primary();
    match (first.next(), first.next_back(), all) {
        (Some(one), None, _) => {
            let other = mail.filter(|_| !is_mail(one.1));
            let remark = other.map(|mail| {
                let why = format!("the primary address is not the person's mail, {:?}: make them the same", excerpt(bare(mail)));
                Remark::new(ProblemKind::AmbiguousPrimaryAddress, bare(one.1), why)
            });
            Ok(Choice { value: Some(one), remark })
        }
        (None, _, &[(at, one)]) if scheme(one).is_none() => Ok(Choice { value: Some((at, one)), remark: None }),
        (None, ..) if mail.is_some() => Ok(Choice { value: None, remark: None }),
        (None, ..) => {
            let why = "none of its addresses is marked SMTP: as the primary one: set the person's primary address";
            Err(Remark::new(ProblemKind::NoPrimaryAddress, shown().as_ref(), why))
        }
        (_, Some(last), _) => {
            let chosen = primary().find(|(_, value)| is_mail(value)).unwrap_or(last);
            let taken = excerpt(bare(chosen.1));
            let why = format!("{} addresses are marked SMTP: as the primary one, {taken:?} is taken: keep one", primary().count());
            Ok(Choice {
                value: Some(chosen),
                remark: Some(Remark::new(ProblemKind::AmbiguousPrimaryAddress, shown().as_ref(), why)),
            })
        }
    }
}

/// The address without its `smtp:`.
fn bare(value: &str) -> &str {
    let value = value.trim_matches(is_blank);
    match scheme(value) {
        Some((Scheme::Plain, after)) => value.get(after..).unwrap_or_default(),
        _ => value,
    }
}

/// The values of a cell with their positions. X.400 addresses hold semicolons, so that only one before a type separates.
fn values(cell: &str) -> impl Iterator<Item = (usize, &str)> {
    let around = |c| is_blank(c) || matches!(c, '{' | '}');
    let inner = cell.trim_start_matches(around);
    let offset = cell.len() - inner.len();
    let inner = inner.trim_end_matches(around);
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = inner.get(at..).filter(|rest| !rest.is_empty())?;
        let skipped = rest.len() - rest.trim_start_matches(is_blank).len();
        let separates = |&(position, _): &(usize, &str)| {
            let next = rest.get(position + 1..).unwrap_or_default().trim_start_matches(is_blank);
            next.is_empty() || scheme(next).is_some()
        };
        let end = rest.match_indices([';', ',']).find(separates).map_or(rest.len(), |(position, _)| position);
        let value = rest.get(skipped..end).unwrap_or_default().trim_end_matches(is_blank);
        let start = offset + at + skipped;
        at += end + 1;
        Some((start, value))
    })
    .filter(|(_, value)| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(cell: &str, mail: Option<&str>) -> (String, &'static str) {
        match choose(cell, mail) {
            Ok(choice) => {
                let value = choice.value.map_or("mail", |(at, value)| {
                    assert!(cell.get(at..).is_some_and(|rest| rest.starts_with(value)), "{cell:?} {at}");
                    value
                });
                (value.to_owned(), choice.remark.map_or("", |remark| remark.kind.rule()))
            }
            Err(refusal) => (String::new(), refusal.kind.rule()),
        }
    }

    #[test]
    fn the_upper_case_smtp_address_is_taken() {
        for cell in [
            "SMTP:a@b.example",
            "smtp:x@b.example;SMTP:a@b.example",
            "{SMTP:a@b.example, smtp:x@b.example}",
            "X400:c=US;a= ;p=x;SMTP:a@b.example;sip:a@b.example",
        ] {
            assert_eq!(chosen(cell, None), ("SMTP:a@b.example".to_owned(), ""), "{cell:?}");
            assert_eq!(chosen(cell, Some("A@b.example")), ("SMTP:a@b.example".to_owned(), ""), "{cell:?}");
        }
        assert_eq!(chosen(" a@b.example", None), ("a@b.example".to_owned(), ""));
    }

    #[test]
    fn doubt_is_said_and_mail_settles_it() {
        let two = "SMTP:a@b.example;SMTP:c@b.example";
        assert_eq!(chosen(two, None), ("SMTP:c@b.example".to_owned(), "ambiguous-primary-address"));
        assert_eq!(chosen(two, Some("a@b.example")), ("SMTP:a@b.example".to_owned(), "ambiguous-primary-address"));
        assert_eq!(chosen("SMTP:a@b.example", Some("c@b.example")).1, "ambiguous-primary-address");
    }

    #[test]
    fn secondary_addresses_are_never_taken() {
        for cell in ["smtp:a@b.example", "Smtp:a@b.example;X500:/o=x", "sip:a@b.example", "a@b.example;c@d.example"] {
            let (value, rule) = chosen(cell, None);
            if cell == "a@b.example;c@d.example" {
                // Untyped values are one text to this module; the splitter refuses or takes them apart.
                assert_eq!(rule, "");
                continue;
            }
            assert_eq!((value.as_str(), rule), ("", "no-primary-address"), "{cell:?}");
            assert_eq!(chosen(cell, Some("x@b.example")), ("mail".to_owned(), ""), "{cell:?}");
        }
    }

    #[test]
    fn damaged_cells_fall_back_on_mail_or_are_refused() {
        for cell in ["Microsoft.Exchange.Data.ProxyAddressCollection", "{SMTP:a@b.example, smtp:x@b.example...}"] {
            assert_eq!(chosen(cell, None), (String::new(), "damaged-export"), "{cell:?}");
            assert_eq!(chosen(cell, Some("a@b.example")), ("mail".to_owned(), "damaged-export"), "{cell:?}");
        }
    }
}
