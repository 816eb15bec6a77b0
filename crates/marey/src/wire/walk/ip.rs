//! The steps of a walk over IP, its extension headers and what they carry.

use super::{Next, Step, Stop, Walk};
use crate::wire::dccp::{self, Dccp};
use crate::wire::esp;
use crate::wire::ethertype::EtherType;
use crate::wire::icmp;
use crate::wire::icmpv6;
use crate::wire::igmp;
use crate::wire::ip_protocol::IpProtocol;
use crate::wire::ipv4::{self, Ipv4};
use crate::wire::ipv6::{self, Ipv6};
use crate::wire::ipv6_extension as extension;
use crate::wire::ospf::{self, Ospf};
use crate::wire::protocol::Protocol;
use crate::wire::sctp;
use crate::wire::tcp::{self, Tcp};
use crate::wire::udp;

impl Walk<'_, '_> {
    /// IP of the version that the first nibble says.
    pub(super) fn ip(&mut self) -> Step {
        match self.rest().first() {
            Some(first) if first >> 4 == 4 => Ok(Next::EtherType(EtherType::IPV4)),
            Some(first) if first >> 4 == 6 => Ok(Next::EtherType(EtherType::IPV6)),
            Some(_) if self.at == 0 => Err(Stop::Malformed),
            Some(_) => Err(Stop::Payload),
            None => Err(self.beyond()),
        }
    }

    #[inline]
    pub(super) fn ipv4(&mut self) -> Step {
        let Some(ip) = Ipv4::parse(self.rest()) else {
            return self.cut(Protocol::Ipv4, ipv4::LEN_MIN);
        };
        let header_len = ip.header_len();
        if ip.version() != 4 || header_len < ipv4::LEN_MIN {
            return self.malformed(Protocol::Ipv4, ipv4::LEN_MIN);
        }
        self.mark_network();
        self.is_ipv6 = false;
        match usize::from(ip.total_len()) {
            // Left to the network card that was to cut it into segments.
            0 => {}
            total_len if total_len < header_len => {
                return self.malformed(Protocol::Ipv4, header_len);
            }
            total_len => self.limit(total_len),
        }
        self.push(Protocol::Ipv4, header_len)?;
        if ip.is_fragment() {
            self.is_fragment = true;
            if ip.fragment_offset_bytes() > 0 {
                return Err(Stop::Fragment);
            }
        }
        Ok(Next::IpProtocol(ip.protocol()))
    }

    #[inline]
    pub(super) fn ipv6(&mut self) -> Step {
        let Some(ip) = Ipv6::parse(self.rest()) else {
            return self.cut(Protocol::Ipv6, ipv6::LEN);
        };
        if ip.version() != 6 {
            return self.malformed(Protocol::Ipv6, ipv6::LEN);
        }
        self.mark_network();
        self.is_ipv6 = true;
        // 0: a jumbogram, or left to the network card.
        if ip.payload_len() > 0 {
            self.limit(ipv6::LEN + usize::from(ip.payload_len()));
        }
        self.push(Protocol::Ipv6, ipv6::LEN)?;
        Ok(Next::IpProtocol(ip.next_header()))
    }

    #[inline]
    pub(super) fn ip_protocol(&mut self, protocol: IpProtocol) -> Step {
        match protocol {
            IpProtocol::TCP => self.tcp(),
            IpProtocol::UDP => Ok(Next::Udp),
            _ => self.other_ip_protocol(protocol),
        }
    }

