//! One walk over a packet, from its outermost header inwards.
//!
//! Each step looks at one header, notes it, and says what comes next or why there is no next. A
//! header is noted if at least one byte of it was captured; the last one may be cut. Lengths that
//! headers give (IP, 802.3, PPPoE, UDP …) bound what is inside them, so that padding is nobody's
//! payload. A packet that was cut to a snap length gives a prefix of the layers it would have
//! given whole.

mod datagram;
mod ends;
mod ip;
mod layers;
mod link;
mod links;
mod radio;
mod tunnel;

pub use layers::{HEADER_LEN_MAX, LAYERS_MAX, Layer, Layers, NetworkKind, Stop};
pub use links::Stripped;
pub(super) use tunnel::is_tunnel;

use super::ethertype::EtherType;
use super::ip_protocol::IpProtocol;
use super::link::LinkType;
use super::protocol::Protocol;
use layers::NONE;

/// Walks over the packet of which `bytes` were captured, of `wire_len` bytes on the wire.
///
/// Where nanoseconds count, [`Layers::empty`] and [`Layers::walk`] do the same in one place.
pub fn layers(link: LinkType, bytes: &[u8], wire_len: u32) -> Layers<'_> {
    let mut layers = Layers::empty();
    layers.walk(link, bytes, wire_len);
    layers
}

