//! Pcapng: every kind of resolution and offset.

use super::{Named, traffic};
use crate::testing::pcapng::{ETHERNET, Length, Pcapng, option};
use crate::testing::{Made, Order, START_NS};

pub(super) fn all() -> Vec<Named> {
    // Seconds of the offset with which clocks of few seconds are still long enough.
    let start_s = START_NS / 1_000_000_000;
    let plan: [(&str, u8, i64); 15] = [
        ("resolution-1s.pcapng", 0, 0),
        ("resolution-1ms.pcapng", 3, 0),
        ("resolution-1us.pcapng", 6, 0),
        ("resolution-100ns.pcapng", 7, 0),
        ("resolution-1ns.pcapng", 9, 0),
        ("resolution-1ps.pcapng", 12, start_s),
        ("resolution-finest-decimal.pcapng", 19, start_s),
        ("resolution-2-0.pcapng", 0x80, 0),
        ("resolution-2-10.pcapng", 0x80 | 10, 0),
        ("resolution-2-20.pcapng", 0x80 | 20, 0),
        ("resolution-2-32.pcapng", 0x80 | 32, 0),
        ("resolution-2-60.pcapng", 0x80 | 60, start_s),
        ("offset-forward.pcapng", 9, start_s - 5),
        ("offset-back.pcapng", 6, -86_400),
        ("offset-us.pcapng", 6, start_s),
    ];
    plan.into_iter().map(|(name, resolution, offset)| (name, timed(resolution, offset))).collect()
}

fn timed(resolution: u8, offset_s: i64) -> Made {
    let order = if resolution & 1 == 0 { Order::Little } else { Order::Big };
    let mut file = Pcapng::new();
    file.section(order, Length::Unknown, &[]);
    let mut options = vec![option::if_tsresol(resolution)];
    if offset_s != 0 {
        options.push(option::if_tsoffset(offset_s));
    }
    let lan = file.interface(ETHERNET, 0, &options);
    for (time_ns, frame) in traffic(500 + u64::from(resolution), 6) {
        file.packet(lan, time_ns, &frame, &[]);
    }
    let last = START_NS + 1_750_000_000;
    let end = file.clock(lan).ticks(last);
    file.statistics(lan, last, &[option::isb_endtime(end), option::isb_ifrecv(6)]);
    file.finish()
}
