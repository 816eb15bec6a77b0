//! What a walk finds: the layers, and why it ended.

use super::{u32_of, usize_of, walk};
use crate::wire::ethertype::EtherType;
use crate::wire::ip_protocol::IpProtocol;
use crate::wire::link::LinkType;
use crate::wire::llc::{Sap, snap_name};
use crate::wire::ppp::PppProtocol;
use crate::wire::protocol::Protocol;
use crate::wire::wlan::FrameType;
use std::fmt;

/// How many layers of a packet are followed: tags, labels and tunnels in tunnels all count.
pub const LAYERS_MAX: usize = 32;
/// How long a header may be: no standard has a longer one.
pub const HEADER_LEN_MAX: usize = u16::MAX as usize;

/// A header that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Layer {
    /// What it is.
    pub protocol: Protocol,
    /// The captured bytes, or those the headers around it allow, end inside it.
    pub cut: bool,
    /// How many bytes of it were captured, options included.
    pub header_len: u16,
    /// Where in the packet it starts.
    pub offset: u32,
}

/// A place for a layer.
pub(super) const NO_LAYER: Layer =
    Layer { protocol: Protocol::Ethernet, cut: false, header_len: 0, offset: 0 };

/// Why a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stop {
    /// All headers were found; what is behind the last one is its content.
    Payload,
    /// A fragment that is not the first has no further headers; a first one may end inside one.
    Fragment,
    /// What follows is encrypted.
    Encrypted,
    /// The next header, or the rest of the last one, was on the wire but was not captured.
    Snapped,
    /// The last layer contradicts itself, or ends before its header does.
    Malformed,
    /// More than [`LAYERS_MAX`] layers.
    TooDeep,
    /// No view of frames of this link type.
    Link(LinkType),
    /// No view of what follows by EtherType.
    EtherType(EtherType),
    /// No view of what follows IP.
    IpProtocol(IpProtocol),
    /// No view of what follows PPP.
    Ppp(PppProtocol),
    /// No view of what follows LLC.
    Sap(Sap),
    /// No view of what follows SNAP, by the protocol numbers of an organisation.
    Snap {
        /// Whose number.
        oui: u32,
        /// Which number.
        protocol: u16,
    },
    /// No view of what follows Frame Relay.
    Nlpid(u8),
    /// No view of what follows BSD loopback.
    Family(u32),
    /// The keepalives of Cisco's HDLC.
    Slarp,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Payload => f.write_str("payload"),
            Stop::Fragment => f.write_str("fragment"),
            Stop::Encrypted => f.write_str("encrypted"),
            Stop::Snapped => f.write_str("snapped"),
            Stop::Malformed => f.write_str("malformed"),
            Stop::TooDeep => f.write_str("too deep"),
            Stop::Link(link) => write!(f, "link type {link}"),
            Stop::EtherType(ethertype) => ethertype.fmt(f),
            Stop::IpProtocol(protocol) => protocol.fmt(f),
            Stop::Ppp(protocol) => protocol.fmt(f),
            Stop::Sap(sap) => sap.fmt(f),
            Stop::Snap { oui, protocol } => write!(f, "snap 0x{oui:06x} 0x{protocol:04x}"),
            Stop::Nlpid(nlpid) => write!(f, "nlpid 0x{nlpid:02x}"),
            Stop::Family(family) => write!(f, "address family {family}"),
            Stop::Slarp => f.write_str("slarp"),
        }
    }
}

/// What the outermost link carries, behind tags and labels: for counting. `Display` gives its name
/// or its number: `ipv4`, `arp`, `lldp`, `ethertype 0x1234`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NetworkKind {
    /// Named by an EtherType, or by another number for the same.
    EtherType(EtherType),
    /// Named by a PPP protocol number.
    Ppp(PppProtocol),
    /// Named by an LLC service access point.
    Sap(Sap),
    /// Named by an organisation's number in SNAP.
    Snap {
        /// Whose number.
        oui: u32,
        /// Which number.
        protocol: u16,
    },
    /// Named by a network layer protocol identifier.
    Nlpid(u8),
    /// An 802.11 frame without content of its own.
    Wlan(FrameType),
    /// The keepalives of Cisco's HDLC.
    Slarp,
}

