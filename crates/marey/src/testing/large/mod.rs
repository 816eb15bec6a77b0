//! Big traces, written without being held in memory, several hundred megabytes a second.

use std::io::{self, Write};

use super::flows::Flows;
use super::pcap::{Config, ETHERNET, Variant};
use super::pcapng::{Length, Name, Pcapng, option};
use super::rng::Rng;
use super::{Order, START_NS};

mod nested;

pub use nested::{nested, nested_pcap};

/// How much is written at once.
const BUFFER_BYTES: usize = 1 << 18;
/// How many bytes of a frame [`headers_only`] keeps.
const HEADERS_BYTES: usize = 96;
/// 2^19 flows, of which a trace of a gigabyte shows some two hundred thousand.
const FLOW_BITS: u32 = 19;

/// What there is to say about a trace's packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// How many there are.
    pub packets: u64,
    /// The sum of their captured lengths.
    pub captured_bytes: u64,
    /// The sum of their lengths on the wire.
    pub wire_bytes: u64,
    /// The earliest time, as the file holds it; 0 if there is none.
    pub first_ns: i64,
    /// The latest time, as the file holds it; 0 if there is none.
    pub last_ns: i64,
}

impl Answer {
    /// Counts one packet.
    pub fn add(&mut self, time_ns: Option<i64>, captured: usize, wire_len: u32) {
        self.packets += 1;
        self.captured_bytes += captured as u64;
        self.wire_bytes += u64::from(wire_len);
        if let Some(time_ns) = time_ns {
            let first = if self.first_ns == 0 { time_ns } else { self.first_ns };
            self.first_ns = first.min(time_ns);
            self.last_ns = self.last_ns.max(time_ns);
        }
    }
}

/// Writes a pcap file of at least `bytes` bytes, ending with the packet that reaches them: whole
/// frames of mixed traffic ([`Flows`]), 840 bytes in the mean, microseconds, little-endian.
///
/// # Errors
///
/// What `out` says.
pub fn big(out: &mut dyn Write, bytes: u64, seed: u64) -> io::Result<Answer> {
    traffic(out, bytes, seed, usize::MAX, Layout::Pcap)
}

/// As [`big`], but each frame cut to its first 96 bytes.
///
/// # Errors
///
/// What `out` says.
pub fn headers_only(out: &mut dyn Write, bytes: u64, seed: u64) -> io::Result<Answer> {
    traffic(out, bytes, seed, HEADERS_BYTES, Layout::Pcap)
}

/// The packets of [`big`] with the same `bytes` and seed, as pcapng (which takes some more bytes):
/// two interfaces with nanoseconds, one for each direction, names and statistics.
///
/// # Errors
///
/// What `out` says.
pub fn big_pcapng(out: &mut dyn Write, bytes: u64, seed: u64) -> io::Result<Answer> {
    traffic(out, bytes, seed, usize::MAX, Layout::Pcapng)
}

/// The packets of [`headers_only`] with the same `bytes` and seed, as [`big_pcapng`].
///
/// # Errors
///
/// What `out` says.
pub fn headers_only_pcapng(out: &mut dyn Write, bytes: u64, seed: u64) -> io::Result<Answer> {
    traffic(out, bytes, seed, HEADERS_BYTES, Layout::Pcapng)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Pcap,
    Pcapng,
}

