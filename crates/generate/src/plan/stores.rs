//! Items to what a machine does: neighbouring bits become words.

use std::rc::Rc;

use marey_ctf::schema::ByteOrder;

use super::{Array, Bits, Compound, Item, Plan, Position, Source};

/// How long a word is that several fields share. A machine of 32 bits can do it at once.
const SHARED_BYTES_MAX: u64 = 4;

/// What is written at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write<'p> {
    /// A word.
    Store(Store<'p>),
    /// Bits at a place of which not even its place in a byte is known.
    Loose {
        /// Where.
        at: Position,
        /// How.
        bits: Bits,
        /// The value.
        source: &'p Source,
    },
    /// The UUID of the trace.
    Uuid {
        /// Where.
        at: Position,
    },
    /// A text.
    Text {
        /// Where.
        at: Position,
        /// The value.
        source: &'p Source,
    },
    /// An array.
    Array {
        /// Where.
        at: Position,
        /// What.
        array: &'p Array,
    },
    /// What a function of its own writes.
    Compound {
        /// Where.
        at: Position,
        /// The value.
        source: &'p Source,
        /// What.
        compound: &'p Rc<Compound>,
    },
    /// Bytes that are set to 0.
    Gap {
        /// From here: from the next whole byte on.
        from: Position,
        /// To here.
        to: Position,
    },
}

/// A word of 1, 2, 4 or 8 bytes at a whole byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store<'p> {
    /// Where.
    pub at: Position,
    /// How long.
    pub len_bytes: u64,
    /// In which order its bytes are stored.
    pub order: ByteOrder,
    /// What it consists of; where nothing is, it is 0.
    pub parts: Vec<Part<'p>>,
    /// Its first byte has bits already, which stay.
    pub joins: bool,
}

/// The part of a field that is in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'p> {
    /// How long the field is.
    pub bits: Bits,
    /// Its value.
    pub source: &'p Source,
    /// How far it goes to the left; to the right if it is below 0.
    pub shift: i64,
}

impl Store<'_> {
    /// Whether it is one field, whole.
    pub fn is_whole(&self) -> bool {
        match self.parts.as_slice() {
            [part] => u64::from(part.bits.len) == 8 * self.len_bytes && part.shift == 0,
            _ => false,
        }
    }
}

/// What the items of a plan come to.
pub fn writes(plan: &Plan) -> Vec<Write<'_>> {
    let mut grouping = Grouping { plan, writes: Vec::new(), group: Vec::new() };
    for item in &plan.items {
        grouping.item(item);
    }
    grouping.flush();
    grouping.writes
}

struct Grouping<'p> {
    plan: &'p Plan,
    writes: Vec<Write<'p>>,
    group: Vec<Field<'p>>,
}

/// A field of a group: they follow one another without a gap, from one base.
#[derive(Clone, Copy)]
struct Field<'p> {
    at: Position,
    bits: Bits,
    source: &'p Source,
}

impl Field<'_> {
    fn end(&self) -> u64 {
        self.at.offset_bits + u64::from(self.bits.len)
    }

    fn is_whole(&self) -> bool {
        self.bits.is_whole() && self.at.offset_bits.is_multiple_of(8)
    }
}

impl<'p> Grouping<'p> {
    fn item(&mut self, item: &'p Item) {
        if let Item::Bits { at, bits, source } = item {
            let known = self.plan.known_bits.get(at.base).copied().unwrap_or(1);
            if known >= 8 {
                return self.add(Field { at: *at, bits: *bits, source });
            }
        }
        self.flush();
        self.writes.push(match item {
            Item::Bits { at, bits, source } => Write::Loose { at: *at, bits: *bits, source },
            Item::Uuid { at } => Write::Uuid { at: *at },
            Item::Text { at, source } => Write::Text { at: *at, source },
            Item::Array { at, array } => Write::Array { at: *at, array },
            Item::Compound { at, source, compound } => {
                Write::Compound { at: *at, source, compound }
            }
            Item::Gap { from, to } => Write::Gap { from: *from, to: *to },
        });
    }

    fn add(&mut self, field: Field<'p>) {
        let follows = self.group.last().is_some_and(|last| {
            last.at.base == field.at.base
                && last.end() == field.at.offset_bits
                && last.bits.order == field.bits.order
        });
        if !follows {
            self.flush();
        }
        self.group.push(field);
    }

    /// Cuts the group where a field ends with a byte, and joins what is short.
    fn flush(&mut self) {
        let group = std::mem::take(&mut self.group);
        let mut run: Vec<Field<'p>> = Vec::new();
        let mut cut: Vec<Field<'p>> = Vec::new();
        for field in group {
            if field.is_whole() && cut.is_empty() {
                self.run(&mut run);
                run.push(field);
                self.run(&mut run);
                continue;
            }
            cut.push(field);
            if field.end().is_multiple_of(8) {
                let start = run.first().or(cut.first()).map_or(0, |first| first.at.offset_bits);
                if field.end().div_ceil(8) - start / 8 > SHARED_BYTES_MAX {
                    self.run(&mut run);
                }
                run.append(&mut cut);
            }
        }
        let (start, end) = match (run.first().or(cut.first()), cut.last()) {
            (Some(first), Some(last)) => (first.at.offset_bits, last.end()),
            _ => return self.run(&mut run),
        };
        if end.div_ceil(8) - start / 8 > SHARED_BYTES_MAX {
            self.run(&mut run);
        }
        run.append(&mut cut);
        self.run(&mut run);
    }

    /// Makes words of fields that follow one another.
    fn run(&mut self, fields: &mut Vec<Field<'p>>) {
        let fields = std::mem::take(fields);
        let (Some(first), Some(last)) = (fields.first(), fields.last()) else { return };
        let longest = if fields.len() == 1 && first.is_whole() { 8 } else { SHARED_BYTES_MAX };
        let end_byte = last.end().div_ceil(8);
        let mut byte = first.at.offset_bits / 8;
        let mut joins = !first.at.offset_bits.is_multiple_of(8);
        while byte < end_byte {
            let left = end_byte - byte;
            let len_bytes = (1 << left.ilog2()).min(longest);
            let at = Position { base: first.at.base, offset_bits: 8 * byte };
            let parts = fields.iter().filter_map(|field| part(field, at, len_bytes)).collect();
            let order = first.bits.order;
            self.writes.push(Write::Store(Store { at, len_bytes, order, parts, joins }));
            joins = false;
            byte += len_bytes;
        }
    }
}

/// What of a field is in a word.
fn part<'p>(field: &Field<'p>, at: Position, len_bytes: u64) -> Option<Part<'p>> {
    let start = field.at.offset_bits as i64 - at.offset_bits as i64;
    let (len, word) = (i64::from(field.bits.len), 8 * len_bytes as i64);
    if start >= word || start + len <= 0 {
        return None;
    }
    let shift = match field.bits.order {
        ByteOrder::Little => start,
        ByteOrder::Big => word - start - len,
    };
    Some(Part { bits: field.bits, source: field.source, shift })
}
