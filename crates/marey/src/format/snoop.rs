//! snoop, the format of the Solaris program of that name.
//!
//! Source: RFC 1761 (version 2). All numbers are big-endian.
//!
//! A file header of 16 bytes, then records: a header of 24 bytes, the captured bytes, and padding.
//! Nothing in a record marks its start: see `search`.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::sync::Arc;

use super::search::{self, Chain, Grade};
use super::{
    Cut, Decode, Format, Frame, Framed, Kind as FormatKind, RECORD_LEN_MAX, Reader, Recognised,
    Walk,
};
use crate::error::{Error, ErrorKind};
use crate::meta::{Field, Item, Text, Value};
use crate::record::{Head, Kind};
use crate::scene::{ByteOrder, Interface, Scene};
use crate::time::{RawTime, Resolution};
use crate::wire::LinkType;

/// How the format is recognised, and what it is called.
pub const KIND: FormatKind =
    FormatKind { name: "snoop", aliases: &[], description: "Solaris snoop (RFC 1761)", recognise };

const MAGIC: &[u8; 8] = b"snoop\0\0\0";

// Offsets in the file header (RFC 1761, "file header").
const VERSION: usize = 8;
const DATALINK: usize = 12;
const FILE_HEADER_LEN: usize = 16;

// Offsets in a record header (RFC 1761, "packet record format").
const ORIGINAL: usize = 0;
const INCLUDED: usize = 4;
const RECORD_LEN: usize = 8;
const DROPS: usize = 12;
const SECONDS: usize = 16;
const MICROSECONDS: usize = 20;
const HEADER_LEN: usize = 24;

/// The largest captured length that is believed.
const CAPTURED_LEN_MAX: u32 = 262_144;
/// The longest padding that is not strange.
const PAD_LEN_MAX: u32 = 256;

/// The link type of packets of a datalink that no link type stands for.
pub const LINK_UNKNOWN: LinkType = LinkType(u16::MAX);

/// A snoop file, as its header describes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Snoop {
    datalink: u32,
}

/// The link type of a datalink (RFC 1761 and Solaris' `sys/dlpi.h`), if there is one whose packets
/// begin with the same bytes.
fn link_type(datalink: u32) -> Option<LinkType> {
    Some(LinkType(match datalink {
        0 | 4 => 1,  // IEEE 802.3, Ethernet
        2 => 6,      // IEEE 802.5 Token Ring
        8 => 10,     // FDDI
        9 | 14 => 0, // "other" and loopback: BSD's null
        16 => 122,   // RFC 2625 IP over Fibre Channel
        0x12 => 123, // ATM with the 4 bytes of SunATM
        _ => return None,
    }))
}

/// Whether these first bytes are snoop, of the version that is read.
fn recognise(bytes: &[u8], end: bool) -> Recognised {
    let there = bytes.len().min(MAGIC.len());
    if bytes.get(..there) != MAGIC.get(..there) || (end && there < MAGIC.len()) {
        return Recognised::No;
    }
    let reader = Reader::new(bytes, ByteOrder::Big);
    let (version, datalink) = match (reader.u32(VERSION), reader.u32(DATALINK)) {
        (Some(version), Some(datalink)) => (version, datalink),
        _ if !end => return Recognised::More(FILE_HEADER_LEN),
        _ => {
            return Recognised::Refused(Error::new(ErrorKind::Truncated(format!(
                "a snoop file header of {FILE_HEADER_LEN} bytes, {} of them are there",
                bytes.len()
            ))));
        }
    };
    match version {
        2 => Recognised::Yes(Arc::new(Snoop { datalink })),
        3..=5 => Recognised::Refused(Error::new(ErrorKind::Unsupported(format!(
            "a Shomiti or Finisar Surveyor capture (snoop version {version}); snoop version 2 is \
             read"
        )))),
        _ => Recognised::Refused(Error::new(ErrorKind::Unsupported(format!(
            "snoop version {version}; version 2 is read"
        )))),
    }
}

/// What a record header says.
#[derive(Clone, Copy)]
struct Header {
    original: u32,
    included: u32,
    len: u32,
    drops: u32,
    seconds: u32,
    microseconds: u32,
}

impl Header {
    #[inline(always)]
    fn read(bytes: &[u8], at: usize) -> Option<Self> {
        let header = bytes.get(at..)?.first_chunk::<HEADER_LEN>()?;
        let reader = Reader::new(header, ByteOrder::Big);
        Some(Header {
            original: reader.u32(ORIGINAL)?,
            included: reader.u32(INCLUDED)?,
            len: reader.u32(RECORD_LEN)?,
            drops: reader.u32(DROPS)?,
            seconds: reader.u32(SECONDS)?,
            microseconds: reader.u32(MICROSECONDS)?,
        })
    }

