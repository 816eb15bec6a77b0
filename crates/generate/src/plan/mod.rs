//! Where each field goes, in any language: what is known of it now, and what the tracer finds out.
//!
//! A run of structures becomes [`Move`]s and [`Item`]s. A move says where a *base* is: a place that
//! only the tracer knows, as it runs, since a text or an unknown start stands before it. All items
//! are at a constant distance from a base. So a tracer computes the bases, sees whether the last
//! place is still in the packet, and then writes the items, each at a constant offset.

mod build;
mod compound;
mod stores;

pub use build::{Unsupported, plan, selector};
pub use compound::{Compound, Compounds, Kind};
pub use stores::{Part, Store, Write, writes};

use std::rc::Rc;

use marey_ctf::schema::{ByteOrder, Role, Scope};

/// A place: a constant distance from a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Position {
    /// Which base.
    pub base: usize,
    /// How far behind it.
    pub offset_bits: u64,
}

/// What the tracer has to write, and where.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Plan {
    /// How each base is found. Base 0 is where it all starts; move k makes base k + 1.
    pub moves: Vec<Move>,
    /// What is written, in order.
    pub items: Vec<Item>,
    /// Behind the last field.
    pub end: Position,
    /// Base k is known to be a multiple of this, counted from the packet's start.
    pub known_bits: Vec<u64>,
}

/// How long a packet is at most: places in it are counted in 32 bits, and an event that begins in
/// it does not overflow them where [`Plan::is_short`] says so.
pub const PACKET_BITS_MAX: u64 = 8 * 0x0fff_ffff;

impl Plan {
    /// Whether all places, counted from one in a packet, fit into 32 bits.
    pub fn is_short(&self) -> bool {
        let step = |step: &Move| match step.how {
            How::Align(alignment) => Some(step.from.offset_bits.saturating_add(alignment)),
            How::Text(_) | How::Array(_) | How::Compound(..) => None,
        };
        let far = self.moves.iter().map(step).sum::<Option<u64>>();
        far.is_some_and(|far| far.saturating_add(self.end.offset_bits) <= PACKET_BITS_MAX)
    }

    /// How many bytes may be set to 0 in front of a base, without a look at how long the gap is:
    /// all that it may have, if as much is written behind it afterwards.
    pub fn covered_gap_bytes(&self, base: usize) -> Option<u64> {
        let step = self.moves.get(base.checked_sub(1)?)?;
        let How::Align(alignment @ 16..=64) = step.how else { return None };
        let from = self.moves.iter().map(|step| step.from).find(|from| from.base == base);
        let end = from.unwrap_or(self.end).offset_bits;
        (end / 8 >= alignment / 8).then_some(alignment / 8)
    }
}

/// How a base is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// From here.
    pub from: Position,
    /// In this way.
    pub how: How,
}

/// How a base is found from a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// The next multiple of so many bits.
    Align(u64),
    /// Behind this text, with its 0.
    Text(Source),
    /// Behind this array.
    Array(Array),
    /// Behind what a function of its own writes.
    Compound(Source, Rc<Compound>),
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The tracer knows it: a field with a role.
    Role(Role),
    /// A parameter of the tracing function: the scope and the name of a field.
    Parameter(Scope, String),
    /// The element of the innermost array.
    Element,
    /// What the function of a compound gets.
    Given,
    /// A member of what another source gives.
    Member(Box<Source>, String),
    /// What is behind the pointer to a field that may be absent.
    Behind,
    /// The same each time.
    Constant(u64),
}

