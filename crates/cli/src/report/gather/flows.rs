//! Who talks with whom: exact counts by conversation, and datagrams that came in fragments.
//!
//! Each worker has tables of its own; [`super::talk`] merges them.

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::LazyLock;

use marey::Packet;
use marey::spill::{Merge, Spill};
use marey::wire::{FlowKey, Fragment, IpProtocol, Layers, Way};

use super::sums::{Key, Sums};
use super::tally::Count;

/// How many slots the tables of all workers have together, if there are not too many workers.
const SLOTS: usize = 1 << 20;
/// How many one has at least, and at most.
const WORKER_SLOTS_MIN: usize = 1 << 13;
const WORKER_SLOTS_MAX: usize = 1 << 18;
/// How many it has for a file that is small.
const SMALL_SLOTS: usize = 1 << 12;
/// Datagrams in fragments are fewer than conversations.
const FRAGMENTS_SHARE: usize = 16;

/// Who makes traces must not know which flows have equal hashes. No answer depends on it.
static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0_u64));

/// A flow, packed. In a table of conversations it is the key of both directions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    source: [u64; 2],
    target: [u64; 2],
    /// From the lowest bit: the protocol, the VLAN and one more, the versions, the ports.
    rest: u64,
}

impl Flow {
    /// The flow of this key.
    fn new(key: &FlowKey) -> Self {
        let version = |address: IpAddr, shift: u32| (1 + u64::from(address.is_ipv4())) << shift;
        let ports = u64::from(key.source_port) << 48 | u64::from(key.target_port) << 32;
        let versions = version(key.source, 26) | version(key.target, 28);
        let vlan = key.vlan.map_or(0, |vlan| u64::from(vlan) + 1) << 8;
        let rest = ports | versions | vlan | u64::from(key.protocol.0);
        Flow { source: bits(key.source), target: bits(key.target), rest }
    }

    /// The key.
    pub fn key(&self) -> FlowKey {
        let is_v4 = |shift: u32| self.rest >> shift & 3 == 2;
        FlowKey {
            source: address(is_v4(26), self.source),
            target: address(is_v4(28), self.target),
            source_port: (self.rest >> 48) as u16,
            target_port: (self.rest >> 32) as u16,
            protocol: IpProtocol(self.rest as u8),
            vlan: (self.rest >> 8 & 0x1_ffff).checked_sub(1).map(|vlan| vlan as u16),
        }
    }

    fn words(&self) -> [u64; 5] {
        [self.source[0], self.source[1], self.target[0], self.target[1], self.rest]
    }
}

impl Key for Flow {
    #[inline]
    fn hash(&self) -> u64 {
        mix(self.words())
    }
}

/// A datagram in fragments: its flow and its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Datagram {
    flow: Flow,
    number: u64,
}

impl Key for Datagram {
    fn hash(&self) -> u64 {
        mix([self.flow.hash(), self.number])
    }
}

/// An address as two words; those of IPv4 in their place among IPv6.
#[inline]
pub fn bits(address: IpAddr) -> [u64; 2] {
    match address {
        IpAddr::V4(address) => [0, 0xffff_0000_0000 | u64::from(address.to_bits())],
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            [(bits >> 64) as u64, bits as u64]
        }
    }
}

/// The address of these words.
pub fn address(is_v4: bool, bits: [u64; 2]) -> IpAddr {
    let address = Ipv6Addr::from_bits(u128::from(bits[0]) << 64 | u128::from(bits[1]));
    match address.to_ipv4_mapped() {
        Some(address) if is_v4 => address.into(),
        _ => address.into(),
    }
}

/// A hash that nobody can foresee.
#[inline]
pub fn mix<const N: usize>(words: [u64; N]) -> u64 {
    let folded = |hash: u64, word: u64| {
        let product = u128::from(hash ^ word) * 0x9e37_79b9_7f4a_7c15;
        (product >> 64) as u64 ^ product as u64
    };
    folded(words.into_iter().fold(*SEED, folded), *SEED)
}

/// What went each way, seen from the symmetric key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// From the key's source to its target.
    pub forward: Count,
    /// Back.
    pub backward: Count,
}

impl Ways {
    /// Both ways together.
    pub fn sum(&self) -> Count {
        let mut sum = self.forward;
        sum.add(self.backward);
        sum
    }
}

impl Merge for Ways {
    fn merge(&mut self, other: Ways) {
        self.forward.add(other.forward);
        self.backward.add(other.backward);
    }
}

/// The fragments of datagrams of one sender to one receiver with one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pieces {
    /// All of them.
    pub count: u64,
    /// Those that begin a datagram.
    pub first: u64,
    /// Those that end one.
    pub last: u64,
}

impl Pieces {
    /// How many datagrams they are of, at least: senders use numbers again.
    pub fn datagrams(&self) -> u64 {
        self.first.max(self.last).max(1)
    }

