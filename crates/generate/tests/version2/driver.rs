//! Programs in C that call every function that a header declares, with values at the edges.

use std::fmt::Write as _;

use super::header::{Declared, Typed};

/// How often each event is traced.
const ROUNDS: usize = 8;
const PACKET_BYTES: usize = 512;

/// A program for the tracer with this header, which passes what one for the other header passes:
/// arrays may be of other numbers.
pub fn text(header: &[Declared], other: &[Declared], file: &str) -> String {
    let callbacks = header
        .iter()
        .find(|declared| declared.name.ends_with("platform_callbacks"))
        .expect("a structure of callbacks");
    let prefix = callbacks.name.strip_suffix("platform_callbacks").expect("a prefix");
    let mut out = HEAD.replace("FILE", file).replace("PACKET_BYTES", &PACKET_BYTES.to_string());
    for (c_type, clock) in clocks(callbacks) {
        let _ = writeln!(
            out,
            "static {c_type} {clock}(void *d) {{ (void) d; return ({c_type}) now; }}"
        );
    }
    let opens: Vec<_> = header.iter().filter(|d| d.name.ends_with("_open_packet")).collect();
    for open in &opens {
        let name = open.name.strip_suffix("_open_packet").expect("a function");
        stream(&mut out, [header, other], prefix, name, open, callbacks);
    }
    out += "int main(void)\n{\n";
    for open in &opens {
        let name = open.name.strip_suffix("_open_packet").expect("a function");
        let _ = writeln!(out, "\trun_{name}();");
    }
    out + "\treturn 0;\n}\n"
}

fn clocks(callbacks: &Declared) -> Vec<(String, String)> {
    let clock = |(kind, name): &Typed| {
        let is_clock = name.ends_with("_clock_get_value");
        is_clock.then(|| (kind.split(" (*)").next().unwrap_or_default().to_owned(), name.clone()))
    };
    callbacks.parts.iter().filter_map(clock).collect()
}

fn stream(
    out: &mut String,
    [header, other]: [&[Declared]; 2],
    prefix: &str,
    name: &str,
    open: &Declared,
    callbacks: &Declared,
) {
    let mut values = Values { next: 1, data: 0, stream: name, out: String::new() };
    let mut calls = String::new();
    for _ in 0..ROUNDS {
        let traces = header.iter().filter(|d| d.name.starts_with(&format!("{name}_trace_")));
        for trace in traces {
            let arguments = values.arguments(&trace.parts, same(other, trace));
            let _ = writeln!(calls, "\tnow += 7;\n\t{}(&{name}{arguments});", trace.name);
        }
    }
    let opening = values.arguments(&open.parts, same(other, open));
    let clocks = clocks(callbacks).into_iter();
    let clocks: String = clocks.map(|(_, clock)| format!("\tcbs.{clock} = {clock};\n")).collect();
    let _ = write!(
        out,
        "{}\nstatic struct {name}_ctx {name};\n\
         static void {name}_open(void *d) {{ (void) d; memset(buffer, 0, sizeof(buffer)); \
         {name}_open_packet(&{name}{opening}); }}\n\
         static void {name}_close(void *d) {{ (void) d; {name}_close_packet(&{name}); \
         fwrite({prefix}packet_buf(&{name}), 1, {prefix}packet_buf_size(&{name}), stdout); }}\n\
         static void run_{name}(void)\n{{\n\tstruct {prefix}platform_callbacks cbs;\n\n{clocks}\
         \tcbs.is_backend_full = is_full;\n\tcbs.open_packet = {name}_open;\n\
         \tcbs.close_packet = {name}_close;\n\
         \t{prefix}init(&{name}, buffer, sizeof(buffer), cbs, 0);\n\t{name}_open(0);\n{calls}\
         \tif ({prefix}packet_is_open(&{name})) {{ {name}_close(0); }}\n\
         \tprintf(\"{name} %lu\\n\", \
         (unsigned long) {prefix}packet_events_discarded(&{name}));\n}}\n\n",
        values.out
    );
}

/// What the other header says of a function.
fn same<'o>(other: &'o [Declared], function: &'o Declared) -> &'o [Typed] {
    let same = other.iter().find(|declared| declared.name == function.name);
    same.map_or(&function.parts, |same| &same.parts)
}

/// Makes arguments.
struct Values<'n> {
    next: u64,
    /// How many constants there are, in which stream.
    data: usize,
    stream: &'n str,
    /// Constants that arguments point to.
    out: String,
}

impl Values<'_> {
    fn arguments(&mut self, parameters: &[Typed], others: &[Typed]) -> String {
        let parameters = parameters.iter().zip(others).skip(1);
        let argument = |((own, name), (other, _)): (&Typed, &Typed)| match is_array(own) {
            true => format!(", {}", self.array(other, own, name)),
            false => format!(", {}", self.argument(other, name)),
        };
        parameters.map(argument).collect()
    }

    fn argument(&mut self, kind: &str, name: &str) -> String {
        self.next = self.next.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
        let number = self.next >> 16;
        match kind {
            "uint32_t" if name.contains("___") => format!("{}U", number % 4),
            "float" | "double" => format!("{}.5", number % 100_000),
            "constchar *" => {
                format!("\"{}\"", "text of some length".get(..(number % 19) as usize).unwrap_or(""))
            }
            // A number that a float holds as it is.
            "uint64_t" => format!("UINT64_C({})", number % 0xff_ffff),
            "uint8_t" | "uint16_t" | "uint32_t" | "int8_t" | "int16_t" | "int32_t" | "int64_t" => {
                format!("({kind}) UINT64_C(0x{number:x})")
            }
            _ => unreachable!("{kind} {name}"),
        }
    }

    /// More elements than any length asks for: values of one kind, as those of another.
    fn array(&mut self, kind: &str, own: &str, name: &str) -> String {
        let (inner, own) = (element(kind), element(own));
        let values: Vec<_> = (0..8)
            .map(|_| match is_array(inner) {
                true => self.array(inner, own, name),
                false => self.argument(inner, name),
            })
            .collect();
        self.data += 1;
        let data = format!("{}_data{}", self.stream, self.data);
        let own = own.replace("const", "const ");
        let values = values.join(", ");
        let _ = writeln!(self.out, "static {own} const {data}[] = {{ {values} }};");
        data
    }
}

fn is_array(kind: &str) -> bool {
    kind.ends_with('*') && kind != "constchar *"
}

/// What a pointer to constants points to.
fn element(kind: &str) -> &str {
    let element = kind.strip_suffix(" *").expect("a pointer");
    let element = element.strip_suffix("const").unwrap_or(element);
    match element.strip_prefix("const") {
        Some(plain) if !element.contains('*') => plain,
        _ => element,
    }
}

const HEAD: &str = "\
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include \"FILE.h\"

static uint8_t buffer[PACKET_BYTES];
static uint64_t now = 1000;

static int is_full(void *data)
{
	(void) data;
	return 0;
}

";
