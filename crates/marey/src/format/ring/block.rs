//! A block: packets with their heads (`struct tpacket_block_desc`, `struct tpacket3_hdr` and
//! `struct sockaddr_ll` of `linux/if_packet.h`).

/// A block that the kernel handed over.
#[derive(Clone, Copy, Debug)]
pub struct Block<'r> {
    bytes: &'r [u8],
}

/// A packet as the kernel hands it over.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'r> {
    head: &'r [u8; HEAD_BYTES],
    /// Its bytes, as many as are there.
    pub bytes: &'r [u8],
}

/// All the packets of a block, in order.
#[derive(Clone, Debug)]
pub struct Frames<'r> {
    bytes: &'r [u8],
    /// How many are left.
    left: u32,
    at: usize,
}

// Offsets in a block.
const STATUS: usize = 8;
const COUNT: usize = 12;
const FIRST: usize = 16;
const LEN: usize = 20;
const BLOCK_HEAD_BYTES: usize = 48;

// Offsets in a packet's head, and in the address behind it.
const NEXT: usize = 0;
const SECONDS: usize = 4;
const NANOSECONDS: usize = 8;
const CAPTURED: usize = 12;
const WIRE: usize = 16;
const PACKET_STATUS: usize = 20;
const MAC: usize = 24;
const VLAN_TAG: usize = 32;
const VLAN_PROTOCOL: usize = 36;
const PROTOCOL: usize = 50;
const INTERFACE: usize = 52;
const HARDWARE: usize = 56;
const KIND: usize = 58;
const ADDRESS_LEN: usize = 59;
const ADDRESS: usize = 60;
pub(super) const HEAD_BYTES: usize = 68;

// What flags say of a block, and of a packet.
const LOSING: u32 = 1 << 2;
const HAS_VLAN: u32 = 1 << 4;
const HAS_VLAN_PROTOCOL: u32 = 1 << 6;

/// The tag of a virtual network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vlan {
    /// What stands where the type of the packet would stand.
    pub protocol: u16,
    /// Priority and number.
    pub tag: u16,
}

fn word<const N: usize>(bytes: &[u8; N], at: usize) -> u32 {
    let word = bytes.get(at..).and_then(|bytes| bytes.first_chunk::<4>());
    word.map_or(0, |word| u32::from_ne_bytes(*word))
}

fn half<const N: usize>(bytes: &[u8; N], at: usize) -> u16 {
    let half = bytes.get(at..).and_then(|bytes| bytes.first_chunk::<2>());
    half.map_or(0, |half| u16::from_ne_bytes(*half))
}

/// Whether the flags of a packet, or those of several, say that a tag was taken out.
pub(super) fn has_tag(status: u32) -> bool {
    status & HAS_VLAN != 0
}

impl<'r> Block<'r> {
    /// A block as it is in the ring.
    pub fn new(bytes: &'r [u8]) -> Self {
        Block { bytes }
    }

    fn word(&self, at: usize) -> u32 {
        self.bytes.first_chunk::<BLOCK_HEAD_BYTES>().map_or(0, |head| word(head, at))
    }

    /// Its bytes that mean something.
    pub(super) fn bytes(&self) -> &'r [u8] {
        self.bytes.get(..self.len()).unwrap_or_default()
    }

    /// How many of its bytes mean something.
    pub fn len(&self) -> usize {
        (self.word(LEN) as usize).min(self.bytes.len())
    }

    /// Whether nothing of it means something, which the kernel never says.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many packets it has.
    pub fn count(&self) -> u32 {
        self.word(COUNT)
    }

    /// Whether packets were lost since the kernel was asked for its counts.
    pub fn tells_loss(&self) -> bool {
        self.word(STATUS) & LOSING != 0
    }

    /// Its packets.
    pub fn frames(&self) -> Frames<'r> {
        Frames { bytes: self.bytes(), left: self.count(), at: self.word(FIRST) as usize }
    }
}

impl<'r> Iterator for Frames<'r> {
    type Item = Frame<'r>;

    fn next(&mut self) -> Option<Frame<'r>> {
        self.left = self.left.checked_sub(1)?;
        let frame = Frame::of(self.bytes.get(self.at..)?)?;
        // The last one leads nowhere, and no other one back.
        self.at = match word(frame.head, NEXT) as usize {
            next @ HEAD_BYTES.. => self.at + next,
            _ => self.bytes.len(),
        };
        Some(frame)
    }
}

impl Frames<'_> {
    /// Where the next one begins, in bytes from the start of the block.
    pub(super) fn at(&self) -> usize {
        self.at
    }
}

impl<'r> Frame<'r> {
    /// The packet whose head is at the start of these bytes; nothing if they are too few.
    #[inline(always)]
    pub(super) fn of(bytes: &'r [u8]) -> Option<Self> {
        let head = bytes.first_chunk::<HEAD_BYTES>()?;
        let start = usize::from(half(head, MAC));
        let bytes = bytes.get(start..)?.get(..word(head, CAPTURED) as usize)?;
        Some(Frame { head, bytes })
    }

    /// Where its bytes begin, from its head on.
    pub(super) fn body(&self) -> u32 {
        u32::from(half(self.head, MAC))
    }

    /// When it came, in nanoseconds since the Unix epoch.
    pub fn time(&self) -> u64 {
        let seconds = u64::from(word(self.head, SECONDS));
        seconds * 1_000_000_000 + u64::from(word(self.head, NANOSECONDS))
    }

    /// How long it is, without a tag that the kernel took out.
    pub fn wire(&self) -> u32 {
        word(self.head, WIRE)
    }

    /// Whether there is less of it than was asked for, since the ring's blocks are too short.
    pub fn is_cut(&self, snaplen: u32) -> bool {
        let wanted = if snaplen == 0 { self.wire() } else { self.wire().min(snaplen) };
        self.bytes.len() < wanted as usize
    }

    /// What the kernel says of it, in flags.
    pub(super) fn status(&self) -> u32 {
        word(self.head, PACKET_STATUS)
    }

    /// The tag that the kernel took out.
    pub fn vlan(&self) -> Option<Vlan> {
        const ETHER_TYPE: u16 = 0x8100;
        let status = self.status();
        if !has_tag(status) {
            return None;
        }
        let is_told = status & HAS_VLAN_PROTOCOL != 0;
        let protocol = if is_told { half(self.head, VLAN_PROTOCOL) } else { ETHER_TYPE };
        Some(Vlan { protocol, tag: word(self.head, VLAN_TAG) as u16 })
    }

    /// The protocol in it (`ETH_P_…`).
    pub fn protocol(&self) -> u16 {
        u16::from_be(half(self.head, PROTOCOL))
    }

    /// The number of its interface.
    pub fn interface(&self) -> u32 {
        word(self.head, INTERFACE)
    }

    /// What its interface is (`ARPHRD_…`).
    pub fn hardware(&self) -> u16 {
        half(self.head, HARDWARE)
    }

    /// For whom it is, or whether it goes out (`PACKET_HOST` to `PACKET_OUTGOING`).
    pub fn kind(&self) -> u8 {
        self.head.get(KIND).copied().unwrap_or_default()
    }

    /// How long the address of its sender is, and the first eight bytes of it.
    pub fn sender(&self) -> (u8, [u8; 8]) {
        let bytes = self.head.get(ADDRESS..).and_then(|bytes| bytes.first_chunk::<8>());
        (
            self.head.get(ADDRESS_LEN).map_or(0, |len| *len.min(&8)),
            bytes.copied().unwrap_or_default(),
        )
    }
}