    /// How many bytes follow the captured ones; `None` if the record is too short for them.
    #[inline(always)]
    fn pad_len(&self) -> Option<u32> {
        self.len.checked_sub(HEADER_LEN as u32)?.checked_sub(self.included)
    }

    /// Whether the lengths of a header confirm one another: the record is as long as it must be, or
    /// rounded up to 4 bytes.
    #[inline(always)]
    fn is_sure(&self) -> bool {
        let rounded_up = |pad| pad == 0 || (pad < 4 && self.len.is_multiple_of(4));
        self.pad_len().is_some_and(rounded_up) && self.included != 0 && self.is_in_range()
    }

    #[inline(always)]
    fn is_in_range(&self) -> bool {
        self.included <= self.original
            && self.included <= CAPTURED_LEN_MAX
            && self.original <= RECORD_LEN_MAX as u32
            && self.microseconds < 1_000_000
    }

    fn time_ns(&self) -> i64 {
        i64::from(self.seconds) * 1_000_000_000 + i64::from(self.microseconds) * 1000
    }
}

impl Snoop {
    fn link(&self) -> LinkType {
        link_type(self.datalink).unwrap_or(LINK_UNKNOWN)
    }

    /// Keeps what later records are judged by, and the count of drops, which only grows.
    fn note(&self, header: Header, cut: &mut Cut) {
        cut.carry[1] = u64::from(header.seconds) + 1;
        cut.lost_by_packets = cut.lost_by_packets.max(u64::from(header.drops));
    }

    fn file_header(&self, window: &[u8], end: bool, cut: &Cut, out: &mut Framed) -> Option<Walk> {
        if cut.offset + out.consumed as u64 >= FILE_HEADER_LEN as u64 {
            return None;
        }
        if window.len() < FILE_HEADER_LEN && !end {
            return Some(Walk::More(FILE_HEADER_LEN));
        }
        let len = FILE_HEADER_LEN.min(window.len());
        out.account.header += len as u64;
        out.consumed += len;
        None
    }
}

impl Frame for Snoop {
    fn frame(&self, window: &[u8], end: bool, cut: &mut Cut, out: &mut Framed) -> Walk {
        if let Some(walk) = self.file_header(window, end, cut, out) {
            return walk;
        }
        search::walk(self, window, end, cut, out)
    }
}

impl Chain for Snoop {
    fn head_len(&self) -> usize {
        HEADER_LEN
    }

    fn grade(&self, bytes: &[u8], at: usize, _: &Cut) -> Grade {
        let Some(header) = Header::read(bytes, at) else {
            return Grade::Invalid("no record header");
        };
        let len = header.len as usize;
        match header.pad_len() {
            None => Grade::Invalid("the record length is smaller than its header and packet"),
            Some(_) if header.included > CAPTURED_LEN_MAX => {
                Grade::Invalid("captured length is over the maximum")
            }
            Some(_) if len > RECORD_LEN_MAX => Grade::Invalid("record length is over the maximum"),
            Some(_) if header.is_sure() => Grade::Sure(len),
            Some(pad) if header.is_in_range() && pad <= PAD_LEN_MAX => Grade::Sound(len),
            Some(_) => Grade::Odd(len),
        }
    }

    fn seconds(&self, bytes: &[u8], at: usize) -> Option<u64> {
        Header::read(bytes, at).map(|header| u64::from(header.seconds))
    }

    fn last_seconds(&self, cut: &Cut) -> Option<u64> {
        cut.carry[1].checked_sub(1)
    }

    fn other_ends(&self, bytes: &[u8], _: &Cut) -> [Option<usize>; 2] {
        let Some(header) = Header::read(bytes, 0) else { return [None; 2] };
        let end_of = |captured: u32| {
            let end = HEADER_LEN + captured as usize;
            (captured <= CAPTURED_LEN_MAX).then_some(end.next_multiple_of(4))
        };
        [end_of(header.included), end_of(header.original)]
    }

    fn walk_sure(&self, window: &[u8], cut: &mut Cut, out: &mut Framed) {
        while let Some(header) = Header::read(window, out.consumed) {
            let len = header.len as usize;
            if !header.is_sure() || window.len() - out.consumed < len {
                break;
            }
            self.note(header, cut);
            out.packet(len);
        }
    }