fn traffic(
    out: &mut dyn Write,
    bytes: u64,
    seed: u64,
    snap_len: usize,
    layout: Layout,
) -> io::Result<Answer> {
    let mut flows = Flows::new(seed, FLOW_BITS);
    let mut gaps = Rng::new(!seed);
    let snap_field = snap_len.min(262_144) as u32;
    let header = Config { snap_len: snap_field, ..Config::new(Variant::Micros, Order::Little) };
    let mut buffer = match layout {
        Layout::Pcap => header.header(),
        Layout::Pcapng => pcapng_head(snap_field),
    };
    buffer.reserve(BUFFER_BYTES + 4096);
    let mut answer = Answer::default();
    // Counted as pcap in either layout, so that both have the same packets.
    let mut pcap_bytes = header.header().len() as u64;
    let mut time_ns = START_NS;
    while pcap_bytes < bytes {
        // 50 µs in the mean; now and then a burst with next to nothing between.
        let gap = gaps.below(100_000);
        time_ns += i64::from(if time_ns >> 29 & 7 == 0 { gap / 16 } else { gap });
        let start = buffer.len();
        let wire_len = match layout {
            Layout::Pcap => pcap_record(&mut buffer, time_ns, &mut flows, snap_len),
            Layout::Pcapng => pcapng_record(&mut buffer, time_ns, &mut flows, snap_len),
        };
        let captured = (wire_len as usize).min(snap_len);
        debug_assert!(buffer.len() - start >= captured + 16);
        pcap_bytes += captured as u64 + 16;
        let held = if layout == Layout::Pcap { time_ns / 1000 * 1000 } else { time_ns };
        answer.add(Some(held), captured, wire_len);
        if buffer.len() >= BUFFER_BYTES {
            out.write_all(&buffer)?;
            buffer.clear();
        }
    }
    if layout == Layout::Pcapng {
        buffer.extend(pcapng_tail(answer.packets, time_ns));
    }
    out.write_all(&buffer)?;
    Ok(answer)
}

/// Appends a pcap record and gives the frame's length on the wire.
#[inline]
fn pcap_record(buffer: &mut Vec<u8>, time_ns: i64, flows: &mut Flows, snap_len: usize) -> u32 {
    let start = buffer.len();
    buffer.extend([0; 16]);
    let sent = flows.append(buffer, snap_len);
    let captured = (buffer.len() - start - 16) as u32;
    let seconds = (time_ns / 1_000_000_000) as u32;
    let micros = (time_ns % 1_000_000_000 / 1000) as u32;
    put(buffer, start, [seconds, micros, captured, sent.wire_len]);
    sent.wire_len
}

/// Appends an enhanced packet block and gives the frame's length on the wire.
#[inline]
fn pcapng_record(buffer: &mut Vec<u8>, time_ns: i64, flows: &mut Flows, snap_len: usize) -> u32 {
    let start = buffer.len();
    buffer.extend([0; 28]);
    let sent = flows.append(buffer, snap_len);
    let captured = buffer.len() - start - 28;
    let padded = captured.next_multiple_of(4);
    buffer.extend(&[0; 3][..padded - captured]);
    let total = (padded + 32) as u32;
    buffer.extend(total.to_le_bytes());
    let interface = u32::from(!sent.forward);
    put(buffer, start, [6, total, interface, (time_ns >> 32) as u32]);
    put(buffer, start + 16, [time_ns as u32, captured as u32, sent.wire_len]);
    sent.wire_len
}

#[inline]
fn put<const N: usize>(buffer: &mut [u8], at: usize, words: [u32; N]) {
    for (place, word) in buffer[at..at + 4 * N].chunks_exact_mut(4).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
}

/// A section header, two interfaces and a few names.
fn pcapng_head(snap_len: u32) -> Vec<u8> {
    let mut file = Pcapng::new();
    let about = [option::hardware("a made machine"), option::application("marey::testing")];
    file.section(Order::Little, Length::Unknown, &about);
    for name in ["client0", "server0"] {
        let options = [option::if_name(name), option::if_tsresol(9)];
        file.interface(ETHERNET as u16, snap_len, &options);
    }
    let names = [
        Name::V4([198, 18, 0, 1].into(), &["one.example"]),
        Name::V4([198, 19, 0, 1].into(), &["two.example", "too.example"]),
    ];
    file.names(&names, &[]);
    file.finish().bytes
}

/// The statistics of both interfaces, to stand at the end of what [`pcapng_head`] began.
fn pcapng_tail(packets: u64, time_ns: i64) -> Vec<u8> {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    for _ in 0..2 {
        file.interface(ETHERNET as u16, 0, &[option::if_tsresol(9)]);
    }
    let head = file.len();
    for interface in 0..2 {
        let options = [option::isb_ifrecv(packets), option::isb_ifdrop(0)];
        file.statistics(interface, time_ns, &options);
    }
    file.finish().bytes.split_off(head)
}
