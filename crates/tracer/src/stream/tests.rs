//! Decisions of streams, at the edges.

extern crate std;

use std::vec::Vec;

use super::*;
use crate::write::fixed;
use crate::{Memory, Sink};

/// A packet begins with its number and the time, and how long it is and the time at its end.
struct Numbered;

impl Layout for Numbered {
    const READS_CLOCK: bool = true;

    fn open(&mut self, packet: &mut [u8], opening: Opening) -> Option<u32> {
        let (number, now) = (opening.sequence_number as u8, opening.now as u8);
        *fixed(packet, 0)? = [number, now, 0, 0];
        Some(32)
    }

    fn close(&mut self, packet: &mut [u8], closing: Closing) -> Option<()> {
        *fixed(packet, 16)? = [closing.content_bits as u8, closing.now as u8];
        Some(())
    }
}

fn ticks() -> impl Clock {
    let mut now = 0;
    move || {
        now += 1;
        now
    }
}

/// Records so many bytes of the time.
fn record(stream: &mut Stream<Numbered, impl Backend, impl Clock>, len: usize) -> bool {
    stream.record(
        |at| (at, u64::from(at) + 8 * len as u64),
        |packet, now, at| {
            packet.get_mut(at as usize / 8..)?.get_mut(..len)?.fill(now as u8);
            Some(())
        },
    )
}

#[test]
fn a_packet_begins_at_the_time_of_its_event() {
    let mut trace = Vec::new();
    let sink = Sink::new([0xaa; 7], |packet: &[u8]| trace.extend_from_slice(packet));
    let mut stream = Stream::new(Numbered, sink, ticks());
    // The first closes the packet, which is full; the third one has no room and switches.
    assert_eq!([3, 2, 2, 3].map(|len| record(&mut stream, len)), [true; 4]);
    assert_eq!(stream.events_discarded(), 0);
    assert!(!stream.is_open() && !stream.is_empty());
    drop(stream);
    let expected = [
        [0, 1, 56, 2, 1, 1, 1],
        [1, 3, 48, 4, 3, 3, 0],
        [2, 4, 48, 5, 4, 4, 0],
        [3, 5, 56, 6, 5, 5, 5],
    ];
    assert_eq!(trace, expected.concat());
}

#[test]
fn what_never_fits_opens_nothing_once_the_start_is_known() {
    let mut bytes = [0; 16];
    let mut stream = Stream::new(Numbered, Memory::new(&mut bytes, 8), ticks());
    stream.open_packet();
    assert!(!record(&mut stream, 5));
    assert!(stream.is_open() && stream.is_empty());
    assert!(record(&mut stream, 4));
    assert!(record(&mut stream, 1));
    assert!(!record(&mut stream, 4), "the back end is full");
    assert_eq!(stream.events_discarded(), 2);
    assert_eq!(stream.into_backend().packets().len(), 16);
}

#[test]
fn tracing_can_be_disabled() {
    let mut bytes = [0; 16];
    let mut stream = Stream::new(Numbered, Memory::new(&mut bytes, 8), ticks());
    stream.set_enabled(false);
    stream.open_packet();
    assert!(!stream.is_open());
    stream.set_enabled(true);
    stream.open_packet();
    stream.set_enabled(false);
    stream.close_packet();
    assert!(stream.is_open());
}

/// No packet is too short, and what does not fit is counted.
#[test]
fn packets_may_have_any_length() {
    for len in 0..40 {
        let mut trace = Vec::new();
        let sink = Sink::new([0xaa; 40], |packet: &[u8]| trace.extend_from_slice(packet));
        let short = Short { sink, len };
        let mut stream = Stream::new(Numbered, short, ticks());
        let mut recorded = 0;
        for size in (1..12).chain(1..12) {
            recorded += u32::from(record(&mut stream, size));
        }
        stream.close_packet();
        let fitting = 2 * (len as u32).saturating_sub(4).min(11);
        assert_eq!((recorded, stream.events_discarded()), (fitting, 22 - fitting), "{len}");
    }
}

/// Packets whose length changes.
struct Short<B> {
    sink: B,
    len: usize,
}

impl<B: Backend> Backend for Short<B> {
    fn packet(&mut self) -> &mut [u8] {
        self.sink.packet().get_mut(..self.len).unwrap_or_default()
    }

    fn finish(&mut self) {
        self.sink.finish();
    }
}

#[test]
fn a_back_end_may_have_nothing_for_a_while() {
    let mut trace = Vec::new();
    let sink = Sink::new([0; 8], |packet: &[u8]| trace.extend_from_slice(packet));
    let mut stream = Stream::new(Numbered, Short { sink, len: 0 }, ticks());
    assert!(!record(&mut stream, 1));
    stream.backend_mut().len = 8;
    assert!(record(&mut stream, 1));
    // It breaks its promise while a packet is open.
    stream.backend_mut().len = 2;
    assert!(!record(&mut stream, 1));
    stream.close_packet();
    stream.backend_mut().len = 6;
    assert!(record(&mut stream, 2));
    assert_eq!(stream.events_discarded(), 2);
}
