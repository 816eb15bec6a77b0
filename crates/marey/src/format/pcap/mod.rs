//! pcap, the classic libpcap format, and its variants.
//!
//! Sources: the pcap Internet draft (draft-ietf-opsawg-pcap), libpcap's `pcap-savefile(5)`, and
//! for the variants what Wireshark's documentation says of them.
//!
//! A file header of 24 bytes, then records: a header of 16 bytes (more in some variants) and the
//! captured bytes, without padding. Nothing in a record marks its start: see [`super::search`].

use super::search::{self, Chain, Grade};
use super::{Cut, Decode, Format, Frame, Framed, Kind as FormatKind, RECORD_LEN_MAX, Walk};
use crate::meta::{Field, Item};
use crate::record::{Head, Kind};
use crate::scene::{ByteOrder, Interface, Scene};
use crate::time::{NO_TIME, RawTime, Resolution};
use crate::wire::LinkType;

mod erf;
mod header;
mod variant;

use header::Lengths;
pub(crate) use header::Pcap;

/// How the format is recognised, and what it is called.
pub const KIND: FormatKind = FormatKind {
    name: "pcap",
    aliases: &["pcapfile"],
    description: "libpcap, µs and ns, with the modified, Nokia, AIX and Ixia variants",
    recognise: header::recognise,
};

// Offsets in a record header (draft section 5).
const SECONDS: usize = 0;
const FRACTION: usize = 4;
const CAPTURED: usize = 8;
const ORIGINAL: usize = 12;
/// The part of a record header that all variants share.
const HEADER_LEN: usize = 16;

/// The largest captured length where neither link type nor snap length allow more
/// (libpcap's `MAXIMUM_SNAPLEN`).
const CAPTURED_LEN_MAX: u32 = 262_144;

/// What a record header says.
#[derive(Clone, Copy)]
struct RecordHeader {
    seconds: u32,
    fraction: u32,
    captured: u32,
    original: u32,
}

