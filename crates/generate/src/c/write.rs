//! What a function writes, and where: the bodies of all functions of a tracer.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use marey_ctf::schema::Role;

use super::names::float_type;
use super::runtime::Helper;
use super::value::Values;
use crate::definition::Definition;
use crate::plan::{
    Array, Bits, Count, Element, How, Item, Part, Plan, Position, Source, Store, Write, writes,
};

/// Writes the body of a function.
pub struct Body<'d> {
    pub definition: &'d Definition,
    pub values: Values,
    pub plan: &'d Plan,
    /// Which shared functions are used.
    pub helpers: &'d mut BTreeSet<Helper>,
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
        if self.plan.is_short() { "uint32_t" } else { "uint64_t" }
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
    fn pointer(&self, at: Position) -> String {
        match at.offset_bits / 8 {
            0 => format!("p{}", at.base),
            offset => format!("p{} + {offset}", at.base),
        }
    }

    /// The declarations of what is computed.
    pub fn declarations(&mut self) {
        let place_type = self.place_type();
        for base in 0..=self.plan.moves.len() {
            self.line(1, &format!("{place_type} b{base};"));
        }
        self.line(1, "uint8_t *buf;");
        for base in self.pointed_at() {
            self.line(1, &format!("uint8_t *p{base};"));
        }
        self.declare_words();
        for (source, bits) in self.floats() {
            let name = self.values.text(&source);
            self.line(1, &format!("uint{}_t bits_{name};", bits.len));
        }
        for source in self.texts() {
            let name = self.values.text(&source);
            self.line(1, &format!("size_t len_{name};"));
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

    fn declare_words(&mut self) {
        for (index, write) in writes(self.plan).iter().enumerate() {
            if let Some(store) = joint(write) {
                let bits = 8 * store.len_bytes;
                self.line(1, &format!("uint{bits}_t w{index};"));
            }
        }
    }

    /// How long texts are, which is found out once.
    pub fn text_lengths(&mut self, depth: usize) {
        for source in self.texts() {
            let name = self.values.text(&source);
            self.line(depth, &format!("len_{name} = strlen({name}) + 1;"));
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
            Write::Loose { .. } => None,
        };
        writes(self.plan).iter().filter_map(place).collect()
    }

    /// Whether the bytes of an array stand in memory as in the packet.
    fn is_copied(&self, array: &Array) -> bool {
        array.whole_bits().is_some_and(|bits| bits.len == 8 || self.is_native(bits))
    }

    fn is_native(&self, bits: Bits) -> bool {
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
                    let name = self.values.text(source);
                    self.line(depth, &format!("b{base} = {from} + 8 * (uint64_t) len_{name};"));
                }
                How::Array(array) => self.behind(depth, base, &from, array),
            }
        }
    }

    fn aligned(&self, from: &str, alignment: u64) -> String {
        let place_type = self.place_type();
        format!("({from} + {}U) & ~({place_type}) {}U", alignment - 1, alignment - 1)
    }

    fn behind(&mut self, depth: usize, base: usize, from: &str, array: &Array) {
        let (Some(stride), Some(len)) = (array.stride_bits(), array.element.len_bits()) else {
            self.line(depth, &format!("b{base} = {from};"));
            let name = self.values.text(&array.source);
            return self.walk_texts(depth, base, array, &name, 0);
        };
        let count = self.count(&array.count);
        let line = match stride == len {
            true => format!("b{base} = {from} + (uint64_t) {count} * {len}U;"),
            false => format!(
                "b{base} = {count} == 0 ? {from} : \
                 {from} + (uint64_t) ({count} - 1) * {stride}U + {len}U;"
            ),
        };
        self.line(depth, &line);
    }

    /// Adds the lengths of the texts of an array, whose places are aligned to bytes.
    fn walk_texts(&mut self, depth: usize, base: usize, array: &Array, from: &str, level: usize) {
        let (head, element) = self.each(array, from, level);
        self.line(depth, &format!("{{\n{}\tuint32_t i{level};\n", "\t".repeat(depth)));
        self.line(depth + 1, &head);
        match &array.element {
            Element::Array(inner) => self.walk_texts(depth + 2, base, inner, &element, level + 1),
            _ => {
                let line = format!("b{base} += 8 * ((uint64_t) strlen({element}) + 1);");
                self.line(depth + 2, &line);
            }
        }
        self.line(depth + 1, "}");
        self.line(depth, "}");
    }

    /// The head of a loop over an array, and its element.
    fn each(&self, array: &Array, from: &str, level: usize) -> (String, String) {
        let count = self.count(&array.count);
        let head = format!("for (i{level} = 0; i{level} < {count}; ++i{level}) {{");
        (head, format!("{from}[i{level}]"))
    }

    fn count(&self, count: &Count) -> String {
        match count {
            Count::Static(count) => format!("{count}U"),
            Count::Dynamic(source) => self.values.text(source),
        }
    }

    /// Writes everything.
    pub fn writes(&mut self, depth: usize) {
        let plan = self.plan;
        self.line(depth, "buf = ctx->buf;");
        for base in self.pointed_at() {
            self.line(depth, &format!("p{base} = buf + (b{base} >> 3);"));
        }
        for (source, _) in self.floats() {
            let name = self.values.text(&source);
            self.line(depth, &format!("memcpy(&bits_{name}, &{name}, sizeof(bits_{name}));"));
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
                let (to, name) = (self.pointer(*at), self.values.text(source));
                self.line(depth, &format!("memcpy({to}, {name}, len_{name});"));
            }
            Write::Array { at, array } => self.array(depth, *at, array),
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

    fn array(&mut self, depth: usize, at: Position, array: &Array) {
        let name = self.values.text(&array.source);
        if array.is_empty() {
            return self.line(depth, &format!("(void) {name};"));
        }
        if let (true, Some(bits)) = (self.is_copied(array), array.whole_bits()) {
            let (to, len) = (self.pointer(at), bits.len / 8);
            return match &array.count {
                Count::Static(count) => {
                    self.line(depth, &format!("memcpy({to}, {name}, {count}U * {len}U);"));
                }
                Count::Dynamic(source) => {
                    let count = self.values.text(source);
                    self.line(depth, &format!("if ({count} != 0) {{"));
                    let copy = format!("memcpy({to}, {name}, (size_t) {count} * {len}U);");
                    self.line(depth + 1, &copy);
                    self.line(depth, "}");
                }
            };
        }
        let place = self.place(at);
        self.line(
            depth,
            &format!("{{\n{}\tuint32_t at = (uint32_t) ({place});\n", "\t".repeat(depth)),
        );
        self.elements(depth + 1, array, &name, 0);
        self.line(depth, "}");
    }

    fn elements(&mut self, depth: usize, array: &Array, from: &str, level: usize) {
        let (head, element) = self.each(array, from, level);
        self.line(depth, &format!("{{\n{}\tuint32_t i{level};\n", "\t".repeat(depth)));
        self.line(depth + 1, &head);
        if array.alignment > 1 {
            self.align_element(depth + 2, array);
        }
        match &array.element {
            Element::Array(inner) => self.elements(depth + 2, inner, &element, level + 1),
            Element::Text => {
                let function = self.helper(Helper::Text);
                let line = format!("at += 8 * {function}(buf + (at >> 3), {element});");
                self.line(depth + 2, &line);
            }
            Element::Bits(bits) => self.element(depth + 2, *bits, &element),
        }
        self.line(depth + 1, "}");
        self.line(depth, "}");
    }

    fn align_element(&mut self, depth: usize, array: &Array) {
        let mask = array.alignment - 1;
        let aligned = format!("(at + {mask}U) & ~(uint32_t) {mask}U");
        let has_gap = array.alignment > 8
            && array.element.len_bits().is_none_or(|len| !len.is_multiple_of(array.alignment));
        if has_gap {
            let function = self.helper(Helper::Zero);
            self.line(depth, &format!("{function}(buf, at, {aligned});"));
        }
        self.line(depth, &format!("at = {aligned};"));
    }

    fn element(&mut self, depth: usize, bits: Bits, element: &str) {
        let len = bits.len;
        if bits.is_float {
            let c_type = float_type(len);
            self.line(depth, "{");
            self.line(depth + 1, &format!("const {c_type} value = {element};"));
            self.line(depth + 1, &format!("uint{len}_t bits_value;\n"));
            self.line(depth + 1, "memcpy(&bits_value, &value, sizeof(bits_value));");
            self.number(depth + 1, bits, "bits_value");
            self.line(depth, "}");
        } else {
            self.number(depth, bits, element);
        }
        self.line(depth, &format!("at += {len}U;"));
    }

    fn number(&mut self, depth: usize, bits: Bits, value: &str) {
        let len = bits.len;
        match (bits.is_whole(), len) {
            (true, 8) => self.line(depth, &format!("buf[at >> 3] = (uint8_t) {value};")),
            (true, _) => {
                let put = Helper::put(u64::from(len / 8), bits.order, self.is_native(bits));
                let function = self.helper(put);
                let line = format!("{function}(buf + (at >> 3), (uint{len}_t) {value});");
                self.line(depth, &line);
            }
            _ => {
                let function = self.helper(Helper::bits(bits.order, false));
                let line = format!("{function}(buf, at, {len}U, (uint64_t) {value});");
                self.line(depth, &line);
            }
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
