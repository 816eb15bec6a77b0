//! The header that programs include.

use std::fmt::Write as _;

use marey_ctf::schema::{Member, StreamClass, Structure};

use super::names::{TypeNames, parameters};
use super::{banner, filters, left_out};
use crate::definition::{Definition, Profile};
use crate::scopes::{event_scopes, name, packet_scopes};

/// The text, with these declarations of types.
pub fn text(definition: &Definition, types: &str) -> String {
    let prefix = &definition.code.identifier_prefix;
    let guard = format!("_{}H", prefix.to_uppercase());
    let mut out = format!("#ifndef {guard}\n#define {guard}\n\n{}\n", banner());
    if definition.profile == Profile::Barectf2 {
        // Programs may count on it: barectf 2 includes it here.
        out += "#include <limits.h>\n";
    }
    out += "#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
    definitions(&mut out, definition);
    if left_out::any(definition) {
        out += left_out::STORAGE;
    }
    let _ = writeln!(out, "\nstruct {prefix}ctx;\n");
    out += &filters::predicate_type(definition);
    accessors(&mut out, definition);
    callbacks(&mut out, definition);
    context(&mut out, definition);
    for stream in &definition.schema.streams {
        stream_context(&mut out, definition, stream);
    }
    out += types;
    functions(&mut out, definition);
    let _ = write!(out, "\n#ifdef __cplusplus\n}}\n#endif\n\n#endif /* {guard} */\n");
    out
}

fn definitions(out: &mut String, definition: &Definition) {
    let code = &definition.code;
    let prefix = &code.identifier_prefix;
    if code.defines_prefix {
        let _ = write!(
            out,
            "\n#define _BARECTF_PREFIX {prefix}\n#define _BARECTF_IDENTIFIER_PREFIX {prefix}\n"
        );
    }
    let Some(stream) = code.default_stream.and_then(|index| definition.schema.streams.get(index))
    else {
        return;
    };
    let stream_name = name(&stream.identity);
    if code.defines_default_stream {
        let _ = write!(
            out,
            "\n#define _BARECTF_DEFAULT_STREAM {stream_name}\n\
             #define _BARECTF_DEFAULT_DATA_STREAM_TYPE_NAME {stream_name}\n"
        );
    }
    out.push('\n');
    for event in &stream.events {
        let event = name(&event.identity);
        let _ = writeln!(out, "#define {prefix}trace_{event} {prefix}{stream_name}_trace_{event}");
    }
}

/// The parameters of accessors. Those of barectf 2 take no pointers to constants; function pointers
/// show the difference.
pub fn for_profile(parameters: &str, profile: Profile) -> String {
    match profile {
        Profile::Barectf2 => parameters.replace("(const void *vctx", "(void *vctx"),
        Profile::Barectf3 => parameters.to_owned(),
    }
}

/// Result type, name and parameters of the functions that take any stream's context.
const ACCESSORS: [(&str, &str, &str); 15] = [
    ("uint32_t ", "packet_size", "(const void *vctx)"),
    ("int ", "packet_is_full", "(const void *vctx)"),
    ("int ", "packet_is_empty", "(const void *vctx)"),
    ("uint32_t ", "packet_events_discarded", "(const void *vctx)"),
    ("uint32_t ", "discarded_event_records_count", "(const void *vctx)"),
    ("uint32_t ", "packet_sequence_number", "(const void *vctx)"),
    ("uint8_t *", "packet_buf", "(const void *vctx)"),
    ("uint8_t *", "packet_buf_addr", "(const void *vctx)"),
    ("void ", "packet_set_buf", "(void *vctx, uint8_t *buf, uint32_t buf_size)"),
    ("uint32_t ", "packet_buf_size", "(const void *vctx)"),
    ("int ", "packet_is_open", "(const void *vctx)"),
    ("int ", "is_in_tracing_section", "(const void *vctx)"),
    ("volatile const int *", "is_in_tracing_section_ptr", "(const void *vctx)"),
    ("int ", "is_tracing_enabled", "(const void *vctx)"),
    ("void ", "enable_tracing", "(void *vctx, int enable)"),
];

fn accessors(out: &mut String, definition: &Definition) {
    let prefix = &definition.code.identifier_prefix;
    for (result, function, parameters) in ACCESSORS {
        let parameters = for_profile(parameters, definition.profile);
        let _ = writeln!(out, "{result}{prefix}{function}{parameters};");
    }
    for (about, group) in filters::accessors(definition.extensions.filters) {
        let _ = write!(out, "\n/* {about} */\n");
        for (result, function, parameters) in group {
            let parameters = for_profile(parameters, definition.profile);
            let parameters = parameters.replace("PREFIX", prefix);
            let _ = writeln!(out, "{result}{prefix}{function}{parameters};");
        }
    }
}

fn callbacks(out: &mut String, definition: &Definition) {
    let prefix = &definition.code.identifier_prefix;
    let _ = write!(out, "\n/* What the platform does */\nstruct {prefix}platform_callbacks {{\n");
    let clocks = definition.schema.clocks.iter().zip(&definition.code.clock_c_types);
    for (clock, c_type) in clocks {
        let _ = write!(
            out,
            "\t/* The value of clock `{0}` */\n\t{c_type} (*{0}_clock_get_value)(void *);\n\n",
            clock.id
        );
    }
    *out += "\t/* Is the back end full? */\n\tint (*is_backend_full)(void *);\n\n";
    *out += "\t/* Opens a packet */\n\tvoid (*open_packet)(void *);\n\n";
    *out += "\t/* Closes the packet */\n\tvoid (*close_packet)(void *);\n};\n";
}

