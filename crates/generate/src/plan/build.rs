//! Structures to plans.

use marey_ctf::schema::{Array as ArrayClass, FieldClass, Length, Member, Role, Scope, Structure};

use super::{
    Array, Bits, Count, Element, How, Item, Move, PACKET_BITS_MAX, Plan, Position, Source,
};

/// A byte.
const BYTE: u64 = 8;

const TOO_LONG: &str = "more than the longest packet holds (256 MiB)";

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// The field.
    pub field: String,
    /// What of it.
    pub what: &'static str,
}

/// Plans what is written for these structures, one after another.
///
/// `start_bits` is what the start is known to be a multiple of, counted from the packet's start:
/// 1 for an event, `u64::MAX` for a place that is the packet's start itself.
///
/// # Errors
///
/// The fields that a tracer cannot write.
pub fn plan(scopes: &[(Scope, &Structure)], start_bits: u64) -> Result<Plan, Vec<Unsupported>> {
    let mut builder = Builder::new(start_bits);
    for (scope, structure) in scopes {
        builder.align(u64::from(structure.alignment_bits()));
        builder.structure(*scope, structure);
    }
    builder.plan.end = builder.at;
    if builder.unsupported.is_empty() { Ok(builder.plan) } else { Err(builder.unsupported) }
}

struct Builder {
    plan: Plan,
    at: Position,
    unsupported: Vec<Unsupported>,
}

impl Builder {
    fn new(start_bits: u64) -> Self {
        let plan = Plan { known_bits: vec![start_bits], ..Plan::default() };
        Builder { plan, at: Position::default(), unsupported: Vec::new() }
    }

    /// What the place is known to be a multiple of.
    fn known(&self) -> u64 {
        let base = self.plan.known_bits.get(self.at.base).copied().unwrap_or(1);
        common_power(base, self.at.offset_bits)
    }

    /// What the place's base is known to be a multiple of.
    fn base_known(&self) -> u64 {
        self.plan.known_bits.get(self.at.base).copied().unwrap_or(1)
    }

    fn align(&mut self, alignment: u64) {
        let from = self.at;
        if self.base_known() >= alignment {
            self.at.offset_bits = from.offset_bits.next_multiple_of(alignment);
        } else {
            self.rebase(How::Align(alignment), alignment);
        }
        // Less than a byte is filled by who writes the byte.
        if alignment > BYTE && self.at != from {
            self.plan.items.push(Item::Gap { from, to: self.at });
        }
    }

    /// Makes the place that is found so the base.
    fn rebase(&mut self, how: How, known_bits: u64) {
        self.plan.moves.push(Move { from: self.at, how });
        self.plan.known_bits.push(known_bits);
        self.at = Position { base: self.plan.moves.len(), offset_bits: 0 };
    }

    fn structure(&mut self, scope: Scope, structure: &Structure) {
        for member in &structure.members {
            self.member(scope, member, structure);
            if self.at.offset_bits > PACKET_BITS_MAX {
                self.refuse(&member.name, TOO_LONG);
                self.at.offset_bits = 0;
            }
        }
    }

    fn member(&mut self, scope: Scope, member: &Member, of: &Structure) {
        let parameter = || Source::Parameter(scope, member.name.clone());
        match &member.class {
            FieldClass::Integer(class) => {
                let role = class.roles.first();
                let source = role.map_or_else(parameter, |role| Source::Role(*role));
                self.bits(bits_of(&member.class), source);
            }
            FieldClass::Float(_) => self.bits(bits_of(&member.class), parameter()),
            FieldClass::Str(class) if class.len_bytes.is_none() => self.text(parameter()),
            FieldClass::Array(class) if class.roles.contains(&Role::MetadataStreamUuid) => {
                self.align(u64::from(member.class.alignment_bits()).max(BYTE));
                self.plan.items.push(Item::Uuid { at: self.at });
                self.at.offset_bits += 16 * BYTE;
            }
            FieldClass::Array(class) => match array(scope, class, parameter(), of) {
                Ok(array) if array.least_bits() > PACKET_BITS_MAX => {
                    self.refuse(&member.name, TOO_LONG);
                }
                Ok(array) => self.array(array),
                Err(what) => self.refuse(&member.name, what),
            },
            _ => self.refuse(&member.name, "fields of this class"),
        }
    }

    fn refuse(&mut self, field: &str, what: &'static str) {
        self.unsupported.push(Unsupported { field: field.to_owned(), what });
    }

    fn bits(&mut self, bits: Option<Bits>, source: Source) {
        let Some(bits) = bits else { return };
        self.align(bits.alignment);
        self.plan.items.push(Item::Bits { at: self.at, bits, source });
        self.at.offset_bits += u64::from(bits.len);
    }

    fn text(&mut self, source: Source) {
        self.align(BYTE);
        self.plan.items.push(Item::Text { at: self.at, source: source.clone() });
        self.rebase(How::Text(source), BYTE);
    }

    fn array(&mut self, array: Array) {
        self.align(array.alignment);
        self.plan.items.push(Item::Array { at: self.at, array: array.clone() });
        match array.len_bits() {
            Some(len) => self.at.offset_bits += len,
            None => {
                let step = match (array.stride_bits(), array.element.len_bits()) {
                    (Some(stride), Some(len)) => common_power(common_power(u64::MAX, stride), len),
                    _ => BYTE,
                };
                let known = self.known().min(step);
                self.rebase(How::Array(array), known);
            }
        }
    }
}

/// The largest power of two that divides both.
fn common_power(power: u64, number: u64) -> u64 {
    if number == 0 { power } else { power.min(1 << number.trailing_zeros()) }
}

fn bits_of(class: &FieldClass) -> Option<Bits> {
    match class {
        FieldClass::Integer(class) => Some(Bits {
            len: class.len_bits,
            alignment: u64::from(class.alignment_bits),
            order: class.byte_order,
            is_float: false,
            is_signed: class.is_signed(),
            is_pattern: false,
        }),
        FieldClass::Float(class) => Some(Bits {
            len: class.len_bits,
            alignment: u64::from(class.alignment_bits),
            order: class.byte_order,
            is_float: true,
            is_signed: false,
            is_pattern: false,
        }),
        _ => None,
    }
}

fn array(
    scope: Scope,
    class: &ArrayClass,
    source: Source,
    of: &Structure,
) -> Result<Array, &'static str> {
    let count = match &class.length {
        Length::Static(count) => Count::Static(*count),
        Length::Dynamic(location) => match location.path.as_slice() {
            [Some(name)] if location.origin.is_none() && of.member(name).is_some() => {
                Count::Dynamic(Source::Parameter(scope, name.clone()))
            }
            _ => return Err("arrays whose length is in another structure"),
        },
    };
    let element = match class.element.as_ref() {
        FieldClass::Str(class) if class.len_bytes.is_none() => Element::Text,
        FieldClass::Array(inner) => {
            Element::Array(Box::new(array(scope, inner, Source::Element, of)?))
        }
        class => Element::Bits(bits_of(class).ok_or("arrays of this class")?),
    };
    let alignment = class.element.alignment_bits().max(class.minimum_alignment_bits);
    Ok(Array { count, element, source, alignment: u64::from(alignment) })
}
