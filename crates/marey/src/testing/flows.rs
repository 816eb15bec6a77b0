//! A model of mixed traffic: many flows, few of them with most of the packets.
//!
//! Of the flows 82 % are IPv4 and 18 % IPv6; 78 % TCP, 19 % UDP and 3 % ICMP; 12 % are tagged,
//! 0.5 % of all twice. Frames are 60 to 1522 bytes long, 840 in the mean. Each frame is one of a
//! pool, with the addresses, ports, IPv4 identification and TCP sequence number of its flow put in
//! and its checksums set right: this takes some ten nanoseconds.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::frames::{self, Tcp, checksum};
use super::rng::{Rng, mix};

/// How many frames of each kind the pool has: 13 short, 15 full and 4 between.
const SLOTS: usize = 32;
/// Kinds of flow: 2 families × 3 protocols × 3 taggings.
const KINDS: usize = 18;
/// The ports that flows go to.
const PORTS: [u16; 8] = [443, 80, 8443, 22, 5201, 8080, 9000, 9443];

/// A frame whose addresses, ports and numbers are zero.
struct Template {
    frame: Vec<u8>,
    /// Where the IP header begins.
    l3: usize,
    /// Where the transport header begins.
    l4: usize,
    /// The sum behind the IPv4 header's checksum.
    l3_sum: u32,
    /// The sum behind the transport's checksum.
    l4_sum: u32,
}

/// What a frame's flow is; worked out from its number, so there is no table of flows.
struct Flow {
    v6: bool,
    protocol: Protocol,
    tags: usize,
    addresses: [[u8; 16]; 2],
    ports: [u16; 2],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Tcp,
    Udp,
    Icmp,
}

/// The flow of a frame that [`Flows`] gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The flow's number.
    pub flow: u32,
    /// Whether it went from the flow's client to its server.
    pub forward: bool,
    /// The whole frame's length, be it more than was asked for.
    pub wire_len: u32,
}

/// A source of frames.
pub struct Flows {
    rng: Rng,
    seed: u64,
    bits: u32,
    serial: u32,
    templates: Vec<Template>,
}

impl Flows {
    /// A source with 2^`bits` − 1 flows. Flow k has a share in proportion to about 1/k.
    ///
    /// # Panics
    ///
    /// If `bits` is not from 1 to 32.
    pub fn new(seed: u64, bits: u32) -> Self {
        assert!((1..=32).contains(&bits), "2^{bits} flows are too few or too many");
        let mut rng = Rng::new(seed);
        let templates = (0..KINDS * SLOTS)
            .map(|at| template(at / SLOTS, frame_len(at % SLOTS, &mut rng), &mut rng))
            .collect();
        Flows { rng, seed, bits, serial: 0, templates }
    }

    /// The next frame, whole.
    pub fn frame(&mut self) -> Vec<u8> {
        let mut frame = Vec::new();
        self.append(&mut frame, usize::MAX);
        frame
    }

    /// Appends the next frame to `out`, at most its first `snap_len` bytes.
    ///
    /// # Panics
    ///
    /// If `snap_len` is below 96: all headers must be in what is kept.
    #[inline]
    pub fn append(&mut self, out: &mut Vec<u8>, snap_len: usize) -> Sent {
        assert!(snap_len >= 96, "a snapped frame of {snap_len} bytes has not all headers");
        let bits = self.rng.bits();
        // The flow: first a power of two, then one of as many as that, so each power of two is as
        // frequent as any other. That is Zipf's law in steps, without floating point.
        let level = ((bits & 0xFFFF) * u64::from(self.bits)) >> 16;
        let number = (1 << level) | ((bits >> 16) & ((1 << level) - 1)) as u32;
        let slot = (bits >> 48) as usize % SLOTS;
        let forward = bits >> 63 == 0;
        let flow = flow(self.seed, number);
        let template = &self.templates[flow.kind() * SLOTS + slot];

        let start = out.len();
        let len = template.frame.len().min(snap_len);
        out.extend_from_slice(&template.frame[..len]);
        self.serial = self.serial.wrapping_add(1);
        template.fill(&mut out[start..], &flow, forward, self.serial);
        Sent { flow: number, forward, wire_len: template.frame.len() as u32 }
    }

