//! Exports as their tools write them (rvp.md 4.1-4.4): each quirk of ldifde, csvde, PowerShell, Graph and Google in a file.

use super::{Run, derive};

/// Status, addresses, rules with line and column.
#[track_caller]
fn gives(run: &Run, status: i32, addresses: &str, rules: &[&str]) {
    assert_eq!((run.status(), run.stdout()), (status, addresses), "{}", run.stderr());
    let found = run.rules();
    let bare: Vec<&str> = found.iter().map(|rule| rule.split_once(':').map_or(rule.as_str(), |(_, place)| place)).collect();
    assert_eq!(bare, rules, "{}", run.stderr());
}

#[test]
fn ldifde_is_read_in_both_of_its_encodings() {
    for file in ["ldifde.ldf", "ldifde-u.ldf"] {
        let run = derive(&[file], "");
        let rules = ["19:17 directory-mismatch", "36:17 no-primary-address"];
        gives(&run, 1, "ann.lee@im.example.com\njoerg.mueller@im.example.com\n", &rules);
        assert!(run.stderr().contains("mailNickname, \"alee\""), "{}", run.stderr());
        assert!(run.stderr().contains("(proxyAddresses of record 2, CN=Ann Lee,OU=Staff,"), "{}", run.stderr());
        assert!(run.stderr().contains("(proxyAddresses of record 4, CN=Eve,OU=Staff,"), "{}", run.stderr());
    }
}

#[test]
fn ldapsearch_is_read_with_its_comments_and_several_mails() {
    let run = derive(&["ldapsearch.ldif"], "");
    gives(&run, 0, "ann@im.example.org\nbob@im.example.org\n", &["12:7 ambiguous-primary-address"]);
}

#[test]
fn a_page_of_graph_gives_its_people_and_says_that_more_are_missing() {
    let run = derive(&["graph.json"], "");
    gives(&run, 1, "ann@im.example.com\n", &["3:23 damaged-export", "12:5 no-primary-address"]);
    assert!(run.stderr().contains("Get-MgUser -All"), "{}", run.stderr());
}

#[test]
fn json_lines_lose_a_damaged_line_only() {
    let run = derive(&["people.jsonl"], "");
    let rules = ["2:1 damaged-export", "3:66 ambiguous-primary-address"];
    gives(&run, 1, "ann@im.example.com\neve.ray@im.example.com\n", &rules);
}

#[test]
fn convertto_json_is_read_in_each_of_its_shapes() {
    let run = derive(&["convertto-json.json"], "");
    gives(&run, 1, "sean.o'neil@im.example.com\njoerg@im.example.com\n", &["24:29 damaged-export"]);
}

#[test]
fn format_list_is_read_unless_it_was_cut_short() {
    let run = derive(&["get-mailbox-fl.txt"], "");
    gives(&run, 0, "ann@im.example.com\nbob@im.example.com\n", &["4:22 damaged-export"]);
    let run = derive(&["get-mailbox-fl-cut.txt"], "");
    gives(&run, 1, "bob@im.example.com\n", &["3:18 damaged-export"]);
}

#[test]
fn csvde_protects_inner_semicolons_by_a_backslash() {
    let run = derive(&["csvde.csv"], "");
    let rules = ["2:147 directory-mismatch", "3:1 no-primary-address"];
    gives(&run, 1, "ann.lee@im.example.com\neve@im.example.com\n", &rules);
}

#[test]
fn suspended_accounts_are_left_out_with_a_remark() {
    let run = derive(&["google-users.csv"], "");
    gives(&run, 0, "ann@im.example.com\n", &["3:9 skipped"]);
    assert!(run.stderr().contains("suspended"), "{}", run.stderr());
    derive(&["-q", "google-users.csv"], "").is_quiet("ann@im.example.com\n");
}

#[test]
fn column_names_an_attribute_too() {
    let run = derive(&["--column", "userPrincipalName", "graph.json"], "");
    gives(&run, 1, "ann@im.corp.example.com\nsvc@im.example.com\n", &["3:23 damaged-export"]);
    let run = derive(&["--column", "userprincipalname", "ldifde.ldf", "-q"], "");
    assert_eq!(run.stdout(), "alee@im.corp.example.com\neve@im.corp.example.com\n", "{}", run.stderr());
    let run = derive(&["--column", "Post", "people.jsonl"], "");
    assert_eq!((run.status(), run.stdout()), (2, ""), "{}", run.stderr());
    assert!(run.stderr().contains("it has no column \"post\": its columns are \"displayName\", \"mail\""), "{}", run.stderr());
}

#[test]
fn from_names_what_the_content_does_not_show() {
    derive(&["--from", "json"], "\"ann@example.com\"\n\"bob@example.com\"\n").is_quiet("ann@im.example.com\nbob@im.example.com\n");
    derive(&["--from", "ldif"], "\ndn:CN=Ann\nmail:ann@example.com").is_quiet("ann@im.example.com\n");
    for kind in ["ldif", "json"] {
        derive(&["--from", kind], "").is_unusable(&["no input matched"]);
    }
}

#[test]
fn a_change_file_sets_the_address_of_everybody_with_a_dn() {
    let run = derive(&["--format", "ldif", "-q", "convertto-json.json"], "");
    assert_eq!(
        run.stdout(),
        "version: 1\n\n\
         dn: CN=Sean O'Neil,OU=Staff,DC=corp,DC=example,DC=com\nchangetype: modify\nreplace: msExchIMAddress\n\
         msExchIMAddress: sean.o'neil@im.example.com\n-\n\n\
         dn:: Q049SsO2cmcgTcO8bGxlcixPVT1TdGFmZixEQz1jb3JwLERDPWV4YW1wbGUsREM9Y29t\nchangetype: modify\nreplace: msExchIMAddress\n\
         msExchIMAddress: joerg@im.example.com\n-\n\n"
    );
    let run = derive(&["--format", "ldif"], "ann@example.com\n");
    assert_eq!((run.status(), run.stdout()), (1, ""));
    assert!(run.stderr().contains("it has no DN"), "{}", run.stderr());
    derive(&["--format", "ldif", "--domains"], "").is_unusable(&["--domains"]);
}

#[test]
fn a_change_file_is_read_as_a_list_of_nobody() {
    let changes = derive(&["--format", "ldif", "-q", "csvde.csv"], "").stdout().to_owned();
    assert!(changes.contains("replace: msExchIMAddress\nmsExchIMAddress: ann.lee@im.example.com\n"), "{changes}");
    let run = derive(&[], changes);
    gives(&run, 1, "", &["3:1 no-primary-address", "9:1 no-primary-address"]);
}
