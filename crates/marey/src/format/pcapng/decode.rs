//! Packets: heads of the three kinds of packet block.

use super::block::{self, BlockHead};
use super::{Decode, Pcapng, Reader, erf, items, options};
use crate::meta::{Field, Item};
use crate::record::{Head, Kind};
use crate::scene::{ByteOrder, Scene};
use crate::time::{NO_TIME, RawTime, Resolution, Timestamp};
use crate::wire::LinkType;

/// What decoding a packet takes from its interface.
#[derive(Clone, Copy)]
struct Known {
    id: u32,
    /// `None` for an interface that the section does not describe, or whose description is lost.
    scale: Option<(Resolution, i64)>,
    link: LinkType,
    snap_len: u32,
}

impl Known {
    fn find(scene: &Scene, id: u32) -> Self {
        let described = scene.interface(id).filter(|i| !i.lost && i.port.is_none());
        Known {
            id,
            scale: described.map(|i| (i.resolution, i.time_offset_s)),
            link: described.and_then(|i| i.link_type).unwrap_or(LinkType::UNKNOWN),
            snap_len: described.map_or(0, |i| i.snap_len),
        }
    }

    fn time(&self, high: u32, low: u32) -> i64 {
        let value = u64::from(high) << 32 | u64::from(low);
        let time = self.scale.and_then(|(resolution, offset)| resolution.time(value, offset));
        time.map_or(NO_TIME, Timestamp::as_ns)
    }
}

impl Decode for Pcapng {
    fn decode(&self, bytes: &[u8], starts: &[u32], scene: &mut Scene, heads: &mut Vec<Head>) {
        let mut known = Known::find(scene, 0);
        let mut order = scene.section().byte_order;
        heads.reserve(starts.len());
        for &start in starts {
            let block_bytes = bytes.get(start as usize..).unwrap_or(&[]);
            let reader = Reader::new(block_bytes, order);
            let block_type = reader.u32(block::TYPE).unwrap_or(0);
            let mut head = match block_type {
                block::ENHANCED_PACKET | block::PACKET => {
                    let id = interface_of(reader, block_type);
                    if id != known.id {
                        known = Known::find(scene, id);
                    }
                    packet_head(reader, start, known)
                }
                block::SIMPLE_PACKET => simple_head(reader, start, Known::find(scene, 0)),
                _ => {
                    let (items, _) = self.meta_items(block_bytes, scene);
                    scene.apply(&items);
                    order = scene.section().byte_order;
                    known = Known::find(scene, known.id);
                    meta_head(start, items::time_of(&items))
                }
            };
            if head.link.0 == erf::LINK_ERF {
                erf::decode_carried(bytes, &mut head, scene);
            }
            heads.push(head);
        }
    }

    fn meta_items<'a>(&self, bytes: &'a [u8], scene: &Scene) -> (Vec<Item<'a>>, usize) {
        let Some(head) = BlockHead::read(bytes, scene.section().byte_order) else {
            return (Vec::new(), 0);
        };
        let len = head.padded_len().min(bytes.len());
        let block = bytes.get(..len).unwrap_or(bytes);
        if let Some(record) = erf_record(block, head.order, scene) {
            return (erf::Erf.meta_items(record, scene).0, len);
        }
        (vec![items::item(block, head, scene)], len)
    }

    fn meta_fields<'a>(&self, bytes: &'a [u8], scene: &Scene) -> Vec<Field<'a>> {
        let order = scene.section().byte_order;
        match (BlockHead::read(bytes, order), erf_record(bytes, order, scene)) {
            (Some(_), Some(record)) => erf::Erf.meta_fields(record, scene),
            (Some(head), None) => options::fields(bytes, head, scene),
            (None, _) => Vec::new(),
        }
    }

    fn packet_options<'a>(&self, bytes: &'a [u8], scene: &Scene) -> Vec<Field<'a>> {
        let order = scene.section().byte_order;
        let Some(head) = BlockHead::read(bytes, order) else { return Vec::new() };
        let mut fields = options::of_packet(bytes, head);
        if let Some(record) = erf_record(bytes, order, scene) {
            fields.extend(erf::Erf.packet_options(record, scene));
        }
        fields
    }

    fn raw_time(&self, bytes: &[u8], scene: &Scene) -> Option<RawTime> {
        let order = scene.section().byte_order;
        if let Some(record) = erf_record(bytes, order, scene) {
            return erf::Erf.raw_time(record, scene);
        }
        let reader = Reader::new(bytes, order);
        let block_type = reader.u32(block::TYPE)?;
        if !matches!(block_type, block::ENHANCED_PACKET | block::PACKET) {
            return None;
        }
        let (high, low) = (reader.u32(block::TIME_HIGH)?, reader.u32(block::TIME_LOW)?);
        let known = Known::find(scene, interface_of(reader, block_type));
        let (resolution, offset_s) = known.scale?;
        let value = u64::from(high) << 32 | u64::from(low);
        Some(RawTime { value, resolution, offset_s })
    }
}

/// The ERF record that the packet block at the start of `bytes` holds, if its interface's packets
/// are ERF records and it is one.
pub(super) fn erf_record<'a>(bytes: &'a [u8], order: ByteOrder, scene: &Scene) -> Option<&'a [u8]> {
    let reader = Reader::new(bytes, order);
    let block_type = reader.u32(block::TYPE)?;
    let head = match block_type {
        block::ENHANCED_PACKET | block::PACKET => {
            packet_head(reader, 0, Known::find(scene, interface_of(reader, block_type)))
        }
        block::SIMPLE_PACKET => simple_head(reader, 0, Known::find(scene, 0)),
        _ => return None,
    };
    let record = reader.slice(head.body as usize, head.captured as usize);
    (head.link.0 == erf::LINK_ERF && erf::inner(record).is_some()).then_some(record)
}

fn interface_of(reader: Reader<'_>, block_type: u32) -> u32 {
    match block_type {
        block::PACKET => reader.u16(block::PB_INTERFACE).map(u32::from),
        _ => reader.u32(block::EPB_INTERFACE),
    }
    .unwrap_or(0)
}

fn packet_head(reader: Reader<'_>, start: u32, known: Known) -> Head {
    let field = |at| reader.u32(at).unwrap_or(0);
    Head {
        time: known.time(field(block::TIME_HIGH), field(block::TIME_LOW)),
        start,
        body: start + block::PACKET_DATA as u32,
        captured: field(block::CAPTURED),
        wire: field(block::ORIGINAL),
        interface: known.id,
        link: known.link,
        kind: Kind::Packet,
    }
}

/// A simple packet block: no time, interface 0; as much as the snap length and the block allow.
fn simple_head(reader: Reader<'_>, start: u32, known: Known) -> Head {
    let len = reader.u32(block::LEN).unwrap_or(0);
    let wire = reader.u32(block::SPB_ORIGINAL).unwrap_or(0);
    let room = len.saturating_sub(block::SPB_LEN_MIN as u32);
    let snap_len = if known.snap_len == 0 { u32::MAX } else { known.snap_len };
    Head {
        time: NO_TIME,
        start,
        body: start + block::SPB_DATA as u32,
        captured: wire.min(snap_len).min(room),
        wire,
        interface: 0,
        link: known.link,
        kind: Kind::Packet,
    }
}

fn meta_head(start: u32, time: Option<Timestamp>) -> Head {
    Head {
        time: time.map_or(NO_TIME, Timestamp::as_ns),
        start,
        body: start,
        captured: 0,
        wire: 0,
        interface: 0,
        link: LinkType::UNKNOWN,
        kind: Kind::Meta,
    }
}
