//! Values as expressions of C.

use std::collections::HashMap;
use std::fmt::Write as _;

use marey_ctf::schema::{ByteOrder, Role};

use super::names::{member_name, parameter_prefix};
use crate::definition::Profile;
use crate::plan::{Bits, Part, Source, Store};

/// 0xc1fc1fc1 (CTF 1.8).
const MAGIC: &str = "0xc1fc1fc1UL";

/// What a function knows.
pub struct Values {
    /// Whose names parameters have.
    pub profile: Profile,
    /// The number of the stream's class.
    pub stream_id: u64,
    /// The number of the event's class; none in the functions for packets.
    pub event_id: Option<u64>,
    /// What stands in front of the members of what a function of a compound gets.
    pub given: &'static str,
    /// The values that are no parameters by themselves, and that there are variables for.
    pub locals: HashMap<Source, usize>,
}

/// An expression, and how many bits its type has.
struct Expression {
    text: String,
    type_bits: u32,
    is_signed: bool,
}

impl Values {
    /// A parameter, or an expression for what the tracer knows.
    pub fn text(&self, source: &Source) -> String {
        match source {
            Source::Parameter(scope, name) => {
                format!("{}{name}", parameter_prefix(self.profile, *scope))
            }
            Source::Element => "element".to_owned(),
            Source::Role(role) => self.role(*role),
            Source::Given => "of".to_owned(),
            Source::Behind => "(*of)".to_owned(),
            Source::Constant(number) => format!("{number}U"),
            Source::Member(of, name) => self.member(of, &member_name(name)),
        }
    }

    fn member(&self, of: &Source, name: &str) -> String {
        match of {
            Source::Given => format!("{}{name}", self.given),
            Source::Member(..) => format!("{}.{name}", self.text(of)),
            _ => format!("{}->{name}", self.text(of)),
        }
    }

    /// What stands in names of variables for a value.
    pub fn local(&self, source: &Source) -> String {
        match self.locals.get(source) {
            Some(number) => number.to_string(),
            None => self.text(source),
        }
    }

    fn role(&self, role: Role) -> String {
        match role {
            Role::PacketMagicNumber => MAGIC.to_owned(),
            Role::DataStreamClassId => format!("{}U", self.stream_id),
            Role::EventClassId => format!("{}U", self.event_id.unwrap_or_default()),
            Role::PacketTotalLength => "ctx->packet_size".to_owned(),
            Role::PacketSequenceNumber => "ctx->sequence_number".to_owned(),
            Role::Timestamp => "ts".to_owned(),
            // They are written when the packet is closed.
            _ => "0U".to_owned(),
        }
    }

    /// The bits of a value, as an unsigned number that has at least as many.
    fn bits(&self, source: &Source, bits: Bits) -> Expression {
        let type_bits = bits.len.next_power_of_two().max(8);
        match source {
            Source::Role(_) | Source::Constant(_) => {
                let wide = if bits.len > 32 { 64 } else { 32 };
                Expression { text: self.text(source), type_bits: wide, is_signed: false }
            }
            _ if bits.is_pattern => {
                Expression { text: self.text(source), type_bits: 64, is_signed: false }
            }
            _ if bits.is_float => {
                let text = format!("bits_{}", self.local(source));
                Expression { text, type_bits, is_signed: false }
            }
            _ if bits.is_boolean => {
                let text = format!("({} != 0)", self.text(source));
                Expression { text, type_bits: bits.len, is_signed: true }
            }
            _ => Expression { text: self.text(source), type_bits, is_signed: bits.is_signed },
        }
    }

    /// The bits of a value as an unsigned number of 64 bits; higher ones may be set, too.
    pub fn wide(&self, source: &Source, bits: Bits) -> String {
        format!("(uint64_t) {}", self.bits(source, bits).text)
    }

    /// What a word consists of, as an expression of the type `uintN_t`, N being its length.
    pub fn word(&self, store: &Store<'_>, first_byte: &str) -> String {
        let word_bits = 8 * store.len_bytes as u32;
        if let (true, [part]) = (store.is_whole(), store.parts.as_slice()) {
            let value = self.bits(part.source, part.bits);
            if value.type_bits == word_bits && !value.is_signed {
                return cast_of_role(part.source, word_bits, value.text);
            }
            return format!("(uint{word_bits}_t) {}", value.text);
        }
        let mut text: Vec<_> = store.parts.iter().map(|part| self.part(part, word_bits)).collect();
        if store.joins {
            let wide = if word_bits == 64 { "uint64_t" } else { "uint32_t" };
            let shift = match store.order {
                ByteOrder::Big if word_bits > 8 => format!(" << {}", word_bits - 8),
                _ => String::new(),
            };
            text.insert(0, format!("((({wide}) {first_byte}){shift})"));
        }
        format!("(uint{word_bits}_t) ({})", text.join(" |\n\t\t\t"))
    }

    fn part(&self, part: &Part<'_>, word_bits: u32) -> String {
        let value = self.bits(part.source, part.bits);
        let len = part.bits.len;
        let type_bits = if word_bits == 64 || len > 32 { 64 } else { 32 };
        let mut text = format!("(uint{type_bits}_t) {}", value.text);
        let has_more = value.is_signed || value.type_bits > len;
        let shows_more = i64::from(len) + part.shift < i64::from(word_bits);
        if has_more && shows_more && len < type_bits {
            let _ = write!(text, " & {}", mask(len, type_bits));
        }
        match part.shift {
            0 => {}
            left @ 1.. => text = format!("({text}) << {left}"),
            right => text = format!("({text}) >> {}", -right),
        }
        match type_bits == 64 && word_bits < 64 {
            true => format!("((uint32_t) ({text}))"),
            false => format!("({text})"),
        }
    }
}

/// A constant or a field of the context as a number of this length.
fn cast_of_role(source: &Source, word_bits: u32, text: String) -> String {
    match source {
        Source::Role(_) | Source::Constant(_) => format!("(uint{word_bits}_t) {text}"),
        _ => text,
    }
}

/// So many bits that are 1.
fn mask(len: u32, type_bits: u32) -> String {
    match type_bits {
        64 => format!("(~(uint64_t) 0 >> {})", 64 - len),
        _ => format!("0x{:x}U", (1_u64 << len) - 1),
    }
}
