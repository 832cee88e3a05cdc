//! What `cargo bench --bench dns` measures, one query written, one answer read, one answer weighed, and what the fuzzer of DNS
//! messages gives packets to. Nothing else uses it.

use super::careful::reading;
use super::moment::Moment;
use super::packet::{self, Asked, Packet};
use super::query;
use super::reply::reply_of;
use super::window::Window;
use crate::dns::{DomainName, RecordType};
use crate::observe::Reply;

/// A query for one name, and what an answer to it says.
#[derive(Debug)]
pub struct Codec {
    name: DomainName,
    rtype: RecordType,
    question: Vec<u8>,
    query: Vec<u8>,
}

impl Codec {
    /// Begins with an empty buffer, as the engine does once.
    pub fn new(name: DomainName, rtype: RecordType) -> Self {
        Self { name, rtype, question: Vec::new(), query: Vec::new() }
    }

    /// Writes a query with EDNS into the buffer of the last one.
    pub fn write(&mut self, id: u16) -> &[u8] {
        query::write_question(&self.name, self.rtype, &mut self.question);
        query::write_query(id, &self.question, query::Edns::Size, &mut self.query);
        &self.query
    }

    /// Reads a packet as the answer to what was written; `None` where it is none.
    pub fn read(&self, packet: &[u8]) -> Option<Reply> {
        let asked = Asked { question: &self.question, name: &self.name, exact: false };
        match packet::read(packet, asked) {
            Packet::Whole(response) => Some(reply_of(&self.name, self.rtype, response)),
            _ => None,
        }
    }

    /// Reads a packet as servers' that are asked with more care are read; `None` where it is no answer.
    pub fn read_with_care(&self, packet: &[u8]) -> Option<Reply> {
        reading::reply_to(&self.name, self.rtype, packet)
    }
}

/// The window of a server that answers steadily.
#[derive(Debug)]
pub struct Steady {
    window: Window,
    now: Moment,
}

impl Default for Steady {
    fn default() -> Self {
        Self { window: Window::new(20_000), now: Moment::default() }
    }
}

impl Steady {
    /// An answer comes, ten microseconds after the last; the size of the window then.
    pub fn answered(&mut self) -> usize {
        self.now = self.now.plus_us(10);
        self.window.full();
        self.window.answered(self.now, self.window.epoch(), Some(200));
        self.window.size()
    }
}
