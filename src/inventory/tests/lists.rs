//! Domain lists: the same domains as `[[domain]]`, quickly, and mistakes that point into the list.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Instant;

use proptest::prelude::*;

use super::super::csv_fields::rows;
use super::*;

const MACHINES: &str = "[[router]]\nname = \"router-1\"\naddresses = [\"10.1.0.10\"]\n[[router]]\nname = \"router-2\"\naddresses = [\"10.1.0.11\"]\n\
                        [[reverse_proxy]]\nname = \"edge-1\"\naddresses = [\"203.0.113.10\"]\n";

fn list(csv: &str) -> Result<Inventory, Mistakes> {
    let text = format!("{MACHINES}[[domain_list]]\nfile = \"domains.csv\"\n");
    read_with(&text, &[("domains.csv", csv.as_bytes())])
}

/// The mistakes of a list as `file:line:column: message`.
fn mistakes(csv: &str) -> Vec<String> {
    let found = list(csv).map(|inventory| format!("{inventory:?}")).expect_err("a mistake");
    found.iter().map(|(place, message)| format!("{place}: {message}")).collect()
}

#[test]
fn a_list_says_what_tables_say() {
    let csv = "\u{feff}name,email,external,routers,reverse_proxies,home_servers,profile\r\n\
               im.example.com,example.com; example.net,TRUE,router-1;router-2,edge-1,,rvp\r\n\
               \r\n\
               \"im.example.org\",,,,,,\r\n";
    let toml = format!(
        "{MACHINES}[[domain]]\nname = \"im.example.com\"\nemail = [\"example.com\", \"example.net\"]\nexternal = true\n\
         routers = [\"router-1\", \"router-2\"]\nreverse_proxies = [\"edge-1\"]\n[[domain]]\nname = \"im.example.org\"\n"
    );
    let (listed, written) = (list(csv).unwrap_or_else(|mistakes| panic!("{mistakes}")), good(&toml));
    let plain = |inventory: &Inventory| {
        let strip = |domain: Cow<'_, Domain>| format!("{:?}", Domain { place: Place::command_line(), ..domain.into_owned() });
        inventory.domains.iter().map(strip).collect::<Vec<_>>()
    };
    assert_eq!(plain(&listed), plain(&written));
    let places: Vec<_> = listed.domains.iter().map(|domain| domain.place.to_string()).collect();
    assert_eq!(places, ["domains.csv:2:1", "domains.csv:4:2"]);
}

#[test]
fn mistakes_point_into_the_list() {
    let csv = "external,name,email,routers\n\
               yes,im.a.example,,\n\
               ,im..b,,\n\
               true,im.c.example, c.example ;ü@c.example,router-1; ruoter-2\n\
               ,im.d.example\n\
               ,IM.A.example,,\n\
               ,,,\n\
               ,im.e.example,\"e.example\"x,\n\
               ,im.f.example,f.example;F.example,router-1;router-1\n";
    assert_eq!(
        mistakes(csv),
        [
            "domains.csv:2:1: `external` takes true or false, not \"yes\"",
            "domains.csv:3:2: \"im..b\" is no domain name: it has an empty label",
            "domains.csv:4:31: \"ü@c.example\" is no domain name: it contains '@', which no domain name may hold",
            "domains.csv:4:53: router \"ruoter-2\" is not declared",
            "domains.csv:5:1: the row has 2 fields, the header line 4",
            "domains.csv:6:2: the domain im.a.example is declared twice",
            "domains.csv:7:2: \"\" is no domain name: the name is empty",
            "domains.csv:8:26: text follows a closing quote",
            "domains.csv:9:25: \"F.example\" is listed twice",
            "domains.csv:9:44: \"router-1\" is listed twice",
        ]
    );
}

#[test]
fn a_domain_in_the_list_and_in_the_inventory_is_declared_twice() {
    let text = "[[domain]]\nname = \"im.a.example\"\n[[domain_list]]\nfile = \"domains.csv\"\n";
    let found = read_with(text, &[("domains.csv", b"name\nim.a.example\n")]).map(|_| ()).expect_err("a mistake").to_string();
    assert_eq!(
        found,
        "error: the domain im.a.example is declared twice\n \
         --> domains.csv:2:1\n  |\n2 | im.a.example\n  | ^^^^^^^^^^^^ here again\n  |\n \
         ::: imctl.toml:2:8\n  |\n2 | name = \"im.a.example\"\n  |        -------------- first here\n  |\n  \
         = help: leave one of them out\n\nerror: imctl.toml and its domain lists: 1 mistake\n"
    );
}

#[test]
fn a_header_line_that_cannot_be_used() {
    assert_eq!(mistakes(""), ["domains.csv:1:1: the domain list is empty"]);
    assert_eq!(mistakes("email,routers\na.example,\n"), ["domains.csv:1:1: the column `name` is missing"]);
    assert_eq!(mistakes("name,emial\nim.a.example,\n"), ["domains.csv:1:6: unknown column `emial`"]);
    assert_eq!(mistakes("name,Name\na,b\n"), ["domains.csv:1:6: there are two columns `name`"]);
    let semicolons = list("name;email\nim.a.example;a.example\n").map(|_| ()).expect_err("a mistake").to_string();
    assert!(semicolons.contains("help: put commas between columns"), "{semicolons}");
    assert_eq!(mistakes("name\n\"im.a.example\nim.b.example\n"), ["domains.csv:2:1: a quote is not closed"]);
}

