//! Names and types in C.

use marey_ctf::schema::{FieldClass, Member, Role, Scope, StreamClass, Structure};

use super::types::{is_selector, optional_type, type_of};
use crate::definition::{Definition, Profile};
use crate::plan::{Compound, Item, Kind, Plan, Source, Unsupported, plan};
use crate::scopes::name;

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type: what stands in front of the name.
    pub c_type: String,
}

impl Parameter {
    /// As it is declared.
    pub fn declared(&self) -> String {
        let space = if self.c_type.ends_with('*') { "" } else { " " };
        format!("{}{space}{}", self.c_type, self.name)
    }
}

/// What parameters of a scope begin with.
pub fn parameter_prefix(profile: Profile, scope: Scope) -> &'static str {
    match (profile, scope) {
        (Profile::Barectf2, Scope::PacketHeader) => "tph_",
        (Profile::Barectf2, Scope::PacketContext) => "spc_",
        (Profile::Barectf2, Scope::EventHeader) => "seh_",
        (Profile::Barectf2, Scope::EventCommonContext) => "sec_",
        (Profile::Barectf2, Scope::EventSpecificContext) => "ec_",
        (Profile::Barectf2, Scope::EventPayload) => "ep_",
        (Profile::Barectf3, Scope::PacketHeader) => "ph_",
        (Profile::Barectf3, Scope::PacketContext) => "pc_",
        (Profile::Barectf3, Scope::EventHeader) => "h_",
        (Profile::Barectf3, Scope::EventCommonContext) => "cc_",
        (Profile::Barectf3, Scope::EventSpecificContext) => "sc_",
        (Profile::Barectf3, Scope::EventPayload) => "p_",
    }
}

/// The parameters for the fields that the tracer does not know itself.
pub fn parameters(
    profile: Profile,
    scopes: &[(Scope, &Structure)],
    types: &TypeNames<'_>,
) -> Vec<Parameter> {
    let members = scopes.iter().flat_map(|(scope, structure)| {
        let own = structure.members.iter().filter(|member| !is_selector(structure, member));
        own.map(move |member| (*scope, member))
    });
    members.filter_map(|(scope, member)| parameter(profile, scope, member, types)).collect()
}

fn parameter(
    profile: Profile,
    scope: Scope,
    member: &Member,
    types: &TypeNames<'_>,
) -> Option<Parameter> {
    let c_type = match &member.class {
        FieldClass::Integer(class) if !class.roles.is_empty() => return None,
        FieldClass::Array(class) if class.roles.contains(&Role::MetadataStreamUuid) => return None,
        FieldClass::Float(class)
            if is_pattern(profile, class.len_bits, class.alignment_bits.into()) =>
        {
            "uint64_t".to_owned()
        }
        class => type_of(class, &types.name(scope, std::slice::from_ref(&member.name))),
    };
    let name = format!("{}{}", parameter_prefix(profile, scope), member.name);
    Some(Parameter { name, c_type })
}

/// How types of the fields of a function are called.
#[derive(Clone, Copy)]
pub struct TypeNames<'d> {
    pub prefix: &'d str,
    pub stream: &'d str,
    /// Nothing for packets.
    pub event: &'d str,
}

impl<'d> TypeNames<'d> {
    /// Those of a function of a stream.
    pub fn of(definition: &'d Definition, stream: &'d StreamClass, function: &'d str) -> Self {
        TypeNames {
            prefix: &definition.code.identifier_prefix,
            stream: name(&stream.identity),
            event: function.strip_prefix("trace_").unwrap_or_default(),
        }
    }

    /// The name of the type of a field, to which the names of these fields lead.
    pub fn name(&self, scope: Scope, path: &[String]) -> String {
        let TypeNames { prefix, stream, event } = self;
        let of = match scope {
            Scope::PacketHeader => "packet_header".to_owned(),
            Scope::PacketContext => "packet".to_owned(),
            Scope::EventHeader => "header".to_owned(),
            Scope::EventCommonContext => "context".to_owned(),
            Scope::EventSpecificContext => format!("{event}_context"),
            Scope::EventPayload => (*event).to_owned(),
        };
        format!("{prefix}{stream}_{of}_{}", path.join("_"))
    }

    /// The type of what the functions of a compound get.
    pub fn of_compound(&self, compound: &Compound) -> String {
        let own = self.name(compound.scope, &compound.path);
        match &compound.kind {
            Kind::Optional { class, .. } => optional_type(class, &own),
            Kind::Structure(_) | Kind::Variant(_) => format!("const struct {own} *"),
        }
    }
}

/// The words of C and C++ that are no names of members.
const KEYWORDS: [&str; 75] = [
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "break",
    "case",
    "catch",
    "class",
    "compl",
    "concept",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "continue",
    "co_await",
    "co_return",
    "co_yield",
    "decltype",
    "default",
    "delete",
    "do",
    "dynamic_cast",
    "else",
    "explicit",
    "export",
    "extern",
    "false",
    "for",
    "friend",
    "goto",
    "if",
    "inline",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "restrict",
    "return",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "true",
    "try",
    "typeid",
    "typename",
    "union",
    "using",
    "virtual",
    "wchar_t",
    "while",
    "xor",
];

/// The name of a member of a structure in C. The length of an array `a` is called `a_len`.
pub fn member_name(name: &str) -> String {
    let plain = name.strip_prefix("__").filter(|plain| plain.ends_with("_len"));
    let plain = plain.filter(|plain| !plain.starts_with(|c: char| c.is_ascii_digit()));
    let plain = plain.unwrap_or(name);
    if KEYWORDS.contains(&plain) { format!("{plain}_") } else { plain.to_owned() }
}

/// Whether the parameter for a floating-point number is not the number, but its bits: to barectf 2,
/// unless it is a `float` or a `double` and aligned to its length.
pub fn is_pattern(profile: Profile, len_bits: u32, alignment_bits: u64) -> bool {
    let is_plain = matches!(len_bits, 32 | 64) && u64::from(len_bits) == alignment_bits;
    profile == Profile::Barectf2 && !is_plain
}

/// What is written for these structures, with values of the types of the parameters.
///
/// # Errors
///
/// The fields that a tracer cannot write.
pub fn plan_of(
    profile: Profile,
    scopes: &[(Scope, &Structure)],
    start_bits: u64,
) -> Result<Plan, Vec<Unsupported>> {
    let mut plan = plan(scopes, start_bits)?;
    for item in &mut plan.items {
        if let Item::Bits { bits, source: Source::Parameter(..), .. } = item {
            bits.is_pattern = bits.is_float && is_pattern(profile, bits.len, bits.alignment);
            bits.is_float &= !bits.is_pattern;
        }
    }
    Ok(plan)
}

/// The C type of integers of this length.
pub fn integer_type(len_bits: u32, is_signed: bool) -> &'static str {
    match (len_bits, is_signed) {
        (..=8, false) => "uint8_t",
        (..=16, false) => "uint16_t",
        (..=32, false) => "uint32_t",
        (_, false) => "uint64_t",
        (..=8, true) => "int8_t",
        (..=16, true) => "int16_t",
        (..=32, true) => "int32_t",
        (_, true) => "int64_t",
    }
}

/// The C type of floating-point numbers of this length.
pub fn float_type(len_bits: u32) -> &'static str {
    if len_bits == 32 { "float" } else { "double" }
}
