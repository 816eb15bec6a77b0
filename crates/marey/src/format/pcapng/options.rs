//! Options: their codes, names and shapes in each block (pcapng draft, sections 3.5 and 4).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Reader;
use super::block::{self, BlockHead, padded};
use super::{items, secrets};
use crate::meta::{Field, Mac, Text, Value};
use crate::scene::{ByteOrder, Scene};
use crate::time::Resolution;

/// How an option's value is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Text,
    U8,
    U32,
    U64,
    I32,
    I64,
    Bits32,
    Ipv4,
    Ipv4Net,
    Ipv6,
    Ipv6Net,
    Mac,
    Eui64,
    /// A type byte and the rest.
    Tagged,
    Resolution,
    /// Two words, the high one first, in units of the block's interface.
    Time,
    /// Two words of 32 bits, the first one first.
    Pair32,
}

/// Name and shape of an option. `None` for a code that the block does not define.
fn known(block_type: u32, code: u16) -> Option<(&'static str, Shape)> {
    match block_type {
        block::SECTION => section_option(code),
        block::INTERFACE => interface_option(code),
        block::ENHANCED_PACKET => packet_option(code),
        block::PACKET => packet_option(code).filter(|_| code <= 3),
        block::NAMES => match code {
            2 => Some(("dnsname", Shape::Text)),
            3 => Some(("dnsIP4addr", Shape::Ipv4)),
            4 => Some(("dnsIP6addr", Shape::Ipv6)),
            _ => None,
        },
        block::STATISTICS => statistics_option(code),
        _ => None,
    }
}

fn section_option(code: u16) -> Option<(&'static str, Shape)> {
    match code {
        2 => Some(("hardware", Shape::Text)),
        3 => Some(("os", Shape::Text)),
        4 => Some(("userappl", Shape::Text)),
        _ => None,
    }
}

fn interface_option(code: u16) -> Option<(&'static str, Shape)> {
    Some(match code {
        2 => ("name", Shape::Text),
        3 => ("description", Shape::Text),
        4 => ("IPv4addr", Shape::Ipv4Net),
        5 => ("IPv6addr", Shape::Ipv6Net),
        6 => ("MACaddr", Shape::Mac),
        7 => ("EUIaddr", Shape::Eui64),
        8 => ("speed", Shape::U64),
        9 => ("tsresol", Shape::Resolution),
        10 => ("tzone", Shape::I32),
        11 => ("filter", Shape::Tagged),
        12 => ("os", Shape::Text),
        13 => ("fcslen", Shape::U8),
        14 => ("tsoffset", Shape::I64),
        15 => ("hardware", Shape::Text),
        16 => ("txspeed", Shape::U64),
        17 => ("rxspeed", Shape::U64),
        18 => ("iana_tzname", Shape::Text),
        _ => return None,
    })
}

fn packet_option(code: u16) -> Option<(&'static str, Shape)> {
    Some(match code {
        2 => ("flags", Shape::Bits32),
        3 => ("hash", Shape::Tagged),
        4 => ("dropcount", Shape::U64),
        5 => ("packetid", Shape::U64),
        6 => ("queue", Shape::U32),
        7 => ("verdict", Shape::Tagged),
        8 => ("processid_threadid", Shape::Pair32),
        _ => return None,
    })
}

fn statistics_option(code: u16) -> Option<(&'static str, Shape)> {
    Some(match code {
        2 => ("starttime", Shape::Time),
        3 => ("endtime", Shape::Time),
        4 => ("ifrecv", Shape::U64),
        5 => ("ifdrop", Shape::U64),
        6 => ("filteraccept", Shape::U64),
        7 => ("osdrop", Shape::U64),
        8 => ("usrdeliv", Shape::U64),
        _ => return None,
    })
}

/// Options that every block may have (section 3.5.1).
const COMMENT: u16 = 1;
const CUSTOM: [u16; 4] = [2988, 2989, 19372, 19373];

/// An option as it stands: its code and value. `Err` at one that does not fit into its block.
pub(super) struct Options<'a> {
    rest: &'a [u8],
    order: ByteOrder,
}

