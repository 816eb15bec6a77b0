//! What packets are counted under.

use std::net::{IpAddr, Ipv4Addr};

use marey::spill::{Spill, take};
use marey::wire::bytes::Mac;
use marey::wire::{FlowKey, IpProtocol};

/// How many tags of a packet are told apart.
const TAGS_MAX: usize = 8;

/// What a packet is counted under. One order of all of them breaks ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// All packets of an interval, each once.
    Whole,
    /// It has nothing of what the table is about.
    Nothing,
    /// A flow, or a conversation.
    Flow(FlowKey),
    /// An address.
    Ip(IpAddr),
    /// The address of a station.
    Mac(Mac),
    /// A transport, and the port of its likely server.
    Port(IpProtocol, u16),
    /// A number: what it means depends on the table.
    Number(u16),
    /// An interface.
    Interface(Interface),
    /// Tags.
    Vlans(Vlans),
    /// No option at all.
    NoOption,
    /// The kinds of options that a header has, a bit for each.
    Options([u8; 32]),
}

/// Most keys in two words: tables of them are small and fast.
pub type Packed = (u64, u64);

/// What stands for "no tag" in a packed flow.
const NO_VLAN: u16 = u16::MAX;

impl Key {
    /// The key in two words, if it fits: all but those with an address of IPv6 and with lists.
    #[inline]
    pub fn pack(&self) -> Option<Packed> {
        let words = |first: u64, second: u64| Some((first, second << 8 | u64::from(self.tag())));
        match self {
            Key::Flow(flow) => {
                let (IpAddr::V4(source), IpAddr::V4(target)) = (flow.source, flow.target) else {
                    return None;
                };
                let ends = u64::from(source.to_bits()) << 32 | u64::from(target.to_bits());
                let ports = u64::from(flow.source_port) << 16 | u64::from(flow.target_port);
                let vlan = u64::from(flow.vlan.unwrap_or(NO_VLAN));
                words(ends, ports << 24 | vlan << 8 | u64::from(flow.protocol.0))
            }
            Key::Whole | Key::Nothing | Key::NoOption => words(0, 0),
            Key::Ip(IpAddr::V4(address)) => words(address.to_bits().into(), 0),
            Key::Mac(Mac([a, b, c, d, e, f])) => {
                words(u64::from_be_bytes([0, 0, *a, *b, *c, *d, *e, *f]), 0)
            }
            Key::Port(protocol, port) => words(u64::from(*port), protocol.0.into()),
            Key::Number(number) => words(u64::from(*number), 0),
            Key::Interface(Interface { file, section, id }) => {
                words(u64::from(*section) << 32 | u64::from(*id), u64::from(*file))
            }
            Key::Ip(IpAddr::V6(_)) | Key::Vlans(_) | Key::Options(_) => None,
        }
    }

    /// The key that was packed.
    pub fn unpack((first, second): Packed) -> Key {
        let (tag, second) = (second as u8, second >> 8);
        match tag {
            0 => Key::Whole,
            2 => {
                let vlan = (second >> 8) as u16;
                Key::Flow(FlowKey {
                    source: Ipv4Addr::from_bits((first >> 32) as u32).into(),
                    target: Ipv4Addr::from_bits(first as u32).into(),
                    source_port: (second >> 40) as u16,
                    target_port: (second >> 24) as u16,
                    protocol: IpProtocol(second as u8),
                    vlan: (vlan != NO_VLAN).then_some(vlan),
                })
            }
            3 => Key::Ip(Ipv4Addr::from_bits(first as u32).into()),
            4 => {
                let [_, _, a, b, c, d, e, f] = first.to_be_bytes();
                Key::Mac(Mac([a, b, c, d, e, f]))
            }
            5 => Key::Port(IpProtocol(second as u8), first as u16),
            6 => Key::Number(first as u16),
            7 => {
                let (section, id) = ((first >> 32) as u32, first as u32);
                Key::Interface(Interface { file: second as u32, section, id })
            }
            9 => Key::NoOption,
            _ => Key::Nothing,
        }
    }
}

/// An interface, by where it is described.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Interface {
    /// The number of the file, if several are one trace.
    pub file: u32,
    /// The number of the section.
    pub section: u32,
    /// Its number in the section.
    pub id: u32,
}

/// The tags of a packet, outermost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Vlans {
    ids: [u16; TAGS_MAX],
    count: u8,
}

impl Vlans {
    /// These tags; none if there are none.
    pub fn of(tags: impl Iterator<Item = u16>) -> Option<Self> {
        let mut vlans = Vlans { ids: [0; TAGS_MAX], count: 0 };
        for tag in tags {
            if let Some(place) = vlans.ids.get_mut(usize::from(vlans.count)) {
                *place = tag;
            }
            vlans.count = vlans.count.saturating_add(1);
        }
        (vlans.count > 0).then_some(vlans)
    }

