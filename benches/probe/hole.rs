//! Machines that are silent: `hole PORT` listens at every address of this machine with a queue that is full, so that whoever
//! connects hears nothing.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// Longer than any queue that the system allows.
const MAX_QUEUE: usize = 8192;

fn main() {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).expect("usage: hole PORT");
    let _listener = TcpListener::bind(("0.0.0.0", port)).expect("a free port");
    let own = SocketAddr::from(([127, 0, 0, 1], port));
    let waiting: Vec<_> = (0..MAX_QUEUE).map_while(|_| TcpStream::connect_timeout(&own, Duration::from_millis(200)).ok()).collect();
    println!("{} wait, and nobody else gets in", waiting.len());
    loop {
        std::thread::park();
    }
}
