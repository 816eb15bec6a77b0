//! Traces for the examples.

use std::net::SocketAddr;

use marey::testing::frames;
use marey::testing::pcap::{Config, Pcap, Variant};
use marey::testing::{Order, START_NS};

pub const SECOND: i64 = 1_000_000_000;
pub const MILLI: i64 = 1_000_000;

/// A packet of one of `conversations`, and which one: both directions take turns.
#[derive(Clone, Debug)]
pub struct Sent {
    pub from: SocketAddr,
    pub to: SocketAddr,
    pub frame: Vec<u8>,
}

impl Sent {
    /// Both ends, the lower one first.
    pub fn ends(&self) -> (SocketAddr, SocketAddr) {
        if self.from <= self.to { (self.from, self.to) } else { (self.to, self.from) }
    }
}

/// Packets of as many conversations, of different lengths.
pub fn sent(count: u32, conversations: u32) -> Vec<Sent> {
    let one = |n: u32| {
        let number = n % conversations;
        let client = SocketAddr::from(([10, 0, 0, number as u8 + 1], 1000 + number as u16));
        let server = SocketAddr::from(([10, 9, 9, 9], 53));
        let back = n / conversations % 2 == 1;
        let (from, to) = if back { (server, client) } else { (client, server) };
        let payload = vec![n as u8; 60 + (n * 37 % 900) as usize];
        Sent { from, to, frame: frames::udp(from, to, &payload) }
    };
    (0..count).map(one).collect()
}

/// A pcap of these frames, at these times from the usual start.
pub fn pcap<'f>(packets: impl IntoIterator<Item = (i64, &'f [u8])>) -> Vec<u8> {
    let mut pcap = Pcap::new(Config::new(Variant::Nanos, Order::Little));
    for (time, frame) in packets {
        pcap.packet(START_NS + time, frame);
    }
    pcap.finish().bytes
}

/// A pcap of these packets, so many nanoseconds apart.
pub fn every(packets: &[Sent], apart: i64) -> Vec<u8> {
    pcap((0..).zip(packets).map(|(n, sent)| (n * apart, sent.frame.as_slice())))
}

/// The usual start and so much more, as examples print it.
pub fn time(after: i64) -> String {
    marey::Timestamp::from_ns(START_NS + after).to_string()
}
