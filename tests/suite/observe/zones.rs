//! The name servers of a zone, each asked itself.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use imctl::dns::{DomainName, RecordData, RecordType, View};
use imctl::loopback::{Apex, DnsServer, Zone};
use imctl::observe::{Answer, Authority, Failure, Limits, LiveSettings, NameServer, Question, Reply};

use super::dns::{internal, patient};
use super::{ask, name};

/// The zone example.com, in which the domain has an address that ends so.
fn zone(last: u8) -> Zone {
    let a = |last: u8| RecordData::A([192, 0, 2, last].into());
    let hosts = Zone::new().with(name("im.example.com"), 300, a(last)).with(name("ns1.example.com"), 300, a(1));
    hosts.with(name("ns2.example.com"), 300, a(2)).with(name("ns4.example.com"), 300, RecordData::A([224, 0, 0, 1].into()))
}

fn apex(serial: u32, servers: &[&str]) -> Apex {
    Apex { zone: name("example.com"), servers: servers.iter().map(|text| name(text)).collect(), serial, authoritative: true }
}

/// Questions to the zone as the view's server has it, which names these servers; of which each stands where it says.
fn asking(view: &DnsServer, limits: Limits, places: &[(u8, SocketAddr)]) -> LiveSettings {
    let connect = places.iter().map(|(last, at)| (SocketAddr::from(([192, 0, 2, *last], 53)), *at));
    LiveSettings { connect: connect.collect(), ..internal(&[view.address()], limits) }
}

fn about(rtype: RecordType) -> Question {
    Question::authority(View::Internal, &name("im.example.com"), rtype)
}

fn authority(answer: Answer) -> Authority {
    match answer {
        Answer::Authority(authority) => authority,
        other => panic!("name servers were to be asked, and the answer is {other:?}"),
    }
}

/// Serial and reply at the only address of a name server.
fn said(server: &NameServer) -> (Option<u32>, &Reply) {
    let [said] = &server.replies[..] else { panic!("one address: {server:?}") };
    (said.serial, &said.reply.reply)
}

#[test]
fn each_name_server_is_asked_itself_and_what_names_have_in_common_once() {
    let both = ["ns1.example.com", "ns2.example.com"];
    let view = DnsServer::of_zone(apex(7, &both), zone(10).handler()).expect("a server");
    let (first, second) = (
        DnsServer::of_zone(apex(7, &both), zone(10).handler()).expect("a server"),
        DnsServer::of_zone(apex(5, &both), zone(9).handler()).expect("a server"),
    );
    let settings = asking(&view, patient(), &[(1, first.address()), (2, second.address())]);
    let mut answers = ask(&settings, vec![about(RecordType::A), about(RecordType::Aaaa)]);
    assert!(authority(answers.remove(1)).servers.iter().all(|server| said(server).1 == &Reply::NoData));
    let Authority { zone, servers } = authority(answers.remove(0));
    assert_eq!(zone, name("example.com"));
    let names: Vec<&DomainName> = servers.iter().map(|server| &server.name).collect();
    assert_eq!(names, [&name("ns1.example.com"), &name("ns2.example.com")]);
    for (server, serial, last) in [(&servers[0], 7, 10), (&servers[1], 5, 9)] {
        let (said_serial, Reply::Records(records)) = said(server) else { panic!("records: {server:?}") };
        assert_eq!((said_serial, &records[0].data), (Some(serial), &RecordData::A([192, 0, 2, last].into())));
    }
    assert_eq!(servers[1].replies[0].reply.server, SocketAddr::from(([192, 0, 2, 2], 53)).into());
    let of = |server: &DnsServer, asked: &str| server.asked().iter().filter(|one| one.name == name(asked)).count();
    assert_eq!([of(&view, "ns1.example.com"), of(&view, "ns2.example.com"), of(&view, "im.example.com")], [2, 2, 0]);
    assert!(first.asked().iter().all(|one| !one.recursion) && view.asked().iter().all(|one| one.recursion));
}

#[test]
fn a_name_server_that_does_not_serve_the_zone_is_no_silent_one() {
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let no_zone = DnsServer::start(zone(10).handler()).expect("a server");
    let without_authority = Apex { authoritative: false, ..apex(7, &[]) };
    let caching = DnsServer::of_zone(without_authority, zone(10).handler()).expect("a server");
    for (at, reply) in [
        (no_zone.address(), Failure::NotImp),
        (caching.address(), Failure::Lame),
        (silent.local_addr().expect("an address"), Failure::Timeout),
    ] {
        let view = DnsServer::of_zone(apex(7, &["ns1.example.com"]), zone(10).handler()).expect("a server");
        let limits =
            if reply == Failure::Timeout { Limits { timeout: Duration::from_millis(200), ..patient() } } else { patient() };
        let Authority { servers, .. } = authority(ask(&asking(&view, limits, &[(1, at)]), vec![about(RecordType::A)]).remove(0));
        assert_eq!(said(&servers[0]), (None, &Reply::Failed(reply.clone())));
        assert_eq!(servers[0].declined().count(), usize::from(reply != Failure::Timeout), "{reply}");
        assert_eq!(servers[0].silence().is_some(), reply == Failure::Timeout, "{reply}");
    }
}

#[test]
fn a_name_server_is_nowhere_where_it_has_no_address_or_one_of_many_machines() {
    let view = DnsServer::of_zone(apex(7, &["ns3.example.com", "ns4.example.com"]), zone(10).handler()).expect("a server");
    let Authority { servers, .. } = authority(ask(&asking(&view, patient(), &[]), vec![about(RecordType::A)]).remove(0));
    assert_eq!(servers.iter().map(|server| (server.replies.len(), &server.unknown)).collect::<Vec<_>>(), [(0, &None), (0, &None)]);
}

#[test]
fn nobody_is_asked_where_the_view_does_not_say_whom() {
    let elsewhere = Apex { zone: name("example.org"), ..apex(7, &["ns1.example.com"]) };
    let (below_root, mute) =
        (DnsServer::of_zone(elsewhere, zone(10).handler()).expect("a server"), DnsServer::start(|_| Vec::new()).expect("a server"));
    let why = |view: &DnsServer| match ask(&asking(view, patient(), &[]), vec![about(RecordType::A)]).remove(0) {
        Answer::Unknown(why) => why,
        other => panic!("nobody is to be asked: {other:?}"),
    };
    assert_eq!(why(&below_root), "no zone below the root holds it");
    assert_eq!(why(&mute), format!("nobody says which name servers the zone has: NOTIMP from {}", mute.address()));
    let nobody = LiveSettings { servers: BTreeMap::new(), ..asking(&below_root, patient(), &[]) };
    let Answer::Unknown(why) = ask(&nobody, vec![about(RecordType::A)]).remove(0) else { panic!("nobody is to be asked") };
    assert_eq!(why, "no DNS server is known for the internal view");
}
