//! The record header of ERF, its extension headers, and how the format is recognised.

use std::sync::Arc;

use super::super::{Format, Recognised};
use super::Erf;

/// The length of a record header (reference section "generic ERF header").
pub(super) const HEADER_LEN: usize = 16;
/// The length of an extension header.
pub(super) const EXT_HEADER_LEN: usize = 8;

// Record types (bit 7 of the byte is not part of them).
const PAD: u8 = 48;
/// The type of provenance records.
pub(super) const META: u8 = 27;

// Extension header types (the low 7 bits of the first byte).
pub(super) const CLASSIFICATION: u8 = 3;
pub(super) const INTERCEPT_ID: u8 = 4;
pub(super) const RAW_LINK: u8 = 5;
pub(super) const BFS: u8 = 6;
pub(super) const CHANNELISED: u8 = 12;
pub(super) const SIGNATURE: u8 = 14;
pub(super) const PACKET_ID: u8 = 15;
pub(super) const FLOW_ID: u8 = 16;
pub(super) const HOST_ID: u8 = 17;
pub(super) const ANCHOR_ID: u8 = 18;
pub(super) const ENTROPY: u8 = 19;

// Bits of the flags byte.
const INTERFACE_BITS: u8 = 0x03;
pub(super) const VARYING_LENGTH: u8 = 0x04;
pub(super) const TRUNCATED: u8 = 0x08;
pub(super) const RX_ERROR: u8 = 0x10;
pub(super) const DS_ERROR: u8 = 0x20;

/// 1990-01-01 and 2100-01-01: times between them are plausible without a neighbour.
const PLAUSIBLE_S: std::ops::Range<u32> = 631_152_000..4_102_444_800;
const DAY_S: i64 = 86_400;
const YEAR_S: i64 = 366 * DAY_S;

/// How many records recognition looks at, and how many packets or meta records it wants.
const RECORDS_TRIED_MAX: usize = 20;
const RECORDS_WANTED: usize = 3;

/// What follows the headers of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// An Ethernet frame.
    Ethernet,
    /// PPP, Cisco HDLC or another protocol in HDLC framing: its first byte tells.
    Hdlc,
    /// An IPv4 packet.
    Ipv4,
    /// An IPv6 packet.
    Ipv6,
    /// An InfiniBand packet from its local route header on.
    Infiniband,
    /// Something that no link type stands for, other than ERF itself.
    Other,
    /// Tags of provenance.
    Meta,
    /// Nothing.
    Pad,
}

/// What is known of a record type.
#[derive(Clone, Copy, Debug)]
pub(super) struct About {
    pub name: &'static str,
    pub body: Body,
    /// How many bytes stand between the extension headers and the body.
    pub sub_header_len: usize,
    /// Whether the loss counter holds a colour.
    pub is_colour: bool,
    /// Whether the type is assigned.
    pub is_assigned: bool,
}

const fn about(name: &'static str, body: Body, sub_header_len: usize) -> About {
    About { name, body, sub_header_len, is_colour: false, is_assigned: true }
}

const fn colour(name: &'static str, body: Body, sub_header_len: usize) -> About {
    About { is_colour: true, ..about(name, body, sub_header_len) }
}

