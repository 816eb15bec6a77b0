//! Names and types in C.

use marey_ctf::schema::{
    Array, EventClass, FieldClass, Member, Role, Scope, StreamClass, Structure,
};

use crate::definition::{Definition, Profile};
use crate::plan::{Item, Plan, Unsupported, plan};

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
pub fn parameters(profile: Profile, scopes: &[(Scope, &Structure)]) -> Vec<Parameter> {
    let members = scopes.iter().flat_map(|(scope, structure)| {
        structure.members.iter().map(move |member| (*scope, member))
    });
    members.filter_map(|(scope, member)| parameter(profile, scope, member)).collect()
}

fn parameter(profile: Profile, scope: Scope, member: &Member) -> Option<Parameter> {
    let c_type = match &member.class {
        FieldClass::Integer(class) if !class.roles.is_empty() => return None,
        FieldClass::Array(class) if class.roles.contains(&Role::MetadataStreamUuid) => return None,
        FieldClass::Float(class)
            if is_pattern(profile, class.len_bits, class.alignment_bits.into()) =>
        {
            "uint64_t".to_owned()
        }
        class => type_of(class)?,
    };
    let name = format!("{}{}", parameter_prefix(profile, scope), member.name);
    Some(Parameter { name, c_type })
}

/// Whether the parameter for a floating-point number is not the number, but its bits: to barectf 2,
/// unless it is a `float` or a `double` and aligned to its length.
fn is_pattern(profile: Profile, len_bits: u32, alignment_bits: u64) -> bool {
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
        if let Item::Bits { bits, .. } = item {
            bits.is_pattern = bits.is_float && is_pattern(profile, bits.len, bits.alignment);
            bits.is_float &= !bits.is_pattern;
        }
    }
    Ok(plan)
}

/// The C type of a value.
fn type_of(class: &FieldClass) -> Option<String> {
    Some(match class {
        FieldClass::Integer(class) => integer_type(class.len_bits, class.is_signed()).to_owned(),
        FieldClass::Float(class) => float_type(class.len_bits).to_owned(),
        FieldClass::Str(_) => "const char *".to_owned(),
        FieldClass::Array(class) => pointer_to(class)?,
        _ => return None,
    })
}

/// A pointer to the elements, which are constant all the way down.
fn pointer_to(class: &Array) -> Option<String> {
    Some(match class.element.as_ref() {
        FieldClass::Array(inner) => format!("{} const *", pointer_to(inner)?),
        FieldClass::Str(_) => "const char * const *".to_owned(),
        element => format!("const {} *", type_of(element)?),
    })
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

/// The structures in front of a packet's events.
pub fn packet_scopes<'d>(
    definition: &'d Definition,
    stream: &'d StreamClass,
) -> Vec<(Scope, &'d Structure)> {
    let header = definition.schema.trace.packet_header.as_ref();
    let header = header.map(|structure| (Scope::PacketHeader, structure));
    let context = stream.packet_context.as_ref();
    let context = context.map(|structure| (Scope::PacketContext, structure));
    header.into_iter().chain(context).collect()
}

/// The structures of an event.
pub fn event_scopes<'d>(
    stream: &'d StreamClass,
    event: &'d EventClass,
) -> Vec<(Scope, &'d Structure)> {
    let scopes = [
        (Scope::EventHeader, &stream.event_header),
        (Scope::EventCommonContext, &stream.event_common_context),
        (Scope::EventSpecificContext, &event.specific_context),
        (Scope::EventPayload, &event.payload),
    ];
    let there =
        scopes.into_iter().filter_map(|(scope, structure)| Some((scope, structure.as_ref()?)));
    there.collect()
}

/// The name of a stream or an event.
pub fn name(identity: &marey_ctf::schema::Identity) -> &str {
    identity.name.as_deref().unwrap_or_default()
}
