//! Data streams as marey records them: all fields at whole bytes, one layout of packet headers.
//!
//! A packet is valid from its first moment: [`Head::bytes`] is its header and context with how
//! much of it is filled so far, and is written again, in one piece, whenever more of it is. What
//! lies behind its content is padding.
//!
//! ```
//! use marey_ctf::packed::{Head, HEAD_BYTES, event_head};
//! use marey_ctf::schema::ByteOrder;
//!
//! let mut packet = vec![0; 4096];
//! let mut content = event_head(ByteOrder::Little, 0, 1_000).to_vec();
//! content.extend(7_u32.to_le_bytes());
//! packet[HEAD_BYTES..][..content.len()].copy_from_slice(&content);
//! let head = Head {
//!     packet_bytes: 4096,
//!     content_bytes: (HEAD_BYTES + content.len()) as u64,
//!     begin: 1_000,
//!     end: 1_000,
//!     ..Head::default()
//! };
//! packet[..HEAD_BYTES].copy_from_slice(&head.bytes(ByteOrder::Little));
//! ```

use crate::schema::{
    Array, ByteOrder, FieldClass, Integer, Length, Member, Role, StreamClass, Structure, Uuid,
};

/// How long the header and the context of a packet are.
pub const HEAD_BYTES: usize = 4 + 16 + 4 + 4 + 6 * 8 + 4;
/// How long the header of an event is.
pub const EVENT_HEAD_BYTES: usize = 10;
const MAGIC: u32 = 0xc1fc_1fc1;

/// What the header and the context of a packet say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Head {
    /// The trace's.
    pub uuid: Uuid,
    /// Of which class the stream is.
    pub stream_class: u32,
    /// Which of the streams of its class it is.
    pub stream: u32,
    /// The length of the packet.
    pub packet_bytes: u64,
    /// How much of it is content: the head and events.
    pub content_bytes: u64,
    /// The clock at its begin.
    pub begin: u64,
    /// The clock at its end.
    pub end: u64,
    /// Its number in the stream.
    pub sequence: u64,
    /// How many events were lost so far.
    pub discarded: u64,
    /// Where all its events are from: a CPU, as a rule.
    pub cpu: u32,
}

impl Head {
    /// What stands at the start of the packet.
    pub fn bytes(&self, order: ByteOrder) -> [u8; HEAD_BYTES] {
        let mut out = Cursor { bytes: [0; HEAD_BYTES], at: 0, order };
        out.u32(MAGIC);
        out.put(&self.uuid);
        out.u32(self.stream_class);
        out.u32(self.stream);
        out.u64(self.packet_bytes.saturating_mul(8));
        out.u64(self.content_bytes.saturating_mul(8));
        for number in [self.begin, self.end, self.sequence, self.discarded] {
            out.u64(number);
        }
        out.u32(self.cpu);
        out.bytes
    }
}

impl Head {
    /// What the start of a packet says; nothing if it is not one of this kind.
    pub fn parse(bytes: &[u8; HEAD_BYTES], order: ByteOrder) -> Option<Self> {
        let mut from = Parts { bytes, order };
        let is_packet = from.u32()? == MAGIC;
        let head = Head {
            uuid: from.take()?,
            stream_class: from.u32()?,
            stream: from.u32()?,
            packet_bytes: from.u64()? / 8,
            content_bytes: from.u64()? / 8,
            begin: from.u64()?,
            end: from.u64()?,
            sequence: from.u64()?,
            discarded: from.u64()?,
            cpu: from.u32()?,
        };
        is_packet.then_some(head)
    }
}

struct Parts<'b> {
    bytes: &'b [u8],
    order: ByteOrder,
}

impl Parts<'_> {
    fn take<const LEN: usize>(&mut self) -> Option<[u8; LEN]> {
        let (first, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*first)
    }

    fn u32(&mut self) -> Option<u32> {
        let bytes = self.take()?;
        Some(match self.order {
            ByteOrder::Little => u32::from_le_bytes(bytes),
            ByteOrder::Big => u32::from_be_bytes(bytes),
        })
    }

    fn u64(&mut self) -> Option<u64> {
        let bytes = self.take()?;
        Some(match self.order {
            ByteOrder::Little => u64::from_le_bytes(bytes),
            ByteOrder::Big => u64::from_be_bytes(bytes),
        })
    }
}

