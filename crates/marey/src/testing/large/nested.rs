//! Traces that are hard to cut into pieces: files within files.

use std::io::{self, Write};

use super::Answer;
use crate::testing::flows::Flows;
use crate::testing::pcap::{Config, Pcap, Variant};
use crate::testing::pcapng::{ETHERNET, Length, Pcapng, option};
use crate::testing::rng::Rng;
use crate::testing::{Made, Order, START_NS, frames};

/// Packets in a section.
const SECTION_PACKETS: usize = 100;
/// How many different frames there are.
const POOL: usize = 64;
/// The longest of them: a jumbo frame.
const FRAME_BYTES_MAX: usize = 9014;

/// Resolutions, each of which begins one section after the other; the finest that 64 bits hold
/// for another decade is 10^-10.
const RESOLUTIONS: [u8; 6] = [6, 9, 0x80 | 20, 3, 0x80 | 30, 10];

/// Writes a pcapng file of at least `bytes` bytes, ending with the section that reaches them. Its
/// sections alternate in byte order, resolution and in whether they know their length; most of its
/// packets are jumbo frames that carry whole pcap and pcapng files, whose records look exactly
/// like those around them.
///
/// # Errors
///
/// What `out` says.
pub fn nested(out: &mut dyn Write, bytes: u64, seed: u64) -> io::Result<Answer> {
    let pool = pool(seed);
    let mut rng = Rng::new(seed);
    let mut answer = Answer::default();
    let (mut written, mut time_ns, mut number) = (0, START_NS, 0);
    while written < bytes {
        let order = if number % 2 == 0 { Order::Little } else { Order::Big };
        let length = if number % 3 == 0 { Length::Unknown } else { Length::Known };
        let mut file = Pcapng::new();
        file.section(order, length, &[option::comment(&format!("section {number}"))]);
        for interface in 0..1 + number % 3 {
            let resolution = RESOLUTIONS[(number + interface) % RESOLUTIONS.len()];
            file.interface(ETHERNET, 0, &[option::if_tsresol(resolution)]);
        }
        for _ in 0..SECTION_PACKETS {
            time_ns += i64::from(rng.below(200_000));
            let interface = rng.below(1 + number as u32 % 3);
            file.packet(interface, time_ns, &pool[rng.below(POOL as u32) as usize], &[]);
        }
        number += 1;
        written += emit(out, &file.finish(), 0, &mut answer)?;
    }
    Ok(answer)
}

/// As [`nested`], in a pcap file: nanoseconds, big-endian, of at least `bytes` bytes.
///
/// # Errors
///
/// What `out` says.
pub fn nested_pcap(out: &mut dyn Write, bytes: u64, seed: u64) -> io::Result<Answer> {
    let pool = pool(seed);
    let mut rng = Rng::new(seed);
    let mut answer = Answer::default();
    let config = Config::new(Variant::Nanos, Order::Big);
    let (mut written, mut time_ns) = (0, START_NS);
    while written < bytes {
        let mut file = Pcap::new(config);
        for _ in 0..SECTION_PACKETS {
            time_ns += i64::from(rng.below(200_000));
            file.packet(time_ns, &pool[rng.below(POOL as u32) as usize]);
        }
        // The file header is written once.
        let skip = if written == 0 { 0 } else { config.variant.header_len() };
        written += emit(out, &file.finish(), skip, &mut answer)?;
    }
    Ok(answer)
}

/// Writes a part of the trace but for its first `skip` bytes, and counts its packets.
fn emit(out: &mut dyn Write, part: &Made, skip: usize, answer: &mut Answer) -> io::Result<u64> {
    out.write_all(&part.bytes[skip..])?;
    for packet in part.packets() {
        answer.add(packet.time_ns, packet.captured.len(), packet.wire_len);
    }
    Ok((part.bytes.len() - skip) as u64)
}

/// Frames of which seven in eight carry a whole trace.
fn pool(seed: u64) -> Vec<Vec<u8>> {
    let mut flows = Flows::new(seed ^ 0x6E65_7374, 10);
    (0..POOL)
        .map(|index| match index % 8 {
            7 => flows.frame(),
            kind => {
                let order = if index % 16 < 8 { Order::Little } else { Order::Big };
                carrier(&inner(kind, order, &mut flows), index as u8)
            }
        })
        .collect()
}

/// A small trace of this kind.
fn inner(kind: usize, order: Order, flows: &mut Flows) -> Vec<u8> {
    let mut time_ns = START_NS;
    let count = flows.rng().between(2, 60);
    let mut frames = || {
        let mut room = FRAME_BYTES_MAX - 400;
        let all: Vec<_> = (0..count).map(|_| flows.frame()).collect();
        all.into_iter().take_while(move |frame| {
            let needed = frame.len() + 48;
            let fits = needed <= room;
            room = room.saturating_sub(needed);
            fits
        })
    };
    if kind < 4 {
        let variant = [Variant::Micros, Variant::Nanos, Variant::Nanos, Variant::Modified][kind];
        let mut file = Pcap::new(Config::new(variant, order));
        for frame in frames() {
            time_ns += 1_000_003;
            file.packet(time_ns, &frame);
        }
        return file.finish().bytes;
    }
    let mut file = Pcapng::new();
    file.section(order, Length::Known, &[option::os("a trace in a trace")]);
    file.interface(ETHERNET, 0, &[option::if_tsresol([6, 9, 0x94][kind - 4])]);
    for frame in frames() {
        time_ns += 1_000_003;
        file.packet(0, time_ns, &frame, &[]);
    }
    file.finish().bytes
}

/// A jumbo frame with `trace` in it; every other begins at an odd offset, so nothing is aligned.
fn carrier(trace: &[u8], number: u8) -> Vec<u8> {
    let from = ([10, 9, 8, number], 2000 + u16::from(number)).into();
    let to = ([198, 18, 0, 1], 9000).into();
    let lead = &b"trace: "[..usize::from(number % 4)];
    let payload = [lead, trace].concat();
    match number % 3 {
        0 => frames::udp(from, to, &payload),
        _ => {
            let head = frames::Tcp { flags: frames::ACK, ..frames::Tcp::default() };
            frames::tcp(from, to, head, &payload)
        }
    }
}