/// `u32` to `usize`, both of which hold offsets into a packet.
#[inline]
pub(super) fn usize_of(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// What the next step is to look at.
#[derive(Clone, Copy, Debug)]
enum Next {
    Link(LinkType),
    Ethernet,
    EtherType(EtherType),
    Llc,
    Snap,
    Ppp,
    Pppoe,
    Mpls,
    CiscoHdlc,
    FrameRelay,
    Radiotap,
    Wlan { padded: bool },
    Ip,
    Ipv4,
    Ipv6,
    IpProtocol(IpProtocol),
    Udp,
    Gre,
}

/// A step's outcome: the next one, or why there is none.
type Step = Result<Next, Stop>;

/// Where a walk is. `at <= end <= wire_end` always holds.
struct Walk<'w, 'a> {
    layers: &'w mut Layers<'a>,
    /// The next byte.
    at: usize,
    /// The end of what was captured and belongs to the innermost header so far.
    end: usize,
    /// The end of the same on the wire.
    wire_end: usize,
    /// This is the first of several fragments.
    is_fragment: bool,
    /// The innermost network header is IPv6.
    is_ipv6: bool,
}

/// Every step that does not end the walk notes a layer, or leads to one that does, of which there
/// are [`LAYERS_MAX`].
#[inline]
fn walk(layers: &mut Layers<'_>) {
    let (end, wire_end) = (usize_of(layers.payload_end), usize_of(layers.payload_wire_end));
    let mut next = match layers.link {
        LinkType::ETHERNET => Next::Ethernet,
        link => Next::Link(link),
    };
    let mut walk = Walk { layers, at: 0, end, wire_end, is_fragment: false, is_ipv6: false };
    let stop = loop {
        match walk.step(next) {
            Ok(found) => next = found,
            Err(stop) => break stop,
        }
    };
    let Walk { layers, at, end, wire_end, .. } = walk;
    layers.stop = stop;
    layers.payload_at = u32_of(at);
    layers.payload_end = u32_of(end);
    layers.payload_wire_end = u32_of(wire_end);
}

/// `usize` to `u32`: offsets come from `u32`s.
#[inline]
pub(super) fn u32_of(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

impl<'a> Walk<'_, 'a> {
    #[inline]
    fn step(&mut self, next: Next) -> Step {
        match next {
            Next::Ethernet => self.ethernet(),
            Next::EtherType(ethertype) => self.ethertype(ethertype),
            Next::Ipv4 => self.ipv4(),
            Next::Ipv6 => self.ipv6(),
            Next::IpProtocol(protocol) => self.ip_protocol(protocol),
            Next::Udp => self.udp(),
            next => self.rare_step(next),
        }
    }

    #[inline(never)]
    fn rare_step(&mut self, next: Next) -> Step {
        match next {
            Next::Link(link) => self.link(link),
            Next::Llc => self.llc(),
            Next::Snap => self.snap(),
            Next::Ppp => self.ppp(),
            Next::Pppoe => self.pppoe(),
            Next::Mpls => self.mpls(),
            Next::CiscoHdlc => self.cisco_hdlc(),
            Next::FrameRelay => self.frame_relay(),
            Next::Radiotap => self.radiotap(),
            Next::Wlan { padded } => self.wlan(padded),
            Next::Ip => self.ip(),
            Next::Gre => self.gre(),
            frequent => Ok(frequent),
        }
    }

    /// What was captured from here on.
    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.layers.bytes.get(self.at..self.end).unwrap_or(&[])
    }

    /// Nothing behind the next `len` bytes belongs to what is inside.
    #[inline]
    fn limit(&mut self, len: usize) {
        self.wire_end = self.wire_end.min(self.at + len);
        self.end = self.end.min(self.wire_end);
    }

    /// Notes a header of `header_len` bytes and steps behind it. An error if that is not possible:
    /// what was captured of it is noted as cut.
    #[inline]
    fn push(&mut self, protocol: Protocol, header_len: usize) -> Result<(), Stop> {
        let available = self.end - self.at;
        if header_len > available {
            return Err(self.push_cut(protocol));
        }
        self.note(protocol, header_len, false)
    }

    #[cold]
    fn push_cut(&mut self, protocol: Protocol) -> Stop {
        let why = self.beyond();
        let available = self.end - self.at;
        if available > 0
            && let Err(stop) = self.note(protocol, available, true)
        {
            return stop;
        }
        why
    }

    #[inline]
    fn note(&mut self, protocol: Protocol, len: usize, cut: bool) -> Result<(), Stop> {
        let Some(slot) = self.layers.layers.get_mut(usize::from(self.layers.count)) else {
            return Err(Stop::TooDeep);
        };
        let header_len = u16::try_from(len).map_err(|_| Stop::Malformed)?;
        *slot = Layer { protocol, cut, header_len, offset: u32_of(self.at) };
        self.layers.count += 1;
        self.at += len;
        Ok(())
    }

    /// Why the bytes that come next are not there.
    fn beyond(&self) -> Stop {
        match self.end == self.wire_end {
            true if self.is_fragment => Stop::Fragment,
            true => Stop::Malformed,
            false => Stop::Snapped,
        }
    }

    /// Notes a header that is cut: of its `len` bytes at least, fewer were captured.
    #[cold]
    fn cut(&mut self, protocol: Protocol, len: usize) -> Step {
        self.push(protocol, len)?;
        Err(Stop::Malformed)
    }

    /// Notes a header of which not even what says how long it is was captured.
    #[cold]
    fn cut_somewhere(&mut self, protocol: Protocol) -> Step {
        let available = self.end - self.at;
        self.cut(protocol, available + 1)
    }

    /// Notes `len` bytes of a header that is no good, and ends.
    #[cold]
    fn malformed(&mut self, protocol: Protocol, len: usize) -> Step {
        self.push(protocol, len)?;
        Err(Stop::Malformed)
    }

    /// Steps over bytes that are no header.
    fn skip(&mut self, len: usize) -> Result<(), Stop> {
        if len > self.end - self.at {
            let why = self.beyond();
            self.at = self.end;
            return Err(why);
        }
        self.at += len;
        Ok(())
    }

    /// Says what the outermost link carries, if that was not said before.
    #[inline]
    fn carries(&mut self, kind: NetworkKind) {
        if self.layers.kind.is_none() {
            self.layers.kind = Some(kind);
        }
    }

    /// The next header to be noted is one of a network.
    #[inline]
    fn mark_network(&mut self) {
        if self.layers.first_network == NONE {
            self.layers.first_network = self.layers.count;
        }
        self.layers.last_network = self.layers.count;
    }
}
