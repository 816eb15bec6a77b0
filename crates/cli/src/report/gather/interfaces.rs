//! Sections and interfaces: what the trace says of them, and what was seen on each.

use std::collections::BTreeMap;

use marey::meta::{Item, Mac, Text};
use marey::scene::{ByteOrder, Filter, Interface, PORTS_FIRST, Port, Section, Statistics};
use marey::time::Resolution;
use marey::wire::LinkType;
use marey::{Meta, Packet, Scene};

use super::counts::Traffic;
use super::lists::kept;

/// How many sections are kept: those with the lowest numbers.
pub const SECTIONS_MAX: usize = 256;
/// How many interfaces are kept: those with the lowest numbers in the first sections.
pub const INTERFACES_MAX: usize = 256;
/// How many addresses of an interface are kept.
const ADDRESSES_MAX: usize = 16;

/// The number of a section, and that of an interface in it.
pub type Key = (u32, u32);

/// Sections and interfaces.
#[derive(Clone, Debug, Default)]
pub struct Interfaces {
    sections: BTreeMap<u32, SectionSeen>,
    interfaces: BTreeMap<Key, InterfaceSeen>,
    /// The interface of the last packet: the next one is mostly of the same.
    latest: Option<(Key, Traffic)>,
    /// Descriptions of interfaces that have a number of their own each.
    numbered: u64,
    /// The number of interfaces that are known by their ports.
    with_ports: u64,
    section_count: u32,
}

/// A section.
#[derive(Clone, Debug, Default)]
pub struct SectionSeen {
    /// What the trace says of it.
    pub about: Option<AboutSection>,
    /// How many packets it has.
    pub packets: u64,
}

/// What a trace says of a section, at a bounded length.
#[derive(Clone, Debug)]
pub struct AboutSection {
    /// Its byte order.
    pub byte_order: ByteOrder,
    /// The format's version in it.
    pub version: (u16, u16),
    /// The hardware that recorded.
    pub hardware: Option<Box<str>>,
    /// The operating system that recorded.
    pub os: Option<Box<str>>,
    /// The application that recorded.
    pub application: Option<Box<str>>,
}

/// An interface.
#[derive(Clone, Debug, Default)]
pub struct InterfaceSeen {
    /// What the trace says of it, and the number of the record up to which that is known.
    about: Option<(u64, AboutInterface)>,
    /// Its packets.
    pub traffic: Traffic,
    /// The sum of the losses that its packets tell of.
    pub dropped_before_packets: Option<u64>,
}

impl InterfaceSeen {
    /// What the trace says of it.
    pub fn about(&self) -> Option<&AboutInterface> {
        self.about.as_ref().map(|(_, about)| about)
    }

    /// Takes note of what is known at a record; what is known later counts.
    fn describe(&mut self, record: u64, interface: &Interface) {
        if self.about.as_ref().is_none_or(|(known, _)| *known <= record) {
            self.about = Some((record, AboutInterface::of(interface)));
        }
    }

    fn merge(&mut self, other: InterfaceSeen) {
        self.traffic.add(&other.traffic);
        if let Some(lost) = other.dropped_before_packets {
            *self.dropped_before_packets.get_or_insert(0) += lost;
        }
        let known = |about: &Option<(u64, AboutInterface)>| about.as_ref().map(|(known, _)| *known);
        if known(&other.about) > known(&self.about) {
            self.about = other.about;
        }
    }
}

/// What a trace says of an interface, at a bounded length. See [`Interface`] for the fields.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields are those of marey::scene::Interface")]
pub struct AboutInterface {
    pub link_type: Option<LinkType>,
    pub snap_len: u32,
    pub resolution: Resolution,
    pub time_offset_s: i64,
    pub name: Option<Box<str>>,
    pub description: Option<Box<str>>,
    pub addresses: Vec<String>,
    pub mac: Option<Mac>,
    pub eui64: Option<[u8; 8]>,
    pub speed: Option<u64>,
    pub tx_speed: Option<u64>,
    pub rx_speed: Option<u64>,
    pub filter: Option<Box<str>>,
    pub os: Option<Box<str>>,
    pub hardware: Option<Box<str>>,
    pub fcs_len: Option<u32>,
    pub time_zone: Option<Box<str>>,
    pub port: Option<Port>,
    pub lost: bool,
    pub statistics: Option<Statistics>,
}