impl<'a> Options<'a> {
    /// The options that start at `at` in a block.
    pub fn of_block(bytes: &'a [u8], head: BlockHead, at: usize) -> Self {
        let end = head.body_end(bytes);
        Options::of(bytes.get(at..end).unwrap_or(&[]), head.order)
    }

    /// The options that `bytes` begin with.
    pub fn of(bytes: &'a [u8], order: ByteOrder) -> Self {
        Options { rest: bytes, order }
    }

    /// What has not been read yet; it begins with the mark of the end, if that was reached.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = Result<(u16, &'a [u8]), usize>;

    fn next(&mut self) -> Option<Self::Item> {
        let reader = Reader::new(self.rest, self.order);
        let (code, len) = match (reader.u16(0), reader.u16(2)) {
            (Some(0), _) => return None,
            (Some(code), Some(len)) => (code, usize::from(len)),
            _ if self.rest.is_empty() => return None,
            _ => return Some(Err(std::mem::take(&mut self.rest).len())),
        };
        let Some(value) = self.rest.get(4..4 + len) else {
            return Some(Err(std::mem::take(&mut self.rest).len()));
        };
        self.rest = self.rest.get(4 + padded(len)..).unwrap_or(&[]);
        Some(Ok((code, value)))
    }
}

/// Where the options of a block start.
pub(super) fn start_of(bytes: &[u8], head: BlockHead) -> usize {
    let reader = Reader::new(bytes, head.order);
    match head.block_type {
        block::SECTION => 24,
        block::INTERFACE => 16,
        block::ENHANCED_PACKET | block::PACKET => {
            let captured = reader.u32(block::CAPTURED).unwrap_or(0) as usize;
            block::PACKET_DATA.saturating_add(padded(captured))
        }
        block::STATISTICS => 20,
        block::SECRETS => secrets::parts(bytes, head).options,
        block::NAMES => items::end_of_names(bytes, head),
        _ => usize::MAX,
    }
}

/// How many bytes at the end of a block are no options, and why.
pub(super) fn overrun(bytes: &[u8], head: BlockHead) -> (usize, &'static str) {
    if head.block_type == block::SECRETS {
        let excess = secrets::parts(bytes, head).excess;
        return (excess, "what follows the secrets is no options; it counts as secrets");
    }
    let start = start_of(bytes, head);
    let overrun = Options::of_block(bytes, head, start).find_map(Result::err).unwrap_or(0);
    (overrun, "an option does not fit its block")
}

/// How many packets a packet block says were lost before it.
pub(super) fn packet_drops(bytes: &[u8], head: BlockHead) -> u64 {
    const DROPCOUNT: u16 = 4;
    let reader = Reader::new(bytes, head.order);
    match head.block_type {
        block::PACKET => match reader.u16(block::PB_DROPS) {
            Some(block::PB_DROPS_UNKNOWN) | None => 0,
            Some(drops) => u64::from(drops),
        },
        block::ENHANCED_PACKET => {
            let mut options = Options::of_block(bytes, head, start_of(bytes, head)).flatten();
            let drops = options.find(|(code, _)| *code == DROPCOUNT);
            drops.and_then(|(_, value)| Reader::new(value, head.order).u64(0)).unwrap_or(0)
        }
        _ => 0,
    }
}

/// The options of a packet block, and what its obsolete kind says in its head.
pub(super) fn of_packet(bytes: &[u8], head: BlockHead) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    if head.block_type == block::PACKET {
        match Reader::new(bytes, head.order).u16(block::PB_DROPS) {
            Some(block::PB_DROPS_UNKNOWN) | None => {}
            Some(drops) => fields.push(field(0, "dropcount", Value::U64(u64::from(drops)))),
        }
    }
    if head.block_type != block::SIMPLE_PACKET {
        append(bytes, head, None, &mut fields);
    }
    fields
}

/// What stands in the head of a meta block, and its options.
pub(super) fn fields<'a>(bytes: &'a [u8], head: BlockHead, scene: &Scene) -> Vec<Field<'a>> {
    let mut fields = Vec::new();
    items::append_head(bytes, head, scene, &mut fields);
    append(bytes, head, Some(scene), &mut fields);
    fields
}

