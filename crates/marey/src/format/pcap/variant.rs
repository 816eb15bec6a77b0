//! The variants of pcap that share a magic number: which one fits the first records.
//!
//! Red Hat 6.1 (ss990417) and Nokia files have the plain magic number and longer record headers;
//! Kuznetzov's (ss991029) and SuSE 6.3's (ss990915) share the "modified" one; AIX files are told
//! by their version and link type. Like Wireshark, each candidate reads the first records and the
//! one that finds nothing wrong is taken, the plain one first. Unlike it, no more than is needed
//! is asked for, so that it works on a pipe.

use super::super::{RECOGNISE_LEN_MAX, Reader};
use super::header::{FILE_HEADER_LEN, FileHeader, Lengths, Magic, Pcap};
use super::{HEADER_LEN, RecordHeader, link_type};
use crate::meta::{Field, Value};
use crate::wire::{EtherType, LinkType};

/// How many records each candidate reads.
const RECORDS_TRIED: usize = 3;
const DAY_S: u32 = 86_400;

const MODIFIED_LEN: usize = 24;
const SUSE_LEN: usize = 28;
const NOKIA_LEN: usize = 20;

/// The variant that fits, or how many bytes are needed to tell.
pub(super) fn choose(
    header: &FileHeader,
    plain: Pcap,
    bytes: &[u8],
    end: bool,
) -> Result<Pcap, usize> {
    let candidates = match header.magic {
        Magic::Micro => {
            let plain = aix(header, &plain).unwrap_or(plain);
            if is_recent(&plain) || fits_at_once(&plain, bytes) {
                return Ok(plain);
            }
            let red_hat = longer(&plain, MODIFIED_LEN, "Red Hat 6.1 (ss990417)");
            let nokia = longer(&plain, NOKIA_LEN, "Nokia");
            vec![plain, red_hat, nokia]
        }
        Magic::Modified => vec![
            longer(&plain, MODIFIED_LEN, "modified (ss991029)"),
            longer(&plain, SUSE_LEN, "SuSE 6.3 (ss990915)"),
        ],
        Magic::Nano | Magic::IxiaMicro | Magic::IxiaNano => return Ok(plain),
    };
    best(candidates, bytes, end)
}

/// The candidate that reads most of the first records without anything wrong, the earlier one if
/// two read as many.
fn best(candidates: Vec<Pcap>, bytes: &[u8], end: bool) -> Result<Pcap, usize> {
    let end = end || bytes.len() >= RECOGNISE_LEN_MAX;
    let mut best: Option<(usize, Pcap)> = None;
    for candidate in candidates {
        let good = good_records(&candidate, bytes, end)?;
        if good == RECORDS_TRIED {
            return Ok(candidate);
        }
        if best.as_ref().is_none_or(|(most, _)| good > *most) {
            best = Some((good, candidate));
        }
    }
    best.map(|(_, pcap)| pcap).ok_or(FILE_HEADER_LEN)
}

fn longer(plain: &Pcap, record_header_len: usize, name: &'static str) -> Pcap {
    Pcap { record_header_len, variant: Some(name), ..plain.clone() }
}

/// AIX: version 2.2, an interface type of RFC 1573 for a link type, fractions in nanoseconds.
fn aix(header: &FileHeader, plain: &Pcap) -> Option<Pcap> {
    if (header.major, header.minor) != (2, 2) {
        return None;
    }
    let (link, frame_pad) = match header.link_field {
        6 => (1, 0),
        9 => (6, 0),
        15 => (10, 3),
        24 => (0, 0),
        _ => return None,
    };
    Some(Pcap {
        link: link_type(link),
        frame_pad,
        fraction_max: 1_000_000_000,
        lengths: Lengths::SwappedIfGreater,
        variant: Some("AIX"),
        ..plain.clone()
    })
}

/// Whether the file header is of a time when nothing recorded the variants any more: from their
/// time are no longer snap lengths and no link types with higher numbers. A live trace is then
/// recognised before its second packet is there. Ethernet frames are looked at instead, since
/// Wireshark still converts them to the variants.
fn is_recent(plain: &Pcap) -> bool {
    const SNAP_LEN_MAX: u32 = 65_535;
    const LINK_TYPE_MAX: u16 = 118;
    let is_later = plain.snap_len > SNAP_LEN_MAX || plain.link.0 > LINK_TYPE_MAX;
    plain.variant.is_none() && plain.link != LinkType::ETHERNET && is_later
}

