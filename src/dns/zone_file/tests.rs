//! What servers write is read, what is wrong is named with its place, and nothing makes the reader panic or grow without end.

use std::cell::Cell;

use proptest::prelude::*;

use super::*;

fn nothing(_: &str, path: &str) -> Result<(String, Vec<u8>), String> {
    Err(format!("there is no {path}"))
}

fn read(text: &str) -> ZoneFile {
    parse("z", text.as_bytes(), None, &nothing).unwrap_or_else(|mistakes| panic!("{mistakes:?}\n{text}"))
}

/// What is kept, one record a line.
fn kept(zone: &ZoneFile) -> Vec<String> {
    let line = |record: &ZoneRecord| {
        let data = match &record.data {
            ZoneData::Record(RecordData::A(address)) => address.to_string(),
            ZoneData::Record(RecordData::Aaaa(address)) => address.to_string(),
            ZoneData::Record(RecordData::Cname(target)) => format!("CNAME {target}"),
            ZoneData::Record(RecordData::Srv { priority, weight, port, target }) => {
                format!("SRV {priority} {weight} {port} {target}")
            }
            other => format!("{other:?}").split_whitespace().next().unwrap_or_default().to_owned(),
        };
        format!("{} {} {data}", record.owner, record.ttl_secs)
    };
    zone.records.iter().map(line).collect()
}

fn mistakes(text: &str) -> Vec<String> {
    let mistakes = parse("z", text.as_bytes(), None, &nothing).expect_err(text);
    mistakes.iter().map(ToString::to_string).collect()
}

const HEAD: &str = "$ORIGIN example.com.\n$TTL 3600\n@ IN SOA ns hostmaster 1 3600 600 86400 300\n";

#[test]
fn the_example_of_rfc_1035_is_read() {
    let text =
        ["$ORIGIN ISI.EDU.", "@   IN  SOA     VENERA      Action\\.domains (", "       20     ; SERIAL", "       7200   ; REFRESH"]
            .into_iter()
            .chain(["       600    ; RETRY", "       3600000; EXPIRE", "       60)    ; MINIMUM", "", "        NS      A.ISI.EDU."])
            .chain([
                "        NS      VENERA",
                "        MX      10      VENERA",
                "        MX      20      VAXA",
                "",
                "A       A       26.3.0.103",
                "",
            ])
            .chain(["VENERA  A       10.1.0.52", "        A       128.9.0.32"]);
    let zone = read(&text.collect::<Vec<_>>().join("\n"));
    let expected = [
        "isi.edu 60 Soa",
        "isi.edu 60 Ns",
        "isi.edu 60 Ns",
        "isi.edu 60 Other",
        "isi.edu 60 Other",
        "a.isi.edu 60 26.3.0.103",
        "venera.isi.edu 60 10.1.0.52",
        "venera.isi.edu 60 128.9.0.32",
    ];
    assert_eq!(kept(&zone), expected);
}

