//! A relay that loses some of the packets that pass it, in both directions: `lossy LISTEN SERVER PERCENT`. UDP only, for the soak.

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::thread;

/// The most sockets that are relayed for; those of one run are far fewer.
const MAX_PEERS: usize = 1024;
const MAX_PACKET: usize = 4096;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [listen, server, percent] = &arguments[..] else { panic!("usage: lossy LISTEN SERVER PERCENT") };
    let percent: u64 = percent.parse().expect("a number");
    let server: SocketAddr = server.parse().expect("an address");
    let front = Arc::new(UdpSocket::bind(listen).expect("a free port"));
    let mut peers: HashMap<SocketAddr, UdpSocket> = HashMap::new();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut buffer = [0; MAX_PACKET];
    loop {
        let Ok((length, peer)) = front.recv_from(&mut buffer) else { continue };
        if !peers.contains_key(&peer) {
            if peers.len() == MAX_PEERS {
                continue;
            }
            let back = UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.connect(server).map(|()| socket)).expect("a socket");
            let (from, front, seed) = (back.try_clone().expect("a socket"), Arc::clone(&front), peers.len() as u64 + 1);
            thread::spawn(move || answer(&from, &front, peer, percent, Dice(seed)));
            peers.insert(peer, back);
        }
        if !dice.loses(percent) {
            let _ = peers[&peer].send(&buffer[..length]);
        }
    }
}

fn answer(server: &UdpSocket, front: &UdpSocket, peer: SocketAddr, percent: u64, mut dice: Dice) {
    let mut buffer = [0; MAX_PACKET];
    loop {
        let Ok(length) = server.recv(&mut buffer) else { continue };
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
