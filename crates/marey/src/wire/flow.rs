//! Between whom a packet went: networks, transports, fragments, flows. `walk/ends.rs` finds them.

use super::ethertype::EtherType;
use super::ip_protocol::IpProtocol;
use super::protocol::Protocol;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network header, by what it says about who sent to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Network {
    /// IPv4.
    V4 {
        /// From whom.
        source: Ipv4Addr,
        /// To whom.
        target: Ipv4Addr,
    },
    /// IPv6.
    V6 {
        /// From whom.
        source: Ipv6Addr,
        /// To whom.
        target: Ipv6Addr,
    },
    /// ARP or RARP; the addresses where they are of IPv4.
    Arp {
        /// The sender's.
        source: Option<Ipv4Addr>,
        /// The target's.
        target: Option<Ipv4Addr>,
    },
    /// Something without a view.
    Other(EtherType),
}

/// A transport header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Transport {
    /// Which one.
    pub protocol: Protocol,
    /// Where in the packet it starts.
    pub offset: u32,
    /// Source and target port, if it has ports and they were captured.
    pub ports: Option<(u16, u16)>,
}

/// A part of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fragment {
    /// Which datagram of its sender.
    pub id: u32,
    /// Where in the datagram's payload it starts.
    pub offset_bytes: u32,
    /// Others follow.
    pub more: bool,
}

/// What all packets of one direction of a conversation have in common.
///
/// Ports are 0 where there are none, and in all fragments, the first one alike: so all parts of a
/// datagram have the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FlowKey {
    /// From whom.
    pub source: IpAddr,
    /// To whom.
    pub target: IpAddr,
    /// The sender's port.
    pub source_port: u16,
    /// The receiver's port.
    pub target_port: u16,
    /// The transport, behind all extension headers.
    pub protocol: IpProtocol,
    /// The outermost VLAN tag around the network header.
    pub vlan: Option<u16>,
}

impl FlowKey {
    /// The key of the other direction.
    #[inline]
    pub fn reversed(self) -> FlowKey {
        FlowKey {
            source: self.target,
            target: self.source,
            source_port: self.target_port,
            target_port: self.source_port,
            ..self
        }
    }

    /// The ports of source and target, if there are any.
    ///
    /// ```
    /// # use marey::wire::{flow_key, LinkType};
    /// # let packet = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    /// let ping = flow_key(LinkType::RAW, &packet, 20).ok_or("not IP")?;
    /// assert_eq!(ping.ports(), None);
    /// # Ok::<(), &str>(())
    /// ```
    #[inline]
    pub fn ports(self) -> Option<(u16, u16)> {
        let ports = (self.source_port, self.target_port);
        (ports != (0, 0)).then_some(ports)
    }

    /// The same key for both directions: the lower end is the source.
    #[inline]
    pub fn symmetric(self) -> FlowKey {
        let in_order = (self.source, self.source_port) <= (self.target, self.target_port);
        if in_order { self } else { self.reversed() }
    }

    /// The [`symmetric`](FlowKey::symmetric) key, and which way this one goes.
    #[inline]
    pub fn canonical(self) -> (FlowKey, Way) {
        let symmetric = self.symmetric();
        let way = if symmetric == self { Way::Forward } else { Way::Backward };
        (symmetric, way)
    }

