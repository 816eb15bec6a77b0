//! A packet in one line.

use crate::wire::arp::Arp;
use crate::wire::dccp::Dccp;
use crate::wire::esp::Esp;
use crate::wire::ethernet::Ethernet;
use crate::wire::ethertype::EtherType;
use crate::wire::flow::{Ends, Network};
use crate::wire::frame_relay::FrameRelay;
use crate::wire::geneve::Geneve;
use crate::wire::gre::{Erspan, Gre};
use crate::wire::gtpu::Gtpu;
use crate::wire::hdlc::CiscoHdlc;
use crate::wire::icmp::Icmp;
use crate::wire::icmpv6::Icmpv6;
use crate::wire::igmp::Igmp;
use crate::wire::ipv6_extension::Extension;
use crate::wire::mpls::Mpls;
use crate::wire::null::Null;
use crate::wire::ospf::Ospf;
use crate::wire::ppp::Ppp;
use crate::wire::pppoe::Pppoe;
use crate::wire::protocol::Protocol;
use crate::wire::radius::Radius;
use crate::wire::ring::{Fddi, TokenRing};
use crate::wire::sctp::Sctp;
use crate::wire::sll::Sll;
use crate::wire::tcp::Tcp;
use crate::wire::vlan::Vlan;
use crate::wire::vxlan::Vxlan;
use crate::wire::walk::{Layer, Layers, Stop};
use crate::wire::wlan::Wlan;
use std::fmt;

/// Writes words with one space between them.
struct Words<'f, 'g> {
    f: &'f mut fmt::Formatter<'g>,
    is_first: bool,
}

impl Words<'_, '_> {
    fn word(&mut self, word: &dyn fmt::Display) -> fmt::Result {
        if !self.is_first {
            self.f.write_str(" ")?;
        }
        self.is_first = false;
        write!(self.f, "{word}")
    }

    /// A view that is there, or nothing.
    fn view<V: fmt::Display>(&mut self, view: Option<V>) -> fmt::Result {
        view.map_or(Ok(()), |view| self.word(&view))
    }
}

/// ASCII letters as capitals.
struct Capitals<T>(T);

impl<T: fmt::Display> fmt::Display for Capitals<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Upper<'f, 'g>(&'f mut fmt::Formatter<'g>);
        impl fmt::Write for Upper<'_, '_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                text.chars().try_for_each(|c| self.0.write_char(c.to_ascii_uppercase()))
            }
        }
        fmt::write(&mut Upper(f), format_args!("{}", self.0))
    }
}

/// See [`super::summary`].
pub(super) struct Summary<'l, 'a>(pub(super) &'l Layers<'a>);

impl fmt::Display for Summary<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let layers = self.0;
        let mut words = Words { f, is_first: true };
        for (index, layer) in layers.as_slice().iter().enumerate() {
            let is_inner = layers.last_network().is_none_or(|network| index > network);
            if layer.protocol.is_network() {
                network(&mut words, layers, index, layer)?;
            } else if is_inner {
                link(&mut words, layers, layer)?;
            }
            inner(&mut words, layers, layer)?;
        }
        end(&mut words, layers)
    }
}

/// A network with the ports of its transport.
fn network(
    words: &mut Words<'_, '_>,
    layers: &Layers<'_>,
    at: usize,
    layer: &Layer,
) -> fmt::Result {
    if layer.protocol == Protocol::Arp {
        return words.view(Arp::parse(layers.bytes_of(layer)));
    }
    let ports = layers.transport_of(at).and_then(|transport| transport.ports);
    let (name, source, target) = match layers.network_at(at) {
        Some(Network::V4 { source, target }) => ("IPv4", source.into(), target.into()),
        Some(Network::V6 { source, target }) => ("IPv6", source.into(), target.into()),
        _ => return words.word(&Capitals(layer.protocol)),
    };
    words.word(&format_args!("{name} {}", Ends { source, target, ports }))?;
    match layers.fragment_of(at) {
        Some(fragment) => {
            let more = if fragment.more { "+" } else { "" };
            let (id, offset) = (fragment.id, fragment.offset_bytes);
            words.word(&format_args!("frag 0x{id:x} offset {offset}{more}"))
        }
        None => Ok(()),
    }
}

