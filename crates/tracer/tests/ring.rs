//! The two sides of a ring, under the orders of their steps that the memory model allows: each
//! packet is whole, they come in their order, and what was written is read, overwritten or still
//! there.
//!
//! With `RUSTFLAGS="--cfg loom"` loom tries all orders of small runs; without, threads run as they
//! do.

#[expect(dead_code, unused_imports, reason = "not all of the module is needed")]
#[path = "../src/ring/mod.rs"]
mod ring;

/// What rings synchronise with here.
#[cfg(not(loom))]
#[path = "../src/sync.rs"]
mod sync;

/// What rings synchronise with here: loom sees every access.
#[cfg(loom)]
mod sync {
    use loom::cell::UnsafeCell;
    pub use loom::sync::atomic::{AtomicU32, Ordering, fence};

    #[derive(Debug)]
    pub struct Bytes<const BYTES: usize>(UnsafeCell<[u8; BYTES]>);

    impl<const BYTES: usize> Bytes<BYTES> {
        pub fn new() -> Self {
            Bytes(UnsafeCell::new([0; BYTES]))
        }

        pub fn read(&self) -> *const [u8; BYTES] {
            self.0.with(|bytes| bytes)
        }

        pub fn write(&self) -> *mut [u8; BYTES] {
            self.0.with_mut(|bytes| bytes)
        }
    }
}

use std::sync::Arc;

use marey_tracer::Backend;
use ring::{Consumer, Mode, Producer, Ring};

#[cfg(loom)]
use loom::thread;
#[cfg(not(loom))]
use std::thread;

const BYTES: usize = 3;

/// A run to be tried.
#[derive(Clone, Copy, Debug)]
struct Run {
    mode: Mode,
    /// How many packets the producer would like to write.
    packets: u32,
    /// How often the consumer looks for one while the producer writes.
    looks: u32,
}

/// Writes packets, all bytes of which are their number from 1 on; says how many there was room for.
fn produce<const PACKETS: usize>(mut producer: Producer<'_, PACKETS, BYTES>, wanted: u32) -> u32 {
    let mut written = 0;
    for _ in 0..wanted {
        if producer.is_full() {
            thread::yield_now();
            continue;
        }
        written += 1;
        for at in 0..BYTES {
            producer.packet()[at] = written as u8;
        }
        producer.finish();
    }
    written
}

/// What the consumer has had.
#[derive(Default)]
struct Seen {
    packets: u32,
    latest: u8,
}

impl Seen {
    /// Takes one, if there is one: it is whole, stays as it is, and is newer than those before.
    fn look<const PACKETS: usize>(&mut self, consumer: &mut Consumer<'_, PACKETS, BYTES>) {
        let ring = consumer.ring();
        let Some(packet) = consumer.pop() else { return };
        let number = packet[0];
        assert!(packet.iter().all(|byte| *byte == number), "a torn packet: {:?}", &*packet);
        if cfg!(not(loom)) {
            thread::yield_now();
            assert!(packet.iter().all(|byte| *byte == number), "overwritten: {:?}", &*packet);
        }
        let missed = number.wrapping_sub(self.latest).wrapping_sub(1);
        self.packets += 1;
        self.latest = number;
        let counts = ring.counts();
        assert_eq!(counts.packets_read + 1, self.packets);
        assert_eq!(counts.packets_overwritten.wrapping_add(self.packets) as u8, number, "{missed}");
    }
}

impl Run {
    fn try_once<const PACKETS: usize>(self) {
        // Scoped threads are not in loom: the ring lives as long as the threads by `Arc`.
        let ring = Arc::new(Ring::<PACKETS, BYTES>::new(self.mode));
        let (producer, mut consumer) = halves(&ring);
        let kept = Arc::clone(&ring);
        let writer = thread::spawn(move || {
            let written = produce(producer, self.packets);
            drop(kept);
            written
        });
        let mut seen = Seen::default();
        for _ in 0..self.looks {
            seen.look(&mut consumer);
        }
        let written = writer.join().expect("a producer that ends");
        for _ in 0..PACKETS {
            seen.look(&mut consumer);
        }
        let counts = consumer.ring().counts();
        assert_eq!(counts.packets_written, written);
        assert_eq!(counts.packets_read, seen.packets);
        assert_eq!(counts.packets_read + counts.packets_overwritten, written, "none is left");
        assert_eq!(seen.latest, written as u8, "the newest packet is there");
        match self.mode {
            Mode::Discard => assert_eq!(counts.packets_overwritten, 0),
            Mode::Overwrite => assert_eq!(written, self.packets, "there is always room"),
        }
    }

    #[cfg(loom)]
    fn check<const PACKETS: usize>(self) {
        let mut model = loom::model::Builder::new();
        model.preemption_bound = Some(3);
        model.check(move || self.try_once::<PACKETS>());
    }

    #[cfg(not(loom))]
    fn check<const PACKETS: usize>(self) {
        for _ in 0..20 {
            let (packets, looks) = (250 * self.packets, 500 * self.looks);
            Run { packets, looks, ..self }.try_once::<PACKETS>();
        }
    }
}

/// The two sides of a ring that others own, too.
fn halves<const PACKETS: usize>(
    ring: &Arc<Ring<PACKETS, BYTES>>,
) -> (Producer<'static, PACKETS, BYTES>, Consumer<'static, PACKETS, BYTES>) {
    let ring = Arc::as_ptr(ring).cast_mut();
    // SAFETY: nobody else uses the ring yet, `try_once` keeps it until both sides are gone, and
    // calls this once.
    unsafe { (*ring).split() }
}

#[test]
fn a_ring_that_discards_hands_on_all_that_it_took() {
    for packets in 1..=4 {
        Run { mode: Mode::Discard, packets, looks: 2 }.check::<2>();
    }
}

#[test]
fn a_ring_that_overwrites_never_shows_what_is_being_written() {
    for packets in 1..=4 {
        Run { mode: Mode::Overwrite, packets, looks: 2 }.check::<2>();
    }
}

#[cfg(not(loom))]
#[test]
fn larger_rings_do_so_too() {
    for mode in [Mode::Discard, Mode::Overwrite] {
        Run { mode, packets: 4, looks: 3 }.check::<8>();
    }
}

#[cfg(not(loom))]
#[test]
fn what_was_not_whole_is_not_there_after_a_new_split() {
    let mut ring = Ring::<2, BYTES>::new(Mode::Overwrite);
    let (mut producer, _) = ring.split();
    for number in 1..=3 {
        producer.packet().fill(number);
        if number < 3 {
            producer.finish();
        }
    }
    let (_, mut consumer) = ring.split();
    let mut found = Vec::new();
    consumer.drain(|packet| found.extend_from_slice(packet));
    assert_eq!(found, [2; BYTES], "the first one is overwritten in part, the third one not whole");
    assert_eq!(ring.counts().packets_overwritten, 1);
}

#[cfg(not(loom))]
#[test]
fn a_held_packet_is_passed_by() {
    let mut ring = Ring::<4, BYTES>::new(Mode::Overwrite);
    let (mut producer, mut consumer) = ring.split();
    let mut write = |number| {
        producer.packet().fill(number);
        producer.finish();
    };
    (1..=4).for_each(&mut write);
    let held = consumer.pop().expect("the first packet");
    (5..=30).for_each(&mut write);
    assert_eq!(*held, [1; BYTES]);
    drop(held);
    let mut found = Vec::new();
    consumer.drain(|packet| found.push(packet[0]));
    assert_eq!(found, [28, 29, 30], "one of four was held");
    assert_eq!(consumer.ring().counts().packets_overwritten, 26);
}