#[test]
fn what_bind_and_windows_write_is_read() {
    let compiled = "example.com.\t\t\t\t      3600 IN SOA\tns.example.com. hostmaster.example.com. 1 3600 600 86400 300\n\
                    example.com.\t\t\t\t      3600 IN NS\tns.example.com.\nim.example.com.\t\t\t\t      300 IN A\t\t10.1.0.10\n";
    assert_eq!(kept(&read(compiled)), ["example.com 3600 Soa", "example.com 3600 Ns", "im.example.com 300 10.1.0.10"]);
    let windows = ";\r\n;  Database file example.com.dns for Default zone scope in zone example.com.\r\n;\r\n\r\n\
                   @                       IN  SOA dc1.example.com. hostmaster.example.com. (\r\n                        \t42           ; serial number\r\n\
                   \t900          ; refresh\r\n\t600          ; retry\r\n\t86400        ; expire\r\n\t3600       ) ; default TTL\r\n\r\n\
                   @                       NS\tdc1.example.com.\r\n;\r\n@                       600\tA\t10.0.0.5\r\n\
                   _rvp._tcp               1200 SRV\t0 0 80\tim.example.com.\r\nim                 [AGE:3651474]\t1200\tA\t10.1.0.10\r\n\
                   \t\t\t1200\tAAAA\tfd00::10\r\n@   WINS L2 C900 ( 10.0.0.3 )\r\n";
    let zone = parse("z", windows.as_bytes(), Some(&"example.com".parse().expect("a name")), &nothing).expect("a zone");
    assert_eq!(
        kept(&zone)[2..],
        [
            "example.com 600 10.0.0.5",
            "_rvp._tcp.example.com 1200 SRV 0 0 80 im.example.com",
            "im.example.com 1200 10.1.0.10",
            "im.example.com 1200 fd00::10",
            "example.com 1200 Wins",
        ]
    );
    assert_eq!(zone.records[4].place, Place::new("z", 16, 1));
}

#[test]
fn every_way_to_write_a_record_means_the_same() {
    for line in [
        "im 300 IN A 10.1.0.10",
        "im IN 300 A 10.1.0.10",
        "im 5m A 10.1.0.10",
        "IM.Example.COM. 300 in a 10.1.0.10",
        "i\\109 300 A 10.1.0.10 ; comment",
        "\\im 300 CLASS1 TYPE1 \\# 4 0a01 000a",
        "im ( 300\n ; a comment\n A\n10.1.0.10\n)",
        "im 4m60s A ( 10.1.0.10 )",
        "$ORIGIN com.\nim.example 300 A 10.1.0.10",
        "$TTL 5m\nim A 10.1.0.10",
        "other 300 TXT \"; no ( comment \\\" at all\"\nim 300 A 10.1.0.10",
        "$GENERATE 10-10 im 300 A 10.1.0.$",
        "$DATE 20260101000000\nim 300 A 10.1.0.10\r",
    ] {
        assert_eq!(
            kept(&read(&format!("{HEAD}{line}\n"))).last().map(String::as_str),
            Some("im.example.com 300 10.1.0.10"),
            "{line}"
        );
    }
    let owners = kept(&read(&format!("{HEAD}a\\.b A 10.0.0.1\n* A 10.0.0.2\n  TYPE65280 \\# 0\nx NSEC3 1 0 1 - A A\n")));
    assert_eq!(
        owners[1..],
        [r"a\046b.example.com 3600 10.0.0.1", r"\042.example.com 3600 10.0.0.2", r"\042.example.com 3600 Other"]
    );
    let generic = "im TYPE33 \\# 10 0000 0000 0050 02 696d 00\nal CNAME \\# 4 02696d00\n";
    assert_eq!(
        kept(&read(&format!("{HEAD}{generic}")))[1..],
        ["im.example.com 3600 SRV 0 0 80 im", "al.example.com 3600 CNAME im"]
    );
}

#[test]
fn a_ttl_comes_from_the_directive_else_from_the_record_before_else_from_the_soa() {
    let soa = "example.com. SOA ns h 1 2 3 4 5m\n";
    let ttls = |text: &str| read(text).records.iter().map(|record| record.ttl_secs).collect::<Vec<_>>();
    assert_eq!(ttls(&format!("$ORIGIN .\n{soa}a A 10.0.0.1\nb 60 A 10.0.0.1\nc A 10.0.0.1\n")), [300, 300, 60, 60]);
    assert_eq!(ttls(&format!("$ORIGIN .\n$TTL 1h\n{soa}a A 10.0.0.1\nb 60 A 10.0.0.1\nc A 10.0.0.1\n")), [3600, 3600, 60, 3600]);
}

