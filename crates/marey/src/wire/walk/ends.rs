//! Between whom a packet went, by its layers.
//!
//! "Outermost" and "innermost" count networks: a packet in a tunnel has two or more.

use super::{Layer, Layers, NetworkKind, Stop};
use crate::wire::arp::Arp;
use crate::wire::bytes::{be16_at, u8_at};
use crate::wire::flow::{FlowKey, Fragment, Network, Transport};
use crate::wire::ip_protocol::IpProtocol;
use crate::wire::ipv4::Ipv4;
use crate::wire::ipv6::Ipv6;
use crate::wire::ipv6_extension::Extension;
use crate::wire::protocol::Protocol;

impl<'a> Layers<'a> {
    /// The outermost network.
    pub fn network(&self) -> Option<Network> {
        match self.first_network() {
            Some(index) => self.network_at(index),
            None => match self.kind() {
                Some(NetworkKind::EtherType(ethertype)) => Some(Network::Other(ethertype)),
                _ => None,
            },
        }
    }

    /// The innermost network: what a tunnel carries, else the outermost.
    pub fn inner_network(&self) -> Option<Network> {
        match (self.last_network(), self.stop()) {
            (Some(index), _) => self.network_at(index),
            (None, Stop::EtherType(ethertype)) => Some(Network::Other(ethertype)),
            (None, _) => self.network(),
        }
    }

    /// The outermost network's transport.
    pub fn transport(&self) -> Option<Transport> {
        self.transport_of(self.first_network()?)
    }

    /// The innermost network's transport.
    pub fn inner_transport(&self) -> Option<Transport> {
        self.transport_of(self.last_network()?)
    }

    /// What the outermost network carries, behind all extension headers: for counting. `Display`
    /// gives its name or number: `tcp`, `esp`, `ip protocol 200`.
    pub fn ip_protocol(&self) -> Option<IpProtocol> {
        self.ip_protocol_of(self.first_network()?)
    }

    /// What the innermost network carries.
    pub fn inner_ip_protocol(&self) -> Option<IpProtocol> {
        self.ip_protocol_of(self.last_network()?)
    }

    /// What part of a datagram the outermost network has, if not all of one.
    pub fn fragment(&self) -> Option<Fragment> {
        self.fragment_of(self.first_network()?)
    }

    /// What part of a datagram the innermost network has, if not all of one.
    pub fn inner_fragment(&self) -> Option<Fragment> {
        self.fragment_of(self.last_network()?)
    }

    /// The flow of the outermost network; `None` if that is not IP.
    #[inline]
    pub fn flow(&self) -> Option<FlowKey> {
        self.flow_of(self.first_network()?)
    }

    /// The flow of the innermost network; `None` if that is not IP.
    pub fn inner_flow(&self) -> Option<FlowKey> {
        self.flow_of(self.last_network()?)
    }

    pub(in crate::wire) fn network_at(&self, index: usize) -> Option<Network> {
        let layer = self.as_slice().get(index)?;
        let bytes = self.bytes_of(layer);
        match layer.protocol {
            Protocol::Ipv4 => Ipv4::parse(bytes)
                .map(|ip| Network::V4 { source: ip.source(), target: ip.target() }),
            Protocol::Ipv6 => Ipv6::parse(bytes)
                .map(|ip| Network::V6 { source: ip.source(), target: ip.target() }),
            _ => Arp::parse(bytes)
                .map(|arp| Network::Arp { source: arp.source(), target: arp.target() }),
        }
    }

    /// The layers between the network at `index` and its transport, and the transport.
    #[inline]
    pub(super) fn inside(&self, index: usize) -> (&[Layer], Option<&Layer>) {
        let behind = self.as_slice().get(index + 1..).unwrap_or(&[]);
        let count = behind.iter().take_while(|layer| layer.protocol.is_extension()).count();
        let (extensions, rest) = behind.split_at_checked(count).unwrap_or((behind, &[]));
        (extensions, rest.first().filter(|layer| layer.protocol.is_transport()))
    }

