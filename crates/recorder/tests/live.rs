//! Packets that are read while they come are those that were sent, or counted as lost.
#![cfg(target_os = "linux")]

#[path = "support/net.rs"]
mod net;

use std::io::Read as _;

use marey_recorder::packets::Live;
use net::{ENDS, Sender, capinfos, folder, frames, is_inside, packets, plan};

/// What a stream has while so many frames are sent; how many of them the cable took.
fn read(queues: usize, ring_bytes: usize, sent: &[Vec<u8>]) -> (Vec<u8>, u64) {
    let plan = marey_recorder::packets::Plan { queues, ..plan(&[ENDS[1]], ring_bytes) };
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
