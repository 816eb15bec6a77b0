//! The tracer in C whose events go into `marey-layer`.
//!
//! Its header is that of the tracer that writes packets, byte for byte, so programs and platforms
//! compile unchanged, and link with either. Its source includes `<marey.h>`. A context says whether
//! tracing is enabled, and has its filters; packets are never opened.

use std::fmt::Write as _;

use marey_ctf::schema::{EventClass, FieldClass, Scope, StreamClass, Structure};

use super::header::{for_profile, signature};
use super::names::{TypeNames, is_pattern, member_name, parameter_prefix, parameters};
use super::{File, banner, constants, filters, header, left_out, source, types};
use crate::definition::{Definition, Profile};
use crate::layer::{self, Field, Type};
use crate::plan::Unsupported;
use crate::rust::length_of;
use crate::scopes::{event_scopes, name, packet_scopes};

/// Elements of an array behind this one are never looked at: an event keeps 1024 bytes.
const LENGTH_MAX: u64 = 0x7fff_ffff;

/// The tracer: a header and a source.
///
/// # Errors
///
/// What `marey-layer` has no type or no room for.
pub fn files(definition: &Definition) -> Result<Vec<File>, Vec<Unsupported>> {
    let prefix = &definition.code.file_prefix;
    let named = |ending: &str, text| File { name: format!("{prefix}{ending}"), text };
    let types = types::types(definition)?;
    let declared = types.text + &constants::text(definition, types.names);
    let header = header::text(definition, &declared);
    Ok(vec![named(".h", header), named(".c", text(definition)?)])
}

fn text(definition: &Definition) -> Result<String, Vec<Unsupported>> {
    let (mut functions, mut unsupported) = (String::new(), Vec::new());
    for stream in &definition.schema.streams {
        functions += &of_packets(definition, stream);
        for event in stream.events.iter().enumerate() {
            if definition.extensions.left_out.has(stream, event.1) {
                continue;
            }
            match function(definition, stream, event) {
                Ok(text) => functions += &text,
                Err(found) => unsupported.extend(found),
            }
        }
    }
    unsupported.extend(layer::too_many(definition));
    if !unsupported.is_empty() {
        return Err(unsupported);
    }
    let code = &definition.code;
    let mut out = format!("{}\n{HEAD}#include \"{}.h\"\n\n", banner(), code.file_prefix);
    let common = filters::in_source(definition, source::COMMON);
    out += &for_profile(&common, definition.profile).replace("PREFIX", &code.identifier_prefix);
    if !left_out::all(definition) {
        out += &filters::passes(definition).replace("PREFIX", &code.identifier_prefix);
    }
    for (helper, text) in [("marey_float(", FLOAT), ("marey_double(", DOUBLE)] {
        out += if functions.contains(helper) { text } else { "" };
    }
    Ok(out + functions.trim_end_matches('\n') + "\n")
}

const HEAD: &str = "\
#ifndef _GNU_SOURCE
# define _GNU_SOURCE
#endif

#if !defined(__cplusplus) && (!defined(__STDC_VERSION__) || __STDC_VERSION__ < 199901L)
# error \"this file needs C99 or later, as marey.h does; those that include its header need not\"
#endif

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* From the folder crates/layer/include of marey */
#include <marey.h>

";

const FLOAT: &str = "\
/* The number of which these are the bits */
static float marey_float(uint64_t bits)
{
	const uint32_t low = (uint32_t) bits;
	float value;

	memcpy(&value, &low, sizeof(value));
	return value;
}

";

