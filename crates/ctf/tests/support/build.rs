//! Short ways to write classes down.

use marey_ctf::schema::{
    Array, Blob, ByteOrder, FieldClass, FieldLocation, Float, Identity, Integer, Length, Mapping,
    Meaning, Member, Range, Role, Str, Structure, Variant, VariantOption,
};

pub fn identity(name: &str) -> Identity {
    Identity { name: Some(name.to_owned()), ..Identity::default() }
}

pub fn structure(members: impl IntoIterator<Item = (&'static str, FieldClass)>) -> Structure {
    let member = |(name, class): (&str, FieldClass)| Member { name: name.to_owned(), class };
    Structure { members: members.into_iter().map(member).collect(), minimum_alignment_bits: 1 }
}

pub fn aligned(bits: u32, structure: Structure) -> Structure {
    Structure { minimum_alignment_bits: bits, ..structure }
}

pub fn unsigned(len_bits: u32) -> Integer {
    Integer::unsigned(len_bits, ByteOrder::Little)
}

pub fn number(len_bits: u32) -> FieldClass {
    FieldClass::Integer(unsigned(len_bits))
}

pub fn big_signed(len_bits: u32) -> FieldClass {
    let class = Integer::unsigned(len_bits, ByteOrder::Big);
    FieldClass::Integer(Integer { meaning: Meaning::Signed, ..class })
}

pub fn role(len_bits: u32, role: Role) -> FieldClass {
    FieldClass::Integer(Integer { roles: vec![role], ..unsigned(len_bits) })
}

/// A value of the first clock.
pub fn time(len_bits: u32, role: Role) -> FieldClass {
    let class = Integer { roles: vec![role], clock: Some(0), ..unsigned(len_bits) };
    FieldClass::Integer(class)
}

pub fn mapping(label: &str, ranges: impl IntoIterator<Item = (i128, i128)>) -> Mapping {
    let ranges = ranges.into_iter().map(|(from, to)| Range { from, to }).collect();
    Mapping { label: label.to_owned(), ranges }
}

pub fn enumeration(len_bits: u32, mappings: Vec<Mapping>) -> FieldClass {
    FieldClass::Integer(Integer { mappings, ..unsigned(len_bits) })
}

pub fn float(len_bits: u32) -> FieldClass {
    let byte_order = ByteOrder::Little;
    FieldClass::Float(Float { len_bits, byte_order, alignment_bits: 8 })
}

pub fn text() -> FieldClass {
    FieldClass::Str(Str::default())
}

pub fn text_of(len_bytes: Length) -> FieldClass {
    FieldClass::Str(Str { len_bytes: Some(len_bytes), ..Str::default() })
}

pub fn blob(len_bytes: Length, roles: Vec<Role>) -> FieldClass {
    FieldClass::Blob(Blob { len_bytes, media_type: None, roles })
}

pub fn array(length: Length, element: FieldClass) -> FieldClass {
    let element = Box::new(element);
    FieldClass::Array(Array { length, element, minimum_alignment_bits: 1, roles: Vec::new() })
}

/// A length in the field of this name beside it.
pub fn beside(name: &str) -> Length {
    Length::Dynamic(FieldLocation::sibling(name))
}

pub fn variant(
    selector: FieldLocation,
    options: impl IntoIterator<Item = (&'static str, (i128, i128), FieldClass)>,
) -> FieldClass {
    let option = |(name, (from, to), class): (&str, (i128, i128), FieldClass)| VariantOption {
        name: Some(name.to_owned()),
        ranges: vec![Range { from, to }],
        class,
    };
    FieldClass::Variant(Variant { selector, options: options.into_iter().map(option).collect() })
}
