//! Values as expressions of Rust.

use std::collections::{BTreeMap, HashMap};

use marey_ctf::schema::{ByteOrder, Role, Scope};

use super::names::field;
use crate::plan::{Array, Bits, Compound, Count, Kind, Part, Source, Store};

/// 0xc1fc1fc1 (CTF 1.8 §5.1).
const MAGIC: u64 = 0xc1fc_1fc1;

/// What functions of compounds get.
const VALUE: &str = "value";

/// A value: what it is, and what its type is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The same each time.
    Constant(u64),
    /// A number: an expression that is a name, a field or a call, its bits and its sign.
    Number { text: String, type_bits: u32, is_signed: bool },
    /// The number of elements of a slice.
    Count(String),
    /// A floating-point number.
    Float { text: String, type_bits: u32 },
    /// True or false.
    Boolean(String),
}

/// What a function knows.
#[derive(Default)]
pub struct Values {
    /// The number of the stream's class.
    pub stream_id: u64,
    /// The number of the event's class; none in what opens packets.
    pub event_id: Option<u64>,
    /// The parameters, and the slices that lengths are of.
    pub parameters: BTreeMap<(Scope, String), String>,
    /// The lengths among them.
    pub lengths: BTreeMap<(Scope, String), Vec<String>>,
    /// The enumerations among them.
    pub enumerations: BTreeMap<String, String>,
    /// The variables of texts that are no parameters by themselves.
    pub texts: HashMap<Source, String>,
    /// These texts, in order.
    pub text_sources: Vec<Source>,
    /// The lengths in structures, and the slices that they are of.
    pub inner_lengths: HashMap<Source, Source>,
    /// A function gets what an option of a variant holds.
    pub is_option: bool,
}

impl Values {
    /// The variable of a parameter, or an expression for what is in one.
    pub fn variable(&self, source: &Source) -> String {
        match self.texts.get(source) {
            Some(local) => local.clone(),
            None => self.expression(source),
        }
    }

    /// The declarations of variables for texts that are no parameters by themselves.
    pub fn text_lines(&self) -> impl Iterator<Item = String> {
        let line = |source| {
            let (local, text) = (self.variable(source), self.expression(source));
            format!("let {local} = write::text({text});")
        };
        self.text_sources.iter().map(line)
    }

    fn expression(&self, source: &Source) -> String {
        match source {
            Source::Parameter(scope, name) => {
                self.parameters.get(&(*scope, name.clone())).cloned().unwrap_or_default()
            }
            Source::Member(of, _) if **of == Source::Given && self.is_option => VALUE.to_owned(),
            Source::Member(of, name) => format!("{}.{}", self.expression(of), field(name)),
            Source::Given | Source::Behind => VALUE.to_owned(),
            Source::Role(_) | Source::Element | Source::Constant(_) => String::new(),
        }
    }

    /// An array as something to go through.
    pub fn list(&self, array: &Array) -> String {
        let text = self.variable(&array.source);
        let is_inline = match &array.source {
            Source::Member(of, _) => !(self.is_option && **of == Source::Given),
            _ => false,
        };
        match array.count {
            Count::Static(_) if is_inline => format!("&{text}"),
            _ => text,
        }
    }

    /// What the function of a compound gets: a reference.
    pub fn given(&self, source: &Source, compound: &Compound) -> String {
        let text = self.variable(source);
        match (source, &compound.kind) {
            (Source::Parameter(..), Kind::Structure(_) | Kind::Variant(_)) => text,
            _ => format!("&{text}"),
        }
    }

    /// Whether the type of a value is that of an enumeration.
    pub fn is_named(&self, source: &Source) -> bool {
        self.enumerations.contains_key(&self.variable(source))
    }

    /// The value of a field.
    pub fn value(&self, source: &Source, bits: Bits) -> Value {
        match source {
            Source::Role(role) => self.role(*role),
            Source::Constant(value) => Value::Constant(*value),
            Source::Element => Value::Constant(0),
            Source::Parameter(scope, name) => {
                if let Some(slices) = self.lengths.get(&(*scope, name.clone())) {
                    return Value::Count(slices.first().cloned().unwrap_or_default());
                }
                number(self.variable(source), bits, self.is_named(source))
            }
            Source::Member(..) | Source::Given | Source::Behind => {
                match self.inner_lengths.get(source) {
                    Some(slice) => Value::Count(self.variable(slice)),
                    None => number(self.variable(source), bits, self.is_named(source)),
                }
            }
        }
    }

    fn role(&self, role: Role) -> Value {
        let of_packet = |field: &str, type_bits| {
            let text = format!("opening.{field}");
            Value::Number { text, type_bits, is_signed: false }
        };
        match role {
            Role::PacketMagicNumber => Value::Constant(MAGIC),
            Role::DataStreamClassId => Value::Constant(self.stream_id),
            Role::EventClassId => Value::Constant(self.event_id.unwrap_or_default()),
            Role::PacketTotalLength => of_packet("packet_bits", 32),
            Role::PacketSequenceNumber => of_packet("sequence_number", 32),
            Role::Timestamp if self.event_id.is_none() => of_packet("now", 64),
            Role::Timestamp => {
                Value::Number { text: "now".to_owned(), type_bits: 64, is_signed: false }
            }
            // They are written when the packet is closed.
            _ => Value::Constant(0),
        }
    }

