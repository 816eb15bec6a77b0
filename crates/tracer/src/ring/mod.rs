//! Rings of packets in fixed memory, between who traces and who takes the packets away.
//!
//! Each thread, processor or interrupt handler that traces has a stream with a [`Producer`] for its
//! back end; a [`Consumer`] takes the packets out. There are no locks, nobody waits, and loads,
//! stores and fences are all that a processor must have: a Cortex-M0 will do.
//!
//! A ring works by the steps of the one in C, `platforms/packet-ring`, whose README says what is
//! guaranteed, and why it holds: the consumer never gets a packet that is being written, and a
//! packet that it has stays as it is while the producer goes round it. The words of memory that are
//! named there have the same names here; how they lie in memory is each ring's own business.
//!
//! An interrupt handler cannot trace into a stream that it interrupts: the stream's methods want it
//! for themselves (`&mut self`), and so does the producer. It has a stream and a ring of its own.
//!
//! # Why `unsafe`
//!
//! A packet's bytes are given out as a slice, without a copy, on both sides of a shared ring. Three
//! facts make this right, and the comments below refer to them by their letters.
//!
//! * **A**: there is one producer and one consumer of a ring at a time. `Ring::split` alone makes
//!   them,
//!   and borrows the ring for itself; neither can be copied.
//! * **B**: while a producer has claimed a place, the consumer has not got the slot of it, and does
//!   not
//!   get it. With [`Mode::Discard`] the consumer only has places before `written`, from `taken`
//!   on, and `Producer::claim` only takes one that is less than a whole turn behind `taken`. With
//!   [`Mode::Overwrite`] both sides say what they want, and look what the other one says behind a
//!   sequentially consistent fence: `Producer::claim_over_oldest`, `Consumer::hold`.
//! * **C**: what one side did with the bytes happened before what the other side does: `written` is
//!   stored behind the producer's writes and loaded before the consumer's reads, `taken` and `held`
//!   are stored behind these and loaded before the next writes; all with release and acquire.

mod consumer;
mod producer;

pub use consumer::{Consumer, Packet};
pub use producer::Producer;

use crate::sync::{AtomicU32, Bytes, Ordering};

/// What happens when there is no free packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// New events are discarded until the consumer has made room. The stream counts them.
    Discard,
    /// The oldest packet is overwritten, and counted: a flight recorder.
    Overwrite,
}

/// What a ring has counted so far, modulo 2^32. What was written is read, overwritten or in the
/// ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Packets that became whole.
    pub packets_written: u32,
    /// Packets that the consumer has had.
    pub packets_read: u32,
    /// Packets that were overwritten, as far as the consumer has read.
    pub packets_overwritten: u32,
}

/// A ring of so many packets, a power of two and at least 2, which have so many bytes each.
///
/// ```
/// use marey_tracer::Backend;
/// use marey_tracer::ring::{Mode, Ring};
///
/// let mut ring = Ring::<4, 512>::new(Mode::Overwrite);
/// let (mut producer, mut consumer) = ring.split();
/// // `producer` is the back end of a stream; this is what the stream does with it.
/// for number in 0..6 {
///     producer.packet()[0] = number;
///     producer.finish();
/// }
/// let oldest = consumer.pop().map(|packet| packet[0]);
/// assert_eq!(oldest, Some(2));
/// consumer.drain(|packet| println!("{}", packet[0]));
/// ```
#[derive(Debug)]
pub struct Ring<const PACKETS: usize, const BYTES: usize> {
    packets: [Bytes<BYTES>; PACKETS],
    slots: [Slot; PACKETS],
    mode: Mode,
    /// Places before this one are done or being written.
    claimed: AtomicU32,
    /// Places before this one are done.
    written: AtomicU32,
    /// How many packets became whole.
    finished: AtomicU32,
    /// The slot that the consumer is reading, from 1 on, or 0.
    held: AtomicU32,
    /// Places before this one may be written over.
    taken: AtomicU32,
    packets_read: AtomicU32,
    packets_overwritten: AtomicU32,
}

