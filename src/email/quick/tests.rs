//! Holds the quick way against the full parser, and the vector engine against the scan.

use super::*;
use crate::email::derive::{Remark, derive};
use crate::email::entry::Entry;
use crate::email::{ListError, ProblemKind, plain};

fn mapping(prefix: &str) -> Mapping {
    Mapping::new(prefix).expect("a prefix")
}

/// The engines, of which a machine may have one only: the widest vectors that it has, those of AVX2, and none.
fn engines(mapping: &Mapping) -> [(Quick, Batch); 3] {
    let quick = Quick::new(mapping.clone());
    let narrow = Quick { avx2: quick.avx2.map(Avx2::narrow), ..quick.clone() };
    [quick.clone(), narrow, quick.portable(true)].map(|quick| (quick, Batch::default()))
}

/// Octets taken, lines taken, text.
fn taken((quick, batch): &mut (Quick, Batch), block: &[u8]) -> (usize, usize, String) {
    let (mut octets, mut lines, mut text) = (0, 0, Vec::new());
    loop {
        batch.clear(lines % 2 == 0);
        match quick.lines(block.get(octets..).expect("inside"), batch) {
            0 => return (octets, lines, String::from_utf8(text).expect("ASCII")),
            more => octets += more,
        }
        lines += batch.count();
        text.extend_from_slice(batch.text());
    }
}

/// What the full parser makes of one line: an address without a remark that somebody hears, or nothing.
fn slowly(line: &[u8], quick: &Quick) -> Option<String> {
    let mut found = Vec::new();
    let unheard = |remark: &Remark| quick.domains.quiet && remark.kind == ProblemKind::UnmappedEmailDomain;
    let taker = &mut |entry: Entry<'_>| {
        let derived = entry.found.ok().filter(|_| entry.remarks.is_empty()).and_then(|email| derive(&email, quick.mapping()).ok());
        found.push(derived.filter(|derived| derived.remarks.iter().all(unheard)).map(|derived| derived.address.to_string()));
        Ok::<(), ListError>(())
    };
    plain::line(line, 1, taker).expect("reads");
    match &mut found[..] {
        [one] => one.take(),
        _ => None,
    }
}

/// Holds the engines against each other and against the full parser, at several alignments, before several ends.
fn compare(line: &[u8], engines: &mut [(Quick, Batch); 3]) {
    let slow = slowly(line, &engines[0].0);
    for quick in engines {
        for before in ["", "ab@b.example\r\n"] {
            for end in ["", "\n", "\r\n", "\nx", "\r"] {
                // Enough behind it that the whole view is there, and nothing.
                for after in [String::new(), "-".repeat(VIEW)] {
                    let block = [before.as_bytes(), line, end.as_bytes(), after.as_bytes()].concat();
                    let (octets, lines, text) = taken(quick, &block);
                    assert_eq!(text.lines().count(), lines);
                    let Some(rest) = octets.checked_sub(before.len()).filter(|&rest| rest > 0) else { continue };
                    let last = text.lines().last().map(str::to_owned);
                    assert_eq!(last, slow, "{:?}", String::from_utf8_lossy(&block));
                    assert!(end.contains('\n') && rest <= line.len() + end.len());
                }
            }
        }
        refused_alike(line, &quick.0);
    }
}

/// Holds what is remembered to be wrong with a line against the full parser.
fn refused_alike(line: &[u8], quick: &Quick) -> bool {
    let block = [line, b"\n"].concat();
    let Some(Refusal { octets, column, what: NoAddress { text, fault } }) = quick.refusal(&block) else { return false };
    let mut found = Vec::new();
    let taker = &mut |entry: Entry<'_>| {
        found.push((entry.column, String::from_utf8_lossy(entry.raw).into_owned(), entry.found.err()));
        Ok::<(), ListError>(())
    };
    plain::line(line, 1, taker).expect("reads");
    assert_eq!(found, [(column, text.to_owned(), Some(Remark::of_fault(text, fault)))]);
    assert_eq!(octets, block.len());
    true
}

/// Holds the engines against each other and against the full parser, on an address that stands by itself.
fn values_agree(text: &[u8], engines: &mut [(Quick, Batch); 3]) {
    let [wide, native, portable] = engines.each_mut().map(|(quick, batch)| {
        let mut lines = Vec::new();
        if quick.address(text, batch) {
            lines.extend(batch.lines().map(|line| (line.im.to_vec(), line.email.to_vec())));
            assert_eq!(batch.text(), [&lines[0].0[..], b"\n"].concat());
        }
        lines
    });
    assert_eq!(native, portable, "{:?}", String::from_utf8_lossy(text));
    assert_eq!(wide, native, "{:?}", String::from_utf8_lossy(text));
    let Some((im, _)) = native.first() else { return };
    assert_eq!(Some(String::from_utf8_lossy(im).into_owned()), slowly(text, &engines[0].0), "{:?}", String::from_utf8_lossy(text));
}

