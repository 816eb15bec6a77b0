//! Hashers: which of the shards a record belongs to.
//!
//! A shard sees its records in their order, whichever worker runs it, so that a handler with a
//! state gives the same answer for any number of workers.

use std::fmt;
use std::sync::Arc;

use super::piece::Piece;
use crate::format::Format;
use crate::meta::Item;
use crate::record::{Kind, Packet};
use crate::time::Timestamp;
use crate::wire::FlowKey;

/// How many shards there are.
pub const SHARDS: usize = 64;

/// In place of a shard: the record was filtered out.
pub(crate) const FILTERED: u8 = u8::MAX;

/// What decides which shard a packet belongs to.
///
/// The same packet belongs to the same shard at every run, on every machine. Meta records belong to
/// the shard of their interface, as [`Hasher::interface`] places it; else to shard 0.
#[derive(Clone)]
pub struct Hasher {
    by: By,
    seed: u64,
}

#[derive(Clone)]
enum By {
    Flow,
    Direction,
    InnerFlow,
    Interface,
    Call(Arc<dyn Fn(&Packet<'_>) -> u64 + Send + Sync>),
}

impl Hasher {
    /// Both directions of a conversation together: addresses, ports, protocol and VLAN, from the
    /// outside in. All fragments of a datagram together, so fragments go without ports. Packets
    /// without addresses go to shard 0.
    pub fn flow() -> Self {
        Hasher { by: By::Flow, seed: 0 }
    }

    /// Each direction of a conversation for itself.
    pub fn direction() -> Self {
        Hasher { by: By::Direction, seed: 0 }
    }

    /// As [`flow`](Hasher::flow), by the innermost addresses of tunnels.
    pub fn inner_flow() -> Self {
        Hasher { by: By::InnerFlow, seed: 0 }
    }

    /// All packets of an interface together.
    pub fn interface() -> Self {
        Hasher { by: By::Interface, seed: 0 }
    }

    /// Packets with the same result of `call` together.
    pub fn by(call: impl Fn(&Packet<'_>) -> u64 + Send + Sync + 'static) -> Self {
        Hasher { by: By::Call(Arc::new(call)), seed: 0 }
    }

    /// The same with another key, where an attacker may know what the usual one does.
    pub fn seeded(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The shard of a packet.
    pub fn shard(&self, packet: &Packet<'_>) -> usize {
        let key = match &self.by {
            By::Flow => packet.flow().map(FlowKey::symmetric),
            By::Direction => packet.flow(),
            By::InnerFlow => packet.inner_flow().map(FlowKey::symmetric),
            By::Interface => return self.shard_of_interface(packet.interface_id()),
            By::Call(call) => return shard_of(mix(call(packet) ^ self.seed)),
        };
        key.map_or(0, |key| shard_of(key.hash(self.seed)))
    }

    fn shard_of_interface(&self, interface: u32) -> usize {
        shard_of(mix(u64::from(interface) ^ self.seed))
    }

    /// The shard of a meta record that says this.
    fn shard_of_meta(&self, items: &[Item<'_>]) -> usize {
        items.iter().find_map(Item::interface_id).map_or(0, |id| self.shard_of_interface(id))
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = match self.by {
            By::Flow => "flow",
            By::Direction => "direction",
            By::InnerFlow => "inner flow",
            By::Interface => "interface",
            By::Call(_) => "call",
        };
        f.debug_struct("Hasher").field("by", &by).field("seed", &self.seed).finish()
    }
}

/// Spreads a number over all 64 bits (the finisher of SplitMix64; Steele et al. 2014).
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The shard of a hash: its upper six bits, so that the lower ones are left for tables.
fn shard_of(hash: u64) -> usize {
    (hash >> (u64::BITS - SHARDS.ilog2())) as usize
}

/// Which records reach whom: decided for each piece by itself, on any worker.
#[derive(Clone, Debug, Default)]
pub(crate) struct Placing {
    pub hasher: Option<Hasher>,
    /// Packets before this are left out, as are those without a time.
    pub since: Option<Timestamp>,
    /// Packets from this on are left out, as are those without a time.
    pub until: Option<Timestamp>,
    /// Whether it matters which records are meta records.
    pub needs_metas: bool,
}

impl Placing {
    /// Whether records go different ways.
    pub fn is_needed(&self) -> bool {
        self.hasher.is_some() || self.since.is_some() || self.until.is_some()
    }

    /// Writes down for each record of a piece where it goes.
    pub fn place(&self, piece: &mut Piece, format: &dyn Format) {
        if !self.is_needed() {
            return;
        }
        let mut shards = std::mem::take(&mut piece.shards);
        let mut cursor = piece.cursor();
        for (index, head) in piece.heads.iter().enumerate() {
            cursor.advance(piece, format, index);
            shards.push(match head.kind {
                Kind::Packet if !self.is_in_window(Timestamp::from_head(head.time)) => FILTERED,
                Kind::Packet => self.shard(&cursor.packet(piece, format, index)),
                Kind::Meta => match &self.hasher {
                    Some(hasher) => {
                        hasher.shard_of_meta(&cursor.meta_items(piece, format, index)) as u8
                    }
                    None => 0,
                },
            });
        }
        piece.shards = shards;
    }

    fn shard(&self, packet: &Option<Packet<'_>>) -> u8 {
        match (&self.hasher, packet) {
            (Some(hasher), Some(packet)) => hasher.shard(packet) as u8,
            _ => 0,
        }
    }

    fn is_in_window(&self, time: Option<Timestamp>) -> bool {
        let Some(time) = time else { return self.since.is_none() && self.until.is_none() };
        self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time < until)
    }
}