/// What stands at the start of an event.
pub fn event_head(order: ByteOrder, class: u16, time: u64) -> [u8; EVENT_HEAD_BYTES] {
    let mut out = Cursor { bytes: [0; EVENT_HEAD_BYTES], at: 0, order };
    out.put(&match order {
        ByteOrder::Little => class.to_le_bytes(),
        ByteOrder::Big => class.to_be_bytes(),
    });
    out.u64(time);
    out.bytes
}

struct Cursor<const LEN: usize> {
    bytes: [u8; LEN],
    at: usize,
    order: ByteOrder,
}

impl<const LEN: usize> Cursor<LEN> {
    fn put(&mut self, bytes: &[u8]) {
        if let Some(to) = self.bytes.get_mut(self.at..self.at + bytes.len()) {
            to.copy_from_slice(bytes);
        }
        self.at += bytes.len();
    }

    fn u32(&mut self, number: u32) {
        match self.order {
            ByteOrder::Little => self.put(&number.to_le_bytes()),
            ByteOrder::Big => self.put(&number.to_be_bytes()),
        }
    }

    fn u64(&mut self, number: u64) {
        match self.order {
            ByteOrder::Little => self.put(&number.to_le_bytes()),
            ByteOrder::Big => self.put(&number.to_be_bytes()),
        }
    }
}

/// The packet header that [`Head`] begins with.
pub fn packet_header(order: ByteOrder) -> Structure {
    let byte = FieldClass::Integer(Integer::unsigned(8, order));
    let uuid = FieldClass::Array(Array {
        length: Length::Static(16),
        element: Box::new(byte),
        minimum_alignment_bits: 8,
        roles: vec![Role::MetadataStreamUuid],
    });
    Structure {
        members: vec![
            of_role("magic", 32, order, Role::PacketMagicNumber),
            Member { name: "uuid".to_owned(), class: uuid },
            of_role("stream_id", 32, order, Role::DataStreamClassId),
            of_role("stream_instance_id", 32, order, Role::DataStreamId),
        ],
        minimum_alignment_bits: 8,
    }
}

/// A class of streams of such packets, without events. `source` is the name of what
/// [`Head::cpu`] is a number of: `cpu_id` where it is a CPU.
pub fn stream_class(id: u64, clock: usize, order: ByteOrder, source: &str) -> StreamClass {
    let context = [
        of_role("packet_size", 64, order, Role::PacketTotalLength),
        of_role("content_size", 64, order, Role::PacketContentLength),
        timed("timestamp_begin", clock, order, Role::Timestamp),
        timed("timestamp_end", clock, order, Role::PacketEndTimestamp),
        of_role("packet_seq_num", 64, order, Role::PacketSequenceNumber),
        of_role("events_discarded", 64, order, Role::DiscardedEventCounter),
        number(source, Integer::unsigned(32, order)),
    ];
    let header = [
        of_role("id", 16, order, Role::EventClassId),
        timed("timestamp", clock, order, Role::Timestamp),
    ];
    StreamClass {
        id: Some(id),
        default_clock: Some(clock),
        packet_context: Some(structure(context)),
        event_header: Some(structure(header)),
        ..StreamClass::default()
    }
}

/// A structure at whole bytes.
pub fn structure(members: impl IntoIterator<Item = Member>) -> Structure {
    Structure { members: members.into_iter().collect(), minimum_alignment_bits: 8 }
}

/// A member that is a number at whole bytes.
pub fn number(name: &str, class: Integer) -> Member {
    let class = Integer { alignment_bits: 8, ..class };
    Member { name: name.to_owned(), class: FieldClass::Integer(class) }
}

fn of_role(name: &str, len_bits: u32, order: ByteOrder, role: Role) -> Member {
    number(name, Integer { roles: vec![role], ..Integer::unsigned(len_bits, order) })
}

fn timed(name: &str, clock: usize, order: ByteOrder, role: Role) -> Member {
    let class = Integer::unsigned(64, order);
    number(name, Integer { roles: vec![role], clock: Some(clock), ..class })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_written() {
        let head = Head {
            uuid: *b"0123456789abcdef",
            stream_class: 1,
            stream: 2,
            packet_bytes: 65_536,
            content_bytes: 100,
            begin: 3,
            end: 4,
            sequence: 5,
            discarded: 6,
            cpu: 7,
        };
        for order in [ByteOrder::Little, ByteOrder::Big] {
            let mut bytes = head.bytes(order);
            assert_eq!(Head::parse(&bytes, order), Some(head));
            bytes[0] ^= 1;
            assert_eq!(Head::parse(&bytes, order), None);
        }
    }
}
