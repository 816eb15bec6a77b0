//! The side of a ring that takes packets out.

use core::ops::Deref;

use super::{Mode, Ring, add};
use crate::sync::{Ordering, fence};

/// How many places a look for a packet passes because they were overwritten meanwhile: then there
/// is none now.
const LOOKS_MAX: u32 = 1000;

/// The consumer of a ring.
#[derive(Debug)]
pub struct Consumer<'r, const PACKETS: usize, const BYTES: usize> {
    ring: &'r Ring<PACKETS, BYTES>,
    /// The place to look at next.
    next: u32,
}

impl<'r, const PACKETS: usize, const BYTES: usize> Consumer<'r, PACKETS, BYTES> {
    pub(super) fn new(ring: &'r Ring<PACKETS, BYTES>, next: u32) -> Self {
        Consumer { ring, next }
    }

    /// The ring.
    pub fn ring(&self) -> &'r Ring<PACKETS, BYTES> {
        self.ring
    }

    /// The oldest packet, if there is one now. It is taken out of the ring when it is dropped; no
    /// producer waits for that.
    pub fn pop(&mut self) -> Option<Packet<'_, 'r, PACKETS, BYTES>> {
        for _ in 0..LOOKS_MAX {
            if self.ring.written.load(Ordering::Acquire) == self.next {
                return None;
            }
            if self.ring.mode == Mode::Overwrite && !self.hold() {
                continue;
            }
            let (slot, _) = self.ring.slot(self.next)?;
            if slot.position.load(Ordering::Relaxed) == self.next {
                let counts = self.ring.counts();
                let seen = counts.packets_read.wrapping_add(counts.packets_overwritten);
                let missed = slot.number.load(Ordering::Relaxed).wrapping_sub(seen);
                add(&self.ring.packets_overwritten, missed);
                return Some(Packet { consumer: self });
            }
            // The producer found it held, and went by.
            self.pass();
        }
        None
    }

    /// Gives all packets that are there now to a function, the oldest first. With a ring that
    /// overwrites, these are the newest ones: a snapshot.
    pub fn drain(&mut self, mut take: impl FnMut(&[u8])) {
        let end = self.ring.written.load(Ordering::Acquire);
        // Places are at most half of all numbers apart.
        while end.wrapping_sub(self.next).wrapping_sub(1) < u32::MAX / 2 {
            let Some(packet) = self.pop() else { return };
            take(&packet);
        }
    }

    /// Keeps the producer from overwriting the next place, unless it has done so already; then the
    /// next one is the oldest that is still there.
    fn hold(&mut self) -> bool {
        let hold = Ring::<PACKETS, BYTES>::hold_of(self.next);
        self.ring.held.store(hold, Ordering::Release);
        // Either the producer sees the hold, or its claim is seen here.
        fence(Ordering::SeqCst);
        let claimed = self.ring.claimed.load(Ordering::Acquire);
        let count = Ring::<PACKETS, BYTES>::count();
        if claimed.wrapping_sub(self.next) <= count {
            return true;
        }
        self.ring.held.store(0, Ordering::Release);
        self.next = claimed.wrapping_sub(count);
        false
    }

    /// Gives the next place back, and goes on to the one behind it.
    fn pass(&mut self) {
        self.next = self.next.wrapping_add(1);
        self.ring.taken.store(self.next, Ordering::Release);
        self.ring.held.store(0, Ordering::Release);
    }
}

/// A packet that is taken out of the ring when this is dropped.
#[derive(Debug)]
pub struct Packet<'c, 'r, const PACKETS: usize, const BYTES: usize> {
    consumer: &'c mut Consumer<'r, PACKETS, BYTES>,
}

impl<const PACKETS: usize, const BYTES: usize> Deref for Packet<'_, '_, PACKETS, BYTES> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self.consumer.ring.slot(self.consumer.next) {
            // SAFETY: `pop` made this, so the place was written before (C), and the producer does
            // not claim its slot until it is given back (B), by `drop`; no other consumer is there
            // (A), and this borrows the one that there is.
            Some((_, bytes)) => unsafe { &*bytes.read() },
            None => &[],
        }
    }
}

impl<const PACKETS: usize, const BYTES: usize> Drop for Packet<'_, '_, PACKETS, BYTES> {
    fn drop(&mut self) {
        add(&self.consumer.ring.packets_read, 1);
        self.consumer.pass();
    }
}
