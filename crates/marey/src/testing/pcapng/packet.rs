//! The three blocks that hold packets.

use super::{Opt, Pcapng};
use crate::testing::What;

impl Pcapng {
    /// Adds a frame as an enhanced packet block, cut to the interface's snap length. The time is
    /// rounded down to the interface's resolution.
    pub fn packet(&mut self, interface: u32, time_ns: i64, frame: &[u8], options: &[Opt]) {
        let ticks = self.clock(interface).ticks(time_ns);
        let captured = &frame[..frame.len().min(self.snap_len(interface))];
        self.packet_at(interface, ticks, captured, frame.len() as u32, options);
    }

    /// Adds an enhanced packet block (type 6) with a raw time.
    pub fn packet_at(
        &mut self,
        interface: u32,
        ticks: u64,
        captured: &[u8],
        wire_len: u32,
        options: &[Opt],
    ) {
        let head = self.order.u32(interface);
        self.full_packet(6, interface, &head, ticks, captured, wire_len, options);
    }

    /// Adds an obsolete packet block (type 2), with the packets dropped before it (0xFFFF: it is
    /// not known how many).
    pub fn obsolete_packet(
        &mut self,
        interface: u16,
        drops: u16,
        time_ns: i64,
        frame: &[u8],
        options: &[Opt],
    ) {
        let head = [self.order.u16(interface), self.order.u16(drops)].concat();
        let interface = u32::from(interface);
        let ticks = self.clock(interface).ticks(time_ns);
        let captured = &frame[..frame.len().min(self.snap_len(interface))];
        self.full_packet(2, interface, &head, ticks, captured, frame.len() as u32, options);
    }

    #[expect(clippy::too_many_arguments, reason = "two blocks of nearly the same layout")]
    fn full_packet(
        &mut self,
        kind: u32,
        interface: u32,
        head: &[u8],
        ticks: u64,
        captured: &[u8],
        wire_len: u32,
        options: &[Opt],
    ) {
        let mut body = head.to_vec();
        for word in [(ticks >> 32) as u32, ticks as u32, captured.len() as u32, wire_len] {
            body.extend(self.order.u32(word));
        }
        body.extend_from_slice(captured);
        body.resize(body.len().next_multiple_of(4), 0);
        let time_ns = self.clock(interface).time_ns(ticks);
        let index = self.block_with_options(kind, What::Packet, body, options);
        let record = &mut self.made.records[index];
        let data = record.range.start + 28;
        record.captured = data..data + captured.len();
        record.time_ns = time_ns;
        record.wire_len = wire_len;
        record.interface = Some(interface);
    }

    /// Adds a frame as a simple packet block (type 3): of interface 0, without a time.
    pub fn simple_packet(&mut self, frame: &[u8]) {
        let captured = frame.len().min(self.snap_len(0));
        let body = [&self.order.u32(frame.len() as u32)[..], &frame[..captured]].concat();
        let index = self.block(3, What::Packet, &body);
        let record = &mut self.made.records[index];
        let data = record.range.start + 12;
        record.captured = data..data + captured;
        record.wire_len = frame.len() as u32;
        record.interface = Some(0);
    }
}