#[test]
fn a_list_that_cannot_be_read_is_named_where_it_is_written() {
    let text = "[[domain_list]]\nfile = \"gone.csv\"\n";
    let found = read_with(text, &[]).map(|_| ()).expect_err("a mistake");
    let (place, message) = found.iter().next().expect("one");
    assert_eq!(place, Place::new("imctl.toml", 2, 8));
    assert_eq!(message, "cannot read the domain list gone.csv: entity not found");
    let text = "[[domain_list]]\nfile = \"latin1.csv\"\n";
    let found = read_with(text, &[("latin1.csv", b"name\nim.b\xfccher.example\n")]).map(|_| ()).expect_err("a mistake");
    let (_, message) = found.iter().next().expect("one");
    assert_eq!(message, "cannot read the domain list latin1.csv: line 2 is not UTF-8: save the list as UTF-8");
}

#[test]
fn a_list_named_twice_is_one_mistake() {
    let text = "[[domain_list]]\nfile = \"a.csv\"\n[[domain_list]]\nfile = \"./a.csv\"\n";
    let found = read_with(text, &[("a.csv", b"name\nim.a.example\nim.b.example\n")]).map(|_| ()).expect_err("a mistake");
    let all: Vec<_> = found.iter().map(|(place, message)| format!("{place}: {message}")).collect();
    assert_eq!(all, ["imctl.toml:4:8: \"./a.csv\" is listed twice"]);
}

#[test]
fn ten_thousand_domains_are_read_right_and_quickly() {
    let mut csv = "name,external,routers\n".to_owned();
    let mut toml = MACHINES.to_owned();
    for number in 0..10_000 {
        let router = number % 2 + 1;
        writeln!(csv, "im.d{number}.example,{},router-{router}", number % 3 == 0).expect("text");
        let external = number % 3 == 0;
        write!(toml, "[[domain]]\nname = \"im.d{number}.example\"\nexternal = {external}\nrouters = [\"router-{router}\"]\n")
            .expect("text");
    }
    let begun = Instant::now();
    let both = [list(&csv).unwrap_or_else(|mistakes| panic!("{mistakes}")), good(&toml)];
    let took = begun.elapsed();
    for inventory in &both {
        assert_eq!(inventory.domains.len(), 10_000);
        for (number, domain) in inventory.domains.iter().enumerate() {
            assert_eq!(domain.email, [name(&format!("d{number}.example"))]);
            assert_eq!(domain.external, number % 3 == 0);
            assert_eq!(inventory.machine(domain.routers[0]).name, format!("router-{}", number % 2 + 1));
        }
    }
    assert_eq!(both[0].domains.nth(9_999).place, Place::new("domains.csv", 10_001, 1));
    assert_eq!(both[1].domains.nth(9_999).place.line, 7 + 9_999 * 4 + 4);
    assert!(took.as_secs() < 5, "an unoptimised build took {took:?}");
}

#[test]
fn a_hundred_thousand_mistakes_are_counted_and_fifty_shown() {
    let mut csv = "name,routers\n".to_owned();
    for number in 0..100_000 {
        writeln!(csv, "im..d{number},").expect("text");
    }
    let begun = Instant::now();
    let found = list(&csv).map(|_| ()).expect_err("mistakes");
    let rendered = found.to_string();
    assert_eq!(found.len(), 100_000);
    assert_eq!(rendered.matches("it has an empty label\n").count(), 100, "fifty messages and fifty labels");
    assert!(rendered.ends_with("error: imctl.toml and its domain lists: 100000 mistakes, 99950 more than shown\n"));
    assert!(begun.elapsed().as_secs() < 20, "an unoptimised build took {:?}", begun.elapsed());
}

#[test]
fn a_misspelt_router_in_every_row_does_not_take_long() {
    let mut toml = "[[domain_list]]\nfile = \"domains.csv\"\n".to_owned();
    let mut csv = "name,routers\n".to_owned();
    for number in 0..5_000 {
        writeln!(toml, "[[router]]\nname = \"router-{number}\"\naddresses = [\"10.1.0.1\"]").expect("text");
        writeln!(csv, "im.d{number}.example,ruoter-{number}").expect("text");
    }
    let begun = Instant::now();
    let found = read_with(&toml, &[("domains.csv", csv.as_bytes())]).map(|_| ()).expect_err("mistakes");
    assert_eq!(found.len(), 5_000);
    assert!(found.to_string().contains("did you mean \"router-7\"?"));
    assert!(begun.elapsed().as_secs() < 20, "an unoptimised build took {:?}", begun.elapsed());
}

proptest! {
    /// Where the csv crate and this reader both accept a text, they see the same fields; and every field is where it says.
    #[test]
    fn fields_are_those_of_the_csv_crate(text in "([a-cü;]{0,3}|\"([a-cü,;\r\n]|\"\"){0,4}\"|[,\n]|\r\n|\"){0,16}") {
        let mut mine = Vec::new();
        for row in rows(&text) {
            let Ok(row) = row else { return Ok(()) };
            for field in &row {
                let raw = &text[field.bytes.clone()];
                prop_assert!(raw == field.text || raw.replace("\"\"", "\"") == field.text, "{raw:?} {:?}", field.text);
            }
            mine.push(row.into_iter().map(|field| field.text.into_owned()).collect::<Vec<_>>());
        }
        if has_bare_quote(&text) {
            return Ok(());
        }
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let theirs: Vec<Vec<String>> =
            reader.records().map(|record| record.expect("UTF-8").iter().map(str::to_owned).collect()).collect();
        prop_assert_eq!(mine, theirs);
    }
}

/// Whether a quote stands inside an unquoted field, which RFC 4180 forbids and readers treat as they like.
fn has_bare_quote(text: &str) -> bool {
    rows(text).flatten().flatten().any(|field| !text[..field.bytes.start].ends_with('"') && field.text.contains('"'))
}