impl fmt::Display for NetworkKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            NetworkKind::EtherType(ethertype) => ethertype.fmt(f),
            NetworkKind::Ppp(protocol) => protocol.fmt(f),
            NetworkKind::Sap(sap) => sap.fmt(f),
            NetworkKind::Snap { oui, protocol } => match snap_name(oui, protocol) {
                Some(name) => f.write_str(name),
                None => write!(f, "snap 0x{oui:06x} 0x{protocol:04x}"),
            },
            NetworkKind::Nlpid(nlpid) => write!(f, "nlpid 0x{nlpid:02x}"),
            NetworkKind::Wlan(kind) => kind.fmt(f),
            NetworkKind::Slarp => f.write_str("slarp"),
        }
    }
}

/// No index.
pub(super) const NONE: u8 = u8::MAX;

/// The headers of a packet. Addresses, ports and the like are read when asked for.
#[derive(Clone)]
pub struct Layers<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) wire_len: u32,
    pub(super) link: LinkType,
    pub(super) stop: Stop,
    pub(super) kind: Option<NetworkKind>,
    pub(super) count: u8,
    pub(super) first_network: u8,
    pub(super) last_network: u8,
    pub(super) payload_at: u32,
    pub(super) payload_end: u32,
    pub(super) payload_wire_end: u32,
    pub(super) layers: [Layer; LAYERS_MAX],
}

impl<'a> Layers<'a> {
    /// The layers of a packet without bytes, to [`walk`](Layers::walk) with.
    pub fn empty() -> Self {
        Layers {
            bytes: &[],
            wire_len: 0,
            link: LinkType::NULL,
            stop: Stop::Payload,
            kind: None,
            count: 0,
            first_network: NONE,
            last_network: NONE,
            payload_at: 0,
            payload_end: 0,
            payload_wire_end: 0,
            layers: [NO_LAYER; LAYERS_MAX],
        }
    }

    /// Walks over another packet with the same storage: see [`layers`](super::layers).
    #[inline]
    pub fn walk(&mut self, link: LinkType, bytes: &'a [u8], wire_len: u32) {
        let captured_len = u32_of(bytes.len());
        self.bytes = bytes;
        self.wire_len = wire_len.max(captured_len);
        self.link = link;
        self.kind = None;
        self.count = 0;
        self.first_network = NONE;
        self.last_network = NONE;
        self.payload_end = captured_len;
        self.payload_wire_end = self.wire_len;
        walk(self);
    }

    /// The headers, outermost first.
    #[inline]
    pub fn as_slice(&self) -> &[Layer] {
        self.layers.get(..usize::from(self.count)).unwrap_or(&[])
    }

    /// The innermost header of this protocol.
    pub fn find(&self, protocol: Protocol) -> Option<&Layer> {
        self.as_slice().iter().rfind(|layer| layer.protocol == protocol)
    }

    /// What was captured from the start of `layer` to the end of the innermost datagram: what a
    /// view is parsed from.
    #[inline]
    pub fn bytes_of(&self, layer: &Layer) -> &'a [u8] {
        let end = usize_of(self.payload_end);
        self.bytes.get(usize_of(layer.offset)..end).unwrap_or(&[])
    }

    /// The link type that was walked from.
    pub fn link(&self) -> LinkType {
        self.link
    }

    /// All bytes that were captured.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Bytes of the packet on the wire: never less than were captured.
    pub fn wire_len(&self) -> u32 {
        self.wire_len
    }

    /// Why the walk ended.
    #[inline]
    pub fn stop(&self) -> Stop {
        self.stop
    }

    /// What the outermost link carries; `None` if the walk did not get there.
    #[inline]
    pub fn kind(&self) -> Option<NetworkKind> {
        self.kind
    }

    /// What was captured behind the last header, without padding.
    #[inline]
    pub fn payload(&self) -> &'a [u8] {
        self.bytes.get(usize_of(self.payload_at)..usize_of(self.payload_end)).unwrap_or(&[])
    }

    /// Where in the packet the payload starts.
    #[inline]
    pub fn payload_offset(&self) -> u32 {
        self.payload_at
    }

    /// Bytes behind the last header on the wire, without padding.
    #[inline]
    pub fn payload_len(&self) -> u32 {
        self.payload_wire_end.saturating_sub(self.payload_at)
    }

    pub(in crate::wire) fn first_network(&self) -> Option<usize> {
        (self.first_network != NONE).then_some(usize::from(self.first_network))
    }

    pub(in crate::wire) fn last_network(&self) -> Option<usize> {
        (self.last_network != NONE).then_some(usize::from(self.last_network))
    }
}

impl fmt::Debug for Layers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layers")
            .field("link", &self.link)
            .field("captured_len", &self.bytes.len())
            .field("wire_len", &self.wire_len)
            .field("layers", &self.as_slice())
            .field("stop", &self.stop)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
