//! A relay that loses some of the packets that pass it, in both directions: `lossy LISTEN SERVER PERCENT`. UDP only, for the soak.

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The most sockets that are relayed for at a time.
const MAX_PEERS: usize = 1024;
/// A socket that nothing comes back for makes room: a long run changes its sockets, thousands of them in the end.
const MAX_IDLE: Duration = Duration::from_secs(10);
const MAX_PACKET: usize = 4096;

type Peers = Mutex<HashMap<SocketAddr, UdpSocket>>;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [listen, server, percent] = &arguments[..] else { panic!("usage: lossy LISTEN SERVER PERCENT") };
    let percent: u64 = percent.parse().expect("a number");
    let server: SocketAddr = server.parse().expect("an address");
    let front = Arc::new(UdpSocket::bind(listen).expect("a free port"));
    let peers = Arc::new(Peers::default());
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut buffer = [0; MAX_PACKET];
    loop {
        let Ok((length, peer)) = front.recv_from(&mut buffer) else { continue };
        let mut known = peers.lock().expect("nobody fails with it");
        if !known.contains_key(&peer) {
            if known.len() == MAX_PEERS {
                continue;
            }
            let back = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.connect(server).map(|()| socket)).expect("a socket");
            let (from, front, peers) = (back.try_clone().expect("a socket"), Arc::clone(&front), Arc::clone(&peers));
            let seed = u64::from(peer.port()) + 1;
            thread::spawn(move || {
                answer(&from, &front, peer, percent, Dice(seed));
                peers.lock().expect("nobody fails with it").remove(&peer);
            });
            known.insert(peer, back);
        }
        if !dice.loses(percent) {
            let _ = known[&peer].send(&buffer[..length]);
        }
    }
}

/// Until there has been nothing to relay for a while.
fn answer(server: &UdpSocket, front: &UdpSocket, peer: SocketAddr, percent: u64, mut dice: Dice) {
    server.set_read_timeout(Some(MAX_IDLE)).expect("a timeout");
    let mut buffer = [0; MAX_PACKET];
    while let Ok(length) = server.recv(&mut buffer) {
        if !dice.loses(percent) {
            let _ = front.send_to(&buffer[..length], peer);
        }
    }
}

/// Numbers that are random enough to lose packets by (xorshift64*).
struct Dice(u64);

impl Dice {
    fn loses(&mut self, percent: u64) -> bool {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % 100 < percent
    }
}
