//! From which of its sockets a server is asked, and when one is opened anew. Opens none itself.

use super::dice::Dice;
use super::ids::Ids;

/// A socket serves at least so many queries, and by chance up to twice as many, before it is opened anew with another port.
const QUERIES_A_PORT: u32 = 3_000;
/// The number by which a server's TCP connection is known, beside its sockets; no server has so many.
pub(super) const STREAM: usize = 64;
/// So many queries go out one after the other from the socket that was drawn: their answers come together, and take one look.
pub(super) const QUERIES_IN_A_ROW: u32 = 16;
/// How often a socket is drawn before one is taken that is to be retired.
const DRAWS: usize = 4;

/// The socket of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Port {
    /// Which of the server's sockets.
    pub(super) index: usize,
    /// Whether it is to be opened, or closed and opened anew, before it sends.
    pub(super) anew: bool,
}

/// Another socket is opened after so many queries for each that is open: a small run needs few.
const QUERIES_BEFORE_ANOTHER: u32 = 32;

/// The sockets of one server.
#[derive(Debug)]
pub(super) struct Ports {
    /// Queries that each open socket may still send.
    left: Vec<u32>,
    most: usize,
    queries: u32,
    /// The socket that was drawn last.
    drawn: usize,
}

impl Ports {
    pub(super) fn new(most: usize) -> Self {
        Self { left: Vec::new(), most: most.max(1), queries: 0, drawn: 0 }
    }

    /// The socket of the next query.
    pub(super) fn choose(&mut self, ids: &Ids, dice: &mut Dice) -> Port {
        self.queries = self.queries.saturating_add(1);
        if !self.queries.is_multiple_of(QUERIES_IN_A_ROW) && self.left.get(self.drawn).is_some_and(|left| *left > 0) {
            return Port { index: self.drawn, anew: false };
        }
        let port = self.draw(ids, dice);
        self.drawn = port.index;
        port
    }

    /// Draws a socket. One that has sent its share rests until its last query is answered, and is then opened anew.
    fn draw(&mut self, ids: &Ids, dice: &mut Dice) -> Port {
        let wanted = usize::try_from(self.queries.div_ceil(QUERIES_BEFORE_ANOTHER)).unwrap_or(usize::MAX);
        if self.left.len() < self.most.min(wanted) {
            self.left.push(share(dice));
            return Port { index: self.left.len() - 1, anew: true };
        }
        let mut last = 0;
        for _ in 0..DRAWS {
            let index = dice.below(self.left.len());
            if self.left[index] > 0 {
                return Port { index, anew: false };
            }
            if ids.on_socket(index) == 0 {
                self.left[index] = share(dice);
                return Port { index, anew: true };
            }
            last = index;
        }
        Port { index: last, anew: false }
    }

    /// A query was sent from that socket.
    pub(super) fn count(&mut self, index: usize) {
        if let Some(left) = self.left.get_mut(index) {
            *left = left.saturating_sub(1);
        }
    }

    /// Gives up a socket that nothing is under way on, for a server that has none; its number.
    pub(super) fn spare(&mut self, ids: &Ids) -> Option<usize> {
        let last = self.left.len().checked_sub(1).filter(|last| *last > 0 && ids.on_socket(*last) == 0)?;
        self.left.pop();
        self.most = self.left.len();
        Some(last)
    }

    /// The last socket could not be opened, nor can any more: those that are open have to do. The first is tried again.
    pub(super) fn close_door(&mut self) {
        if self.left.len() > 1 {
            self.left.pop();
            self.most = self.left.len();
        } else {
            self.left.clear();
        }
    }
}

fn share(dice: &mut Dice) -> u32 {
    QUERIES_A_PORT + u32::from(dice.number()) % QUERIES_A_PORT
}
