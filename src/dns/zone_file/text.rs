//! Names, times and escapes as master files write them (RFC 1035 5.1). Pure; knows no record type.

use super::scanner::shown;
use crate::dns::{DomainName, NameError};

/// The longest label, octets.
const MAX_LABEL: usize = 63;
/// The longest name on the wire, octets.
const MAX_WIRE: usize = 255;
/// The longest time to live, seconds (RFC 2181 8).
const MAX_TTL_SECS: u64 = 0x7fff_ffff;

/// Reads a name; a relative one is continued with `origin`.
pub(super) fn name(text: &[u8], origin: Option<&DomainName>) -> Result<DomainName, String> {
    let no_origin = || {
        let what = shown(text);
        format!(
            "{what} is relative, and nothing says to what: begin the file with $ORIGIN and the zone's name, such as $ORIGIN example.com."
        )
    };
    if text == b"@" {
        return origin.cloned().ok_or_else(no_origin);
    }
    if text == b"." {
        return Ok(DomainName::root());
    }
    let (mut labels, absolute) = labels(text).map_err(|why| format!("{} is no name: {why}", shown(text)))?;
    if !absolute {
        labels.extend(origin.ok_or_else(no_origin)?.wire_labels());
    }
    of_labels(&labels).map_err(|why| format!("{} is no name: {why}", shown(text)))
}

/// A name of these labels.
pub(super) fn of_labels(labels: &[Vec<u8>]) -> Result<DomainName, String> {
    let length = labels.iter().map(|label| label.len() + 1).sum::<usize>() + 1;
    if length > MAX_WIRE {
        return Err(NameError::TooLong(length - 2).to_string());
    }
    Ok(DomainName::from_wire(labels.iter().map(Vec::as_slice)))
}

/// The labels of a name with their escapes resolved, and whether it ends with a dot.
fn labels(text: &[u8]) -> Result<(Vec<Vec<u8>>, bool), String> {
    let (mut labels, mut label) = (Vec::new(), Vec::new());
    let mut rest = text;
    let mut after_dot = false;
    while let Some((&first, tail)) = rest.split_first() {
        after_dot = first == b'.';
        match first {
            b'.' if label.is_empty() => return Err(NameError::EmptyLabel.to_string()),
            b'.' => {
                labels.push(std::mem::take(&mut label));
                rest = tail;
            }
            b'\\' => {
                let (octet, length) = escape(tail)?;
                label.push(octet);
                rest = &tail[length..];
            }
            plain => {
                label.push(plain);
                rest = tail;
            }
        }
        if label.len() > MAX_LABEL {
            return Err(format!("a label is longer than {MAX_LABEL} octets"));
        }
    }
    if label.is_empty() && labels.is_empty() {
        return Err(NameError::Empty.to_string());
    }
    if !after_dot {
        labels.push(label);
    }
    Ok((labels, after_dot))
}

/// What follows a `\`: the octet meant, and how many octets of `text` say so.
fn escape(text: &[u8]) -> Result<(u8, usize), String> {
    match text {
        [first, ..] if !first.is_ascii_digit() => Ok((*first, 1)),
        [a, b, c, ..] => {
            let digits = std::str::from_utf8(&[*a, *b, *c]).ok().and_then(|digits| digits.parse().ok());
            digits.map(|octet| (octet, 3)).ok_or_else(|| "after \\ come three digits, up to 255, or one character".to_owned())
        }
        _ => Err("after \\ come three digits, up to 255, or one character".to_owned()),
    }
}

/// Reads a time in seconds: `3600`, or `1h30m` as BIND has it. `None` where the text is no time at all.
pub(super) fn seconds(text: &[u8]) -> Option<Result<u32, String>> {
    let (mut total, mut number): (u64, Option<u64>) = (0, None);
    let mut units = false;
    for octet in text {
        let factor = match octet.to_ascii_lowercase() {
            digit @ b'0'..=b'9' => {
                let tens = number.unwrap_or(0).saturating_mul(10);
                number = Some(tens.saturating_add(u64::from(digit - b'0')));
                continue;
            }
            b's' => 1,
            b'm' => 60,
            b'h' => 3600,
            b'd' => 86_400,
            b'w' => 604_800,
            _ => return None,
        };
        units = true;
        total = total.saturating_add(number.take()?.saturating_mul(factor));
    }
    let total = match number {
        Some(_) if units => return None,
        Some(seconds) => seconds,
        None if units => total,
        None => return None,
    };
    let too_long = || format!("{} is too long a time: the limit is {MAX_TTL_SECS} s", shown(text));
    Some(if total > MAX_TTL_SECS { Err(too_long()) } else { u32::try_from(total).map_err(|_| too_long()) })
}
