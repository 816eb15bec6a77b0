//! ICMP for IPv4 (RFC 792; types in IANA's ICMP parameters).

use super::bytes::{Head, Put, part};
use std::fmt;

// RFC 792
const TYPE: usize = 0;
const CODE: usize = 1;
pub(super) const CHECKSUM: usize = 2;
const REST: usize = 4;
/// Bytes of the header.
pub const LEN: usize = 8;

/// An ICMP header.
#[derive(Clone, Copy, Debug)]
pub struct Icmp<'a> {
    head: Head<'a, LEN>,
    bytes: &'a [u8],
}

impl<'a> Icmp<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Icmp { head: Head::of(bytes)?, bytes })
    }

    /// The type.
    pub fn kind(&self) -> u8 {
        self.head.u8::<TYPE>()
    }

    /// The code within the type.
    pub fn code(&self) -> u8 {
        self.head.u8::<CODE>()
    }

    /// The checksum.
    pub fn checksum(&self) -> u16 {
        self.head.be16::<CHECKSUM>()
    }

    /// Identifier and sequence number, in messages that have them.
    pub fn echo(&self) -> Option<(u16, u16)> {
        let has = matches!(self.kind(), 0 | 8 | 13..=18);
        has.then(|| (self.head.be16::<REST>(), self.head.be16::<{ REST + 2 }>()))
    }

    /// The packet an error is about, as far as it was quoted and captured: an IPv4 header first.
    pub fn quoted(&self) -> Option<&'a [u8]> {
        let is_error = matches!(self.kind(), 3 | 4 | 5 | 11 | 12);
        is_error.then(|| part(self.bytes, LEN, self.bytes.len()))
    }

    /// What type and code mean.
    pub fn name(&self) -> Option<&'static str> {
        const UNREACHABLE: [&str; 16] = [
            "network unreachable",
            "host unreachable",
            "protocol unreachable",
            "port unreachable",
            "fragmentation needed",
            "source route failed",
            "network unknown",
            "host unknown",
            "source host isolated",
            "network prohibited",
            "host prohibited",
            "network unreachable for service",
            "host unreachable for service",
            "communication prohibited",
            "host precedence violation",
            "precedence cutoff",
        ];
        Some(match (self.kind(), self.code()) {
            (0, _) => "echo reply",
            (3, code) => UNREACHABLE.get(usize::from(code)).copied().unwrap_or("unreachable"),
            (4, _) => "source quench",
            (5, _) => "redirect",
            (8, _) => "echo request",
            (9, _) => "router advertisement",
            (10, _) => "router solicitation",
            (11, 0) => "time exceeded in transit",
            (11, _) => "time exceeded in reassembly",
            (12, _) => "parameter problem",
            (13, _) => "timestamp request",
            (14, _) => "timestamp reply",
            (15, _) => "information request",
            (16, _) => "information reply",
            (17, _) => "address mask request",
            (18, _) => "address mask reply",
            (42, _) => "extended echo request",
            (43, _) => "extended echo reply",
            _ => return None,
        })
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("type", &self.kind());
        put("code", &self.code());
        put("checksum", &format_args!("0x{:04x}", self.checksum()));
        if let Some((id, sequence)) = self.echo() {
            put("identifier", &id);
            put("sequence", &sequence);
        }
    }
}

impl fmt::Display for Icmp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "ICMP {name}")?,
            None => write!(f, "ICMP type {} code {}", self.kind(), self.code())?,
        }
        match self.echo() {
            Some((id, sequence)) => write!(f, " id {id} seq {sequence}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn echo() {
        let icmp = Icmp::parse(&[8, 0, 0xf7, 0xff, 0, 7, 0, 1, 0x61]).unwrap();
        assert_eq!((icmp.kind(), icmp.code(), icmp.echo()), (8, 0, Some((7, 1))));
        assert_eq!(icmp.to_string(), "ICMP echo request id 7 seq 1");
        assert_eq!(icmp.quoted(), None);
    }

    #[test]
    fn errors_quote() {
        let icmp = Icmp::parse(&[3, 3, 0, 0, 0, 0, 0, 0, 0x45, 0]).unwrap();
        assert_eq!(icmp.quoted(), Some(&[0x45, 0][..]));
        assert_eq!(icmp.to_string(), "ICMP port unreachable");
        assert_eq!(
            Icmp::parse(&[99, 1, 0, 0, 0, 0, 0, 0]).unwrap().to_string(),
            "ICMP type 99 code 1"
        );
        assert!(Icmp::parse(&[3; 7]).is_none());
    }
}