/// Holds the engines against each other on a whole block; a line that one leaves is skipped, as its reader does.
fn engines_agree(block: &[u8], [wide, native, portable]: &mut [(Quick, Batch); 3]) {
    let mut rest = block;
    loop {
        let (one, other) = (taken(native, rest), taken(portable, rest));
        assert_eq!(one, other, "{:?}", String::from_utf8_lossy(rest));
        assert_eq!(taken(wide, rest), one, "{:?}", String::from_utf8_lossy(rest));
        rest = &rest[one.0..];
        let Some(feed) = rest.iter().position(|&octet| octet == b'\n') else { return };
        rest = &rest[feed + 1..];
    }
}

#[test]
fn ordinary_lines_are_derived() {
    let block = "ann@example.com\r\nAnn.O'Neil+x@Mail-1.EXAMPLE.com\nb@x.example\njo@b\u{fc}cher.example\nno\nc@x.example\n";
    let text = "ann@im.example.com\nAnn.O'Neil+x@im.mail-1.example.com\nb@im.x.example\njo@im.xn--bcher-kva.example\n";
    for quick in &mut engines(&mapping("im.")) {
        assert_eq!(taken(quick, block.as_bytes()), (17 + 32 + 12 + 19, 4, text.to_owned()));
    }
}

#[test]
fn every_other_line_is_left() {
    for line in [
        "",
        "ann",
        "#a@b.example",
        "a?b@x.example",
        "a/b@x.example",
        "a%b@x.example",
        "\"a\"@x.example",
        ".a@x.example",
        "a.@x.example",
        "a..b@x.example",
        "a@x",
        "a@.x.example",
        "a@x..example",
        "a@-x.example",
        "a@x-.example",
        "@x.example",
        "a@xn--a.example",
        "a@x.1",
        "a@10.0.0.1",
        "a@x_y.example",
        "a@im.example.com",
        "a@IM.example.com",
        "a@b@x.example",
        " a@x.example",
        "a@x.example ",
        "ä@x.example",
        "a@\u{fffd}.example",
        "a@x.example, b@x.example",
        "a@x.example\0",
        "SMTP:a@x.example",
        "a@x.example...",
        "a@x.example…",
    ] {
        for quick in &mut engines(&mapping("im.")) {
            for after in ["", &"a@x.example\n".repeat(20)] {
                assert_eq!(taken(quick, format!("{line}\n{after}").as_bytes()), (0, 0, String::new()), "{line:?}");
            }
        }
    }
    for quick in &mut engines(&mapping("im.")) {
        assert_eq!(taken(quick, b"a@x.example").0, 0, "it may go on in the next block");
    }
}

#[test]
fn limits_are_the_parsers_at_every_length() {
    let (mut short, mut none) = (engines(&mapping("im.")), engines(&mapping("")));
    for length in 1..=130 {
        compare(format!("{}@x.example", "a".repeat(length)).as_bytes(), &mut short);
        compare(format!("a@{}.example", "b".repeat(length)).as_bytes(), &mut short);
        compare(format!("a@x.{}", "b".repeat(length)).as_bytes(), &mut none);
        compare(format!("a@{}example", "b.".repeat(length)).as_bytes(), &mut short);
        compare(format!("a@{}\u{e4}.example", "b.".repeat(length)).as_bytes(), &mut short);
    }
    let mut long = engines(&mapping(&format!("{}.{}.", "p".repeat(60), "p".repeat(60))));
    for length in (1..=130).step_by(7) {
        compare(format!("{}@{}example", "a".repeat(length / 2), "b.".repeat(length / 2)).as_bytes(), &mut long);
    }
}

#[test]
fn engines_agree_at_every_length_and_alignment() {
    let mut engines = engines(&mapping("im."));
    let before = |alignment: usize| format!("{}@b.example\n", "y".repeat(alignment + 1));
    for length in 0..=130 {
        let filler = "x".repeat(length);
        for line in [format!("{filler}@b.example"), format!("a@{filler}.example"), format!("a{filler}b@c.{filler}d.example")] {
            values_agree(line.as_bytes(), &mut engines);
            let block = (0..64).map(|alignment| format!("{}{line}\r\n{line}\n", before(alignment))).collect::<Vec<_>>().concat();
            engines_agree(block.as_bytes(), &mut engines);
            // The last line of a block has no line feed, or nothing behind it.
            for alignment in (0..64).step_by(21) {
                engines_agree(format!("{}{line}", before(alignment)).as_bytes(), &mut engines);
            }
        }
    }
}

