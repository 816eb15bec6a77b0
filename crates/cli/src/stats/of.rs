//! What tables there are, and under what each of them counts a packet.

use std::cell::OnceCell;
use std::net::IpAddr;

use clap::ValueEnum;
use marey::Packet;
use marey::record::Direction;
use marey::wire::ipv4::Ipv4;
use marey::wire::ipv6::Ipv6;
use marey::wire::tcp::{Flags, Tcp};
use marey::wire::{FlowKey, Layers, Protocol, Side, Way};

use super::args::Endpoint;
use super::key::{Key, Vlans};
use super::names::interface_of;

/// What a table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Of {
    /// All packets, over time
    #[value(skip)]
    Whole,
    /// Each kind of header; a packet counts once for each kind it has
    Protocol,
    /// Addresses, ports, protocol and VLAN, each direction for itself
    Flow,
    /// Addresses, with what they sent and received
    Endpoint,
    /// Both directions of a flow together
    Conversation,
    /// Transport, and the port of the likely server
    Port,
    /// Interface
    Interface,
    /// VLAN tags, outermost first
    Vlan,
    /// Length on the wire
    Size,
    /// Time to live, or hop limit, of the outermost IP header
    Ttl,
    /// DSCP and ECN of the outermost IP header
    Tos,
    /// Control bits of the outermost TCP header
    TcpFlags,
    /// Kinds of TCP options, and which of them SYNs have together
    TcpOptions,
    /// All options of a SYN together; shown with those of all packets
    #[value(skip)]
    SynOptions,
    /// Inbound or outbound, as the trace says
    Direction,
}

/// Where ranges of lengths begin, as Wireshark has them.
pub const SIZES: [u32; 10] = [0, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120];

/// A packet that several tables look at: what it takes to know is found once.
pub struct Look<'p, 'a> {
    packet: &'p Packet<'a>,
    endpoint: Endpoint,
    layers: OnceCell<Layers<'a>>,
    flow: OnceCell<Option<FlowKey>>,
}

impl<'p, 'a> Look<'p, 'a> {
    /// A packet that nobody has looked at, and which addresses its endpoints have.
    pub fn new(packet: &'p Packet<'a>, endpoint: Endpoint) -> Self {
        Look { packet, endpoint, layers: OnceCell::new(), flow: OnceCell::new() }
    }

