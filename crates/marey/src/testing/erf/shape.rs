//! What the values of provenance tags look like.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::meta::{self, Tag};
use crate::testing::START_NS;

/// What a tag's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// UTF-8 text.
    Text,
    /// A number of 32 bits.
    U32,
    /// A number of 64 bits.
    U64,
    /// A float of 32 bits.
    F32,
    /// A time, little-endian as in the record's header.
    Time,
    /// A length of time, in the units of a time.
    Interval,
    /// Kind and number of a section, 16 bits each.
    Section,
    /// An address.
    Address(Address),
    /// An address and right behind it the name of what is there.
    Named(Address),
    /// So many bytes.
    Bytes(u8),
}

/// The kinds of address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address, or InfiniBand's GID.
    Ipv6,
    /// A MAC address.
    Mac,
    /// An EUI-64.
    Eui,
    /// InfiniBand's LID, 16 bits.
    Lid,
    /// A Fibre Channel world wide name, 16 bytes.
    Wwn,
    /// A Fibre Channel id in four bytes.
    FcId,
}

/// The shape of a tag that is known; `None` for one that is not. Tag 0 is padding.
pub fn shape(code: u16) -> Option<Shape> {
    Some(match code {
        2 | 5 | 193 | 194 => Shape::Time,
        3 => Shape::Section,
        4 => Shape::Bytes(0),
        23 | 84 | 386 | 387 | 390 | 394 | 401 | 402 | 407 => Shape::Interval,
        6 | 40 | 66 | 75 | 151..=154 | 195..=215 => Shape::U64,
        55 | 60 | 61 | 155..=160 => Shape::F32,
        48 | 321..=323 => Shape::Bytes(8),
        39 | 150 => Shape::Bytes(4),
        57 | 58 => Shape::Bytes(16),
        9 | 67 | 128 | 129 => Shape::Address(Address::Ipv4),
        68 | 71 | 130 | 131 | 136 | 137 => Shape::Address(Address::Ipv6),
        69 | 132 | 133 => Shape::Address(Address::Mac),
        70 | 134 | 135 | 403 | 405 | 410 => Shape::Address(Address::Eui),
        72 | 138 | 139 => Shape::Address(Address::Lid),
        73 | 140 | 141 => Shape::Address(Address::Wwn),
        74 | 142 | 143 => Shape::Address(Address::FcId),
        256 | 264 => Shape::Named(Address::Ipv4),
        257 | 260 | 265 => Shape::Named(Address::Ipv6),
        258 => Shape::Named(Address::Mac),
        259 => Shape::Named(Address::Eui),
        261 => Shape::Named(Address::Lid),
        262 => Shape::Named(Address::Wwn),
        263 => Shape::Named(Address::FcId),
        1 | 7 | 11..=22 | 26 | 34..=36 | 41..=47 | 49 | 52 | 53 | 78 | 82 => Shape::Text,
        148 | 149 | 161 | 162 | 164 | 395 | 396 => Shape::Text,
        8 | 10 | 24 | 25 | 27..=33 | 37 | 38 | 50 | 51 | 54 | 56 | 59 => Shape::U32,
        64 | 65 | 76 | 77 | 79..=81 | 83 | 85..=88 | 144..=147 | 163 | 165 => Shape::U32,
        216 | 217 | 384..=414 => Shape::U32,
        _ => return None,
    })
}

/// A tag of this shape with some value that shows its code.
pub fn sample(code: u16, shape: Shape) -> Tag {
    match shape {
        Shape::Text => meta::text(code, &format!("text of {code}")),
        Shape::U32 => meta::u32(code, u32::from(code)),
        Shape::U64 => meta::u64(code, u64::from(code) << 32),
        Shape::F32 => meta::raw(code, &(f32::from(code) / 2.0).to_be_bytes()),
        Shape::Time => meta::time(code, super::timestamp(START_NS)),
        Shape::Interval => meta::time(code, u64::from(code) << 30),
        Shape::Section => meta::parent(0xFF01, 0),
        Shape::Address(kind) => meta::raw(code, &address(kind, code)),
        Shape::Named(kind) => {
            let mut value = address(kind, code);
            value.extend_from_slice(format!("name-{code}.example").as_bytes());
            meta::raw(code, &value)
        }
        Shape::Bytes(len) => meta::raw(code, &vec![code as u8; usize::from(len)]),
    }
}

fn address(kind: Address, code: u16) -> Vec<u8> {
    let low = code as u8;
    match kind {
        Address::Ipv4 => Ipv4Addr::new(192, 0, 2, low).octets().to_vec(),
        Address::Ipv6 => Ipv6Addr::new(0x2001, 0xDB8, 0, 0, 0, 0, 0, code).octets().to_vec(),
        Address::Mac => vec![2, 0, 0, 0, 0, low],
        Address::Eui => vec![2, 0, 0, 0xFF, 0xFE, 0, 0, low],
        Address::Lid => code.to_be_bytes().to_vec(),
        Address::Wwn => vec![0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, low],
        Address::FcId => vec![0, 0, 0, low],
    }
}
