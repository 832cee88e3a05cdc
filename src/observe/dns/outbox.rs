//! Queries that are to go out now, in the order in which they go. Sends nothing itself.

use smallvec::SmallVec;

use super::ports::{Port, QUERIES_IN_A_ROW};
use super::server::Outgoing;

/// Queries that the system is given at once: as many as go out in a row from one socket.
pub(super) const ROW: usize = QUERIES_IN_A_ROW as usize;

/// What is to go out, and how much of it has gone.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    queries: Vec<Query>,
    octets: Vec<u8>,
    gone: usize,
}

#[derive(Clone, Copy, Debug)]
struct Query {
    slot: usize,
    port: Port,
    /// Where its packet begins and ends among the octets.
    packet: (usize, usize),
}

/// Queries in a row from one socket.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) port: Port,
    pub(super) packets: SmallVec<[&'a [u8]; ROW]>,
}

impl Outbox {
    /// Empties it.
    pub(super) fn clear(&mut self) {
        self.queries.clear();
        self.octets.clear();
        self.gone = 0;
    }

    /// How many there are, those that have gone included.
    pub(super) fn len(&self) -> usize {
        self.queries.len()
    }

    /// Adds a query behind all others.
    pub(super) fn push(&mut self, query: &Outgoing<'_>) {
        let begin = self.octets.len();
        self.octets.extend_from_slice(query.packet);
        self.queries.push(Query { slot: query.slot, port: query.port, packet: (begin, self.octets.len()) });
    }

    /// The next queries of one socket; `None` when all have gone.
    pub(super) fn row(&self) -> Option<Row<'_>> {
        let (first, rest) = self.waiting().split_first()?;
        let others = rest.iter().take_while(|query| query.port == Port { anew: false, ..first.port });
        let packets = std::iter::once(first).chain(others).take(ROW);
        Some(Row { port: first.port, packets: packets.map(|query| &self.octets[query.packet.0..query.packet.1]).collect() })
    }

    /// So many more have gone.
    pub(super) fn went(&mut self, count: usize) {
        self.gone += count;
    }

    /// The places of those that have not gone.
    pub(super) fn slots(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.waiting().iter().map(|query| query.slot)
    }

    fn waiting(&self) -> &[Query] {
        self.queries.get(self.gone..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_one_socket_and_ends_where_that_is_opened_anew() {
        let mut outbox = Outbox::default();
        let ports = [(1, true), (1, false), (2, false), (2, true), (2, false)].map(|(index, anew)| Port { index, anew });
        for (slot, port) in ports.into_iter().enumerate() {
            outbox.push(&Outgoing { slot, port, packet: &[b'0' + u8::try_from(slot).expect("few")] });
        }
        let mut rows = Vec::new();
        while let Some((port, packets)) = outbox.row().map(|row| (row.port, row.packets.concat())) {
            outbox.went(packets.len());
            rows.push((port, packets));
        }
        assert_eq!(rows, [(ports[0], b"01".to_vec()), (ports[2], b"2".to_vec()), (ports[3], b"34".to_vec())]);
    }

    #[test]
    fn what_has_not_gone_is_left() {
        let mut outbox = Outbox::default();
        let port = Port { index: 0, anew: false };
        (0..2 * ROW).for_each(|slot| outbox.push(&Outgoing { slot, port, packet: b"x" }));
        assert_eq!(outbox.row().map(|row| row.packets.len()), Some(ROW));
        outbox.went(2 * ROW - 2);
        assert_eq!((outbox.row().map(|row| row.packets.len()), outbox.slots().collect()), (Some(2), vec![30, 31]));
        outbox.clear();
        assert!(outbox.row().is_none() && outbox.len() == 0);
    }
}
