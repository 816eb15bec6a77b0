//! Damaged traces: one kind of damage each, in the middle or at the end of a sound trace.

use super::{small, time_ns, traffic};
use crate::testing::erf::{Erf, Head, extension};
use crate::testing::pcapng::{ETHERNET, Length, Name, Pcapng, option as o};
use crate::testing::{Made, Order, What};

/// A damaged trace and its name, which ends in its format's.
type Bad = (&'static str, Vec<u8>);

/// Every damaged trace.
pub fn damaged() -> Vec<Bad> {
    let mut all = pcap();
    all.extend(pcapng_cut());
    all.extend(pcapng_blocks());
    all.extend(pcapng_options());
    all.extend(erf());
    all.extend(snoop());
    all
}

fn sound(name: &str) -> Made {
    small(name).expect("a ready-made trace of this name")
}

/// The trace with these bytes from `at` on.
fn with(made: &Made, at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut out = made.bytes.clone();
    out[at..at + bytes.len()].copy_from_slice(bytes);
    out
}

/// The trace with its `n`-th packet changed: these bytes from `at` on in the packet's record.
fn in_packet(made: &Made, n: usize, at: usize, bytes: &[u8]) -> Vec<u8> {
    let packet = made.packets().nth(n).expect("a packet of this number");
    with(made, packet.range.start + at, bytes)
}

/// The trace with every bit of `len` bytes flipped, in the middle.
fn flipped(made: &Made, len: usize) -> Vec<u8> {
    let middle = made.bytes.len() / 2;
    let bytes: Vec<u8> = made.bytes[middle..middle + len].iter().map(|byte| !byte).collect();
    with(made, middle, &bytes)
}

/// The trace without its last `len` bytes.
fn cut(made: &Made, len: usize) -> Vec<u8> {
    made.bytes[..made.bytes.len() - len].to_vec()
}

/// The trace up to `len` bytes into its last record.
fn cut_in_last(made: &Made, len: usize) -> Vec<u8> {
    let last = made.records.last().expect("a record");
    made.bytes[..last.range.start + len].to_vec()
}

/// The trace with bytes behind it that are no record.
fn trailing(made: &Made) -> Vec<u8> {
    [&made.bytes[..], b"\xFE\xED\xFA\xCEthis is not a record, but it stands behind the last one"]
        .concat()
}

fn pcap() -> Vec<Bad> {
    let le = sound("le-us.pcap");
    let be = sound("be-ns.pcap");
    let ixia = sound("ixia-hardware-le.pcap");
    vec![
        ("nothing.pcap", Vec::new()),
        ("header-cut.pcap", le.bytes[..10].to_vec()),
        ("cut-in-data.pcap", cut(&le, 7)),
        ("cut-in-record-header.pcap", cut_in_last(&le, 9)),
        ("huge-length.pcap", in_packet(&le, 5, 8, &0xFFFF_FFF0_u32.to_le_bytes())),
        ("long-length.pcap", in_packet(&be, 5, 8, &5000_u32.to_be_bytes())),
        ("zero-length.pcap", in_packet(&be, 5, 8, &[0; 4])),
        ("captured-over-wire.pcap", in_packet(&le, 4, 12, &20_u32.to_le_bytes())),
        ("fraction-over-a-second.pcap", in_packet(&le, 4, 4, &1_000_000_u32.to_le_bytes())),
        ("flipped.pcap", flipped(&le, 64)),
        ("flipped-record-header.pcap", in_packet(&be, 6, 0, &[0xFF; 16])),
        ("trailing.pcap", trailing(&le)),
        ("hole.pcap", hole(&le)),
        ("magic-reserved.pcap", with(&le, 0, &0xA1B2_34CD_u32.to_le_bytes())),
        ("magic-navtel.pcap", with(&le, 0, &0xA12B_3C4D_u32.to_le_bytes())),
        ("magic-bpf-program.pcap", with(&le, 0, &0xA1B2_C3CB_u32.to_le_bytes())),
        ("version-9-9.pcap", with(&le, 4, &[9, 0, 9, 0])),
        ("link-type-reserved-bits.pcap", with(&le, 22, &[0x55, 0x00])),
        ("ixia-wrong-total.pcap", with(&ixia, 24, &[1, 0, 0, 0])),
    ]
}

/// The trace without one record's last 20 bytes.
fn hole(made: &Made) -> Vec<u8> {
    let packet = made.packets().nth(5).expect("a sixth packet");
    let mut out = made.bytes.clone();
    out.drain(packet.range.end - 20..packet.range.end);
    out
}

/// Damage to where blocks end.
fn pcapng_cut() -> Vec<Bad> {
    let le = sound("le.pcapng");
    let be = sound("be.pcapng");
    let known = sound("section-length-le.pcapng");
    let sections = sound("sections.pcapng");
    let second = sections.records.iter().filter(|r| r.what == What::Meta("section")).nth(1);
    let second = second.expect("a second section").range.start;
    let trailer = le.packets().nth(4).expect("a fifth packet").range.end - 4;
    vec![
        ("nothing.pcapng", Vec::new()),
        ("header-cut.pcapng", le.bytes[..12].to_vec()),
        ("cut-in-data.pcapng", cut(&le, 21)),
        ("cut-in-block-header.pcapng", cut_in_last(&be, 6)),
        ("cut-in-trailer.pcapng", cut(&le, 2)),
        ("trailer-mismatch.pcapng", with(&le, trailer, &[0x44, 0, 0, 0])),
        ("length-odd.pcapng", in_packet(&le, 4, 4, &[0x61, 0, 0, 0])),
        ("length-zero.pcapng", in_packet(&le, 4, 4, &[0; 4])),
        ("length-eight.pcapng", in_packet(&be, 4, 4, &[0, 0, 0, 8])),
        ("length-huge.pcapng", in_packet(&be, 4, 4, &[0xFF, 0xFF, 0xFF, 0xF0])),
        ("flipped.pcapng", flipped(&le, 64)),
        ("flipped-block-header.pcapng", in_packet(&be, 5, 0, &[0xFF; 8])),
        ("trailing.pcapng", trailing(&le)),
        ("hole.pcapng", hole(&le)),
        ("section-too-long.pcapng", with(&known, 16, &0x1000_0000_u64.to_le_bytes())),
        ("section-too-short.pcapng", with(&known, 16, &100_u64.to_le_bytes())),
        ("section-negative.pcapng", with(&known, 16, &(-2_i64).to_le_bytes())),
        ("section-length-huge.pcapng", with(&known, 16, &(i64::MAX as u64).to_le_bytes())),
        ("second-section-magic.pcapng", with(&sections, second + 8, &[9, 9, 9, 9])),
        ("magic.pcapng", with(&le, 8, &[0x1A, 0x2B, 0x3C, 0x4E])),
        ("version-7.pcapng", with(&le, 12, &[7, 0])),
        ("text-mode.pcapng", text_mode(&le)),
        ("text-mode-stripped.pcapng", text_mode_back(&le)),
    ]
}

/// The trace after a transfer that took it for text: each line feed has become two bytes.
fn text_mode(made: &Made) -> Vec<u8> {
    let double = |byte: &u8| if *byte == b'\n' { vec![b'\r', b'\n'] } else { vec![*byte] };
    made.bytes.iter().flat_map(double).collect()
}

/// The same in the other direction: carriage returns before line feeds are gone.
fn text_mode_back(made: &Made) -> Vec<u8> {
    let next = made.bytes.iter().skip(1).chain([&0]);
    let kept =
        made.bytes.iter().zip(next).filter(|(byte, next)| (**byte, **next) != (b'\r', b'\n'));
    kept.map(|(byte, _)| *byte).collect()
}

/// A section with an interface, what `fill` adds, and two sound packets.
fn around(fill: impl FnOnce(&mut Pcapng)) -> Vec<u8> {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    file.interface(ETHERNET, 0, &[]);
    fill(&mut file);
    for (time_ns, frame) in traffic(700, 2) {
        file.packet(0, time_ns, &frame, &[]);
    }
    file.finish().bytes
}

/// Blocks that contradict themselves or others.
fn pcapng_blocks() -> Vec<Bad> {
    let le = sound("le.pcapng");
    let mut early = Pcapng::new();
    early.section(Order::Little, Length::Unknown, &[]);
    early.packet(0, time_ns(0), &[0x11; 60], &[]);
    early.interface(ETHERNET, 0, &[]);
    early.packet(0, time_ns(1), &[0x22; 60], &[]);
    let mut simple = Pcapng::new();
    simple.section(Order::Big, Length::Unknown, &[]);
    simple.simple_packet(&[0x11; 60]);
    simple.interface(ETHERNET, 0, &[]);
    simple.simple_packet(&[0x22; 60]);
    let unnamed = Name::Raw(1, &[192, 0, 2, 1, b'n', b'o', b' ', b'n', b'u', b'l']);
    let short = Name::Raw(1, &[192, 0]);
    vec![
        ("captured-over-block.pcapng", in_packet(&le, 4, 20, &5000_u32.to_le_bytes())),
        ("captured-huge.pcapng", in_packet(&le, 4, 20, &0xFFFF_FFFC_u32.to_le_bytes())),
        ("captured-over-wire.pcapng", in_packet(&le, 4, 24, &20_u32.to_le_bytes())),
        ("interface-unknown.pcapng", in_packet(&le, 4, 8, &9_u32.to_le_bytes())),
        ("packet-before-interface.pcapng", early.finish().bytes),
        ("simple-before-interface.pcapng", simple.finish().bytes),
        ("packet-block-short.pcapng", around(|file| file.unknown(6, &[0; 12]))),
        ("simple-block-empty.pcapng", around(|file| file.unknown(3, &[]))),
        ("interface-block-short.pcapng", around(|file| file.unknown(1, &[1, 0, 0, 0]))),
        ("statistics-block-short.pcapng", around(|file| file.unknown(5, &[0; 4]))),
        ("secrets-over-block.pcapng", around(|file| file.unknown(10, &[0x7F; 16]))),
        ("custom-block-empty.pcapng", around(|file| file.unknown(0xBAD, &[]))),
        ("name-without-nul.pcapng", around(|file| file.names(&[unnamed], &[]))),
        ("name-short.pcapng", around(|file| file.names(&[short], &[]))),
        ("names-without-end.pcapng", around(|file| file.unknown(4, &[1, 0, 5, 0, 192, 0, 2, 1]))),
        ("names-over-block.pcapng", around(|file| file.unknown(4, &[1, 0, 200, 0, 192, 0, 2, 1]))),
    ]
}

/// Options that are not as the draft has them.
fn pcapng_options() -> Vec<Bad> {
    let interface = |options: &[o::Opt]| {
        around(|file| {
            file.interface(ETHERNET, 0, options);
        })
    };
    let packet = |options: &[o::Opt]| around(|file| file.packet(0, time_ns(0), &[9; 60], options));
    // An interface's body whose option claims 500 bytes.
    let overrun = [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0xF4, 1, b'l', b'a', b'n', b'0'];
    vec![
        ("option-over-block.pcapng", around(|file| file.unknown(1, &overrun))),
        ("option-header-cut.pcapng", around(|file| file.unknown(1, &overrun[..8 + 2]))),
        ("resolution-2-bytes.pcapng", interface(&[o::raw(9, &[9, 9])])),
        ("resolution-too-fine.pcapng", interface(&[o::raw(9, &[0x7F])])),
        ("resolution-too-fine-binary.pcapng", interface(&[o::raw(9, &[0xFF])])),
        ("resolution-twice.pcapng", interface(&[o::raw(9, &[9]), o::raw(9, &[6])])),
        ("offset-4-bytes.pcapng", interface(&[o::raw(14, &[1, 0, 0, 0])])),
        ("speed-4-bytes.pcapng", interface(&[o::raw(8, &[1, 0, 0, 0])])),
        ("ipv4-4-bytes.pcapng", interface(&[o::raw(4, &[192, 0, 2, 1])])),
        ("filter-empty.pcapng", interface(&[o::raw(11, &[])])),
        ("name-not-utf8.pcapng", interface(&[o::raw(2, &[b'l', 0xFF, 0xFE, b'n'])])),
        ("name-with-nul.pcapng", interface(&[o::raw(2, b"lan0\0behind")])),
        ("flags-2-bytes.pcapng", packet(&[o::raw(2, &[1, 0])])),
        ("dropcount-4-bytes.pcapng", packet(&[o::raw(4, &[1, 0, 0, 0])])),
        ("verdict-empty.pcapng", packet(&[o::raw(7, &[])])),
        ("hash-short.pcapng", packet(&[o::raw(3, &[3, 1, 2])])),
        ("custom-option-short.pcapng", packet(&[o::raw(2988, &[1, 2])])),
    ]
}

fn erf() -> Vec<Bad> {
    let plain = sound("ethernet.erf");
    let tags = sound("provenance.erf");
    let mut chain = Erf::new();
    for (index, (time_ns, frame)) in traffic(710, 6).enumerate() {
        let extensions = vec![extension::host_id(1, 2); usize::from(index == 3) * 2];
        chain.record(&Head { extensions, ..Head::at(time_ns) }, &frame[..46]);
    }
    let chain = chain.finish();
    let first_tag_len = 16 + 8 + 2;
    vec![
        ("nothing.erf", Vec::new()),
        ("header-cut.erf", plain.bytes[..10].to_vec()),
        ("cut-in-data.erf", cut(&plain, 9)),
        ("cut-in-record-header.erf", cut_in_last(&plain, 11)),
        ("length-zero.erf", in_packet(&plain, 5, 10, &[0, 0])),
        ("length-15.erf", in_packet(&plain, 5, 10, &[0, 15])),
        ("length-long.erf", in_packet(&plain, 5, 10, &[0xFF, 0xFF])),
        ("type-unknown.erf", in_packet(&plain, 5, 8, &[0x7E])),
        ("extensions-without-end.erf", in_packet(&chain, 3, 24, &[0x91])),
        ("extensions-over-record.erf", in_packet(&plain, 5, 8, &[0x82])),
        ("flipped.erf", flipped(&plain, 64)),
        ("flipped-record-header.erf", in_packet(&plain, 6, 0, &[0xFF; 16])),
        ("trailing.erf", trailing(&plain)),
        ("hole.erf", hole(&plain)),
        ("tag-over-record.erf", with(&tags, first_tag_len, &[0x7F, 0xFF])),
        ("time-back.erf", in_packet(&plain, 6, 4, &[0, 0, 0, 1])),
    ]
}

fn snoop() -> Vec<Bad> {
    let plain = sound("ethernet.snoop");
    vec![
        ("nothing.snoop", Vec::new()),
        ("header-cut.snoop", plain.bytes[..12].to_vec()),
        ("cut-in-data.snoop", cut(&plain, 7)),
        ("cut-in-record-header.snoop", cut_in_last(&plain, 20)),
        ("version-1.snoop", with(&plain, 8, &[0, 0, 0, 1])),
        ("version-3.snoop", with(&plain, 8, &[0, 0, 0, 3])),
        ("record-length-zero.snoop", in_packet(&plain, 4, 8, &[0; 4])),
        ("record-length-huge.snoop", in_packet(&plain, 4, 8, &[0xFF; 4])),
        ("captured-over-record.snoop", in_packet(&plain, 4, 4, &[0, 0, 0x40, 0])),
        ("flipped.snoop", flipped(&plain, 64)),
        ("trailing.snoop", trailing(&plain)),
        ("hole.snoop", hole(&plain)),
    ]
}
