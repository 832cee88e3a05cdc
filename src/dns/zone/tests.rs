//! Zones answer as RFC 1034 and RFC 4592 have it, and do not say what they do not know.

use super::*;

fn name(text: &str) -> DomainName {
    text.parse().expect("a good name")
}

/// The example of RFC 4592 2.2.1, with addresses for the values, and a delegation, aliases and a DNAME beside it.
const EXAMPLE: &str = "$ORIGIN example.\n$TTL 3600\n@ SOA ns hostmaster 1 2 3 4 5\n@ NS ns.example.com.\n@ NS ns.example.net.\n\
    * TXT \"this is a wildcard\"\n* A 10.0.0.1\nsub.* TXT \"this is not a wildcard\"\nhost1 A 192.0.2.1\n\
    _ssh._tcp.host1 SRV 1 2 3 host1\n_ssh._tcp.host2 SRV 1 2 3 host2\nsubdel NS ns.example.com.\nglue.subdel A 10.0.0.9\n\
    here CNAME host1\naway CNAME host.example.net.\na.loop CNAME b.loop\nb.loop CNAME a.loop\n*.many CNAME host1\n\
    old DNAME new.example.net.\nold A 10.0.0.7\nnowhere CNAME a.host1\noutside.test. A 10.0.0.8\n";

fn zones(text: &str) -> Zones {
    let file = crate::dns::zone_file::parse("z", text.as_bytes(), None, &|_, _| Err(String::new())).expect("a good zone");
    let mut zones = Zones::default();
    zones.add(Zone::of_file(file).expect("a sound zone")).expect("one zone");
    zones
}

fn says(zones: &Zones, owner: &str, rtype: RecordType) -> String {
    match zones.answer(&name(owner), rtype) {
        ZoneAnswer::Records(records) => records.iter().map(|r| format!("{} {:?}", r.owner, r.data)).collect::<Vec<_>>().join(", "),
        ZoneAnswer::NoData => "no data".to_owned(),
        ZoneAnswer::NoSuchName => "no such name".to_owned(),
        ZoneAnswer::Unknown(why) => format!("unknown: {why}"),
    }
}

#[test]
fn names_are_answered_as_rfc_4592_has_it() {
    let zones = zones(EXAMPLE);
    for (owner, expected) in [
        ("host1.example", "host1.example A(192.0.2.1)"),
        ("host3.example", "host3.example A(10.0.0.1)"),
        ("foo.bar.example", "foo.bar.example A(10.0.0.1)"),
        ("host2.example", "no data"),
        ("_tcp.host1.example", "no data"),
        ("_telnet._tcp.host1.example", "no such name"),
        ("ghost.host1.example", "no such name"),
        ("x.many.example", "x.many.example Cname(host1.example), host1.example A(192.0.2.1)"),
        ("many.example", "no data"),
    ] {
        assert_eq!(says(&zones, owner, RecordType::A), expected, "{owner}");
    }
    assert_eq!(says(&zones, "host3.example", RecordType::Srv), "no data");
    let wildcard = Zone::wildcard_below(&name("example"));
    assert!(matches!(zones.answer(&wildcard, RecordType::A), ZoneAnswer::Records(_)));
    let below = DomainName::from_wire([b"x".as_slice(), b"*", b"example"].into_iter());
    assert_eq!(zones.answer(&below, RecordType::A), ZoneAnswer::NoSuchName, "a name below * is not made up by *");
}

#[test]
fn what_other_servers_would_have_to_say_is_not_known() {
    let zones = zones(EXAMPLE);
    for owner in ["subdel.example", "glue.subdel.example", "a.b.subdel.example", "outside.test", "x.old.example"] {
        assert!(says(&zones, owner, RecordType::A).starts_with("unknown: "), "{owner}");
    }
    assert_eq!(says(&zones, "old.example", RecordType::A), "old.example A(10.0.0.7)");
    let wins = zones_with_wins();
    assert!(says(&wins, "pc7.example", RecordType::A).starts_with("unknown: "));
    assert_eq!(says(&wins, "host1.example", RecordType::Srv), "no data");
}

fn zones_with_wins() -> Zones {
    zones("$ORIGIN example.\n@ 60 SOA ns hostmaster 1 2 3 4 5\n@ WINS L2 C900 ( 10.0.0.3 )\nhost1 A 192.0.2.1\n")
}

#[test]
fn aliases_are_followed_as_far_as_the_zones_go() {
    let zones = zones(EXAMPLE);
    for (owner, expected) in [
        ("here.example", "here.example Cname(host1.example), host1.example A(192.0.2.1)"),
        ("away.example", "away.example Cname(host.example.net)"),
        ("nowhere.example", "nowhere.example Cname(a.host1.example)"),
        ("a.loop.example", "a.loop.example Cname(b.loop.example), b.loop.example Cname(a.loop.example)"),
    ] {
        assert_eq!(says(&zones, owner, RecordType::A), expected, "{owner}");
    }
    assert_eq!(says(&zones, "here.example", RecordType::Cname), "here.example Cname(host1.example)");
}

#[test]
fn a_zone_of_its_own_goes_before_the_delegation() {
    let mut zones = zones(EXAMPLE);
    let mut sub = Zone::new(name("subdel.example"));
    sub.add(name("im.subdel.example"), 60, RecordData::A([10, 0, 0, 5].into()));
    zones.add(sub.clone()).expect("a second zone");
    assert_eq!(says(&zones, "im.subdel.example", RecordType::A), "im.subdel.example A(10.0.0.5)");
    assert_eq!(says(&zones, "x.subdel.example", RecordType::A), "no such name");
    assert_eq!(zones.add(sub).expect_err("there is one already").apex(), &name("subdel.example"));
}

#[test]
fn an_answer_is_at_its_record_or_at_the_head_of_the_zone() {
    let zones = zones(EXAMPLE);
    let line = |owner: &str, value: &str| {
        let is_meant = |data: &RecordData| data.address().is_some_and(|address| address.to_string() == value);
        zones.place_of(&name(owner), is_meant).map(|place| place.line)
    };
    for (owner, at) in [("host1.example", 9), ("host3.example", 7), ("ghost.host1.example", 3), ("subdel.example", 3)] {
        assert_eq!(line(owner, ""), Some(at), "{owner}");
    }
    assert_eq!((line("here.example", ""), line("here.example", "192.0.2.1")), (Some(14), Some(9)));
    assert_eq!((line("a.loop.example", "x"), line("away.example", "x"), line("outside.test", "")), (Some(16), Some(15), None));
}

#[test]
fn an_alias_beside_something_else_does_not_load() {
    let load = |text: &str| {
        let text = format!("$ORIGIN example.\n$TTL 60\n@ SOA ns h 1 2 3 4 5\n{text}");
        let file = crate::dns::zone_file::parse("z", text.as_bytes(), None, &|_, _| Err(String::new())).expect("records");
        Zone::of_file(file).map(|_| ()).map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(load("a CNAME b\na CNAME b\na RRSIG CNAME 8 2 60 20300101000000 20200101000000 1 example. AA==\n"), Ok(()));
    let said = "z:5:1: a.example is an alias (CNAME) and owns something else: delete the one or the other".to_owned();
    for text in ["a CNAME b\na A 10.0.0.1\n", "a A 10.0.0.1\na CNAME b\n", "a CNAME b\na CNAME c\n", "a TXT x\na CNAME b\n"] {
        assert_eq!(load(text), Err(vec![said.clone()]), "{text}");
    }
}