impl AboutInterface {
    fn of(interface: &Interface) -> Self {
        let ipv4 = interface.ipv4.iter().map(|&(address, mask)| {
            let bits = u32::from(mask);
            match bits.leading_ones() + bits.trailing_zeros() {
                32 => format!("{address}/{}", bits.leading_ones()),
                _ => format!("{address} mask {mask}"),
            }
        });
        let ipv6 = interface.ipv6.iter().map(|(address, prefix)| format!("{address}/{prefix}"));
        let statistics = interface.statistics.as_deref();
        AboutInterface {
            link_type: interface.link_type,
            snap_len: interface.snap_len,
            resolution: interface.resolution,
            time_offset_s: interface.time_offset_s,
            name: text(&interface.name),
            description: text(&interface.description),
            addresses: ipv4.chain(ipv6).take(ADDRESSES_MAX).collect(),
            mac: interface.mac,
            eui64: interface.eui64,
            speed: interface.speed,
            tx_speed: interface.tx_speed,
            rx_speed: interface.rx_speed,
            filter: interface.filter.as_ref().map(filter),
            os: text(&interface.os),
            hardware: text(&interface.hardware),
            fcs_len: interface.fcs_len,
            time_zone: text(&interface.time_zone),
            port: interface.port,
            lost: interface.lost,
            // Comments are listed with all others.
            statistics: statistics.map(|s| Statistics { comments: Vec::new(), ..s.clone() }),
        }
    }
}

fn text(text: &Option<Text>) -> Option<Box<str>> {
    text.as_ref().map(|text| kept(text.as_str()))
}

fn filter(filter: &Filter) -> Box<str> {
    kept(&filter.to_string())
}

impl AboutSection {
    fn of(section: &Section) -> Self {
        AboutSection {
            byte_order: section.byte_order,
            version: section.version,
            hardware: text(&section.hardware),
            os: text(&section.os),
            application: text(&section.application),
        }
    }
}

impl Interfaces {
    /// Counts a packet.
    #[inline]
    pub fn packet(&mut self, packet: &Packet<'_>, time_ns: Option<i64>) {
        let key = key(packet);
        match &mut self.latest {
            Some((latest, traffic)) if *latest == key => traffic.packet(packet, time_ns),
            _ => self.packet_elsewhere(key, packet, time_ns),
        }
    }

    fn packet_elsewhere(&mut self, key: Key, packet: &Packet<'_>, time_ns: Option<i64>) {
        self.settle();
        let mut traffic = Traffic::default();
        traffic.packet(packet, time_ns);
        self.latest = Some((key, traffic));
        if let Some(section) = self.section(key.0)
            && section.about.is_none()
        {
            section.about = Some(AboutSection::of(packet.section()));
        }
        if let Some(seen) = self.interface(key)
            && seen.about.is_none()
            && let Some(interface) = packet.interface()
        {
            seen.describe(packet.position().record, interface);
        }
    }

    /// Enters the latest interface's packets among the others.
    fn settle(&mut self) {
        let Some((key, traffic)) = self.latest.take() else { return };
        if let Some(section) = self.section(key.0) {
            section.packets += traffic.packets;
        }
        if let Some(seen) = self.interface(key) {
            seen.traffic.add(&traffic);
        }
    }

    /// The section with this number, if it is one to keep.
    fn section(&mut self, index: u32) -> Option<&mut SectionSeen> {
        self.section_count = self.section_count.max(index.saturating_add(1));
        let is_kept = (index as usize) < SECTIONS_MAX;
        is_kept.then(|| self.sections.entry(index).or_default())
    }

    /// The interface with this key, if it is one to keep: one of the lowest keys that were seen.
    fn interface(&mut self, key: Key) -> Option<&mut InterfaceSeen> {
        let is_full = self.interfaces.len() >= INTERFACES_MAX;
        if is_full && !self.interfaces.contains_key(&key) {
            match self.interfaces.last_entry() {
                Some(last) if key < *last.key() => drop(last.remove()),
                _ => return None,
            }
        }
        Some(self.interfaces.entry(key).or_default())
    }

