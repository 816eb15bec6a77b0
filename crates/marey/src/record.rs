//! What the library hands over: packets and meta records, with their place in the trace.

use std::fmt;

use crate::format::Decode;
use crate::meta::{Field, Meta, Value};
use crate::scene::{Interface, Scene, Section};
use crate::time::{RawTime, Timestamp};
use crate::wire::{self, FlowKey, Layers, LinkType};

/// A record: a packet, or a meta record that says something about the recording.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Record<'a> {
    /// A network frame as recorded.
    Packet(Packet<'a>),
    /// A record about the recording.
    Meta(Meta<'a>),
}

impl<'a> Record<'a> {
    /// The packet, if it is one.
    pub fn packet(&self) -> Option<&Packet<'a>> {
        match self {
            Record::Packet(packet) => Some(packet),
            Record::Meta(_) => None,
        }
    }

    /// The meta record, if it is one.
    pub fn meta(&self) -> Option<&Meta<'a>> {
        match self {
            Record::Packet(_) => None,
            Record::Meta(meta) => Some(meta),
        }
    }

    /// When it happened, if the trace says so.
    pub fn time(&self) -> Option<Timestamp> {
        match self {
            Record::Packet(p) => p.time(),
            Record::Meta(m) => m.time(),
        }
    }

    /// Where it stands.
    pub fn position(&self) -> Position {
        match self {
            Record::Packet(p) => p.position(),
            Record::Meta(m) => m.position(),
        }
    }
}

/// Where a record stands in its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// The number of the input, from 0, in the order in which they were opened.
    pub input: u32,
    /// The record's number in the input, from 0; packets and meta records count alike.
    pub record: u64,
    /// The offset of its first byte in the decompressed input.
    pub offset: u64,
}

/// The place of something published, in the total order of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// The number of the record during which it was published, counted over all inputs in the
    /// order in which their records are handled; with one input that is its number in it.
    pub record: u64,
    /// How many were published during that record before it.
    pub nth: u32,
}

/// What kind of record a head stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A packet.
    Packet,
    /// A meta record.
    Meta,
}

/// All that is decoded of a record ahead of its handler: 32 bytes over the piece's bytes.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// Nanoseconds since the epoch, or the value that means "none".
    pub(crate) time: i64,
    /// Where the record starts in the piece's bytes.
    pub(crate) start: u32,
    /// Where its captured bytes start.
    pub(crate) body: u32,
    /// How many bytes were captured.
    pub(crate) captured: u32,
    /// How many bytes were on the wire.
    pub(crate) wire: u32,
    /// The interface's number in its section.
    pub(crate) interface: u32,
    /// The link type of a packet.
    pub(crate) link: LinkType,
    /// Packet or meta record.
    pub(crate) kind: Kind,
}

const _: () = assert!(size_of::<Head>() == 32);

/// A run of decoded records over their bytes.
#[derive(Clone, Copy)]
pub(crate) struct Span<'a> {
    /// Which input they are of.
    pub input: u32,
    pub bytes: &'a [u8],
    pub format: &'a dyn Decode,
    /// The offset in the input of `bytes[0]`.
    pub base: u64,
}

/// A network frame as recorded, with what the trace says about it.
#[derive(Clone, Copy)]
pub struct Packet<'a> {
    pub(crate) span: Span<'a>,
    pub(crate) head: &'a Head,
    pub(crate) scene: &'a Scene,
    pub(crate) number: u64,
}

