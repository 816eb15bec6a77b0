//! Meta records: what a trace says about its own recording, typed, for pcapng and ERF alike.
//!
//! Read on in [`field`] (one named value) and [`items`] (the typed things that a record says).

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

pub mod field;
pub mod items;

pub use field::{Field, Mac, Text, Value};
pub use items::{
    Capture, Clock, Comment, Custom, Described, Host, Journal, Module, Name, NameOf, Names, Raw,
    Secrets, Stream,
};

use crate::record::{Position, Span};
use crate::scene::{Interface, Scene, Section, Statistics};
use crate::time::Timestamp;

/// A record about the recording: one pcapng block, or one ERF provenance record.
///
/// A pcapng block says one thing; an ERF provenance record one for each of its sections:
/// [`items`](Meta::items) gives them as typed values, [`fields`](Meta::fields) gives every
/// option or tag of the record by name, also those that have no typed place.
///
/// The shorthands (`interface_name()` and its like) look at this record alone. What is known of
/// the interface of a *packet* is asked of [`Packet::interface`](crate::Packet::interface).
#[derive(Clone)]
pub struct Meta<'a> {
    pub(crate) span: Span<'a>,
    pub(crate) start: usize,
    pub(crate) len: usize,
    pub(crate) time: Option<Timestamp>,
    pub(crate) number: u64,
    pub(crate) scene: &'a Scene,
    pub(crate) items: Vec<Item<'a>>,
}

/// One thing that a meta record says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Item<'a> {
    /// A section begins (pcapng section header).
    Section(Section),
    /// An interface is described (pcapng interface description; ERF interface section).
    Interface(Interface),
    /// Names of addresses (pcapng name resolution; ERF DNS section).
    Names(Names),
    /// Counters of an interface (pcapng interface statistics; ERF statistics).
    Statistics(Statistics),
    /// Keys to decrypt packets. Never shown, only measured.
    Secrets(Secrets<'a>),
    /// One entry of the systemd journal.
    Journal(Journal<'a>),
    /// A vendor's own record.
    Custom(Custom<'a>),
    /// A comment on the recording or on packets.
    Comment(Comment),
    /// The recording itself (ERF capture section).
    Capture(Capture),
    /// The host that recorded (ERF).
    Host(Host),
    /// The card that recorded (ERF module section).
    Module(Module),
    /// A stream of the card (ERF).
    Stream(Stream),
    /// The state of a clock (ERF `clk_*` and `ptp_*` tags).
    Clock(Clock),
    /// Another section of an ERF provenance record, with its fields.
    Described(Described),
    /// A record of a type that marey does not know, as it stands.
    Raw(Raw<'a>),
}

impl Item<'_> {
    /// The word for this kind of item in reports and JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Item::Section(_) => "section",
            Item::Interface(_) => "interface",
            Item::Names(_) => "names",
            Item::Statistics(_) => "statistics",
            Item::Secrets(_) => "secrets",
            Item::Journal(_) => "journal",
            Item::Custom(_) => "custom",
            Item::Comment(_) => "comment",
            Item::Capture(_) => "capture",
            Item::Host(_) => "host",
            Item::Module(_) => "module",
            Item::Stream(_) => "stream",
            Item::Clock(_) => "clock",
            Item::Described(d) => d.kind,
            Item::Raw(_) => "raw",
        }
    }

    /// The number of the interface that it is about, if it is about one.
    pub fn interface_id(&self) -> Option<u32> {
        match self {
            Item::Interface(interface) => Some(interface.id),
            Item::Statistics(statistics) => Some(statistics.interface),
            _ => None,
        }
    }
}

/// The network parts of an interface's IPv4 address.
pub type Ipv4Net = (Ipv4Addr, Ipv4Addr);

/// An interface's IPv6 address and the length of its prefix.
pub type Ipv6Net = (Ipv6Addr, u8);

impl<'a> Meta<'a> {
    /// What it says, typed.
    pub fn items(&self) -> &[Item<'a>] {
        &self.items
    }

