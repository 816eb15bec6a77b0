//! Pcapng: every block, every option, sections.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Named, mix, pcapng_options, time_ns, traffic};
use crate::testing::pcapng::{ETHERNET, Length, Name, Pcapng, option as o};
use crate::testing::{Made, Order, frames};

/// The enterprise number that IANA reserves for examples and documentation.
pub(super) const EXAMPLE: u32 = 32_473;

pub(super) fn all() -> Vec<Named> {
    use Order::{Big, Little};
    vec![
        ("le.pcapng", plain(Little, Length::Unknown, 400)),
        ("be.pcapng", plain(Big, Length::Unknown, 401)),
        ("section-length-le.pcapng", plain(Little, Length::Known, 402)),
        ("section-length-be.pcapng", plain(Big, Length::Known, 403)),
        ("every-kind.pcapng", every_kind()),
        ("every-block-le.pcapng", every_block(Little, true)),
        ("every-block-be.pcapng", every_block(Big, true)),
        ("no-end-of-options.pcapng", every_block(Little, false)),
        ("every-option-le.pcapng", pcapng_options::every_option(Little)),
        ("every-option-be.pcapng", pcapng_options::every_option(Big)),
        ("obsolete-le.pcapng", obsolete(Little)),
        ("obsolete-be.pcapng", obsolete(Big)),
        ("simple.pcapng", simple(0)),
        ("simple-snapped.pcapng", simple(90)),
        ("sections.pcapng", sections()),
        ("interfaces.pcapng", interfaces()),
        ("late-interface.pcapng", late_interface()),
        ("names.pcapng", names()),
        ("nested.pcapng", nested()),
        ("minor-2.pcapng", minor_2()),
        ("no-packets.pcapng", no_packets()),
        ("section-only.pcapng", section_only()),
    ]
}

/// Packets and nothing else that could be left out.
fn plain(order: Order, length: Length, seed: u64) -> Made {
    let mut file = Pcapng::new();
    file.section(order, length, &[]);
    let lan = file.interface(ETHERNET, 0, &[]);
    for (time_ns, frame) in traffic(seed, 10) {
        file.packet(lan, time_ns, &frame, &[]);
    }
    file.finish()
}

fn every_kind() -> Made {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    let lan = file.interface(ETHERNET, 262_144, &[o::if_tsresol(9)]);
    for (index, frame) in mix::frames().iter().enumerate() {
        file.packet(lan, time_ns(index), frame, &[]);
    }
    file.finish()
}

/// Each block type once or more, most with a comment.
fn every_block(order: Order, end_of_options: bool) -> Made {
    let comment = |text: &str| [o::comment(text)];
    let mut file = Pcapng::new();
    file.end_of_options(end_of_options);
    file.section(order, Length::Known, &comment("a section"));
    let lan = file.interface(ETHERNET, 0, &comment("an interface"));
    file.secrets(0x544C_534B, b"CLIENT_RANDOM 00 00\n", &comment("TLS keys"));
    file.secrets(0x5747_4B4C, b"LOCAL_STATIC_PRIVATE_KEY = 0\n", &[]);
    let mut packets = traffic(410, 4);
    let (time, frame) = packets.next().expect("the first of four");
    file.packet(lan, time, &frame, &comment("a packet"));
    let names: &[_] = &[Name::V4(Ipv4Addr::new(192, 0, 2, 1), &["a.example"])];
    file.names(names, &comment("names"));
    let (_, frame) = packets.next().expect("the second of four");
    file.simple_packet(&frame);
    let (time, frame) = packets.next().expect("the third of four");
    file.obsolete_packet(lan as u16, 3, time, &frame, &comment("an obsolete packet"));
    file.statistics(lan, time_ns(5), &[o::isb_ifrecv(4), o::comment("statistics")]);
    file.journal(time_ns(6), &[("MESSAGE", "a journal entry"), ("PRIORITY", "6")]);
    file.custom(true, EXAMPLE, b"may be copied");
    file.custom(false, EXAMPLE, b"must not be copied");
    file.unknown(0x0000_0B0B, b"a type that no one knows");
    file.unknown(0x8000_0001, &[]);
    let (time, frame) = packets.next().expect("the fourth of four");
    file.packet(lan, time, &frame, &[]);
    file.finish()
}

fn obsolete(order: Order) -> Made {
    let mut file = Pcapng::new();
    file.section(order, Length::Unknown, &[]);
    file.interface(ETHERNET, 128, &[]);
    file.interface(ETHERNET, 0, &[o::if_tsresol(9)]);
    for (index, (time_ns, frame)) in traffic(430, 8).enumerate() {
        let drops = [0, 1, 0xFFFF][index % 3];
        file.obsolete_packet(index as u16 % 2, drops, time_ns, &frame, &[o::flags(1)]);
    }
    file.finish()
}

fn simple(snap_len: u32) -> Made {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    file.interface(ETHERNET, snap_len, &[]);
    for (_, frame) in traffic(440, 8) {
        file.simple_packet(&frame);
    }
    file.finish()
}