#[inline(always)]
fn number<const BIG: bool>(header: &[u8; HEADER_LEN], at: usize) -> u32 {
    let bytes = [header[at], header[at + 1], header[at + 2], header[at + 3]];
    if BIG { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
}

impl RecordHeader {
    #[inline(always)]
    fn read<const BIG: bool>(bytes: &[u8], at: usize) -> Option<Self> {
        let header = bytes.get(at..)?.first_chunk::<HEADER_LEN>()?;
        Some(RecordHeader {
            seconds: number::<BIG>(header, SECONDS),
            fraction: number::<BIG>(header, FRACTION),
            captured: number::<BIG>(header, CAPTURED),
            original: number::<BIG>(header, ORIGINAL),
        })
    }
}

impl Pcap {
    fn record_header(&self, bytes: &[u8], at: usize) -> Option<RecordHeader> {
        let mut header = match self.order {
            ByteOrder::Little => RecordHeader::read::<false>(bytes, at),
            ByteOrder::Big => RecordHeader::read::<true>(bytes, at),
        }?;
        let swapped = match self.lengths {
            Lengths::AsNow => false,
            Lengths::Swapped => true,
            Lengths::SwappedIfGreater => header.captured > header.original,
        };
        if swapped {
            (header.captured, header.original) = (header.original, header.captured);
        }
        Some(header)
    }

    /// The time of a record in nanoseconds.
    #[inline(always)]
    fn time(&self, header: RecordHeader) -> i64 {
        let scale = if self.fraction_max == 1_000_000_000 { 1 } else { 1000 };
        i64::from(header.seconds) * 1_000_000_000 + i64::from(header.fraction) * scale
    }

    /// [`Chain::walk_sure`] for one byte order.
    #[inline(always)]
    fn walk_ordered<const BIG: bool>(&self, window: &[u8], cut: &mut Cut, out: &mut Framed) {
        let mut at = out.consumed;
        let snap_seen = cut.carry[0] as u32;
        let mut seconds = None;
        while let Some(header) = RecordHeader::read::<BIG>(window, at) {
            let next = at + self.record_header_len + header.captured as usize;
            if !self.is_sure(header, snap_seen) || next > window.len() {
                break;
            }
            out.starts.push(at as u32);
            seconds = Some(header.seconds);
            at = next;
        }
        if let Some(seconds) = seconds {
            cut.carry[1] = u64::from(seconds) + 1;
        }
        out.account.packets += (at - out.consumed) as u64;
        out.consumed = at;
    }

    /// Whether the fields of a header confirm one another: the whole packet was captured, or as
    /// much of it as the snap length allows.
    #[inline(always)]
    fn is_sure(&self, header: RecordHeader, snap_seen: u32) -> bool {
        let RecordHeader { fraction, captured, original, .. } = header;
        let whole = captured == original && captured != 0;
        let snapped = captured < original && (captured == self.snap_len || captured == snap_seen);
        fraction < self.fraction_max
            && (whole || (snapped && captured != 0 && original <= RECORD_LEN_MAX as u32))
            && captured <= self.captured_max
    }

    fn file_header(
        &self,
        window: &[u8],
        end: bool,
        cut: &mut Cut,
        out: &mut Framed,
    ) -> Option<Walk> {
        if cut.offset + out.consumed as u64 >= self.file_header_len as u64 {
            return None;
        }
        if window.len() < self.file_header_len && !end {
            return Some(Walk::More(self.file_header_len));
        }
        if window.len() < self.file_header_len {
            let (there, len) = (window.len(), self.file_header_len);
            out.damaged(cut, there, || {
                format!("cut short: {there} bytes of a file header of {len}")
            });
            return None;
        }
        out.account.header += self.file_header_len as u64;
        out.consumed += self.file_header_len;
        None
    }
}

impl Frame for Pcap {
    fn frame(&self, window: &[u8], end: bool, cut: &mut Cut, out: &mut Framed) -> Walk {
        if let Some(walk) = self.file_header(window, end, cut, out) {
            return walk;
        }
        search::walk(self, window, end, cut, out)
    }
}

impl Chain for Pcap {
    fn head_len(&self) -> usize {
        self.record_header_len
    }

    fn grade(&self, bytes: &[u8], at: usize, cut: &Cut) -> Grade {
        let Some(header) = self.record_header(bytes, at) else {
            return Grade::Invalid("no record header");
        };
        let RecordHeader { fraction, captured, original, .. } = header;
        let len = self.record_header_len + captured as usize;
        if captured > self.captured_max {
            return Grade::Invalid("captured length is over the maximum");
        }
        let in_range = fraction < self.fraction_max && original <= RECORD_LEN_MAX as u32;
        if self.is_sure(header, cut.carry[0] as u32) {
            Grade::Sure(len)
        } else if in_range && captured <= original && captured != 0 {
            Grade::Sound(len)
        } else {
            Grade::Odd(len)
        }
    }

    fn seconds(&self, bytes: &[u8], at: usize) -> Option<u64> {
        self.record_header(bytes, at).map(|header| u64::from(header.seconds))
    }

    fn last_seconds(&self, cut: &Cut) -> Option<u64> {
        cut.carry[1].checked_sub(1)
    }

    fn other_ends(&self, bytes: &[u8], cut: &Cut) -> [Option<usize>; 2] {
        let Some(header) = self.record_header(bytes, 0) else { return [None; 2] };
        let end_of = |captured: u32| {
            (captured <= self.captured_max).then_some(self.record_header_len + captured as usize)
        };
        let snap = if cut.carry[0] != 0 { cut.carry[0] as u32 } else { self.snap_len };
        [end_of(header.original), end_of(header.original.min(snap))]
    }

    fn walk_sure(&self, window: &[u8], cut: &mut Cut, out: &mut Framed) {
        match (self.lengths, self.order) {
            (Lengths::AsNow, ByteOrder::Little) => self.walk_ordered::<false>(window, cut, out),
            (Lengths::AsNow, ByteOrder::Big) => self.walk_ordered::<true>(window, cut, out),
            (Lengths::Swapped | Lengths::SwappedIfGreater, _) => {}
        }
    }

    fn take(&self, window: &[u8], len: usize, cut: &mut Cut, out: &mut Framed) {
        if let Some(header) = self.record_header(window, out.consumed) {
            cut.carry[1] = u64::from(header.seconds) + 1;
            if header.captured < header.original && header.captured > 0 {
                cut.carry[0] = u64::from(header.captured);
            }
        }
        out.packet(len);
    }
}

impl Decode for Pcap {
    fn decode(&self, bytes: &[u8], starts: &[u32], _: &mut Scene, heads: &mut Vec<Head>) {
        let header_len = (self.record_header_len + self.frame_pad) as u32;
        heads.extend(starts.iter().map(|&start| {
            let header = self.record_header(bytes, start as usize);
            let header = header.unwrap_or(RecordHeader {
                seconds: 0,
                fraction: 0,
                captured: 0,
                original: 0,
            });
            let pad = (self.frame_pad as u32).min(header.captured);
            let time = self.time(header);
            Head {
                time: if time == NO_TIME { NO_TIME + 1 } else { time },
                start,
                body: start + header_len,
                captured: header.captured - pad,
                wire: header.original.saturating_sub(pad),
                interface: 0,
                link: self.link,
                kind: Kind::Packet,
            }
        }));
    }

    fn meta_items<'a>(&self, _: &'a [u8], _: &Scene) -> (Vec<Item<'a>>, usize) {
        (Vec::new(), 0)
    }

    fn meta_fields<'a>(&self, _: &'a [u8], _: &Scene) -> Vec<Field<'a>> {
        Vec::new()
    }

    fn packet_options<'a>(&self, bytes: &'a [u8], _: &Scene) -> Vec<Field<'a>> {
        variant::packet_options(self, bytes)
    }

    fn raw_time(&self, bytes: &[u8], _: &Scene) -> Option<RawTime> {
        let header = self.record_header(bytes, 0)?;
        let units = u64::from(self.fraction_max);
        let value = u64::from(header.seconds) * units + u64::from(header.fraction);
        Some(RawTime { value, resolution: self.resolution(), offset_s: 0 })
    }
}

impl Pcap {
    fn resolution(&self) -> Resolution {
        if self.fraction_max == 1_000_000_000 { Resolution::NANO } else { Resolution::MICRO }
    }

    fn interface(&self) -> Interface {
        Interface {
            link_type: Some(self.link),
            snap_len: self.snap_len,
            resolution: self.resolution(),
            fcs_len: self.fcs_len,
            ..Interface::new(0)
        }
    }
}

impl Format for Pcap {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn variant(&self) -> String {
        let order = match self.order {
            ByteOrder::Little => "little-endian",
            ByteOrder::Big => "big-endian",
        };
        let name = self.variant.map(|v| format!(", {v}")).unwrap_or_default();
        format!("{order}, {}{name}", self.resolution())
    }

    fn start(&self) -> Cut {
        Cut::at_start(Scene::of_file(self.order, self.version, self.interface()))
    }
}

fn link_type(number: u32) -> LinkType {
    LinkType(number as u16)
}