    fn take(&self, window: &[u8], len: usize, cut: &mut Cut, out: &mut Framed) {
        if let Some(header) = Header::read(window, out.consumed) {
            self.note(header, cut);
        }
        out.packet(len);
    }
}

impl Decode for Snoop {
    fn decode(&self, bytes: &[u8], starts: &[u32], _: &mut Scene, heads: &mut Vec<Head>) {
        let link = self.link();
        heads.extend(starts.iter().map(|&start| {
            let header = Header::read(bytes, start as usize);
            Head {
                time: header.map_or(0, |h| h.time_ns()),
                start,
                body: start + HEADER_LEN as u32,
                captured: header.map_or(0, |h| h.included),
                wire: header.map_or(0, |h| h.original),
                interface: 0,
                link,
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
        let Some(header) = Header::read(bytes, 0) else { return Vec::new() };
        let value = Value::U64(u64::from(header.drops));
        vec![Field { code: 0, name: "cumulative_drops", part: "", value }]
    }

    fn raw_time(&self, bytes: &[u8], _: &Scene) -> Option<RawTime> {
        let header = Header::read(bytes, 0)?;
        let value = u64::from(header.seconds) * 1_000_000 + u64::from(header.microseconds);
        Some(RawTime { value, resolution: Resolution::MICRO, offset_s: 0 })
    }
}

impl Format for Snoop {
    fn name(&self) -> &'static str {
        KIND.name
    }

    fn variant(&self) -> String {
        format!("version 2, datalink {}", self.datalink)
    }

    /// The interface of a file whose datalink has no link type is described by its number.
    fn start(&self) -> Cut {
        let link_type = link_type(self.datalink);
        let unknown = || Text::new(format!("datalink {}", self.datalink).as_bytes());
        let description = link_type.is_none().then(unknown);
        let interface = Interface { link_type, description, ..Interface::new(0) };
        Cut::at_start(Scene::of_file(ByteOrder::Big, (2, 0), interface))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::super::drive::{Driven, Random, drive, drive_alike, prod, recognised};
    use super::*;

    const SECONDS_0: u32 = 1_500_000_000;

    fn file(version: u32, datalink: u32, records: &[Vec<u8>]) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        file.extend(version.to_be_bytes());
        file.extend(datalink.to_be_bytes());
        file.extend(records.concat());
        file
    }

    fn record(number: u32, captured: usize, original: u32, pad: usize, drops: u32) -> Vec<u8> {
        let len = (HEADER_LEN + captured + pad) as u32;
        let numbers = [original, captured as u32, len, drops, SECONDS_0 + number, 999_000 + number];
        let mut record: Vec<u8> = numbers.iter().flat_map(|n| n.to_be_bytes()).collect();
        record.extend((0..captured).map(|i| (i as u8).wrapping_mul(7) | 0x81));
        record.resize(len as usize, 0);
        record
    }

    fn ten() -> Vec<Vec<u8>> {
        (0..10).map(|n| record(n, 50 + n as usize, 60, (6 - n as usize % 4) % 4, n / 2)).collect()
    }

    fn walk(bytes: &[u8]) -> Driven {
        drive_alike(&Snoop { datalink: 4 }, bytes)
    }

    #[test]
    fn is_recognised() {
        let file = file(2, 4, &ten());
        for len in 0..FILE_HEADER_LEN {
            assert_eq!(recognised(&KIND, &file[..len], false), "more 16");
        }
        assert_eq!(recognised(&KIND, &file[..16], false), "yes");
        assert_eq!(recognised(&KIND, b"snoopy\0\0", false), "no");
        assert_eq!(recognised(&KIND, b"sno", true), "no");
        assert!(recognised(&KIND, &file[..12], true).starts_with("refused: a snoop file header"));
        for version in 3..=5 {
            let refused = recognised(&KIND, &super::tests::file(version, 4, &[]), false);
            assert!(refused.contains("Shomiti"), "{refused}");
        }
        let refused = recognised(&KIND, &super::tests::file(1, 4, &[]), false);
        assert_eq!(refused, "refused: snoop version 1; version 2 is read");
    }

    #[test]
    fn packets_have_times_lengths_and_links() {
        let records = ten();
        let file = file(2, 4, &records);
        let walked = walk(&file);
        assert_eq!(walked.heads.len(), 10);
        assert_eq!(walked.account.header, 16);
        assert_eq!(walked.account.packets, file.len() as u64 - 16);
        assert_eq!(walked.cut.source_lost(), 4);
        let head = walked.heads[3];
        assert_eq!(head.time, i64::from(SECONDS_0 + 3) * 1_000_000_000 + 999_003_000);
        assert_eq!((head.captured, head.wire, head.interface), (53, 60, 0));
        assert_eq!(head.body, head.start + 24);
        assert_eq!(head.link, LinkType(1));
        let snoop = Snoop { datalink: 4 };
        let raw = snoop.raw_time(&records[3], &Scene::default()).unwrap();
        assert_eq!(raw.resolution.time(raw.value, 0).unwrap().as_ns(), head.time);
        let options = snoop.packet_options(&records[9], &Scene::default());
        assert_eq!(options[0].value, Value::U64(4));
    }

    #[test]
    fn datalinks_have_link_types() {
        let links = [(0, 1), (2, 6), (4, 1), (8, 10), (9, 0), (14, 0), (16, 122), (18, 123)];
        for (datalink, link) in links {
            assert_eq!(Snoop { datalink }.link(), LinkType(link));
        }
        let unknown = Snoop { datalink: 5 };
        assert_eq!(unknown.link(), LINK_UNKNOWN);
        let start = unknown.start();
        let interface = start.scene.interface(0).unwrap();
        assert_eq!(interface.link_type, None);
        assert_eq!(interface.description(), Some("datalink 5"));
    }

    #[test]
    fn a_cut_costs_the_record_it_is_in() {
        let records = ten();
        let whole = file(2, 4, &records);
        let starts = walk(&whole).starts;
        for len in FILE_HEADER_LEN..whole.len() {
            let walked = walk(&whole[..len]);
            let whole_records = starts[1..].iter().filter(|&&next| next <= len as u64).count();
            assert_eq!(walked.starts, starts[..whole_records], "cut at {len}");
            let between = len == FILE_HEADER_LEN || starts.contains(&(len as u64));
            assert_eq!(walked.damage.len(), usize::from(!between), "cut at {len}");
        }
    }

    #[test]
    fn a_wrong_byte_in_lengths_costs_that_record_at_most() {
        let whole = file(2, 4, &ten());
        let starts = walk(&whole).starts;
        for broken in 1..8 {
            for at in 0..12 {
                for flip in [0x01, 0x10, 0x80, 0xff] {
                    let mut bytes = whole.clone();
                    bytes[starts[broken] as usize + at] ^= flip;
                    let walked = walk(&bytes);
                    let missing = starts.iter().filter(|s| !walked.starts.contains(s)).count();
                    assert!(missing <= 1, "record {broken}, byte {at} ^ {flip:#x}: {missing}");
                    let starts = starts.iter().filter(|&s| *s != starts[broken]);
                    assert!(starts.clone().all(|s| walked.starts.contains(s)));
                    assert!(walked.starts.len() <= 10);
                }
            }
        }
    }

    #[test]
    fn nothing_panics() {
        let mut random = Random(7);
        let whole = file(2, 4, &ten());
        for round in 0..300 {
            let len = random.next() as usize % 600;
            let noise = random.bytes(len);
            prod(&KIND, &Snoop { datalink: 4 }, &noise);
            let mut bytes = whole.clone();
            for _ in 0..=round % 5 {
                let at = random.next() as usize % bytes.len();
                bytes[at] = random.next() as u8;
            }
            prod(&KIND, &Snoop { datalink: 4 }, &bytes);
        }
    }

    #[test]
    fn samples_have_the_packets_that_capinfos_counts() {
        let Some(folder) = std::env::var_os("MAREY_SAMPLES") else {
            println!("skipped: MAREY_SAMPLES is not set");
            return;
        };
        let samples = [
            ("ppp-solaris.snoop", 250, 23_335, 911_274_719_885_516_000, 911_274_726_499_893_000),
            (
                "x-100p-snoop.snoop",
                100,
                30_960,
                1_095_292_801_000_721_000,
                1_095_292_801_028_488_000,
            ),
        ];
        for (name, packets, bytes, first, last) in samples {
            let path = std::path::Path::new(&folder).join("snoop").join(name);
            let file = std::fs::read(path).expect("a sample");
            let Recognised::Yes(format) = recognise(&file, true) else { panic!("{name}") };
            let walked = drive(&*format, &file, None);
            assert_eq!(walked.heads.len(), packets, "{name}");
            assert_eq!(walked.heads.iter().map(|h| u64::from(h.wire)).sum::<u64>(), bytes);
            assert_eq!(walked.heads.first().map(|h| h.time), Some(first));
            assert_eq!(walked.heads.last().map(|h| h.time), Some(last));
            assert_eq!(walked.damage, []);
        }
    }
}
