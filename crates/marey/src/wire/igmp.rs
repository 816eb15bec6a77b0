//! IGMP versions 1 (RFC 1112), 2 (RFC 2236) and 3 (RFC 9776).

use super::bytes::{Head, Put};
use std::fmt;
use std::net::Ipv4Addr;

// RFC 2236 §2
const TYPE: usize = 0;
const RESPONSE_TIME: usize = 1;
pub(super) const CHECKSUM: usize = 2;
const GROUP: usize = 4;
/// Bytes of the part that all versions share.
pub const LEN: usize = 8;

/// An IGMP message.
#[derive(Clone, Copy, Debug)]
pub struct Igmp<'a> {
    head: Head<'a, LEN>,
}

impl<'a> Igmp<'a> {
    /// The view of a message that starts at the first of `bytes`, unless it is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Igmp { head: Head::of(bytes)? })
    }

    /// The type.
    pub fn kind(&self) -> u8 {
        self.head.u8::<TYPE>()
    }

    /// The longest time to answer, in tenths of a second (a code, in version 3).
    pub fn response_time(&self) -> u8 {
        self.head.u8::<RESPONSE_TIME>()
    }

    /// The checksum.
    pub fn checksum(&self) -> u16 {
        self.head.be16::<CHECKSUM>()
    }

    /// The group; a version 3 report has a count of its records here (see [`Igmp::records`]).
    pub fn group(&self) -> Ipv4Addr {
        Ipv4Addr::from(self.head.array::<GROUP, 4>())
    }

    /// How many group records a version 3 report has (RFC 9776 §4.2).
    pub fn records(&self) -> Option<u16> {
        (self.kind() == 0x22).then(|| self.head.be16::<{ GROUP + 2 }>())
    }

    /// What the type means.
    pub fn name(&self) -> Option<&'static str> {
        Some(match self.kind() {
            0x11 => "query",
            0x12 => "report v1",
            0x13 => "DVMRP",
            0x14 => "PIM v1",
            0x16 => "report v2",
            0x17 => "leave",
            0x22 => "report v3",
            0x30 => "router advertisement",
            0x31 => "router solicitation",
            0x32 => "router termination",
            _ => return None,
        })
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("type", &format_args!("0x{:02x}", self.kind()));
        put("response time", &self.response_time());
        put("checksum", &format_args!("0x{:04x}", self.checksum()));
        match self.records() {
            Some(records) => put("records", &records),
            None => put("group", &self.group()),
        }
    }
}

impl fmt::Display for Igmp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "IGMP {name}")?,
            None => write!(f, "IGMP type 0x{:02x}", self.kind())?,
        }
        match self.records() {
            Some(records) => write!(f, " {records} records"),
            None => write!(f, " {}", self.group()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let leave = Igmp::parse(&[0x17, 0, 0, 0, 224, 0, 0, 251]).unwrap();
        assert_eq!(leave.to_string(), "IGMP leave 224.0.0.251");
        let report = Igmp::parse(&[0x22, 0, 0, 0, 0, 0, 0, 2]).unwrap();
        assert_eq!(report.to_string(), "IGMP report v3 2 records");
        let query = Igmp::parse(&[0x11, 100, 0, 0, 0, 0, 0, 0]).unwrap();
        assert_eq!((query.response_time(), query.group()), (100, Ipv4Addr::UNSPECIFIED));
        assert!(Igmp::parse(&[0x11; 7]).is_none());
    }
}
