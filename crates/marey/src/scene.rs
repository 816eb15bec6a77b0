//! The scene: what all meta records up to a place add up to.
//!
//! It changes by one pure function, [`Scene::apply`], and is cheap to clone. It is bounded: the
//! current section, its interfaces, names and last statistics, each table with a named maximum.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::meta::{Capture, Host, Ipv4Net, Ipv6Net, Module};
use crate::meta::{Item, Mac, NameOf, Names, Text};
use crate::time::{Resolution, Timestamp};
use crate::wire::LinkType;

/// How many interfaces of a section are kept; packets of later ones have no `interface()`.
pub const INTERFACES_MAX: usize = 16_384;

/// The number of the first interface that a record in a packet describes by its port (ERF in
/// pcapng): the numbers from 0 on are the section's own.
pub const PORTS_FIRST: u32 = 0x4000_0000;

/// How many named addresses are kept; later ones are still delivered as meta records.
pub const NAMES_MAX: usize = 65_536;

/// How many bytes of texts and addresses interfaces and names may have together in a section. What
/// goes beyond is still delivered in meta records: an interface is kept without its texts, a name
/// and comments on counters are not kept.
pub const TEXT_BYTES_MAX: usize = 2 << 20;

/// The byte order of a section or file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ByteOrder {
    /// Least significant byte first.
    #[default]
    Little,
    /// Most significant byte first.
    Big,
}

/// A section of a trace: what was recorded in one go.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Its number in the input, from 0.
    pub index: u32,
    /// Its byte order.
    pub byte_order: ByteOrder,
    /// The format's version in it.
    pub version: (u16, u16),
    /// Its length as it says itself; never relied upon.
    pub length: Option<u64>,
    /// The hardware that recorded.
    pub hardware: Option<Text>,
    /// The operating system that recorded.
    pub os: Option<Text>,
    /// The application that recorded.
    pub application: Option<Text>,
    /// Comments on it.
    pub comments: Vec<Text>,
}

/// An interface, as the trace describes it. What the trace does not say is `None` or empty.
#[derive(Clone, Debug)]
pub struct Interface {
    /// Its number in its section.
    pub id: u32,
    /// What the first byte of its packets belongs to. `None` if each packet says so itself (ERF).
    pub link_type: Option<LinkType>,
    /// How many bytes of a packet were kept at most; 0 for no limit.
    pub snap_len: u32,
    /// How finely its times count.
    pub resolution: Resolution,
    /// Seconds to add to its times.
    pub time_offset_s: i64,
    /// Its name.
    pub name: Option<Text>,
    /// Its description.
    pub description: Option<Text>,
    /// Its IPv4 addresses and masks.
    pub ipv4: Vec<Ipv4Net>,
    /// Its IPv6 addresses and prefix lengths.
    pub ipv6: Vec<Ipv6Net>,
    /// Its hardware address.
    pub mac: Option<Mac>,
    /// Its hardware address of 8 bytes.
    pub eui64: Option<[u8; 8]>,
    /// Its speed in bits a second.
    pub speed: Option<u64>,
    /// Its speed of sending in bits a second.
    pub tx_speed: Option<u64>,
    /// Its speed of receiving in bits a second.
    pub rx_speed: Option<u64>,
    /// The filter that was applied while recording.
    pub filter: Option<Filter>,
    /// The operating system that it belongs to.
    pub os: Option<Text>,
    /// Its hardware.
    pub hardware: Option<Text>,
    /// The length of the frame check sequence, as the trace gives it: pcapng's draft counts bits
    /// and its example counts bytes, so nothing is taken away on the strength of it.
    pub fcs_len: Option<u32>,
    /// The time zone that it was recorded in (IANA name).
    pub time_zone: Option<Text>,
    /// Comments on it.
    pub comments: Vec<Text>,
    /// Where it is in a system of several hosts and cards (ERF).
    pub port: Option<Port>,
    /// Whether its description was damaged, so that nothing is known but that there is one.
    pub lost: bool,
    /// The newest counters that the trace gave for it.
    pub statistics: Option<Arc<Statistics>>,
}

