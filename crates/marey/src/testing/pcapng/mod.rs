//! Pcapng files with every block and option of the draft (draft-ietf-opsawg-pcapng).
//!
//! ```
//! use marey::testing::{Order, pcapng::{Length, Pcapng, option}};
//!
//! let mut file = Pcapng::new();
//! file.section(Order::Big, Length::Unknown, &[option::hardware("a probe")]);
//! let lan = file.interface(1, 0, &[option::if_name("lan0"), option::if_tsresol(9)]);
//! file.packet(lan, 1_700_000_000_000_000_001, &[0; 60], &[option::comment("all zero")]);
//! let made = file.finish();
//! assert_eq!(made.records.len(), 3);
//! ```

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Made, MadeRecord, Order, What};

mod clock;
pub mod option;
mod packet;

pub use clock::Clock;
pub use option::Opt;

/// The link type Ethernet.
pub const ETHERNET: u16 = 1;

/// What a section header says about its section's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// −1: unknown.
    Unknown,
    /// The right number.
    Known,
    /// This number, be it wrong.
    Claimed(u64),
}

/// A record of a name resolution block.
#[derive(Clone, Debug)]
pub enum Name<'a> {
    /// The names of an IPv4 address.
    V4(Ipv4Addr, &'a [&'a str]),
    /// The names of an IPv6 address.
    V6(Ipv6Addr, &'a [&'a str]),
    /// The names of a MAC address.
    Eui48([u8; 6], &'a [&'a str]),
    /// The names of an EUI-64.
    Eui64([u8; 8], &'a [&'a str]),
    /// A record with this type and value, whatever they are.
    Raw(u16, &'a [u8]),
}

/// The section that is being made.
struct Section {
    /// Where its header's length field is.
    length_at: usize,
    length: Length,
    /// Each interface's clock and snap length.
    interfaces: Vec<(Clock, u32)>,
}

/// A pcapng file in the making. Begin with [`section`](Pcapng::section).
pub struct Pcapng {
    made: Made,
    order: Order,
    section: Option<Section>,
    section_count: u32,
    end_of_options: bool,
}

impl Default for Pcapng {
    fn default() -> Self {
        Self::new()
    }
}

impl Pcapng {
    /// A file with nothing in it.
    pub fn new() -> Self {
        let made = Made::default();
        Pcapng { made, order: Order::Little, section: None, section_count: 0, end_of_options: true }
    }

    /// Whether options are followed by an end-of-options from here on. They are by default.
    pub fn end_of_options(&mut self, written: bool) {
        self.end_of_options = written;
    }

    /// Begins a section: all that is added next is in it, and its interfaces count from 0.
    pub fn section(&mut self, order: Order, length: Length, options: &[Opt]) {
        self.section_of_version((1, 0), order, length, options);
    }

    /// As [`section`](Self::section), of another version than 1.0.
    pub fn section_of_version(
        &mut self,
        version: (u16, u16),
        order: Order,
        length: Length,
        options: &[Opt],
    ) {
        self.close_section();
        self.order = order;
        self.section_count += 1;
        let mut body = order.u32(0x1A2B_3C4D).to_vec();
        body.extend(order.u16(version.0));
        body.extend(order.u16(version.1));
        body.extend(match length {
            Length::Unknown | Length::Known => [0xFF; 8],
            Length::Claimed(value) => order.u64(value),
        });
        let length_at = self.made.bytes.len() + 16;
        self.section = Some(Section { length_at, length, interfaces: Vec::new() });
        self.block_with_options(0x0A0D_0D0A, What::Meta("section"), body, options);
    }

    /// Writes the section's length into its header, if it is to be the right one.
    fn close_section(&mut self) {
        if let Some(Section { length_at, length: Length::Known, .. }) = self.section.take() {
            let at = length_at - 16;
            let header = self.made.records.iter().find(|record| record.range.start == at);
            let header_len = header.map_or(0, |record| record.range.len());
            let len = (self.made.bytes.len() - at - header_len) as u64;
            self.made.bytes[length_at..length_at + 8].copy_from_slice(&self.order.u64(len));
        }
    }

    fn interfaces(&mut self) -> &mut Vec<(Clock, u32)> {
        &mut self.section.as_mut().expect("a section was begun").interfaces
    }

    /// Describes an interface and gives its number. A resolution or offset among the options is
    /// honoured in what follows.
    ///
    /// # Panics
    ///
    /// If no section was begun. This is so for all that needs a section.
    pub fn interface(&mut self, link_type: u16, snap_len: u32, options: &[Opt]) -> u32 {
        let mut body = self.order.u16(link_type).to_vec();
        body.extend([0, 0]);
        body.extend(self.order.u32(snap_len));
        let interfaces = self.interfaces();
        let number = interfaces.len() as u32;
        interfaces.push((Clock::of(options), snap_len));
        let index = self.block_with_options(1, What::Meta("interface"), body, options);
        self.made.records[index].interface = Some(number);
        number
    }

