//! Formats: how bytes are framed into records, and how records are decoded.
//!
//! A format is two traits: [`Frame`] finds where records start, in order, and folds meta records
//! into the scene; [`Decode`] makes heads of them, in any order. Both work on bytes alone: they
//! open no file, start no thread and never panic.
//!
//! [`FORMATS`] lists the formats there are. Each folder has the same order: recognising → offsets
//! → framing → decoding → options.

use std::sync::Arc;

use crate::error::Error;
use crate::meta::{Field, Item};
use crate::record::Head;
use crate::scene::Scene;
use crate::time::RawTime;

mod bytes;
#[cfg(test)]
mod drive;
pub mod erf;
pub mod pcap;
pub mod pcapng;
pub mod ring;
mod search;
pub mod snoop;
pub mod unknown;

pub(crate) use bytes::Reader;

/// No record may be longer; a longer one is damage. It bounds the memory that one record can
/// make marey hold.
pub const RECORD_LEN_MAX: usize = 16 << 20;

/// How far beyond a damaged place the next record is searched before the bytes up to there are
/// given up. A function of the bytes alone, so that every block size gives the same answer.
pub const LOOKAHEAD: usize = 1 << 20;

/// How many bytes from the start may be needed to recognise a format.
pub const RECOGNISE_LEN_MAX: usize = 1 << 20;

/// A format that marey reads.
pub struct Kind {
    /// Its name in reports, JSON and URIs.
    pub name: &'static str,
    /// Other names that a URI may use.
    pub aliases: &'static [&'static str],
    /// What it is, in a few words.
    pub description: &'static str,
    /// Whether these first bytes are of it.
    pub recognise: fn(&[u8], bool) -> Recognised,
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// What the first bytes of an input say. The flag that comes with them: there are no more.
pub enum Recognised {
    /// They are of the format.
    Yes(Arc<dyn Format>),
    /// They are not.
    No,
    /// That cannot be said from fewer than so many bytes.
    More(usize),
    /// They are of the format, in a way that cannot be read.
    Refused(Error),
}

/// The formats that marey reads, in the order in which they are tried: those with a magic number
/// first.
pub const FORMATS: &[Kind] = &[pcapng::KIND, pcap::KIND, snoop::KIND, erf::KIND];

/// The format called `name` in a URI.
pub fn by_name(name: &str) -> Option<&'static Kind> {
    let name = name.to_ascii_lowercase();
    FORMATS.iter().find(|kind| kind.name == name || kind.aliases.contains(&name.as_str()))
}

/// A format: framing and decoding.
pub trait Format: Frame + Decode {
    /// Its name in reports, JSON and URIs.
    fn name(&self) -> &'static str;

    /// What variant of it this is, for a person: byte order, resolution…
    fn variant(&self) -> String;

    /// The cut at the very start of the input: nothing read, nothing known but the header.
    fn start(&self) -> Cut;
}

/// All that passes between pieces.
///
/// From any cut, reading on gives the rest of a full read.
#[derive(Clone, Debug)]
pub struct Cut {
    /// The offset of the first byte not yet framed.
    pub offset: u64,
    /// The number of the next record.
    pub record: u64,
    /// Whether a record is known to start here. If not, one is searched.
    pub in_sync: bool,
    /// What the meta records before it add up to.
    pub scene: Scene,
    /// How many records the trace says were lost in the sections before this one.
    pub(crate) lost_before: u64,
    /// How many records the packets of this section say were lost before them.
    pub(crate) lost_by_packets: u64,
    /// Up to where the next record was searched after damage without finding one.
    pub(crate) searched: u64,
    /// The format's own.
    pub(crate) carry: [u64; 2],
}

impl Cut {
    /// A cut at the start of an input, with the scene that its header makes.
    pub(crate) fn at_start(scene: Scene) -> Self {
        Cut {
            offset: 0,
            record: 0,
            in_sync: true,
            scene,
            lost_before: 0,
            lost_by_packets: 0,
            searched: 0,
            carry: [0; 2],
        }
    }

    /// How many records the trace says were lost up to here, while it was recorded. Counters of
    /// interfaces and counts beside packets tell of the same losses: the larger one counts.
    pub fn source_lost(&self) -> u64 {
        let statistics = self.scene.statistics();
        let by_interfaces = statistics.fold(0, |sum: u64, s| sum.saturating_add(s.lost()));
        self.lost_before.saturating_add(by_interfaces.max(self.lost_by_packets))
    }

    /// Closes the books of a section before the next one begins.
    pub(crate) fn close_section(&mut self) {
        self.lost_before = self.source_lost();
        self.lost_by_packets = 0;
    }
}

/// Bytes that could not be read as records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The number of the input, from 0.
    pub input: u32,
    /// Where they start, in the decompressed input.
    pub offset: u64,
    /// How many they are; 0 where that cannot be said.
    pub len: u64,
    /// What is wrong with them.
    pub reason: String,
}