#[test]
fn generated_records_are_all_there() {
    let zone = read(&format!("{HEAD}$GENERATE 1-3 h${{0,2}} CNAME h$.pool\n$GENERATE 0-4/2 _s$ SRV \"0 0 8$ h$\"\n"));
    let expected = [
        "h01.example.com 3600 CNAME h1.pool.example.com",
        "h02.example.com 3600 CNAME h2.pool.example.com",
        "h03.example.com 3600 CNAME h3.pool.example.com",
        "_s0.example.com 3600 SRV 0 0 80 h0.example.com",
        "_s2.example.com 3600 SRV 0 0 82 h2.example.com",
        "_s4.example.com 3600 SRV 0 0 84 h4.example.com",
    ];
    assert_eq!(kept(&zone)[1..], expected);
}

#[test]
fn included_files_keep_their_origin_to_themselves() {
    let include = |from: &str, path: &str| match path {
        "hosts" => Ok(("dir/hosts".to_owned(), b"$ORIGIN pool\na A 10.0.0.1\n".to_vec())),
        "more" => Ok(("dir/more".to_owned(), format!("b A 10.0.0.2\nc A x ; {from}\n").into_bytes())),
        other => nothing(from, other),
    };
    let text = format!("{HEAD}$INCLUDE hosts\n$INCLUDE \"hosts\" sub ; comment\n  A 10.0.0.3\n");
    let zone = parse("z", text.as_bytes(), None, &include).expect("a zone");
    let expected = ["a.pool.example.com 3600 10.0.0.1", "a.pool.sub.example.com 3600 10.0.0.1", "example.com 3600 10.0.0.3"];
    assert_eq!(kept(&zone)[1..], expected);
    let wrong = parse("z", format!("{HEAD}$INCLUDE more\n$INCLUDE gone\n").as_bytes(), None, &include).expect_err("mistakes");
    let wrong: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    assert_eq!(
        wrong,
        ["dir/more:2:5: \"x\" is not an IPv4 address, such as 10.1.0.10", "z:5:10: \"gone\" cannot be included: there is no gone"]
    );
}

#[test]
fn all_mistakes_are_named_with_their_places() {
    let text = "im A 10.1.0.300\nim FOO x\nim 99999999999 A 10.0.0.1\n..a A 10.0.0.1\nb A 10.0.0.1 x\nc SRV 0 0 80\nd CH TXT x\ne\n\
                f TXT \"open\n) g\nü A x\n$TLL 5\n$TTL x\n$GENERATE 5-1 a A 10.0.0.1\nh CNAME x\\9\nother.test. SOA ns h 1 2 3 4 5\n\
                i A \\# 5 00\nj A (\n10.0.0.1";
    let expected = [
        "z:4:6: \"10.1.0.300\" is not an IPv4 address, such as 10.1.0.10",
        "z:5:4: there is no record type \"FOO\": correct it, or write TYPE and its number",
        "z:6:4: \"99999999999\" is too long a time: the limit is 2147483647 s",
        "z:7:1: \"..a\" is no name: it has an empty label",
        "z:8:14: \"x\" is more than the record takes: delete it, or begin a comment with ;",
        "z:9:3: the record ends too soon: the name of the host is missing",
        "z:10:3: the class is not IN: only zones of class IN are read",
        "z:11:1: the record ends too soon: its type is missing",
        "z:12:7: this quote is never closed: close it on the same line",
        "z:13:1: this parenthesis was never opened: open it, or delete it",
        "z:14:5: \"x\" is not an IPv4 address, such as 10.1.0.10",
        "z:15:1: there is no directive \"$TLL\": correct it, or begin the line with ; if it is a comment",
        "z:16:6: \"x\" is no time: write seconds, or units as in 1h30m",
        "z:17:11: \"5-1\" is no range: write it as 1-10, or 0-100/2 with a step",
        "z:18:9: \"x\\\\9\" is no name: after \\ come three digits, up to 255, or one character",
        "z:19:1: a second SOA, of other.test, in the zone example.com: give each zone a file of its own",
        "z:20:5: after \\# comes the length in octets, then that many octets as hexadecimal digits",
        "z:21:5: this parenthesis is never closed: close it at the end of its record",
    ];
    assert_eq!(mistakes(&format!("{HEAD}{text}")), expected);
}

