//! Which protocols packets have, by the walk over the headers of each.

use std::collections::BTreeMap;

use marey::wire::{IpProtocol, Layers, NetworkKind, Protocol, Stop};

use super::tally::{Count, Tally, rank};

/// There are fewer protocols that have a view.
const PROTOCOLS_MAX: usize = 64;

/// Counts of protocols.
#[derive(Clone, Debug)]
pub struct Protocols {
    networks: Tally<NetworkKind>,
    transports: [Count; 256],
    headers: [Option<(Protocol, Count)>; PROTOCOLS_MAX],
    /// Packets by why their headers end.
    pub ends: Ends,
}

/// Packets by why the walk over their headers ended early.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// The headers go on beyond what was captured.
    pub snapped: u64,
    /// A header contradicts itself or what is around it.
    pub malformed: u64,
    /// A fragment of a datagram, without all of its headers.
    pub fragment: u64,
    /// What follows is encrypted.
    pub encrypted: u64,
    /// More layers than are followed.
    pub too_deep: u64,
    /// A link type whose headers marey does not know.
    pub unknown_link: u64,
}

impl Ends {
    fn add(&mut self, other: Ends) {
        self.snapped += other.snapped;
        self.malformed += other.malformed;
        self.fragment += other.fragment;
        self.encrypted += other.encrypted;
        self.too_deep += other.too_deep;
        self.unknown_link += other.unknown_link;
    }
}

impl Default for Protocols {
    fn default() -> Self {
        Protocols {
            networks: Tally::default(),
            transports: [Count::default(); 256],
            headers: [None; PROTOCOLS_MAX],
            ends: Ends::default(),
        }
    }
}

/// Numbers that organisations gave and that have no name count as one: there are 2^40 of them.
const OTHER_SNAP: NetworkKind = NetworkKind::Snap { oui: 0xffff_ffff, protocol: 0xffff };

fn key(kind: NetworkKind) -> NetworkKind {
    match kind {
        NetworkKind::Snap { .. } if kind.to_string().starts_with("snap 0x") => OTHER_SNAP,
        kind => kind,
    }
}

fn network_name(kind: NetworkKind) -> String {
    if kind == OTHER_SNAP { "snap, others".to_owned() } else { kind.to_string() }
}

impl Protocols {
    /// Counts the protocols of a packet.
    #[inline]
    pub fn packet(&mut self, layers: &Layers<'_>, wire_len: u32) {
        if let Some(kind) = layers.kind() {
            self.networks.packet(key(kind), wire_len);
        }
        if let Some(IpProtocol(number)) = layers.ip_protocol() {
            self.transports[usize::from(number)].packet(wire_len);
        }
        let mut seen = 0_u64;
        for layer in layers.as_slice() {
            let index = layer.protocol as usize % PROTOCOLS_MAX;
            if seen & 1 << index == 0 {
                seen |= 1 << index;
                let (_, count) =
                    self.headers[index].get_or_insert((layer.protocol, Count::default()));
                count.packet(wire_len);
            }
        }
        if layers.stop() != Stop::Payload {
            self.ended(layers.stop());
        }
    }

    fn ended(&mut self, stop: Stop) {
        let ends = &mut self.ends;
        let count = match stop {
            Stop::Snapped => &mut ends.snapped,
            Stop::Malformed => &mut ends.malformed,
            Stop::Fragment => &mut ends.fragment,
            Stop::Encrypted => &mut ends.encrypted,
            Stop::TooDeep => &mut ends.too_deep,
            Stop::Link(_) => &mut ends.unknown_link,
            _ => return,
        };
        *count += 1;
    }

    /// Adds other counts.
    pub fn merge(&mut self, other: &Protocols) {
        self.networks.merge(&other.networks);
        for (own, other) in self.transports.iter_mut().zip(&other.transports) {
            own.add(*other);
        }
        for (own, other) in self.headers.iter_mut().zip(&other.headers) {
            if let Some((protocol, count)) = other {
                own.get_or_insert((*protocol, Count::default())).1.add(*count);
            }
        }
        self.ends.add(other.ends);
    }

    /// What the outermost links carry.
    pub fn networks(&self) -> Vec<(String, Count)> {
        self.networks.ranked(network_name)
    }

    /// What the outermost IP headers carry.
    pub fn transports(&self) -> Vec<(String, Count)> {
        let mut named: BTreeMap<String, Count> = BTreeMap::new();
        for (number, count) in (0..=u8::MAX).zip(&self.transports) {
            if count.packets > 0 {
                named.entry(IpProtocol(number).to_string()).or_default().add(*count);
            }
        }
        rank(named)
    }

    /// All headers, by the number of packets that have one or more of them.
    pub fn headers(&self) -> Vec<(Protocol, Count)> {
        let mut headers: Vec<_> = self.headers.iter().flatten().copied().collect();
        headers.sort_by(|(a, x), (b, y)| y.packets.cmp(&x.packets).then_with(|| a.cmp(b)));
        headers
    }

    /// The headers that say more than links, networks and transports do.
    pub fn extra_headers(&self) -> Vec<(String, Count)> {
        let extra = self.headers().into_iter().filter(|(header, _)| is_extra(*header));
        extra.map(|(header, count)| (header.to_string(), count)).collect()
    }
}

/// Whether a header says more than links, networks and transports do: tags, labels, tunnels.
fn is_extra(header: Protocol) -> bool {
    use Protocol::*;
    let is_link = matches!(
        header,
        Ethernet
            | LinuxSll
            | LinuxSll2
            | Null
            | CiscoHdlc
            | FrameRelay
            | TokenRing
            | Fddi
            | Ppp
            | Radiotap
            | Prism
            | Avs
            | Ppi
            | Pktap
            | Wlan
    );
    let is_counted = header.is_network() || (header.is_transport() && header != Gre);
    !is_link && !is_counted
}
