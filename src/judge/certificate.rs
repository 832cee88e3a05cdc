//! What a certificate is worth to clients on a day. Verifies nothing: the chain was looked at when it was shown.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};

use super::case::Case;
use super::hostile::shown;
use super::probing::{Probed, judged};
use crate::profile::Class;
use crate::profile::http::Certificate;

/// The most names that a message shows.
const MAX_NAMES: usize = 5;

/// The machines that showed a certificate. What is no IM server under the domain's name, or may be none, has another rule's attention:
/// that its certificate is another's follows from that.
pub(super) fn shown_by<'c, 'a>(case: &'c Case<'a>) -> impl Iterator<Item = (&'c Probed<'a>, &'a Certificate)> {
    let certified = judged(case).filter_map(|probed| Some((probed, probed.certificate()?)));
    certified.filter(|(probed, _)| !matches!(probed.class, Class::NotRvp | Class::NotHttp | Class::Undecided))
}

/// Why clients do not accept it on that day; empty where they do.
pub(super) fn faults(certificate: &Certificate, host: &str, today: Date) -> Vec<String> {
    let mut faults = Vec::new();
    let (first, last) = (day(certificate.not_before_secs), day(certificate.not_after_secs));
    faults.extend(certificate.chain_fault.as_deref().map(shown));
    if !certificate.names_host {
        faults.push(format!("its certificate is for {}, not for {}", names(certificate), shown(host)));
    }
    match (first, last) {
        (_, Some(last)) if today > last => faults.push(format!("its certificate expired on {last}")),
        (Some(first), _) if today < first => faults.push(format!("its certificate is not valid before {first}")),
        (_, Some(last)) if !certificate.in_date && today == last => faults.push(format!("its certificate expired on {last}")),
        (Some(first), _) if !certificate.in_date && today == first => {
            faults.push(format!("its certificate is not valid before a later hour of {first}"));
        }
        (Some(_), Some(_)) => {}
        _ => faults.push("its certificate has dates beyond all calendars".to_owned()),
    }
    faults
}

/// The last day of a certificate and how many days that is away; `None` where it is no day of the calendar.
pub(super) fn ends(certificate: &Certificate, today: Date) -> Option<(Date, i32)> {
    let last = day(certificate.not_after_secs)?;
    let days = today.until((Unit::Day, last)).ok()?.get_days();
    Some((last, days))
}

fn day(secs: i64) -> Option<Date> {
    Timestamp::from_second(secs).ok().map(|moment| TimeZone::UTC.to_datetime(moment).date())
}

fn names(certificate: &Certificate) -> String {
    let names: Vec<String> = certificate.names.iter().take(MAX_NAMES).map(|name| shown(name)).collect();
    match names.as_slice() {
        [] => "nobody".to_owned(),
        _ if certificate.names.len() > MAX_NAMES => format!("{}, …", names.join(", ")),
        _ => names.join(", "),
    }
}