#[test]
fn every_octet_at_every_position_is_judged_alike() {
    let line = b"ann-lee@mail.ex-a.example\n";
    for prefix in ["im.", "", "a.b-c.9."] {
        let mut engines = engines(&mapping(prefix));
        for position in 0..line.len() {
            for octet in 0..=255 {
                let mut block = line.to_vec();
                block[position] = octet;
                values_agree(&block, &mut engines);
                values_agree(&block[..line.len() - 1], &mut engines);
                block.extend_from_slice(&b"bob@b.example\n".repeat(12));
                engines_agree(&block, &mut engines);
            }
        }
    }
}

#[test]
fn what_is_wrong_with_a_domain_is_remembered() {
    let mut quick = Quick::new(mapping("im."));
    for domain in ["corp", "-x.example", "x..example", "x_y.example", "10.0.0.1", "[192.0.2.1]", "x\u{ad}.example", ""] {
        let known = |local: &str, quick: &Quick| refused_alike(format!("{local}@{domain}").as_bytes(), quick);
        assert!(!known("ann", &quick), "{domain}");
        assert_eq!(quick.lines(format!("ann@{domain}\n").as_bytes(), &mut Batch::default()), 0);
        for local in ["b", "bob.lee", &"b".repeat(64)] {
            assert!(known(local, &quick), "{local}@{domain}");
        }
        assert!(!known(".bob", &quick) && !known("\"bob\"", &quick) && !known("bob%", &quick));
    }
    // Blanks are no part of what is shown, and where a domain is fine, the local part decides.
    for line in ["ann@corp\u{a0}", "ann@corp ", "ann@b\u{fc}.example", "a\u{fc}@corp"] {
        quick.lines(format!("{line}\n").as_bytes(), &mut Batch::default());
        assert!(!refused_alike(line.as_bytes(), &quick), "{line}");
    }
}

#[test]
fn an_inventory_maps_lines_too() {
    let name = |text: &str| text.parse().expect("a name");
    let mut mapping = mapping("im.");
    mapping.declare(&name("chat.example.com"), &[name("example.com"), name("b\u{fc}cher.example")]);
    mapping.declare(&name("im.example.net"), &[]);
    let block = "a@Example.com\nb@b\u{fc}cher.example\nc@example.net\nd@example.org\n";
    let mut engines = engines(&mapping);
    for quick in &mut engines {
        let text = "a@chat.example.com\nb@chat.example.com\nc@im.example.net\n";
        assert_eq!(taken(quick, block.as_bytes()), (14 + 18 + 14, 3, text.to_owned()));
        let (quick, batch) = quick;
        batch.clear(true);
        quick.lines(block.as_bytes(), batch);
        let emails: Vec<_> = batch.lines().map(|line| String::from_utf8_lossy(line.email).into_owned()).collect();
        assert_eq!(emails, ["a@example.com", "b@xn--bcher-kva.example", "c@example.net"]);
    }
    for line in ["a@example.com", "a@EXAMPLE.net", "a@example.org", "a@chat.example.com", "a@im.example.com"] {
        compare(line.as_bytes(), &mut engines);
    }
}

/// An inventory that says something of every sort about domains; with one IM domain for all; each loud and quiet.
fn inventories() -> [[(Quick, Batch); 3]; 4] {
    let name = |text: &str| text.parse().expect("a name");
    let mut mapping = mapping("im.");
    mapping.declare(&name("chat.a.example"), &[name("a.example"), name("im.b.example"), name("b\u{fc}.example")]);
    mapping.declare(&name("im.c.example"), &[name("c.example")]);
    mapping.declare(&name("im.d.example"), &[]);
    let one = mapping.clone().with_one_domain(name("chat.a.example"));
    let quiet = |mapping: &Mapping| engines(mapping).map(|(quick, batch)| (quick.quiet(true), batch));
    [engines(&mapping), quiet(&mapping), engines(&one), quiet(&one)]
}

#[test]
fn limits_are_the_parsers_under_an_inventory() {
    for engines in &mut inventories() {
        for length in (1..=130).chain(230..=254) {
            compare(format!("{}@a.example", "a".repeat(length)).as_bytes(), engines);
            compare(format!("{}@e.example", "a".repeat(length)).as_bytes(), engines);
            compare(format!("a@{}.example", "b".repeat(length)).as_bytes(), engines);
            compare(format!("a@{}example", "b.".repeat(length / 2)).as_bytes(), engines);
            compare(format!("a@x{}example", "b.".repeat(length / 2)).as_bytes(), engines);
        }
    }
}

