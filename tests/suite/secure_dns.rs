//! dns-check over TLS, over HTTPS, with signed questions and from one address, against BIND with a view for each.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::Value;
use tempfile::TempDir;

use crate::real_dns::{REFUSED, ROLES, assert_the_faults_of_the_zones, zone};
use crate::support::servers::{Server, free_port};
use crate::support::{PATIENTLY, imctl, program};

/// BIND with two views; how they are told apart is up to the test.
struct Bind {
    folder: TempDir,
    plain: u16,
    tls: u16,
    https: u16,
    _server: Server,
}

/// Starts BIND with the zones of both views. `internal` and `external` say to whom each view answers.
fn bind(keys: &str, internal: &str, external: &str) -> Option<Bind> {
    let named = program("named")?;
    let folder = tempfile::tempdir().expect("a folder");
    let [plain, tls, https] = [(); 3].map(|()| free_port("127.0.0.1"));
    let path = folder.path().display();
    certificates(folder.path());
    for view in ["internal", "external"] {
        fs::write(folder.path().join(format!("{view}.zone")), zone(view == "internal")).expect("the zone is written");
    }
    let view = |name: &str, clients: &str| {
        format!(
            "view {name} {{ match-clients {{ {clients}; }}; recursion no; zone \"example\" {{ type primary; file \"{path}/{name}.zone\"; }}; }};\n"
        )
    };
    let config = format!(
        "{keys}\ntls own {{ cert-file \"{path}/dns.pem\"; key-file \"{path}/dns.key\"; }};\n\
         options {{ directory \"{path}\"; pid-file \"{path}/named.pid\"; session-keyfile \"{path}/session.key\"; managed-keys-directory \"{path}\"; \
         listen-on port {plain} {{ 127.0.0.1; }}; listen-on port {tls} tls own {{ 127.0.0.1; }}; \
         listen-on port {https} tls own http default {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; dnssec-validation no; notify no; }};\n\
         controls {{ }};\n{}{}",
        view("internal", internal),
        view("external", external)
    );
    fs::write(folder.path().join("named.conf"), config).expect("the configuration is written");
    let server = Server::named(&named, folder.path());
    Some(Bind { folder, plain, tls, https, _server: server })
}

/// An authority, and a certificate of its for dns.example and for 127.0.0.1.
fn certificates(folder: &Path) {
    let mut authority = CertificateParams::new(Vec::new()).expect("good names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let names = vec!["dns.example".to_owned(), "127.0.0.1".to_owned()];
    let certificate = CertificateParams::new(names).expect("good names").signed_by(&key, &issuer).expect("a certificate");
    for (name, text) in [("ca.pem", issuer.pem()), ("dns.pem", certificate.pem()), ("dns.key", key.serialize_pem())] {
        fs::write(folder.join(name), text).expect("it is written");
    }
}

/// A key statement in a file of its own, for nobody else to read.
fn key_file(folder: &Path, name: &str, secret: &str) -> PathBuf {
    let path = folder.join(format!("{name}.key"));
    fs::write(&path, key_statement(name, secret)).expect("the key is written");
    set_mode(&path, 0o600);
    path
}

fn key_statement(name: &str, secret: &str) -> String {
    format!("key \"{name}\" {{\n\talgorithm hmac-sha256;\n\tsecret \"{secret}\";\n}};\n")
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the mode is set");
}

const INSIDE: &str = "aW5zaWRlIGluc2lkZSBpbnNpZGUgaW5zaWRlIDEyMzQ=";
const OUTSIDE: &str = "b3V0c2lkZSBvdXRzaWRlIG91dHNpZGUgb3V0c2lkZSA=";

fn bind_by_key() -> Option<Bind> {
    let keys = key_statement("inside", INSIDE) + &key_statement("outside", OUTSIDE);
    let bind = bind(&keys, "key inside", "key outside")?;
    key_file(bind.folder.path(), "inside", INSIDE);
    key_file(bind.folder.path(), "outside", OUTSIDE);
    Some(bind)
}

struct Checked {
    status: Option<i32>,
    report: Value,
    errors: String,
}

/// Runs dns-check with these views on the domains of the zones.
fn check(folder: &Path, views: &str) -> Checked {
    check_with(folder, views, &PATIENTLY)
}

fn check_with(folder: &Path, views: &str, arguments: &[&str]) -> Checked {
    fs::write(folder.join("imctl.toml"), views.to_owned() + ROLES).expect("the inventory is written");
    let output = imctl().current_dir(folder).args(["dns-check", "--format", "json"]).args(arguments).output().expect("imctl runs");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!errors.contains(INSIDE) && !String::from_utf8_lossy(&output.stdout).contains(INSIDE), "a secret is shown: {errors}");
    Checked { status: output.status.code(), report: serde_json::from_slice(&output.stdout).unwrap_or_default(), errors }
}

