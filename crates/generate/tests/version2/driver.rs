//! Programs in C that call every function that a header declares, with values at the edges.

use std::fmt::Write as _;

use super::header::{Declared, Typed};

/// How often each event is traced.
const ROUNDS: usize = 8;
const PACKET_BYTES: usize = 512;

/// A program for the tracer with this header.
pub fn text(header: &[Declared], file: &str) -> String {
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
        stream(&mut out, header, prefix, name, open, callbacks);
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
    header: &[Declared],
    prefix: &str,
    name: &str,
    open: &Declared,
    callbacks: &Declared,
) {
    let mut values = Values { next: 1, out: String::new() };
    let mut calls = String::new();
    for _ in 0..ROUNDS {
        let traces = header.iter().filter(|d| d.name.starts_with(&format!("{name}_trace_")));
        for trace in traces {
            let arguments = values.arguments(&trace.parts);
            let _ = writeln!(calls, "\tnow += 7;\n\t{}(&{name}{arguments});", trace.name);
        }
    }
    let opening = values.arguments(&open.parts);
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

/// Makes arguments.
struct Values {
    next: u64,
    /// Constants that arguments point to.
    out: String,
}

impl Values {
    fn arguments(&mut self, parameters: &[Typed]) -> String {
        let parameters = parameters.iter().skip(1);
        parameters.map(|(kind, name)| format!(", {}", self.argument(kind, name))).collect()
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
            _ => self.array(kind, name),
        }
    }

    /// More elements than any length asks for.
    fn array(&mut self, kind: &str, name: &str) -> String {
        let element = kind.strip_suffix(" *").unwrap_or(kind);
        let element = element.strip_prefix("const").unwrap_or(element);
        let element = if element.starts_with("char *") { "constchar *" } else { element };
        let values: Vec<_> = (0..8).map(|_| self.argument(element, name)).collect();
        let (data, values) = (format!("data_{}", self.next), values.join(", "));
        let element = element.replace("constchar", "const char");
        let _ = writeln!(self.out, "static {element} const {data}[] = {{ {values} }};");
        data
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
