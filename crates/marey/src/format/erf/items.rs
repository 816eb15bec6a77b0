//! The sections of provenance as typed items.

use std::net::Ipv4Addr;

use super::provenance::Part;
use super::tags::{
    SECTION_CAPTURE, SECTION_HOST, SECTION_INTERFACE, SECTION_MODULE, SECTION_NONE, SECTION_STATS,
    SECTION_STREAM,
};
use crate::meta::{
    Capture, Clock, Comment, Described, Host, Ipv4Net, Ipv6Net, Item, Mac, Module, Name, NameOf,
    Names, Stream, Text, Value,
};
use crate::scene::{Filter, Interface, Port, Scene, Statistics};
use crate::time::{Resolution, Timestamp};
use crate::wire::LinkType;

/// How many sections of a record are typed; later ones are [`Described`] only.
const SECTIONS_TYPED_MAX: usize = 1024;

// Tags that make more of a section than its kind says.
const STATISTICS_TAGS: std::ops::RangeInclusive<u16> = 195..=215;
const NAME_TAGS: std::ops::RangeInclusive<u16> = 256..=265;
const CLOCK_TAGS: std::ops::RangeInclusive<u16> = 384..=414;

/// Makes the items of a record, section by section.
pub(super) struct Items<'s, 'a> {
    scene: &'s Scene,
    /// Where the record was made: host and source.
    at: Port,
    time: Timestamp,
    /// The version of the cards' driver, where the host says it.
    driver_version: Option<Text>,
    /// The record's interface sections: their numbers and ports.
    interfaces: Vec<(u16, Port)>,
    /// Ports that this record is the first to describe, in order.
    fresh: Vec<Port>,
    items: Vec<Item<'a>>,
}

impl<'a> Items<'_, 'a> {
    /// What `parts` say. `at` is host and source of the record's extension headers, `anchor` the
    /// anchor that it is about.
    pub fn of(
        parts: &[Part<'_>],
        scene: &Scene,
        at: Port,
        time: Timestamp,
        anchor: Option<u64>,
    ) -> Vec<Item<'a>> {
        let tagged_host = parts.iter().find_map(|part| match part.section {
            SECTION_NONE | SECTION_HOST => part.u64(6).filter(|&host| host != 0),
            _ => None,
        });
        let at = Port { host: at.host.or(tagged_host), ..at };
        let interface_of = |part: &Part<'_>| {
            let number = part.u32(64).unwrap_or(u32::from(part.id).saturating_sub(1));
            (part.id, Port { number, ..at })
        };
        let interfaces = parts.iter().filter(|part| part.section == SECTION_INTERFACE);
        let interfaces = interfaces.take(SECTIONS_TYPED_MAX).map(interface_of).collect();
        let hosts = parts.iter().filter(|part| part.section == SECTION_HOST);
        let driver_version = hosts.filter_map(|host| host.text(53)).next();
        let (fresh, items) = (Vec::new(), Vec::new());
        let mut made = Items { scene, at, time, driver_version, interfaces, fresh, items };
        for (number, part) in parts.iter().enumerate() {
            made.add(part, number < SECTIONS_TYPED_MAX);
        }
        made.add_comment(parts, anchor);
        made.items
    }

    fn add(&mut self, part: &Part<'_>, typed: bool) {
        match part.section {
            SECTION_NONE => {}
            _ if !typed => self.items.push(described(part)),
            SECTION_CAPTURE => self.items.push(Item::Capture(capture(part))),
            SECTION_HOST => self.items.push(Item::Host(host(part, self.at.host))),
            SECTION_MODULE => {
                let driver_version = part.text(53).or_else(|| self.driver_version.clone());
                self.items.push(Item::Module(Module { driver_version, ..module(part) }));
            }
            SECTION_STREAM => self.items.push(Item::Stream(stream(part))),
            SECTION_INTERFACE => self.add_interface(part),
            SECTION_STATS => match self.parent(part).and_then(|port| self.id(port)) {
                Some(id) => self.items.push(Item::Statistics(self.statistics(part, id))),
                None => self.items.push(described(part)),
            },
            _ if part.has(NAME_TAGS) => {}
            _ => self.items.push(described(part)),
        }
        if typed && part.has(NAME_TAGS) {
            self.items.push(Item::Names(names(part)));
        }
        if typed && part.has(CLOCK_TAGS) {
            self.items.push(Item::Clock(clock(part)));
        }
    }

    fn add_interface(&mut self, part: &Part<'_>) {
        let Some(&(_, port)) = self.interfaces.iter().find(|(id, _)| *id == part.id) else {
            return;
        };
        if self.id(port).is_none() && self.scene.next_port_id(self.fresh.len()).is_some() {
            self.fresh.push(port);
        }
        let id = self.id(port);
        self.items.push(Item::Interface(interface(part, id.unwrap_or(u32::MAX), port)));
        if let Some(id) = id
            && part.has(STATISTICS_TAGS)
        {
            self.items.push(Item::Statistics(self.statistics(part, id)));
        }
    }

    /// The number that the interface at `port` has or gets in the scene.
    fn id(&self, port: Port) -> Option<u32> {
        let known = self.scene.ports().find(|(known, _)| *known == port);
        let fresh = || self.fresh.iter().position(|known| *known == port);
        known.map(|(_, i)| i.id).or_else(|| self.scene.next_port_id(fresh()?))
    }

    /// The interface that a statistics section is about: its parent, or that with its interface
    /// number, or the only one of the record.
    fn parent(&self, part: &Part<'_>) -> Option<Port> {
        let parent = part.u32(3).map(|parent| ((parent >> 16) as u16, parent as u16));
        match (parent, part.u32(64), self.interfaces.as_slice()) {
            (Some((SECTION_INTERFACE, id)), _, known) => {
                let port = known.iter().find(|(known, _)| *known == id).map(|(_, port)| *port);
                let number = u32::from(id).saturating_sub(1);
                port.or(Some(Port { number, ..self.at }))
            }
            (Some(_), ..) => None,
            (None, Some(number), _) => Some(Port { number, ..self.at }),
            (None, None, [(_, only)]) => Some(*only),
            _ => None,
        }
    }

    fn statistics(&self, part: &Part<'_>, interface: u32) -> Statistics {
        Statistics {
            interface,
            time: Some(self.time),
            start: part.time(193),
            end: part.time(194),
            received: part.u64(196),
            dropped: part.u64(195).or(part.u64(214)),
            filter_accepted: part.u64(202),
            os_dropped: part.u64(200).or(part.u64(215)),
            delivered: part.u64(198),
            comments: part.comments(),
        }
    }

    /// A comment on packets with an anchor may stand in any section; one on the recording stands
    /// before them.
    fn add_comment(&mut self, parts: &[Part<'_>], anchor: Option<u64>) {
        let is_comment = |part: &&Part<'_>| anchor.is_some() || part.section == SECTION_NONE;
        let texts: Vec<Text> = parts.iter().filter(is_comment).flat_map(Part::comments).collect();
        if !texts.is_empty() {
            let anchor = anchor.map(|anchor| (self.at.host, anchor));
            self.items.push(Item::Comment(Comment { texts, anchor }));
        }
    }
}