    /// The word for its kind in reports and JSON: that of its only item, or `provenance`.
    pub fn kind(&self) -> &'static str {
        match self.items.as_slice() {
            [only] => only.kind(),
            _ => "provenance",
        }
    }

    /// Every option or tag that it has, by name, in the record's order.
    pub fn fields(&self) -> Vec<Field<'a>> {
        self.span.format.meta_fields(self.bytes(), self.scene)
    }

    /// The record's bytes as they stand in the trace.
    pub fn bytes(&self) -> &'a [u8] {
        self.span.bytes.get(self.start..self.start + self.len).unwrap_or(&[])
    }

    /// When it was written, if it says so.
    pub fn time(&self) -> Option<Timestamp> {
        self.time
    }

    /// Where it stands.
    pub fn position(&self) -> Position {
        Position {
            input: self.span.input,
            record: self.number,
            offset: self.span.base + self.start as u64,
        }
    }

    /// All that meta records said up to and with this one.
    pub fn scene(&self) -> &'a Scene {
        self.scene
    }

    /// The interfaces that it describes.
    pub fn interfaces(&self) -> impl Iterator<Item = &Interface> {
        self.items.iter().filter_map(|item| match item {
            Item::Interface(interface) => Some(interface),
            _ => None,
        })
    }

    /// The first value that `get` finds among the interfaces.
    fn of_interface<'s, T>(&'s self, get: impl Fn(&'s Interface) -> Option<T>) -> Option<T> {
        self.interfaces().find_map(get)
    }

    /// The name of the interface that it describes (`if_name`; ERF `name`).
    pub fn interface_name(&self) -> Option<&str> {
        self.of_interface(Interface::name)
    }

    /// The description of the interface (`if_description`; ERF `descr`).
    pub fn interface_description(&self) -> Option<&str> {
        self.of_interface(Interface::description)
    }

    /// The hardware address of the interface (`if_MACaddr`; ERF `if_mac`).
    pub fn interface_mac(&self) -> Option<Mac> {
        self.of_interface(|i| i.mac)
    }

    /// The speed of the interface in bits a second (`if_speed`).
    pub fn interface_speed(&self) -> Option<u64> {
        self.of_interface(|i| i.speed)
    }

    /// The first IPv4 address and mask of the interface (`if_IPv4addr`; ERF `if_ipv4`).
    pub fn interface_ipv4(&self) -> Option<Ipv4Net> {
        self.of_interface(|i| i.ipv4.first().copied())
    }

    /// The first IPv6 address and prefix length of the interface (`if_IPv6addr`; ERF `if_ipv6`).
    pub fn interface_ipv6(&self) -> Option<Ipv6Net> {
        self.of_interface(|i| i.ipv6.first().copied())
    }

    /// The length of the frame check sequence as the trace gives it (`if_fcslen`; ERF `fcs_len`).
    pub fn interface_fcs_len(&self) -> Option<u32> {
        self.of_interface(|i| i.fcs_len)
    }

    /// The first comment on the interface.
    pub fn interface_comment(&self) -> Option<&str> {
        self.of_interface(|i| i.comments.first().map(Text::as_str))
    }

    /// The operating system of the host that recorded (ERF host `os`, pcapng `if_os` or `shb_os`).
    pub fn host_os(&self) -> Option<&str> {
        self.items.iter().find_map(|item| match item {
            Item::Host(host) => host.os.as_ref().map(Text::as_str),
            Item::Interface(interface) => interface.os.as_ref().map(Text::as_str),
            Item::Section(section) => section.os.as_ref().map(Text::as_str),
            _ => None,
        })
    }

    /// The application that recorded (`shb_userappl`; ERF capture `app_name`).
    pub fn capture_application(&self) -> Option<&str> {
        self.items.iter().find_map(|item| match item {
            Item::Section(section) => section.application.as_ref().map(Text::as_str),
            Item::Capture(capture) => capture.application.as_ref().map(Text::as_str),
            _ => None,
        })
    }

    /// The first value that `get` finds among the modules (ERF).
    fn of_module(&self, get: impl Fn(&Module) -> Option<&Text>) -> Option<&str> {
        self.items.iter().find_map(|item| match item {
            Item::Module(module) => get(module).map(Text::as_str),
            _ => None,
        })
    }

    /// The model of the card that recorded (ERF module `model`).
    pub fn card_model(&self) -> Option<&str> {
        self.of_module(|m| m.model.as_ref())
    }

    /// The version of the card's driver (ERF module `dag_version`).
    pub fn card_version(&self) -> Option<&str> {
        self.of_module(|m| m.driver_version.as_ref())
    }

    /// The version of the card's firmware (ERF module `fw_version`).
    pub fn card_firmware_version(&self) -> Option<&str> {
        self.of_module(|m| m.firmware_version.as_ref())
    }
}

impl fmt::Debug for Meta<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meta")
            .field("position", &self.position())
            .field("time", &self.time)
            .field("items", &self.items)
            .finish()
    }
}