    /// A hash in 64 bits, the same in every run and on every machine. Of a
    /// [`symmetric`](FlowKey::symmetric) key it is the same for both directions.
    ///
    /// Who does not know `seed` cannot easily choose flows with equal hashes; it is no
    /// cryptographic hash, though, so a table over hostile traffic takes a random seed.
    ///
    /// ```
    /// # use marey::wire::{flow_key, LinkType};
    /// # let packet = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    /// let key = flow_key(LinkType::RAW, &packet, 20).ok_or("not IP")?;
    /// assert_eq!(key.symmetric().hash(7), key.reversed().symmetric().hash(7));
    /// assert_ne!(key.hash(7), key.hash(8));
    /// # Ok::<(), &str>(())
    /// ```
    #[inline]
    pub fn hash(self, seed: u64) -> u64 {
        let vlan = self.vlan.map_or(0, |vlan| u64::from(vlan) + 1);
        let ports = u64::from(self.source_port) << 48 | u64::from(self.target_port) << 32;
        let rest = ports | u64::from(self.protocol.0) << 24 | vlan;
        let hash = mix(seed ^ SEEDS[0] ^ rest, SEEDS[1]);
        let hash = match (self.source, self.target) {
            (IpAddr::V4(source), IpAddr::V4(target)) => {
                let both = u64::from(source.to_bits()) << 32 | u64::from(target.to_bits());
                mix(hash ^ both, SEEDS[2])
            }
            (source, target) => {
                let words = [halves(source), halves(target)];
                words.as_flattened().iter().fold(hash, |hash, word| mix(hash ^ word, SEEDS[2]))
            }
        };
        mix(hash ^ SEEDS[3], SEEDS[1])
    }

    /// Which end is likely the server, by the ports alone: see [`server_side`].
    pub fn server(self) -> Side {
        server_side(self.source_port, self.target_port)
    }

    /// The key without the VLAN, for trunks where both directions have different tags.
    pub fn without_vlan(self) -> FlowKey {
        FlowKey { vlan: None, ..self }
    }
}

/// Odd words without a pattern: the digits of pi.
const SEEDS: [u64; 4] =
    [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7345, 0xa409_3822_299f_31d1, 0x082e_fa98_ec4e_6c89];

/// Both halves of the product, so that each bit of `a` reaches all bits.
#[inline]
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product >> 64) as u64 ^ product as u64
}

/// The two halves of an address; IPv4 in its place among IPv6 (RFC 4291 §2.5.5.2).
#[inline]
fn halves(address: IpAddr) -> [u64; 2] {
    let bits = match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    };
    [(bits >> 64) as u64, bits as u64]
}

/// Which way a packet goes, seen from the canonical key of its flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// From the key's source to its target.
    Forward,
    /// From the key's target to its source.
    Backward,
}

/// One end of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// Who sent the packet.
    Source,
    /// Who is to receive it.
    Target,
}

/// Which of two ports is likely the server's, by libtrace's rules (`trace_get_server_port`): ports
/// below 512 come first, then those from 5000, then 512 to 1023, then the rest; of two in one range
/// the lower one; of two equal ones the target's.
pub fn server_side(source_port: u16, target_port: u16) -> Side {
    let rank = |port: u16| match port {
        0..512 => 0,
        5000.. => 1,
        512..1024 => 2,
        _ => 3,
    };
    let (source, target) = ((rank(source_port), source_port), (rank(target_port), target_port));
    if source < target { Side::Source } else { Side::Target }
}

impl fmt::Display for FlowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(vlan) = self.vlan {
            write!(f, "vlan {vlan} ")?;
        }
        let Self { source, target, protocol, .. } = *self;
        write!(f, "{protocol} {}", Ends { source, target, ports: self.ports() })
    }
}

