//! Packets that are read while they come are those that were sent, or counted as lost.
#![cfg(target_os = "linux")]

#[path = "support/net.rs"]
mod net;

use std::io::Read as _;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use marey::input::{Supplied, Supply};
use marey_recorder::packets::{Live, Plan};
use net::{ENDS, Sender, capinfos, folder, frames, is_inside, packets, packets_of, plan};

/// What a stream has while so many frames are sent; how many of them the cable took.
fn read(queues: usize, ring_bytes: usize, sent: &[Vec<u8>]) -> (Vec<u8>, u64) {
    let plan = Plan { queues, ..plan(&[ENDS[1]], ring_bytes) };
    let mut live = Live::begin(&plan).expect("it is allowed here");
    let stop = live.stop();
    let reader = std::thread::spawn(move || {
        let mut stream = Vec::new();
        live.read_to_end(&mut stream).map(|_| stream)
    });
    let count = Sender::new(ENDS[0]).send(sent);
    // What was sent is handed over later, when the machine has much to do.
    std::thread::sleep(std::time::Duration::from_millis(300));
    stop.now();
    (reader.join().expect("no panic").expect("it is read"), count)
}

#[test]
fn every_packet_is_in_the_stream() {
    if !is_inside("every_packet_is_in_the_stream") {
        return;
    }
    let sent = frames(5000, 700);
    for queues in [1, 2] {
        let (stream, count) = read(queues, 32 << 20, &sent);
        assert_eq!(count, 5000, "the machine has too much to do");
        let file = folder(&format!("live-{queues}")).join("stream.pcapng");
        std::fs::write(&file, &stream).expect("written");
        let (stored, lost) = packets(&file);
        assert_eq!(lost, 0);
        assert!(stored.iter().map(|packet| &packet.bytes).eq(&sent), "{queues} queues");
        assert!(stored.is_sorted_by_key(|packet| packet.time));
        capinfos(&file);
    }
}

#[test]
fn what_has_no_place_is_counted() {
    if !is_inside("what_has_no_place_is_counted") {
        return;
    }
    let (stream, count) = read(1, 4096, &frames(50_000, 1000));
    let file = folder("live-lost").join("stream.pcapng");
    std::fs::write(&file, &stream).expect("written");
    let (stored, lost) = packets(&file);
    assert!(lost > 0, "a ring of a page is never full");
    assert_eq!(stored.len() as u64 + lost, count);
}

/// Counts the blocks that come.
struct Counting(Live, Arc<AtomicU64>);

impl Supply for Counting {
    fn next(&mut self) -> std::io::Result<Supplied> {
        let supplied = self.0.next()?;
        if let Supplied::Block(_) = supplied {
            self.1.fetch_add(1, Ordering::Relaxed);
        }
        Ok(supplied)
    }

    fn pause(&self) -> Duration {
        self.0.pause()
    }
}

#[test]
fn blocks_of_the_ring_have_what_the_stream_has() {
    if !is_inside("blocks_of_the_ring_have_what_the_stream_has") {
        return;
    }
    let mut sent = frames(5000, 700);
    // Packets with tags cannot stay where they are: they and those beside them are copied.
    for number in [0, 2500, 2501, 4999] {
        sent[number].splice(12..12, [0x81, 0x00, 0x60, 0x2a]);
    }
    let short = sent.iter().map(|frame| frame[..600].to_vec()).collect::<Vec<_>>();
    for (queues, snaplen, ring_bytes) in [(1, 0, 1 << 20), (1, 600, 32 << 20), (2, 0, 32 << 20)] {
        let mut plan = Plan { queues, ..plan(&[ENDS[1]], ring_bytes) };
        plan.options.snaplen = snaplen;
        let live = Live::begin(&plan).expect("it is allowed here");
        let stop = live.stop();
        let lent = Arc::new(AtomicU64::new(0));
        let live = Counting(live, Arc::clone(&lent));
        let trace = marey::open_supply(marey::Source::live("ring:end"), live);
        let reader = std::thread::spawn(move || packets_of(trace.reader()));
        // Slowly, so that each part comes in a block of its own.
        let sender = Sender::new(ENDS[0]);
        let send = |frames: &[Vec<u8>]| {
            std::thread::sleep(std::time::Duration::from_millis(8));
            sender.send(frames)
        };
        let count: u64 = sent.chunks(250).map(send).sum();
        std::thread::sleep(std::time::Duration::from_millis(300));
        stop.now();
        let (stored, lost) = reader.join().expect("no panic");
        assert_eq!((count, lost), (5000, 0), "the machine has too much to do");
        let expected = if snaplen == 0 { &sent } else { &short };
        assert!(stored.iter().map(|packet| &packet.bytes).eq(expected), "{queues} queues");
        assert!(stored.is_sorted_by_key(|packet| packet.time));
        assert!(stored.iter().zip(&sent).all(|(packet, sent)| packet.wire as usize == sent.len()));
        assert!(stored.iter().all(|packet| packet.interface == ENDS[1]));
        // Several rings are put in order, and so into the stream.
        let lent = lent.load(Ordering::Relaxed);
        assert_eq!(lent >= 10, queues == 1, "{lent} blocks stayed where they are");
    }
}