    /// The operands of `|` that a word consists of which is not one field. Their type has
    /// [`wide_bits`] bits, and so has that of a constant, which then is alone.
    pub fn terms(&self, store: &Store<'_>, first_byte: &str) -> Vec<String> {
        let word_bits = 8 * store.len_bytes as u32;
        let wide_bits = wide_bits(store);
        let (mut constant, mut terms) = (0, Vec::new());
        if store.joins {
            let byte = format!("u{wide_bits}::from({first_byte})");
            terms.push(match store.order {
                ByteOrder::Big if word_bits > 8 => format!("({byte} << {})", word_bits - 8),
                _ => byte,
            });
        }
        for part in &store.parts {
            match self.value(part.source, part.bits) {
                Value::Constant(value) => constant |= constant_part(value, part),
                value => terms.push(value.part(part, word_bits)),
            }
        }
        constant &= low_mask(word_bits);
        if constant != 0 || terms.is_empty() {
            terms.push(format!("{constant:#x}_u{wide_bits}"));
        }
        if let [term] = terms.as_mut_slice() {
            *term = alone(term).to_owned();
        }
        terms
    }
}

/// An expression without parentheses around all of it.
fn alone(text: &str) -> &str {
    let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) else {
        return text;
    };
    let mut depth = 0_i32;
    let closes_early = inner.chars().any(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth < 0
    });
    if closes_early { text } else { inner }
}

/// How many bits the type has in which a word is put together.
pub fn wide_bits(store: &Store<'_>) -> u32 {
    if store.len_bytes == 8 { 64 } else { 32 }
}

fn low_mask(bits: u32) -> u64 {
    u64::MAX >> (64 - bits.clamp(1, 64))
}

fn constant_part(value: u64, part: &Part<'_>) -> u64 {
    let value = value & low_mask(part.bits.len);
    match part.shift {
        left @ 0.. => value << left,
        right => value >> -right,
    }
}

/// The value of a variable or an element.
pub fn number(text: String, bits: Bits, is_named: bool) -> Value {
    let type_bits = bits.len.next_power_of_two().max(8);
    if bits.is_float {
        return Value::Float { text, type_bits };
    }
    if bits.is_boolean {
        return Value::Boolean(text);
    }
    let text = if is_named { format!("{text}.0") } else { text };
    Value::Number { text, type_bits, is_signed: bits.is_signed }
}

impl Value {
    /// As an unsigned number of so many bits, of which the low `len` ones count, and whether it is
    /// more than a name or a call.
    pub fn cast(&self, len: u32, to_bits: u32) -> (String, bool) {
        match self {
            Value::Constant(value) => (format!("{:#x}_u{to_bits}", value & low_mask(len)), false),
            Value::Number { text, type_bits, is_signed: false } if *type_bits == to_bits => {
                (text.clone(), false)
            }
            Value::Float { text, type_bits } if *type_bits == to_bits => {
                (format!("{text}.to_bits()"), false)
            }
            Value::Number { text, .. } => (format!("{text} as u{to_bits}"), true),
            Value::Float { text, .. } => (format!("{text}.to_bits() as u{to_bits}"), true),
            Value::Count(slice) => (format!("{slice}.len() as u{to_bits}"), true),
            Value::Boolean(text) => (format!("u{to_bits}::from({text})"), false),
        }
    }

    /// How many bits its type has, and whether those above the field's may be set.
    fn has_more(&self, len: u32) -> bool {
        match self {
            Value::Constant(_) | Value::Boolean(_) => false,
            Value::Number { type_bits, is_signed, .. } => *is_signed || *type_bits > len,
            Value::Float { type_bits, .. } => *type_bits > len,
            Value::Count(_) => true,
        }
    }

    /// The part of a word, as an operand of `|`.
    fn part(&self, part: &Part<'_>, word_bits: u32) -> String {
        let len = part.bits.len;
        let wide_bits = if word_bits == 64 || len > 32 { 64 } else { 32 };
        let (mut text, mut is_long) = self.cast(len, wide_bits);
        let shows_more = i64::from(len) + part.shift < i64::from(word_bits);
        let mut operate = |operation: String| {
            text = if is_long {
                format!("({text}) {operation}")
            } else {
                format!("{text} {operation}")
            };
            is_long = true;
        };
        if self.has_more(len) && shows_more && len < wide_bits {
            operate(format!("& {:#x}", low_mask(len)));
        }
        match part.shift {
            0 => {}
            left @ 1.. => operate(format!("<< {left}")),
            right => operate(format!(">> {}", -right)),
        }
        if wide_bits > word_bits.max(32) {
            operate("as u32".to_owned());
        }
        if is_long { format!("({text})") } else { text }
    }

    /// The bytes of it as a whole word.
    pub fn bytes(&self, len: u32, order: ByteOrder) -> String {
        let order = order_suffix(order);
        match self {
            Value::Float { text, .. } => format!("{text}.to_{order}_bytes()"),
            Value::Number { text, type_bits, .. } if *type_bits == len => {
                format!("{text}.to_{order}_bytes()")
            }
            value => {
                let (text, is_long) = value.cast(len, len);
                let text = if is_long { format!("({text})") } else { text };
                format!("{text}.to_{order}_bytes()")
            }
        }
    }
}

/// The word for a byte order in names of functions.
pub fn order_suffix(order: ByteOrder) -> &'static str {
    match order {
        ByteOrder::Little => "le",
        ByteOrder::Big => "be",
    }
}
