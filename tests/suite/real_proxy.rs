//! probe against a reverse proxy that we did not write: nginx, before a scripted RVP router.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use imctl::loopback::{HttpPlay, HttpServer, Request};
use serde_json::Value;

use crate::support::servers::free_port;
use crate::support::{imctl, program};

const VERSION: (&str, &str) = ("RVP-Notifications-Version", "1.0");

/// Answers as a router does: 501 to OPTIONS, a challenge to PROPFIND, and nothing that is not RVP.
pub(crate) fn router(request: &Request) -> HttpPlay {
    match request.method.as_str() {
        "OPTIONS" => HttpPlay::answer(501, &[VERSION]),
        "PROPFIND" if request.header("depth") == Some("0") => HttpPlay::answer(401, &[VERSION, ("WWW-Authenticate", "NTLM")]),
        "PROPFIND" => HttpPlay::answer(412, &[VERSION]),
        _ => HttpPlay::answer(405, &[]),
    }
}

/// nginx as a single process: workers would outlive a master that is killed.
pub(crate) struct Nginx(pub(crate) Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn free_address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], free_port("127.0.0.1")))
}

pub(crate) fn wait_for(address: SocketAddr) {
    let until = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(address).is_err() {
        assert!(Instant::now() < until, "nginx does not listen on {address}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn nginx_before_a_router_before_a_dead_one_and_refusing_the_method() {
    let Some(nginx) = program("nginx") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().display();
    let router = HttpServer::start(router).expect("the router starts");
    let dead = free_address();
    let (good, broken, strict) = (free_address(), free_address(), free_address());
    let front = |listen: SocketAddr, rest: String| format!("server {{ listen {listen}; location / {{ {rest} }} }}\n");
    let pass = |to: SocketAddr| format!("proxy_pass http://{to}; proxy_set_header Host $host;");
    let temps: String =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!("{kind}_temp_path {path}/{kind};\n")).concat();
    let refuse = format!("if ($request_method !~ ^(GET|HEAD|POST)$) {{ return 405; }} {}", pass(router.address()));
    // One process: a worker would outlive a master that is killed.
    let config = format!(
        "daemon off; master_process off; pid {path}/nginx.pid; events {{}}\nhttp {{ access_log off;\n{temps}{}{}{} }}\n",
        front(good, pass(router.address())),
        front(broken, pass(dead)),
        front(strict, refuse)
    );
    let file = folder.path().join("nginx.conf");
    fs::write(&file, config).expect("the configuration is written");
    let arguments = ["-c".to_owned(), file.display().to_string(), "-e".to_owned(), format!("{path}/error.log")];
    let _nginx =
        Nginx(Command::new(nginx).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("nginx starts"));
    [good, broken, strict].into_iter().for_each(wait_for);

    let fronts = [("good", good), ("broken", broken), ("strict", strict)];
    let inventory: String = fronts
        .map(|(name, address)| {
            format!(
                "[[reverse_proxy]]\nname = \"{name}\"\naddresses = [\"{address}\"]\n[[domain]]\nname = \"im.{name}.example\"\nexternal = true\n\
                 reverse_proxies = [\"{name}\"]\n"
            )
        })
        .concat();
    fs::write(folder.path().join("imctl.toml"), inventory).expect("the inventory is written");
    let output = imctl().current_dir(folder.path()).args(["probe", "--format", "json"]).output().expect("imctl runs");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");

    let classes: Vec<_> =
        report["domains"].as_array().expect("domains").iter().map(|d| d["probes"][0]["class"].as_str().expect("text")).collect();
    assert_eq!(classes, ["rvp", "router-down", "blocks-methods"]);
    let mut rules: Vec<_> = (report["findings"].as_array().expect("findings").iter())
        .map(|f| (f["domain"].as_str().expect("text"), f["rule"].as_str().expect("text")))
        .collect();
    rules.sort_unstable();
    assert_eq!(
        rules,
        [("im.broken.example", "router-behind-proxy-down"), ("im.strict.example", "proxy-blocks-methods")],
        "{report:#}"
    );
    let asked = router.requests();
    assert!(!asked.is_empty() && asked.iter().all(|request| request.header("host") == Some("im.good.example")), "{asked:?}");
    assert!(asked.iter().all(|request| ["OPTIONS", "PROPFIND"].contains(&request.method.as_str())));
}