/// How many bytes were what. Their sum is the length of the input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Headers of files.
    pub header: u64,
    /// Packets with all that belongs to their records.
    pub packets: u64,
    /// Meta records.
    pub meta: u64,
    /// Padding between records.
    pub padding: u64,
    /// Damage.
    pub damaged: u64,
}

impl Account {
    /// All of them.
    pub fn sum(&self) -> u64 {
        self.header + self.packets + self.meta + self.padding + self.damaged
    }

    /// Adds another account to this one.
    pub fn add(&mut self, other: &Account) {
        self.header += other.header;
        self.packets += other.packets;
        self.meta += other.meta;
        self.padding += other.padding;
        self.damaged += other.damaged;
    }
}

/// What framing found in a window of bytes.
#[derive(Debug, Default)]
pub struct Framed {
    /// Where records start, relative to the window.
    pub starts: Vec<u32>,
    /// How many bytes of the window are done with.
    pub consumed: usize,
    /// What was damaged, in order.
    pub damage: Vec<Damage>,
    /// How many bytes were what.
    pub account: Account,
    /// What damage changed in the scene, each before the record with this index in `starts`.
    pub(crate) patches: Vec<(usize, Item<'static>)>,
}

impl Framed {
    /// Empties it, keeping its memory.
    pub fn clear(&mut self) {
        self.starts.clear();
        self.consumed = 0;
        self.damage.clear();
        self.account = Account::default();
        self.patches.clear();
    }

    /// Notes that `len` bytes from the consumed place on are damaged, and goes on after them.
    /// Damage that follows on damage is one.
    pub(crate) fn damaged(&mut self, cut: &mut Cut, len: usize, reason: impl FnOnce() -> String) {
        let offset = cut.offset + self.consumed as u64;
        match self.damage.last_mut() {
            Some(last) if last.len > 0 && last.offset + last.len == offset => {
                last.len += len as u64;
            }
            _ => self.damage.push(Damage { input: 0, offset, len: len as u64, reason: reason() }),
        }
        self.account.damaged += len as u64;
        self.consumed += len;
    }

    /// Notes that `len` bytes at `at` of the window, inside the record just taken, are damaged.
    pub(crate) fn damaged_inside(
        &mut self,
        cut: &Cut,
        at: usize,
        len: usize,
        in_packet: bool,
        reason: &str,
    ) {
        let offset = cut.offset + at as u64;
        self.damage.push(Damage { input: 0, offset, len: len as u64, reason: reason.to_owned() });
        self.account.damaged += len as u64;
        let kind = if in_packet { &mut self.account.packets } else { &mut self.account.meta };
        *kind -= len as u64;
    }

    /// Notes that damage hid a meta record that said so much, and lets it change the scene.
    pub(crate) fn patch(&mut self, cut: &mut Cut, item: Item<'static>) {
        cut.scene.apply(std::slice::from_ref(&item));
        self.patches.push((self.starts.len(), item));
    }

    /// Notes that a record of `len` bytes starts at the consumed place, and goes on after it.
    pub(crate) fn packet(&mut self, len: usize) {
        self.starts.push(self.consumed as u32);
        self.account.packets += len as u64;
        self.consumed += len;
    }

    /// The same for a meta record.
    pub(crate) fn meta(&mut self, len: usize) {
        self.starts.push(self.consumed as u32);
        self.account.meta += len as u64;
        self.consumed += len;
    }
}

/// How a walk over a window ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// To go on, the window must reach this many bytes beyond what was consumed (or to the end of
    /// the input, if that comes first).
    More(usize),
    /// The end of the input was reached; all bytes are consumed.
    End,
}

/// Framing: finds records, in order.
pub trait Frame: Send + Sync {
    /// Walks over `window`, whose first byte is at `cut.offset`, as far as it can. `end` says that
    /// the input ends where the window ends. Does not move `cut.offset` and `cut.record`: the
    /// caller does, by what was consumed.
    fn frame(&self, window: &[u8], end: bool, cut: &mut Cut, out: &mut Framed) -> Walk;
}

/// Decoding: makes heads of framed records, in any order, on any worker.
pub trait Decode: Send + Sync {
    /// Appends a head for each record that `starts` gives. `scene` is the one before the first,
    /// and becomes the one after the last.
    fn decode(&self, bytes: &[u8], starts: &[u32], scene: &mut Scene, heads: &mut Vec<Head>);

    /// What the meta record at the start of `bytes` says, and how long it is. The bytes may run
    /// beyond it. `scene` is the one before it.
    fn meta_items<'a>(&self, bytes: &'a [u8], scene: &Scene) -> (Vec<Item<'a>>, usize);

    /// Every option or tag of the meta record at the start of `bytes`.
    fn meta_fields<'a>(&self, bytes: &'a [u8], scene: &Scene) -> Vec<Field<'a>>;

    /// Every option of the packet record at the start of `bytes`.
    fn packet_options<'a>(&self, bytes: &'a [u8], scene: &Scene) -> Vec<Field<'a>>;

    /// The time of the packet record at the start of `bytes`, as it stands there.
    fn raw_time(&self, bytes: &[u8], scene: &Scene) -> Option<RawTime>;
}