const DOUBLE: &str = "\
/* The number of which these are the bits */
static double marey_double(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

";

/// The functions that open and close packets. Nothing is ever in one: but a platform that opened
/// its first one looks whether it is open.
fn of_packets(definition: &Definition, stream: &StreamClass) -> String {
    let scopes = packet_scopes(definition, stream);
    let mut text = String::new();
    for (function, scopes, is_open) in [("open_packet", scopes, 1), ("close_packet", Vec::new(), 0)]
    {
        let types = TypeNames::of(definition, stream, function);
        let _ = write!(
            text,
            "/* It stays empty: events do not go into packets */\n{}\n{{\n\t\
             sctx->parent.packet_is_open = {is_open};\n",
            signature(definition, stream, function, &scopes)
        );
        for parameter in parameters(definition.profile, &scopes, &types) {
            let _ = writeln!(text, "\t(void) {};", parameter.name);
        }
        text += "}\n\n";
    }
    text
}

/// The function that records an event, which has this number in its stream.
fn function(
    definition: &Definition,
    stream: &StreamClass,
    (number, event): (usize, &EventClass),
) -> Result<String, Vec<Unsupported>> {
    let of = layer::event(stream, event)?;
    let own = format!("trace_{}", name(&event.identity));
    let scopes = event_scopes(stream, event);
    let mut text = format!("{}\n{{\n", signature(definition, stream, &own, &scopes));
    let fields = if of.fields.is_empty() { "NULL" } else { "fields" };
    if !of.fields.is_empty() {
        let field =
            |it: &Field<'_>| format!("\t\t{{MAREY_TYPE_{}, \"{}\"}}", layer_type(it.of), it.name);
        let described: Vec<_> = of.fields.iter().map(field).collect();
        let _ = write!(
            text,
            "\tstatic const struct marey_field fields[] = {{\n{}\n\t}};\n",
            described.join(",\n")
        );
    }
    let _ = write!(
        text,
        "\tstatic struct marey_class of = {{\n\t\t&marey_unknown, 0, 0, NULL, \"{}\", __FILE__, \
         {fields},\n\t\t__LINE__, MAREY_LEVEL_{}, MAREY_MEANS_EVENT, {}\n\t}};\n\n",
        of.name,
        format!("{:?}", of.level).to_uppercase(),
        of.fields.len()
    );
    unused(&mut text, definition, (stream, &own, &scopes), &of.fields);
    let passes = filters::asked(definition, number, event, "sctx ? &sctx->parent : NULL");
    let _ = writeln!(text, "\tif (marey_is_on(&of) && {passes}) {{");
    record(&mut text, definition.profile, &of.fields);
    Ok(text + "\t}\n}\n\n")
}

/// Parameters of which nothing is recorded.
fn unused(
    text: &mut String,
    definition: &Definition,
    (stream, own, scopes): (&StreamClass, &str, &[(Scope, &Structure)]),
    fields: &[Field<'_>],
) {
    let types = TypeNames::of(definition, stream, own);
    let used: Vec<_> = fields.iter().flat_map(|field| used(definition.profile, field)).collect();
    for parameter in parameters(definition.profile, scopes, &types) {
        if !used.contains(&parameter.name) {
            let _ = writeln!(text, "\t(void) {};", parameter.name);
        }
    }
}

/// The parameters that a field is made of.
fn used(profile: Profile, field: &Field<'_>) -> Vec<String> {
    let prefix = parameter_prefix(profile, field.scope);
    let length = length_of(field.class).filter(|_| field.path.len() == 1);
    let own = field.path.first().map(|name| (*name).to_owned());
    own.into_iter().chain(length).map(|name| format!("{prefix}{name}")).collect()
}

/// What records an event that is on.
fn record(text: &mut String, profile: Profile, fields: &[Field<'_>]) {
    let (mut sizes, mut puts) = (Vec::new(), String::new());
    for (number, field) in fields.iter().enumerate() {
        let own = layer_type(field.of);
        let value = value(profile, field);
        let _ = writeln!(text, "\t\tconst marey_as_{own} f{number} = marey_of_{own}({value});");
        sizes.push(format!("marey_size_{own}(f{number})"));
        let _ = writeln!(puts, "\t\t\tat = marey_put_{own}(at, f{number});");
    }
    let size = if sizes.is_empty() { "0".to_owned() } else { sizes.join(" +\n\t\t\t") };
    let _ = write!(
        text,
        "\t\tstruct marey_space space = marey_take(&of,\n\t\t\t{size});\n\
         \t\tunsigned char *at = space.at;\n\n\
         \t\tif (at) {{\n{puts}\t\t\tmarey_give(&space);\n\t\t}}\n"
    );
}

/// How `marey.h` calls a type where values are written.
fn layer_type(of: Type) -> String {
    match of {
        Type::Flag => "flag".to_owned(),
        Type::Number { len_bits, is_signed } => {
            format!("{}{len_bits}", if is_signed { 'i' } else { 'u' })
        }
        Type::Float(len_bits) => format!("f{len_bits}"),
        Type::Text => "string".to_owned(),
        Type::Bytes => "bytes".to_owned(),
        Type::Words => "words".to_owned(),
    }
}

/// A field as `marey.h` takes it.
fn value(profile: Profile, field: &Field<'_>) -> String {
    let prefix = parameter_prefix(profile, field.scope);
    let (of, own) = match field.path.as_slice() {
        [own] => (prefix.to_owned(), (*own).to_owned()),
        [first, between @ .., own] => {
            let between = between.iter().map(|member| member_name(member) + ".");
            (format!("{prefix}{first}->{}", between.collect::<String>()), member_name(own))
        }
        [] => (String::new(), String::new()),
    };
    let is_inner = field.path.len() > 1;
    let length = || match length_of(field.class) {
        Some(length) if is_inner => format!("{of}{}", member_name(&length)),
        Some(length) => format!("{of}{length}"),
        None => format!("{}U", layer::static_length(field.class).unwrap_or(0).min(LENGTH_MAX)),
    };
    match (field.of, field.class) {
        (Type::Float(len_bits), FieldClass::Float(class))
            if !is_inner && is_pattern(profile, len_bits, class.alignment_bits.into()) =>
        {
            format!("marey_{}({of}{own})", if len_bits == 32 { "float" } else { "double" })
        }
        (Type::Bytes, _) => format!("marey_span({of}{own}, {})", length()),
        (Type::Words, _) => format!("marey_words({of}{own}, {})", length()),
        _ => of + &own,
    }
}