/// A link, where no network is in it.
fn link(words: &mut Words<'_, '_>, layers: &Layers<'_>, layer: &Layer) -> fmt::Result {
    let bytes = layers.bytes_of(layer);
    match layer.protocol {
        Protocol::Ethernet => words.view(
            Ethernet::parse(bytes).map(|e| format!("Ethernet {} > {}", e.source(), e.target())),
        ),
        Protocol::LinuxSll => words.view(Sll::parse(bytes)),
        Protocol::LinuxSll2 => words.view(Sll::parse_v2(bytes)),
        Protocol::Wlan => words.view(Wlan::parse(bytes)),
        Protocol::TokenRing => words.view(TokenRing::parse(bytes)),
        Protocol::Fddi => words.view(Fddi::parse(bytes)),
        Protocol::Null => words.view(Null::parse(bytes)),
        Protocol::CiscoHdlc => words.view(CiscoHdlc::parse(bytes)),
        Protocol::FrameRelay => words.view(FrameRelay::parse(bytes)),
        Protocol::Pppoe => words.view(Pppoe::parse(bytes)),
        Protocol::Ppp => words.view(Ppp::parse(bytes)),
        _ => Ok(()),
    }
}

/// What is always shown: tags, labels, transports, tunnels.
fn inner(words: &mut Words<'_, '_>, layers: &Layers<'_>, layer: &Layer) -> fmt::Result {
    let bytes = layers.bytes_of(layer);
    match layer.protocol {
        Protocol::Vlan => words.view(Vlan::parse(bytes)),
        Protocol::Mpls => words.view(Mpls::parse(bytes)),
        Protocol::Icmp => words.view(Icmp::parse(bytes)),
        Protocol::Icmpv6 => words.view(Icmpv6::parse(bytes)),
        Protocol::Igmp => words.view(Igmp::parse(bytes)),
        Protocol::Tcp => match Tcp::parse(bytes) {
            Some(tcp) => words.word(&tcp),
            None => words.word(&"TCP"),
        },
        Protocol::Udp => words.word(&"UDP"),
        Protocol::UdpLite => words.word(&"UDP-Lite"),
        Protocol::Sctp => words.view(Sctp::parse(bytes)),
        Protocol::Dccp => words.view(Dccp::parse(bytes)),
        Protocol::Esp => words.view(Esp::parse(bytes)),
        Protocol::Ospf => words.view(Ospf::parse(bytes)),
        Protocol::Gre => words.view(Gre::parse(bytes)),
        Protocol::Erspan => words.view(Erspan::parse(bytes)),
        Protocol::EtherIp => words.word(&"EtherIP"),
        Protocol::Vxlan => words.view(Vxlan::parse(bytes)),
        Protocol::Geneve => words.view(Geneve::parse(bytes)),
        Protocol::Gtpu => words.view(Gtpu::parse(bytes)),
        Protocol::Radius => words.view(Radius::parse(bytes)),
        Protocol::Fragment | Protocol::HopByHop | Protocol::Destination => Ok(()),
        other => match other.extension_number() {
            Some(number) => words.view(Extension::parse(number, bytes)),
            None => Ok(()),
        },
    }
}

/// What the walk ended at, the length, and a note if it ended early.
fn end(words: &mut Words<'_, '_>, layers: &Layers<'_>) -> fmt::Result {
    let last = layers.as_slice().last().map(|layer| layer.protocol);
    if last.is_none() {
        words.word(&layers.link())?;
    }
    match layers.stop() {
        Stop::EtherType(EtherType(number)) => {
            words.word(&format_args!("ethertype 0x{number:04x}"))?;
            if let Some(name) = EtherType(number).name() {
                words.word(&Capitals(name))?;
            }
        }
        Stop::IpProtocol(protocol) if protocol.name().is_none() => words.word(&protocol)?,
        // Said where the link was shown.
        Stop::Ppp(_) | Stop::Family(_) | Stop::Link(_) => {}
        Stop::IpProtocol(_) | Stop::Sap(_) | Stop::Slarp => words.word(&Capitals(layers.stop()))?,
        Stop::Snap { .. } => match layers.kind() {
            Some(kind) => words.word(&Capitals(kind))?,
            None => words.word(&layers.stop())?,
        },
        Stop::Nlpid(_) => words.word(&layers.stop())?,
        _ => {}
    }
    length(words, layers, last)?;
    match layers.stop() {
        stop @ (Stop::Snapped | Stop::Malformed | Stop::TooDeep) => {
            words.word(&format_args!("[{stop}]"))
        }
        _ => Ok(()),
    }
}

/// How much the last header carries or, where no network was found, how long the packet is.
fn length(words: &mut Words<'_, '_>, layers: &Layers<'_>, last: Option<Protocol>) -> fmt::Result {
    let is_shown = match (layers.stop(), last) {
        (Stop::Snapped | Stop::Malformed | Stop::TooDeep, Some(_)) => false,
        (Stop::Payload, Some(protocol)) if layers.last_network().is_some() => {
            protocol.has_ports() || matches!(protocol, Protocol::Ipv4 | Protocol::Ipv6)
        }
        _ => true,
    };
    if !is_shown {
        return Ok(());
    }
    let len = match layers.last_network() {
        Some(_) => layers.payload_len(),
        None => layers.wire_len(),
    };
    words.word(&format_args!("len {len}"))
}
