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

    /// The same key for both directions: the lower end is the source.
    #[inline]
    pub fn symmetric(self) -> FlowKey {
        let in_order = (self.source, self.source_port) <= (self.target, self.target_port);
        if in_order { self } else { self.reversed() }
    }

    /// The key without the VLAN, for trunks where both directions have different tags.
    pub fn without_vlan(self) -> FlowKey {
        FlowKey { vlan: None, ..self }
    }
}

impl fmt::Display for FlowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(vlan) = self.vlan {
            write!(f, "vlan {vlan} ")?;
        }
        let ports = (self.source_port, self.target_port);
        let ports = (ports != (0, 0)).then_some(ports);
        write!(f, "{} {}", self.protocol, Ends { source: self.source, target: self.target, ports })
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
    fn text() {
        let flow = key("10.0.0.1", "10.0.0.2", (443, 51000));
        assert_eq!(flow.to_string(), "tcp 10.0.0.1:443 > 10.0.0.2:51000");
        let flow = FlowKey { vlan: Some(5), ..key("::1", "::2", (0, 0)) };
        assert_eq!(flow.to_string(), "vlan 5 tcp ::1 > ::2");
        assert_eq!(flow.without_vlan().vlan, None);
    }
}