/// What tags say, in the types of items.
impl Part<'_> {
    fn text(&self, number: u16) -> Option<Text> {
        self.value(number)?.as_text().cloned()
    }

    fn u64(&self, number: u16) -> Option<u64> {
        self.value(number)?.as_u64()
    }

    fn u32(&self, number: u16) -> Option<u32> {
        self.u64(number)?.try_into().ok()
    }

    fn i64(&self, number: u16) -> Option<i64> {
        match self.value(number)? {
            Value::I64(value) => Some(value),
            _ => None,
        }
    }

    fn time(&self, number: u16) -> Option<Timestamp> {
        match self.value(number)? {
            Value::Time(time) => time,
            _ => None,
        }
    }

    fn comments(&self) -> Vec<Text> {
        let comments = self.tags().filter(|tag| tag.number == 1);
        comments.filter_map(|tag| tag.decode().1.as_text().cloned()).collect()
    }

    fn has(&self, tags: std::ops::RangeInclusive<u16>) -> bool {
        self.tags().any(|tag| tags.contains(&tag.number))
    }
}

fn described<'a>(part: &Part<'_>) -> Item<'a> {
    Item::Described(Described { kind: part.name(), id: part.id, comments: part.comments() })
}

fn capture(part: &Part<'_>) -> Capture {
    Capture {
        application: part.text(16),
        application_version: part.text(47),
        name: part.text(12),
        description: part.text(13),
        user: part.text(19),
        filter: part.text(36),
        snap_len: part.u32(29),
        comments: part.comments(),
    }
}

fn host(part: &Part<'_>, id: Option<u64>) -> Host {
    Host {
        id: part.u64(6).or(id),
        name: part.text(18).or_else(|| part.text(12)),
        os: part.text(17),
        description: part.text(13),
        organisation: part.text(11),
        location: part.text(34).or_else(|| part.text(46)),
        cpu: part.text(49),
        memory_bytes: part.u64(40),
        comments: part.comments(),
    }
}

fn module(part: &Part<'_>) -> Module {
    Module {
        number: part.u32(31),
        name: part.text(12).or_else(|| part.text(44)),
        model: part.text(20),
        serial_number: part.text(22),
        firmware_version: part.text(21),
        driver_version: None,
        comments: part.comments(),
    }
}

