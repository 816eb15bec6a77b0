//! What a function writes, and where: the bodies of all functions of a tracer.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use marey_ctf::schema::Role;

use super::compound::Calls;
use super::runtime::Helper;
use super::value::Values;
use crate::definition::Definition;
use crate::plan::{Array, Bits, How, Item, Part, Plan, Position, Source, Store, Write, writes};

/// Writes the body of a function.
pub struct Body<'d> {
    pub definition: &'d Definition,
    pub values: Values,
    pub plan: &'d Plan,
    /// Which shared functions are used.
    pub helpers: &'d mut BTreeSet<Helper>,
    /// The functions that write compounds.
    pub calls: &'d Calls,
    /// The packet's bytes, as an expression.
    pub packet: &'static str,
    /// Places may be behind the end of any packet.
    pub is_wide: bool,
    pub out: String,
}

impl Body<'_> {
    /// A line, indented so deep.
    pub fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "\t".repeat(depth));
    }

    pub fn helper(&mut self, helper: Helper) -> String {
        self.helpers.insert(helper);
        helper.name()
    }

    /// The type of places: bits in a packet, and more where a text or an array may be too long.
    pub fn place_type(&self) -> &'static str {
        let is_short = self.plan.is_short() && !self.is_wide;
        if is_short { "uint32_t" } else { "uint64_t" }
    }

    /// A place as an expression.
    pub fn place(&self, at: Position) -> String {
        match at.offset_bits {
            0 => format!("b{}", at.base),
            offset => format!("b{} + {offset}U", at.base),
        }
    }

    /// A place as an expression that fits between parentheses of a cast.
    fn place32(&self, at: Position) -> String {
        match self.place_type() {
            "uint32_t" => self.place(at),
            _ => format!("(uint32_t) ({})", self.place(at)),
        }
    }

    /// A whole byte of the packet, as a pointer.
    pub(super) fn pointer(&self, at: Position) -> String {
        match at.offset_bits / 8 {
            0 => format!("p{}", at.base),
            offset => format!("p{} + {offset}", at.base),
        }
    }

    /// The declarations of what is computed.
    pub fn declarations(&mut self) {
        self.declare(1);
    }

    /// The same, indented so deep.
    pub fn declare(&mut self, depth: usize) {
        self.declare_bases(depth);
        self.line(depth, "uint8_t *buf;");
        for base in self.pointed_at() {
            self.line(depth, &format!("uint8_t *p{base};"));
        }
        self.declare_words(depth);
        for (source, bits) in self.floats() {
            let name = self.values.local(&source);
            self.line(depth, &format!("uint{}_t bits_{name};", bits.len));
        }
        self.declare_lengths(depth);
    }

    pub fn declare_bases(&mut self, depth: usize) {
        let place_type = self.place_type();
        for base in 0..=self.plan.moves.len() {
            self.line(depth, &format!("{place_type} b{base};"));
        }
    }

    pub fn declare_lengths(&mut self, depth: usize) {
        for source in self.texts() {
            let name = self.values.local(&source);
            self.line(depth, &format!("size_t len_{name};"));
        }
    }

    /// The words of several parameters, which are put together before anything is called: one
    /// value is kept meanwhile, and not many.
    pub fn words(&mut self, depth: usize) {
        for (index, write) in writes(self.plan).iter().enumerate() {
            if let Some(store) = joint(write) {
                let word = self.values.word(store, "");
                self.line(depth, &format!("w{index} = {word};"));
            }
        }
    }

    fn declare_words(&mut self, depth: usize) {
        for (index, write) in writes(self.plan).iter().enumerate() {
            if let Some(store) = joint(write) {
                let bits = 8 * store.len_bytes;
                self.line(depth, &format!("uint{bits}_t w{index};"));
            }
        }
    }

    /// How long texts are, which is found out once.
    pub fn text_lengths(&mut self, depth: usize) {
        for source in self.texts() {
            let (name, text) = (self.values.local(&source), self.values.text(&source));
            self.line(depth, &format!("len_{name} = strlen({text}) + 1;"));
        }
    }

    /// The floating-point numbers that are parameters.
    fn floats(&self) -> Vec<(Source, Bits)> {
        let float = |item: &Item| match item {
            Item::Bits { bits, source, .. } if bits.is_float => Some((source.clone(), *bits)),
            _ => None,
        };
        self.plan.items.iter().filter_map(float).collect()
    }

    fn texts(&self) -> Vec<Source> {
        let text = |item: &Item| match item {
            Item::Text { source, .. } => Some(source.clone()),
            _ => None,
        };
        self.plan.items.iter().filter_map(text).collect()
    }

    /// The bases from which something is written at a known byte.
    fn pointed_at(&self) -> BTreeSet<usize> {
        let place = |write: &Write<'_>| match write {
            Write::Store(store) => Some(store.at.base),
            Write::Uuid { at } | Write::Text { at, .. } => Some(at.base),
            Write::Array { at, array } => {
                (self.is_copied(array) && !array.is_empty()).then_some(at.base)
            }
            Write::Gap { from, to } => (from.base == to.base).then_some(from.base),
            Write::Loose { .. } | Write::Compound { .. } => None,
        };
        writes(self.plan).iter().filter_map(place).collect()
    }

    /// Whether the bytes of an array stand in memory as in the packet.
    pub(super) fn is_copied(&self, array: &Array) -> bool {
        array.whole_bits().is_some_and(|bits| bits.len == 8 || self.is_native(bits))
    }

    pub(super) fn is_native(&self, bits: Bits) -> bool {
        self.definition.code.is_native && bits.order == self.definition.schema.trace.byte_order
    }

    /// Computes the bases behind the first one.
    pub fn moves(&mut self, depth: usize) {
        let plan = self.plan;
        for (index, step) in plan.moves.iter().enumerate() {
            let (base, from) = (index + 1, self.place(step.from));
            match &step.how {
                How::Align(alignment) => {
                    let aligned = self.aligned(&from, *alignment);
                    self.line(depth, &format!("b{base} = {aligned};"));
                }
                How::Text(source) => {
                    let name = self.values.local(source);
                    self.line(depth, &format!("b{base} = {from} + 8 * (uint64_t) len_{name};"));
                }
                How::Array(array) => self.behind(depth, base, &from, array),
                How::Compound(source, compound) => {
                    let (function, value) =
                        (self.function("end", compound), self.given(source, compound));
                    self.line(depth, &format!("b{base} = {function}({from}, {value});"));
                }
            }
        }
    }

    pub(super) fn aligned(&self, from: &str, alignment: u64) -> String {
        let place_type = self.place_type();
        format!("({from} + {}U) & ~({place_type}) {}U", alignment - 1, alignment - 1)
    }

    /// Writes everything.
    pub fn writes(&mut self, depth: usize) {
        let plan = self.plan;
        let packet = self.packet;
        self.line(depth, &format!("buf = {packet};"));
        for base in self.pointed_at() {
            self.line(depth, &format!("p{base} = buf + (b{base} >> 3);"));
        }
        for (source, _) in self.floats() {
            let (name, text) = (self.values.local(&source), self.values.text(&source));
            self.line(depth, &format!("memcpy(&bits_{name}, &{text}, sizeof(bits_{name}));"));
        }
        for (index, write) in writes(plan).iter().enumerate() {
            self.write(depth, index, write);
        }
    }

    fn write(&mut self, depth: usize, index: usize, write: &Write<'_>) {
        match write {
            Write::Store(store) if joint(write).is_some() => {
                self.store(depth, store, format!("w{index}"));
            }
            Write::Store(store) => {
                let byte = format!("p{}[{}]", store.at.base, store.at.offset_bits / 8);
                let word = self.values.word(store, &byte);
                self.store(depth, store, word);
            }
            Write::Loose { at, bits, source } => {
                let function = self.helper(Helper::bits(bits.order, false));
                let (place, len) = (self.place32(*at), bits.len);
                let value = self.values.wide(source, *bits);
                self.line(depth, &format!("{function}(buf, {place}, {len}U, {value});"));
            }
            Write::Uuid { at } => {
                let to = self.pointer(*at);
                self.line(depth, &format!("memcpy({to}, marey_uuid, sizeof(marey_uuid));"));
            }
            Write::Text { at, source } => {
                let (to, text) = (self.pointer(*at), self.values.text(source));
                let name = self.values.local(source);
                self.line(depth, &format!("memcpy({to}, {text}, len_{name});"));
            }
            Write::Array { at, array } => self.array(depth, *at, array),
            Write::Compound { at, source, compound } => {
                let (function, value) =
                    (self.function("put", compound), self.given(source, compound));
                let place = self.place32(*at);
                self.line(depth, &format!("{function}(buf, {place}, {value});"));
            }
            Write::Gap { from, to } => self.gap(depth, *from, *to),
        }
    }

    fn store(&mut self, depth: usize, store: &Store<'_>, word: String) {
        let byte = format!("p{}[{}]", store.at.base, store.at.offset_bits / 8);
        if store.len_bytes == 1 {
            return self.line(depth, &format!("{byte} = {word};"));
        }
        let is_native = self.definition.code.is_native
            && store.order == self.definition.schema.trace.byte_order;
        let function = self.helper(Helper::put(store.len_bytes, store.order, is_native));
        let to = self.pointer(store.at);
        self.line(depth, &format!("{function}({to}, {word});"));
    }

    fn gap(&mut self, depth: usize, from: Position, to: Position) {
        if from.base != to.base {
            if let Some(len) = self.plan.covered_gap_bytes(to.base) {
                let from = self.place32(from);
                return self
                    .line(depth, &format!("memset(buf + (({from} + 7U) >> 3), 0, {len}U);"));
            }
            let function = self.helper(Helper::Zero);
            let (from, to) = (self.place32(from), self.place32(to));
            return self.line(depth, &format!("{function}(buf, {from}, {to});"));
        }
        let (first, end) = (from.offset_bits.div_ceil(8), to.offset_bits / 8);
        if first < end {
            let to = self.pointer(Position { base: from.base, offset_bits: 8 * first });
            self.line(depth, &format!("memset({to}, 0, {}U);", end - first));
        }
    }

    /// Writes the value of a role where it was left out, at a place that the context keeps.
    pub fn patch(&mut self, depth: usize, bits: Bits, place: &str, value: &str) {
        let len = bits.len;
        match (bits.is_whole(), len) {
            (true, 8) => self.line(depth, &format!("buf[{place} >> 3] = (uint8_t) {value};")),
            (true, _) => {
                let put = Helper::put(u64::from(len / 8), bits.order, self.is_native(bits));
                let function = self.helper(put);
                let line = format!("{function}(buf + ({place} >> 3), (uint{len}_t) {value});");
                self.line(depth, &line);
            }
            _ => {
                let function = self.helper(Helper::bits(bits.order, true));
                let line = format!("{function}(buf, {place}, {len}U, (uint64_t) {value});");
                self.line(depth, &line);
            }
        }
    }

    /// The fields of a plan that are written when the packet is closed.
    pub fn deferred(&self) -> Vec<(Role, Position, Bits)> {
        let deferred = |item: &Item| match item {
            Item::Bits { at, bits, source: Source::Role(role) } => match role {
                Role::PacketContentLength
                | Role::PacketEndTimestamp
                | Role::DiscardedEventCounter => Some((*role, *at, *bits)),
                _ => None,
            },
            _ => None,
        };
        self.plan.items.iter().filter_map(deferred).collect()
    }
}

/// A word that consists of several parameters and nothing else.
fn joint<'w>(write: &'w Write<'_>) -> Option<&'w Store<'w>> {
    let Write::Store(store) = write else { return None };
    let is_parameter =
        |part: &Part<'_>| matches!(part.source, Source::Parameter(..)) && !part.bits.is_float;
    let is_joint = store.parts.len() > 1 && !store.joins && store.parts.iter().all(is_parameter);
    is_joint.then_some(store)
}