/// What is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An integer or a floating-point number.
    Bits {
        /// Where.
        at: Position,
        /// How.
        bits: Bits,
        /// The value.
        source: Source,
    },
    /// The UUID of the trace.
    Uuid {
        /// Where.
        at: Position,
    },
    /// A text with a 0 behind it; at a whole byte.
    Text {
        /// Where.
        at: Position,
        /// The value.
        source: Source,
    },
    /// An array.
    Array {
        /// Where.
        at: Position,
        /// What.
        array: Array,
    },
    /// What a function of its own writes.
    Compound {
        /// Where.
        at: Position,
        /// The value.
        source: Source,
        /// What.
        compound: Rc<Compound>,
    },
    /// Bytes between fields, which are set to 0.
    Gap {
        /// From here: from the next whole byte on.
        from: Position,
        /// To here.
        to: Position,
    },
}

/// A number of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits {
    /// How many.
    pub len: u32,
    /// Where it may start.
    pub alignment: u64,
    /// The order of bytes and of bits.
    pub order: ByteOrder,
    /// Its value is a floating-point number.
    pub is_float: bool,
    /// Its value may be below 0.
    pub is_signed: bool,
    /// Its value is true or false.
    pub is_boolean: bool,
    /// Its value is a `uint64_t`, however long it is.
    pub is_pattern: bool,
}

impl Bits {
    /// Whether it consists of whole bytes that a machine can store at once.
    pub fn is_whole(self) -> bool {
        matches!(self.len, 8 | 16 | 32 | 64) && self.alignment.is_multiple_of(8)
    }
}

/// An array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Array {
    /// How many elements.
    pub count: Count,
    /// What they are.
    pub element: Element,
    /// Where they come from.
    pub source: Source,
    /// Where each of them may start.
    pub alignment: u64,
}

/// How many elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Count {
    /// Always so many.
    Static(u64),
    /// As this parameter says.
    Dynamic(Source),
}

/// What an array consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element {
    /// Numbers.
    Bits(Bits),
    /// Texts.
    Text,
    /// Arrays.
    Array(Box<Array>),
    /// What a function of its own writes.
    Compound(Rc<Compound>),
}

impl Element {
    /// Its length, if that is the same for all.
    pub fn len_bits(&self) -> Option<u64> {
        match self {
            Element::Bits(bits) => Some(u64::from(bits.len)),
            Element::Text => None,
            Element::Array(array) => array.len_bits(),
            Element::Compound(compound) => compound.len_bits(),
        }
    }
}

impl Array {
    /// From the start of one element to that of the next, if it is the same for all.
    pub fn stride_bits(&self) -> Option<u64> {
        self.stride_of(self.element.len_bits()?)
    }

    /// Its length from the first element, if that is always the same.
    pub fn len_bits(&self) -> Option<u64> {
        let Count::Static(count) = self.count else { return None };
        let Some(before_last) = count.checked_sub(1) else { return Some(0) };
        // Asked for once: arrays of arrays of arrays ask their elements.
        let len = self.element.len_bits()?;
        before_last.checked_mul(self.stride_of(len)?)?.checked_add(len)
    }

    fn stride_of(&self, element_bits: u64) -> Option<u64> {
        element_bits.checked_next_multiple_of(self.alignment)
    }

    /// The length below which it never is.
    fn least_bits(&self) -> u64 {
        let Count::Static(count) = self.count else { return 0 };
        let element = match &self.element {
            Element::Bits(bits) => u64::from(bits.len),
            Element::Text => 8,
            Element::Array(inner) => inner.least_bits(),
            Element::Compound(compound) => compound.least_bits(),
        };
        count.saturating_mul(element)
    }

    /// Whether nothing is ever in it.
    pub fn is_empty(&self) -> bool {
        let inner = match &self.element {
            Element::Array(inner) => inner.is_empty(),
            _ => false,
        };
        inner || self.count == Count::Static(0)
    }

    /// Whether it is copied as it stands in memory, if the byte order is the same: whole bytes
    /// without a gap.
    pub fn whole_bits(&self) -> Option<Bits> {
        match self.element {
            Element::Bits(bits) if bits.is_whole() && !bits.is_boolean => {
                (self.stride_bits() == Some(u64::from(bits.len))).then_some(bits)
            }
            _ => None,
        }
    }
}