impl Interface {
    /// An interface of which no more is known than its number.
    pub fn new(id: u32) -> Self {
        Interface {
            id,
            link_type: None,
            snap_len: 0,
            resolution: Resolution::MICRO,
            time_offset_s: 0,
            name: None,
            description: None,
            ipv4: Vec::new(),
            ipv6: Vec::new(),
            mac: None,
            eui64: None,
            speed: None,
            tx_speed: None,
            rx_speed: None,
            filter: None,
            os: None,
            hardware: None,
            fcs_len: None,
            time_zone: None,
            comments: Vec::new(),
            port: None,
            lost: false,
            statistics: None,
        }
    }

    /// How many bytes its texts and addresses take.
    fn text_bytes(&self) -> usize {
        let Interface { name, description, filter, os, hardware, time_zone, comments, .. } = self;
        let texts = [name, description, os, hardware, time_zone].into_iter().flatten();
        let texts: usize = texts.chain(comments).map(Text::kept_bytes).sum();
        let filter = match filter {
            Some(Filter::Expression(text)) => text.kept_bytes(),
            Some(Filter::Bpf(bytes) | Filter::Other(_, bytes)) => bytes.len(),
            None => 0,
        };
        let addresses = size_of_val(&*self.ipv4) + size_of_val(&*self.ipv6);
        let statistics = self.statistics.as_ref().map_or(0, |known| known.text_bytes());
        texts + filter + addresses + statistics
    }

    /// The same without texts and addresses.
    fn without_texts(&self) -> Interface {
        Interface {
            link_type: self.link_type,
            snap_len: self.snap_len,
            resolution: self.resolution,
            time_offset_s: self.time_offset_s,
            mac: self.mac,
            eui64: self.eui64,
            speed: self.speed,
            tx_speed: self.tx_speed,
            rx_speed: self.rx_speed,
            fcs_len: self.fcs_len,
            port: self.port,
            lost: self.lost,
            ..Interface::new(self.id)
        }
    }

    /// Takes over what `newer` says of the same interface.
    fn amend(&mut self, newer: &Interface) {
        fn take<T: Clone>(known: &mut Option<T>, newer: &Option<T>) {
            if newer.is_some() {
                known.clone_from(newer);
            }
        }
        fn take_all<T: Clone>(known: &mut Vec<T>, newer: &[T]) {
            if !newer.is_empty() {
                newer.clone_into(known);
            }
        }
        take(&mut self.link_type, &newer.link_type);
        if newer.snap_len != 0 {
            self.snap_len = newer.snap_len;
        }
        take(&mut self.name, &newer.name);
        take(&mut self.description, &newer.description);
        take_all(&mut self.ipv4, &newer.ipv4);
        take_all(&mut self.ipv6, &newer.ipv6);
        take(&mut self.mac, &newer.mac);
        take(&mut self.eui64, &newer.eui64);
        take(&mut self.speed, &newer.speed);
        take(&mut self.tx_speed, &newer.tx_speed);
        take(&mut self.rx_speed, &newer.rx_speed);
        take(&mut self.filter, &newer.filter);
        take(&mut self.os, &newer.os);
        take(&mut self.hardware, &newer.hardware);
        take(&mut self.fcs_len, &newer.fcs_len);
        take(&mut self.time_zone, &newer.time_zone);
        take_all(&mut self.comments, &newer.comments);
        take(&mut self.statistics, &newer.statistics);
    }

    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(Text::as_str)
    }

    /// Its description.
    pub fn description(&self) -> Option<&str> {
        self.description.as_ref().map(Text::as_str)
    }
}

/// Where an interface is in a system of several hosts and cards (ERF).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Port {
    /// The host's identifier; `None` for the implicit host.
    pub host: Option<u64>,
    /// The source on that host.
    pub source: u8,
    /// The number of the interface on that source.
    pub number: u32,
}

