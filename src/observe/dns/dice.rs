//! Random numbers that a forger cannot guess, fetched from the system in blocks. Never makes any up.

use std::fmt;

/// Octets fetched at a time: some hundred ids for one call of the system.
const BLOCK: usize = 1024;

/// Fills a block with random octets; tests give one that repeats itself.
pub(super) type Fill = Box<dyn FnMut(&mut [u8]) + Send>;

/// A supply of random octets.
pub(super) struct Dice {
    block: [u8; BLOCK],
    used: usize,
    fill: Fill,
}

impl Dice {
    pub(super) fn new(fill: Fill) -> Self {
        Self { block: [0; BLOCK], used: BLOCK, fill }
    }

    /// Any of the 65,536 numbers.
    pub(super) fn number(&mut self) -> u16 {
        let Some(pair) = self.block.get(self.used..self.used + 2) else {
            (self.fill)(&mut self.block);
            self.used = 0;
            return self.number();
        };
        self.used += 2;
        u16::from_le_bytes([pair[0], pair[1]])
    }

    /// A number below `limit`, which is small beside 65,536.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::from(self.number()) % limit.max(1)
    }
}

impl fmt::Debug for Dice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dice").finish_non_exhaustive() // what is left in the block is a secret
    }
}
