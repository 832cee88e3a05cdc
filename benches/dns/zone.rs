//! The zone that the DNS measurements ask for, and whether answers are those of the zone. Needs nothing but the standard library.
//!
//! `zone zone N` writes the zone file, `zone names N COUNT` the names (over again after N), `zone check N COUNT TYPES < answers`
//! reads JSON lines of dns-lookups or massdns and fails unless every question has its right answer exactly as often as it was asked.

use std::io::{self, BufRead as _, BufWriter, Write as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize| arguments.get(n).and_then(|text| text.parse().ok()).expect("a number");
    let mut out = BufWriter::new(io::stdout().lock());
    match arguments.first().map(String::as_str) {
        Some("zone") => zone(number(1), &mut out),
        Some("names") => (0..number(2)).try_for_each(|n| writeln!(out, "{}", name(n % number(1)))),
        Some("check") => return check(number(1), number(2), &arguments[3]),
        _ => Err(io::Error::other("usage: zone zone N | zone names N COUNT | zone check N COUNT TYPES")),
    }
    .expect("it is written");
    ExitCode::SUCCESS
}

fn name(n: u32) -> String {
    format!("im.d{n:06}.test")
}

/// The value of that name and type; `None` where there is none. A name whose number ends in 9 does not exist.
fn value(n: u32, rtype: &str) -> Option<String> {
    let [_, a, b, c] = n.to_be_bytes();
    match rtype {
        _ if n % 10 == 9 => None,
        "A" => Some(format!("10.{a}.{b}.{c}")),
        "AAAA" if n % 4 == 0 => Some(format!("fd00::{:x}:{:x}", n >> 16 | 1 << 12, n & 0xffff | 1)),
        "SRV" => Some(format!("10 5 5269 r{}.{}.", n % 1000, name(n))),
        _ => None,
    }
}

fn zone(count: u32, out: &mut impl io::Write) -> io::Result<()> {
    out.write_all(b"$ORIGIN test.\n$TTL 300\n@ SOA ns hostmaster 1 7200 3600 1209600 300\n@ NS ns\nns A 127.0.0.1\n")?;
    for n in 0..count {
        for (rtype, service) in [("A", ""), ("AAAA", ""), ("SRV", "_imps._tcp.")] {
            if let Some(value) = value(n, rtype) {
                writeln!(out, "{service}{}. {rtype} {value}", name(n))?;
            }
        }
    }
    Ok(())
}

/// The text behind `"key":"`, up to the next quotation mark.
fn text<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let from = line.find(&format!("\"{key}\":\""))? + key.len() + 4;
    line[from..].split('"').next()
}

fn check(count: u32, asked: u32, types: &str) -> ExitCode {
    let types: Vec<&str> = types.split(',').collect();
    let mut seen = vec![vec![0_u32; count as usize]; types.len()];
    let mut wrong = 0;
    for line in io::stdin().lock().lines() {
        let line = line.expect("text");
        let number = text(&line, "name").and_then(|name| name.split("im.d").nth(1)?.get(..6)?.parse::<u32>().ok());
        let place = text(&line, "type").and_then(|rtype| types.iter().position(|t| *t == rtype));
        let (Some(n), Some(place)) = (number, place) else {
            eprintln!("not understood: {line}");
            return ExitCode::FAILURE;
        };
        let right = match value(n, types[place]) {
            Some(value) => text(&line, "status") == Some("NOERROR") && line.contains(&format!("\"data\":\"{value}\"")),
            None if n % 10 == 9 => text(&line, "status") == Some("NXDOMAIN"),
            None => text(&line, "status") == Some("NOERROR"),
        };
        if !right {
            wrong += 1;
            eprintln!("wrong: {line}");
        }
        seen[place][n as usize] += 1;
    }
    let times = |n: u32| asked / count + u32::from(n < asked % count);
    let lost = seen.iter().flat_map(|seen| (0..count).filter(|n| seen[*n as usize] != times(*n))).count();
    if wrong > 0 || lost > 0 {
        eprintln!("{wrong} wrong answers, {lost} questions without or with too many");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
