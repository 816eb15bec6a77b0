//! Blocks as bytes, in the byte order of this machine, which the section header tells.

use std::net::{Ipv4Addr, Ipv6Addr};

// Block types (section 11.1).
const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;
/// What stands where no block has a place: a type for local use, which readers skip.
const PADDING: u32 = 0xed61_7265;

/// A block without content: its type, and its length twice.
pub const BLOCK_MIN: usize = 12;
/// What a packet's block has beside its bytes (section 4.3).
const PACKET_HEAD: usize = 28;
/// The longest text of an option: its length is a number of 16 bits, and nobody needs more.
const TEXT_MAX: usize = 1 << 10;

/// What wrote the file, and where (section 4.1).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct About {
    /// The machine.
    pub hardware: String,
    /// Its operating system.
    pub os: String,
    /// The program.
    pub application: String,
}

/// An interface (section 4.2). Its times are in nanoseconds.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Description {
    /// What its packets begin with: `LINKTYPE_…`.
    pub link_type: u16,
    /// The longest packet that is stored whole; 0 for any.
    pub snaplen: u32,
    /// What it is called.
    pub name: String,
    /// Its addresses in IPv4, with their masks.
    pub ipv4: Vec<(Ipv4Addr, Ipv4Addr)>,
    /// Its addresses in IPv6, with the lengths of their prefixes.
    pub ipv6: Vec<(Ipv6Addr, u8)>,
    /// Its hardware address.
    pub mac: Option<[u8; 6]>,
    /// How fast it is, in bits a second.
    pub speed: Option<u64>,
    /// The operating system of its machine.
    pub os: String,
}

/// What an interface received so far (section 4.6). Times are in nanoseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Statistics {
    /// The interface, by its place in the file.
    pub interface: u32,
    /// When the recording began.
    pub begin: u64,
    /// When it was counted.
    pub end: u64,
    /// Packets that came, also those that were lost.
    pub received: u64,
    /// Packets that were lost.
    pub dropped: u64,
    /// Packets that are stored.
    pub delivered: u64,
    /// What else is to be said.
    pub comment: Option<String>,
}

/// How long a block for a packet of so many bytes is.
pub fn packet_bytes(captured: usize) -> usize {
    PACKET_HEAD + captured.next_multiple_of(4) + 4
}

/// A packet: its interface, its time in nanoseconds since the Unix epoch, its length on the wire,
/// and its bytes, in pieces.
pub fn packet(to: &mut Vec<u8>, (interface, time, wire): (u32, u64, u32), pieces: &[&[u8]]) {
    let captured: usize = pieces.iter().map(|piece| piece.len()).sum();
    let len = packet_bytes(captured) as u32;
    let words =
        [ENHANCED_PACKET, len, interface, (time >> 32) as u32, time as u32, captured as u32, wire];
    let mut head = [0; PACKET_HEAD];
    for (to, word) in head.as_chunks_mut().0.iter_mut().zip(words) {
        *to = word.to_ne_bytes();
    }
    to.reserve(len as usize);
    to.extend_from_slice(&head);
    for piece in pieces {
        to.extend_from_slice(piece);
    }
    pad(to, captured);
    to.extend(len.to_ne_bytes());
}

/// A block that readers skip, of so many bytes: at least [`BLOCK_MIN`], and a multiple of 4.
pub fn padding(to: &mut Vec<u8>, len: usize) {
    let start = to.len();
    to.extend(PADDING.to_ne_bytes());
    to.extend((len as u32).to_ne_bytes());
    to.resize(start + len.saturating_sub(4), 0);
    to.extend((len as u32).to_ne_bytes());
}

impl About {
    /// The header of a section.
    pub fn block(&self) -> Vec<u8> {
        const MAGIC: u32 = 0x1a2b_3c4d;
        let mut body = MAGIC.to_ne_bytes().to_vec();
        // The version is 1.0, and how long the section is is not known.
        body.extend(1_u16.to_ne_bytes());
        body.extend(0_u16.to_ne_bytes());
        body.extend(u64::MAX.to_ne_bytes());
        for (code, text) in [(2, &self.hardware), (3, &self.os), (4, &self.application)] {
            text_option(&mut body, code, text);
        }
        block(SECTION, body)
    }
}

impl Description {
    /// The description of an interface.
    pub fn block(&self) -> Vec<u8> {
        /// Times are in units of 10^-9 s.
        const NANOSECONDS: u8 = 9;
        let mut body = self.link_type.to_ne_bytes().to_vec();
        body.extend(0_u16.to_ne_bytes());
        body.extend(self.snaplen.to_ne_bytes());
        text_option(&mut body, 2, &self.name);
        for (address, mask) in &self.ipv4 {
            option(&mut body, 4, &[address.octets(), mask.octets()].concat());
        }
        for (address, prefix) in &self.ipv6 {
            option(&mut body, 5, &[&address.octets()[..], &[*prefix]].concat());
        }
        self.mac.into_iter().for_each(|mac| option(&mut body, 6, &mac));
        self.speed.into_iter().for_each(|speed| option(&mut body, 8, &speed.to_ne_bytes()));
        option(&mut body, 9, &[NANOSECONDS]);
        text_option(&mut body, 12, &self.os);
        block(INTERFACE, body)
    }
}

impl Statistics {
    /// The statistics of an interface.
    pub fn block(&self) -> Vec<u8> {
        let halves = |time: u64| [(time >> 32) as u32, time as u32].map(u32::to_ne_bytes).concat();
        let mut body = self.interface.to_ne_bytes().to_vec();
        body.extend(halves(self.end));
        option(&mut body, 2, &halves(self.begin));
        option(&mut body, 3, &halves(self.end));
        for (code, count) in [(4, self.received), (5, self.dropped), (8, self.delivered)] {
            option(&mut body, code, &count.to_ne_bytes());
        }
        text_option(&mut body, 1, self.comment.as_deref().unwrap_or(""));
        block(STATISTICS, body)
    }
}

/// A block of this type, with options behind which their end is said.
fn block(kind: u32, mut body: Vec<u8>) -> Vec<u8> {
    option(&mut body, 0, &[]);
    let len = ((BLOCK_MIN + body.len()) as u32).to_ne_bytes();
    [&kind.to_ne_bytes()[..], &len, &body, &len].concat()
}

/// An option with a text; none if there is none.
fn text_option(to: &mut Vec<u8>, code: u16, text: &str) {
    let text = text.get(..text.floor_char_boundary(TEXT_MAX)).unwrap_or(text);
    if !text.is_empty() {
        option(to, code, text.as_bytes());
    }
}

fn option(to: &mut Vec<u8>, code: u16, value: &[u8]) {
    to.extend(code.to_ne_bytes());
    to.extend((value.len() as u16).to_ne_bytes());
    to.extend(value);
    pad(to, value.len());
}

/// Zeros up to four bytes behind something of this length.
fn pad(to: &mut Vec<u8>, len: usize) {
    to.extend(&[0; 3][..len.next_multiple_of(4) - len]);
}
