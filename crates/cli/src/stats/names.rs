//! Names that keys have no room for: of interfaces, and of protocols.

use std::collections::BTreeMap;

use marey::wire::{Layers, Protocol};
use marey::{Meta, Packet};

use super::key::Interface;
use crate::report::interfaces::described_id;

/// How many interfaces keep their names: those of the first sections.
const NAMES_MAX: usize = 65_536;
/// How many characters of a name are kept.
const NAME_CHARS_MAX: usize = 256;

/// The interface of a packet.
#[inline]
pub fn interface_of(packet: &Packet<'_>) -> Interface {
    let id = packet.interface().map_or(packet.interface_id(), |interface| interface.id);
    Interface { file: packet.position().input, section: packet.section().index, id }
}

/// Names, as the trace gives them last.
#[derive(Clone, Debug, Default)]
pub struct Names {
    interfaces: BTreeMap<Interface, (u64, Option<Box<str>>)>,
    latest: Option<Interface>,
    protocols: BTreeMap<u16, Protocol>,
    seen: u64,
}

impl Names {
    /// Takes note of the interface of a packet.
    #[inline]
    pub fn packet(&mut self, packet: &Packet<'_>) {
        let interface = interface_of(packet);
        if self.latest != Some(interface) {
            self.latest = Some(interface);
            let name = packet.interface().and_then(|interface| interface.name());
            self.put(interface, packet.position().record, name);
        }
    }

    /// Takes note of the protocols of a packet.
    #[inline]
    pub fn protocols(&mut self, layers: &Layers<'_>) {
        for layer in layers.as_slice() {
            let number = layer.protocol as u16;
            let bit = 1_u64.checked_shl(number.into()).unwrap_or(0);
            if self.seen & bit == 0 {
                self.seen |= bit;
                self.protocols.insert(number, layer.protocol);
            }
        }
    }

    /// Takes note of what a meta record says.
    pub fn meta(&mut self, meta: &Meta<'_>) {
        let (scene, position) = (meta.scene(), meta.position());
        for item in meta.items() {
            if let marey::meta::Item::Interface(described) = item
                && let Some(id) = described_id(described, scene)
                && let Some(interface) = scene.interface(id)
            {
                let (file, section) = (position.input, scene.section().index);
                self.put(Interface { file, section, id }, position.record, interface.name());
            }
        }
    }

    fn put(&mut self, interface: Interface, record: u64, name: Option<&str>) {
        let name = || name.map(|name| name.chars().take(NAME_CHARS_MAX).collect());
        match self.interfaces.get_mut(&interface) {
            Some(known) if known.0 <= record => *known = (record, name()),
            Some(_) => {}
            None => {
                self.interfaces.insert(interface, (record, name()));
                self.bound();
            }
        }
    }

    fn bound(&mut self) {
        while self.interfaces.len() > NAMES_MAX {
            self.interfaces.pop_last();
        }
    }

    /// Adds those that another worker saw.
    pub fn merge(&mut self, other: Names) {
        for (interface, (record, name)) in other.interfaces {
            self.put(interface, record, name.as_deref());
        }
        self.protocols.extend(other.protocols);
    }

    /// The name of an interface.
    pub fn interface(&self, interface: &Interface) -> Option<&str> {
        self.interfaces.get(interface)?.1.as_deref()
    }

    /// The name of a protocol.
    pub fn protocol(&self, number: u16) -> &'static str {
        self.protocols.get(&number).map_or("unknown", |protocol| protocol.name())
    }
}