/// The reasons for what is undecided, each once.
fn reasons(report: &Value) -> Vec<String> {
    let undecided = report["undecided"].as_array().expect("undecided").iter();
    let mut reasons: Vec<_> = undecided.map(|entry| entry["reason"].as_str().expect("text").to_owned()).collect();
    reasons.sort();
    reasons.dedup();
    reasons
}

/// Both views over the same server, told apart by key.
fn by_key(server: &str, more: &str) -> String {
    let view = |view: &str, key: &str| {
        format!("[view.{view}]\nservers = [\"{server}\"]\n{more}tsig = {{ secret_file = \"{key}.key\" }}\n")
    };
    view("internal", "inside") + &view("external", "outside")
}

#[test]
fn a_view_is_chosen_by_key_whatever_the_transport() {
    let Some(bind) = bind_by_key() else { return };
    let ca = "ca = \"ca.pem\"\n";
    for (server, more) in [
        (format!("127.0.0.1:{}", bind.plain), ""),
        (format!("tls://127.0.0.1:{}", bind.tls), ca),
        (format!("tls://dns.example@127.0.0.1:{}", bind.tls), ca),
        (format!("https://dns.example@127.0.0.1:{}/dns-query", bind.https), ca),
    ] {
        let checked = check(bind.folder.path(), &by_key(&server, more));
        assert_eq!(checked.status, Some(1), "{server}: {}", checked.errors);
        // Over TLS a busy BIND may end a connection with its refusals still unsent.
        let broken: &[&str] = if more.is_empty() { &[REFUSED] } else { &[REFUSED, "connection aborted from "] };
        assert_the_faults_of_the_zones(&checked.report, broken);
        assert_eq!(checked.report["views"][0]["servers"][0]["address"], server.as_str());
    }
}

#[test]
fn name_servers_are_asked_for_the_view_that_the_key_chooses() {
    let Some(bind) = bind_by_key() else { return };
    let server = format!("127.0.0.1:{}", bind.plain);
    let views = by_key(&server, "") + &format!("[connect]\n\"10.0.0.53:53\" = \"{server}\"\n");
    let checked = check_with(bind.folder.path(), &views, &[&PATIENTLY[..], &["--authoritative"]].concat());
    assert_the_faults_of_the_zones(&checked.report, &[REFUSED, "nobody says which name servers the zone has: REFUSED from "]);
    assert_eq!(checked.report["run"]["authoritative"], true);
}

#[test]
fn a_key_that_the_server_has_not_or_has_differently_leaves_all_undecided() {
    let Some(bind) = bind_by_key() else { return };
    let folder = bind.folder.path();
    let views = |key: &str| {
        format!("[view.internal]\nservers = [\"127.0.0.1:{}\"]\ntsig = {{ secret_file = \"{key}.key\" }}\n", bind.plain)
    };
    key_file(folder, "stranger", OUTSIDE);
    key_file(folder, "inside", OUTSIDE);
    for (key, why) in [
        ("stranger", "BADKEY: the server does not take the key stranger"),
        ("inside", "BADKEY: the server does not take the key inside"),
    ] {
        // A refusal without a signature ends no question: anybody can send one.
        let checked = check_with(folder, &views(key), &["--timeout", "1"]);
        let reasons = reasons(&checked.report);
        assert!(!reasons.is_empty() && reasons.iter().all(|reason| reason.contains(why)), "{reasons:?} {}", checked.errors);
        assert_eq!(checked.status, Some(3), "{}", checked.errors);
    }
    let checked = check(folder, &format!("[view.internal]\nservers = [\"127.0.0.1:{}\"]\n", bind.plain));
    assert!(reasons(&checked.report).iter().all(|reason| reason.starts_with("REFUSED from ")), "without a key no view answers");
}

#[test]
fn a_key_file_that_everybody_can_read_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    set_mode(&key_file(folder.path(), "inside", INSIDE), 0o644);
    let checked = check(folder.path(), "[view.internal]\nservers = [\"127.0.0.1:9\"]\ntsig = { secret_file = \"inside.key\" }\n");
    assert_eq!(checked.status, Some(2));
    assert!(checked.errors.contains("open to everybody (mode 644): chmod 600 inside.key"), "{}", checked.errors);
    set_mode(&folder.path().join("inside.key"), 0o600);
    let checked = check(
        folder.path(),
        "[view.internal]\nservers = [\"127.0.0.1:9\"]\ntsig = { secret_file = \"inside.key\", name = \"other\" }\n",
    );
    assert_eq!(checked.status, Some(2));
    assert!(checked.errors.contains("its name is inside, and other is declared"), "{}", checked.errors);
}

