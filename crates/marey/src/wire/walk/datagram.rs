//! How far the datagram of a network reaches, for its checksums and for lengths on the wire.

use super::{Layer, Layers, u32_of, usize_of};
use crate::wire::ipv4::Ipv4;
use crate::wire::ipv6::{self, Ipv6};
use crate::wire::ipv6_extension::Extension;
use crate::wire::protocol::Protocol;
use crate::wire::tcp::{self, Tcp};

/// Where the content of a network starts and ends in the packet, on the wire.
#[derive(Clone, Copy, Debug)]
pub(in crate::wire) struct Datagram {
    /// Behind the network's header and its extension headers.
    pub at: usize,
    /// Behind the last byte; it may not have been captured.
    pub end: usize,
}

impl<'a> Layers<'a> {
    /// What the outermost network's transport carries on the wire, in bytes, as its network's
    /// header says; of a fragment, what is in it. `None` without a transport header, or if not
    /// enough of that was captured.
    pub fn transport_payload_len(&self) -> Option<u32> {
        self.payload_len_of(self.first_network()?)
    }

    /// The same for the innermost network's transport.
    pub fn inner_transport_payload_len(&self) -> Option<u32> {
        self.payload_len_of(self.last_network()?)
    }

    fn payload_len_of(&self, index: usize) -> Option<u32> {
        let layer = self.inside(index).1?;
        let header_len = match layer.protocol {
            _ if !layer.cut => usize::from(layer.header_len),
            Protocol::Tcp => Tcp::parse(self.bytes_of(layer))?.header_len().max(tcp::LEN_MIN),
            _ => return None,
        };
        let datagram = self.datagram(index)?;
        Some(u32_of(datagram.end.saturating_sub(datagram.at + header_len)))
    }

    /// The datagram of the network at `index`; `None` if that is not IP.
    pub(in crate::wire) fn datagram(&self, index: usize) -> Option<Datagram> {
        let mut end = usize_of(self.wire_len);
        let networks = self.as_slice().get(..=index)?;
        for layer in networks.iter().filter(|layer| layer.protocol.is_network()) {
            end = end.min(self.end_of(layer));
        }
        let network = networks.last()?;
        if !matches!(network.protocol, Protocol::Ipv4 | Protocol::Ipv6) || network.cut {
            return None;
        }
        let (extensions, _) = self.inside(index);
        let last = extensions.last().unwrap_or(network);
        let at = usize_of(last.offset) + usize::from(last.header_len);
        (at <= end).then_some(Datagram { at, end })
    }

    /// Where the header of a network says that its datagram ends.
    fn end_of(&self, layer: &Layer) -> usize {
        let bytes = self.bytes_of(layer);
        let len = match layer.protocol {
            Protocol::Ipv4 => Ipv4::parse(bytes).map(|ip| usize::from(ip.total_len())),
            _ => Ipv6::parse(bytes).map(|ip| match usize::from(ip.payload_len()) {
                0 => 0,
                len => ipv6::LEN + len,
            }),
        };
        match len {
            None | Some(0) => usize::MAX,
            Some(len) => usize_of(layer.offset).saturating_add(len),
        }
    }

    /// The extension headers of the network at `index`.
    pub(in crate::wire) fn extensions(
        &self,
        index: usize,
    ) -> impl Iterator<Item = (Extension<'a>, &'a [u8])> {
        self.inside(index).0.iter().filter_map(|layer| {
            let (bytes, number) = (self.bytes_of(layer), layer.protocol.extension_number()?);
            let len = usize::from(layer.header_len).min(bytes.len());
            Some((Extension::parse(number, bytes)?, bytes.get(..len)?))
        })
    }
}