/// What is known of a record type; `None` where no record can be of it: 0 is of records without a
/// length, 32 to 47 are internal to cards.
#[inline(always)]
pub(super) fn about_type(record_type: u8) -> Option<About> {
    Some(match record_type {
        1 => about("HDLC_POS", Body::Hdlc, 0),
        2 => about("ETH", Body::Ethernet, 2),
        3 => about("ATM", Body::Other, 0),
        4 => about("AAL5", Body::Other, 0),
        5 => about("MC_HDLC", Body::Hdlc, 4),
        6 => about("MC_RAW", Body::Other, 4),
        7 => about("MC_ATM", Body::Other, 4),
        8 => about("MC_RAW_CHANNEL", Body::Other, 4),
        9 => about("MC_AAL5", Body::Other, 4),
        10 => colour("COLOR_HDLC_POS", Body::Hdlc, 0),
        11 => colour("COLOR_ETH", Body::Ethernet, 2),
        12 => about("MC_AAL2", Body::Other, 4),
        13 => about("IP_COUNTER", Body::Other, 0),
        14 => about("TCP_FLOW_COUNTER", Body::Other, 0),
        15 => colour("DSM_COLOR_HDLC_POS", Body::Hdlc, 0),
        16 => colour("DSM_COLOR_ETH", Body::Ethernet, 2),
        17 => colour("COLOR_MC_HDLC_POS", Body::Hdlc, 4),
        18 => about("AAL2", Body::Other, 4),
        19 => colour("COLOR_HASH_POS", Body::Hdlc, 0),
        20 => colour("COLOR_HASH_ETH", Body::Ethernet, 2),
        21 => about("INFINIBAND", Body::Infiniband, 0),
        22 => about("IPV4", Body::Ipv4, 0),
        23 => about("IPV6", Body::Ipv6, 0),
        24 => about("RAW_LINK", Body::Other, 0),
        25 => about("INFINIBAND_LINK", Body::Other, 0),
        META => about("META", Body::Meta, 0),
        28 => about("OPA_SNC", Body::Other, 0),
        29 => about("OPA_9B", Body::Other, 0),
        PAD => about("PAD", Body::Pad, 0),
        26 | 30 | 31 => About { is_assigned: false, ..about("unknown", Body::Other, 0) },
        _ => return None,
    })
}

/// What a record header says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    /// Seconds since the epoch, and fractions of 2^-32 s.
    pub time: u64,
    /// Whether extension headers follow (bit 7), and the record's type.
    pub type_byte: u8,
    pub flags: u8,
    /// `rlen`: the length of the record with all of its headers and padding.
    pub len: u16,
    /// `lctr`: how many records were lost before this one; or its colour.
    pub counter: u16,
    /// `wlen`: the length on the wire.
    pub wire: u16,
}

impl Header {
    #[inline(always)]
    pub fn read(bytes: &[u8], at: usize) -> Option<Self> {
        let header = bytes.get(at..)?.first_chunk::<HEADER_LEN>()?;
        let &[t0, t1, t2, t3, t4, t5, t6, t7, type_byte, flags, r0, r1, c0, c1, w0, w1] = header;
        Some(Header {
            time: u64::from_le_bytes([t0, t1, t2, t3, t4, t5, t6, t7]),
            type_byte,
            flags,
            len: u16::from_be_bytes([r0, r1]),
            counter: u16::from_be_bytes([c0, c1]),
            wire: u16::from_be_bytes([w0, w1]),
        })
    }

    /// The record's type.
    pub fn record_type(&self) -> u8 {
        self.type_byte & 0x7f
    }

    /// Whether extension headers follow.
    pub fn has_ext(&self) -> bool {
        self.type_byte & 0x80 != 0
    }

    /// What is known of the record's type.
    #[inline(always)]
    pub fn about(&self) -> Option<About> {
        about_type(self.record_type())
    }

    /// Whole seconds since the epoch.
    pub fn seconds(&self) -> u32 {
        (self.time >> 32) as u32
    }

    /// The number of the card's interface.
    pub fn interface(&self) -> u8 {
        self.flags & INTERFACE_BITS
    }

    /// Whether the time is plausible without a neighbour.
    pub fn is_of_era(&self) -> bool {
        PLAUSIBLE_S.contains(&self.seconds())
    }

    /// The least length that the record's headers have, as far as this header tells.
    #[inline(always)]
    pub fn head_len_min(&self, about: About) -> usize {
        let ext_len = if self.has_ext() { EXT_HEADER_LEN } else { 0 };
        HEADER_LEN + ext_len + about.sub_header_len
    }

    /// Whether the record is longer than its headers and the packet are, even when padded.
    pub fn has_excess(&self, about: About) -> bool {
        let needed = self.head_len_min(about) + usize::from(self.wire) + 8;
        !self.has_ext() && usize::from(self.len) >= needed
    }

    /// The length of all headers of the record that starts `record`. `None` if they do not end
    /// in the record, or not in these bytes.
    #[inline(always)]
    pub fn head_len(&self, about: About, record: &[u8]) -> Option<usize> {
        let ext_len = if self.has_ext() { self.ext_len(record)? } else { 0 };
        let head_len = HEADER_LEN + ext_len + about.sub_header_len;
        (head_len <= usize::from(self.len)).then_some(head_len)
    }