/// A filter that was applied while recording.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Filter {
    /// An expression in libpcap's language.
    Expression(Text),
    /// A program of classic BPF, eight bytes an instruction.
    Bpf(Vec<u8>),
    /// Of another kind, by its number.
    Other(u8, Vec<u8>),
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Filter::Expression(text) => f.write_str(text.as_str()),
            Filter::Bpf(code) => write!(f, "BPF program of {} instructions", code.len() / 8),
            Filter::Other(kind, bytes) => write!(f, "kind {kind}, {} bytes", bytes.len()),
        }
    }
}

/// Counters of an interface at a time. What the trace does not say is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    /// The interface's number in its section.
    pub interface: u32,
    /// When the counters were read.
    pub time: Option<Timestamp>,
    /// When the recording began.
    pub start: Option<Timestamp>,
    /// When the recording ended.
    pub end: Option<Timestamp>,
    /// Packets received by the interface.
    pub received: Option<u64>,
    /// Packets that the interface dropped for want of resources.
    pub dropped: Option<u64>,
    /// Packets that the filter let pass.
    pub filter_accepted: Option<u64>,
    /// Packets that the operating system dropped.
    pub os_dropped: Option<u64>,
    /// Packets handed to the application that recorded.
    pub delivered: Option<u64>,
    /// Comments on them.
    pub comments: Vec<Text>,
}

impl Statistics {
    /// How many packets were lost on the way, as far as the counters say.
    pub fn lost(&self) -> u64 {
        self.dropped.unwrap_or(0).saturating_add(self.os_dropped.unwrap_or(0))
    }

    fn text_bytes(&self) -> usize {
        self.comments.iter().map(Text::kept_bytes).sum()
    }
}

/// What all meta records up to here add up to.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    section: Arc<Section>,
    interfaces: Arc<Vec<Arc<Interface>>>,
    /// Interfaces described by their ports where the format numbers its interfaces itself.
    ports: Arc<Vec<Arc<Interface>>>,
    names: Arc<BTreeMap<NameOf, Text>>,
    /// How many bytes of texts and addresses these three have.
    text_bytes: usize,
    capture: Option<Arc<Capture>>,
    host: Option<Arc<Host>>,
    module: Option<Arc<Module>>,
    /// How many sections began before this place.
    sections: u32,
    /// Whether the numbers of interfaces are the format's, so that none may come between.
    is_numbered: bool,
}

impl Scene {
    /// The scene of a file whose header describes its one interface.
    pub fn of_file(byte_order: ByteOrder, version: (u16, u16), interface: Interface) -> Self {
        Scene {
            section: Arc::new(Section { byte_order, version, ..Section::default() }),
            interfaces: Arc::new(vec![Arc::new(interface)]),
            sections: 1,
            ..Scene::default()
        }
    }

    /// The scene of a file whose interfaces, if it describes any, are described in its records.
    pub fn without_interfaces(byte_order: ByteOrder, version: (u16, u16)) -> Self {
        Scene {
            section: Arc::new(Section { byte_order, version, ..Section::default() }),
            sections: 1,
            ..Scene::default()
        }
    }

    /// The current section.
    pub fn section(&self) -> &Section {
        &self.section
    }

    /// How many sections began up to here.
    pub fn sections(&self) -> u32 {
        self.sections
    }

    /// The interface with this number in the current section, or at this ERF port.
    pub fn interface(&self, id: u32) -> Option<&Interface> {
        let (table, index) = match id.checked_sub(PORTS_FIRST) {
            Some(index) => (&self.ports, index),
            None => (&self.interfaces, id),
        };
        table.get(index as usize).map(Arc::as_ref)
    }

    /// The interfaces of the current section, by number.
    pub fn interfaces(&self) -> &[Arc<Interface>] {
        &self.interfaces
    }

    /// The interfaces that are described by their ports (ERF).
    pub fn ports(&self) -> impl Iterator<Item = (Port, &Arc<Interface>)> {
        let all = self.interfaces.iter().chain(self.ports.iter());
        all.filter_map(|interface| Some((interface.port?, interface)))
    }

