//! probe over TLS: nginx with certificates of every kind before a scripted RVP router.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use imctl::loopback::HttpServer;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use serde_json::Value;

use crate::real_proxy::{Nginx, free_address, router, wait_for};
use crate::support::{imctl, program};

/// The fronts: their names, the name in their certificate, and the days from today on which that ends.
const FRONTS: [(&str, &str, i64); 5] = [
    ("good", "im.good.example", 200),
    ("expiring", "im.expiring.example", 10),
    ("expired", "im.expired.example", -10),
    ("other", "www.example.com", 200),
    ("stranger", "im.stranger.example", 200),
];

/// The day that is so many days from today, as certificates have it.
fn in_days(params: &mut CertificateParams, days: i64) {
    let today = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date();
    let last = today.saturating_add(jiff::Span::new().days(days));
    let month = u8::try_from(last.month()).expect("a month");
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(last.year().into(), month, u8::try_from(last.day()).expect("a day"));
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).expect("good names");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    in_days(&mut params, 400);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority")
}

/// Writes the certificates, all but the stranger's from the authority in ca.pem.
fn certificates(folder: &Path) {
    let (known, unknown) = (authority("known"), authority("unknown"));
    fs::write(folder.join("ca.pem"), known.pem()).expect("it is written");
    for (front, name, days) in FRONTS {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("good names");
        in_days(&mut params, days);
        let issuer = if front == "stranger" { &unknown } else { &known };
        let certificate = params.signed_by(&key, issuer).expect("a certificate");
        fs::write(folder.join(format!("{front}.pem")), certificate.pem()).expect("it is written");
        fs::write(folder.join(format!("{front}.key")), key.serialize_pem()).expect("it is written");
    }
}

/// nginx with a listener for each front, and one that speaks plain HTTP where TLS is declared.
fn nginx(folder: &Path, router: SocketAddr, addresses: &[SocketAddr], plain: SocketAddr) -> Option<Nginx> {
    let nginx = program("nginx")?;
    let path = folder.display();
    let pass = format!("location / {{ proxy_pass http://{router}; proxy_set_header Host $host; }}");
    let tls = FRONTS.iter().zip(addresses).map(|((front, ..), address)| {
        format!("server {{ listen {address} ssl; ssl_certificate {path}/{front}.pem; ssl_certificate_key {path}/{front}.key; {pass} }}\n")
    });
    let servers: String = tls.chain([format!("server {{ listen {plain}; {pass} }}\n")]).collect();
    let temps: String =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!("{kind}_temp_path {path}/{kind};\n")).concat();
    let config = format!(
        "daemon off; master_process off; pid {path}/nginx.pid; events {{}}\nhttp {{ access_log off;\n{temps}{servers} }}\n"
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, config).expect("the configuration is written");
    let arguments = ["-c".to_owned(), file.display().to_string(), "-e".to_owned(), format!("{path}/error.log")];
    let child = Command::new(nginx).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("nginx starts");
    addresses.iter().chain([&plain]).for_each(|address| wait_for(*address));
    Some(Nginx(child))
}

fn inventory(fronts: &[(&str, SocketAddr)]) -> String {
    let front = |(name, address): &(&str, SocketAddr)| {
        format!(
            "[[reverse_proxy]]\nname = \"{name}\"\naddresses = [\"{address}\"]\ntls = true\n\
             [[domain]]\nname = \"im.{name}.example\"\nexternal = true\nreverse_proxies = [\"{name}\"]\n"
        )
    };
    fronts.iter().map(front).collect()
}

fn probe(folder: &Path, inventory: &str, arguments: &[&str]) -> Value {
    fs::write(folder.join("imctl.toml"), inventory).expect("the inventory is written");
    let output = imctl().current_dir(folder).args(["probe", "--format", "json"]).args(arguments).output().expect("imctl runs");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// Domain and rule of each finding, sorted.
fn rules(report: &Value) -> Vec<(&str, &str)> {
    let findings = report["findings"].as_array().expect("findings").iter();
    let mut rules: Vec<_> = findings.map(|f| (f["domain"].as_str().unwrap_or("-"), f["rule"].as_str().unwrap_or("-"))).collect();
    rules.sort_unstable();
    rules
}

const FOUND: [(&str, &str); 5] = [
    ("im.expired.example", "certificate-invalid"),
    ("im.expiring.example", "certificate-expiring"),
    ("im.other.example", "certificate-invalid"),
    ("im.plain.example", "unreachable"),
    ("im.stranger.example", "certificate-invalid"),
];

#[test]
fn nginx_with_certificates_of_every_kind() {
    let folder = tempfile::tempdir().expect("a folder");
    certificates(folder.path());
    let router = HttpServer::start(router).expect("the router starts");
    let addresses = FRONTS.map(|_| free_address());
    let plain = free_address();
    let Some(_nginx) = nginx(folder.path(), router.address(), &addresses, plain) else { return };
    let fronts = FRONTS.iter().map(|front| front.0).zip(addresses).chain([("plain", plain)]).collect::<Vec<_>>();
    let inventory = format!("[probe]\nca = \"ca.pem\"\n{}", inventory(&fronts));

    let report = probe(folder.path(), &inventory, &["--save", "saved.jsonl"]);
    assert_eq!(rules(&report), FOUND, "{report:#}");
    let messages: Vec<_> = report["findings"].as_array().expect("findings").iter().map(|f| f["message"].to_string()).collect();
    let said = |part: &str| messages.iter().any(|message| message.contains(part));
    for part in [
        "its certificate is for www.example.com, not for im.other.example",
        "its certificate is of no authority that is trusted here",
        "its certificate expired on ",
        "has a certificate that expires in 10 days",
        "connected, but TLS failed: what answers does not speak TLS",
    ] {
        assert!(said(part), "{part}: {messages:#?}");
    }
    // Behind a bad certificate the IM server is found all the same.
    let classes: Vec<_> = report["domains"].as_array().expect("domains").iter().map(|d| d["probes"][0]["class"].clone()).collect();
    assert_eq!(classes, ["rvp", "rvp", "rvp", "rvp", "rvp", "unreachable"]);

    let again = probe(folder.path(), &inventory, &["--from", "saved.jsonl"]);
    assert_eq!(rules(&again), FOUND, "a recording holds what the machines showed");
}
