//! What every way of writing has in common: what a name or note holds cannot break out of it.

use super::*;

fn name(text: &str) -> DomainName {
    text.parse().expect("a good name")
}

fn change(owner: &str, data: RecordData) -> Change {
    let (view, zone, rtype) = (View::Internal, name("example.com"), data.record_type());
    Change { view, zone, owner: name(owner), rtype, ttl_secs: 300, wanted: vec![data.clone()], add: vec![data], remove: vec![] }
}

#[test]
fn owners_are_written_relative_to_their_zone() {
    let address = RecordData::A([10, 1, 0, 10].into());
    assert_eq!(change("im.example.com", address.clone()).relative_owner("@"), "im");
    assert_eq!(change("example.com", address.clone()).relative_owner("@"), "@");
    assert_eq!(change("imexample.com", address).relative_owner("@"), "imexample.com");
}

#[test]
fn the_root_and_names_are_absolute() {
    assert_eq!(absolute(&DomainName::root()), ".");
    assert_eq!(absolute(&name("im.example.com")), "im.example.com.");
}

#[test]
fn a_plan_without_changes_says_so() {
    let plan = Plan { notes: vec!["one".to_owned()], ..Plan::default() };
    assert_eq!(plan.write(Format::Bind, &BTreeMap::new()), "; one\n; nothing is to be done\n");
}

#[test]
fn a_set_that_only_loses_records_leaves_an_empty_document() {
    let wrong = RecordData::A([10, 9, 9, 9].into());
    let gone = Change { wanted: vec![], add: vec![], remove: vec![wrong.clone()], ..change("im.example.com", wrong) };
    let plan = Plan { changes: vec![gone], ..Plan::default() };
    let text = plan.write(Format::Octodns, &BTreeMap::new());
    assert!(
        text.ends_with("---\n# im.example.com A 10.9.9.9: to remove it, take it out of the source that states it\n{}\n"),
        "{text}"
    );
}

fn plan_of(changes: Vec<Change>) -> Plan {
    Plan { changes, ..Plan::default() }
}

#[test]
fn dnscontrol_is_told_how_a_record_goes_that_nothing_replaces() {
    let wrong = RecordData::A([10, 9, 9, 9].into());
    let gone = Change { wanted: vec![], add: vec![], remove: vec![wrong.clone()], ..change("im.example.com", wrong) };
    let text = plan_of(vec![gone]).write(Format::Dnscontrol, &BTreeMap::new());
    assert!(text.contains("    // A(\"im\", \"10.9.9.9\", TTL(300), ENSURE_ABSENT_REC()),\n"), "{text}");
    assert!(text.lines().filter(|line| line.contains("10.9.9.9")).all(|line| line.starts_with("    // ")), "{text}");
}

#[test]
fn where_one_type_of_a_name_changes_its_other_types_are_stated_as_they_stay() {
    let (a, aaaa) = (RecordData::A([10, 1, 0, 10].into()), RecordData::Aaaa("fd00::10".parse().expect("an address")));
    let cut = ZoneCut::of(&[name("example.com")]);
    let mut plan = Plan::default();
    let sets = wanted::Sets { wanted: &[a.clone(), aaaa.clone()], add: std::slice::from_ref(&a), remove: &[] };
    plan.change(&name("im.example.com"), View::Internal, &cut, 300, &sets);
    for (format, stays) in [(Format::Octodns, "\"fd00::10\""), (Format::Dnscontrol, "AAAA(\"im\", \"fd00::10\"")] {
        let text = plan.write(format, &BTreeMap::new());
        assert!(text.contains(stays), "{text}");
    }
    for format in [Format::Bind, Format::Nsupdate, Format::Powershell, Format::Csv] {
        assert!(!plan.write(format, &BTreeMap::new()).contains("fd00::10"), "{format:?}");
    }
    let mut untouched = Plan::default();
    untouched.change(
        &name("im.example.com"),
        View::Internal,
        &cut,
        300,
        &wanted::Sets { wanted: &[a, aaaa], add: &[], remove: &[] },
    );
    assert_eq!(untouched, Plan::default());
}

#[test]
fn only_a_server_that_nobody_named_may_be_a_resolver() {
    let plan = plan_of(vec![change("im.example.com", RecordData::A([10, 1, 0, 10].into()))]);
    let written = |is_named| {
        let primary = Primary { address: ([10, 0, 0, 53], 53).into(), is_named };
        plan.write(Format::Nsupdate, &BTreeMap::from([(View::Internal, primary)]))
    };
    assert!(written(false).contains("; the first server of the internal view: if it is a resolver"), "{}", written(false));
    assert!(written(true).contains("server 10.0.0.53 53\n") && !written(true).contains("resolver"), "{}", written(true));
}

proptest::proptest! {
    #[test]
    fn a_quoted_string_of_powershell_ends_where_it_ends(text in "[a'\u{2018}\u{2019}\u{201a}\u{201b}$`\" ;]{0,12}") {
        let is_quote = |c: char| matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}');
        let quoted = powershell::quoted(&text);
        let inner: Vec<char> = quoted.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).expect("quotes").chars().collect();
        // Inside, quotes come in pairs only, as the shell reads them: each pair is one quote.
        let (mut read, mut position) = (String::new(), 0);
        while let Some(c) = inner.get(position) {
            read.push(*c);
            if is_quote(*c) {
                proptest::prop_assert!(inner.get(position + 1).is_some_and(|next| is_quote(*next)));
                position += 1;
            }
            position += 1;
        }
        proptest::prop_assert_eq!(read, text);
    }

    #[test]
    fn no_note_ends_its_comment(note in "\\PC*[\n\r\u{0b}\u{85}\u{2028}\u{2029}\u{1b}]\\PC*") {
        let plan = Plan { notes: vec![note], ..Plan::default() };
        for (format, mark) in [(Format::Bind, ";"), (Format::Nsupdate, ";"), (Format::Powershell, "#"), (Format::Octodns, "#"), (Format::Dnscontrol, "//")] {
            let text = plan.write(format, &BTreeMap::new());
            let ends = ['\n', '\r', '\u{0b}', '\u{85}', '\u{2028}', '\u{2029}'];
            proptest::prop_assert!(text.trim_end().split(ends).all(|line| line.starts_with(mark)), "{}", text);
        }
    }
}
