//! The columns of numbers that a table has on a page.

use crate::page::words::{duration, grouped, percent, scaled};
use crate::stats::cell::Wide;
use crate::stats::of::Of;
use crate::stats::show::per_second;
use crate::stats::tables::Head;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// Packets of all sides.
    Packets,
    /// Their part of all packets.
    PacketShare,
    /// Bytes of all sides.
    Bytes,
    /// Their part of all bytes.
    ByteShare,
    /// Bytes that were captured.
    Captured,
    /// Bytes behind the headers.
    Payload,
    /// Packets of one side, and what they are called.
    SidePackets(usize, &'static str),
    /// Bytes of one side.
    SideBytes(usize),
    /// Bits a second, in an interval.
    BitRate,
    /// How long after the first packet of the trace it was first seen.
    Start,
    /// From first to last.
    Duration,
}

use Number::{
    BitRate, ByteShare, Bytes, Captured, Duration, PacketShare, Packets, Payload, SideBytes,
    SidePackets, Start,
};

/// The columns of a table.
pub fn of(head: &Head<'_>) -> Vec<Number> {
    let totals = &head.shown.totals.sum;
    let mut columns = match head.of {
        Of::Conversation => {
            let (there, back) = (SidePackets(0, "a > b"), SidePackets(1, "b > a"));
            vec![there, SideBytes(0), back, SideBytes(1), ByteShare, Duration]
        }
        Of::Endpoint => {
            let (sent, received) = (SidePackets(0, "sent"), SidePackets(1, "received"));
            vec![sent, SideBytes(0), received, SideBytes(1), ByteShare, Payload]
        }
        Of::Flow => vec![Packets, Bytes, ByteShare, Captured, Start, Duration],
        Of::Whole => vec![Packets, Bytes, Captured, BitRate],
        _ => vec![Packets, PacketShare, Bytes, ByteShare, Captured],
    };
    if totals.captured_bytes == totals.wire_bytes {
        columns.retain(|column| *column != Captured);
    }
    columns
}

impl Number {
    /// What stands above it.
    pub fn title(self) -> &'static str {
        match self {
            Packets => "packets",
            PacketShare | ByteShare => "share",
            Bytes | SideBytes(_) => "bytes",
            Captured => "captured",
            Payload => "payload",
            SidePackets(_, title) => title,
            BitRate => "rate",
            Start => "start",
            Duration => "duration",
        }
    }

    /// What stands in it.
    pub fn text(self, head: &Head<'_>, cell: &Wide, unicode: bool) -> String {
        let sum = cell.sum();
        match self {
            Packets => grouped(sum.packets),
            PacketShare => percent(sum.packets, head.whole.packets),
            Bytes => grouped(sum.wire_bytes),
            ByteShare => percent(sum.wire_bytes, head.whole.wire_bytes),
            Captured => grouped(sum.captured_bytes),
            Payload => grouped(sum.payload_bytes),
            SidePackets(side, _) => grouped(cell.side(side).packets),
            SideBytes(side) => grouped(cell.side(side).wire_bytes),
            BitRate => {
                let every = u128::from(head.shown.plan.every_ns.unwrap_or(0));
                let rate = per_second(sum.wire_bytes, every);
                rate.map_or_else(String::new, |bytes| scaled(bytes * 8.0, "bit/s"))
            }
            Start => {
                let span = cell.times.span().zip(head.shown.totals.times.span());
                let text =
                    |((first, _), (start, _))| format!("+{}", between(start, first, unicode));
                span.map_or_else(String::new, text)
            }
            Duration => {
                let text = |(first, last)| between(first, last, unicode);
                cell.times.span().map_or_else(String::new, text)
            }
        }
    }
}

fn between(first: i64, last: i64, unicode: bool) -> String {
    duration((i128::from(last) - i128::from(first)).unsigned_abs(), unicode)
}