/// Whether the first record is plain pcap beyond doubt, from its first bytes alone: what follows
/// its header is a frame of the link type.
fn fits_at_once(plain: &Pcap, bytes: &[u8]) -> bool {
    let Some(header) = plain.record_header(bytes, plain.file_header_len) else {
        return false;
    };
    let body = Reader::new(bytes, crate::scene::ByteOrder::Big);
    let at = plain.file_header_len + HEADER_LEN;
    let ethertype = match plain.link.0 {
        1 => body.u16(at + 12),
        113 => body.u16(at + 14),
        12 | 14 | 101 | 228 | 229 => match body.array::<1>(at) {
            Some([first]) if matches!(first >> 4, 4 | 6) => Some(0x0800),
            _ => None,
        },
        _ => None,
    };
    let known = match ethertype {
        // IEEE 802.3, with the two service access points of spanning tree, SNAP, IS-IS or IPX.
        Some(0..=1500) if plain.link.0 == 1 => {
            matches!(body.u16(at + 14), Some(0x4242 | 0xaaaa | 0xfefe | 0xe0e0 | 0xffff))
        }
        Some(number) => EtherType(number).name().is_some(),
        None => false,
    };
    known && header.fraction < plain.fraction_max && header.captured <= plain.captured_max
}

/// How many of the first records have nothing wrong, read as `pcap`. All of them, if the input is
/// too short for as many and those that are there have not.
fn good_records(pcap: &Pcap, bytes: &[u8], end: bool) -> Result<usize, usize> {
    let mut at = pcap.file_header_len;
    let mut previous = None;
    let mut good = 0;
    for tried in 0..RECORDS_TRIED {
        let whole = bytes.len().saturating_sub(at) >= pcap.record_header_len;
        let header = match (pcap.record_header(bytes, at), whole) {
            (Some(header), true) => header,
            _ if end => return Ok(if good == tried { RECORDS_TRIED } else { good }),
            _ => return Err(at + pcap.record_header_len),
        };
        let rest = bytes.get(at + HEADER_LEN..at + pcap.record_header_len);
        good += usize::from(!is_wrong(pcap, header, previous, rest.unwrap_or(&[])));
        if good == 2 && pcap.variant.is_none() {
            return Ok(RECORDS_TRIED);
        }
        if header.captured > pcap.captured_max {
            break;
        }
        previous = Some(header.seconds);
        at += pcap.record_header_len + header.captured as usize;
    }
    Ok(good)
}

/// Whether anything is wrong with one record header and what follows its common part.
fn is_wrong(pcap: &Pcap, header: RecordHeader, previous: Option<u32>, rest: &[u8]) -> bool {
    let RecordHeader { seconds, fraction, captured, original } = header;
    let common = [
        fraction >= pcap.fraction_max,
        captured > pcap.captured_max,
        pcap.snap_len != 0 && captured > pcap.snap_len,
        original > 128 << 20,
        captured > original,
        captured == 0 && original == 0,
        previous.is_some_and(|p| seconds.abs_diff(p) > 365 * DAY_S),
    ];
    let reader = Reader::new(rest, pcap.order);
    let tail = match pcap.record_header_len {
        MODIFIED_LEN | SUSE_LEN => [
            reader.u32(0).is_some_and(|interface| interface > 10_000),
            reader.array::<1>(6).is_some_and(|[packet_type]| packet_type > 4),
        ],
        _ => [false; 2],
    };
    common.iter().chain(&tail).any(|&wrong| wrong)
}

/// What longer record headers say of a packet (modified and SuSE: interface, protocol, type).
pub(super) fn packet_options<'a>(pcap: &Pcap, bytes: &'a [u8]) -> Vec<Field<'a>> {
    let field = |code, name, value| Field { code, name, part: "", value };
    let Some(rest) = bytes.get(HEADER_LEN..pcap.record_header_len) else { return Vec::new() };
    let reader = Reader::new(rest, pcap.order);
    match pcap.record_header_len {
        MODIFIED_LEN | SUSE_LEN => {
            let byte = |at| u64::from(rest.get(at).copied().unwrap_or(0));
            let mut fields = vec![
                field(0, "ifindex", Value::U64(u64::from(reader.u32(0).unwrap_or(0)))),
                field(1, "protocol", Value::Bits(u64::from(reader.u16(4).unwrap_or(0)))),
                field(2, "pkt_type", Value::U64(byte(6))),
            ];
            if pcap.record_header_len == SUSE_LEN {
                fields.push(field(3, "cpu1", Value::U64(byte(7))));
                fields.push(field(4, "cpu2", Value::U64(byte(8))));
            }
            fields
        }
        NOKIA_LEN => vec![field(0, "nokia", Value::Bytes(rest))],
        _ => Vec::new(),
    }
}