    /// Takes note of the loss that a packet tells of.
    pub fn dropped_before(&mut self, packet: &Packet<'_>, count: u64) {
        if let Some(seen) = self.interface(key(packet)) {
            let sum = seen.dropped_before_packets.get_or_insert(0);
            *sum = sum.saturating_add(count);
        }
    }

    /// Takes note of what a meta record says.
    pub fn meta(&mut self, meta: &Meta<'_>) {
        let (scene, record) = (meta.scene(), meta.position().record);
        let section = scene.section();
        for item in meta.items() {
            let id = match item {
                Item::Section(_) => {
                    if let Some(seen) = self.section(section.index) {
                        seen.about = Some(AboutSection::of(section));
                    }
                    continue;
                }
                Item::Interface(described) => {
                    let id = described_id(described, scene);
                    match (described.port, id) {
                        (None, _) => self.numbered += 1,
                        (Some(_), Some(id)) => {
                            let nth = id.checked_sub(PORTS_FIRST).unwrap_or(id);
                            self.with_ports = self.with_ports.max(u64::from(nth) + 1);
                        }
                        (Some(_), None) => {}
                    }
                    id
                }
                Item::Statistics(statistics) => Some(statistics.interface),
                _ => None,
            };
            if let Some(id) = id
                && let Some(interface) = scene.interface(id)
                && let Some(seen) = self.interface((section.index, id))
            {
                seen.describe(record, interface);
            }
        }
    }

    /// Adds what another worker saw.
    pub fn merge(&mut self, mut other: Interfaces) {
        self.settle();
        other.settle();
        for (index, seen) in other.sections {
            if let Some(own) = self.section(index) {
                own.packets += seen.packets;
                own.about = own.about.take().or(seen.about);
            }
        }
        for (key, seen) in other.interfaces {
            if let Some(own) = self.interface(key) {
                own.merge(seen);
            }
        }
        self.numbered += other.numbered;
        self.with_ports = self.with_ports.max(other.with_ports);
        self.section_count = self.section_count.max(other.section_count);
    }

    /// Adds what is known at the end of the trace: also what has no packets.
    pub fn close(&mut self, scene: &Scene) {
        self.settle();
        self.section_count = self.section_count.max(scene.sections());
        let index = scene.section().index;
        if scene.sections() > 0
            && let Some(section) = self.section(index)
            && section.about.is_none()
        {
            section.about = Some(AboutSection::of(scene.section()));
        }
        let with_ports = scene.ports().map(|(_, interface)| interface);
        for interface in scene.interfaces().iter().chain(with_ports) {
            if let Some(seen) = self.interface((index, interface.id)) {
                seen.describe(u64::MAX, interface);
            }
        }
    }

    /// How many sections there are.
    pub fn section_count(&self) -> u32 {
        self.section_count
    }

    /// How many interfaces there are.
    pub fn interface_count(&self) -> u64 {
        (self.numbered + self.with_ports).max(self.interfaces.len() as u64)
    }

    /// The sections that are kept.
    pub fn sections(&self) -> impl Iterator<Item = (u32, &SectionSeen)> {
        self.sections.iter().map(|(index, seen)| (*index, seen))
    }

    /// The interfaces that are kept.
    pub fn interfaces(&self) -> impl Iterator<Item = (Key, &InterfaceSeen)> {
        self.interfaces.iter().map(|(key, seen)| (*key, seen))
    }
}

/// The number of an interface for a person. Those that are described by their ports beside the
/// section's own interfaces are told apart by a letter.
pub fn shown_id(id: u32) -> String {
    match id.checked_sub(PORTS_FIRST) {
        Some(nth) if id < 1 << 31 => format!("p{nth}"),
        _ => id.to_string(),
    }
}

#[inline]
fn key(packet: &Packet<'_>) -> Key {
    let id = packet.interface().map_or(packet.interface_id(), |interface| interface.id);
    (packet.section().index, id)
}

/// The number that a described interface has got in the scene.
pub fn described_id(described: &Interface, scene: &Scene) -> Option<u32> {
    match described.port {
        Some(port) => scene.ports().find(|(known, _)| *known == port).map(|(_, known)| known.id),
        None => scene.interfaces().last().map(|known| known.id),
    }
}