    fn add(&mut self, fragment: Fragment) {
        self.count += 1;
        self.first += u64::from(fragment.offset_bytes == 0);
        self.last += u64::from(!fragment.more);
    }
}

impl Merge for Pieces {
    fn merge(&mut self, other: Pieces) {
        self.count += other.count;
        self.first += other.first;
        self.last += other.last;
    }
}

/// What one worker saw of flows.
pub struct Flows {
    /// Conversations.
    pub conversations: Sums<Flow, Ways>,
    /// Datagrams in fragments.
    pub fragments: Sums<Datagram, Pieces>,
    /// How many slots the table of conversations has.
    pub slots: usize,
    /// Why counting ended early, if it did: there is no room for the temporary file.
    pub failed: Option<io::Error>,
}

impl Flows {
    /// Tables of one worker of so many.
    pub fn of_worker(workers: usize, is_small: bool) -> Self {
        let slots = (SLOTS / workers.max(1)).clamp(WORKER_SLOTS_MIN, WORKER_SLOTS_MAX);
        let slots = if is_small { SMALL_SLOTS } else { slots };
        let slots = slots.next_power_of_two();
        Flows {
            conversations: Sums::new(slots),
            fragments: Sums::new(slots / FRAGMENTS_SHARE),
            slots,
            failed: None,
        }
    }

    /// Counts a packet.
    #[inline]
    pub fn packet(&mut self, packet: &Packet<'_>, layers: &Layers<'_>) {
        let Some(key) = layers.flow() else { return };
        if self.failed.is_some() {
            return;
        }
        let (symmetric, way) = key.canonical();
        let mut ways = Ways::default();
        match way {
            Way::Forward => ways.forward.packet(packet.wire_len()),
            Way::Backward => ways.backward.packet(packet.wire_len()),
        }
        self.failed = self.conversations.add(Flow::new(&symmetric), ways).err();
        // Fragments have no ports.
        if key.source_port == 0
            && key.target_port == 0
            && let Some(fragment) = layers.fragment()
        {
            self.fragment(&key, fragment);
        }
    }

    #[cold]
    fn fragment(&mut self, key: &FlowKey, fragment: Fragment) {
        let datagram = Datagram { flow: Flow::new(key), number: u64::from(fragment.id) };
        let mut pieces = Pieces::default();
        pieces.add(fragment);
        if let Err(error) = self.fragments.add(datagram, pieces) {
            self.failed.get_or_insert(error);
        }
    }
}

macro_rules! spill_fields {
    ($of:ident: $($field:ident),*) => {
        impl Spill for $of {
            fn spill(&self, out: &mut Vec<u8>) {
                $(self.$field.spill(out);)*
            }

            fn restore(bytes: &mut &[u8]) -> Option<Self> {
                Some($of { $($field: Spill::restore(bytes)?),* })
            }
        }
    };
}

impl Spill for Flow {
    fn spill(&self, out: &mut Vec<u8>) {
        self.words().iter().for_each(|word| word.spill(out));
    }

    fn restore(bytes: &mut &[u8]) -> Option<Self> {
        let mut word = || u64::restore(bytes);
        let (source, target) = ([word()?, word()?], [word()?, word()?]);
        Some(Flow { source, target, rest: word()? })
    }
}

spill_fields!(Datagram: flow, number);
spill_fields!(Count: packets, bytes);
spill_fields!(Ways: forward, backward);
spill_fields!(Pieces: count, first, last);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_to_disk_comes_back() {
        let addresses: [IpAddr; 4] =
            ["10.0.0.1", "::ffff:10.0.0.1", "fe80::1", "0.0.0.0"].map(|a| a.parse().unwrap());
        for (nth, source) in addresses.into_iter().enumerate() {
            for (target, vlan) in addresses.into_iter().zip([None, Some(0), Some(4095), None]) {
                let key = FlowKey {
                    source,
                    target,
                    source_port: 443,
                    target_port: nth as u16,
                    protocol: IpProtocol::TCP,
                    vlan,
                };
                let flow = Flow::new(&key);
                assert_eq!(flow.key(), key);
                let mut bytes = Vec::new();
                flow.spill(&mut bytes);
                let mut rest = bytes.as_slice();
                assert_eq!((Flow::restore(&mut rest), rest), (Some(flow), &[][..]));
                assert_eq!(Flow::restore(&mut &bytes[..bytes.len() - 1]), None);
            }
        }
    }

    #[test]
    fn numbers_that_are_used_again_are_seen() {
        let piece = |offset_bytes, more| Fragment { id: 1, offset_bytes, more };
        let mut pieces = Pieces::default();
        pieces.add(piece(1480, false));
        assert_eq!(pieces.datagrams(), 1);
        [piece(0, true), piece(0, true)].into_iter().for_each(|fragment| pieces.add(fragment));
        assert_eq!((pieces.count, pieces.datagrams()), (3, 2));
    }
}
