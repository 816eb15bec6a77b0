//! Structures to plans.

use marey_ctf::schema::{
    Array as ArrayClass, ByteOrder, FieldClass, Integer, Length, Meaning, Member, Role, Scope,
    Structure,
};

use super::{Array, Bits, Count, How, Item, Move, PACKET_BITS_MAX, Plan, Position, Source};

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
    let mut builder = Builder::new(start_bits, Scope::PacketHeader, Vec::new());
    for (scope, structure) in scopes {
        builder.scope = *scope;
        builder.align(u64::from(structure.alignment_bits()));
        let source = |name: &str| Source::Parameter(*scope, name.to_owned());
        builder.structure(&source, structure);
    }
    builder.done()
}

/// How the value of a member is found by its name.
pub(super) type OfMember<'f> = &'f dyn Fn(&str) -> Source;

/// Plans one run of fields after another.
pub(super) struct Builder {
    pub(super) plan: Plan,
    pub(super) at: Position,
    /// The outermost structure that what is planned is in.
    pub(super) scope: Scope,
    /// The names of the fields that what is planned is in.
    pub(super) path: Vec<String>,
    pub(super) unsupported: Vec<Unsupported>,
}

impl Builder {
    pub(super) fn new(start_bits: u64, scope: Scope, path: Vec<String>) -> Self {
        let plan = Plan { known_bits: vec![start_bits], ..Plan::default() };
        Builder { plan, at: Position::default(), scope, path, unsupported: Vec::new() }
    }

    pub(super) fn done(mut self) -> Result<Plan, Vec<Unsupported>> {
        self.plan.end = self.at;
        if self.unsupported.is_empty() { Ok(self.plan) } else { Err(self.unsupported) }
    }

    /// What the place is known to be a multiple of.
    pub(super) fn known(&self) -> u64 {
        let base = self.plan.known_bits.get(self.at.base).copied().unwrap_or(1);
        common_power(base, self.at.offset_bits)
    }

    /// What the place's base is known to be a multiple of.
    fn base_known(&self) -> u64 {
        self.plan.known_bits.get(self.at.base).copied().unwrap_or(1)
    }

    pub(super) fn align(&mut self, alignment: u64) {
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
    pub(super) fn rebase(&mut self, how: How, known_bits: u64) {
        self.plan.moves.push(Move { from: self.at, how });
        self.plan.known_bits.push(known_bits);
        self.at = Position { base: self.plan.moves.len(), offset_bits: 0 };
    }

    pub(super) fn structure(&mut self, source: OfMember<'_>, structure: &Structure) {
        for (index, member) in structure.members.iter().enumerate() {
            // What says whether the next field is there, or which it is, goes with it.
            let next = structure.members.get(index + 1);
            if next.is_some_and(|next| selector(&next.class) == Some(&member.name)) {
                continue;
            }
            let before = index.checked_sub(1).and_then(|index| structure.members.get(index));
            self.path.push(member.name.clone());
            self.member(source, member, structure, before);
            self.path.pop();
            if self.at.offset_bits > PACKET_BITS_MAX {
                self.refuse(&member.name, TOO_LONG);
                self.at.offset_bits = 0;
            }
        }
    }

    pub(super) fn member(
        &mut self,
        source_of: OfMember<'_>,
        member: &Member,
        of: &Structure,
        before: Option<&Member>,
    ) {
        let source = source_of(&member.name);
        match &member.class {
            FieldClass::Integer(class) => {
                let role = class.roles.first();
                let source = role.map_or(source, |role| Source::Role(*role));
                self.bits(bits_of(&member.class), source);
            }
            FieldClass::Float(_) => self.bits(bits_of(&member.class), source),
            FieldClass::Str(class) if class.len_bytes.is_none() => self.text(source),
            FieldClass::Array(class) if class.roles.contains(&Role::MetadataStreamUuid) => {
                self.align(u64::from(member.class.alignment_bits()).max(BYTE));
                self.plan.items.push(Item::Uuid { at: self.at });
                self.at.offset_bits += 16 * BYTE;
            }
            FieldClass::Array(class) => {
                let count = count(&class.length, source_of, of);
                self.array_or_refuse(member, class, count, source);
            }
            FieldClass::Blob(class) => {
                let count = count(&class.len_bytes, source_of, of);
                self.array_or_refuse(member, &bytes(&class.len_bytes), count, source);
            }
            FieldClass::Structure(class) => {
                self.align(u64::from(class.alignment_bits()));
                self.structure(&|name| source.member(name), class);
            }
            FieldClass::Optional(_) | FieldClass::Variant(_) => match before {
                Some(before) if selector(&member.class) == Some(&before.name) => {
                    self.choice(before, &member.class, source);
                }
                _ => self.refuse(&member.name, "fields that another one decides on"),
            },
            _ => self.refuse(&member.name, "fields of this class"),
        }
    }

    fn array_or_refuse(
        &mut self,
        member: &Member,
        class: &ArrayClass,
        count: Option<Count>,
        source: Source,
    ) {
        let Some(count) = count else {
            return self.refuse(&member.name, "arrays whose length is in another structure");
        };
        match self.array_of(class, count, source) {
            Ok(array) if array.least_bits() > PACKET_BITS_MAX => {
                self.refuse(&member.name, TOO_LONG);
            }
            Ok(array) => self.array(array),
            Err(found) => self.unsupported.extend(found),
        }
    }

    fn refuse(&mut self, field: &str, what: &'static str) {
        self.unsupported.push(Unsupported { field: field.to_owned(), what });
    }

    pub(super) fn bits(&mut self, bits: Option<Bits>, source: Source) {
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
                    _ if array.compound().is_some() => 1,
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

/// The bits of a number.
pub(super) fn bits_of(class: &FieldClass) -> Option<Bits> {
    match class {
        FieldClass::Integer(class) => Some(Bits {
            len: class.len_bits,
            alignment: u64::from(class.alignment_bits),
            order: class.byte_order,
            is_float: false,
            is_signed: class.is_signed(),
            is_boolean: class.meaning == Meaning::Boolean,
            is_pattern: false,
        }),
        FieldClass::Float(class) => Some(Bits {
            len: class.len_bits,
            alignment: u64::from(class.alignment_bits),
            order: class.byte_order,
            is_float: true,
            is_signed: false,
            is_boolean: false,
            is_pattern: false,
        }),
        _ => None,
    }
}

/// How many elements an array in this structure has.
fn count(length: &Length, source_of: OfMember<'_>, of: &Structure) -> Option<Count> {
    match length {
        Length::Static(count) => Some(Count::Static(*count)),
        Length::Dynamic(location) => match location.path.as_slice() {
            [Some(name)] if location.origin.is_none() && of.member(name).is_some() => {
                Some(Count::Dynamic(source_of(name)))
            }
            _ => None,
        },
    }
}

/// Bytes as an array.
pub(super) fn bytes(length: &Length) -> ArrayClass {
    let byte = Integer::unsigned(BYTE as u32, ByteOrder::Little);
    ArrayClass {
        length: length.clone(),
        element: Box::new(FieldClass::Integer(byte)),
        minimum_alignment_bits: 1,
        roles: Vec::new(),
    }
}

/// The member that says whether a field is there, or which it is.
pub fn selector(class: &FieldClass) -> Option<&String> {
    let location = match class {
        FieldClass::Optional(class) => &class.selector,
        FieldClass::Variant(class) => &class.selector,
        _ => return None,
    };
    match location.path.as_slice() {
        [Some(name)] if location.origin.is_none() => Some(name),
        _ => None,
    }
}
