//! Programs in Rust that trace values.

use std::fmt::Write as _;

use marey_ctf::schema::{FieldClass, Length};

use super::streams::Call;
use super::values::{Value, members};

/// A program that traces these events of the stream `s` in packets of so many bytes.
pub fn program(calls: &[Call<'_>], packet_bytes: u64) -> String {
    let mut traced = String::new();
    for call in calls {
        let arguments = call.arguments().map(|(scope, name, class, value)| {
            let own = match scope {
                "context" => format!("SContext{}", camel(name)),
                event => format!("{}{}", camel(event), camel(name)),
            };
            argument(class, value, &own)
        });
        let arguments: Vec<_> = arguments.collect();
        let _ = writeln!(traced, "    stream.trace_{}({});", call.event, arguments.join(", "));
    }
    HEAD.replace("CALLS", &traced).replace("PACKET_BYTES", &packet_bytes.to_string())
}

/// A name as that of a type.
fn camel(name: &str) -> String {
    name[..1].to_uppercase() + &name[1..]
}

/// A value as an argument: what is long is referred to.
fn argument(class: &FieldClass, value: &Value, own: &str) -> String {
    let text = inline(class, value, own);
    let is_long = match class {
        FieldClass::Array(class) => matches!(class.length, Length::Static(_)),
        FieldClass::Blob(class) => matches!(class.len_bytes, Length::Static(_)),
        FieldClass::Structure(_) | FieldClass::Variant(_) => true,
        _ => false,
    };
    if is_long { format!("&{text}") } else { text }
}

fn inline(class: &FieldClass, value: &Value, own: &str) -> String {
    match (class, value) {
        (FieldClass::Integer(class), Value::Integer(bits)) => {
            let sign = if class.is_signed() { "i" } else { "u" };
            format!("{bits:#x}_u64 as {sign}{}", class.len_bits.next_power_of_two().max(8))
        }
        (_, Value::Boolean(is_true)) => is_true.to_string(),
        (_, Value::Float(number)) => format!("{number}.0"),
        (_, Value::Text(text)) => format!("{text:?}"),
        (FieldClass::Blob(class), Value::Bytes(bytes)) => {
            let reference = if matches!(class.len_bytes, Length::Dynamic(_)) { "&" } else { "" };
            format!("{reference}{bytes:?}")
        }
        (FieldClass::Array(array), Value::List(values)) => {
            let reference = if matches!(array.length, Length::Dynamic(_)) { "&" } else { "" };
            let elements = values.iter().map(|value| inline(&array.element, value, own));
            format!("{reference}[{}]", elements.collect::<Vec<_>>().join(", "))
        }
        (FieldClass::Structure(class), Value::Structure(values)) => {
            let fields = members(class).into_iter().zip(values).map(|((name, class), value)| {
                format!("{name}: {}", inline(class, value, &format!("{own}{}", camel(name))))
            });
            format!("{own} {{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        (FieldClass::Optional(_), Value::Absent) => "None".to_owned(),
        (FieldClass::Optional(class), Value::Present(value)) => {
            format!("Some({})", inline(&class.class, value, own))
        }
        (FieldClass::Variant(class), Value::Option(number, value)) => {
            let option = &class.options[*number];
            let name = camel(option.name.as_deref().expect("a name"));
            format!("{own}::{name}({})", inline(&option.class, value, &format!("{own}{name}")))
        }
        (class, value) => unreachable!("{value:?} of {class:?}"),
    }
}

const HEAD: &str = "\
mod tracer {
    #![deny(warnings)]
    include!(\"barectf.rs\");
}

use tracer::*;

struct Out {
    buffer: Vec<u8>,
    stream: Vec<u8>,
}

impl marey_tracer::Backend for Out {
    fn is_full(&mut self) -> bool {
        false
    }

    fn packet(&mut self) -> &mut [u8] {
        &mut self.buffer
    }

    fn finish(&mut self) {
        self.stream.extend_from_slice(&self.buffer);
        self.buffer.fill(0xaa);
    }
}

fn main() {
    let out = Out { buffer: vec![0xaa; PACKET_BYTES], stream: Vec::new() };
    let mut stream = SStream::new(out);
    stream.open_packet();
CALLS
    if stream.is_open() && !stream.is_empty() {
        stream.close_packet();
    }
    println!(\"{}\", stream.events_discarded());
    std::fs::write(\"s-rust\", &stream.backend().stream).expect(\"written\");
}
";
