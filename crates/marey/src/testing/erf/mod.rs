//! ERF files (Endace): every record type, extension headers, provenance.
//!
//! ```
//! use marey::testing::{erf::{Erf, Head, extension, kind}, frames};
//!
//! let mut erf = Erf::new();
//! let head = Head { extensions: vec![extension::host_id(1, 0xABCD)], ..Head::at(1_700_000_000) };
//! erf.record(&head, &frames::with_fcs(&[0; 60]));
//! let made = erf.finish();
//! assert_eq!(made.bytes[8], kind::ETH | 0x80);
//! ```

use super::pcap::{Config, Pcap};
use super::{Made, MadeRecord, What};

pub mod extension;
pub mod kind;
pub mod meta;
pub mod shape;

/// What a record says beside its payload.
#[derive(Clone, Debug)]
pub struct Head {
    /// The type: one of [`kind`]. The bit for extension headers is set as needed.
    pub kind: u8,
    /// The time, as [`timestamp`] gives it.
    pub time: u64,
    /// The flags; bits 0 and 1 are the interface.
    pub flags: u8,
    /// Packets lost before it, or its colour, as the type has it.
    pub color: u16,
    /// The extension headers; the bit that says that more follow is set as needed.
    pub extensions: Vec<u64>,
    /// The type's sub-header: its first two bytes for Ethernet, four for the multichannel types.
    pub sub_header: [u8; 4],
    /// The length on the wire, if it is not the payload's.
    pub wire_len: Option<u16>,
    /// The whole record is padded to a multiple of this.
    pub align: usize,
}

/// The flag for records of varying length; DAG cards set it always.
pub const VARYING: u8 = 0x04;

impl Head {
    /// The head of an Ethernet record of interface 0, at this time.
    pub fn at(time_ns: i64) -> Self {
        Head {
            kind: kind::ETH,
            time: timestamp(time_ns),
            flags: VARYING,
            color: 0,
            extensions: Vec::new(),
            sub_header: [0; 4],
            wire_len: None,
            align: 8,
        }
    }

    /// The same of another type.
    pub fn of(kind: u8, time_ns: i64) -> Self {
        Head { kind, ..Head::at(time_ns) }
    }
}

/// The ERF timestamp of a time: seconds in the upper 32 bits, their fraction in the lower ones,
/// rounded to the nearest.
///
/// # Panics
///
/// If the time is before 1970 or after 2106.
pub fn timestamp(time_ns: i64) -> u64 {
    let units = ((i128::from(time_ns) << 32) + 500_000_000).div_euclid(1_000_000_000);
    u64::try_from(units).expect("a time between 1970 and 2106")
}

/// The time of an ERF timestamp in nanoseconds since the Unix epoch, rounded to the nearest.
pub fn time_ns(timestamp: u64) -> i64 {
    ((i128::from(timestamp) * 1_000_000_000 + (1 << 31)) >> 32) as i64
}

/// An ERF file in the making.
#[derive(Default)]
pub struct Erf {
    made: Made,
}

impl Erf {
    /// A file with nothing in it: ERF has no file header.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a packet.
    ///
    /// # Panics
    ///
    /// If the record would be longer than 65535 bytes.
    pub fn record(&mut self, head: &Head, payload: &[u8]) {
        self.add(head, payload, What::Packet);
    }

    /// Adds a provenance record with these sections; `extensions` may name a host or an anchor.
    ///
    /// # Panics
    ///
    /// As [`record`](Self::record).
    pub fn meta(&mut self, time_ns: i64, extensions: Vec<u64>, sections: &[meta::Section]) {
        let payload = meta::payload(sections);
        let head = Head { flags: 0, extensions, ..Head::of(kind::META, time_ns) };
        self.add(&head, &payload, What::Meta("provenance"));
    }

    /// Adds padding, `len` bytes with the 16 of the header.
    ///
    /// # Panics
    ///
    /// If `len` is below 16 or above 65535.
    pub fn padding(&mut self, len: usize) {
        let head = Head { kind: kind::PAD, time: 0, flags: 0, align: 1, ..Head::at(0) };
        self.add(&head, &vec![0; len - 16], What::Padding);
    }

    fn add(&mut self, head: &Head, payload: &[u8], what: What) {
        let wire_len = head.wire_len.unwrap_or_else(|| short(payload.len()));
        let sub_header = &head.sub_header[..kind::sub_header_len(head.kind)];
        let data = 16 + 8 * head.extensions.len() + sub_header.len();
        let len = (data + payload.len()).next_multiple_of(head.align);

        let out = &mut self.made.bytes;
        let start = out.len();
        out.extend(head.time.to_le_bytes());
        let more = if head.extensions.is_empty() { 0 } else { 0x80 };
        out.extend([head.kind | more, head.flags]);
        out.extend(short(len).to_be_bytes());
        out.extend(head.color.to_be_bytes());
        out.extend(wire_len.to_be_bytes());
        for (index, extension) in head.extensions.iter().enumerate() {
            let more = index + 1 < head.extensions.len();
            out.extend((extension | u64::from(more) << 63).to_be_bytes());
        }
        out.extend_from_slice(sub_header);
        out.extend_from_slice(payload);
        out.resize(start + len, 0);

        let mut record = MadeRecord::plain(start..start + len, what);
        if what != What::Padding {
            record.time_ns = Some(time_ns(head.time));
        }
        if what == What::Packet {
            // Nothing says where the padding begins but the length on the wire.
            let captured = (len - data).min(usize::from(wire_len));
            record.captured = start + data..start + data + captured;
            record.wire_len = u32::from(wire_len);
            record.interface = Some(u32::from(head.flags & 3));
        }
        self.made.records.push(record);
    }

    /// The file as it is now.
    pub fn finish(self) -> Made {
        self.made
    }

    /// The same records in a pcap file of link type 197, but for padding. There each record is a
    /// packet, and all of it is captured: its header, extension headers, provenance.
    pub fn into_pcap(self, config: Config) -> Made {
        let mut pcap = Pcap::new(Config { link_type: 197, ..config });
        for record in &self.made.records {
            if let Some(time_ns) = record.time_ns {
                let bytes = &self.made.bytes[record.range.clone()];
                let headers = record.captured.start - record.range.start;
                let wire_len = match record.what {
                    What::Packet => headers as u32 + record.wire_len,
                    _ => bytes.len() as u32,
                };
                pcap.cut_packet(time_ns, bytes, wire_len.max(bytes.len() as u32));
            }
        }
        pcap.finish()
    }
}

fn short(len: usize) -> u16 {
    u16::try_from(len).expect("a record below 64 KiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_round_to_the_nearest_and_carry() {
        assert_eq!(timestamp(1_500_000_000), 0x1_8000_0000);
        assert_eq!(time_ns(0x1_8000_0000), 1_500_000_000);
        assert_eq!(time_ns(0x1_FFFF_FFFF), 2_000_000_000);
        for nanos in [0, 1, 2, 3, 333_333_333, 999_999_999] {
            assert_eq!(
                time_ns(timestamp(1_700_000_000_000_000_000 + nanos)) % 1_000_000_000,
                nanos
            );
        }
    }
}