    /// The number that the next interface gets that is described by its port, if there is room.
    pub(crate) fn next_port_id(&self, ahead: usize) -> Option<u32> {
        let (len, first) = match self.is_numbered {
            true => (self.ports.len(), PORTS_FIRST),
            false => (self.interfaces.len(), 0),
        };
        let index = len.saturating_add(ahead);
        (index < INTERFACES_MAX).then_some(first + index as u32)
    }

    /// Counters of all interfaces, as far as they were given.
    pub(crate) fn statistics(&self) -> impl Iterator<Item = &Statistics> {
        let all = self.interfaces.iter().chain(self.ports.iter());
        all.filter_map(|interface| interface.statistics.as_deref())
    }

    /// The name of an address.
    pub fn name_of(&self, address: NameOf) -> Option<&str> {
        self.names.get(&address).map(Text::as_str)
    }

    /// All named addresses.
    pub fn names(&self) -> impl Iterator<Item = (&NameOf, &Text)> {
        self.names.iter()
    }

    /// The recording itself, where the trace describes it beside its section (ERF).
    pub fn capture(&self) -> Option<&Capture> {
        self.capture.as_deref()
    }

    /// The application that recorded, as the section or the recording says.
    pub fn application(&self) -> Option<&str> {
        let of_capture = || self.capture.as_ref()?.application.as_ref();
        self.section.application.as_ref().or_else(of_capture).map(Text::as_str)
    }

    /// The operating system that recorded, as the section or the host says.
    pub fn os(&self) -> Option<&str> {
        let of_host = || self.host.as_ref()?.os.as_ref();
        self.section.os.as_ref().or_else(of_host).map(Text::as_str)
    }

    /// The host that recorded, where the trace says so (ERF).
    pub fn host(&self) -> Option<&Host> {
        self.host.as_deref()
    }

    /// The card that recorded, where the trace says so (ERF).
    pub fn module(&self) -> Option<&Module> {
        self.module.as_deref()
    }

