//! Sightings in, declarations out.

use super::*;

fn seen(text: &str) -> Seen {
    match text {
        "" => Seen::Missing("NXDOMAIN".to_owned()),
        "?" => Seen::Undecided("no answer in time".to_owned()),
        addresses => Seen::Addresses(addresses.split(' ').map(|address| address.parse().expect("an address")).collect()),
    }
}

/// A draft of the domains im.0.example, im.1.example, …, each with what both views answer.
fn filled(answers: &[(&str, &str)]) -> Draft {
    let entries = (0..answers.len()).map(|number| Entry::bare(format!("im.{number}.example").parse().expect("a name")));
    let mut draft = Draft { entries: entries.collect(), ..Draft::default() };
    let sighting = |(inside, outside): &(&str, &str)| Sighting {
        views: BTreeMap::from([(View::Internal, seen(inside)), (View::External, seen(outside))]),
        remarks: Vec::new(),
    };
    fill(&mut draft, &answers.iter().map(sighting).collect::<Vec<_>>());
    draft
}

fn shown(machines: &[Machine]) -> Vec<String> {
    machines.iter().map(|machine| format!("{} {}", machine.name, listed(&machine.addresses))).collect()
}

#[test]
fn inside_are_routers_and_outside_reverse_proxies() {
    let draft = filled(&[("10.1.0.10 10.1.0.11", "203.0.113.10"), ("10.2.0.10", ""), ("", "203.0.113.10")]);
    assert_eq!(shown(&draft.routers), ["router-1 10.1.0.10, 10.1.0.11", "router-2 10.2.0.10"]);
    assert_eq!(shown(&draft.reverse_proxies), ["edge-1 203.0.113.10"]);
    let external: Vec<_> = draft.entries.iter().map(|entry| entry.external).collect();
    assert_eq!(external, [Some(true), Some(false), Some(true)]);
    assert_eq!(draft.entries[0].comments, [] as [String; 0]);
    assert_eq!(draft.entries[2].comments, ["no address in the internal view: NXDOMAIN"]);
    assert!(!draft.entries[2].is_undecided && draft.entries[2].routers.is_empty());
}

#[test]
fn no_address_is_declared_twice_and_a_shared_router_is_said() {
    let draft = filled(&[("10.1.0.10 10.1.0.11", ""), ("10.1.0.11", "")]);
    assert_eq!(shown(&draft.routers), ["router-1 10.1.0.10", "router-2 10.1.0.11"]);
    assert_eq!(draft.entries[0].routers, ["router-1", "router-2"]);
    assert_eq!(draft.entries[1].routers, ["router-2"]);
    let said = "DNS leads 2 domains here, and a router answers for one only: im.0.example, im.1.example";
    assert_eq!((draft.routers[0].comments.len(), draft.routers[1].comments.as_slice()), (0, &[said.to_owned()][..]));
}

#[test]
fn what_is_undecided_in_one_view_declares_nothing() {
    let draft = filled(&[("10.1.0.10", "?")]);
    assert!(draft.entries[0].is_undecided && draft.entries[0].external.is_none());
    assert_eq!((draft.routers.len(), draft.entries[0].routers.len()), (0, 0));
    let said = ["the internal view answers 10.1.0.10", "undecided, external view: no answer in time"];
    assert_eq!(draft.entries[0].comments, said);
}

#[test]
fn a_private_address_outside_is_a_router_and_a_public_one_inside_a_proxy() {
    let draft = filled(&[("10.1.0.10", "10.1.0.10"), ("203.0.113.10", "203.0.113.10")]);
    assert_eq!(
        (shown(&draft.routers), shown(&draft.reverse_proxies)),
        (vec!["router-1 10.1.0.10".to_owned()], vec!["edge-1 203.0.113.10".to_owned()])
    );
    assert_eq!((draft.entries[0].external, draft.entries[1].external), (Some(true), Some(true)));
    assert!(draft.entries[0].comments[0].contains("10.1.0.10, a router"), "{:?}", draft.entries[0].comments);
    assert!(draft.entries[1].comments[0].contains("where is its router?"), "{:?}", draft.entries[1].comments);
}