/// `a > b`, with ports `a:1 > b:2`; IPv6 addresses with ports stand in brackets.
pub(super) struct Ends {
    pub(super) source: IpAddr,
    pub(super) target: IpAddr,
    pub(super) ports: Option<(u16, u16)>,
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use std::net::SocketAddr;
        match self.ports {
            Some((source, target)) => {
                let source = SocketAddr::new(self.source, source);
                write!(f, "{source} > {}", SocketAddr::new(self.target, target))
            }
            None => write!(f, "{} > {}", self.source, self.target),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(source: &str, target: &str, ports: (u16, u16)) -> FlowKey {
        FlowKey {
            source: source.parse().unwrap(),
            target: target.parse().unwrap(),
            source_port: ports.0,
            target_port: ports.1,
            protocol: IpProtocol::TCP,
            vlan: None,
        }
    }

    #[test]
    fn both_directions_have_one_symmetric_key() {
        for (a, b, ports) in [
            ("10.0.0.1", "10.0.0.2", (443, 51000)),
            ("10.0.0.1", "10.0.0.1", (2, 1)),
            ("fe80::2", "fe80::1", (1, 1)),
        ] {
            let there = key(a, b, ports);
            let back = key(b, a, (ports.1, ports.0));
            assert_eq!(there.reversed(), back);
            assert_eq!(there.symmetric(), back.symmetric());
            assert_eq!(there.symmetric(), there.symmetric().symmetric());
        }
    }

    #[test]
    fn the_canonical_key_knows_the_way() {
        let there = key("10.0.0.1", "10.0.0.2", (443, 51000));
        assert_eq!(there.canonical(), (there, Way::Forward));
        assert_eq!(there.reversed().canonical(), (there, Way::Backward));
    }

    /// These numbers are promised: tables may be kept between versions.
    #[test]
    fn hashes_are_the_same_everywhere() {
        let four = key("10.0.0.1", "10.0.0.2", (443, 51000));
        let six = key("fe80::2", "fe80::1", (1, 1));
        assert_eq!(four.hash(0), 0x5774_4308_501a_d1bb);
        assert_eq!(six.hash(1), 0xb7a6_97d6_072b_0c3e);
    }

    #[test]
    fn each_part_changes_the_hash() {
        let four = key("10.0.0.1", "10.0.0.2", (443, 51000));
        let mut hashes: Vec<u64> = [
            four,
            four.reversed(),
            FlowKey { vlan: Some(0), ..four },
            FlowKey { vlan: Some(1), ..four },
            FlowKey { protocol: IpProtocol::UDP, ..four },
            FlowKey { source_port: 444, ..four },
            FlowKey { target_port: 51001, ..four },
            key("10.0.0.3", "10.0.0.2", (443, 51000)),
            key("10.0.0.1", "10.0.0.3", (443, 51000)),
            key("::ffff:10.0.0.1", "::ffff:10.0.0.2", (443, 51000)),
        ]
        .map(|key| key.hash(5))
        .into();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), 10);
    }

    /// Neighbouring flows fill the buckets of a table about evenly, by low and by high bits.
    #[test]
    fn neighbours_spread() {
        const BUCKETS: usize = 256;
        let mut low = [0_u32; BUCKETS];
        let mut high = [0_u32; BUCKETS];
        for number in 0..65_536_u32 {
            let source = Ipv4Addr::from_bits(0x0a00_0000 | number >> 8).into();
            let flow =
                FlowKey { source, source_port: number as u16 & 0xff, ..key("::", "::", (0, 80)) };
            let hash = FlowKey { target: Ipv4Addr::LOCALHOST.into(), ..flow }.hash(0);
            low[hash as usize % BUCKETS] += 1;
            high[(hash >> 56) as usize] += 1;
        }
        // 256 each; six standard deviations are 96.
        assert!(low.iter().chain(&high).all(|count| (160..352).contains(count)));
    }

    #[test]
    fn servers_by_their_ports() {
        for (source, target, server) in [
            (80, 80, Side::Target),
            (80, 25, Side::Target),
            (25, 80, Side::Source),
            (511, 8080, Side::Source),
            (8080, 4999, Side::Source),
            (5000, 8080, Side::Source),
            (600, 2000, Side::Source),
            (600, 8080, Side::Target),
            (700, 600, Side::Target),
            (1024, 4999, Side::Source),
        ] {
            assert_eq!(server_side(source, target), server, "{source} > {target}");
        }
    }

    #[test]
    fn text() {
        let flow = key("10.0.0.1", "10.0.0.2", (443, 51000));
        assert_eq!(flow.to_string(), "tcp 10.0.0.1:443 > 10.0.0.2:51000");
        let flow = FlowKey { vlan: Some(5), ..key("::1", "::2", (0, 0)) };
        assert_eq!(flow.to_string(), "vlan 5 tcp ::1 > ::2");
        assert_eq!(flow.without_vlan().vlan, None);
    }
}
