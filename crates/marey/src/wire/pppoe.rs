//! PPP over Ethernet (RFC 2516).

use super::bytes::{Head, Put};
use std::fmt;

// RFC 2516 §4
const VERSION_TYPE: usize = 0;
const CODE: usize = 1;
const SESSION: usize = 2;
const LENGTH: usize = 4;
/// Bytes of the header.
pub const LEN: usize = 6;
/// The code of session data (§6).
pub const SESSION_DATA: u8 = 0x00;

/// The header of PPPoE, for discovery and for sessions.
#[derive(Clone, Copy, Debug)]
pub struct Pppoe<'a> {
    head: Head<'a, LEN>,
}

impl<'a> Pppoe<'a> {
    /// The view of a header that starts at the first of `bytes`, unless it is cut.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Pppoe { head: Head::of(bytes)? })
    }

    /// The version: 1.
    pub fn version(&self) -> u8 {
        self.head.u8::<VERSION_TYPE>() >> 4
    }

    /// The type: 1.
    pub fn kind(&self) -> u8 {
        self.head.u8::<VERSION_TYPE>() & 0x0f
    }

    /// What the packet is for.
    pub fn code(&self) -> u8 {
        self.head.u8::<CODE>()
    }

    /// The code's name (§5).
    pub fn code_name(&self) -> Option<&'static str> {
        Some(match self.code() {
            SESSION_DATA => "session",
            0x09 => "PADI",
            0x07 => "PADO",
            0x19 => "PADR",
            0x65 => "PADS",
            0xa7 => "PADT",
            _ => return None,
        })
    }

    /// The session.
    pub fn session(&self) -> u16 {
        self.head.be16::<SESSION>()
    }

    /// How many bytes follow this header.
    pub fn length(&self) -> u16 {
        self.head.be16::<LENGTH>()
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("version", &self.version());
        put("type", &self.kind());
        put("code", &format_args!("0x{:02x}", self.code()));
        put("session", &format_args!("0x{:04x}", self.session()));
        put("length", &self.length());
    }
}

impl fmt::Display for Pppoe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code_name() {
            Some(name) => write!(f, "PPPoE {name} 0x{:04x}", self.session()),
            None => write!(f, "PPPoE code 0x{:02x} 0x{:04x}", self.code(), self.session()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_session() {
        let header = Pppoe::parse(&[0x11, 0x00, 0x12, 0x34, 0x00, 0x16]).unwrap();
        assert_eq!((header.version(), header.kind(), header.code()), (1, 1, 0));
        assert_eq!((header.session(), header.length()), (0x1234, 22));
        assert_eq!(header.to_string(), "PPPoE session 0x1234");
        let padi = Pppoe::parse(&[0x11, 0x09, 0, 0, 0, 4]).unwrap();
        assert_eq!(padi.to_string(), "PPPoE PADI 0x0000");
        assert!(Pppoe::parse(&[0; 5]).is_none());
    }
}