#[test]
fn a_file_that_is_no_zone_says_so() {
    assert!(mistakes("")[0].starts_with("z:1: there is no SOA record"));
    assert!(
        mistakes("im A 10.0.0.1\n")[0]
            .starts_with("z:1:1: \"im\" is relative, and nothing says to what: begin the file with $ORIGIN")
    );
    assert!(mistakes(" A 10.0.0.1\n")[0].contains("no record before it says whose it is"));
    assert!(mistakes("im. A 10.0.0.1\n")[0].contains("no TTL is known"));
    let utf16 = parse("z", b"\xff\xfea\0", None, &nothing).expect_err("UTF-16");
    assert!(utf16[0].message.starts_with("the file is UTF-16"), "{utf16:?}");
}

#[test]
fn what_would_never_end_ends() {
    let calls = Cell::new(0);
    let itself = |_: &str, path: &str| {
        calls.set(calls.get() + 1);
        Ok((path.to_owned(), b"$INCLUDE a\n$INCLUDE a\n$INCLUDE a\n".to_vec()))
    };
    assert!(parse("a", b"$INCLUDE a\n", None, &itself).expect_err("a circle").len() <= MAX_MISTAKES);
    assert!(calls.get() <= MAX_INCLUDES, "{} files", calls.get());
    assert!(mistakes(&format!("{HEAD}$GENERATE 0-4294967295 a$ A 10.0.0.1\n"))[0].contains("records are generated"));
    assert!(mistakes(&format!("{HEAD}$GENERATE 0-9 {} A 10.0.0.1\n", "a.".repeat(2000)))[0].contains("shorten it"));
    assert_eq!(mistakes(&"x\n".repeat(10_000)).len(), MAX_MISTAKES);
    let one_line = format!("{HEAD}x TXT ({})\n", " a".repeat(200_000));
    assert!(mistakes(&one_line)[0].contains("the record has more than 65536 words"));
    let one_name = format!("{HEAD}{}{}", "x A 10.0.0.1\n".repeat(30_000), "x SRV 0 0 80 y\n".repeat(30_000));
    assert!(crate::dns::Zone::of_file(read(&one_name)).is_ok());
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = parse("z", &octets, None, &nothing);
    }

    #[test]
    fn no_mixture_of_what_zones_hold_makes_the_reader_panic(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "@", "a", "*", "example.com.", "\\", "\\1", "\\042", "\"", "(", ")", ";", "\n", "\n ", "\t", "IN", "300", "1h", "SOA", "A", "AAAA",
            "CNAME", "SRV", "NS", "10.0.0.1", "fd00::1", "$ORIGIN", "$TTL", "$INCLUDE", "$GENERATE", "1-3", "$", "${", "${1,2,n}", "\\#", "4",
            "0a00", "[AGE:1]", "TYPE5", "ns h 1 2 3 4 5", "é", "..", "",
        ]), 0..60),
        separator in proptest::sample::select(vec![" ", "", "\n"]),
    ) {
        let text = words.join(separator);
        if let Ok(zone) = parse("z", text.as_bytes(), None, &nothing) {
            let _ = crate::dns::Zone::of_file(zone);
        }
        let _ = parse("z", format!("{HEAD}{text}").as_bytes(), None, &nothing);
    }

    #[test]
    fn names_are_read_back_as_they_are_written(labels in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..20), 1..5)) {
        let name = DomainName::from_wire(labels.iter().map(Vec::as_slice));
        let zone = read(&format!("{HEAD}{name}. A 10.0.0.1\n"));
        prop_assert_eq!(&zone.records[1].owner, &name);
    }
}