impl<'a> Packet<'a> {
    /// The captured bytes, from the first of the link layer.
    pub fn bytes(&self) -> &'a [u8] {
        let start = self.head.body as usize;
        self.span.bytes.get(start..start + self.head.captured as usize).unwrap_or(&[])
    }

    /// The record's bytes from its header on; they may run beyond its end.
    pub(crate) fn raw(&self) -> &'a [u8] {
        self.span.bytes.get(self.head.start as usize..).unwrap_or(&[])
    }

    /// When it was seen. `None` where the format has no time for it (pcapng's simple packets).
    pub fn time(&self) -> Option<Timestamp> {
        Timestamp::from_head(self.head.time)
    }

    /// The time as the trace holds it, for exact rewriting.
    pub fn raw_time(&self) -> Option<RawTime> {
        self.span.format.raw_time(self.raw(), self.scene)
    }

    /// How many bytes were captured.
    pub fn captured_len(&self) -> u32 {
        self.head.captured
    }

    /// How many bytes the packet had on the wire, as the format counts them
    /// (see [`Interface::fcs_len`]); nothing is added or taken away.
    pub fn wire_len(&self) -> u32 {
        self.head.wire
    }

    /// What the first captured byte belongs to.
    pub fn link_type(&self) -> LinkType {
        self.head.link
    }

    /// Its headers, from the outside in.
    pub fn layers(&self) -> Layers<'a> {
        wire::layers(self.link_type(), self.bytes(), self.wire_len())
    }

    /// Between whom it went, by its outermost addresses; `None` if it has none.
    pub fn flow(&self) -> Option<FlowKey> {
        wire::flow_key(self.link_type(), self.bytes(), self.wire_len())
    }

    /// Between whom it went, by its innermost addresses.
    pub fn inner_flow(&self) -> Option<FlowKey> {
        wire::inner_flow_key(self.link_type(), self.bytes(), self.wire_len())
    }

    /// The number of its interface in its section (pcapng), or its port (ERF).
    pub fn interface_id(&self) -> u32 {
        self.head.interface
    }

    /// The interface that it was seen on, as the trace has described it up to here.
    pub fn interface(&self) -> Option<&'a Interface> {
        self.scene.interface(self.head.interface)
    }

    /// The section that it stands in.
    pub fn section(&self) -> &'a Section {
        self.scene.section()
    }

    /// All that meta records said up to here.
    pub fn scene(&self) -> &'a Scene {
        self.scene
    }

    /// Where it stands.
    pub fn position(&self) -> Position {
        Position {
            input: self.span.input,
            record: self.number,
            offset: self.span.base + u64::from(self.head.start),
        }
    }

    /// What the trace says about this one packet, each option as a named field: comments,
    /// flags, hashes, drop counts, extension headers… In the trace's order.
    pub fn options(&self) -> Vec<Field<'a>> {
        self.span.format.packet_options(self.raw(), self.scene)
    }

    /// The packet's own comments.
    pub fn comments(&self) -> Vec<String> {
        let comment = |f: &Field<'_>| match &f.value {
            Value::Text(text) if f.name == "comment" => Some(text.as_str().to_owned()),
            _ => None,
        };
        self.options().iter().filter_map(comment).collect()
    }

    /// The number of the option called `name`, if it is there.
    fn option_u64(&self, name: &str) -> Option<u64> {
        self.options().iter().find(|f| f.name == name).and_then(|f| f.value.as_u64())
    }

    /// Link-layer flags as pcapng's `epb_flags` (draft section 4.3.1), from the least bit on.
    pub fn flags(&self) -> Option<u32> {
        self.option_u64("flags").map(|v| v as u32)
    }

    /// Which way it went, where the trace says so.
    pub fn direction(&self) -> Option<Direction> {
        match self.flags()? & 3 {
            1 => Some(Direction::Inbound),
            2 => Some(Direction::Outbound),
            _ => None,
        }
    }

    /// How many packets the interface lost between its previous packet and this one.
    pub fn drop_count(&self) -> Option<u64> {
        self.option_u64("dropcount").or_else(|| self.option_u64("lctr"))
    }

    /// The identifier that relates records of one packet seen on several interfaces.
    pub fn packet_id(&self) -> Option<u64> {
        self.option_u64("packetid")
    }

    /// The queue of the interface that it came from.
    pub fn queue(&self) -> Option<u32> {
        self.option_u64("queue").map(|v| v as u32)
    }

    /// Hashes of the packet: algorithm (pcapng draft, section 4.3.1) and value.
    pub fn hashes(&self) -> Vec<(u8, Vec<u8>)> {
        self.tagged("hash")
    }

    /// Verdicts on the packet: type (0 hardware, 1 traffic control, 2 XDP) and value.
    pub fn verdicts(&self) -> Vec<(u8, Vec<u8>)> {
        self.tagged("verdict")
    }

    /// The process and thread that the packet belongs to.
    pub fn process_thread(&self) -> Option<(u32, u32)> {
        let value = self.option_u64("processid_threadid")?;
        Some(((value >> 32) as u32, value as u32))
    }

    fn tagged(&self, name: &str) -> Vec<(u8, Vec<u8>)> {
        let tagged = |f: &Field<'_>| match &f.value {
            Value::Tagged(tag, bytes) if f.name == name => Some((*tag, bytes.to_vec())),
            _ => None,
        };
        self.options().iter().filter_map(tagged).collect()
    }
}

impl fmt::Debug for Packet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packet")
            .field("position", &self.position())
            .field("time", &self.time())
            .field("interface", &self.head.interface)
            .field("link_type", &self.link_type())
            .field("captured_len", &self.captured_len())
            .field("wire_len", &self.wire_len())
            .finish()
    }
}

/// Which way a packet went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Received by the host that recorded it.
    Inbound,
    /// Sent by the host that recorded it.
    Outbound,
}
