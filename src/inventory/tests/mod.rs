//! Tests of reading imctl.toml: what is right comes out right, and every mistake is named at its place.

use std::io;
use std::path::Path;

use super::*;

mod hostile;
mod lists;
mod mistakes;
mod schema;

const RULES: &[&str] = &["servers-disagree", "ttl-out-of-range", "external-points-at-router"];

/// The inventory of the manual.
const SAMPLE: &str = include_str!("sample.toml");
/// One with every key.
const FULL: &str = include_str!("full.toml");

/// Reads an inventory beside which these files lie.
fn read_with(text: &str, files: &[(&str, &[u8])]) -> Result<Inventory, Mistakes> {
    let read = |path: &Path| {
        let file = files.iter().find(|(name, _)| Path::new(name) == path);
        file.map(|(_, bytes)| bytes.to_vec()).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    };
    parse(text, "imctl.toml", &Context { rules: RULES, read: &read })
}

fn read(text: &str) -> Result<Inventory, Mistakes> {
    read_with(text, &[("more.csv", b"name,email\nim.listed.example,\n")])
}

fn good(text: &str) -> Inventory {
    read(text).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn name(text: &str) -> DomainName {
    text.parse().expect("a good name")
}

/// Line and column of a text in a file, 1-based.
fn find(file: &str, text: &str) -> (u32, u32) {
    let at = file.find(text).unwrap_or_else(|| panic!("{text} is not in the file"));
    let line = file[..at].matches('\n').count() + 1;
    let column = file[..at].rsplit('\n').next().map_or(0, |before| before.chars().count()) + 1;
    (u32::try_from(line).expect("small"), u32::try_from(column).expect("small"))
}

fn spot(place: &Place) -> (u32, u32) {
    (place.line, place.column)
}

#[test]
fn an_empty_inventory_has_the_defaults() {
    let inventory = good("");
    assert_eq!(inventory.prefix, "im.");
    assert_eq!(inventory.vantage, View::Internal);
    assert_eq!(inventory.slow_answer, Duration::from_secs(1));
    assert!(inventory.domains.is_empty() && inventory.views.is_empty());
}

#[test]
fn the_inventory_of_the_manual_is_read() {
    let inventory = good(SAMPLE);
    let domain = inventory.domains.nth(0);
    assert_eq!(domain.name, name("im.example.com"));
    assert_eq!(domain.email, [name("example.com")]);
    assert!(domain.external);
    let machine = |ids: &[MachineId]| ids.iter().map(|id| inventory.machine(*id).name.clone()).collect::<Vec<_>>();
    assert_eq!(machine(&domain.routers), ["router-1"]);
    assert_eq!(machine(&domain.reverse_proxies), ["edge-1"]);
    assert_eq!(machine(&domain.home_servers), ["home-1"]);
    let internal = &inventory.views[&View::Internal];
    let servers = ["10.0.0.53:53", "10.0.1.53:53"].map(|text| Server::Plain(text.parse().expect("an address")));
    assert_eq!(internal.servers, servers);
    assert_eq!(internal.canary, Some(Canary { name: name("dc1.corp.example.com"), address: [10, 0, 0, 5].into() }));
    assert_eq!(inventory.views[&View::External].zones, ["zones/external/*.zone"]);
    assert_eq!(inventory.levels[0].level, None);
    assert_eq!(inventory.suppressions[0].expires, Date::constant(2026, 12, 31));
}

#[test]
fn every_key_is_read() {
    let inventory = good(FULL);
    assert_eq!(inventory.vantage, View::External);
    assert_eq!(inventory.prefix, "chat.");
    assert_eq!(inventory.slow_answer, Duration::from_millis(2500));
    assert_eq!(inventory.emails, [PathBuf::from("people.csv"), PathBuf::from("lists/more.txt")]);
    let plain = |text: &str| Server::Plain(text.parse().expect("an address"));
    let encrypted = |text: &str| Server::Encrypted(encrypted::server(text).expect("a scheme").expect("a server"));
    let servers = [
        plain("10.0.0.53:5353"),
        plain("[fd00::1]:53"),
        plain("[fd00::2]:5353"),
        Server::System,
        encrypted("tls://9.9.9.9"),
        encrypted("https://dns.example/dns-query"),
        plain("10.0.0.54:53"),
        plain("10.0.0.55:53"),
    ];
    let internal = &inventory.views[&View::Internal];
    assert_eq!(internal.servers, servers);
    assert_eq!(internal.bulk.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10.0.0.54:53"]);
    assert_eq!((internal.source, internal.ca.clone()), (Some([10, 0, 0, 9].into()), Some(PathBuf::from("ca.pem"))));
    assert_eq!((internal.dnssec, internal.trust_anchor.clone()), (true, Some(PathBuf::from("keys/example.dnskey"))));
    let secret_file = PathBuf::from("keys/inside.b64");
    let tsig = TsigSettings { name: Some(name("inside")), algorithm: Some(TsigAlgorithm::HmacSha512), secret_file };
    assert_eq!(internal.tsig, Some(tsig));
    assert_eq!(inventory.probe_ca, Some(PathBuf::from("machines.pem")));
    let tls: Vec<_> = inventory.machines().map(|(_, machine)| (machine.name.as_str(), machine.tls)).collect();
    assert_eq!(tls, [("router-1", Some(false)), ("edge-1", Some(true)), ("home-1", Some(true))]);
    let connect: Vec<_> = inventory.connect.iter().map(|(from, to)| format!("{from} {to}")).collect();
    assert_eq!(connect, ["10.1.0.10:80 127.0.0.1:8080", "[fd00::10]:80 127.0.0.1:8081"]);
    let levels: Vec<_> = inventory.levels.iter().map(|setting| (setting.rule.as_str(), setting.level)).collect();
    assert_eq!(levels, [("ttl-out-of-range", Some(Severity::Warning)), ("servers-disagree", Some(Severity::Error))]);
    let suppression = &inventory.suppressions[0];
    assert_eq!((suppression.domain.as_str(), suppression.view), ("*.example.com", Some(View::External)));
    assert_eq!(suppression.expires, Date::constant(2027, 6, 30));
    let addresses: Vec<_> = inventory.machines().map(|(_, machine)| machine.addresses.clone()).collect();
    let range = |net: &str, port| AddressRange { net: net.parse().expect("a range"), port };
    assert_eq!(addresses[0], [range("10.1.0.0/24", None), range("10.2.0.1/32", Some(8080)), range("fd00::10/128", Some(80))]);
    assert_eq!(addresses[2], [], "a home server needs its host only");
    assert_eq!(inventory.domains.nth(1).name, name("im.listed.example"));
}

#[test]
fn an_email_domain_that_is_not_written_is_inferred_from_the_name() {
    let with =
        |rest: &str| good(&format!("[derive]\nprefix = \"chat.\"\n[[domain]]\nname = {rest}\n")).domains.nth(0).email.clone();
    assert_eq!(with("\"chat.example.com\""), [name("example.com")]);
    assert_eq!(with("\"im.example.com\""), []);
    assert_eq!(with("\"chat.example.com\"\nemail = []"), [], "what is written counts");
}

#[test]
fn places_are_those_of_the_values() {
    let inventory = good(FULL);
    let at = |place: &Place, text: &str| assert_eq!(spot(place), find(FULL, text), "{text}");
    at(&inventory.domains.nth(0).place, "\"chat.bücher.example\"");
    let machines: Vec<_> = inventory.machines().map(|(_, machine)| &machine.place).collect();
    at(machines[0], "\"router-1\" # its name");
    at(machines[1], "\"edge-1\" }");
    at(machines[2], "\"home-1\" # its name");
    at(&inventory.levels[0].place, "\"warning\"");
    at(&inventory.suppressions[0].place, "\"external-points-at-router\"");
    at(inventory.views[&View::Internal].place.as_ref().expect("a place"), "[view.internal]");
    assert_eq!(inventory.domains.nth(1).place, Place::new("more.csv", 2, 1));
}

#[test]
fn paths_are_relative_to_the_inventory() {
    let text = "emails = [\"people.csv\", \"/lists/all.csv\"]\n[view.internal]\nzones = [\"zones/*.zone\"]\n[[domain_list]]\nfile = \"a.csv\"\n";
    let read = |path: &Path| {
        assert_eq!(path, Path::new("estate/north/a.csv"));
        Ok(b"name\nim.example.com\n".to_vec())
    };
    let inventory = parse(text, "estate/north/imctl.toml", &Context { rules: &[], read: &read });
    let inventory = inventory.unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!(inventory.emails, [Path::new("estate/north/people.csv"), Path::new("/lists/all.csv")]);
    assert_eq!(inventory.views[&View::Internal].zones, ["estate/north/zones/*.zone"]);
    assert_eq!(inventory.domains.nth(0).place, Place::new("estate/north/a.csv", 2, 1));
}

#[test]
fn what_rules_judge_is_no_mistake() {
    good(
        "[[router]]\nname = \"r\"\naddresses = [\"10.1.0.1\"]\n[[router]]\nname = \"unused\"\naddresses = [\"10.1.0.1\"]\n\
         [[reverse_proxy]]\nname = \"r\"\naddresses = [\"10.1.0.1\"]\n\
         [[domain]]\nname = \"im.a.example\"\nemail = [\"a.example\"]\nrouters = [\"r\"]\n\
         [[domain]]\nname = \"im.b.example\"\nemail = [\"a.example\", \"b.example\"]\nrouters = [\"r\"]\n\
         [[domain]]\nname = \"im.c.example\"\nexternal = true\n",
    );
}

#[test]
fn patterns_come_out_as_names_are_compared() {
    let suppress = |domain: &str| {
        let text =
            format!("[[suppress]]\nrule = \"servers-disagree\"\ndomain = \"{domain}\"\nreason = \"r\"\nexpires = 2026-12-31\n");
        good(&text).suppressions[0].domain.clone()
    };
    assert_eq!(suppress("IM.Bücher.example."), "im.xn--bcher-kva.example");
    assert_eq!(suppress("IM.*.Bücher.example"), "im.*.xn--bcher-kva.example");
    assert_eq!(suppress("*"), "*");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_do_not_matter() {
    let text = format!("\u{feff}{}", SAMPLE.replace('\n', "\r\n"));
    assert_eq!(good(&text).domains.nth(0).place, good(SAMPLE).domains.nth(0).place);
}
