//! The options of pcapng blocks, each by its name in the draft.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Order;

/// The code of if_tsresol.
pub const IF_TSRESOL: u16 = 9;
/// The code of if_tsoffset.
pub const IF_TSOFFSET: u16 = 14;

/// An option.
#[derive(Clone, Debug)]
pub struct Opt {
    /// Its code; what it means depends on the block.
    pub code: u16,
    /// Its value.
    pub value: Value,
}

/// The value of an option, before the section's byte order is known.
#[derive(Clone, Debug)]
pub enum Value {
    /// Bytes that have no order.
    Bytes(Vec<u8>),
    /// A number of 32 bits.
    U32(u32),
    /// A number of 64 bits.
    U64(u64),
    /// A time: the high and the low word of the ticks.
    Ticks(u64),
    /// A byte and a number of 64 bits.
    Tagged(u8, u64),
    /// An enterprise's number and its data.
    Custom(u32, Vec<u8>),
}

impl Opt {
    /// The value's bytes, without padding.
    pub fn bytes(&self, order: Order) -> Vec<u8> {
        match &self.value {
            Value::Bytes(bytes) => bytes.clone(),
            Value::U32(value) => order.u32(*value).to_vec(),
            Value::U64(value) => order.u64(*value).to_vec(),
            Value::Ticks(value) => {
                [order.u32((value >> 32) as u32), order.u32(*value as u32)].concat()
            }
            Value::Tagged(tag, value) => [&[*tag][..], &order.u64(*value)].concat(),
            Value::Custom(enterprise, data) => [&order.u32(*enterprise)[..], data].concat(),
        }
    }
}

/// Appends an option, or a record of a name resolution block, padded.
pub(super) fn put(out: &mut Vec<u8>, order: Order, code: u16, value: &[u8]) {
    out.extend(order.u16(code));
    out.extend(order.u16(value.len() as u16));
    out.extend_from_slice(value);
    out.resize(out.len().next_multiple_of(4), 0);
}

/// An option with this code and these bytes, whatever they are.
pub fn raw(code: u16, bytes: &[u8]) -> Opt {
    Opt { code, value: Value::Bytes(bytes.to_vec()) }
}

/// Writes the functions that make options: name, code, argument, value.
macro_rules! options {
    ($($(#[$doc:meta])* $name:ident($arg:ident: $type:ty) = $code:expr => $value:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name($arg: $type) -> Opt {
            Opt { code: $code, value: $value }
        }
    )*};
}

fn text(value: &str) -> Value {
    Value::Bytes(value.as_bytes().to_vec())
}

