//! Programs in C that call every function of a tracer, with values at the edges.

use std::fmt::Write as _;

use marey_ctf::schema::{
    Array, EventClass, FieldClass, Length, Role, Scope, StreamClass, Structure,
};
use marey_generate::definition::Definition;

use super::random::Random;

/// How often each event is traced.
const ROUNDS: usize = 12;

/// A program, made for these packets.
pub struct Driver<'d> {
    definition: &'d Definition,
    random: Random,
    out: String,
    /// Constants that calls point to.
    data: String,
    constants: usize,
}

impl<'d> Driver<'d> {
    pub fn text(definition: &'d Definition, seed: u64) -> String {
        let (random, out, data) = (Random(seed), String::new(), String::new());
        let mut driver = Driver { definition, random, out, data, constants: 0 };
        for stream in &definition.schema.streams {
            driver.stream(stream);
        }
        driver.out += "int main(void)\n{\n";
        for stream in &definition.schema.streams {
            let name = name_of(&stream.identity);
            let bytes = driver.packet_bytes(stream);
            let _ = writeln!(driver.out, "\tRUN(run_{name}, {bytes}U);");
        }
        driver.out += "\treturn 0;\n}\n";
        let head = HEAD.replace("FILE_PREFIX", &definition.code.file_prefix);
        format!("{head}{}\n{}", driver.data, driver.out)
    }

    fn stream(&mut self, stream: &StreamClass) {
        let prefix = &self.definition.code.identifier_prefix.clone();
        let name = name_of(&stream.identity).to_owned();
        let calls = self.calls(stream);
        let clocks = self.definition.schema.clocks.iter().zip(&self.definition.code.clock_c_types);
        let clocks: Vec<_> = clocks.collect();
        for (clock, c_type) in &clocks {
            let _ = writeln!(
                self.out,
                "static {c_type} {name}_{}(void *data) {{ (void) data; return ({c_type}) now; }}",
                clock.id
            );
        }
        let extra: String =
            self.arguments(&[(Scope::PacketContext, stream.packet_context.as_ref())]);
        let _ = write!(
            self.out,
            "static struct {prefix}{name}_ctx {name};\n\
             static FILE *{name}_file;\n\
             static void {name}_open(void *data) {{ (void) data; \
             memset(buffer, FILL, buffer_bytes); {prefix}{name}_open_packet(&{name}{extra}); }}\n\
             static void {name}_close(void *data) {{ (void) data; \
             {prefix}{name}_close_packet(&{name}); \
             fwrite(buffer, 1, {prefix}packet_buf_size(&{name}), {name}_file); }}\n\
             static void run_{name}(uint32_t packet_bytes)\n{{\n\
             \tstruct {prefix}platform_callbacks cbs;\n\n"
        );
        for (clock, _) in &clocks {
            let _ = writeln!(self.out, "\tcbs.{0}_clock_get_value = {name}_{0};", clock.id);
        }
        let _ = write!(
            self.out,
            "\tcbs.is_backend_full = is_full;\n\tcbs.open_packet = {name}_open;\n\
             \tcbs.close_packet = {name}_close;\n\
             \tbuffer = malloc(packet_bytes);\n\tbuffer_bytes = packet_bytes;\n\
             \tmemset(&{name}, 0xaa, sizeof({name}));\n\
             \t{name}_file = fopen(\"{name}\", \"wb\");\n\
             \t{prefix}init(&{name}, buffer, packet_bytes, cbs, 0);\n\
             \t{name}_open(0);\n{calls}\
             \tif ({prefix}packet_is_open(&{name}) && !{prefix}packet_is_empty(&{name})) \
             {{ {name}_close(0); }}\n\
             \tprintf(\"{name} %lu\\n\", (unsigned long) \
             {prefix}packet_events_discarded(&{name}));\n\
             \tfclose({name}_file);\n\tfree(buffer);\n}}\n\n"
        );
    }

    /// Room for some events, so that there are many packets. An event is never nearly as long as a
    /// packet: there barectf writes behind its buffer.
    fn packet_bytes(&mut self, stream: &StreamClass) -> u64 {
        let header = self.definition.schema.trace.packet_header.as_ref();
        let before = bytes_max(&[header, stream.packet_context.as_ref()]);
        let event = |event| bytes_max(&scopes(stream, event).map(|(_, structure)| structure));
        let longest = stream.events.iter().map(event).max().unwrap_or_default();
        before + 2 * longest + self.random.below(64)
    }

    /// Calls of all tracing functions of a stream, several times.
    fn calls(&mut self, stream: &StreamClass) -> String {
        let prefix = self.definition.code.identifier_prefix.clone();
        let name = name_of(&stream.identity);
        let mut calls = String::new();
        for _ in 0..ROUNDS {
            for event in &stream.events {
                let arguments = self.arguments(&scopes(stream, event));
                let step = 1 + self.random.below(1000);
                let event = name_of(&event.identity);
                let _ = writeln!(
                    calls,
                    "\tnow += {step};\n\t{prefix}{name}_trace_{event}(&{name}{arguments});"
                );
            }
        }
        calls
    }

    fn arguments(&mut self, scopes: &[(Scope, Option<&Structure>)]) -> String {
        let mut text = String::new();
        for structure in scopes.iter().filter_map(|(_, structure)| *structure) {
            // The length of a dynamic array stands before it.
            let mut length = 0;
            for member in &structure.members {
                if is_written_by_tracer(&member.class) {
                    continue;
                }
                let is_length = structure.members.iter().any(|array| {
                    matches!(&array.class, FieldClass::Array(Array {
                        length: Length::Dynamic(at), ..
                    }) if at.path == [Some(member.name.clone())])
                });
                if is_length {
                    length = self.random.of(&[0, 1, 2, 5]);
                    let _ = write!(text, ", {length}U");
                } else {
                    let argument = self.argument(&member.class, length);
                    let _ = write!(text, ", {argument}");
                }
            }
        }
        text
    }

