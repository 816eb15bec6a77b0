//! What the links around the outermost network say: stations, tags, labels; and the packet without
//! tags and labels.

use super::{Layer, Layers, usize_of};
use crate::wire::bytes::{Mac, be16_at, be32_at};
use crate::wire::ethernet::{self, Ethernet};
use crate::wire::ethertype::EtherType;
use crate::wire::protocol::Protocol;
use crate::wire::ring::{Fddi, TokenRing};
use crate::wire::vlan::Vlan;
use crate::wire::wlan::Wlan;

/// A packet without its tags and labels, in two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stripped<'a> {
    /// The Ethernet header, with the EtherType of the network.
    pub ethernet: [u8; ethernet::LEN],
    /// What was captured from the network on, padding included.
    pub rest: &'a [u8],
    /// How many bytes are left out.
    pub left_out: u32,
}

impl<'a> Layers<'a> {
    /// The stations of the outermost link that names both, source first: Ethernet, Token Ring, FDDI
    /// or 802.11.
    pub fn macs(&self) -> Option<(Mac, Mac)> {
        self.as_slice().iter().find_map(|layer| {
            let bytes = self.bytes_of(layer);
            match layer.protocol {
                Protocol::Ethernet => Ethernet::parse(bytes).map(|e| (e.source(), e.target())),
                Protocol::TokenRing => TokenRing::parse(bytes).map(|t| (t.source(), t.target())),
                Protocol::Fddi => Fddi::parse(bytes).map(|f| (f.source(), f.target())),
                Protocol::Wlan => Wlan::parse(bytes).and_then(|w| Some((w.source()?, w.target()?))),
                _ => None,
            }
        })
    }

    /// The numbers of all VLAN tags, outermost first.
    pub fn vlans(&self) -> impl Iterator<Item = u16> + '_ {
        self.as_slice().iter().filter_map(|layer| self.vlan_of(layer))
    }

    pub(super) fn vlan_of(&self, layer: &Layer) -> Option<u16> {
        if layer.protocol != Protocol::Vlan {
            return None;
        }
        // The number is in the first two bytes: a cut tag may still have it.
        match Vlan::parse(self.bytes_of(layer)) {
            Some(tag) => Some(tag.id()),
            None => be16_at(self.bytes_of(layer), 0).map(|word| word & 0x0fff),
        }
    }

    /// All MPLS labels, outermost first (RFC 3032 §2.1).
    pub fn labels(&self) -> impl Iterator<Item = u32> + '_ {
        let stack = self.as_slice().iter().filter(|layer| layer.protocol == Protocol::Mpls);
        stack.filter_map(|layer| be32_at(self.bytes_of(layer), 0)).map(|entry| entry >> 12)
    }

    /// The packet without VLAN tags, MPLS labels and PPPoE around its outermost network. `None` if
    /// it has none of them, if other links are between, or if no IP or ARP was found.
    pub fn stripped(&self) -> Option<Stripped<'a>> {
        use Protocol::{Arp, Ethernet as Frame, Ipv4, Ipv6, Mpls, Ppp, Pppoe, Vlan as Tag};
        let index = self.first_network()?;
        let (first, between) = self.as_slice().get(..index)?.split_first()?;
        let can_go = |layer: &Layer| matches!(layer.protocol, Tag | Mpls | Pppoe | Ppp);
        if first.protocol != Frame || between.is_empty() || !between.iter().all(can_go) {
            return None;
        }
        let network = self.as_slice().get(index)?;
        let ethertype = match network.protocol {
            Ipv4 => EtherType::IPV4,
            Ipv6 => EtherType::IPV6,
            // ARP or RARP: the number in front of it says which.
            Arp => EtherType(be16_at(self.bytes, usize_of(network.offset).checked_sub(2)?)?),
            _ => return None,
        };
        let mut header: [u8; ethernet::LEN] = *self.bytes.first_chunk()?;
        let (_, kind) = header.split_last_chunk_mut::<2>()?;
        *kind = ethertype.0.to_be_bytes();
        let rest = self.bytes.get(usize_of(network.offset)..)?;
        let left_out = network.offset.checked_sub(ethernet::LEN as u32)?;
        Some(Stripped { ethernet: header, rest, left_out })
    }
}