/// Four sections of different order, resolution, interfaces and knowledge of their length.
fn sections() -> Made {
    let mut file = Pcapng::new();
    let plan = [
        (Order::Little, Length::Unknown, 6, 1),
        (Order::Big, Length::Known, 9, 2),
        (Order::Little, Length::Known, 0x8A, 1),
        (Order::Big, Length::Unknown, 3, 3),
    ];
    let mut packets = traffic(450, 12);
    for (order, length, resolution, count) in plan {
        file.section(order, length, &[o::os("one of four")]);
        for number in 0..count {
            let options = [o::if_name(&format!("port{number}")), o::if_tsresol(resolution)];
            file.interface(ETHERNET, 0, &options);
        }
        for (index, (time_ns, frame)) in packets.by_ref().take(3).enumerate() {
            file.packet(index as u32 % count, time_ns, &frame, &[]);
        }
    }
    file.finish()
}

/// Interfaces of different link types and resolutions, taking turns.
fn interfaces() -> Made {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    let lan = file.interface(ETHERNET, 0, &[o::if_name("lan0"), o::if_tsresol(9)]);
    let ip = file.interface(101, 0, &[o::if_name("tun0"), o::if_tsresol(6)]);
    let snapped = file.interface(ETHERNET, 100, &[o::if_name("lan1"), o::if_tsresol(0x94)]);
    for (index, frame) in mix::frames().iter().skip(4).take(9).enumerate() {
        match index % 3 {
            0 => file.packet(lan, time_ns(index), frame, &[]),
            1 => file.packet(ip, time_ns(index), &frame[14..], &[]),
            _ => file.packet(snapped, time_ns(index), frame, &[]),
        }
    }
    file.finish()
}

/// An interface that is described only after another one's packets.
fn late_interface() -> Made {
    let mut file = Pcapng::new();
    file.section(Order::Big, Length::Unknown, &[]);
    let mut packets = traffic(460, 8);
    for number in 0..2 {
        let interface = file.interface(ETHERNET, 0, &[o::if_tsresol(9 - 3 * number)]);
        for (time_ns, frame) in packets.by_ref().take(4) {
            file.packet(interface, time_ns, &frame, &[]);
        }
    }
    file.finish()
}

/// Each kind of name record, several names an address, a kind that no one knows.
fn names() -> Made {
    let mut file = Pcapng::new();
    file.section(Order::Big, Length::Unknown, &[]);
    file.interface(ETHERNET, 0, &[]);
    let all: [&[Name<'_>]; 4] = [
        &[
            Name::V4(Ipv4Addr::new(10, 1, 2, 3), &["one.example"]),
            Name::V4(Ipv4Addr::new(10, 1, 2, 4), &["two.example", "zwei.example", "deux.example"]),
        ],
        &[Name::V6(Ipv6Addr::new(0x2001, 0xDB8, 0, 0, 0, 0, 0, 9), &["six.example"])],
        &[
            Name::Eui48([2, 0, 0, 0, 0, 1], &["card"]),
            Name::Eui64([2, 0, 0, 0xFF, 0xFE, 0, 0, 1], &["long-card"]),
            Name::Raw(0x0077, b"unknown"),
        ],
        &[],
    ];
    for (names, (time_ns, frame)) in all.into_iter().zip(traffic(470, 4)) {
        file.names(names, &[]);
        file.packet(0, time_ns, &frame, &[]);
    }
    file.finish()
}

/// Packets whose payload is a pcapng file.
fn nested() -> Made {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[]);
    let lan = file.interface(ETHERNET, 0, &[]);
    for (index, order) in [Order::Little, Order::Big, Order::Little].into_iter().enumerate() {
        let mut inner = Pcapng::new();
        inner.section(order, Length::Known, &[]);
        inner.interface(ETHERNET, 0, &[]);
        for (time_ns, _) in traffic(480, 8) {
            let frame = frames::arp([10, 0, 0, 1].into(), [10, 0, 0, 2].into(), false);
            inner.packet(0, time_ns, &frame, &[]);
        }
        let (from, to) = (([10, 0, 0, 1], 1000).into(), ([10, 0, 0, 2], 2000).into());
        let payload = inner.finish().bytes;
        file.packet(lan, time_ns(index), &frames::udp(from, to, &payload), &[]);
    }
    file.finish()
}

/// Version 1.2, which is to be read as 1.0.
fn minor_2() -> Made {
    let mut file = Pcapng::new();
    file.section_of_version((1, 2), Order::Little, Length::Unknown, &[]);
    let lan = file.interface(ETHERNET, 0, &[]);
    for (time_ns, frame) in traffic(490, 5) {
        file.packet(lan, time_ns, &frame, &[]);
    }
    file.finish()
}

fn no_packets() -> Made {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Unknown, &[o::application("marey")]);
    let lan = file.interface(ETHERNET, 0, &[o::if_name("lan0")]);
    file.statistics(lan, time_ns(0), &[o::isb_ifrecv(0), o::isb_ifdrop(0)]);
    file.finish()
}

fn section_only() -> Made {
    let mut file = Pcapng::new();
    file.section(Order::Little, Length::Known, &[]);
    file.finish()
}
