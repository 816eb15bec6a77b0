//! Classic pcap files in every variant that was ever written.

use super::{Made, MadeRecord, Order, What, seconds_and_nanos};

/// The link type Ethernet.
pub const ETHERNET: u32 = 1;

/// Who wrote the file, as far as it shows in its layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// The format as it is known: microseconds.
    Micros,
    /// The same with nanoseconds.
    Nanos,
    /// Kuznetzov's "modified" format (ss991029), with 24-byte record headers.
    Modified,
    /// Its forerunner (ss990915), the same magic with 28-byte record headers.
    Modified28,
    /// ss990417: the standard magic with 24-byte record headers.
    Ss990417,
    /// Nokia's: the standard magic with 20-byte record headers.
    Nokia,
    /// AIX's: version 2.2, interface types for link types, nanoseconds under the standard magic.
    Aix,
    /// Ixia's lcap of a hardware port: nanoseconds, and the length of all records in the header.
    IxiaHardware,
    /// Ixia's lcap of a software port: the same with microseconds.
    IxiaSoftware,
}

impl Variant {
    fn magic(self) -> u32 {
        match self {
            Variant::Micros | Variant::Ss990417 | Variant::Nokia | Variant::Aix => 0xA1B2_C3D4,
            Variant::Nanos => 0xA1B2_3C4D,
            Variant::Modified | Variant::Modified28 => 0xA1B2_CD34,
            Variant::IxiaHardware => 0x1C00_01AC,
            Variant::IxiaSoftware => 0x1C00_01AB,
        }
    }

    /// Whether the fraction of a second counts nanoseconds.
    fn counts_nanos(self) -> bool {
        matches!(self, Variant::Nanos | Variant::Aix | Variant::IxiaHardware)
    }

    /// The length of the file header.
    pub fn header_len(self) -> usize {
        if matches!(self, Variant::IxiaHardware | Variant::IxiaSoftware) { 28 } else { 24 }
    }

    /// The length of a record header.
    pub fn record_header_len(self) -> usize {
        match self {
            Variant::Modified | Variant::Ss990417 => 24,
            Variant::Modified28 => 28,
            Variant::Nokia => 20,
            _ => 16,
        }
    }
}

/// What a file header says.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// The layout.
    pub variant: Variant,
    /// The byte order.
    pub order: Order,
    /// The version. Before 2.3, and in 543.0 (DG/UX), a record's two lengths are swapped; in 2.3
    /// they may be, and are here. AIX's are too, being of version 2.2.
    pub version: (u16, u16),
    /// Longer frames are cut to this many bytes. 0 is written as it is, and cuts nothing.
    pub snap_len: u32,
    /// The link type, or AIX's interface type.
    pub link_type: u32,
    /// The length of the FCS in octets, an even number, if the header is to say it. The frames
    /// must then have one; none is added.
    pub fcs_len: Option<u32>,
}

impl Config {
    /// A file of Ethernet frames, with the version that this variant's writers put there.
    pub fn new(variant: Variant, order: Order) -> Self {
        let (version, link_type) = match variant {
            Variant::Aix => ((2, 2), 6),
            _ => ((2, 4), ETHERNET),
        };
        Config { variant, order, version, snap_len: 262_144, link_type, fcs_len: None }
    }

    /// The file header's bytes; Ixia's total is zero still.
    pub fn header(&self) -> Vec<u8> {
        let fcs = self.fcs_len.map_or(0, |octets| 0x0400_0000 | (octets / 2) << 28);
        let mut out = Vec::new();
        out.extend(self.order.u32(self.variant.magic()));
        out.extend(self.order.u16(self.version.0));
        out.extend(self.order.u16(self.version.1));
        out.extend([0; 8]); // time zone and significant figures, which nobody uses
        out.extend(self.order.u32(self.snap_len));
        out.extend(self.order.u32(self.link_type | fcs));
        out.resize(self.variant.header_len(), 0);
        out
    }

    fn swaps_lengths(&self) -> bool {
        let (major, minor) = self.version;
        major == 543 || major == 2 && minor <= 3
    }
}

/// A pcap file in the making.
pub struct Pcap {
    config: Config,
    made: Made,
}

impl Pcap {
    /// A file with its header.
    pub fn new(config: Config) -> Self {
        let bytes = config.header();
        let header = MadeRecord::plain(0..bytes.len(), What::Header);
        Pcap { config, made: Made { bytes, records: vec![header] } }
    }

    /// Adds a frame, cut to the file's snap length.
    ///
    /// # Panics
    ///
    /// If the time is before 1970 or after 2106.
    pub fn packet(&mut self, time_ns: i64, frame: &[u8]) {
        let snap_len = match self.config.snap_len {
            0 => frame.len(),
            len => frame.len().min(len as usize),
        };
        self.cut_packet(time_ns, &frame[..snap_len], frame.len() as u32);
    }

    /// Adds a frame of which `captured` is there and which was `wire_len` bytes long.
    ///
    /// # Panics
    ///
    /// As [`packet`](Self::packet).
    pub fn cut_packet(&mut self, time_ns: i64, captured: &[u8], wire_len: u32) {
        let (seconds, nanos) = seconds_and_nanos(time_ns);
        let (fraction, unit) =
            if self.config.variant.counts_nanos() { (nanos, 1) } else { (nanos / 1000, 1000) };
        let captured_len = captured.len() as u32;
        let lengths = if self.config.swaps_lengths() {
            [wire_len, captured_len]
        } else {
            [captured_len, wire_len]
        };

        let out = &mut self.made.bytes;
        let start = out.len();
        for word in [seconds, fraction, lengths[0], lengths[1]] {
            out.extend(self.config.order.u32(word));
        }
        self.extra(captured);
        let out = &mut self.made.bytes;
        let data = out.len();
        out.extend_from_slice(captured);
        self.made.records.push(MadeRecord {
            time_ns: Some(i64::from(seconds) * 1_000_000_000 + i64::from(fraction * unit)),
            captured: data..out.len(),
            wire_len,
            ..MadeRecord::plain(start..out.len(), What::Packet)
        });
    }

    /// What some variants have behind the usual record header.
    fn extra(&mut self, captured: &[u8]) {
        let order = self.config.order;
        let out = &mut self.made.bytes;
        match self.config.variant {
            Variant::Modified | Variant::Modified28 | Variant::Ss990417 => {
                let protocol = match captured {
                    [_, _, _, _, _, _, _, _, _, _, _, _, high, low, ..] => [*high, *low],
                    _ => [0, 0],
                };
                out.extend(order.u32(2)); // interface index
                out.extend(order.u16(u16::from_be_bytes(protocol)));
                out.extend([0, 0]); // packet type "to us", and padding or the first CPU
                if self.config.variant == Variant::Modified28 {
                    out.extend([0; 4]); // second CPU, padding
                }
            }
            Variant::Nokia => out.extend([0, 0, 0, 1]),
            _ => {}
        }
    }

    /// The file as it is now.
    pub fn finish(mut self) -> Made {
        let header = self.config.variant.header_len();
        if header > 24 {
            let total = (self.made.bytes.len() - header) as u32;
            self.made.bytes[24..28].copy_from_slice(&self.config.order.u32(total));
        }
        self.made
    }
}