#[test]
fn the_secret_of_a_key_is_in_no_output_no_file_and_no_message() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = key_file(folder.path(), "inside", INSIDE);
    let view = |more: &str| {
        let key = format!("tsig = {{ secret_file = \"inside.key\"{more} }}\n");
        fs::write(folder.path().join("imctl.toml"), format!("[view.internal]\nservers = [\"127.0.0.1:9\"]\n{key}{ROLES}"))
            .expect("written");
    };
    let hides = |arguments: &[&str], code: i32| {
        let output = imctl().current_dir(folder.path()).args(arguments).output().expect("imctl runs");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        for said in [&output.stdout, &output.stderr] {
            assert!(!shows_secret(said), "{arguments:?} shows the secret");
        }
    };
    view("");
    let quick = ["--timeout", "0.05", "--retries", "0", "--exit-zero", "-vv"];
    for format in
        ["table", "json", "jsonl", "csv", "markdown", "github", "gitlab", "nagios", "sarif", "junit", "prometheus", "html"]
    {
        let report = format!("{format}=report");
        let arguments = ["dns-check", "--format", format, "--report", &report, "--save", "answers.jsonl"];
        hides(&[&arguments[..], &quick].concat(), 0);
        for file in ["report", "answers.jsonl"] {
            assert!(!shows_secret(&fs::read(folder.path().join(file)).expect(file)), "{file} of {format} has the secret");
        }
    }
    hides(&["lint", "-vv", "--exit-zero"], 0);
    view(", name = \"other\"");
    hides(&[&["dns-check"][..], &quick].concat(), 2);
    view("");
    let wrong = [
        format!("{INSIDE} {INSIDE}"),
        format!("{INSIDE}!"),
        key_statement("inside", &format!("{INSIDE}*")),
        key_statement("inside", INSIDE).replace("hmac-sha256", "hmac-md5"),
        key_statement("inside", INSIDE).replace("secret", "secrets"),
        INSIDE.to_owned(),
    ];
    for text in wrong {
        fs::write(&path, &text).expect("written");
        hides(&[&["dns-check"][..], &quick].concat(), 2);
    }
}

/// Whether the secret of the key `inside` stands there, as text or decoded.
fn shows_secret(octets: &[u8]) -> bool {
    let text = String::from_utf8_lossy(octets);
    text.contains(&INSIDE[..16]) || text.contains("inside inside")
}

#[test]
fn a_server_whose_certificate_is_not_trusted_is_unreachable_and_says_why() {
    let Some(bind) = bind_by_key() else { return };
    let port = bind.tls;
    for (server, ca, why) in [
        (format!("tls://127.0.0.1:{port}"), "", "of no authority that is trusted here"),
        (format!("tls://other.example@127.0.0.1:{port}"), "ca = \"ca.pem\"\n", "not for other.example"),
        (format!("https://127.0.0.1:{}/dns-query", bind.https), "", "of no authority that is trusted here"),
        (format!("https://127.0.0.1:{}/elsewhere", bind.https), "ca = \"ca.pem\"\n", "HTTP status 404"),
    ] {
        let checked = check(bind.folder.path(), &format!("[view.internal]\nservers = [\"{server}\"]\n{ca}"));
        let finding = &checked.report["findings"][0];
        assert_eq!(finding["rule"], "view-unreachable", "{server}: {:#} {}", checked.report, checked.errors);
        assert!(finding["found"].to_string().contains(why), "{server}: {finding:#}");
    }
}

#[test]
fn a_view_is_chosen_by_the_address_that_asks() {
    let Some(bind) = bind("", "127.0.77.9", "127.0.77.10") else { return };
    let view =
        |view: &str, source: &str| format!("[view.{view}]\nservers = [\"127.0.0.1:{}\"]\nsource = \"{source}\"\n", bind.plain);
    let checked = check(bind.folder.path(), &(view("internal", "127.0.77.9") + &view("external", "127.0.77.10")));
    assert_the_faults_of_the_zones(&checked.report, &[REFUSED]);
    let checked = check(bind.folder.path(), &view("internal", "192.0.2.77"));
    assert_eq!(checked.status, Some(2));
    assert!(checked.errors.contains("source 192.0.2.77, which is no address of this machine"), "{}", checked.errors);
}