options! {
    /// opt_comment, in any block, any number of times.
    comment(value: &str) = 1 => text(value);

    /// shb_hardware.
    hardware(value: &str) = 2 => text(value);
    /// shb_os.
    os(value: &str) = 3 => text(value);
    /// shb_userappl.
    application(value: &str) = 4 => text(value);

    /// if_name.
    if_name(value: &str) = 2 => text(value);
    /// if_description.
    if_description(value: &str) = 3 => text(value);
    /// if_IPv6addr: address and prefix length.
    if_ipv6(value: (Ipv6Addr, u8)) = 5 => {
        Value::Bytes([&value.0.octets()[..], &[value.1]].concat())
    };
    /// if_IPv4addr: address and mask, in that order of bytes in any section.
    if_ipv4(value: (Ipv4Addr, Ipv4Addr)) = 4 => {
        Value::Bytes([value.0.octets(), value.1.octets()].concat())
    };
    /// if_MACaddr.
    if_mac(value: [u8; 6]) = 6 => Value::Bytes(value.to_vec());
    /// if_EUIaddr.
    if_eui(value: [u8; 8]) = 7 => Value::Bytes(value.to_vec());
    /// if_speed, bits a second.
    if_speed(value: u64) = 8 => Value::U64(value);
    /// if_tsresol: 10^-n, or with bit 7 set 2^-n seconds.
    if_tsresol(value: u8) = IF_TSRESOL => Value::Bytes(vec![value]);
    /// if_tzone, deprecated.
    if_tzone(value: u32) = 10 => Value::U32(value);
    /// if_filter, as a string for libpcap.
    if_filter(value: &str) = 11 => Value::Bytes([&[0], value.as_bytes()].concat());
    /// if_filter, as a BPF program's bytes.
    if_filter_program(value: &[u8]) = 11 => Value::Bytes([&[1], value].concat());
    /// if_os.
    if_os(value: &str) = 12 => text(value);
    /// if_fcslen.
    if_fcslen(value: u8) = 13 => Value::Bytes(vec![value]);
    /// if_tsoffset, signed seconds.
    if_tsoffset(value: i64) = IF_TSOFFSET => Value::U64(value as u64);
    /// if_hardware.
    if_hardware(value: &str) = 15 => text(value);
    /// if_txspeed, bits a second.
    if_txspeed(value: u64) = 16 => Value::U64(value);
    /// if_rxspeed, bits a second.
    if_rxspeed(value: u64) = 17 => Value::U64(value);
    /// if_iana_tzname.
    if_iana_tzname(value: &str) = 18 => text(value);

    /// epb_flags, pack_flags: direction and more, bit 0 the least significant.
    flags(value: u32) = 2 => Value::U32(value);
    /// epb_hash, pack_hash: algorithm and digest.
    hash(value: (u8, &[u8])) = 3 => Value::Bytes([&[value.0], value.1].concat());
    /// epb_dropcount.
    dropcount(value: u64) = 4 => Value::U64(value);
    /// epb_packetid.
    packetid(value: u64) = 5 => Value::U64(value);
    /// epb_queue.
    queue(value: u32) = 6 => Value::U32(value);
    /// epb_verdict by the hardware (type 0), with bytes as it likes.
    verdict_hardware(value: &[u8]) = 7 => Value::Bytes([&[0], value].concat());
    /// epb_verdict: 1 for Linux's TC or 2 for XDP, and the verdict.
    verdict(value: (u8, u64)) = 7 => Value::Tagged(value.0, value.1);
    /// epb_processid_threadid, 8 bytes: two numbers of 32 bits.
    process_thread(value: (u32, u32)) = 8 => {
        Value::Ticks(u64::from(value.0) << 32 | u64::from(value.1))
    };

    /// ns_dnsname.
    ns_dnsname(value: &str) = 2 => text(value);
    /// ns_dnsIP4addr.
    ns_dns_ipv4(value: Ipv4Addr) = 3 => Value::Bytes(value.octets().to_vec());
    /// ns_dnsIP6addr.
    ns_dns_ipv6(value: Ipv6Addr) = 4 => Value::Bytes(value.octets().to_vec());

    /// isb_starttime, in the interface's ticks.
    isb_starttime(ticks: u64) = 2 => Value::Ticks(ticks);
    /// isb_endtime, in the interface's ticks.
    isb_endtime(ticks: u64) = 3 => Value::Ticks(ticks);
    /// isb_ifrecv.
    isb_ifrecv(value: u64) = 4 => Value::U64(value);
    /// isb_ifdrop.
    isb_ifdrop(value: u64) = 5 => Value::U64(value);
    /// isb_filteraccept.
    isb_filteraccept(value: u64) = 6 => Value::U64(value);
    /// isb_osdrop.
    isb_osdrop(value: u64) = 7 => Value::U64(value);
    /// isb_usrdeliv.
    isb_usrdeliv(value: u64) = 8 => Value::U64(value);

    /// A custom option with text (2988), which tools may copy.
    custom_text(value: (u32, &str)) = 2988 => {
        Value::Custom(value.0, value.1.as_bytes().to_vec())
    };
    /// A custom option with bytes (2989), which tools may copy.
    custom_bytes(value: (u32, &[u8])) = 2989 => Value::Custom(value.0, value.1.to_vec());
    /// A custom option with text (19372), which tools must not copy.
    custom_text_private(value: (u32, &str)) = 19_372 => {
        Value::Custom(value.0, value.1.as_bytes().to_vec())
    };
    /// A custom option with bytes (19373), which tools must not copy.
    custom_bytes_private(value: (u32, &[u8])) = 19_373 => {
        Value::Custom(value.0, value.1.to_vec())
    };
}
