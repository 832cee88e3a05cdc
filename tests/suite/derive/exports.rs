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

#[test]
fn csvde_is_read_as_utf_16_and_with_its_hexadecimal_values() {
    assert_eq!(derive(&["csvde-u.csv"], "").stdout(), derive(&["csvde.csv"], "").stdout());
    let run = derive(&["csvde-hex.csv"], "");
    gives(&run, 0, "joerg@im.example.com\nümit@im.example.com\n", &["3:55 non-ascii-local-part"]);
    let run = derive(&["--format", "ldif", "-q", "csvde-hex.csv"], "");
    assert!(
        run.stdout().contains("dn:: Q049SsO2cmcgTcO8bGxlcixPVT1TdGFmZixEQz1jb3JwLERDPWV4YW1wbGUsREM9Y29t\n"),
        "{}",
        run.stdout()
    );
}

#[test]
fn what_export_csv_does_to_a_list_is_said() {
    let run = derive(&["export-csv.csv"], "");
    gives(&run, 0, "j?rg@im.example.com\nann@im.example.com\n", &["3:35 damaged-export"]);
    derive(&["export-csv-culture.csv"], "").is_quiet("joerg@im.example.com\nann@im.example.com\n");
    let run = derive(&["export-csv-7.csv"], "");
    gives(&run, 1, "joerg@im.example.com\n", &["2:9 damaged-export", "3:11 damaged-export"]);
    assert!(run.stderr().contains("e={$_.EmailAddresses -join ';'}}"), "{}", run.stderr());
}

#[test]
fn what_cannot_be_read_is_refused_with_the_command_that_exports_it() {
    for (file, what) in [("format-table.txt", "Format-Table"), ("export-clixml.xml", "CLIXML")] {
        derive(&[file], "").is_unusable(&[
            file,
            what,
            "Select-Object PrimarySmtpAddress | Export-Csv -NoTypeInformation -Encoding UTF8",
        ]);
    }
    for (text, what) in [("BEGIN:VCARD\nEMAIL:a@b.example\n", "vCard"), ("SQLite format 3\0", "a database"), ("<dsml:dsml>", "XML")]
    {
        derive(&[], text).is_unusable(&[what, "CSV"]);
    }
}

#[test]
fn change_records_give_what_they_leave_behind_and_urls_are_not_fetched() {
    let run = derive(&["changes.ldf"], "");
    let rules = ["17:1 no-primary-address", "31:7 non-ascii-local-part"];
    gives(&run, 1, "ann@im.example.com\njoe@im.example.com\njörg@im.example.com\n", &rules);
    assert!(run.stderr().contains("never fetched") && !run.stderr().contains("root:"), "{}", run.stderr());
}

#[test]
fn googles_private_mailboxes_are_never_taken() {
    let run = derive(&["google-semicolons.csv"], "");
    gives(&run, 0, "ann@im.example.com\n", &["3:9 skipped"]);
    derive(&["google-bare.csv"], "").is_quiet("ann@im.example.com\nal@im.example.com\n");
}

#[test]
fn what_spreadsheets_leave_round_addresses_is_taken_off() {
    derive(&["excel-quirks.csv"], "").is_quiet("ann@im.example.com\nbob@im.example.com\n");
}

#[test]
fn convertto_json_leaves_one_object_without_a_list() {
    let run = derive(&["convertto-json-one.json"], "");
    gives(&run, 0, "ann@im.example.com\n", &["6:45 damaged-export"]);
}
