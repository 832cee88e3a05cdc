//! Lists in other encodings than UTF-8, and in two at once (rvp.md 4.1).

use super::derive;

fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn utf_16_is_read_with_and_without_its_mark() {
    let text = "ann@example.com\r\njörg@example.com\r\n";
    for big in [false, true] {
        for text in [text.to_owned(), format!("\u{feff}{text}")] {
            derive(&["-q"], utf16(&text, big)).is_quiet("ann@im.example.com\njörg@im.example.com\n");
        }
    }
    derive(&[], utf16("\u{feff}Name,Mail\r\nJörg,ann@example.com\r\n", false)).is_quiet("ann@im.example.com\n");
}

#[test]
fn a_list_in_a_code_page_is_refused_line_by_line() {
    let run = derive(&[], b"ann@example.com\nJ\xF6rg M\xFCller <jm@example.com>\n".to_vec());
    assert_eq!((run.status(), run.stdout()), (1, "ann@im.example.com\n"));
    assert!(run.stderr().starts_with("<standard input>:2:2: invalid-address: "), "{}", run.stderr());
    assert!(run.stderr().contains("octet 2 is 0xF6") && run.stderr().contains("save the list as UTF-8"), "{}", run.stderr());
    let run = derive(&[], b"Name,Mail\nJ\xF6rg,ann@example.com\nX,j\xF6rg@example.com\n".to_vec());
    assert_eq!((run.status(), run.stdout()), (1, "ann@im.example.com\n"));
    assert_eq!(run.rules(), ["<standard input>:3:4 invalid-address"]);
}

#[test]
fn mixed_and_damaged_encodings_are_said() {
    let mut mixed = b"ann@example.com\n".to_vec();
    mixed.extend(utf16("bob@example.com\r\n", false));
    let run = derive(&[], mixed);
    assert_eq!((run.status(), run.stdout()), (1, "ann@im.example.com\n"));
    assert!(run.rules()[0].ends_with("2:1 damaged-export"), "{}", run.stderr());
    let run = derive(&[], "M\u{fffd}ller@example.com\n");
    assert_eq!((run.status(), run.rules()), (1, vec!["<standard input>:1:1 damaged-export".to_owned()]));
}
