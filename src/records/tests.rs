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
    assert!(text.ends_with("---\n# confirm the removal: im.example.com A 10.9.9.9\n{}\n"), "{text}");
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