    #[inline(never)]
    fn other_ip_protocol(&mut self, protocol: IpProtocol) -> Step {
        match protocol {
            IpProtocol::ICMP => self.fixed(Protocol::Icmp, icmp::LEN, Stop::Payload),
            IpProtocol::ICMPV6 => self.fixed(Protocol::Icmpv6, icmpv6::LEN, Stop::Payload),
            IpProtocol::IGMP => self.fixed(Protocol::Igmp, igmp::LEN, Stop::Payload),
            IpProtocol::SCTP => self.fixed(Protocol::Sctp, sctp::LEN, Stop::Payload),
            IpProtocol::UDP_LITE => self.fixed(Protocol::UdpLite, udp::LEN, Stop::Payload),
            IpProtocol::ESP => self.fixed(Protocol::Esp, esp::LEN, Stop::Encrypted),
            IpProtocol::GRE => Ok(Next::Gre),
            IpProtocol::IPV4 => Ok(Next::Ipv4),
            IpProtocol::IPV6 => Ok(Next::Ipv6),
            IpProtocol::MPLS => Ok(Next::Mpls),
            IpProtocol::ETHERIP => self.etherip(),
            IpProtocol::ETHERNET => Ok(Next::Ethernet),
            IpProtocol::OSPF => self.ospf(),
            IpProtocol::DCCP => self.dccp(),
            IpProtocol::NO_NEXT_HEADER => Err(Stop::Payload),
            IpProtocol::AH => self.extension(Protocol::Ah, protocol),
            IpProtocol::HIP => self.extension(Protocol::Hip, protocol),
            other if !self.is_ipv6 => Err(Stop::IpProtocol(other)),
            IpProtocol::HOP_BY_HOP => self.extension(Protocol::HopByHop, protocol),
            IpProtocol::ROUTING => self.extension(Protocol::Routing, protocol),
            IpProtocol::DESTINATION => self.extension(Protocol::Destination, protocol),
            IpProtocol::MOBILITY => self.extension(Protocol::Mobility, protocol),
            IpProtocol::SHIM6 => self.extension(Protocol::Shim6, protocol),
            IpProtocol::FRAGMENT => self.fragment(),
            other => Err(Stop::IpProtocol(other)),
        }
    }

    /// A header of fixed length behind which no other is looked for.
    fn fixed(&mut self, protocol: Protocol, len: usize, stop: Stop) -> Step {
        self.push(protocol, len)?;
        Err(stop)
    }

    fn extension(&mut self, protocol: Protocol, kind: IpProtocol) -> Step {
        let Some((next, header_len)) = extension::skip(kind, self.rest()) else {
            return self.cut(protocol, extension::LEN_MIN);
        };
        self.push(protocol, header_len)?;
        Ok(Next::IpProtocol(next))
    }

    fn fragment(&mut self) -> Step {
        let rest = self.rest();
        let next = self.extension(Protocol::Fragment, IpProtocol::FRAGMENT)?;
        let offset_flags = extension::fragment_offset(rest).unwrap_or(0);
        self.is_fragment |= offset_flags & 0xfff9 != 0;
        if offset_flags & 0xfff8 != 0 { Err(Stop::Fragment) } else { Ok(next) }
    }

    #[inline]
    fn tcp(&mut self) -> Step {
        let Some(segment) = Tcp::parse(self.rest()) else {
            return self.cut(Protocol::Tcp, tcp::LEN_MIN);
        };
        let header_len = segment.header_len();
        if header_len < tcp::LEN_MIN {
            return self.malformed(Protocol::Tcp, tcp::LEN_MIN);
        }
        self.push(Protocol::Tcp, header_len)?;
        Err(Stop::Payload)
    }

    fn dccp(&mut self) -> Step {
        let Some(header) = Dccp::parse(self.rest()) else {
            return self.cut(Protocol::Dccp, dccp::LEN_MIN);
        };
        if header.header_len() < dccp::LEN_MIN {
            return self.malformed(Protocol::Dccp, dccp::LEN_MIN);
        }
        self.push(Protocol::Dccp, header.header_len())?;
        Err(Stop::Payload)
    }

    fn ospf(&mut self) -> Step {
        let Some(header) = Ospf::parse(self.rest()) else {
            return self.cut(Protocol::Ospf, ospf::LEN_MIN);
        };
        self.push(Protocol::Ospf, header.header_len())?;
        Err(Stop::Payload)
    }
}
