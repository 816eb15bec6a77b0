//! A piece: one block of an input, framed and decoded.

use super::hasher::Placing;
use super::walk::Cursor;
use crate::format::{Cut, Damage, Format, Framed, Walk};
use crate::input::blocks::{Blocks, Buffer, Load, Loaded};
use crate::meta::{Item, Meta};
use crate::record::{Head, Kind, Span};
use crate::scene::Scene;
use crate::time::{NO_TIME, Timestamp};

/// What passes from piece to piece of an input at the first gate.
#[derive(Debug)]
pub(crate) struct Framing {
    /// The cut before the next piece.
    pub cut: Cut,
    /// Bytes that belong to a record which is not whole yet.
    carry: Vec<u8>,
    /// How many bytes the next record needs to be framed.
    needed: usize,
    /// Whether the input has ended, so that what comes from it is not looked at.
    pub ended: bool,
}

impl Framing {
    pub fn new(format: &dyn Format) -> Self {
        Framing { cut: format.start(), carry: Vec::new(), needed: 0, ended: false }
    }
}

/// A block on its way, with memory that is used again for another one.
#[derive(Default)]
pub(crate) struct Piece {
    /// Which input it is of.
    pub input: u32,
    pub buffer: Buffer,
    pub framed: Framed,
    pub heads: Vec<Head>,
    /// The cut before its first record; `None` if no record is whole yet.
    pub cut: Option<Cut>,
    /// Whether the input ends with it.
    pub is_last: bool,
    /// Why the input ends here although it should not.
    broken: Option<String>,
    /// Which heads are meta records, if someone needs that.
    pub metas: Vec<u32>,
    /// The shard of each head, or [`FILTERED`](super::hasher::FILTERED); empty if all go the same
    /// way.
    pub shards: Vec<u8>,
}

impl Piece {
    /// Does what was left to do to have the block's bytes.
    pub fn load(&mut self, load: Load) {
        self.broken = None;
        self.is_last = matches!(load, Load::End(_));
        if let Load::End(Some(reason)) = &load {
            self.broken = Some(reason.clone());
        }
        if let Loaded::Broken(reason) = load.run(&mut self.buffer) {
            self.is_last = true;
            self.broken = Some(reason);
        }
    }

    /// Finds the records of the block, in its turn.
    pub fn frame(&mut self, format: &dyn Format, framing: &mut Framing) {
        self.clear();
        if framing.ended {
            return;
        }
        if framing.carry.is_empty() && self.buffer.is_lent() {
            return self.frame_lent(framing);
        }
        let there = framing.carry.len() + self.buffer.bytes().len();
        if there < framing.needed && !self.is_last {
            framing.carry.extend_from_slice(self.buffer.bytes());
            return;
        }
        if framing.carry.len() > self.buffer.bytes().len() {
            framing.carry.extend_from_slice(self.buffer.bytes());
            self.buffer.exchange(&mut framing.carry);
        } else {
            self.buffer.prepend(&framing.carry);
        }
        self.cut = Some(framing.cut.clone());
        let window = self.buffer.bytes();
        let walk = format.frame(window, self.is_last, &mut framing.cut, &mut self.framed);
        framing.needed = match walk {
            Walk::More(needed) => needed,
            Walk::End => 0,
        };
        framing.carry.clear();
        framing.carry.extend_from_slice(window.get(self.framed.consumed..).unwrap_or(&[]));
        framing.cut.offset += self.framed.consumed as u64;
        framing.cut.record += self.framed.starts.len() as u64;
        framing.ended = self.is_last;
        if let Some(reason) = self.broken.take() {
            let damage = Damage { input: 0, offset: framing.cut.offset, len: 0, reason };
            self.framed.damage.push(damage);
        }
        self.framed.damage.iter_mut().for_each(|damage| damage.input = self.input);
    }

    /// Frames a block whose records were found when it was handed over.
    fn frame_lent(&mut self, framing: &mut Framing) {
        self.cut = Some(framing.cut.clone());
        self.heads = self.buffer.take_heads(&mut framing.cut, &mut self.framed);
        framing.cut.offset += self.framed.consumed as u64;
        framing.cut.record += self.heads.len() as u64;
        self.framed.damage.iter_mut().for_each(|damage| damage.input = self.input);
    }

    /// Reads no more than the next record needs, and frames it: the smallest piece there can be.
    pub fn frame_next(&mut self, blocks: &mut Blocks, format: &dyn Format, framing: &mut Framing) {
        self.clear();
        self.is_last = framing.ended;
        while self.cut.is_none() && !framing.ended {
            let missing = framing.needed.saturating_sub(framing.carry.len()).max(1);
            let load = blocks.take(&mut self.buffer, missing);
            self.load(load);
            self.frame(format, framing);
        }
    }

    fn clear(&mut self) {
        self.framed.clear();
        self.heads.clear();
        self.metas.clear();
        self.shards.clear();
        self.cut = None;
    }

    /// Makes heads of the records that were framed, and places them.
    pub fn decode(&mut self, format: &dyn Format, placing: &Placing) {
        let Some(cut) = &self.cut else { return };
        decode(format, self.buffer.bytes(), &self.framed, cut, &mut self.heads);
        if placing.needs_metas {
            let is_meta = |(_, head): &(usize, &Head)| head.kind == Kind::Meta;
            let metas = self.heads.iter().enumerate().filter(is_meta);
            self.metas.extend(metas.map(|(index, _)| index as u32));
        }
        placing.place(self, format);
    }

    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// What stands beside its heads.
    pub fn span<'a>(&'a self, format: &'a dyn Format) -> Span<'a> {
        let base = self.cut.as_ref().map_or(0, |cut| cut.offset);
        Span { input: self.input, bytes: self.buffer.bytes(), format, base }
    }

    /// The number in its input of the record with this index.
    pub fn number(&self, index: usize) -> u64 {
        self.cut.as_ref().map_or(0, |cut| cut.record) + index as u64
    }

    /// A cursor before its first record.
    pub fn cursor(&self) -> Cursor {
        Cursor::new(self.cut.as_ref().map(|cut| cut.scene.clone()).unwrap_or_default())
    }

    /// The time of the record with this index for comparing: one without a time comes at once.
    pub fn time(&self, index: usize) -> i64 {
        self.heads.get(index).map_or(NO_TIME, |head| head.time)
    }
}

/// Makes heads, run by run between the places where damage changed the scene.
fn decode(format: &dyn Format, bytes: &[u8], framed: &Framed, cut: &Cut, heads: &mut Vec<Head>) {
    let mut scene = cut.scene.clone();
    let mut done = 0;
    for (before, item) in &framed.patches {
        format.decode(bytes, &framed.starts[done..*before], &mut scene, heads);
        scene.apply(std::slice::from_ref(item));
        done = *before;
    }
    format.decode(bytes, &framed.starts[done..], &mut scene, heads);
}

/// What the meta record of a head says.
pub(super) fn meta_items<'a>(span: Span<'a>, head: &Head, scene: &Scene) -> (Vec<Item<'a>>, usize) {
    let bytes = span.bytes.get(head.start as usize..).unwrap_or(&[]);
    span.format.meta_items(bytes, scene)
}

/// The meta record of a head; `scene` is the one that it has changed already.
pub(super) fn meta<'a>(
    span: Span<'a>,
    head: &Head,
    items: Vec<Item<'a>>,
    len: usize,
    scene: &'a Scene,
    number: u64,
) -> Meta<'a> {
    let time = Timestamp::from_head(head.time);
    Meta { span, start: head.start as usize, len, time, number, scene, items }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
