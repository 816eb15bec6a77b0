//! ERF records that are the packets of another format (LINKTYPE_ERF).

use super::record::{inner, interface_id};
use super::{Cut, Decode as _, Erf, Head, Header, Scene};
use crate::record::Kind;

/// The link type of packets that are ERF records (LINKTYPE_ registry of libpcap).
pub(crate) const LINK_ERF: u16 = 197;

/// What a packet of link type 197 holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carried {
    /// A packet.
    Packet,
    /// A record of provenance.
    Meta,
}

/// What the captured bytes of a packet hold, `None` if it is no ERF record; changes the scene and
/// counts what was lost, as framing ERF does.
pub(crate) fn frame_carried(record: &[u8], cut: &mut Cut) -> Option<Carried> {
    let inner = inner(record)?;
    if inner.is_meta {
        let (items, _) = Erf.meta_items(record, &cut.scene);
        cut.scene.apply(&items);
        return Some(Carried::Meta);
    }
    let header = Header::read(record, 0)?;
    if !header.about()?.is_colour {
        cut.lost_by_packets = cut.lost_by_packets.saturating_add(u64::from(header.counter));
    }
    Some(Carried::Packet)
}

/// Makes of the head of a packet in `bytes` that of the ERF record it holds, if it holds one.
/// Provenance changes the scene.
pub(crate) fn decode_carried(bytes: &[u8], head: &mut Head, scene: &mut Scene) {
    let rest = bytes.get(head.body as usize..).unwrap_or(&[]);
    let record = rest.get(..head.captured as usize).unwrap_or(rest);
    let Some(inner) = inner(record) else { return };
    if inner.is_meta {
        let (items, _) = Erf.meta_items(record, scene);
        scene.apply(&items);
        head.kind = Kind::Meta;
    }
    head.time = inner.time_ns;
    head.body += inner.body;
    head.captured = inner.captured;
    head.wire = inner.wire;
    head.link = inner.link;
    head.interface = interface_id(scene, inner.port);
}
