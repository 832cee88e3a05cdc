//! Commands of the `DnsServer` module of Windows Server. Removals are comments.

use std::fmt::Write as _;

use super::text::{heading, notes};
use super::{Change, Plan, absolute};
use crate::dns::RecordData;

pub(super) fn write(plan: &Plan) -> String {
    let mut text = notes("#", plan);
    for zone in plan.zones() {
        text += &heading("#", zone);
        for change in zone {
            for data in &change.remove {
                let _ = writeln!(text, "# confirm by deleting the # : {}", removal(change, data));
            }
        }
        for change in zone {
            for data in &change.add {
                let _ = writeln!(text, "{}", addition(change, data));
            }
        }
    }
    text
}

fn addition(change: &Change, data: &RecordData) -> String {
    let at = place(change);
    let ttl = format!("-TimeToLive ([TimeSpan]::FromSeconds({}))", change.ttl_secs);
    match data {
        RecordData::A(address) => format!("Add-DnsServerResourceRecordA {at} -IPv4Address {} {ttl}", quoted(&address.to_string())),
        RecordData::Aaaa(address) => {
            format!("Add-DnsServerResourceRecordAAAA {at} -IPv6Address {} {ttl}", quoted(&address.to_string()))
        }
        RecordData::Cname(target) => {
            format!("Add-DnsServerResourceRecordCName {at} -HostNameAlias {} {ttl}", quoted(&absolute(target)))
        }
        RecordData::Srv { priority, weight, port, target } => format!(
            "Add-DnsServerResourceRecord -Srv {at} -DomainName {} -Priority {priority} -Weight {weight} -Port {port} {ttl}",
            quoted(&absolute(target))
        ),
    }
}

fn removal(change: &Change, data: &RecordData) -> String {
    let value = match data {
        RecordData::A(address) => quoted(&address.to_string()),
        RecordData::Aaaa(address) => quoted(&address.to_string()),
        RecordData::Cname(target) => quoted(&absolute(target)),
        RecordData::Srv { priority, weight, port, target } => {
            format!("{priority},{weight},{port},{}", quoted(&absolute(target)))
        }
    };
    let rtype = change.rtype;
    format!("Remove-DnsServerResourceRecord {} -RRType '{rtype}' -RecordData {value} -Force", place(change))
}

fn place(change: &Change) -> String {
    format!("-ZoneName {} -Name {}", quoted(change.zone.as_str()), quoted(change.relative_owner("@")))
}

/// A string in which nothing is expanded. PowerShell takes the typographic quotes for single quotes, too.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("'");
    for c in text.chars() {
        quoted.push(c);
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            quoted.push(c);
        }
    }
    quoted.push('\'');
    quoted
}
