//! Programs in C that trace values.

use std::fmt::Write as _;

use marey_ctf::schema::{FieldClass, Length, Meaning};

use super::streams::Call;
use super::values::{Value, members};

/// A program that traces these events of the stream `s` in packets of so many bytes.
pub fn program(calls: &[Call<'_>], packet_bytes: u64) -> String {
    let mut writer = Writer::default();
    let mut traced = String::new();
    for call in calls {
        let mut arguments = String::new();
        for (scope, name, class, value) in call.arguments() {
            let own = format!("barectf_s_{scope}_{name}");
            if let (true, Some(count)) = (is_dynamic(class), count(value)) {
                let _ = write!(arguments, ", {count}U");
            }
            let _ = write!(arguments, ", {}", writer.argument(class, value, &own));
        }
        let _ = writeln!(traced, "\tbarectf_s_trace_{}(&s{arguments});", call.event);
    }
    HEAD.replace("DATA", &writer.data)
        .replace("CALLS", &traced)
        .replace("PACKET_BYTES", &format!("{packet_bytes}U"))
}

/// Writes values as constants.
#[derive(Default)]
struct Writer {
    data: String,
    constants: usize,
}

impl Writer {
    fn constant(&mut self, c_type: &str, text: &str) -> String {
        self.constants += 1;
        let name = format!("data{}", self.constants);
        let _ = writeln!(self.data, "static const {c_type} {name} = {text};");
        name
    }

    fn list(&mut self, element: &str, elements: &[String]) -> String {
        self.constants += 1;
        let name = format!("data{}", self.constants);
        // C has no empty arrays.
        let elements = if elements.is_empty() { "0".to_owned() } else { elements.join(", ") };
        let _ = writeln!(self.data, "static {element} {name}[] = {{ {elements} }};");
        name
    }

    /// A value as an argument: what is long is pointed to.
    fn argument(&mut self, class: &FieldClass, value: &Value, own: &str) -> String {
        match (class, value) {
            (FieldClass::Structure(_) | FieldClass::Variant(_), value) => {
                let text = self.inline(class, value, own);
                format!("&{}", self.constant(&format!("struct {own}"), &text))
            }
            (FieldClass::Optional(_), Value::Absent) => "0".to_owned(),
            (FieldClass::Optional(class), Value::Present(value)) => match class.class.as_ref() {
                class @ (FieldClass::Integer(_) | FieldClass::Float(_)) => {
                    let text = self.inline(class, value, own);
                    format!("&{}", self.constant(&scalar(class), &text))
                }
                class => self.argument(class, value, own),
            },
            (FieldClass::Array(array), Value::List(values)) => {
                self.pointed(&array.element, values, own)
            }
            (FieldClass::Blob(_), Value::Bytes(bytes)) => {
                let bytes: Vec<_> = bytes.iter().map(u8::to_string).collect();
                self.list("const uint8_t", &bytes)
            }
            (class, value) => self.inline(class, value, own),
        }
    }

    /// The elements of an array that is pointed to.
    fn pointed(&mut self, element: &FieldClass, values: &[Value], own: &str) -> String {
        let is_pointer = matches!(element, FieldClass::Array(_) | FieldClass::Blob(_));
        let elements = values.iter().map(|value| match is_pointer {
            true => self.argument(element, value, own),
            false => self.inline(element, value, own),
        });
        let elements: Vec<_> = elements.collect();
        self.list(&element_type(element, own), &elements)
    }

    /// A value as it stands in a structure or an array.
    fn inline(&mut self, class: &FieldClass, value: &Value, own: &str) -> String {
        match (class, value) {
            (FieldClass::Integer(class), Value::Integer(bits)) if class.is_signed() => {
                format!("(int64_t) UINT64_C(0x{bits:x})")
            }
            (_, Value::Integer(bits)) => format!("UINT64_C(0x{bits:x})"),
            (_, Value::Boolean(is_true)) => (if *is_true { "256" } else { "0" }).to_owned(),
            (_, Value::Float(number)) => format!("{number}.0"),
            (_, Value::Text(text)) => literal(text),
            (FieldClass::Structure(class), Value::Structure(values)) => {
                let mut parts = Vec::new();
                for ((name, class), value) in members(class).into_iter().zip(values) {
                    if let (true, Some(count)) = (is_dynamic(class), count(value)) {
                        parts.push(format!("{count}U"));
                    }
                    parts.push(self.inline(class, value, &format!("{own}_{name}")));
                }
                format!("{{ {} }}", parts.join(", "))
            }
            (FieldClass::Variant(class), Value::Option(number, value)) => {
                let option = &class.options[*number];
                let name = option.name.as_deref().expect("a name");
                let text = self.inline(&option.class, value, &format!("{own}_{name}"));
                let tag = format!("{own}_{name}").to_uppercase();
                format!("{{ {tag}, {{ .{name} = {text} }} }}")
            }
            (FieldClass::Array(array), Value::List(values)) if is_inline(class) => {
                let elements = values.iter().map(|value| self.inline(&array.element, value, own));
                format!("{{ {} }}", elements.collect::<Vec<_>>().join(", "))
            }
            (FieldClass::Blob(_), Value::Bytes(bytes)) if is_inline(class) => {
                let bytes: Vec<_> = bytes.iter().map(u8::to_string).collect();
                format!("{{ {} }}", bytes.join(", "))
            }
            (class, value) => self.argument(class, value, own),
        }
    }
}

/// Whether its length stands in front of it.
fn is_dynamic(class: &FieldClass) -> bool {
    match class {
        FieldClass::Array(class) => matches!(class.length, Length::Dynamic(_)),
        FieldClass::Blob(class) => matches!(class.len_bytes, Length::Dynamic(_)),
        _ => false,
    }
}

fn count(value: &Value) -> Option<usize> {
    match value {
        Value::List(values) => Some(values.len()),
        Value::Bytes(bytes) => Some(bytes.len()),
        _ => None,
    }
}

/// Whether an array is in the structure itself, not pointed to.
fn is_inline(class: &FieldClass) -> bool {
    match class {
        FieldClass::Array(class) if matches!(class.length, Length::Static(1..)) => {
            let is_array = matches!(*class.element, FieldClass::Array(_) | FieldClass::Blob(_));
            !is_array || is_inline(&class.element)
        }
        FieldClass::Blob(class) => matches!(class.len_bytes, Length::Static(1..)),
        _ => false,
    }
}

/// What elements of an array that is pointed to are in C.
fn element_type(class: &FieldClass, own: &str) -> String {
    match class {
        FieldClass::Array(array) => match array.element.as_ref() {
            FieldClass::Str(_) => "const char * const * const".to_owned(),
            element => format!("{} * const", element_type(element, own)),
        },
        FieldClass::Blob(_) => "const uint8_t * const".to_owned(),
        FieldClass::Str(_) => "const char * const".to_owned(),
        FieldClass::Structure(_) | FieldClass::Variant(_) => format!("const struct {own}"),
        class => format!("const {}", scalar(class)),
    }
}

fn scalar(class: &FieldClass) -> String {
    match class {
        FieldClass::Integer(class) if class.meaning == Meaning::Boolean => "int".to_owned(),
        FieldClass::Integer(class) => {
            let sign = if class.is_signed() { "" } else { "u" };
            format!("{sign}int{}_t", class.len_bits.next_power_of_two().max(8))
        }
        FieldClass::Float(class) if class.len_bits == 32 => "float".to_owned(),
        _ => "double".to_owned(),
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

const HEAD: &str = "\
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include \"barectf.h\"

static struct barectf_s_ctx s;
static uint8_t *buffer;
static size_t buffer_bytes;
static FILE *file;

DATA
static int is_full(void *data)
{
	(void) data;
	return 0;
}

static void open_packet(void *data)
{
	(void) data;
	memset(buffer, 0xaa, buffer_bytes);
	barectf_s_open_packet(&s);
}

static void close_packet(void *data)
{
	(void) data;
	barectf_s_close_packet(&s);
	fwrite(buffer, 1, buffer_bytes, file);
}

static void run(uint32_t bytes)
{
	struct barectf_platform_callbacks cbs;

	cbs.is_backend_full = is_full;
	cbs.open_packet = open_packet;
	cbs.close_packet = close_packet;
	buffer = malloc(bytes);
	buffer_bytes = bytes;
	memset(&s, 0xaa, sizeof(s));
	file = fopen(\"s\", \"wb\");
	barectf_init(&s, buffer, bytes, cbs, 0);
	open_packet(0);
CALLS
	if (barectf_packet_is_open(&s) && !barectf_packet_is_empty(&s)) {
		close_packet(0);
	}
	fclose(file);
	free(buffer);
}

int main(void)
{
#ifdef SWEEP
	uint32_t size;

	for (size = 0; size < SWEEP; ++size) {
		run(size);
	}
#else
	run(PACKET_BYTES);
	printf(\"%lu\\n\", (unsigned long) barectf_discarded_event_records_count(&s));
#endif
	return 0;
}
";
