//! The fields of a layer, from the view of its protocol.

use crate::wire::arp::Arp;
use crate::wire::bytes::Put;
use crate::wire::bytes::{be16_at, be32_at};
use crate::wire::dccp::Dccp;
use crate::wire::esp::Esp;
use crate::wire::ethernet::Ethernet;
use crate::wire::frame_relay::FrameRelay;
use crate::wire::geneve::Geneve;
use crate::wire::gre::{Erspan, Gre};
use crate::wire::gtpu::Gtpu;
use crate::wire::hdlc::CiscoHdlc;
use crate::wire::icmp::Icmp;
use crate::wire::icmpv6::Icmpv6;
use crate::wire::igmp::Igmp;
use crate::wire::ipv4::Ipv4;
use crate::wire::ipv6::Ipv6;
use crate::wire::ipv6_extension::Extension;
use crate::wire::llc::{Llc, Snap};
use crate::wire::monitor::Monitor;
use crate::wire::mpls::Mpls;
use crate::wire::null::Null;
use crate::wire::ospf::Ospf;
use crate::wire::ppp::Ppp;
use crate::wire::pppoe::Pppoe;
use crate::wire::protocol::Protocol;
use crate::wire::radiotap::Radiotap;
use crate::wire::radius::Radius;
use crate::wire::ring::{Fddi, TokenRing};
use crate::wire::sctp::Sctp;
use crate::wire::sll::Sll;
use crate::wire::tcp::Tcp;
use crate::wire::udp::Udp;
use crate::wire::vlan::Vlan;
use crate::wire::vxlan::Vxlan;
use crate::wire::walk::{Layer, Layers};
use crate::wire::wlan::Wlan;

/// Puts each field of `layer`, if its fixed part was captured.
pub(super) fn fields(layers: &Layers<'_>, layer: &Layer, put: &mut Put<'_>) {
    let bytes = layers.bytes_of(layer);
    let _shown = link(layer.protocol, bytes, put).or_else(|| inner(layer.protocol, bytes, put));
}

/// Headers of links.
fn link(protocol: Protocol, bytes: &[u8], put: &mut Put<'_>) -> Option<()> {
    match protocol {
        Protocol::Ethernet => Ethernet::parse(bytes)?.fields(put),
        Protocol::Vlan => Vlan::parse(bytes)?.fields(put),
        Protocol::Mpls => Mpls::parse(bytes)?.fields(put),
        Protocol::ControlWord => put("word", &format_args!("0x{:08x}", be32_at(bytes, 0)?)),
        Protocol::Pppoe => Pppoe::parse(bytes)?.fields(put),
        Protocol::Ppp => Ppp::parse(bytes)?.fields(put),
        Protocol::Llc => Llc::parse(bytes)?.fields(put),
        Protocol::Snap => Snap::parse(bytes)?.fields(put),
        Protocol::LinuxSll => Sll::parse(bytes)?.fields(put),
        Protocol::LinuxSll2 => Sll::parse_v2(bytes)?.fields(put),
        Protocol::Null => Null::parse(bytes)?.fields(put),
        Protocol::CiscoHdlc => CiscoHdlc::parse(bytes)?.fields(put),
        Protocol::FrameRelay => FrameRelay::parse(bytes)?.fields(put),
        Protocol::TokenRing => TokenRing::parse(bytes)?.fields(put),
        Protocol::Fddi => Fddi::parse(bytes)?.fields(put),
        Protocol::Radiotap => Radiotap::parse(bytes)?.fields(put),
        Protocol::Prism => Monitor::parse_prism(bytes)?.fields(put),
        Protocol::Avs => Monitor::parse_avs(bytes)?.fields(put),
        Protocol::Ppi => Monitor::parse_ppi(bytes)?.fields(put),
        Protocol::Pktap => Monitor::parse_pktap(bytes)?.fields(put),
        Protocol::Wlan => Wlan::parse(bytes)?.fields(put),
        // Laid out like an 802.3 header (IEEE 802.11-2020 §9.3.2.2.2).
        Protocol::WlanSubframe => Ethernet::parse(bytes)?.fields(put),
        _ => return None,
    }
    Some(())
}

/// Headers of networks, transports and tunnels.
fn inner(protocol: Protocol, bytes: &[u8], put: &mut Put<'_>) -> Option<()> {
    match protocol {
        Protocol::Arp => Arp::parse(bytes)?.fields(put),
        Protocol::Ipv4 => Ipv4::parse(bytes)?.fields(put),
        Protocol::Ipv6 => Ipv6::parse(bytes)?.fields(put),
        Protocol::Icmp => Icmp::parse(bytes)?.fields(put),
        Protocol::Icmpv6 => Icmpv6::parse(bytes)?.fields(put),
        Protocol::Igmp => Igmp::parse(bytes)?.fields(put),
        Protocol::Tcp => Tcp::parse(bytes)?.fields(put),
        Protocol::Udp | Protocol::UdpLite => Udp::parse(bytes)?.fields(put),
        Protocol::Sctp => Sctp::parse(bytes)?.fields(put),
        Protocol::Dccp => Dccp::parse(bytes)?.fields(put),
        Protocol::Esp => Esp::parse(bytes)?.fields(put),
        Protocol::Ospf => Ospf::parse(bytes)?.fields(put),
        Protocol::Gre => Gre::parse(bytes)?.fields(put),
        Protocol::Erspan => Erspan::parse(bytes)?.fields(put),
        Protocol::EtherIp => put("version", &(be16_at(bytes, 0)? >> 12)),
        Protocol::Vxlan => Vxlan::parse(bytes)?.fields(put),
        Protocol::Geneve => Geneve::parse(bytes)?.fields(put),
        Protocol::Gtpu => Gtpu::parse(bytes)?.fields(put),
        Protocol::Radius => Radius::parse(bytes)?.fields(put),
        other => Extension::parse(other.extension_number()?, bytes)?.fields(put),
    }
    Some(())
}