#[test]
fn silence_lets_unmapped_domains_pass_and_nothing_else() {
    let block = "a@new.example\nb@a.example\nc@new.example\n";
    let [loud, quiet, one, _] = &mut inventories();
    for quick in loud {
        assert_eq!(taken(quick, block.as_bytes()).1, 0);
    }
    for quick in quiet {
        assert_eq!(taken(quick, block.as_bytes()).2, "a@im.new.example\nb@chat.a.example\nc@im.new.example\n");
        assert_eq!(taken(quick, b"a@im.new.example\n").1, 0);
        assert_eq!(taken(quick, b"a@im.c.example\n").1, 0);
    }
    for quick in one {
        assert_eq!(taken(quick, block.as_bytes()).2, "a@chat.a.example\nb@chat.a.example\nc@chat.a.example\n");
        assert_eq!(taken(quick, b"a@chat.a.example\n").1, 0);
    }
}

#[test]
fn values_are_addresses_without_a_line() {
    for (quick, batch) in &mut engines(&mapping("im.")) {
        for (text, expected) in [("a@X.example", Some("a@im.x.example\n")), ("a@x.example\n", None), ("a@im.x.example", None)] {
            let found = quick.address(text.as_bytes(), batch).then(|| String::from_utf8_lossy(batch.text()).into_owned());
            assert_eq!(found.as_deref(), expected, "{text:?}");
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(1024))]
    #[test]
    fn the_quick_way_never_differs_from_the_full_parser(
        line in "[a-cA-C0-9.!#$%&'*+/=?^_`{|}~\\-]{0,6}@?[a-cXxNn0-9.\\-_ü…]{0,6}[.@\\- \t,;:<>()\"\r\0ä]?[a-z0-9]{0,4}",
    ) {
        for prefix in ["", "im.", "a."] {
            compare(line.as_bytes(), &mut engines(&mapping(prefix)));
            values_agree(line.as_bytes(), &mut engines(&mapping(prefix)));
        }
    }

    #[test]
    fn under_an_inventory_it_never_differs_either(
        line in "[abA.\\-]{1,3}@(im\\.|IM\\.|chat\\.)?([abcdeA]|bü|[0-9\\-]x)(\\.Example|\\.example|\\.ex-)?",
        others in proptest::collection::vec("[ab]{1,40}@(im\\.)?[abcdeA]{1,30}\\.example\r?\n", 0..8),
    ) {
        for engines in &mut inventories() {
            compare(line.as_bytes(), engines);
            values_agree(line.as_bytes(), engines);
            engines_agree([&others.concat(), &line, "\n", &others.concat()].concat().as_bytes(), engines);
        }
    }

    #[test]
    fn the_address_that_was_derived_from_is_the_parsers(local in "[abA]{1,40}", domain in "[abcdeA]{1,30}\\.(example|Example)") {
        let text = format!("{local}@{domain}\n{}", "-".repeat(VIEW));
        let canonical = format!("{local}@{}", domain.to_lowercase());
        for (quick, batch) in inventories().iter_mut().flatten() {
            batch.clear(true);
            quick.lines(text.as_bytes(), batch);
            for line in batch.lines() {
                proptest::prop_assert_eq!(String::from_utf8_lossy(line.email), canonical.as_str());
            }
        }
    }

    #[test]
    fn no_octets_differ_either(line in proptest::collection::vec(proptest::num::u8::ANY, 0..24)) {
        let line: Vec<u8> = line.into_iter().filter(|&octet| octet != b'\n').collect();
        for line in [line.clone(), [&line[..], b"@x.example"].concat(), [b"a@", &line[..], b".example"].concat()] {
            compare(&line, &mut engines(&mapping("im.")));
            values_agree(&line, &mut engines(&mapping("im.")));
        }
    }

    #[test]
    fn engines_agree_on_random_blocks(block in "([a-cA-C.+_]{0,40}@{0,2}[a-cX0.\\-]{0,40}\\.?[a-z]{0,6}(\r?\n|, )){0,12}") {
        for prefix in ["im.", "", "a."] {
            engines_agree(block.as_bytes(), &mut engines(&mapping(prefix)));
        }
    }

    #[test]
    fn an_ordinary_address_is_what_the_parser_reads(text in "[a-cA-C0-9.!#$%&'*+/=?^_`{|}~\\-]{0,6}@[a-cXxNn0-9.\\-_]{0,6}\\.?[a-z0-9]{0,4}") {
        if let Some(address) = crate::email::Address::ordinary(&text) {
            let mut pieces = crate::email::addresses(&text);
            proptest::prop_assert_eq!(pieces.next().and_then(|piece| piece.address.ok()), Some(address));
            proptest::prop_assert!(pieces.next().is_none());
        }
    }
}
