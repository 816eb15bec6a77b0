//! The side of a ring that writes packets.

use super::{Mode, Ring, add};
use crate::Backend;
use crate::sync::{Ordering, fence};

/// How many places a claim passes because the consumer is reading what is there: then there is no
/// free packet now.
const CLAIMS_MAX: u32 = 16;

/// The producer of a ring, which is the back end of a stream.
///
/// Close the stream's packet (`close_packet`) to hand on one that is not full yet.
#[derive(Debug)]
pub struct Producer<'r, const PACKETS: usize, const BYTES: usize> {
    ring: &'r Ring<PACKETS, BYTES>,
    /// The place of the packet that comes next, or that is being written.
    position: u32,
    is_claimed: bool,
}

impl<'r, const PACKETS: usize, const BYTES: usize> Producer<'r, PACKETS, BYTES> {
    pub(super) fn new(ring: &'r Ring<PACKETS, BYTES>, position: u32) -> Self {
        Producer { ring, position, is_claimed: false }
    }

    /// The ring.
    pub fn ring(&self) -> &'r Ring<PACKETS, BYTES> {
        self.ring
    }

    /// Claims the next place, unless this is done; whether it is.
    fn claim(&mut self) -> bool {
        if !self.is_claimed {
            self.is_claimed = match self.ring.mode {
                Mode::Discard => self.is_free(),
                Mode::Overwrite => self.claim_over_oldest(),
            };
        }
        self.is_claimed
    }

    fn is_free(&self) -> bool {
        let taken = self.ring.taken.load(Ordering::Acquire);
        self.position.wrapping_sub(taken) < Ring::<PACKETS, BYTES>::count()
    }

    /// Claims the next place whose packet the consumer is not reading.
    fn claim_over_oldest(&mut self) -> bool {
        for _ in 0..CLAIMS_MAX {
            let behind = self.position.wrapping_add(1);
            self.ring.claimed.store(behind, Ordering::Release);
            // Either the consumer sees the claim, or its hold is seen here.
            fence(Ordering::SeqCst);
            let held = self.ring.held.load(Ordering::Acquire);
            if held != Ring::<PACKETS, BYTES>::hold_of(self.position) {
                return true;
            }
            // This place stays empty: its slot says that an older packet is in it.
            self.position = behind;
            self.ring.written.store(behind, Ordering::Release);
        }
        false
    }
}

impl<const PACKETS: usize, const BYTES: usize> Backend for Producer<'_, PACKETS, BYTES> {
    fn is_full(&mut self) -> bool {
        !self.claim()
    }

    fn packet(&mut self) -> &mut [u8] {
        if !self.claim() {
            return &mut [];
        }
        match self.ring.slot(self.position) {
            // SAFETY: the place is claimed, so the consumer does not have its bytes until it is
            // `written` (B), and has done with them (C); no other producer is there (A), and the
            // slice borrows this one.
            Some((_, bytes)) => unsafe { &mut *bytes.write() },
            None => &mut [],
        }
    }

    fn finish(&mut self) {
        if !self.is_claimed {
            return;
        }
        if let Some((slot, _)) = self.ring.slot(self.position) {
            slot.position.store(self.position, Ordering::Relaxed);
            slot.number.store(self.ring.finished.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        self.is_claimed = false;
        self.position = self.position.wrapping_add(1);
        add(&self.ring.finished, 1);
        self.ring.written.store(self.position, Ordering::Release);
    }
}
