//! Programs in C that call every function of a tracer.

use std::fmt::Write as _;

use marey_ctf::schema::FieldClass;
use marey_generate::definition::Definition;

use super::calls::{Argument, StreamCalls, Value, calls, name_of};

/// A program, made for these packets.
pub struct Driver<'d> {
    definition: &'d Definition,
    out: String,
    /// Constants that calls point to.
    data: String,
    constants: usize,
}

impl<'d> Driver<'d> {
    pub fn text(definition: &'d Definition, seed: u64) -> String {
        let (out, data) = (String::new(), String::new());
        let mut driver = Driver { definition, out, data, constants: 0 };
        let streams = calls(definition, seed);
        for stream in &streams {
            driver.stream(stream);
        }
        driver.out += "int main(void)\n{\n";
        for StreamCalls { stream, packet_bytes, .. } in &streams {
            let name = name_of(&stream.identity);
            let _ = writeln!(driver.out, "\tRUN(run_{name}, {packet_bytes}U);");
        }
        driver.out += "\treturn 0;\n}\n";
        let head = HEAD.replace("FILE_PREFIX", &definition.code.file_prefix);
        format!("{head}{}\n{}", driver.data, driver.out)
    }

    fn stream(&mut self, stream: &StreamCalls<'_>) {
        let prefix = &self.definition.code.identifier_prefix.clone();
        let name = name_of(&stream.stream.identity).to_owned();
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
        let extra = self.arguments(&stream.packet);
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

    /// Calls of all tracing functions of a stream, several times.
    fn calls(&mut self, stream: &StreamCalls<'_>) -> String {
        let prefix = self.definition.code.identifier_prefix.clone();
        let name = name_of(&stream.stream.identity);
        let mut calls = String::new();
        for call in &stream.calls {
            let arguments = self.arguments(&call.arguments);
            let (step, event) = (call.step, name_of(&call.event.identity));
            let _ = writeln!(
                calls,
                "\tnow += {step};\n\t{prefix}{name}_trace_{event}(&{name}{arguments});"
            );
        }
        calls
    }

    fn arguments(&mut self, arguments: &[Argument<'_>]) -> String {
        let mut text = String::new();
        for Argument { class, value, is_length, .. } in arguments {
            let value = match value {
                Value::Integer(length) if *is_length => format!("{length}U"),
                value => self.argument(class, value),
            };
            let _ = write!(text, ", {value}");
        }
        text
    }

    fn argument(&mut self, class: &FieldClass, value: &Value) -> String {
        match (class, value) {
            (FieldClass::Array(array), Value::Array(values)) => self.array(&array.element, values),
            (FieldClass::Integer(class), Value::Integer(value)) if class.is_signed() => {
                format!("(int64_t) UINT64_C(0x{value:x})")
            }
            (_, Value::Integer(value)) => format!("UINT64_C(0x{value:x})"),
            (_, Value::Float(value)) => format!("{value}.0"),
            (_, Value::Text(text)) => literal(text),
            (_, Value::Array(_)) => unreachable!("only arrays have arrays"),
        }
    }

    fn array(&mut self, class: &FieldClass, values: &[Value]) -> String {
        let mut elements: Vec<_> = values.iter().map(|value| self.argument(class, value)).collect();
        // C has no empty arrays.
        if elements.is_empty() {
            elements.push("0".to_owned());
        }
        self.constants += 1;
        let name = format!("data{}", self.constants);
        let elements = elements.join(", ");
        let _ = writeln!(self.data, "static {} {name}[] = {{ {elements} }};", element_type(class));
        name
    }
}

/// A text in C.
fn literal(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b' '..=b'~' if byte != b'"' && byte != b'\\' => char::from(byte).to_string(),
        byte => format!("\\{byte:03o}"),
    };
    format!("\"{}\"", text.bytes().map(byte).collect::<String>())
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
#ifdef NEVER_FULL
	(void) calls;
	return 0;
#else
	return ++calls % 5 == 0;
#endif
}

";