    fn ext_len(&self, record: &[u8]) -> Option<usize> {
        let mut headers = self.ext_headers(record);
        let count = headers.by_ref().count();
        (!headers.more).then_some(count * EXT_HEADER_LEN)
    }

    /// The extension headers of the record that starts `record`.
    pub fn ext_headers<'a>(&self, record: &'a [u8]) -> ExtHeaders<'a> {
        let record = record.get(..usize::from(self.len)).unwrap_or(record);
        ExtHeaders { rest: record.get(HEADER_LEN..).unwrap_or(&[]), more: self.has_ext() }
    }
}

/// The extension headers of a record: the chain ends with the first that has bit 63 unset, or
/// with the record (so that there are at most 8189).
#[derive(Clone)]
pub(super) struct ExtHeaders<'a> {
    rest: &'a [u8],
    more: bool,
}

impl Iterator for ExtHeaders<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if !self.more {
            return None;
        }
        let (header, rest) = self.rest.split_first_chunk::<EXT_HEADER_LEN>()?;
        let header = u64::from_be_bytes(*header);
        (self.more, self.rest) = (header >> 63 == 1, rest);
        Some(header)
    }
}

/// The type of an extension header.
pub(super) fn ext_type(header: u64) -> u8 {
    (header >> 56) as u8 & 0x7f
}

/// The ERF time `time` in nanoseconds since the epoch, rounded half up.
#[inline(always)]
pub(super) fn time_ns(time: u64) -> i64 {
    let fraction_ns = ((time & 0xffff_ffff) * 1_000_000_000 + (1 << 31)) >> 32;
    (time >> 32) as i64 * 1_000_000_000 + fraction_ns as i64
}

/// Whether these first bytes are ERF. Nothing marks it, so the first records must be plausible,
/// each by itself and in time: three of them, or all that there are. Three are enough, so that no
/// more than these must have come through a pipe.
pub(super) fn recognise(bytes: &[u8], end: bool) -> Recognised {
    let yes = || Recognised::Yes(Arc::new(Erf) as Arc<dyn Format>);
    let (mut at, mut found, mut last) = (0, 0, None);
    for _ in 0..RECORDS_TRIED_MAX {
        if at == bytes.len() && end {
            return if found > 0 { yes() } else { Recognised::No };
        }
        let Some(header) = Header::read(bytes, at) else {
            return if end { Recognised::No } else { Recognised::More(at + HEADER_LEN) };
        };
        if !is_plausible(&header, last) || is_text(bytes.get(at..at + HEADER_LEN)) {
            return Recognised::No;
        }
        let record = bytes.get(at..).unwrap_or(&[]);
        let next = at + usize::from(header.len);
        if next > bytes.len() {
            return if end { Recognised::No } else { Recognised::More(next) };
        }
        if header.about().is_none_or(|about| header.head_len(about, record).is_none()) {
            return Recognised::No;
        }
        if header.record_type() != PAD {
            found += 1;
            last = Some(header.seconds());
        }
        if found == RECORDS_WANTED {
            return yes();
        }
        at = next;
    }
    Recognised::No
}

/// Whether a header can be that of a record that follows on one of `last` seconds: not more than
/// a day before it and not more than a year after it.
fn is_plausible(header: &Header, last: Option<u32>) -> bool {
    let Some(about) = header.about() else { return false };
    let time_fits = match (about.body, last) {
        (Body::Pad, _) if header.time == 0 => true,
        (_, None) => header.is_of_era(),
        (_, Some(last)) => {
            let since = i64::from(header.seconds()) - i64::from(last);
            header.is_of_era() && (-DAY_S..=YEAR_S).contains(&since)
        }
    };
    about.is_assigned && time_fits && usize::from(header.len) >= header.head_len_min(about)
}

/// Whether a header is printable text, which a real one is not: its length has a byte below 0x20,
/// or is over 8000.
fn is_text(header: Option<&[u8]>) -> bool {
    let is_text = |&b: &u8| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..);
    header.is_some_and(|bytes| bytes.iter().all(is_text))
}
