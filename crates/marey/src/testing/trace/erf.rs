//! ERF: every type, extension header, section and tag.

use super::{Named, mix, time_ns, traffic};
use crate::testing::erf::meta::{self, Section, Tag};
use crate::testing::erf::{Erf, Head, extension, kind, shape, timestamp};
use crate::testing::pcap::{Config, Variant};
use crate::testing::rng::Rng;
use crate::testing::{Made, Order, frames};

pub(super) fn all() -> Vec<Named> {
    vec![
        ("ethernet.erf", ethernet().finish()),
        ("every-type.erf", every_type()),
        ("extensions.erf", extensions()),
        ("colors.erf", colors()),
        ("channels.erf", channels()),
        ("padding.erf", padding()),
        ("unaligned.erf", unaligned()),
        ("snapped.erf", snapped()),
        ("provenance.erf", provenance().finish()),
        ("every-tag.erf", every_tag()),
        ("anchors.erf", anchors().finish()),
        ("erf-in-le-ns.pcap", ethernet().into_pcap(Config::new(Variant::Nanos, Order::Little))),
        ("erf-in-be-us.pcap", anchors().into_pcap(Config::new(Variant::Micros, Order::Big))),
    ]
}

/// A frame as a DAG card sees it: with its FCS, and no shorter than Ethernet allows.
fn with_fcs(frame: Vec<u8>) -> Vec<u8> {
    frames::with_fcs(&frames::padded(frame))
}

fn ethernet() -> Erf {
    let mut erf = Erf::new();
    for (index, (time_ns, frame)) in traffic(600, 12).enumerate() {
        let lost = if index == 5 { 3 } else { 0 };
        let flags = Head::at(0).flags | (index % 4) as u8;
        erf.record(&Head { flags, color: lost, ..Head::at(time_ns) }, &with_fcs(frame));
    }
    erf
}

/// One record of each type, but for the two that are no packets and for the one from before ERF.
fn every_type() -> Made {
    let mut erf = Erf::new();
    let mut rng = Rng::new(601);
    let frames = mix::frames();
    let (v4, v6) = (&frames[7], &frames[18]);
    let packets = kind::ALL
        .iter()
        .filter(|(_, kind)| !matches!(*kind, kind::LEGACY | kind::META | kind::PAD));
    for (index, (_, kind)) in packets.enumerate() {
        let payload = match *kind {
            kind::ETH | kind::COLOR_ETH | kind::DSM_COLOR_ETH | kind::COLOR_HASH_ETH => {
                with_fcs(v4.clone())
            }
            kind::IPV4 => v4[14..].to_vec(),
            kind::IPV6 => v6[14..].to_vec(),
            kind::HDLC_POS
            | kind::COLOR_HDLC_POS
            | kind::DSM_COLOR_HDLC_POS
            | kind::COLOR_HASH_POS
            | kind::MC_HDLC
            | kind::COLOR_MC_HDLC_POS => [&[0xFF, 3, 0, 0x21], &v4[14..], &[0; 4]].concat(),
            kind::ATM | kind::MC_ATM => rng.bytes(52),
            _ => rng.bytes(64),
        };
        let head = Head { sub_header: [0, 0, 0, 1], ..Head::of(*kind, time_ns(index)) };
        erf.record(&head, &payload);
    }
    erf.finish()
}

/// Each kind of extension header, alone and in chains.
fn extensions() -> Made {
    let mut erf = Erf::new();
    let mut chain = vec![extension::host_id(1, 0x00A1_B2C3_D4E5)];
    for (index, (time_ns, frame)) in traffic(602, 14).enumerate() {
        let extensions = match extension::KINDS.get(index) {
            Some(kind) => {
                chain.push(extension::flow_id(1, 4, index as u32));
                vec![extension::raw(*kind, 0x0000_0100_0000 + index as u64)]
            }
            None => chain.clone(),
        };
        erf.record(&Head { extensions, ..Head::at(time_ns) }, &with_fcs(frame));
    }
    erf.finish()
}

/// The types whose loss counter is a colour.
fn colors() -> Made {
    let mut erf = Erf::new();
    let kinds = [kind::COLOR_ETH, kind::DSM_COLOR_ETH, kind::COLOR_HASH_ETH, kind::ETH];
    for (index, (time_ns, frame)) in traffic(603, 12).enumerate() {
        let color = index as u16 * 0x1111;
        let head = Head { color, ..Head::of(kinds[index % 4], time_ns) };
        erf.record(&head, &with_fcs(frame));
    }
    erf.finish()
}

/// The multichannel types, with channel numbers.
fn channels() -> Made {
    let mut erf = Erf::new();
    let kinds = [kind::MC_HDLC, kind::MC_ATM, kind::MC_AAL5, kind::MC_AAL2, kind::MC_RAW];
    let mut rng = Rng::new(604);
    for index in 0..10 {
        let len = if kinds[index % 5] == kind::MC_ATM { 52 } else { 40 + 4 * index };
        let sub_header = [0, 0, 0, index as u8];
        let head = Head { sub_header, ..Head::of(kinds[index % 5], time_ns(index)) };
        erf.record(&head, &rng.bytes(len));
    }
    erf.finish()
}

