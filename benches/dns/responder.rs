//! A DNS server for measuring: answers by rule, as the zone of `zone.rs` would, loses packets and answers late as it is told.
//! Serves loopback only.
//!
//! `cargo run --release --example dns-responder -- 127.0.0.1:5310 LOST_OF_A_HUNDRED_EACH_WAY DELAY_MS`

use std::error::Error;
use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};

const BUFFER: usize = 4 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, loss, delay] = &arguments[..] else { return Err("usage: dns-responder ADDRESS:PORT LOSS DELAY_MS".into()) };
    let (address, loss): (SocketAddr, u64) = (address.parse()?, loss.parse()?);
    let delay = Duration::from_millis(delay.parse()?);
    if !address.ip().is_loopback() {
        return Err("only loopback addresses are served".into());
    }
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_recv_buffer_size(BUFFER)?;
    socket.set_send_buffer_size(BUFFER)?;
    socket.bind(&address.into())?;
    serve(&socket.into(), loss, delay)
}

/// Answers for ever. What is due later waits its turn in a thread of its own: the delay is the same for all, and nothing that
/// arrives meanwhile, or does not arrive, changes it.
fn serve(socket: &UdpSocket, loss: u64, delay: Duration) -> Result<(), Box<dyn Error>> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut goes_astray = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 20) % 100 < loss
    };
    let (late, due) = mpsc::channel();
    let sender = socket.try_clone()?;
    thread::spawn(move || send_in_time(&sender, &due));
    let mut buffer = [0; 1500];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue }; // an ICMP error of a client that is gone
        if goes_astray() || goes_astray() {
            continue;
        }
        let Some(answer) = answer(&buffer[..length]) else { continue };
        if delay.is_zero() {
            let _ = socket.send_to(&answer, from);
        } else {
            late.send((Instant::now() + delay, from, answer))?;
        }
    }
}

fn send_in_time(socket: &UdpSocket, due: &mpsc::Receiver<(Instant, SocketAddr, Vec<u8>)>) {
    for (at, to, answer) in due {
        let wait = at.saturating_duration_since(Instant::now());
        if !wait.is_zero() {
            thread::sleep(wait);
        }
        let _ = socket.send_to(&answer, to);
    }
}

/// `im.dNNN…` has the address 10.(NNN as three octets) unless NNN ends in 9: then it does not exist. No other type is there.
fn answer(query: &[u8]) -> Option<Vec<u8>> {
    let mut at = 12;
    let mut number = 0_u32;
    loop {
        let length = usize::from(*query.get(at)?);
        let label = query.get(at + 1..at + 1 + length)?;
        for digit in label.iter().filter(|octet| octet.is_ascii_digit()) {
            number = number.wrapping_mul(10).wrapping_add(u32::from(digit - b'0'));
        }
        at += 1 + length;
        if length == 0 {
            break;
        }
    }
    let mut answer = query.get(..at + 4)?.to_vec();
    let exists = number % 10 != 9;
    answer[2..12].copy_from_slice(&[0x85, if exists { 0x80 } else { 0x83 }, 0, 1, 0, 0, 0, 0, 0, 0]);
    if exists && answer.get(at..at + 2) == Some(&[0, 1]) {
        answer[7] = 1;
        let [_, a, b, c] = number.to_be_bytes();
        answer.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 10, a, b, c]);
    }
    Some(answer)
}
