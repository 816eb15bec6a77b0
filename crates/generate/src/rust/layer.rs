//! The tracer in Rust whose events go into `marey-layer`.
//!
//! It has the same types and methods for events as the one that writes packets, so that calls
//! compile unchanged; a stream is nothing but a name for them.

use std::fmt::Write as _;

use marey_ctf::schema::{EventClass, FieldClass, StreamClass};

use super::event::{head, left_out, signature};
use super::function::{Function, Shared, declared};
use super::names::field as field_name;
use super::stream::LENIENT;
use super::types::quoted;
use super::walk::Place;
use super::{Module, banner};
use crate::c::File;
use crate::definition::Definition;
use crate::layer::{self, Field, Type};
use crate::plan::Unsupported;
use crate::scopes::{event_scopes, name};

/// The property for which there is nothing here.
pub(crate) const FILTERS: &str = "filters";
/// How the methods take their stream.
const OWN: &str = "&self";

/// The tracer: one file, whose name is the prefix of files.
///
/// # Errors
///
/// What `marey-layer` has no type or no room for, and filters, which are for packets.
pub fn files(definition: &Definition) -> Result<Vec<File>, Vec<Unsupported>> {
    let Module { names, shared, declared } = Module::of(definition);
    let (mut out, mut unsupported) = (String::new(), Vec::new());
    for (stream, own) in definition.schema.streams.iter().enumerate().zip(&names) {
        out += &declaration(stream.1, own);
        for event in stream.1.events.iter().enumerate() {
            match method(definition, &shared, stream, event) {
                Ok(text) => out += &text,
                Err(found) => unsupported.extend(found),
            }
        }
        out += "}\n";
    }
    unsupported.extend(layer::too_many(definition));
    if definition.extensions.filters.any() {
        let what = "in Rust they are for packets only";
        unsupported.push(Unsupported { field: FILTERS.to_owned(), what });
    }
    if !unsupported.is_empty() {
        return Err(unsupported);
    }
    let numbers = if out.contains("self::numbers::<") { NUMBERS } else { "" };
    let text = banner(definition, "marey-layer") + &declared + &out + numbers;
    Ok(vec![File { name: format!("{}.rs", definition.code.file_prefix), text }])
}

/// The type of a stream, and the start of its methods.
fn declaration(stream: &StreamClass, own: &str) -> String {
    let about = quoted(name(&stream.identity));
    format!(
        "\n/// Stream {about}: its events go into `marey-layer`.\n///\n/// Methods for events say \
         whether the event is on. Then it is recorded, or counted as discarded\n/// or lost.\n\
         #[derive(Clone, Copy, Debug, Default)]\npub struct {own}Stream;\n\n\
         {LENIENT}impl {own}Stream {{"
    )
}

/// The method that records an event.
fn method(
    definition: &Definition,
    shared: &Shared<'_>,
    (stream_index, stream): (usize, &StreamClass),
    (index, event): (usize, &EventClass),
) -> Result<String, Vec<Unsupported>> {
    let (place, scopes) = ((stream_index, Some(index)), event_scopes(stream, event));
    let (function, _) = declared(shared, place, &scopes, "");
    if definition.extensions.left_out.has(stream, event) {
        return Ok(format!("\n{}", left_out(&function, event, OWN)));
    }
    let of = layer::event(stream, event)?;
    let mut class = "CLASS".to_owned();
    while function.parameters.iter().any(|parameter| parameter.name == class) {
        class.push('_');
    }
    let mut text = format!("\n{}    #[inline]\n", head(&function, event));
    text += &signature(&function, event, OWN);
    let names: Vec<_> = of.fields.iter().map(|field| format!("{:?}", field.name)).collect();
    let at = " ".repeat(12);
    let _ = write!(
        text,
        "        static {class}: marey_layer::Class = marey_layer::Class::new(\n            {:?},\n\
         {at}marey_layer::Level::{:?},\n{at}(file!(), line!()),\n{at}&[{}],\n        );\n",
        of.name,
        of.level,
        names.join(", ")
    );
    unused(&mut text, &function, &of.fields);
    let _ = write!(text, "        if !{class}.is_on() {{\n            return false;\n        }}\n");
    let mut values = String::new();
    for (number, field) in of.fields.iter().enumerate() {
        let own = expression(&function, field);
        let place = (place.0, place.1, field.scope, field.path.join("."));
        let own = value(&mut text, shared, (number, field), (&own, &place));
        let _ = write!(values, "({own}, ");
    }
    let values = format!("{values}(){}", ")".repeat(of.fields.len()));
    let _ = write!(
        text,
        "        marey_layer::record(&{class}, &{values});\n        {class}.is_on()\n    }}\n"
    );
    Ok(text)
}

