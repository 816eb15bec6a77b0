//! TCP (RFC 9293).

use super::bytes::{Head, Put, be16_at, be32_at, part};
use super::options::{Opt, Options};
use std::fmt;

// RFC 9293 §3.1
const SOURCE_PORT: usize = 0;
const TARGET_PORT: usize = 2;
const SEQUENCE: usize = 4;
const ACKNOWLEDGMENT: usize = 8;
const OFFSET_FLAGS: usize = 12;
const WINDOW: usize = 14;
pub(super) const CHECKSUM: usize = 16;
const URGENT: usize = 18;
/// Bytes of a header without options.
pub const LEN_MIN: usize = 20;

/// The control bits (RFC 9293 §3.1; AE in RFC 9768).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flags(pub u16);

impl Flags {
    /// No more data from the sender.
    pub const FIN: Flags = Flags(0x001);
    /// Synchronise sequence numbers.
    pub const SYN: Flags = Flags(0x002);
    /// Reset the connection.
    pub const RST: Flags = Flags(0x004);
    /// Push.
    pub const PSH: Flags = Flags(0x008);
    /// The acknowledgment number counts.
    pub const ACK: Flags = Flags(0x010);
    /// The urgent pointer counts.
    pub const URG: Flags = Flags(0x020);
    /// Congestion echo (RFC 3168).
    pub const ECE: Flags = Flags(0x040);
    /// Congestion window reduced (RFC 3168).
    pub const CWR: Flags = Flags(0x080);
    /// Accurate ECN.
    pub const AE: Flags = Flags(0x100);

    /// All bits of `other` are set.
    pub fn contains(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LETTERS: [(Flags, &str); 9] = [
            (Flags::SYN, "S"),
            (Flags::FIN, "F"),
            (Flags::RST, "R"),
            (Flags::PSH, "P"),
            (Flags::ACK, "A"),
            (Flags::URG, "U"),
            (Flags::ECE, "E"),
            (Flags::CWR, "C"),
            (Flags::AE, "e"),
        ];
        for (_, letter) in LETTERS.iter().filter(|(flag, _)| self.contains(*flag)) {
            f.write_str(letter)?;
        }
        Ok(())
    }
}

/// A TCP header.
#[derive(Clone, Copy, Debug)]
pub struct Tcp<'a> {
    head: Head<'a, LEN_MIN>,
    bytes: &'a [u8],
}

impl<'a> Tcp<'a> {
    /// The view of a header that starts at the first of `bytes`, unless its fixed part is cut.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        Some(Tcp { head: Head::of(bytes)?, bytes })
    }

    /// The sender's port.
    pub fn source_port(&self) -> u16 {
        self.head.be16::<SOURCE_PORT>()
    }

    /// The receiver's port.
    pub fn target_port(&self) -> u16 {
        self.head.be16::<TARGET_PORT>()
    }

    /// The number of the first byte of data.
    pub fn sequence(&self) -> u32 {
        self.head.be32::<SEQUENCE>()
    }

    /// The number of the byte expected next.
    pub fn acknowledgment(&self) -> u32 {
        self.head.be32::<ACKNOWLEDGMENT>()
    }

    /// Bytes of the header with options, as it says: less than [`LEN_MIN`] is malformed.
    #[inline]
    pub fn header_len(&self) -> usize {
        usize::from(self.head.u8::<OFFSET_FLAGS>() >> 4) * 4
    }

    /// The control bits.
    pub fn flags(&self) -> Flags {
        Flags(self.head.be16::<OFFSET_FLAGS>() & 0x1ff)
    }

    /// The window, not scaled.
    pub fn window(&self) -> u16 {
        self.head.be16::<WINDOW>()
    }

    /// The checksum.
    pub fn checksum(&self) -> u16 {
        self.head.be16::<CHECKSUM>()
    }

    /// Where urgent data end.
    pub fn urgent(&self) -> u16 {
        self.head.be16::<URGENT>()
    }

    /// The options that were captured; [`OptionText`] says what they mean.
    pub fn options(&self) -> Options<'a> {
        Options::counted(part(self.bytes, LEN_MIN, self.header_len()))
    }

    /// What was captured behind the header.
    pub fn payload(&self) -> &'a [u8] {
        part(self.bytes, self.header_len().max(LEN_MIN), self.bytes.len())
    }

    /// Each field by name.
    pub fn fields(&self, put: &mut Put<'_>) {
        put("source port", &self.source_port());
        put("target port", &self.target_port());
        put("sequence", &self.sequence());
        put("acknowledgment", &self.acknowledgment());
        put("header length", &self.header_len());
        put("flags", &self.flags());
        put("window", &self.window());
        put("checksum", &format_args!("0x{:04x}", self.checksum()));
        put("urgent", &self.urgent());
        for option in self.options() {
            put("option", &OptionText(option));
        }
    }
}