    #[inline]
    fn ports(&self, layer: &Layer) -> Option<(u16, u16)> {
        if !layer.protocol.has_ports() {
            return None;
        }
        let bytes = self.bytes_of(layer);
        Some((be16_at(bytes, 0)?, be16_at(bytes, 2)?))
    }

    pub(in crate::wire) fn transport_of(&self, index: usize) -> Option<Transport> {
        let layer = self.inside(index).1?;
        let &Layer { protocol, offset, .. } = layer;
        Some(Transport { protocol, offset, ports: self.ports(layer) })
    }

    fn ip_protocol_of(&self, index: usize) -> Option<IpProtocol> {
        let layer = self.as_slice().get(index)?;
        let bytes = self.bytes_of(layer);
        let protocol = match layer.protocol {
            Protocol::Ipv4 => Ipv4::parse(bytes)?.protocol(),
            Protocol::Ipv6 => Ipv6::parse(bytes)?.next_header(),
            _ => return None,
        };
        Some(self.behind_extensions(index, protocol))
    }

    /// The protocol behind the extension headers, as far as they were captured.
    #[inline]
    fn behind_extensions(&self, index: usize, first: IpProtocol) -> IpProtocol {
        if !first.is_extension() {
            return first;
        }
        let last = self.inside(index).0.iter().rfind(|layer| !layer.cut);
        last.and_then(|layer| u8_at(self.bytes_of(layer), 0)).map_or(first, IpProtocol)
    }

    pub(in crate::wire) fn fragment_of(&self, index: usize) -> Option<Fragment> {
        let layer = self.as_slice().get(index)?;
        if layer.protocol == Protocol::Ipv4 {
            let ip = Ipv4::parse(self.bytes_of(layer))?;
            return ip.is_fragment().then(|| Fragment {
                id: u32::from(ip.identification()),
                offset_bytes: ip.fragment_offset_bytes(),
                more: ip.more_fragments(),
            });
        }
        let mut extensions = self.inside(index).0.iter();
        let layer = extensions.find(|layer| layer.protocol == Protocol::Fragment)?;
        let header = Extension::parse(IpProtocol::FRAGMENT, self.bytes_of(layer))?;
        let (offset_bytes, more) = (header.fragment_offset_bytes(), header.more_fragments());
        // Offset 0 and none to follow: an atomic fragment (RFC 6946) is all of its packet.
        (offset_bytes > 0 || more).then(|| Fragment {
            id: header.identification(),
            offset_bytes,
            more,
        })
    }

    #[inline]
    fn flow_of(&self, index: usize) -> Option<FlowKey> {
        let layer = self.as_slice().get(index)?;
        let bytes = self.bytes_of(layer);
        let (source, target, first, is_fragment) = match layer.protocol {
            Protocol::Ipv4 => {
                let ip = Ipv4::parse(bytes)?;
                (ip.source().into(), ip.target().into(), ip.protocol(), ip.is_fragment())
            }
            Protocol::Ipv6 => {
                let ip = Ipv6::parse(bytes)?;
                let is_fragment =
                    ip.next_header().is_extension() && self.fragment_of(index).is_some();
                (ip.source().into(), ip.target().into(), ip.next_header(), is_fragment)
            }
            _ => return None,
        };
        let ports = match self.inside(index).1 {
            Some(transport) if !is_fragment => self.ports(transport),
            _ => None,
        };
        let (source_port, target_port) = ports.unwrap_or((0, 0));
        let protocol = self.behind_extensions(index, first);
        let vlan = self.vlan_around(index);
        Some(FlowKey { source, target, source_port, target_port, protocol, vlan })
    }

    /// The outermost tag between the network at `index` and the one around it.
    #[inline]
    fn vlan_around(&self, index: usize) -> Option<u16> {
        let before = self.as_slice().get(..index)?;
        let links = before.iter().rev().take_while(|layer| !layer.protocol.is_network());
        links.filter_map(|layer| self.vlan_of(layer)).last()
    }
}