    /// What a meta record's items change. The only way in which a scene changes.
    pub fn apply(&mut self, items: &[Item<'_>]) {
        for item in items {
            match item {
                Item::Section(section) => self.begin_section(section),
                Item::Interface(interface) => self.describe(interface),
                Item::Statistics(statistics) => self.count(statistics),
                Item::Names(names) => self.name(names),
                Item::Capture(capture) => self.capture = Some(Arc::new(capture.clone())),
                Item::Host(host) => self.host = Some(Arc::new(host.clone())),
                Item::Module(module) => self.module = Some(Arc::new(module.clone())),
                _ => {}
            }
        }
    }

    fn begin_section(&mut self, section: &Section) {
        let section = Section { index: self.sections, ..section.clone() };
        *self = Scene {
            section: Arc::new(section),
            sections: self.sections.saturating_add(1),
            is_numbered: true,
            ..Scene::default()
        };
    }

    /// A described interface gets the next number; at a port that is known, it is described anew:
    /// what is not said again stays.
    fn describe(&mut self, interface: &Interface) {
        let (table, first) = match interface.port {
            Some(_) if self.is_numbered => (&mut self.ports, PORTS_FIRST),
            _ => (&mut self.interfaces, 0),
        };
        let table = Arc::make_mut(table);
        let known =
            interface.port.and_then(|port| table.iter_mut().find(|known| known.port == Some(port)));
        let room = TEXT_BYTES_MAX.saturating_sub(self.text_bytes);
        let fits = interface.text_bytes() <= room;
        if let Some(known) = known {
            let before = known.text_bytes();
            match fits {
                true => Arc::make_mut(known).amend(interface),
                false => Arc::make_mut(known).amend(&interface.without_texts()),
            }
            self.text_bytes = self.text_bytes - before + known.text_bytes();
        } else if table.len() < INTERFACES_MAX {
            let id = first + table.len() as u32;
            let kept = if fits { interface.clone() } else { interface.without_texts() };
            self.text_bytes += kept.text_bytes();
            table.push(Arc::new(Interface { id, ..kept }));
        }
    }

    fn count(&mut self, statistics: &Statistics) {
        let (table, index) = match statistics.interface.checked_sub(PORTS_FIRST) {
            Some(index) => (&mut self.ports, index),
            None => (&mut self.interfaces, statistics.interface),
        };
        if table.len() <= index as usize {
            return;
        }
        if let Some(interface) = Arc::make_mut(table).get_mut(index as usize) {
            let interface = Arc::make_mut(interface);
            let before = interface.statistics.as_ref().map_or(0, |known| known.text_bytes());
            let mut statistics = statistics.clone();
            self.text_bytes -= before;
            if self.text_bytes + statistics.text_bytes() > TEXT_BYTES_MAX {
                statistics.comments.clear();
            }
            self.text_bytes += statistics.text_bytes();
            interface.statistics = Some(Arc::new(statistics));
        }
    }

    fn name(&mut self, names: &Names) {
        let known = Arc::make_mut(&mut self.names);
        for entry in &names.entries {
            let Some(name) = entry.names.first() else { continue };
            let before = known.get(&entry.of).map(Text::kept_bytes);
            let bytes = self.text_bytes - before.unwrap_or(0) + name.kept_bytes();
            if bytes <= TEXT_BYTES_MAX && (known.len() < NAMES_MAX || before.is_some()) {
                self.text_bytes = bytes;
                known.insert(entry.of, name.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta::Name;
    use std::net::Ipv4Addr;

    /// As long as an option of pcapng can be.
    fn long_text() -> Text {
        Text::new(&[b'x'; 65_535])
    }

    fn held(scene: &Scene) -> usize {
        let interfaces: usize = scene.interfaces().iter().map(|i| i.text_bytes()).sum();
        interfaces + scene.names().map(|(_, name)| name.kept_bytes()).sum::<usize>()
    }

    #[test]
    fn texts_are_bounded_and_the_rest_is_kept() {
        let mut scene = Scene::default();
        scene.apply(&[Item::Section(Section::default())]);
        for id in 0..100 {
            let described = Interface {
                description: Some(long_text()),
                speed: Some(u64::from(id)),
                ..Interface::new(id)
            };
            let counted = Statistics {
                interface: id,
                received: Some(7),
                comments: vec![long_text()],
                ..Statistics::default()
            };
            let of = NameOf::Ipv4(Ipv4Addr::from(id));
            let names =
                Names { entries: vec![Name { of, names: vec![long_text()] }], ..Names::default() };
            let items = [Item::Interface(described), Item::Statistics(counted), Item::Names(names)];
            scene.apply(&items);
            assert_eq!(held(&scene), scene.text_bytes);
        }
        assert!(scene.text_bytes <= TEXT_BYTES_MAX);
        let last = scene.interface(99).unwrap();
        assert_eq!((last.speed, last.description()), (Some(99), None));
        assert_eq!(last.statistics.as_ref().unwrap().received, Some(7));
        scene.apply(&[Item::Section(Section::default())]);
        assert_eq!(scene.text_bytes, 0);
    }

    #[test]
    fn what_is_said_again_takes_no_more_room() {
        let mut scene = Scene::default();
        let port = Some(Port::default());
        for _ in 0..1000 {
            let described = Interface { port, name: Some(long_text()), ..Interface::new(0) };
            let counted = Statistics { comments: vec![long_text()], ..Statistics::default() };
            let of = NameOf::Ipv4(Ipv4Addr::LOCALHOST);
            let names =
                Names { entries: vec![Name { of, names: vec![long_text()] }], ..Names::default() };
            let items = [Item::Interface(described), Item::Statistics(counted), Item::Names(names)];
            scene.apply(&items);
        }
        assert_eq!((scene.text_bytes, held(&scene)), (3 * 65_535, 3 * 65_535));
    }
}