fn padding() -> Made {
    let mut erf = Erf::new();
    for (index, (time_ns, frame)) in traffic(605, 6).enumerate() {
        erf.record(&Head::at(time_ns), &with_fcs(frame));
        erf.padding(16 + 8 * index);
    }
    erf.finish()
}

/// Records whose length is a multiple of nothing.
fn unaligned() -> Made {
    let mut erf = Erf::new();
    for (time_ns, frame) in traffic(606, 8) {
        erf.record(&Head { align: 1, ..Head::at(time_ns) }, &with_fcs(frame));
    }
    erf.finish()
}

/// Records of which only the beginning is there.
fn snapped() -> Made {
    let mut erf = Erf::new();
    for (time_ns, frame) in traffic(607, 8) {
        let frame = with_fcs(frame);
        let wire_len = Some(frame.len() as u16);
        // 46 of payload fill the record up to a multiple of eight.
        erf.record(&Head { wire_len, ..Head::at(time_ns) }, &frame[..46]);
    }
    erf.finish()
}

/// What a capture says about itself at its beginning, and statistics between its packets.
fn provenance() -> Erf {
    let host = || vec![extension::host_id(1, 0x0000_0011_2233)];
    let mut erf = Erf::new();
    let before = Section { kind: None, tags: vec![meta::time(2, timestamp(time_ns(0)))] };
    let capture = [meta::text(12, "a capture"), meta::text(16, "marey"), meta::text(47, "1.0")];
    let the_host =
        [meta::text(18, "probe.example"), meta::text(17, "an OS"), meta::u64(40, 1 << 34)];
    let module = [meta::text(12, "dag0"), meta::text(20, "a card"), meta::text(22, "0042")];
    let port = |number: u8| {
        [
            meta::parent(0xFF02, 0),
            meta::u32(64, u32::from(number)),
            meta::text(12, ["port a", "port b"][usize::from(number)]),
            meta::text(13, "a socket"),
            meta::u64(66, 10_000_000_000),
            meta::raw(67, &[192, 0, 2, number + 1]),
            meta::raw(69, &[2, 0, 0, 0, 0, number]),
            meta::u32(8, 32),
        ]
    };
    let sections = [
        before.clone(),
        Section::new(0xFF00, 0, &capture),
        Section::new(0xFF01, 0, &the_host),
        Section::new(0xFF02, 0, &module),
        Section::new(0xFF03, 0, &port(0)),
        Section::new(0xFF03, 1, &port(1)),
    ];
    erf.meta(time_ns(0), host(), &sections);
    for (index, (time_ns, frame)) in traffic(608, 9).enumerate() {
        let flags = Head::at(0).flags | (index % 2) as u8;
        let head = Head { flags, extensions: host(), ..Head::at(time_ns) };
        erf.record(&head, &with_fcs(frame));
        if index % 3 == 2 {
            let drops = [meta::parent(0xFF03, 0), meta::u64(195, index as u64)];
            erf.meta(time_ns + 1000, host(), &[before.clone(), Section::new(0xFF05, 0, &drops)]);
        }
    }
    erf
}

/// Each section, and among them each tag that is known and one that is not.
fn every_tag() -> Made {
    let known = (1..0x0200).filter_map(|code| Some((code, shape::shape(code)?)));
    let mut tags: Vec<Tag> = known.map(|(code, shape)| shape::sample(code, shape)).collect();
    tags.push(meta::raw(0x0BAD, b"unknown"));
    let mut erf = Erf::new();
    let share = tags.len().div_ceil(meta::SECTIONS.len());
    let parts: Vec<_> = tags.chunks(share).collect();
    let section = |index: usize| {
        let (_, kind) = meta::SECTIONS[index];
        Section::new(kind, index as u16, parts.get(index).copied().unwrap_or_default())
    };
    for index in 0..meta::SECTIONS.len() {
        erf.meta(time_ns(index), vec![extension::host_id(2, 7)], &[section(index)]);
    }
    let all: Vec<_> = (0..meta::SECTIONS.len()).map(section).collect();
    erf.meta(time_ns(12), vec![], &all);
    for (index, (_, frame)) in traffic(609, 3).enumerate() {
        erf.record(&Head::at(time_ns(13 + index)), &with_fcs(frame));
    }
    erf.finish()
}

/// Packets with anchors, and comments on them: before, between and after.
fn anchors() -> Erf {
    let mut erf = Erf::new();
    let comment = |erf: &mut Erf, time_ns, anchor, text: &str| {
        let host = extension::host_id(1, 0x42);
        let extensions = vec![host, extension::anchor_id(true, anchor)];
        erf.meta(time_ns, extensions, &[Section::new(0xFF06, 0, &[meta::comment(text)])]);
    };
    comment(&mut erf, time_ns(0), 2, "said before its packet");
    for (index, (time_ns, frame)) in traffic(610, 6).enumerate() {
        let mut extensions = vec![extension::host_id(1, 0x42)];
        if index % 2 == 0 {
            extensions.push(extension::anchor_id(false, index as u64));
        }
        erf.record(&Head { extensions, ..Head::at(time_ns) }, &with_fcs(frame));
        if index == 3 {
            comment(&mut erf, time_ns, 0, "said after its packet");
        }
    }
    comment(&mut erf, time_ns(7), 4, "said at the end");
    erf
}