    /// The clock of an interface, to work out raw times with; that of a plain interface if there is
    /// no such interface.
    pub fn clock(&mut self, interface: u32) -> Clock {
        self.interfaces().get(interface as usize).map_or(Clock::default(), |(clock, _)| *clock)
    }

    fn snap_len(&mut self, interface: u32) -> usize {
        match self.interfaces().get(interface as usize) {
            None | Some((_, 0)) => usize::MAX,
            Some((_, len)) => *len as usize,
        }
    }

    /// Adds a name resolution block (type 4).
    pub fn names(&mut self, names: &[Name<'_>], options: &[Opt]) {
        let mut body = Vec::new();
        for name in names {
            let (kind, address, names) = match name {
                Name::V4(address, names) => (1, address.octets().to_vec(), *names),
                Name::V6(address, names) => (2, address.octets().to_vec(), *names),
                Name::Eui48(address, names) => (3, address.to_vec(), *names),
                Name::Eui64(address, names) => (4, address.to_vec(), *names),
                Name::Raw(kind, value) => (*kind, value.to_vec(), &[][..]),
            };
            let mut value = address;
            for name in names {
                value.extend_from_slice(name.as_bytes());
                value.push(0);
            }
            option::put(&mut body, self.order, kind, &value);
        }
        body.extend([0; 4]);
        self.block_with_options(4, What::Meta("names"), body, options);
    }

    /// Adds an interface statistics block (type 5).
    pub fn statistics(&mut self, interface: u32, time_ns: i64, options: &[Opt]) {
        let clock = self.clock(interface);
        let ticks = clock.ticks(time_ns);
        let mut body = Vec::new();
        for word in [interface, (ticks >> 32) as u32, ticks as u32] {
            body.extend(self.order.u32(word));
        }
        let index = self.block_with_options(5, What::Meta("statistics"), body, options);
        self.made.records[index].time_ns = clock.time_ns(ticks);
        self.made.records[index].interface = Some(interface);
    }

    /// Adds a decryption secrets block (type 10), e.g. of type 0x544C_534B, a TLS key log.
    pub fn secrets(&mut self, kind: u32, secrets: &[u8], options: &[Opt]) {
        let len = self.order.u32(secrets.len() as u32);
        let mut body = [&self.order.u32(kind)[..], &len, secrets].concat();
        body.resize(body.len().next_multiple_of(4), 0);
        self.block_with_options(10, What::Meta("secrets"), body, options);
    }

    /// Adds a systemd journal export block (type 9): an entry of this time with these fields.
    pub fn journal(&mut self, time_ns: i64, fields: &[(&str, &str)]) {
        let mut text = format!("__REALTIME_TIMESTAMP={}\n", time_ns / 1000);
        for (field, value) in fields {
            text.push_str(&format!("{field}={value}\n"));
        }
        let index = self.block(9, What::Meta("journal"), text.as_bytes());
        self.made.records[index].time_ns = Some(time_ns / 1000 * 1000);
    }

    /// Adds a custom block of the enterprise with the number `enterprise`: one that tools may copy
    /// (0xBAD) or one that they must not (0x40000BAD).
    pub fn custom(&mut self, copyable: bool, enterprise: u32, data: &[u8]) {
        let kind = if copyable { 0x0000_0BAD } else { 0x4000_0BAD };
        let body = [&self.order.u32(enterprise)[..], data].concat();
        self.block(kind, What::Meta("custom"), &body);
    }

    /// Adds a block of a type that no one knows.
    pub fn unknown(&mut self, kind: u32, body: &[u8]) {
        self.block(kind, What::Meta("unknown"), body);
    }

    fn block_with_options(
        &mut self,
        kind: u32,
        what: What,
        mut body: Vec<u8>,
        options: &[Opt],
    ) -> usize {
        for option in options {
            option::put(&mut body, self.order, option.code, &option.bytes(self.order));
        }
        if !options.is_empty() && self.end_of_options {
            body.extend([0; 4]);
        }
        self.block(kind, what, &body)
    }

    /// Adds a block, padded to a multiple of four bytes, and gives its record's index.
    fn block(&mut self, kind: u32, what: What, body: &[u8]) -> usize {
        let padding = body.len().next_multiple_of(4) - body.len();
        let total = self.order.u32((12 + body.len() + padding) as u32);
        let out = &mut self.made.bytes;
        let start = out.len();
        out.extend(self.order.u32(kind));
        out.extend(total);
        out.extend_from_slice(body);
        out.extend(&[0; 3][..padding]);
        out.extend(total);
        let section = self.section_count.saturating_sub(1);
        let record = MadeRecord::plain(start..out.len(), what);
        self.made.records.push(MadeRecord { section, ..record });
        self.made.records.len() - 1
    }

    /// How many bytes there are so far.
    pub fn len(&self) -> usize {
        self.made.bytes.len()
    }

    /// Whether there is nothing yet.
    pub fn is_empty(&self) -> bool {
        self.made.bytes.is_empty()
    }

    /// The file as it is now.
    pub fn finish(mut self) -> Made {
        self.close_section();
        self.made
    }
}
