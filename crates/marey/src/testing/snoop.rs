//! Snoop files, version 2 (RFC 1761).

use super::{Made, MadeRecord, What, seconds_and_nanos};

/// The data link type Ethernet.
pub const ETHERNET: u32 = 4;

/// A snoop file in the making.
pub struct Snoop {
    made: Made,
    snap_len: usize,
    drops: u32,
}

impl Snoop {
    /// A file of this data link type. Longer frames are cut to `snap_len` bytes.
    pub fn new(data_link: u32, snap_len: usize) -> Self {
        let mut bytes = b"snoop\0\0\0".to_vec();
        bytes.extend(2_u32.to_be_bytes());
        bytes.extend(data_link.to_be_bytes());
        let header = MadeRecord::plain(0..bytes.len(), What::Header);
        Snoop { made: Made { bytes, records: vec![header] }, snap_len, drops: 0 }
    }

    /// Says that `count` packets were dropped since the last one.
    pub fn dropped(&mut self, count: u32) {
        self.drops += count;
    }

    /// Adds a frame, padded to a multiple of four bytes.
    ///
    /// # Panics
    ///
    /// If the time is before 1970 or after 2106.
    pub fn packet(&mut self, time_ns: i64, frame: &[u8]) {
        let captured = frame.len().min(self.snap_len);
        self.padded_packet(time_ns, frame, captured.next_multiple_of(4) - captured);
    }

    /// Adds a frame and behind it this many bytes of padding, zeros.
    ///
    /// # Panics
    ///
    /// As [`packet`](Self::packet).
    pub fn padded_packet(&mut self, time_ns: i64, frame: &[u8], padding: usize) {
        let (seconds, nanos) = seconds_and_nanos(time_ns);
        let captured = &frame[..frame.len().min(self.snap_len)];
        let out = &mut self.made.bytes;
        let start = out.len();
        let data = start + 24;
        let end = data + captured.len() + padding;
        let words = [
            frame.len() as u32,
            captured.len() as u32,
            (end - start) as u32,
            self.drops,
            seconds,
            nanos / 1000,
        ];
        out.extend(words.iter().flat_map(|word| word.to_be_bytes()));
        out.extend_from_slice(captured);
        out.resize(end, 0);
        self.made.records.push(MadeRecord {
            time_ns: Some(time_ns - i64::from(nanos % 1000)),
            captured: data..data + captured.len(),
            wire_len: frame.len() as u32,
            ..MadeRecord::plain(start..end, What::Packet)
        });
    }

    /// The file as it is now.
    pub fn finish(self) -> Made {
        self.made
    }
}