/// Type, name and comment of what all contexts have.
const CONTEXT: [(&str, &str, &str); 13] = [
    ("void *", "data", "What callbacks are called with"),
    ("uint8_t *", "buf", "The packet"),
    ("uint32_t ", "packet_size", "Its length (bits)"),
    ("uint32_t ", "content_size", "Its length without padding (bits)"),
    ("uint32_t ", "at", "Where the next event goes (bits)"),
    ("uint32_t ", "off_content", "Where its first event is (bits)"),
    ("uint32_t ", "events_discarded", "How many events were discarded so far"),
    ("uint32_t ", "sequence_number", "The packet's number"),
    ("int ", "packet_is_open", "Is it open?"),
    ("volatile int ", "in_tracing_section", "Is a function of the tracer at work?"),
    ("volatile int ", "is_tracing_enabled", "Is tracing enabled?"),
    ("int ", "use_cur_last_event_ts", "Does a packet take the time of the event?"),
    ("uint32_t ", "limit", "Where events must end (bits); 0 while no packet is open"),
];

fn context(out: &mut String, definition: &Definition) {
    let prefix = &definition.code.identifier_prefix;
    let _ = write!(out, "\n/* What all streams have */\nstruct {prefix}ctx {{\n");
    let _ =
        writeln!(out, "\t/* What the platform does */\n\tstruct {prefix}platform_callbacks cbs;");
    for (c_type, field, about) in CONTEXT {
        let _ = write!(out, "\n\t/* {about} */\n\t{c_type}{field};\n");
    }
    for (field, about) in filters::fields(definition) {
        let _ = write!(out, "\n\t/* {about} */\n\t{field};\n");
    }
    *out += "};\n";
}

fn stream_context(out: &mut String, definition: &Definition, stream: &StreamClass) {
    let prefix = &definition.code.identifier_prefix;
    let stream_name = name(&stream.identity);
    let _ = write!(
        out,
        "\n/* A stream of type `{stream_name}` */\nstruct {prefix}{stream_name}_ctx {{\n\
         \t/* What all streams have */\n\tstruct {prefix}ctx parent;\n\n\
         \t/* Where fields of the packet are (bits) */\n"
    );
    let profile = definition.profile;
    let header = definition.schema.trace.packet_header.as_ref();
    offsets(out, if profile == Profile::Barectf2 { "tph" } else { "ph" }, header);
    let context = stream.packet_context.as_ref();
    offsets(out, if profile == Profile::Barectf2 { "spc" } else { "pc" }, context);
    if let Some(c_type) = clock_type(definition, stream) {
        let _ =
            write!(out, "\n\t/* The time of the latest event */\n\t{c_type} cur_last_event_ts;\n");
    }
    *out += "};\n";
}

fn offsets(out: &mut String, what: &str, structure: Option<&Structure>) {
    let members = structure.map_or(&[][..], |structure| &structure.members);
    for Member { name, .. } in members {
        let _ = writeln!(out, "\tuint32_t off_{what}_{name};");
    }
}

/// The C type of the clock that times a stream.
pub fn clock_type<'d>(definition: &'d Definition, stream: &StreamClass) -> Option<&'d str> {
    definition.code.clock_c_types.get(stream.default_clock?).map(String::as_str)
}

fn functions(out: &mut String, definition: &Definition) {
    let prefix = &definition.code.identifier_prefix;
    let _ = write!(
        out,
        "\n/* Makes a context ready */\nvoid {prefix}init(void *vctx,\n\tuint8_t *buf, \
         uint32_t buf_size,\n\tconst struct {prefix}platform_callbacks cbs, void *data);\n"
    );
    for stream in &definition.schema.streams {
        let stream_name = name(&stream.identity);
        let scopes = packet_scopes(definition, stream);
        let open = signature(definition, stream, "open_packet", &scopes);
        let close = signature(definition, stream, "close_packet", &[]);
        let _ = write!(out, "\n/* Opens a packet of stream `{stream_name}` */\n{open};\n");
        let _ = write!(out, "\n/* Closes a packet of stream `{stream_name}` */\n{close};\n");
        *out += &filters::numbers(definition, stream);
        for event in &stream.events {
            if definition.extensions.left_out.has(stream, event) {
                *out += &left_out::text(definition, stream, event);
                continue;
            }
            let event_name = name(&event.identity);
            let function = format!("trace_{event_name}");
            let trace = signature(definition, stream, &function, &event_scopes(stream, event));
            let _ = write!(out, "\n/* Traces event `{event_name}` */\n{trace};\n");
        }
    }
}

/// A function of a stream, as it is declared.
pub fn signature(
    definition: &Definition,
    stream: &StreamClass,
    function: &str,
    scopes: &[(marey_ctf::schema::Scope, &Structure)],
) -> String {
    let prefix = &definition.code.identifier_prefix;
    let stream_name = name(&stream.identity);
    let mut text =
        format!("void {prefix}{stream_name}_{function}(\n\tstruct {prefix}{stream_name}_ctx *sctx");
    let types = TypeNames::of(definition, stream, function);
    for parameter in parameters(definition.profile, scopes, &types) {
        let _ = write!(text, ",\n\t{}", parameter.declared());
    }
    text + ")"
}
