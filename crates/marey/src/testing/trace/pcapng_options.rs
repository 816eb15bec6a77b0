//! Pcapng: every option of every block.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::pcapng::EXAMPLE;
use super::{time_ns, traffic};
use crate::testing::pcapng::{ETHERNET, Length, Name, Opt, Pcapng, option as o};
use crate::testing::{Made, Order};

/// Custom options of all four kinds.
fn custom() -> [Opt; 4] {
    [
        o::custom_text((EXAMPLE, "text to copy")),
        o::custom_bytes((EXAMPLE, &[1, 2, 3])),
        o::custom_text_private((EXAMPLE, "text to keep")),
        o::custom_bytes_private((EXAMPLE, &[4, 5, 6, 7, 8])),
    ]
}

/// Each option of each block, and a code that no one knows.
pub(super) fn every_option(order: Order) -> Made {
    let with = |options: Vec<Opt>| {
        let mut all = vec![o::comment("first"), o::comment("zweitens: größer, 二番目")];
        all.extend(options);
        all.extend(custom());
        all.push(o::raw(0x8001, b"local"));
        all.push(o::raw(0x0FFF, b"unknown"));
        all
    };
    let mut file = Pcapng::new();
    let about = vec![o::hardware("a probe"), o::os("an OS 1.0"), o::application("marey")];
    file.section(order, Length::Unknown, &with(about));
    let lan = file.interface(ETHERNET, 65_535, &with(interface_options()));
    let start = file.clock(lan).ticks(time_ns(0));
    file.names(
        &[Name::V4(Ipv4Addr::new(192, 0, 2, 53), &["dns.example"])],
        &with(vec![
            o::ns_dnsname("dns.example"),
            o::ns_dns_ipv4(Ipv4Addr::new(192, 0, 2, 53)),
            o::ns_dns_ipv6(Ipv6Addr::new(0x2001, 0xDB8, 0, 0, 0, 0, 0, 0x53)),
        ]),
    );
    let frames: Vec<_> = traffic(420, 4).collect();
    let packet_options = packet_options();
    file.packet(lan, frames[0].0, &frames[0].1, &with(packet_options));
    // Direction out, broadcast, FCS of 4 octets, checksum valid, a CRC error.
    let flags = o::flags(0x0100_0000 | 1 << 10 | 4 << 5 | 3 << 2 | 2);
    file.packet(lan, frames[1].0, &frames[1].1, &[flags, o::verdict((1, 0)), o::queue(0)]);
    let verdict = o::verdict_hardware(&[0xCA, 0xFE]);
    file.packet(lan, frames[2].0, &frames[2].1, &[verdict]);
    let hash = o::hash((2, &[0xDE, 0xAD, 0xBE, 0xEF]));
    file.obsolete_packet(0, 0xFFFF, frames[3].0, &frames[3].1, &with(vec![o::flags(1), hash]));
    let counts = vec![
        o::isb_starttime(start),
        o::isb_endtime(start + 5_000_000),
        o::isb_ifrecv(1 << 40),
        o::isb_ifdrop(7),
        o::isb_filteraccept(4),
        o::isb_osdrop(2),
        o::isb_usrdeliv(3),
    ];
    file.statistics(lan, time_ns(9), &with(counts));
    file.secrets(0x544C_534B, b"CLIENT_RANDOM 0 0", &with(vec![]));
    file.finish()
}

fn interface_options() -> Vec<Opt> {
    vec![
        o::if_name("lan0"),
        o::if_description("the first socket from the left"),
        o::if_ipv4((Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(255, 255, 255, 0))),
        o::if_ipv4((Ipv4Addr::new(198, 51, 100, 1), Ipv4Addr::new(255, 255, 0, 0))),
        o::if_ipv6((Ipv6Addr::new(0x2001, 0xDB8, 0, 0, 0, 0, 0, 1), 64)),
        o::if_mac([2, 0, 0, 0, 0, 1]),
        o::if_eui([2, 0, 0, 0xFF, 0xFE, 0, 0, 1]),
        o::if_speed(10_000_000_000),
        o::if_tsresol(9),
        o::if_tzone(3600),
        o::if_filter("tcp or udp"),
        o::if_os("an interface's OS"),
        o::if_fcslen(0),
        o::if_tsoffset(1_000_000_000),
        o::if_hardware("a card"),
        o::if_txspeed(1_000_000_000),
        o::if_rxspeed(2_500_000_000),
        o::if_iana_tzname("Europe/Paris"),
    ]
}

fn packet_options() -> Vec<Opt> {
    vec![
        o::flags(1),
        o::hash((0, &[1])),
        o::hash((1, &[2])),
        o::hash((2, &[0x11, 0x22, 0x33, 0x44])),
        o::hash((3, &[0x33; 16])),
        o::hash((4, &[0x44; 20])),
        o::hash((5, &[0x55; 4])),
        o::dropcount(5),
        o::packetid(0x0102_0304_0506_0708),
        o::queue(3),
        o::verdict((2, 2)),
        o::process_thread((4242, 4243)),
    ]
}
