//! GTP-U, the user plane of mobile networks (3GPP TS 29.281).

use super::bytes::{Head, Put, be16_at, u8_at};
use std::fmt;

// TS 29.281 §5.1
const FLAGS: usize = 0;
const TYPE: usize = 1;
const LENGTH: usize = 2;
const TEID: usize = 4;
const SEQUENCE: usize = 8;
const NEXT_EXTENSION: usize = 11;
/// Bytes of a header without optional fields.
pub const LEN_MIN: usize = 8;
/// The assigned port.
pub const PORT: u16 = 2152;
/// The type of messages that carry a user's packet (§7.1).
pub const TYPE_G_PDU: u8 = 255;
/// How many extension headers are stepped over.
pub const EXTENSIONS_MAX: usize = 8;

const FLAG_EXTENSION: u8 = 0x04;
const FLAG_SEQUENCE: u8 = 0x02;
const FLAG_N_PDU: u8 = 0x01;

/// The first byte of a header of version 1 of GTP rather than GTP'.
pub fn is_plausible(first: u8) -> bool {
    first >> 4 == 0b0011
}

/// A GTP-U header.
#[derive(Clone, Copy, Debug)]
pub struct Gtpu<'a> {
    head: Head<'a, LEN_MIN>,
    bytes: &'a [u8],
}

impl<'a> Gtpu<'a> {
    /// The view of a header that starts at the first of `bytes`, unless its fixed part is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Gtpu { head: Head::of(bytes)?, bytes })
    }

    /// The message's type.
    pub fn kind(&self) -> u8 {
        self.head.u8::<TYPE>()
    }

    /// Bytes behind the first eight.
    pub fn length(&self) -> u16 {
        self.head.be16::<LENGTH>()
    }

    /// The tunnel's endpoint identifier.
    pub fn teid(&self) -> u32 {
        self.head.be32::<TEID>()
    }

    fn has(&self, flags: u8) -> bool {
        self.head.u8::<FLAGS>() & flags != 0
    }

    /// The sequence number; `None` if there is none or it is cut.
    pub fn sequence(&self) -> Option<u16> {
        self.has(FLAG_SEQUENCE).then(|| be16_at(self.bytes, SEQUENCE))?
    }

    /// Bytes of the header with optional fields and extension headers (§5.2); `None` if what tells
    /// it is cut.
    pub fn header_len(&self) -> Option<usize> {
        if !self.has(FLAG_EXTENSION | FLAG_SEQUENCE | FLAG_N_PDU) {
            return Some(LEN_MIN);
        }
        let mut len = LEN_MIN + 4;
        if !self.has(FLAG_EXTENSION) {
            return Some(len);
        }
        let mut next = u8_at(self.bytes, NEXT_EXTENSION)?;
        for _ in 0..EXTENSIONS_MAX {
            if next == 0 {
                break;
            }
            len += usize::from(u8_at(self.bytes, len)?.max(1)) * 4;
            next = u8_at(self.bytes, len - 1)?;
        }
        Some(len)
    }

    /// What the type means (§6.1).
    pub fn name(&self) -> Option<&'static str> {
        Some(match self.kind() {
            1 => "echo request",
            2 => "echo response",
            26 => "error indication",
            31 => "supported extensions",
            253 => "tunnel status",
            254 => "end marker",
            TYPE_G_PDU => "G-PDU",
            _ => return None,
        })
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("flags", &format_args!("0x{:02x}", self.head.u8::<FLAGS>()));
        put("type", &self.kind());
        put("length", &self.length());
        put("teid", &format_args!("0x{:08x}", self.teid()));
        if let Some(sequence) = self.sequence() {
            put("sequence", &sequence);
        }
    }
}

impl fmt::Display for Gtpu<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GTP-U")?;
        match self.name() {
            Some(_) if self.kind() == TYPE_G_PDU => {}
            Some(name) => write!(f, " {name}")?,
            None => write!(f, " type {}", self.kind())?,
        }
        write!(f, " teid 0x{:x}", self.teid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain() {
        let gtp = Gtpu::parse(&[0x30, 255, 0, 20, 0, 0, 0x12, 0x34, 0x45]).unwrap();
        assert!(is_plausible(0x30) && !is_plausible(0x40) && !is_plausible(0x20));
        assert_eq!((gtp.kind(), gtp.length(), gtp.header_len()), (TYPE_G_PDU, 20, Some(8)));
        assert_eq!(gtp.to_string(), "GTP-U teid 0x1234");
        assert!(Gtpu::parse(&[0x30; 7]).is_none());
    }

    #[test]
    fn optional_fields_and_extensions() {
        let sequence = [0x32, 1, 0, 4, 0, 0, 0, 0, 0, 9, 0, 0];
        let gtp = Gtpu::parse(&sequence).unwrap();
        assert_eq!((gtp.sequence(), gtp.header_len()), (Some(9), Some(12)));
        assert_eq!(gtp.to_string(), "GTP-U echo request teid 0x0");
        let extended = [0x34, 255, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0x10, 5, 0, 0x45];
        assert_eq!(Gtpu::parse(&extended).unwrap().header_len(), Some(16));
        assert_eq!(Gtpu::parse(&extended[..14]).unwrap().header_len(), None);
    }
}