/// What is in a slot. It is read by who may read the packet.
#[derive(Debug)]
struct Slot {
    /// At which place it was written.
    position: AtomicU32,
    /// How many packets were written before it.
    number: AtomicU32,
}

impl Slot {
    #[cfg(not(loom))]
    const fn new() -> Self {
        Slot { position: AtomicU32::new(0), number: AtomicU32::new(0) }
    }

    #[cfg(loom)]
    fn new() -> Self {
        Slot { position: AtomicU32::new(0), number: AtomicU32::new(0) }
    }
}

// SAFETY: what is not atomic are the bytes of packets, which the producer and the consumer use.
// There is one of each (A), and they do not use the same bytes at the same time (B, C).
unsafe impl<const PACKETS: usize, const BYTES: usize> Sync for Ring<PACKETS, BYTES> {}

impl<const PACKETS: usize, const BYTES: usize> Ring<PACKETS, BYTES> {
    /// An empty ring. What is not a power of two, or less than 2, does not compile.
    #[cfg(not(loom))]
    pub const fn new(mode: Mode) -> Self {
        const { assert!(PACKETS.is_power_of_two() && PACKETS >= 2 && PACKETS <= 1 << 30) }
        Ring {
            packets: [const { Bytes::new() }; PACKETS],
            slots: [const { Slot::new() }; PACKETS],
            mode,
            claimed: AtomicU32::new(0),
            written: AtomicU32::new(0),
            finished: AtomicU32::new(0),
            held: AtomicU32::new(0),
            taken: AtomicU32::new(0),
            packets_read: AtomicU32::new(0),
            packets_overwritten: AtomicU32::new(0),
        }
    }

    /// An empty ring, whose words loom watches.
    #[cfg(loom)]
    pub fn new(mode: Mode) -> Self {
        Ring {
            packets: core::array::from_fn(|_| Bytes::new()),
            slots: core::array::from_fn(|_| Slot::new()),
            mode,
            claimed: AtomicU32::new(0),
            written: AtomicU32::new(0),
            finished: AtomicU32::new(0),
            held: AtomicU32::new(0),
            taken: AtomicU32::new(0),
            packets_read: AtomicU32::new(0),
            packets_overwritten: AtomicU32::new(0),
        }
    }

    /// Its two sides. What was in the ring when there were others is still there, but for a packet
    /// that was not whole.
    pub fn split(&mut self) -> (Producer<'_, PACKETS, BYTES>, Consumer<'_, PACKETS, BYTES>) {
        let ring = &*self;
        // `claimed` stays: the bytes of a packet that was not whole lie over an older one.
        let position = ring.written.load(Ordering::Relaxed);
        ring.held.store(0, Ordering::Relaxed);
        let next = ring.taken.load(Ordering::Relaxed);
        (Producer::new(ring, position), Consumer::new(ring, next))
    }

    /// What was counted so far.
    pub fn counts(&self) -> Counts {
        let packets_read = self.packets_read.load(Ordering::Acquire);
        let packets_overwritten = self.packets_overwritten.load(Ordering::Acquire);
        let packets_written = self.finished.load(Ordering::Acquire);
        Counts { packets_written, packets_read, packets_overwritten }
    }

    /// How many packets it has.
    const fn count() -> u32 {
        // At most 2^30.
        PACKETS as u32
    }

    /// The slot of a place.
    const fn index(position: u32) -> usize {
        (position & (Self::count() - 1)) as usize
    }

    /// How `held` says that the slot of a place is being read.
    const fn hold_of(position: u32) -> u32 {
        Self::index(position) as u32 + 1
    }

    fn slot(&self, position: u32) -> Option<(&Slot, &Bytes<BYTES>)> {
        let index = Self::index(position);
        Some((self.slots.get(index)?, self.packets.get(index)?))
    }
}

/// Adds to a word that nobody else writes.
fn add(word: &AtomicU32, value: u32) {
    let sum = word.load(Ordering::Relaxed).wrapping_add(value);
    word.store(sum, Ordering::Release);
}