impl fmt::Display for Tcp<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TCP [{}] seq {}", self.flags(), self.sequence())?;
        if self.flags().contains(Flags::ACK) {
            write!(f, " ack {}", self.acknowledgment())?;
        }
        write!(f, " win {}", self.window())
    }
}

/// A TCP option in words (IANA, TCP option kinds).
#[derive(Clone, Copy, Debug)]
pub struct OptionText<'a>(pub Opt<'a>);

impl fmt::Display for OptionText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = self.0.data;
        match (self.0.kind, data.len()) {
            (1, _) => f.write_str("nop"),
            (2, 2) => write!(f, "mss {}", be16_at(data, 0).unwrap_or(0)),
            (3, 1) => write!(f, "wscale {}", data.first().unwrap_or(&0)),
            (4, 0) => f.write_str("sackOK"),
            (5, _) => {
                f.write_str("sack")?;
                let (edges, _) = data.as_chunks::<4>();
                let (blocks, _) = edges.as_chunks::<2>();
                for [left, right] in blocks {
                    let (left, right) = (u32::from_be_bytes(*left), u32::from_be_bytes(*right));
                    write!(f, " {left}:{right}")?;
                }
                Ok(())
            }
            (8, 8) => {
                let value = be32_at(data, 0).unwrap_or(0);
                write!(f, "TS val {value} ecr {}", be32_at(data, 4).unwrap_or(0))
            }
            (19, _) => f.write_str("md5"),
            (28, 2) => write!(f, "user timeout {}", be16_at(data, 0).unwrap_or(0)),
            (29, _) => f.write_str("tcp-ao"),
            (30, _) => f.write_str("mptcp"),
            (34, _) => write!(f, "fast open {}", super::bytes::Hex(data)),
            _ => write!(f, "option {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYN: [u8; 42] = [
        0x01, 0xbb, 0xc7, 0x38, 0, 0, 0, 1, 0, 0, 0, 2, 0xa0, 0x12, 0xff, 0xff, 0, 0, 0, 0, 2, 4,
        5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7, 0x68, 0x69,
    ];

    #[test]
    fn fields_of_a_header() {
        let tcp = Tcp::parse(&SYN).unwrap();
        assert_eq!((tcp.source_port(), tcp.target_port(), tcp.header_len()), (443, 51000, 40));
        assert!(tcp.flags().contains(Flags::SYN) && !tcp.flags().contains(Flags::FIN));
        assert_eq!(tcp.to_string(), "TCP [SA] seq 1 ack 2 win 65535");
        assert_eq!(tcp.payload(), b"hi");
        let options: Vec<_> = tcp.options().map(|o| OptionText(o).to_string()).collect();
        assert_eq!(options, ["mss 1460", "sackOK", "TS val 9 ecr 0", "nop", "wscale 7"]);
    }

    #[test]
    fn cut_options() {
        let tcp = Tcp::parse(&SYN[..30]).unwrap();
        let options: Vec<_> = tcp.options().map(|o| OptionText(o).to_string()).collect();
        assert_eq!(options, ["mss 1460", "sackOK", "option 8:0000 cut"]);
        assert!(tcp.payload().is_empty());
        assert!(Tcp::parse(&SYN[..19]).is_none());
    }

    #[test]
    fn selective_acknowledgments() {
        let data = [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 9];
        let option = OptionText(Opt { kind: 5, data: &data, cut: false });
        assert_eq!(option.to_string(), "sack 1:2 3:4");
    }
}
