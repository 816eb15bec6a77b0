//! The steps of a walk over what carries other packets: UDP's tunnels, GRE, EtherIP.

use super::{Next, Step, Stop, Walk};
use crate::wire::bytes::be16_at;
use crate::wire::ethertype::EtherType;
use crate::wire::geneve::{self, Geneve};
use crate::wire::gre::{self, Erspan, Gre};
use crate::wire::gtpu::{self, Gtpu};
use crate::wire::protocol::Protocol;
use crate::wire::radius::{self, Radius};
use crate::wire::udp::{self, Udp};
use crate::wire::vxlan::{self, Vxlan};

/// Bytes of the header of EtherIP (RFC 3378 §4).
const ETHERIP_LEN: usize = 2;

/// Other networks may be inside a datagram between these ports.
#[inline]
pub(in crate::wire) fn is_tunnel(source_port: u16, target_port: u16) -> bool {
    matches!(target_port, vxlan::PORT | vxlan::PORT_LINUX | geneve::PORT | gre::PORT | gtpu::PORT)
        || source_port == gtpu::PORT
}

impl Walk<'_, '_> {
    #[inline]
    pub(super) fn udp(&mut self) -> Step {
        let Some(header) = Udp::parse(self.rest()) else {
            return self.cut(Protocol::Udp, udp::LEN);
        };
        self.push(Protocol::Udp, udp::LEN)?;
        match usize::from(header.length()) {
            // A jumbogram, or left to the network card.
            0 => {}
            length if length < udp::LEN => return Err(Stop::Malformed),
            length => self.limit(length - udp::LEN),
        }
        match (header.source_port(), header.target_port()) {
            (_, vxlan::PORT | vxlan::PORT_LINUX) => self.vxlan(),
            (_, geneve::PORT) => self.geneve(),
            (_, gre::PORT) => Ok(Next::Gre),
            (gtpu::PORT, _) | (_, gtpu::PORT) => self.gtpu(),
            (source, target)
                if radius::PORTS.contains(&source) || radius::PORTS.contains(&target) =>
            {
                self.radius()
            }
            _ => Err(Stop::Payload),
        }
    }

    /// The first byte of what a port promises: one that it does not fit makes it mere payload.
    fn promised(&self, fits: impl Fn(u8) -> bool) -> Result<(), Stop> {
        match self.rest().first() {
            Some(&first) if fits(first) => Ok(()),
            Some(_) => Err(Stop::Payload),
            None if self.at < self.wire_end => Err(Stop::Snapped),
            None => Err(Stop::Payload),
        }
    }

    #[inline(never)]
    fn vxlan(&mut self) -> Step {
        self.promised(|flags| flags & vxlan::FLAG_VNI != 0)?;
        if Vxlan::parse(self.rest()).is_none() {
            return self.cut(Protocol::Vxlan, vxlan::LEN);
        }
        self.push(Protocol::Vxlan, vxlan::LEN)?;
        Ok(Next::Ethernet)
    }

    #[inline(never)]
    fn geneve(&mut self) -> Step {
        self.promised(|first| first >> 6 == 0)?;
        let Some(header) = Geneve::parse(self.rest()) else {
            return self.cut(Protocol::Geneve, geneve::LEN_MIN);
        };
        self.push(Protocol::Geneve, header.header_len())?;
        match header.protocol() {
            EtherType(0) => Err(Stop::Payload),
            ethertype => Ok(Next::EtherType(ethertype)),
        }
    }

    #[inline(never)]
    fn gtpu(&mut self) -> Step {
        self.promised(gtpu::is_plausible)?;
        let Some(header) = Gtpu::parse(self.rest()) else {
            return self.cut(Protocol::Gtpu, gtpu::LEN_MIN);
        };
        self.limit(gtpu::LEN_MIN + usize::from(header.length()));
        let Some(header_len) = Gtpu::parse(self.rest()).and_then(|header| header.header_len())
        else {
            return self.cut_somewhere(Protocol::Gtpu);
        };
        self.push(Protocol::Gtpu, header_len)?;
        match header.kind() {
            gtpu::TYPE_G_PDU if self.at < self.wire_end => Ok(Next::Ip),
            _ => Err(Stop::Payload),
        }
    }

    #[inline(never)]
    fn radius(&mut self) -> Step {
        self.promised(radius::is_plausible)?;
        if self.wire_end - self.at < radius::LEN {
            return Err(Stop::Payload);
        }
        let Some(header) = Radius::parse(self.rest()) else {
            return self.cut(Protocol::Radius, radius::LEN);
        };
        let length = usize::from(header.length());
        // What does not fit is something else on the port of RADIUS.
        if !(radius::LEN..=self.wire_end - self.at).contains(&length) {
            return Err(Stop::Payload);
        }
        self.limit(length);
        self.push(Protocol::Radius, radius::LEN)?;
        Err(Stop::Payload)
    }

    pub(super) fn gre(&mut self) -> Step {
        let Some(header) = Gre::parse(self.rest()) else {
            return self.cut(Protocol::Gre, gre::LEN_MIN);
        };
        let Some(header_len) = header.header_len() else {
            return self.cut_somewhere(Protocol::Gre);
        };
        self.push(Protocol::Gre, header_len)?;
        if header.version() == 1 {
            // A mere acknowledgment has no sequence number and carries nothing (RFC 2637 §4.1).
            return if header.has_sequence() { Ok(Next::Ppp) } else { Err(Stop::Payload) };
        }
        match header.protocol() {
            EtherType(0) => Err(Stop::Payload),
            EtherType::ERSPAN if !header.has_sequence() => Ok(Next::Ethernet),
            EtherType::ERSPAN | EtherType::ERSPAN_III => self.erspan(),
            ethertype => Ok(Next::EtherType(ethertype)),
        }
    }

    fn erspan(&mut self) -> Step {
        let Some(header) = Erspan::parse(self.rest()) else {
            return self.cut(Protocol::Erspan, gre::ERSPAN_II_LEN);
        };
        let Some(header_len) = header.header_len() else {
            return self.cut_somewhere(Protocol::Erspan);
        };
        self.push(Protocol::Erspan, header_len)?;
        match header.frame_type() {
            Some(gre::ERSPAN_FRAME_ETHERNET) => Ok(Next::Ethernet),
            Some(gre::ERSPAN_FRAME_IP) => Ok(Next::Ip),
            _ => Err(Stop::Payload),
        }
    }

    pub(super) fn etherip(&mut self) -> Step {
        let version = be16_at(self.rest(), 0).map(|word| word >> 12);
        self.push(Protocol::EtherIp, ETHERIP_LEN)?;
        if version == Some(3) { Ok(Next::Ethernet) } else { Err(Stop::Malformed) }
    }
}
