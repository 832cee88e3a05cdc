//! Servers that we did not write, each a process that ends with its test, and the ports they get.

use std::fs;
use std::net::{IpAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// Ports that the system gives to nobody who asks for any (on Linux those begin at 32768): what is free stays so until a server has it.
const PORTS: std::ops::Range<u16> = 10_000..32_000;

/// A port that is free for UDP and TCP at this address, and that no other test of this process is given.
pub(crate) fn free_port(ip: &str) -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    // Runs of the tests at the same time begin at different places.
    let start = u16::try_from(std::process::id() % 220).expect("a small number") * 100;
    (PORTS.clone())
        .map(|_| PORTS.start + (start + GIVEN.fetch_add(1, Ordering::Relaxed)) % (PORTS.end - PORTS.start))
        .find(|port| UdpSocket::bind((ip, *port)).is_ok() && TcpListener::bind((ip, *port)).is_ok())
        .expect("a free port")
}

/// A server process that ends with the test.
pub(crate) struct Server {
    child: Child,
    log: PathBuf,
}

impl Server {
    pub(crate) fn start(program: &Path, arguments: &[&str], folder: &Path, name: &str) -> Self {
        let log = folder.join(format!("{name}.log"));
        let file = fs::File::create(&log).expect("a log file");
        let child = Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a log file"))
            .stderr(file)
            .spawn()
            .expect("the server starts");
        Self { child, log }
    }

    /// Starts BIND on `named.conf` in the folder and waits for its zones: it answers before it has loaded them, and goes on without a
    /// port that something else holds.
    pub(crate) fn named(program: &Path, folder: &Path) -> Self {
        let mut server = Self::start(program, &["-g", "-c", &folder.join("named.conf").display().to_string()], folder, "named");
        server.wait("has not loaded its zones", |log| log.contains("all zones loaded"));
        let log = server.said();
        assert!(!log.contains("address in use"), "a port is taken: {log}");
        server
    }

    /// Waits until something answers on UDP: any answer to a question about the root.
    pub(crate) fn wait_for(&mut self, address: &str) {
        let query = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1];
        let ip: IpAddr = address.rsplit_once(':').expect("address:port").0.parse().expect("an address");
        self.wait(&format!("does not answer at {address}"), |_| {
            let socket = UdpSocket::bind((ip, 0)).expect("a socket");
            socket.set_read_timeout(Some(Duration::from_millis(200))).expect("a timeout");
            socket.connect(address).and_then(|()| socket.send(&query)).and_then(|_| socket.recv(&mut [0; 512])).is_ok()
        });
    }

    /// Waits until the server is ready, to judge by what it has said or otherwise; fails where it ends or twenty seconds pass.
    fn wait(&mut self, failure: &str, ready: impl Fn(&str) -> bool) {
        let until = Instant::now() + Duration::from_secs(20);
        while !ready(&self.said()) {
            let ended = self.child.try_wait().expect("a process").is_some();
            assert!(!ended && Instant::now() < until, "the server {failure}: {}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
