//! Writes made-up e-mail addresses: `addresses COUNT SEED [text|csv|ldif|json]`. Never writes anybody's.
//!
//! 8 % repeats, 1 % invalid, 0.6 % with a domain beyond ASCII, 0.3 % quoted, 2 % in upper case; the other forms hold the
//! valid ones only.

use std::io::Write as _;

const FIRST: [&str; 20] = [
    "anna", "john", "maria", "li", "mohammed", "olga", "peter", "sofia", "jan", "carlos", "yuki", "fatima", "david", "emma",
    "lucas", "ines", "tom", "alexander", "kate", "bo",
];
const LAST: [&str; 20] = [
    "smith", "garcia", "mueller", "ivanov", "kim", "rossi", "silva", "nguyen", "jensen", "khan", "dubois", "novak", "tanaka",
    "brown", "lee", "andersson", "kowalski", "oconnor", "papadopoulos", "yilmaz",
];
const LARGE: [&str; 12] = [
    "mail.test", "mail.test", "mail.test", "post.test", "web.test", "web.test", "isp.test", "a.example", "gov.test", "b.co.test",
    "q.test", "xyz.test",
];
const WORDS: [&str; 16] = [
    "blue", "river", "data", "north", "soft", "trade", "green", "media", "net", "tech", "steel", "city", "home", "auto", "bio", "law",
];
const TOPS: [&str; 8] = ["test", "test", "test", "test", "test", "test", "test", "example"];
const UNICODE: [&str; 5] = ["bücher.example", "例え.example", "пример.example", "münchen.example", "español.example"];
const INVALID: [&str; 18] = [
    "no-at-sign.example.com", "a@@b.example", ".lead@x.example", "trail.@x.example", "two..dots@x.example", "user@-bad.example",
    "user@bad-.example", "user@nodot", "sp ace@x.example", "user@ex_ample.com", "@x.example", "user@", "user@a..b.example",
    "us(er@x.example", "user@[192.0.2.1]", "", "user@x.example extra", "user@.x.example",
];

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.below(of.len() as u64)).unwrap_or(0)]
    }
}

fn address(random: &mut Random, kind: u64) -> String {
    if kind < 93 {
        return format!("\"{} {}\"@{}{}.{}", random.one(&FIRST), random.below(100_000), random.one(&WORDS), random.below(1000), random.one(&TOPS));
    }
    let (first, last) = (random.one(&FIRST), random.one(&LAST));
    let local = match random.below(6) {
        0 => format!("{first}.{last}{}", random.below(10_000)),
        1 => format!("{}{last}{}", &first[..1], random.below(100_000)),
        2 => format!("{first}_{last}{}", random.below(10_000)),
        3 => format!("{first}{}", random.below(10_000_000)),
        4 => format!("{last}+{}{}", random.one(&WORDS), random.below(100_000)),
        _ => format!("{first}.{last}.{}", random.below(100_000)),
    };
    let domain = if kind < 99 {
        random.one(&UNICODE).to_owned()
    } else if random.below(100) < 60 {
        random.one(&LARGE).to_owned()
    } else {
        let hyphen = if random.below(4) == 0 { "-" } else { "" };
        format!("{}{hyphen}{}{}.{}", random.one(&WORDS), random.one(&WORDS), random.below(5000), random.one(&TOPS))
    };
    let address = format!("{local}@{domain}");
    if kind >= 980 { address.to_ascii_uppercase() } else { address }
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
    let form = arguments.get(2).map_or("text", String::as_str);
    let mut random = Random(number(1, 42) ^ 0x9e37_79b9_7f4a_7c15);
    let mut out = std::io::BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    let mut kept: Vec<String> = Vec::new();
    match form {
        "csv" => out.write_all(b"\"DN\",\"Name\",\"mail\",\"department\"\r\n")?,
        "json" => out.write_all(b"[\n")?,
        _ => {}
    }
    for person in 0..number(0, 1000) {
        let kind = random.below(1000);
        let line = if kind < 80 && !kept.is_empty() {
            kept[usize::try_from(random.below(kept.len() as u64)).unwrap_or(0)].clone()
        } else if kind < 90 && form == "text" {
            random.one(&INVALID).to_owned()
        } else {
            address(&mut random, if form == "text" { kind.max(90) } else { kind.clamp(99, 979) })
        };
        let comma = if person == 0 { "" } else { ",\n" };
        match form {
            "csv" => write!(out, "\"CN=Person {person},OU=Staff,DC=example,DC=com\",\"Person, {person}\",\"{line}\",\"Sales and more\"\r\n")?,
            "ldif" => write!(
                out,
                "dn: CN=Person {person},OU=Staff,DC=example,DC=com\nchangetype: add\nobjectClass: top\nobjectClass: person\n\
                 objectClass: user\ncn: Person {person}\nmail: {line}\nproxyAddresses: smtp:person{person}@mail.example\n\
                 proxyAddresses: SMTP:{line}\nuserPrincipalName: p{person}@corp.example.com\n\n"
            )?,
            "json" => write!(
                out,
                "{comma}{{\"displayName\":\"Person {person}\",\"mail\":\"{line}\",\"userPrincipalName\":\"p{person}@corp.example.com\",\
                 \"proxyAddresses\":[\"smtp:person{person}@mail.example\",\"SMTP:{line}\"],\"accountEnabled\":true}}"
            )?,
            _ => writeln!(out, "{line}")?,
        }
        if random.below(50) == 0 && kept.len() < 400_000 && line.contains('@') {
            kept.push(line);
        }
    }
    if form == "json" {
        out.write_all(b"\n]\n")?;
    }
    out.flush()
}
