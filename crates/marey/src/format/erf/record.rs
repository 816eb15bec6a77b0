//! Packets of ERF: their heads, and the interface they were seen on.

use super::header::{self, Body, Header, ext_type, time_ns};
use crate::record::{Head, Kind};
use crate::scene::{Port, Scene};
use crate::wire::LinkType;

// Link types (LINKTYPE_ registry of libpcap).
const LINK_ETHERNET: LinkType = LinkType(1);
const LINK_PPP: LinkType = LinkType(9);
const LINK_PPP_HDLC: LinkType = LinkType(50);
const LINK_C_HDLC: LinkType = LinkType(104);
const LINK_IPV4: LinkType = LinkType(228);
const LINK_IPV6: LinkType = LinkType(229);
const LINK_INFINIBAND: LinkType = LinkType(247);

/// The bit of an interface number that says: at this port, which the trace has not described.
const NOT_DESCRIBED: u32 = 0x8000_0000;

/// A record's bytes within themselves.
struct Layout {
    body: usize,
    captured: usize,
    wire: usize,
    link: LinkType,
    is_meta: bool,
}

impl Layout {
    /// Where what is in `record`, which starts with `header` and may be cut off.
    ///
    /// What no link type stands for (cells, counters, raw links…) has an unknown one; the record's
    /// option `type` names it.
    #[inline(always)]
    fn of(header: &Header, record: &[u8]) -> Option<Self> {
        let about = header.about()?;
        let head_len = header.head_len(about, record)?;
        let space = usize::from(header.len) - head_len;
        let wire = usize::from(header.wire);
        let captured = wire.min(space);
        let link = match about.body {
            Body::Ethernet => LINK_ETHERNET,
            Body::Ipv4 => LINK_IPV4,
            Body::Ipv6 => LINK_IPV6,
            Body::Infiniband => LINK_INFINIBAND,
            Body::Hdlc => hdlc_link(record.get(head_len..).unwrap_or(&[])),
            Body::Other | Body::Meta | Body::Pad => LinkType::UNKNOWN,
        };
        let is_meta = about.body == Body::Meta;
        Some(Layout { body: head_len, captured, wire, link, is_meta })
    }
}

/// What is in an HDLC frame: Cisco HDLC for unicast (0x0f) and broadcast (0x8f) addresses, else
/// PPP, as Wireshark guesses it; frame relay cannot be told from it.
fn hdlc_link(frame: &[u8]) -> LinkType {
    match frame {
        [0x0f | 0x8f, ..] => LINK_C_HDLC,
        [0xff, 0x03, ..] => LINK_PPP_HDLC,
        _ => LINK_PPP,
    }
}

/// Appends a head for each record that `starts` gives. `scene` is the one before the first.
pub(super) fn heads(bytes: &[u8], starts: &[u32], scene: &mut Scene, heads: &mut Vec<Head>) {
    let mut last: Option<(Port, u32)> = None;
    for &start in starts {
        let record = bytes.get(start as usize..).unwrap_or(&[]);
        let Some((header, layout)) =
            Header::read(record, 0).and_then(|header| Some((header, Layout::of(&header, record)?)))
        else {
            heads.push(no_head(start));
            continue;
        };
        let port = port(&header, record);
        if layout.is_meta {
            let (items, _) = super::provenance::items(record, scene);
            scene.apply(&items);
            last = None;
        }
        let interface = match last {
            Some((known, id)) if known == port => id,
            _ => interface_id(scene, port),
        };
        last = Some((port, interface));
        heads.push(Head {
            time: time_ns(header.time),
            start,
            body: start + layout.body as u32,
            captured: layout.captured as u32,
            wire: layout.wire as u32,
            interface,
            link: layout.link,
            kind: if layout.is_meta { Kind::Meta } else { Kind::Packet },
        });
    }
}

/// The head of what is no record, which framing does not give.
fn no_head(start: u32) -> Head {
    Head {
        time: 0,
        start,
        body: start,
        captured: 0,
        wire: 0,
        interface: NOT_DESCRIBED,
        link: LinkType::UNKNOWN,
        kind: Kind::Packet,
    }
}

/// Where a record was seen: host and source from its extension headers, the first host and the
/// first source that are not 0 counting.
#[inline(always)]
pub(super) fn port(header: &Header, record: &[u8]) -> Port {
    let mut port = Port { host: None, source: 0, number: u32::from(header.interface()) };
    if !header.has_ext() {
        return port;
    }
    for ext in header.ext_headers(record) {
        let source = (ext >> 48) as u8;
        match ext_type(ext) {
            header::HOST_ID => {
                port.host = port.host.or(Some(ext & 0xffff_ffff_ffff).filter(|&host| host != 0));
            }
            header::FLOW_ID => {}
            _ => continue,
        }
        if port.source == 0 {
            port.source = source;
        }
    }
    port
}

/// The number in the scene of the interface at this port. A host or source that one side does not
/// name fits any, if one interface only fits. The number of a port that the trace has not
/// described has bit 31 set, its source in bits 8 to 15 and the card's interface in bits 0 to 7.
pub fn interface_id(scene: &Scene, port: Port) -> u32 {
    let described = || scene.ports().map(|(port, interface)| (interface.id, port));
    if let Some((id, _)) = described().find(|(_, known)| *known == port) {
        return id;
    }
    let fits = |known: Port| {
        known.number == port.number
            && (known.host == port.host || known.host.is_none() || port.host.is_none())
            && (known.source == port.source || known.source == 0 || port.source == 0)
    };
    let mut fitting = described().filter(|(_, known)| fits(*known));
    match (fitting.next(), fitting.next()) {
        (Some((id, _)), None) => id,
        _ => NOT_DESCRIBED | u32::from(port.source) << 8 | port.number & 0xff,
    }
}

/// An ERF record in a packet of another format (link type 197, LINKTYPE_ERF).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inner {
    /// Nanoseconds since the epoch by the record's own, finer clock.
    pub time_ns: i64,
    /// Where the packet starts in the record.
    pub body: u32,
    /// How many bytes of the packet are there.
    pub captured: u32,
    /// How many bytes it had on the wire, by the record.
    pub wire: u32,
    /// What its first byte belongs to.
    pub link: LinkType,
    /// Where it was seen; [`interface_id`] finds its number in a scene.
    pub port: Port,
    /// Whether it is a provenance record rather than a packet.
    pub is_meta: bool,
}

/// The ERF record that a packet of link type 197 holds, whose captured bytes are `bytes`. `None`
/// if they are none, or hold padding only.
pub fn inner(bytes: &[u8]) -> Option<Inner> {
    let header = Header::read(bytes, 0)?;
    let layout = Layout::of(&header, bytes).filter(|l| l.body <= bytes.len())?;
    let about = header.about()?;
    if about.body == Body::Pad || !about.is_assigned || !header.is_of_era() {
        return None;
    }
    Some(Inner {
        time_ns: time_ns(header.time),
        body: layout.body as u32,
        captured: layout.captured.min(bytes.len() - layout.body) as u32,
        wire: layout.wire as u32,
        link: layout.link,
        port: port(&header, bytes),
        is_meta: layout.is_meta,
    })
}
