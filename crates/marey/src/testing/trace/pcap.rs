//! Classic pcap in every variant, and snoop.

use super::{Named, mix, time_ns, traffic};
use crate::testing::pcap::{Config, Pcap, Variant};
use crate::testing::snoop::{self, Snoop};
use crate::testing::{Made, Order, frames};

pub(super) fn all() -> Vec<Named> {
    let mut all = variants();
    all.extend(versions());
    all.extend(contents());
    all.extend(snoops());
    all
}

/// Traffic in a file like this; every third frame is one that was cut.
fn traffic_in(config: Config, seed: u64) -> Made {
    let mut file = Pcap::new(config);
    for (index, (time_ns, frame)) in traffic(seed, 12).enumerate() {
        let kept = if index % 3 == 0 { frame.len().min(96) } else { frame.len() };
        file.cut_packet(time_ns, &frame[..kept], frame.len() as u32);
    }
    file.finish()
}

fn variants() -> Vec<Named> {
    use Order::{Big, Little};
    use Variant::*;
    let all = [
        ("le-us.pcap", Micros, Little),
        ("be-us.pcap", Micros, Big),
        ("le-ns.pcap", Nanos, Little),
        ("be-ns.pcap", Nanos, Big),
        ("kuznetzov-24-le.pcap", Modified, Little),
        ("kuznetzov-24-be.pcap", Modified, Big),
        ("kuznetzov-28-le.pcap", Modified28, Little),
        ("kuznetzov-28-be.pcap", Modified28, Big),
        ("ss990417-le.pcap", Ss990417, Little),
        ("ss990417-be.pcap", Ss990417, Big),
        ("nokia-le.pcap", Nokia, Little),
        ("nokia-be.pcap", Nokia, Big),
        ("aix-be.pcap", Aix, Big),
        ("aix-le.pcap", Aix, Little),
        ("ixia-hardware-le.pcap", IxiaHardware, Little),
        ("ixia-hardware-be.pcap", IxiaHardware, Big),
        ("ixia-software-le.pcap", IxiaSoftware, Little),
        ("ixia-software-be.pcap", IxiaSoftware, Big),
    ];
    let made = |(seed, (name, variant, order))| {
        (name, traffic_in(Config::new(variant, order), seed as u64))
    };
    all.into_iter().enumerate().map(made).collect()
}

fn versions() -> Vec<Named> {
    let all = [
        ("version-2-0.pcap", (2, 0)),
        ("version-2-1.pcap", (2, 1)),
        ("version-2-2.pcap", (2, 2)),
        ("version-2-3.pcap", (2, 3)),
        ("version-543-0.pcap", (543, 0)),
    ];
    let order = |minor| if minor % 2 == 0 { Order::Big } else { Order::Little };
    let made = |(name, version): (_, (u16, u16))| {
        let config = Config { version, ..Config::new(Variant::Micros, order(version.1)) };
        (name, traffic_in(config, 100 + u64::from(version.1)))
    };
    all.into_iter().map(made).collect()
}

fn contents() -> Vec<Named> {
    let plain = Config::new(Variant::Micros, Order::Little);
    let nanos = Config::new(Variant::Nanos, Order::Little);
    let mut kinds = Pcap::new(nanos);
    for (index, frame) in mix::frames().iter().enumerate() {
        kinds.packet(time_ns(index), frame);
    }
    let mut fcs = Pcap::new(Config { fcs_len: Some(4), ..plain });
    let mut ip = Pcap::new(Config { link_type: 101, ..plain });
    let mut null = Pcap::new(Config { link_type: 0, ..plain });
    let mut cooked = Pcap::new(Config { link_type: 113, ..plain });
    for (index, frame) in mix::frames().iter().enumerate().skip(8).take(5) {
        let time_ns = time_ns(index);
        fcs.packet(time_ns, &frames::with_fcs(&frames::padded(frame.clone())));
        ip.packet(time_ns, &frame[14..]);
        null.packet(time_ns, &[&[2, 0, 0, 0], &frame[14..]].concat());
        let head = [&[0, 0, 0, 1, 0, 6][..], &frame[6..12], &[0, 0], &frame[12..]].concat();
        cooked.packet(time_ns, &head);
    }
    let mut late = Pcap::new(plain);
    for (seconds, (_, frame)) in
        [0, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF_i64].iter().zip(traffic(201, 4))
    {
        late.packet(seconds * 1_000_000_000 + 999_999_999, &frame);
    }
    vec![
        ("every-kind.pcap", kinds.finish()),
        ("fcs.pcap", fcs.finish()),
        ("raw-ip.pcap", ip.finish()),
        ("null.pcap", null.finish()),
        ("cooked.pcap", cooked.finish()),
        ("until-2106.pcap", late.finish()),
        ("out-of-order.pcap", out_of_order(plain)),
        ("no-snap-len.pcap", traffic_in(Config { snap_len: 0, ..plain }, 202)),
        ("tiny-packets.pcap", tiny(plain)),
        ("empty.pcap", Pcap::new(plain).finish()),
        ("nested.pcap", nested()),
    ]
}

/// Times that go back, and some that are the same.
fn out_of_order(config: Config) -> Made {
    let mut file = Pcap::new(config);
    for (place, (_, frame)) in [5, 3, 3, 4, 9, 0, 7, 7].into_iter().zip(traffic(203, 8)) {
        file.packet(time_ns(place), &frame);
    }
    file.finish()
}

/// Packets of 0 to 5 captured bytes.
fn tiny(config: Config) -> Made {
    let mut file = Pcap::new(config);
    for (index, (time_ns, frame)) in traffic(204, 6).enumerate() {
        file.cut_packet(time_ns, &frame[..index], frame.len() as u32);
    }
    file.finish()
}

/// Packets whose payload is a pcap file.
fn nested() -> Made {
    let mut file = Pcap::new(Config::new(Variant::Micros, Order::Little));
    for (index, order) in [Order::Little, Order::Big, Order::Little, Order::Big].iter().enumerate()
    {
        let mut inner = Pcap::new(Config::new(Variant::Micros, *order));
        for (time_ns, _) in traffic(205, 8) {
            inner.packet(time_ns, &frames::arp([10, 0, 0, 1].into(), [10, 0, 0, 2].into(), false));
        }
        let (from, to) = (([10, 0, 0, 1], 1000).into(), ([10, 0, 0, 2], 2000).into());
        file.packet(time_ns(index), &frames::udp(from, to, &inner.finish().bytes));
    }
    file.finish()
}

fn snoops() -> Vec<Named> {
    let mut plain = Snoop::new(snoop::ETHERNET, usize::MAX);
    let mut drops = Snoop::new(snoop::ETHERNET, 96);
    let mut padding = Snoop::new(snoop::ETHERNET, usize::MAX);
    for (index, (time_ns, frame)) in traffic(300, 10).enumerate() {
        plain.packet(time_ns, &frame);
        drops.dropped(index as u32 % 4);
        drops.packet(time_ns, &frame);
        padding.padded_packet(time_ns, &frame, index * 3);
    }
    vec![
        ("ethernet.snoop", plain.finish()),
        ("drops.snoop", drops.finish()),
        ("padding.snoop", padding.finish()),
        ("empty.snoop", Snoop::new(snoop::ETHERNET, usize::MAX).finish()),
    ]
}
