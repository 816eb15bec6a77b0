//! What happens to one block: load, frame, decode, handle.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::handler::{Cx, GO, Handler, Next, Stop};
use crate::error::{Error, ErrorKind};
use crate::format::{Cut, Damage, Format, Framed, Walk};
use crate::input::blocks::{Buffer, Load, Loaded};
use crate::meta::{Item, Meta};
use crate::record::{Head, Kind, Packet, Span};
use crate::scene::Scene;
use crate::time::Timestamp;

/// What passes from piece to piece at the gate.
#[derive(Debug)]
pub(crate) struct Framing {
    /// The cut before the next piece.
    pub cut: Cut,
    /// Bytes that belong to a record which is not whole yet.
    carry: Vec<u8>,
    /// How many bytes the next record needs to be framed.
    needed: usize,
}

impl Framing {
    pub fn new(format: &dyn Format) -> Self {
        Framing { cut: format.start(), carry: Vec::new(), needed: 0 }
    }
}

/// A block on its way, with memory that is used again for the next one.
#[derive(Default)]
pub(crate) struct Piece {
    pub buffer: Buffer,
    pub framed: Framed,
    /// Whether the input ends with it.
    pub is_last: bool,
    /// Why the input ends here although it should not.
    broken: Option<String>,
    heads: Vec<Head>,
    cut: Option<Cut>,
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
        self.framed.clear();
        self.heads.clear();
        let there = framing.carry.len() + self.buffer.bytes().len();
        if there < framing.needed && !self.is_last {
            framing.carry.extend_from_slice(self.buffer.bytes());
            self.cut = None;
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
        if let Some(reason) = self.broken.take() {
            let damage = Damage { offset: framing.cut.offset, len: 0, reason };
            self.framed.damage.push(damage);
        }
    }

    /// Decodes the block's records and hands them to the handler. A panic in it becomes an error;
    /// an error names the record, unless it does so itself.
    pub fn run<H: Handler>(
        &mut self,
        format: &dyn Format,
        handler: &mut H,
        cx: &mut Cx<H::Out>,
    ) -> Next {
        let Some(cut) = &self.cut else { return GO };
        decode(format, self.buffer.bytes(), &self.framed, cut, &mut self.heads);
        let piece = Decoded {
            span: Span { bytes: self.buffer.bytes(), format, base: cut.offset },
            heads: &self.heads,
            patches: &self.framed.patches,
            cut,
        };
        let handled = catch_unwind(AssertUnwindSafe(|| piece.handle(handler, cx)));
        let next = handled.unwrap_or_else(|panic| {
            let reason = format!("the handler panicked: {}", panic_message(&*panic));
            Next::Break(Stop::Error(Error::new(ErrorKind::Handler(reason))))
        });
        match next {
            Next::Break(Stop::Error(e)) if e.position().record.is_none() => {
                let error = e.in_record(cx.record);
                let head = self.heads.get((cx.record - cut.record) as usize);
                Next::Break(Stop::Error(match head {
                    Some(head) => error.at(cut.offset + u64::from(head.start)),
                    None => error,
                }))
            }
            next => next,
        }
    }

    /// The records of the block that were framed, for a loop without a handler.
    pub fn decode(&mut self, format: &dyn Format) -> Option<&Cut> {
        let cut = self.cut.as_ref()?;
        decode(format, self.buffer.bytes(), &self.framed, cut, &mut self.heads);
        Some(cut)
    }

    /// The head of the record with this index in the block.
    pub fn head(&self, index: usize) -> Option<&Head> {
        self.heads.get(index)
    }
}

/// What a panic said, if it said so in words.
pub(super) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or_default()
}

/// Makes heads, run by run between the places where damage changed the scene.
fn decode(format: &dyn Format, bytes: &[u8], framed: &Framed, cut: &Cut, heads: &mut Vec<Head>) {
    heads.clear();
    let mut scene = cut.scene.clone();
    let mut done = 0;
    for (before, item) in &framed.patches {
        format.decode(bytes, &framed.starts[done..*before], &mut scene, heads);
        scene.apply(std::slice::from_ref(item));
        done = *before;
    }
    format.decode(bytes, &framed.starts[done..], &mut scene, heads);
}

/// A decoded piece.
struct Decoded<'a> {
    span: Span<'a>,
    heads: &'a [Head],
    patches: &'a [(usize, Item<'static>)],
    cut: &'a Cut,
}

impl Decoded<'_> {
    fn handle<H: Handler>(&self, handler: &mut H, cx: &mut Cx<H::Out>) -> Next {
        let next = self.handle_records(handler, cx);
        if !matches!(next, Next::Break(Stop::Error(_))) {
            handler.on_piece_end(cx)?;
        }
        next
    }

    fn handle_records<H: Handler>(&self, handler: &mut H, cx: &mut Cx<H::Out>) -> Next {
        let mut scene = self.cut.scene.clone();
        let mut patches = self.patches.iter().peekable();
        cx.record = self.cut.record;
        for (index, head) in self.heads.iter().enumerate() {
            while let Some((_, item)) = patches.next_if(|(before, _)| *before <= index) {
                scene.apply(std::slice::from_ref(item));
            }
            let number = self.cut.record + index as u64;
            cx.record = number;
            match head.kind {
                Kind::Packet => {
                    let packet = Packet { span: self.span, head, scene: &scene, number };
                    handler.on_packet(&packet, cx)?;
                }
                Kind::Meta => {
                    let (items, len) = meta_items(self.span, head, &scene);
                    scene.apply(&items);
                    handler.on_meta(&meta(self.span, head, items, len, &scene, number), cx)?;
                }
            }
        }
        GO
    }
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
