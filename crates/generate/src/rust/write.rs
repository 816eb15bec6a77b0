//! What a function writes, and where.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::compound::Calls;
use super::value::{Value, Values, order_suffix, wide_bits};
use crate::plan::{Bits, How, Plan, Position, Store, Write, writes};

/// Writes the body of a function.
pub struct Body<'d> {
    pub values: &'d Values,
    pub plan: &'d Plan,
    /// The functions that write compounds.
    pub calls: &'d Calls,
    pub out: String,
    /// The bases that are used behind the moves.
    used: BTreeSet<usize>,
}

impl<'d> Body<'d> {
    pub fn new(values: &'d Values, plan: &'d Plan, calls: &'d Calls) -> Self {
        Body { values, plan, calls, out: String::new(), used: BTreeSet::new() }
    }

    /// A line, indented so deep.
    pub fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "    ".repeat(depth));
    }

    /// A place as an expression, so much further.
    fn moved(at: Position, by: u64) -> String {
        match at.offset_bits + by {
            0 => format!("b{}", at.base),
            offset => format!("b{} + {offset}", at.base),
        }
    }

    /// A place as an expression.
    pub fn place(at: Position) -> String {
        Self::moved(at, 0)
    }

    /// A place in the packet, by a base that is found.
    pub fn found(&mut self, at: Position) -> String {
        self.used.insert(at.base);
        Self::place(at)
    }

    /// The bases that are used behind the moves, in order.
    pub fn used(&self) -> Vec<usize> {
        self.used.iter().copied().collect()
    }

    /// Computes the bases behind the first one.
    pub fn moves(&mut self, depth: usize) {
        let plan = self.plan;
        for (index, step) in plan.moves.iter().enumerate() {
            let (base, from) = (index + 1, Self::place(step.from));
            match &step.how {
                How::Align(alignment) => {
                    let aligned = Self::moved(step.from, alignment - 1);
                    self.line(depth, &format!("let b{base} = ({aligned}) & !{};", alignment - 1));
                }
                How::Text(source) => {
                    let name = self.values.variable(source);
                    let behind = Self::moved(step.from, 8);
                    self.line(depth, &format!("let b{base} = {behind} + 8 * {name}.len() as u64;"));
                }
                How::Array(array) => self.behind(depth, base, &from, array),
                How::Compound(source, compound) => {
                    let function = self.calls.name("end", compound);
                    let value = self.values.given(source, compound);
                    self.line(depth, &format!("let b{base} = {function}({from}, {value});"));
                }
            }
        }
    }

    /// Writes everything.
    pub fn writes(&mut self, depth: usize) {
        let writes = writes(self.plan);
        let mut rest = writes.as_slice();
        while let Some(first) = rest.first() {
            let run = base_of(first).map_or(0, |base| {
                rest.iter().take_while(|write| base_of(write) == Some(base)).count()
            });
            let (run, behind) = rest.split_at(run.max(1));
            match base_of(first) {
                Some(base) => self.run(depth, base, run),
                None => self.write(depth, first),
            }
            rest = behind;
        }
    }

    /// Writes what is at fixed distances from a base: one look whether it is in the packet.
    fn run(&mut self, depth: usize, base: usize, run: &[Write<'_>]) {
        let end = run.iter().map(end_byte).max().unwrap_or_default();
        if end == 0 {
            return;
        }
        let from = self.found(Position { base, offset_bits: 0 });
        self.line(depth, &format!("let p{base} = write::fixed::<{end}>(packet, {from})?;"));
        for write in run {
            match write {
                Write::Store(store) => self.store(depth, store),
                Write::Uuid { at } => {
                    let first = at.offset_bits / 8;
                    self.line(depth, &format!("write::put(p{base}, {first}, UUID);"));
                }
                Write::Gap { from, to } => {
                    let (first, end) = (from.offset_bits.div_ceil(8), to.offset_bits / 8);
                    if first < end {
                        let len = end - first;
                        self.line(depth, &format!("write::put(p{base}, {first}, [0; {len}]);"));
                    }
                }
                _ => {}
            }
        }
    }

    fn store(&mut self, depth: usize, store: &Store<'_>) {
        let (base, first) = (store.at.base, store.at.offset_bits / 8);
        if let (true, [part]) = (store.is_whole(), store.parts.as_slice()) {
            let value = self.values.value(part.source, part.bits);
            if store.len_bytes == 1 {
                let value = value.cast(8, 8).0;
                return self.line(depth, &format!("p{base}[{first}] = {value};"));
            }
            return self.bytes(depth, store, &value.bytes(part.bits.len, store.order));
        }
        let terms = self.values.terms(store, &format!("p{base}[{first}]"));
        let (word_bits, wide_bits) = (8 * store.len_bytes, u64::from(wide_bits(store)));
        self.line(
            depth,
            &format!("let word = {}", terms.join(&format!("\n{}| ", "    ".repeat(depth + 1)))),
        );
        self.out.truncate(self.out.trim_end().len());
        self.out += ";\n";
        let word = if word_bits == wide_bits {
            "word".to_owned()
        } else {
            format!("(word as u{word_bits})")
        };
        if store.len_bytes == 1 {
            return self.line(depth, &format!("p{base}[{first}] = word as u8;"));
        }
        self.bytes(depth, store, &format!("{word}.to_{}_bytes()", order_suffix(store.order)));
    }

    /// Stores the bytes of a word.
    fn bytes(&mut self, depth: usize, store: &Store<'_>, bytes: &str) {
        let (base, first) = (store.at.base, store.at.offset_bits / 8);
        self.line(depth, &format!("write::put(p{base}, {first}, {bytes});"));
    }

    fn write(&mut self, depth: usize, write: &Write<'_>) {
        match write {
            Write::Loose { at, bits, source } => {
                let value = self.values.value(source, *bits);
                let place = self.found(*at);
                self.bits(depth, *bits, &place, &value);
            }
            Write::Text { at, source } => {
                let (place, name) = (self.found(*at), self.values.variable(source));
                self.line(depth, &format!("write::put_text(packet, {place}, {name})?;"));
            }
            Write::Array { at, array } => self.array(depth, *at, array),
            Write::Compound { at, source, compound } => {
                let function = self.calls.name("put", compound);
                let (place, value) = (self.found(*at), self.values.given(source, compound));
                self.line(depth, &format!("{function}(packet, {place}, {value})?;"));
            }
            Write::Gap { from, to } => self.gap(depth, *from, *to),
            Write::Store(_) | Write::Uuid { .. } => {}
        }
    }

    pub(super) fn bits(&mut self, depth: usize, bits: Bits, place: &str, value: &Value) {
        let (function, len) = (bits_function("bits", bits), bits.len);
        let value = value.cast(len, 64).0;
        self.line(depth, &format!("write::{function}(packet, {place}, {len}, {value})?;"));
    }

    fn gap(&mut self, depth: usize, from: Position, to: Position) {
        if let Some(len) = self.plan.covered_gap_bytes(to.base) {
            self.used.insert(from.base);
            let from = Self::moved(from, 7);
            return self.line(depth, &format!("*write::fixed(packet, {from})? = [0; {len}];"));
        }
        let (from, to) = (self.found(from), self.found(to));
        self.line(depth, &format!("write::zero(packet, {from}, {to})?;"));
    }
}

/// The base of what is written at a fixed distance from a base that is at a whole byte.
fn base_of(write: &Write<'_>) -> Option<usize> {
    match write {
        Write::Store(store) => Some(store.at.base),
        Write::Uuid { at } => Some(at.base),
        Write::Gap { from, to } if from.base == to.base => Some(from.base),
        _ => None,
    }
}

/// How far behind its base it ends (bytes).
fn end_byte(write: &Write<'_>) -> u64 {
    match write {
        Write::Store(store) => store.at.offset_bits / 8 + store.len_bytes,
        Write::Uuid { at } => at.offset_bits / 8 + 16,
        Write::Gap { from, to } => {
            let (first, end) = (from.offset_bits.div_ceil(8), to.offset_bits / 8);
            if first < end { end } else { 0 }
        }
        _ => 0,
    }
}

/// The function that writes bits anywhere.
pub fn bits_function(what: &str, bits: Bits) -> String {
    let order = match bits.order {
        marey_ctf::schema::ByteOrder::Little => "little",
        marey_ctf::schema::ByteOrder::Big => "big",
    };
    format!("{what}_{order}")
}
