//! What the trace of a program says about itself.

use std::path::Path;

use marey_ctf::packed::{number, packet_header, stream_class, structure};
use marey_ctf::schema::{
    EventClass, FieldClass, FieldLocation, Float, Identity, Integer, Length, Member, Schema, Str,
    Structure, TraceClass, Uuid, Value,
};
use marey_layer::drain::{Class, Field};
use marey_layer::layout::DirectoryName;
use marey_layer::layout::class::Level;
use marey_layer::layout::value::Type;

use crate::ctf::{self, MARK, NATIVE, Names, Version, array, clock, hexadecimal, integer};
use crate::error::Error;
use crate::sys::ClockPair;

/// What the metadata calls the program: one process may be several, one after another or at once.
pub const PROGRAM: &str = "marey_program";

/// The class of marks of handlers: those of a program's own are numbered from 1 on.
pub const MARK_ID: u16 = 0;

/// What is known of a program's trace besides its classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The trace's.
    pub uuid: Uuid,
    /// The clocks at its start.
    pub clocks: ClockPair,
    /// The program.
    pub name: DirectoryName,
    /// Its command.
    pub command: String,
    /// In which version of CTF it is described.
    pub version: Version,
    /// Handlers may make marks in it.
    pub has_marks: bool,
    /// Each event says which of these rules would discard it. They are asked at the drain only, so
    /// there is one context, and not that of the kernel.
    pub shadowed: Option<Vec<String>>,
}

/// Writes the metadata.
///
/// # Errors
/// When it cannot be written.
pub fn write(about: &About, classes: &[Class], folder: &Path) -> Result<(), Error> {
    ctf::write(&schema(about, classes), about.version, folder, "a program's trace")
}

fn schema(about: &About, classes: &[Class]) -> Schema {
    let mut stream = stream_class(0, 0, NATIVE, "ring");
    let ids = ["pid", "tid"].map(|name| number(name, Integer::unsigned(32, NATIVE)));
    let verdict = about.shadowed.as_ref().map(|_| ctf::discards(ctf::BY_MACHINE));
    stream.event_common_context = Some(structure(ids.into_iter().chain(verdict)));
    stream.events.extend(about.has_marks.then(mark));
    stream.events.extend(classes.iter().map(event_class));
    let text = |name: &str, text: &str| (name.to_owned(), Value::Text(text.to_owned()));
    let mut environment = vec![
        text("domain", "ust"),
        text("procname", &about.command),
        ("vpid".to_owned(), Value::Integer(about.name.pid.into())),
        text(PROGRAM, &about.name.to_string()),
    ];
    environment.extend(Names::Kernel.tracer());
    environment.extend(about.shadowed.iter().flat_map(|rules| ctf::rule_bits(rules)));
    Schema {
        trace: TraceClass {
            uuid: Some(about.uuid),
            byte_order: NATIVE,
            environment,
            packet_header: Some(packet_header(NATIVE)),
            ..TraceClass::default()
        },
        clocks: vec![clock(about.clocks)],
        streams: vec![stream],
    }
}

fn event_class(class: &Class) -> EventClass {
    EventClass {
        id: class.id.into(),
        identity: Identity { name: Some(class.full_name()), ..Identity::default() },
        log_level: Some(log_level(class.level)),
        payload: Some(payload(&class.fields)),
        ..EventClass::default()
    }
}

fn mark() -> EventClass {
    let text = Member { name: "text".to_owned(), class: FieldClass::Str(Str::default()) };
    EventClass {
        id: MARK_ID.into(),
        identity: Identity { name: Some(MARK.to_owned()), ..Identity::default() },
        payload: Some(structure([text])),
        ..EventClass::default()
    }
}

/// As LTTng numbers them (`lttng/ust-events.h`).
fn log_level(level: Level) -> i64 {
    match level {
        Level::Error => 3,
        Level::Warn => 4,
        Level::Info => 6,
        Level::Debug => 13,
        Level::Trace => 14,
    }
}

fn payload(fields: &[Field]) -> Structure {
    let mut members: Vec<Member> = Vec::new();
    for field in fields {
        let is_free = |new: &Vec<Member>| {
            new.iter().all(|new| members.iter().all(|other| other.name != new.name))
        };
        let found = names_for(&field.name).map(|name| of_field(&name, field.of)).find(is_free);
        members.extend(found.into_iter().flatten());
    }
    structure(members)
}

/// The name as CTF can have it, and more if other fields have that: programs may have any.
fn names_for(name: &str) -> impl Iterator<Item = String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let plain: String = name.chars().map(|c| if is_part(c) { c } else { '_' }).collect();
    let starts = plain.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let plain = if starts { plain } else { format!("_{plain}") };
    let first = std::iter::once(plain.clone());
    first.chain((2_u32..).map(move |number| format!("{plain}_{number}")))
}

/// The members that a field becomes: lists have their lengths before them.
fn of_field(name: &str, of: Type) -> Vec<Member> {
    let member = |class| Member { name: name.to_owned(), class };
    let list = |element: Integer| {
        let count = format!("{name}_length");
        let length = Length::Dynamic(FieldLocation::sibling(count.clone()));
        vec![number(&count, Integer::unsigned(16, NATIVE)), member(array(length, element))]
    };
    let float =
        |len_bits| FieldClass::Float(Float { len_bits, byte_order: NATIVE, alignment_bits: 8 });
    match of {
        Type::Bool | Type::U8 => vec![number(name, integer(1, false))],
        Type::U16 => vec![number(name, integer(2, false))],
        Type::U32 => vec![number(name, integer(4, false))],
        Type::U64 => vec![number(name, integer(8, false))],
        Type::I8 => vec![number(name, integer(1, true))],
        Type::I16 => vec![number(name, integer(2, true))],
        Type::I32 => vec![number(name, integer(4, true))],
        Type::I64 => vec![number(name, integer(8, true))],
        Type::F32 => vec![member(float(32))],
        Type::F64 => vec![member(float(64))],
        Type::Address => vec![number(name, hexadecimal(8))],
        Type::String => vec![member(FieldClass::Str(Str::default()))],
        Type::Bytes => list(integer(1, false)),
        Type::Words => list(integer(4, false)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(fields: &[(&str, Type)]) -> Vec<String> {
        let fields = fields.iter().map(|(name, of)| Field { name: (*name).to_owned(), of: *of });
        let payload = payload(&fields.collect::<Vec<_>>());
        payload.members.into_iter().map(|member| member.name).collect()
    }

    #[test]
    fn any_name_becomes_one_that_is_free() {
        let fields = ["id", "id", "http.method", "1st", "", "ä"].map(|name| (name, Type::U8));
        assert_eq!(names(&fields), ["id", "id_2", "http_method", "_1st", "_", "__2"]);
    }

    #[test]
    fn the_length_of_a_list_has_a_name_of_its_own() {
        let before = [("path_length", Type::U8), ("path", Type::Bytes)];
        assert_eq!(names(&before), ["path_length", "path_2_length", "path_2"]);
        let behind = [("path", Type::Words), ("path_length", Type::U8)];
        assert_eq!(names(&behind), ["path_length", "path", "path_length_2"]);
        let text = [("path", Type::String), ("path_length", Type::U8)];
        assert_eq!(names(&text), ["path", "path_length"]);
    }
}