    fn argument(&mut self, class: &FieldClass, length: u64) -> String {
        match class {
            FieldClass::Array(array) => self.array(array, length),
            class => self.scalar(class),
        }
    }

    fn scalar(&mut self, class: &FieldClass) -> String {
        match class {
            FieldClass::Integer(class) if class.is_signed() => {
                let bits = self.random.next() as i64;
                let edge = 1_i64 << (class.len_bits - 1).min(62);
                let number = self.random.of(&[0, 1, -1, edge - 1, -edge, bits]);
                format!("(int64_t) UINT64_C(0x{:x})", number as u64)
            }
            FieldClass::Integer(class) => {
                let bits = self.random.next();
                let number = self.random.of(&[0, 1, u64::MAX >> (64 - class.len_bits), bits]);
                format!("UINT64_C(0x{number:x})")
            }
            // barectf converts numbers that are not aligned to their length.
            FieldClass::Float(_) => format!("{}.0", self.random.below(100_000)),
            _ => self.literal(),
        }
    }

    fn literal(&mut self) -> String {
        let texts = ["", "x", "a longer text", "\\303\\244 \\\"quoted\\\" text of some length"];
        format!("\"{}\"", self.random.of(&texts))
    }

    fn array(&mut self, array: &Array, length: u64) -> String {
        let count = match &array.length {
            Length::Static(count) => *count,
            Length::Dynamic(_) => length,
        };
        let mut elements: Vec<_> = (0..count).map(|_| self.argument(&array.element, 0)).collect();
        // C has no empty arrays.
        if elements.is_empty() {
            elements.push(self.argument(&array.element, 0));
        }
        self.constants += 1;
        let name = format!("data{}", self.constants);
        let elements = elements.join(", ");
        let _ = writeln!(
            self.data,
            "static {} {name}[] = {{ {elements} }};",
            element_type(&array.element)
        );
        name
    }
}

fn scopes<'s>(
    stream: &'s StreamClass,
    event: &'s EventClass,
) -> [(Scope, Option<&'s Structure>); 4] {
    [
        (Scope::EventHeader, stream.event_header.as_ref()),
        (Scope::EventCommonContext, stream.event_common_context.as_ref()),
        (Scope::EventSpecificContext, event.specific_context.as_ref()),
        (Scope::EventPayload, event.payload.as_ref()),
    ]
}

fn is_written_by_tracer(class: &FieldClass) -> bool {
    match class {
        FieldClass::Integer(class) => !class.roles.is_empty(),
        FieldClass::Array(class) => class.roles.contains(&Role::MetadataStreamUuid),
        _ => false,
    }
}

/// What elements of an array are in C.
fn element_type(class: &FieldClass) -> String {
    match class {
        FieldClass::Array(inner) => {
            let inner = element_type(&inner.element);
            match inner.starts_with("const char *") || inner.ends_with("const *") {
                true => format!("{inner} const *").replace("const * const const", "const * const"),
                false => format!("{inner} *"),
            }
        }
        FieldClass::Integer(class) => {
            let sign = if class.is_signed() { "" } else { "u" };
            let bits = class.len_bits.next_power_of_two().max(8);
            format!("const {sign}int{bits}_t")
        }
        FieldClass::Float(class)
            if u64::from(class.alignment_bits) == u64::from(class.len_bits) =>
        {
            format!("const {}", if class.len_bits == 32 { "float" } else { "double" })
        }
        // barectf takes integers there.
        FieldClass::Float(class) => format!("const LOOSE_{}", class.len_bits),
        _ => "const char * const".to_owned(),
    }
}

fn name_of(identity: &marey_ctf::schema::Identity) -> &str {
    identity.name.as_deref().unwrap_or_default()
}

/// More bytes than any of these structures has, with what the driver puts into them.
fn bytes_max(structures: &[Option<&Structure>]) -> u64 {
    let members = structures.iter().flatten().flat_map(|structure| &structure.members);
    members.map(|member| class_bytes_max(&member.class)).sum::<u64>() + 64
}

fn class_bytes_max(class: &FieldClass) -> u64 {
    match class {
        FieldClass::Array(array) => {
            let count = match array.length {
                Length::Static(count) => count,
                Length::Dynamic(_) => 5,
            };
            16 + count * class_bytes_max(&array.element)
        }
        FieldClass::Str(_) => 48,
        _ => 16,
    }
}

const HEAD: &str = "\
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include \"FILE_PREFIX.h\"

#ifdef BARECTF
/* It takes integers for numbers that are not aligned to their length, and leaves what was there */
# define LOOSE_32 uint64_t
# define LOOSE_64 uint64_t
# define FILL 0
#else
# define LOOSE_32 float
# define LOOSE_64 double
# define FILL 0xaa
#endif

#ifdef SWEEP
# define RUN(run, bytes) do { \
	uint32_t size; \
	for (size = 0; size < SWEEP; ++size) { run(size); } \
} while (0)
#else
# define RUN(run, bytes) run(bytes)
#endif

static uint8_t *buffer;
static size_t buffer_bytes;
static uint64_t now = 1000;

static int is_full(void *data)
{
	static unsigned int calls;

	(void) data;
	return ++calls % 5 == 0;
}

";