    /// The first of them.
    pub fn ids(&self) -> &[u16] {
        self.ids.get(..usize::from(self.count)).unwrap_or(&self.ids)
    }

    /// How many there are beyond those.
    pub fn more(&self) -> usize {
        usize::from(self.count) - self.ids().len()
    }
}

fn array<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    take(bytes, N)?.try_into().ok()
}

impl Key {
    fn tag(&self) -> u8 {
        match self {
            Key::Whole => 0,
            Key::Nothing => 1,
            Key::Flow(_) => 2,
            Key::Ip(_) => 3,
            Key::Mac(_) => 4,
            Key::Port(..) => 5,
            Key::Number(_) => 6,
            Key::Interface(_) => 7,
            Key::Vlans(_) => 8,
            Key::NoOption => 9,
            Key::Options(_) => 10,
        }
    }
}

impl Spill for Key {
    fn spill(&self, out: &mut Vec<u8>) {
        out.push(self.tag());
        match self {
            Key::Whole | Key::Nothing | Key::NoOption => {}
            Key::Flow(flow) => flow.spill(out),
            Key::Ip(address) => address.spill(out),
            Key::Mac(mac) => mac.spill(out),
            Key::Port(protocol, port) => (protocol.0, *port).spill(out),
            Key::Number(number) => number.spill(out),
            Key::Interface(of) => ((of.file, of.section), of.id).spill(out),
            Key::Vlans(vlans) => {
                vlans.count.spill(out);
                vlans.ids.iter().for_each(|id| id.spill(out));
            }
            Key::Options(kinds) => out.extend(kinds),
        }
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        Some(match u8::restore(bytes)? {
            0 => Key::Whole,
            1 => Key::Nothing,
            2 => Key::Flow(Spill::restore(bytes)?),
            3 => Key::Ip(Spill::restore(bytes)?),
            4 => Key::Mac(Spill::restore(bytes)?),
            5 => Key::Port(IpProtocol(u8::restore(bytes)?), u16::restore(bytes)?),
            6 => Key::Number(u16::restore(bytes)?),
            7 => {
                let (file, section) = (u32::restore(bytes)?, u32::restore(bytes)?);
                Key::Interface(Interface { file, section, id: u32::restore(bytes)? })
            }
            8 => {
                let mut vlans = Vlans { count: u8::restore(bytes)?, ids: [0; TAGS_MAX] };
                for id in &mut vlans.ids {
                    *id = u16::restore(bytes)?;
                }
                Key::Vlans(vlans)
            }
            9 => Key::NoOption,
            10 => Key::Options(array(bytes)?),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_to_disk_comes_back() {
        let [four, six]: [IpAddr; 2] = [[10, 0, 0, 1].into(), [7; 16].into()];
        let flow = |source, target, vlan| {
            let (source_port, target_port, protocol) = (1, 65_535, IpProtocol(200));
            Key::Flow(FlowKey { source, target, source_port, target_port, protocol, vlan })
        };
        let keys = [
            Key::Whole,
            Key::Nothing,
            flow(four, four, None),
            flow(four, [255; 4].into(), Some(0)),
            flow([0; 4].into(), four, Some(4095)),
            flow(six, four, Some(4095)),
            Key::Ip(four),
            Key::Ip(six),
            Key::Mac(Mac([1, 2, 3, 4, 5, 6])),
            Key::Port(IpProtocol::TCP, 443),
            Key::Number(9),
            Key::Interface(Interface { file: 1, section: 2, id: u32::MAX }),
            Key::Vlans(Vlans::of([100, 7].into_iter()).expect("tags")),
            Key::NoOption,
            Key::Options([0x55; 32]),
        ];
        for key in keys {
            let mut bytes = Vec::new();
            key.spill(&mut bytes);
            let mut rest = bytes.as_slice();
            assert_eq!((Key::restore(&mut rest), rest), (Some(key), &[][..]));
            if let Some(packed) = key.pack() {
                assert_eq!(Key::unpack(packed), key);
            }
            for len in 0..bytes.len() {
                assert_eq!(Key::restore(&mut &bytes[..len]), None, "{key:?}");
            }
        }
    }

    #[test]
    fn tags_beyond_those_that_are_kept_are_counted() {
        let vlans = Vlans::of(0..10).expect("tags");
        assert_eq!((vlans.ids().len(), vlans.more()), (8, 2));
        assert_eq!(Vlans::of(std::iter::empty()), None);
    }
}
