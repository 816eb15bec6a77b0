//! Where fields stand.

use super::{FieldClass, Structure};

/// What starts at a whole byte.
const BYTE_BITS: u32 = 8;

impl FieldClass {
    /// Where a field of this class starts: at a multiple of this, counted from the packet's start.
    /// A variant and an optional field do not align what holds them (CTF 1.8).
    pub fn alignment_bits(&self) -> u32 {
        match self {
            FieldClass::Integer(class) => class.alignment_bits,
            FieldClass::Float(class) => class.alignment_bits,
            FieldClass::VarInteger(_) | FieldClass::Str(_) | FieldClass::Blob(_) => BYTE_BITS,
            FieldClass::Structure(class) => class.alignment_bits(),
            FieldClass::Array(class) => {
                class.minimum_alignment_bits.max(class.element.alignment_bits())
            }
            FieldClass::Optional(_) | FieldClass::Variant(_) => 1,
        }
    }
}

impl Structure {
    /// Where it starts: the most that itself or a member asks for.
    pub fn alignment_bits(&self) -> u32 {
        let members = self.members.iter().map(|member| member.class.alignment_bits());
        members.max().unwrap_or(1).max(self.minimum_alignment_bits)
    }
}