    /// The generator of random numbers, for what goes along with the frames.
    pub fn rng(&mut self) -> &mut Rng {
        &mut self.rng
    }
}

impl Flow {
    fn kind(&self) -> usize {
        (usize::from(self.v6) * 3 + self.protocol as usize) * 3 + self.tags
    }
}

/// The flow with this number.
#[inline]
fn flow(seed: u64, number: u32) -> Flow {
    let hash = mix(seed ^ (u64::from(number) << 20));
    let more = mix(hash);
    let protocol = match (hash >> 8) % 100 {
        0..78 => Protocol::Tcp,
        78..97 => Protocol::Udp,
        _ => Protocol::Icmp,
    };
    let tags = match (hash >> 16) % 200 {
        0 => 2,
        1..24 => 1,
        _ => 0,
    };
    let v6 = (hash >> 24) % 100 < 18;
    let [a, b, c, d, e, f, ..] = more.to_le_bytes();
    let mut addresses = [[0; 16]; 2];
    if v6 {
        addresses[0] = [0x20, 1, 0x0D, 0xB8, 0, 1, 0, 0, 0, 0, 0, 0, 0, a, b, c];
        addresses[1] = [0x20, 1, 0x0D, 0xB8, 0, 2, 0, 0, 0, 0, 0, 0, 0, d, e, f];
    } else {
        addresses[0][..4].copy_from_slice(&[10, a, b, c]);
        addresses[1][..4].copy_from_slice(&[198, 18 + (d & 1), e, f]);
    }
    let ports = [1024 + ((hash >> 32) as u16 % 64_000), PORTS[(hash >> 48) as usize % PORTS.len()]];
    Flow { v6, protocol, tags, addresses, ports }
}

impl Template {
    /// Puts a flow and a number into `frame`, which begins as this template does.
    #[inline]
    fn fill(&self, frame: &mut [u8], flow: &Flow, forward: bool, serial: u32) {
        let (from, to) = if forward { (0, 1) } else { (1, 0) };
        let len = if flow.v6 { 16 } else { 4 };
        let addresses = self.l4 - 2 * len;
        frame[addresses..addresses + len].copy_from_slice(&flow.addresses[from][..len]);
        frame[addresses + len..self.l4].copy_from_slice(&flow.addresses[to][..len]);
        let address_sum = words(&frame[addresses..self.l4]);
        if !flow.v6 {
            put(frame, self.l3 + 4, serial as u16);
            let sum = self.l3_sum + address_sum + (serial & 0xFFFF);
            put(frame, self.l3 + 10, checksum::checksum(sum));
        }

        let (first, second) = (flow.ports[from], flow.ports[to]);
        let mut sum = self.l4_sum + u32::from(first) + u32::from(second);
        if flow.v6 || flow.protocol != Protocol::Icmp {
            sum += address_sum;
        }
        let (ports, check) = match flow.protocol {
            Protocol::Tcp => (self.l4, self.l4 + 16),
            Protocol::Udp => (self.l4, self.l4 + 6),
            Protocol::Icmp => (self.l4 + 4, self.l4 + 2), // identifier and sequence number
        };
        put(frame, ports, first);
        put(frame, ports + 2, second);
        if flow.protocol == Protocol::Tcp {
            put(frame, self.l4 + 4, (serial >> 16) as u16);
            put(frame, self.l4 + 6, serial as u16);
            sum += (serial >> 16) + (serial & 0xFFFF);
        }
        let check_value = match (checksum::checksum(sum), flow.protocol) {
            (0, Protocol::Udp) => 0xFFFF,
            (value, _) => value,
        };
        put(frame, check, check_value);
    }
}

/// As [`checksum::sum`], for an even length.
#[inline]
fn words(bytes: &[u8]) -> u32 {
    bytes.chunks_exact(2).map(|word| u32::from(u16::from_be_bytes([word[0], word[1]]))).sum()
}

#[inline]
fn put(frame: &mut [u8], at: usize, value: u16) {
    frame[at..at + 2].copy_from_slice(&value.to_be_bytes());
}

/// The length of a slot's frame, its tags not counted. Chance has little room, so that the mean is
/// nearly the same for any seed.
fn frame_len(slot: usize, rng: &mut Rng) -> usize {
    let jitter = rng.below(8) as usize;
    match slot {
        0..13 => 60 + 4 * slot + jitter,
        13..17 => 260 + 320 * (slot - 13) + jitter,
        _ => 1514,
    }
}