fn append<'a>(
    bytes: &'a [u8],
    head: BlockHead,
    scene: Option<&Scene>,
    fields: &mut Vec<Field<'a>>,
) {
    let start = start_of(bytes, head);
    let resolution = scene.and_then(|scene| {
        let id = Reader::new(bytes, head.order).u32(block::BODY)?;
        scene.interface(id).map(|i| (i.resolution, i.time_offset_s))
    });
    for option in Options::of_block(bytes, head, start) {
        fields.push(match option {
            Ok((code, value)) => decode(head, code, value, resolution),
            Err(len) => {
                let end = head.body_end(bytes);
                let rest = bytes.get(end.saturating_sub(len)..end).unwrap_or(&[]);
                field(0, "option that does not fit", Value::Malformed(rest))
            }
        });
    }
}

pub(super) fn field<'a>(code: u16, name: &'static str, value: Value<'a>) -> Field<'a> {
    Field { code, name, part: "", value }
}

fn decode<'a>(
    head: BlockHead,
    code: u16,
    value: &'a [u8],
    resolution: Option<(Resolution, i64)>,
) -> Field<'a> {
    let reader = Reader::new(value, head.order);
    if code == COMMENT {
        return field(code, "comment", Value::Text(Text::new(value)));
    }
    if CUSTOM.contains(&code) {
        let decoded = match (reader.u32(0), value.get(4..)) {
            (Some(enterprise), Some(rest)) => Value::Custom(enterprise, rest),
            _ => Value::Malformed(value),
        };
        return field(code, "custom", decoded);
    }
    match known(head.block_type, code) {
        Some((name, shape)) => {
            let decoded = shaped(shape, value, head.order, resolution);
            field(code, name, decoded.unwrap_or(Value::Malformed(value)))
        }
        // It may be what is left of secrets whose length is wrong.
        None if head.block_type == block::SECRETS => {
            field(code, "unknown", Value::Secret(value.len()))
        }
        None => field(code, "unknown", Value::Bytes(value)),
    }
}

/// The value of an option with this shape; `None` if it is too short.
fn shaped<'a>(
    shape: Shape,
    value: &'a [u8],
    order: ByteOrder,
    resolution: Option<(Resolution, i64)>,
) -> Option<Value<'a>> {
    let reader = Reader::new(value, order);
    Some(match shape {
        Shape::Text => Value::Text(Text::new(value)),
        Shape::U8 | Shape::Resolution => Value::U64(u64::from(*value.first()?)),
        Shape::U32 => Value::U64(u64::from(reader.u32(0)?)),
        Shape::U64 => Value::U64(reader.u64(0)?),
        Shape::I32 => Value::I64(i64::from(reader.u32(0)? as i32)),
        Shape::I64 => Value::I64(reader.u64(0)? as i64),
        Shape::Bits32 => Value::Bits(u64::from(reader.u32(0)?)),
        Shape::Ipv4 => Value::Ipv4(Ipv4Addr::from(reader.array::<4>(0)?)),
        Shape::Ipv4Net => {
            let (address, mask) = (reader.array::<4>(0)?, reader.array::<4>(4)?);
            Value::Ipv4Net(Ipv4Addr::from(address), Ipv4Addr::from(mask))
        }
        Shape::Ipv6 => Value::Ipv6(Ipv6Addr::from(reader.array::<16>(0)?)),
        Shape::Ipv6Net => Value::Ipv6Net(Ipv6Addr::from(reader.array::<16>(0)?), *value.get(16)?),
        Shape::Mac => Value::Mac(Mac(reader.array::<6>(0)?)),
        Shape::Eui64 => Value::Bytes(value.get(..8)?),
        Shape::Tagged => Value::Tagged(*value.first()?, value.get(1..)?),
        Shape::Time => {
            let units = u64::from(reader.u32(0)?) << 32 | u64::from(reader.u32(4)?);
            Value::Time(resolution.and_then(|(r, offset)| r.time(units, offset)))
        }
        Shape::Pair32 => Value::U64(u64::from(reader.u32(0)?) << 32 | u64::from(reader.u32(4)?)),
    })
}