/// Parameters of which nothing is recorded.
fn unused(text: &mut String, function: &Function<'_>, fields: &[Field<'_>]) {
    for parameter in &function.parameters {
        let is_used = |field: &Field<'_>| {
            let of = (field.scope, field.path.first().copied().unwrap_or_default().to_owned());
            function.values.parameters.get(&of) == Some(&parameter.name)
        };
        if !fields.iter().any(is_used) {
            let _ = writeln!(text, "        let _ = {};", parameter.name);
        }
    }
}

/// A field as the program gives it.
fn expression(function: &Function<'_>, field: &Field<'_>) -> String {
    let mut path = field.path.iter();
    let of = (field.scope, path.next().copied().unwrap_or_default().to_owned());
    let own = function.values.parameters.get(&of).cloned().unwrap_or_default();
    path.fold(own, |of, member| format!("{of}.{}", field_name(member)))
}

/// A field as `marey-layer` takes it. What must be made for that is made in front of it.
fn value(
    text: &mut String,
    shared: &Shared<'_>,
    (number, field): (usize, &Field<'_>),
    (own, place): (&str, &Place),
) -> String {
    let is_named = shared.enumerations.types.contains_key(place);
    match field.of {
        Type::Number { .. } if is_named => format!("{own}.0"),
        Type::Bytes | Type::Words => match as_numbers(field, is_named) {
            Some((get, to, most)) => {
                // In a structure it stands by itself; a parameter is a reference.
                let reference = if is_static(field) && field.path.len() > 1 { "&" } else { "" };
                let _ = writeln!(
                    text,
                    "        let e{number} = \
                     self::numbers::<_, {to}, {most}>({reference}{own}, |it| {get});"
                );
                format!("e{number}.0.get(..e{number}.1).unwrap_or_default()")
            }
            None if is_static(field) => format!("&{own}[..]"),
            None => own.to_owned(),
        },
        _ => own.to_owned(),
    }
}

/// How elements that are no `u8` and no `u32` become that, which of them, and how many are needed:
/// one more than an event keeps, so that it is known when there are more.
fn as_numbers(field: &Field<'_>, is_named: bool) -> Option<(&'static str, &'static str, usize)> {
    const BYTES: usize = layer::TEXT_BYTES_MAX + 1;
    const WORDS: usize = layer::TEXT_BYTES_MAX / 4 + 1;
    let FieldClass::Array(class) = field.class else { return None };
    let FieldClass::Integer(element) = class.element.as_ref() else { return None };
    match (is_named, element.is_signed(), field.of) {
        (false, false, _) => None,
        (true, false, Type::Words) => Some(("it.0", "u32", WORDS)),
        (true, false, _) => Some(("it.0", "u8", BYTES)),
        (true, true, _) => Some(("it.0.cast_unsigned()", "u8", BYTES)),
        (false, true, _) => Some(("it.cast_unsigned()", "u8", BYTES)),
    }
}

/// Whether an array or a blob has its length in its type, so that it is no slice.
fn is_static(field: &Field<'_>) -> bool {
    layer::static_length(field.class).is_some()
}

/// What makes other numbers of those in an array.
const NUMBERS: &str = "
/// The first numbers of an array as others, and how many there are of them.
fn numbers<T: Copy, N: Copy + Default, const MOST: usize>(
    of: &[T],
    number: fn(T) -> N,
) -> ([N; MOST], usize) {
    let mut numbers = [N::default(); MOST];
    for (to, from) in numbers.iter_mut().zip(of) {
        *to = number(*from);
    }
    (numbers, of.len().min(MOST))
}
";