#[test]
fn blocks_that_nobody_gives_back_are_no_place() {
    if !is_inside("blocks_that_nobody_gives_back_are_no_place") {
        return;
    }
    let mut live = Live::begin(&plan(&[ENDS[1]], 16 << 10)).expect("it is allowed here");
    let stop = live.stop();
    let count = Sender::new(ENDS[0]).send(&frames(200, 1000));
    let (mut kept, mut packets, mut told) = (Vec::new(), 0, Vec::new());
    loop {
        match live.next().expect("it is read") {
            Supplied::Bytes(bytes) => told.extend(bytes),
            Supplied::Block(block) => {
                packets += block.packets().count();
                // All blocks of the ring are kept, and each is handed over once.
                kept.push(block);
                assert!(kept.len() <= 4);
                if kept.len() == 4 {
                    stop.now();
                }
            }
            Supplied::Nothing => std::thread::sleep(live.pause()),
            Supplied::End => break,
        }
    }
    let file = folder("live-kept").join("stream.pcapng");
    std::fs::write(&file, &told).expect("written");
    let (stored, lost) = net::packets(&file);
    assert_eq!((stored.len() as u64, packets + lost), (0, count));
    assert!(packets > 0 && lost > 0, "{packets} and {lost}");
}

/// Sends some packets, and removes both ends of the cable.
fn send_and_remove() -> u64 {
    let count = Sender::new(ENDS[0]).send(&frames(100, 500));
    std::thread::sleep(std::time::Duration::from_millis(100));
    let removed = std::process::Command::new("ip").args(["link", "del", ENDS[0]]).status();
    assert!(removed.expect("ip").success());
    count
}

#[test]
fn an_interface_that_goes_away_is_an_error_of_the_stream() {
    if !is_inside("an_interface_that_goes_away_is_an_error_of_the_stream") {
        return;
    }
    let mut live = Live::begin(&plan(&[ENDS[1]], 1 << 20)).expect("it is allowed here");
    let count = send_and_remove();
    let mut stream = Vec::new();
    let error = live.read_to_end(&mut stream).expect_err("it is gone");
    assert_eq!(error.to_string(), format!("packets of {}: the interface is gone", ENDS[1]));
    let file = folder("live-gone").join("stream.pcapng");
    std::fs::write(&file, &stream).expect("written");
    let (stored, lost) = packets(&file);
    assert_eq!((stored.len() as u64, lost), (count, 0), "what came before is there");
    assert_eq!(live.read(&mut [0; 64]).expect("it is said once"), 0);
}

#[test]
fn an_interface_that_goes_away_is_an_error_of_the_trace() {
    if !is_inside("an_interface_that_goes_away_is_an_error_of_the_trace") {
        return;
    }
    let live = Live::begin(&plan(&[ENDS[1]], 1 << 20)).expect("it is allowed here");
    let trace = marey::open_supply(marey::Source::live("ring:end"), live);
    let mut reader = trace.reader();
    let count = send_and_remove();
    let mut stored = 0;
    while let Some(record) = reader.next() {
        stored += u64::from(record.packet().is_some());
    }
    assert_eq!(stored, count);
    let said = format!("{:?}", reader.ledger());
    assert!(said.contains("the interface is gone"), "{said}");
}