fn stream(part: &Part<'_>) -> Stream {
    Stream {
        number: part.u32(33),
        name: part.text(12),
        dropped: part.u64(216).or(part.u64(214)),
        buffer_dropped: part.u64(217).or(part.u64(215)),
        comments: part.comments(),
    }
}

fn clock(part: &Part<'_>) -> Clock {
    Clock {
        source: part.u32(384),
        state: part.u32(385),
        failures: part.u64(388),
        resyncs: part.u64(389),
        phase_error: part.i64(390),
        description: part.text(396),
        ptp_domain: part.u32(399),
        ptp_steps_removed: part.u32(400),
    }
}

fn interface(part: &Part<'_>, id: u32, port: Port) -> Interface {
    let (ipv4, ipv6) = addresses(part);
    let link = part.u32(77).and_then(|link| u16::try_from(link).ok()).filter(|&link| link != 0);
    Interface {
        link_type: link.map(LinkType),
        snap_len: part.u32(29).unwrap_or(0),
        resolution: Resolution::Binary(32),
        name: part.text(12),
        description: part.text(13),
        ipv4,
        ipv6,
        mac: match part.value(69) {
            Some(Value::Mac(mac)) => Some(mac),
            _ => None,
        },
        eui64: match part.value(70) {
            Some(Value::Bytes(eui)) => eui.try_into().ok(),
            _ => None,
        },
        speed: part.u64(66),
        tx_speed: part.u64(75),
        filter: part.text(36).map(Filter::Expression),
        os: part.text(17),
        hardware: part.text(20),
        fcs_len: part.u32(8),
        time_zone: part.text(26),
        comments: part.comments(),
        port: Some(port),
        ..Interface::new(id)
    }
}

/// The addresses of an interface; a mask tag belongs to the address before it. Without one, the
/// mask covers the whole address.
fn addresses(part: &Part<'_>) -> (Vec<Ipv4Net>, Vec<Ipv6Net>) {
    let (mut ipv4, mut ipv6): (Vec<Ipv4Net>, Vec<Ipv6Net>) = (Vec::new(), Vec::new());
    let mut last_is_ipv4 = true;
    for tag in part.tags() {
        match (tag.number, tag.decode().1) {
            (67, Value::Ipv4(address)) => {
                ipv4.push((address, Ipv4Addr::BROADCAST));
                last_is_ipv4 = true;
            }
            (68, Value::Ipv6(address)) => {
                ipv6.push((address, 128));
                last_is_ipv4 = false;
            }
            (9, Value::Ipv4(mask)) => {
                if let Some(last) = ipv4.last_mut() {
                    last.1 = mask;
                }
            }
            (10, Value::U64(bits)) if last_is_ipv4 && bits <= 32 => {
                if let Some(last) = ipv4.last_mut() {
                    let mask = u32::MAX.checked_shl(32 - bits as u32).unwrap_or(0);
                    last.1 = Ipv4Addr::from(mask);
                }
            }
            (10, Value::U64(bits)) if !last_is_ipv4 && bits <= 128 => {
                if let Some(last) = ipv6.last_mut() {
                    last.1 = bits as u8;
                }
            }
            _ => {}
        }
    }
    (ipv4, ipv6)
}

/// The names of a section. Names of InfiniBand, WWN and Fibre Channel addresses are fields only.
fn names(part: &Part<'_>) -> Names {
    let mut names = Names { comments: part.comments(), ..Names::default() };
    let mut name = |of, name| names.entries.push(Name { of, names: vec![Text::new(name)] });
    for tag in part.tags() {
        match tag.number {
            256 => tag.split().map(|(a, n)| name(NameOf::Ipv4(<[u8; 4]>::into(a)), n)),
            257 => tag.split().map(|(a, n)| name(NameOf::Ipv6(<[u8; 16]>::into(a)), n)),
            258 => tag.split().map(|(a, n)| name(NameOf::Mac(Mac(a)), n)),
            259 => tag.split().map(|(a, n)| name(NameOf::Eui64(a), n)),
            _ => None,
        };
    }
    for tag in part.tags() {
        let server_name = match tag.number {
            264 => tag.split::<4>().map(|(address, name)| {
                names.server_ipv4 = Some(address.into());
                name
            }),
            265 => tag.split::<16>().map(|(address, name)| {
                names.server_ipv6 = Some(address.into());
                name
            }),
            _ => None,
        };
        if let Some(name) = server_name.filter(|name| !name.is_empty()) {
            names.server_name = Some(Text::new(name));
        }
    }
    names
}