/// A frame of this kind, `len` bytes long before it is tagged, or as short as its headers allow.
fn template(kind: usize, len: usize, rng: &mut Rng) -> Template {
    let (v6, protocol, tags) = (kind / 9 == 1, kind / 3 % 3, kind % 3);
    let ip: IpAddr = if v6 { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
    let to = SocketAddr::new(ip, 0);
    let headers = 14 + if v6 { 40 } else { 20 } + [20, 8, 8][protocol];
    let payload = payload(len.saturating_sub(headers), rng);
    let frame = match protocol {
        0 => frames::tcp(to, to, Tcp { flags: frames::ACK, ..Tcp::default() }, &payload),
        1 => frames::udp(to, to, &payload),
        _ => frames::echo(ip, ip, false, 0, 0, &payload),
    };
    let check = [16, 6, 2][protocol];
    let vlan = 0x0064 + rng.below(8) as u16;
    let mut frame = match tags {
        0 => frame,
        1 => frames::tagged(&frame, &[(0x8100, vlan)]),
        _ => frames::tagged(&frame, &[(0x88A8, 7), (0x8100, vlan)]),
    };
    frame[..12].copy_from_slice(&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]);
    let l3 = 14 + 4 * tags;
    let l4 = l3 + if v6 { 40 } else { 20 };
    // A checksum is the complement of the sum of all else.
    let behind = |at: usize| u32::from(!u16::from_be_bytes([frame[at], frame[at + 1]]));
    let (l3_sum, l4_sum) = (behind(l3 + 10), behind(l4 + check));
    Template { frame, l3, l4, l3_sum, l4_sum }
}

/// Half the payloads are noise, half are text, so that a compressor has something to do.
fn payload(len: usize, rng: &mut Rng) -> Vec<u8> {
    if rng.chance(50) {
        return rng.bytes(len);
    }
    let mut text = String::new();
    while text.len() < len {
        let (sensor, value) = (rng.below(16), rng.below(10_000));
        text.push_str(&format!("sensor={sensor} value={value} state=ok\n"));
    }
    text.truncate(len);
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shares that the module promises, over many frames.
    #[test]
    fn shares_and_sizes_are_those_of_the_model() {
        let mut flows = Flows::new(1, 19);
        let count = 50_000;
        let (mut bytes, mut v6, mut tagged, mut tcp) = (0, 0, 0, 0);
        for _ in 0..count {
            let frame = flows.frame();
            assert!((60..=1522).contains(&frame.len()), "{}", frame.len());
            bytes += frame.len();
            let l3 = match frame[12..14] {
                [0x81, 0] => 18,
                [0x88, 0xA8] => 22,
                _ => 14,
            };
            tagged += usize::from(l3 > 14);
            let is_v6 = frame[l3] >> 4 == 6;
            v6 += usize::from(is_v6);
            tcp += usize::from(frame[l3 + if is_v6 { 6 } else { 9 }] == 6);
        }
        let share = |n: usize| n * 100 / count;
        assert!((830..850).contains(&(bytes / count)), "mean {}", bytes / count);
        // Shares are of flows; a few flows have many packets, so those of packets waver.
        assert!((8..=28).contains(&share(v6)), "v6 {}", share(v6));
        assert!((68..=88).contains(&share(tcp)), "tcp {}", share(tcp));
        assert!((6..=20).contains(&share(tagged)), "tagged {}", share(tagged));
    }

    /// The quick way to a checksum and the plain one agree.
    #[test]
    fn checksums_are_those_of_frames_built_from_nothing() {
        let mut flows = Flows::new(2, 12);
        let mut checked = 0;
        for _ in 0..2000 {
            let frame = flows.frame();
            if frame[12..14] != [8, 0] {
                continue;
            }
            assert_eq!(checksum::checksum(checksum::sum(&frame[14..34])), 0);
            if frame[23] == 6 {
                let pseudo = checksum::sum(&frame[26..34]) + 6 + frame.len() as u32 - 34;
                assert_eq!(checksum::checksum(pseudo + checksum::sum(&frame[34..])), 0);
                checked += 1;
            }
        }
        assert!(checked > 500, "{checked}");
    }
}
