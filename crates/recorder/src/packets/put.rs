//! Where a recording puts packets.

use crate::error::Error;
use crate::pcapng::Statistics;

/// Where a recording puts packets: files, or memory.
pub trait Put {
    /// Adds a packet: its interface, its time, its length on the wire, and its bytes, in pieces.
    ///
    /// # Errors
    /// When it cannot be written.
    fn packet(&mut self, head: (u32, u64, u32), pieces: &[&[u8]]) -> Result<(), Error>;

    /// Adds statistics of all that was received so far. In parts, each file says what is in it, and
    /// what was lost and not said before.
    ///
    /// # Errors
    /// When they cannot be written.
    fn statistics(&mut self, told: &Statistics) -> Result<(), Error>;

    /// Makes all that was added a part of the files, begins the next one if it is time, and removes
    /// those that are too old.
    ///
    /// # Errors
    /// When it cannot be written.
    fn commit(&mut self, _now: u64) -> Result<(), Error> {
        Ok(())
    }

    /// How many packets of each interface were added, and could then not be written, since this
    /// was asked last.
    fn take_lost(&mut self) -> Vec<u64> {
        Vec::new()
    }

    /// How many packets of each interface were removed since this was asked last.
    fn take_removed(&mut self) -> Vec<u64> {
        Vec::new()
    }
}