    /// Its headers.
    pub fn layers(&self) -> &Layers<'a> {
        self.layers.get_or_init(|| self.packet.layers())
    }

    #[inline]
    fn flow(&self) -> Option<FlowKey> {
        *self.flow.get_or_init(|| self.packet.flow())
    }

    /// How many bytes are behind its headers, on the wire.
    pub fn payload_len(&self) -> u32 {
        self.layers().payload_len()
    }

    /// Hands over each key that the packet has in a table, with its side.
    #[inline]
    pub fn keys(&self, of: Of, mut put: impl FnMut(Key, usize)) {
        match of {
            Of::Whole => put(Key::Whole, 0),
            Of::Flow => put(self.flow().map_or(Key::Nothing, Key::Flow), 0),
            Of::Conversation => match self.flow().map(FlowKey::canonical) {
                Some((flow, way)) => put(Key::Flow(flow), usize::from(way == Way::Backward)),
                None => put(Key::Nothing, 0),
            },
            Of::Endpoint => match self.ends() {
                Some([source, target]) => {
                    put(source, 0);
                    put(target, 1);
                }
                None => put(Key::Nothing, 0),
            },
            Of::Protocol => self.protocols(put),
            Of::TcpOptions => self.tcp_options(put),
            of => put(self.key(of).unwrap_or(Key::Nothing), 0),
        }
    }

    /// The key in a table where a packet has one at most.
    fn key(&self, of: Of) -> Option<Key> {
        Some(match of {
            Of::Port => self.port()?,
            Of::Interface => Key::Interface(interface_of(self.packet)),
            Of::Vlan => Key::Vlans(Vlans::of(self.layers().vlans())?),
            Of::Size => {
                let len = self.packet.wire_len();
                Key::Number(SIZES.partition_point(|first| *first <= len) as u16 - 1)
            }
            Of::Ttl => Key::Number(self.ip()?.0.into()),
            Of::Tos => Key::Number(self.ip()?.1.into()),
            Of::TcpFlags => Key::Number(self.tcp()?.flags().0),
            Of::SynOptions => self.syn_options()?,
            Of::Direction => Key::Number(match self.packet.direction()? {
                Direction::Inbound => 0,
                Direction::Outbound => 1,
            }),
            _ => return None,
        })
    }

    fn ends(&self) -> Option<[Key; 2]> {
        if self.endpoint == Endpoint::Mac {
            let (source, target) = self.layers().macs()?;
            return Some([Key::Mac(source), Key::Mac(target)]);
        }
        let FlowKey { source, target, .. } = self.flow()?;
        let is_wanted = match self.endpoint {
            Endpoint::Ipv4 => matches!(source, IpAddr::V4(_)),
            Endpoint::Ipv6 => matches!(source, IpAddr::V6(_)),
            Endpoint::Ip | Endpoint::Mac => true,
        };
        is_wanted.then_some([Key::Ip(source), Key::Ip(target)])
    }

    fn port(&self) -> Option<Key> {
        let flow = self.flow()?;
        let (source_port, target_port) = flow.ports()?;
        let port = match flow.server() {
            Side::Source => source_port,
            Side::Target => target_port,
        };
        Some(Key::Port(flow.protocol, port))
    }

    /// Each protocol of the packet once, however often it is in it.
    fn protocols(&self, mut put: impl FnMut(Key, usize)) {
        let mut seen = 0_u64;
        for layer in self.layers().as_slice() {
            let number = layer.protocol as u16;
            let bit = 1_u64.checked_shl(number.into()).unwrap_or(0);
            if seen & bit == 0 {
                seen |= bit;
                put(Key::Number(number), 0);
            }
        }
        if self.layers().as_slice().is_empty() {
            put(Key::Nothing, 0);
        }
    }

    /// Time to live and class of service of the outermost IP header.
    fn ip(&self) -> Option<(u8, u8)> {
        let is_ip = |p: Protocol| matches!(p, Protocol::Ipv4 | Protocol::Ipv6);
        let layer = self.layers().as_slice().iter().find(|layer| is_ip(layer.protocol))?;
        let bytes = self.layers().bytes_of(layer);
        if layer.protocol == Protocol::Ipv4 {
            let ip = Ipv4::parse(bytes)?;
            return Some((ip.ttl(), ip.dscp() << 2 | ip.ecn()));
        }
        let ip = Ipv6::parse(bytes)?;
        Some((ip.hop_limit(), ip.dscp() << 2 | ip.ecn()))
    }

    /// The outermost TCP header.
    fn tcp(&self) -> Option<Tcp<'a>> {
        let mut layers = self.layers().as_slice().iter();
        let layer = layers.find(|layer| layer.protocol == Protocol::Tcp)?;
        Tcp::parse(self.layers().bytes_of(layer))
    }

    /// Each kind of option once.
    fn tcp_options(&self, mut put: impl FnMut(Key, usize)) {
        let Some(tcp) = self.tcp() else { return put(Key::Nothing, 0) };
        let kinds = kinds_of(&tcp);
        if kinds == [0; 32] {
            return put(Key::NoOption, 0);
        }
        kinds_in(&kinds).for_each(|kind| put(Key::Number(kind.into()), 0));
    }

    fn syn_options(&self) -> Option<Key> {
        let tcp = self.tcp().filter(|tcp| tcp.flags().contains(Flags::SYN))?;
        let kinds = kinds_of(&tcp);
        Some(if kinds == [0; 32] { Key::NoOption } else { Key::Options(kinds) })
    }
}

fn kinds_of(tcp: &Tcp<'_>) -> [u8; 32] {
    let mut kinds = [0_u8; 32];
    for option in tcp.options() {
        kinds[usize::from(option.kind / 8)] |= 1 << (option.kind % 8);
    }
    kinds
}

/// The kinds whose bits are set.
pub fn kinds_in(kinds: &[u8; 32]) -> impl Iterator<Item = u8> + '_ {
    (0..=u8::MAX).filter(|kind| kinds[usize::from(kind / 8)] >> (kind % 8) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_called_what_they_are_asked_for() {
        let names: Vec<_> = Of::value_variants().iter().map(|of| of.name().to_owned()).collect();
        let asked = Of::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        assert_eq!(names, asked.map(|value| value.get_name().to_owned()).collect::<Vec<_>>());
    }
}
