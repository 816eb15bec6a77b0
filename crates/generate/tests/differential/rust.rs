//! The tracers in Rust beside those in C: the same calls, the same bytes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use marey_ctf::schema::FieldClass;
use marey_generate::configuration::Configuration;
use marey_generate::definition::Definition;
use marey_generate::include::Search;

use super::calls::{Argument, StreamCalls, Value, calls, name_of};
use super::each::{each, scratch};
use super::machine::{HOST, finish};
use super::{ours, seeds};

/// How many tracers are compiled at once.
const AT_ONCE: usize = 15;
/// What a generated tracer must get along with.
const STRICT: &str = "#![deny(warnings)]\n#![forbid(unsafe_code)]\n";

#[test]
fn tracers_in_rust_write_what_those_in_c_write() {
    let all = seeds(4000..4060, 240);
    let Some(tracer) = tracer("rust", &[]) else { return };
    let chunks: Vec<_> = all.chunks(AT_ONCE).collect();
    each(&(0..chunks.len()).collect::<Vec<_>>(), |&chunk| {
        let edition = if chunk % 2 == 0 { "2021" } else { "2024" };
        compare(&tracer, chunks[chunk], edition)
    });
}

/// Names may be keywords of Rust, or what the generated code calls its own.
#[test]
fn any_name_is_a_name_in_rust() {
    let Some(tracer) = tracer("names", &[]) else { return };
    let folder = tracer.with_file_name("");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/names.yaml");
    let configuration = Configuration::read(&path, &Search::default());
    let definition = configuration.definition.expect("a definition");
    let files = marey_generate::rust::files(&definition).expect("a tracer");
    std::fs::write(folder.join("barectf.rs"), &files[0].text).expect("written");
    std::fs::write(folder.join("main.rs"), format!("{STRICT}{NAMES}")).expect("written");
    for edition in ["2021", "2024"] {
        let mut rustc = Command::new("rustc");
        rustc.current_dir(&folder).args(["--edition", edition, "-o", "main", "--extern"]);
        finish(rustc.arg(extern_option(&tracer)).arg("main.rs")).expect("it compiles");
        finish(&mut Command::new(folder.join("main"))).expect("it is right");
    }
}

/// A program for `names.yaml`.
const NAMES: &str = r#"
mod barectf;

use barectf::{
    Clock2, FieldsInner, LoopState, Match2Packet, Match2Stream, MatchStream, Opening2, Option2,
    States, WriteState,
};

fn main() {
    let mut bytes = [0; 1000];
    let backend = marey_tracer::Memory::new(&mut bytes, 500);
    let packet = Match2Packet { packet_: "cut\0 here", opening_: Opening2::SELF };
    let mut stream = Match2Stream::new(backend, || 0x4142, packet);
    let state = LoopState::A_B;
    assert!(stream.trace_loop(1, 0x1234, 2, 0x5678, 3, 4, 5, state, Clock2(-7), 0xfe, "in\0side"));
    let states = [[States(1), 9.into()]];
    assert!(stream.trace_Write(6, 7, WriteState::HIGH, &["x", "y\0z"], &states));
    let (self_, self__, self___, it, __, ___, type_, r#type) = (1, 2, 3, 4, 5, 6, 7, 8);
    let inner = FieldsInner { self_, self__, self___, Self_: it, __, ___, type_, r#type };
    assert!(stream.trace_fields(8, 9, &inner));
    stream.close_packet();
    let written = stream.into_backend().packets().to_vec();
    let has = |bytes: &[u8]| written.windows(bytes.len()).any(|found| found == bytes);
    assert!(has(b"cut\0\x01"));
    // The flags have 5 bits, and `now` 3, of which the higher ones are left out.
    let payload = [2, 0, 0x56, 0x78, 3, 4, 5, 2, 0b11001_110, b'i', b'n', 0];
    assert!(has(&[1, 0, 0x12, 0x34]) && has(&payload));
    assert!(has(&[6, 0, 0, 7, 0b01111_000, 0, 0, 0, 2, b'x', 0, b'y', 0, 0, 0, 0, 1, 1, 9]));
    assert!(has(&[8, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8]));
    let mut stream = MatchStream::new(marey_tracer::Sink::new([0; 100], |_: &[u8]| {}));
    assert!(stream.trace_loop(Option2::SELF2));
}
"#;

/// What is compiled of a tracer needs neither `std` nor a heap, and cannot panic.
#[test]
fn tracers_in_rust_stand_alone() {
    let options = ["-C", "opt-level=3", "-C", "panic=abort", "-C", "codegen-units=1"];
    let Some(tracer) = tracer("alone", &options) else { return };
    if Command::new("nm").arg("--version").output().is_err() {
        return println!("skipped: no nm here");
    }
    let folder = tracer.with_file_name("");
    let mut text = format!("#![no_std]\n{STRICT}");
    for seed in seeds(4000..4016, 16) {
        let folder = folder.join(seed.to_string());
        let Ok(definition) = ours(&folder, seed, &HOST) else { continue };
        let files = marey_generate::rust::files(&definition).expect("a tracer");
        std::fs::write(folder.join("tracer.rs"), &files[0].text).expect("written");
        let module = format!("    include!(\"{seed}/tracer.rs\");\n{}", callers(&files[0].text));
        let _ = writeln!(text, "pub mod tracer{seed} {{\n{module}}}");
    }
    std::fs::write(folder.join("lib.rs"), text).expect("written");
    let mut rustc = Command::new("rustc");
    rustc.current_dir(&folder).args(["--edition", "2024", "--crate-type", "lib", "--emit", "obj"]);
    rustc.args(options).args(["-o", "lib.o", "--extern"]).arg(extern_option(&tracer));
    finish(rustc.arg("lib.rs")).expect("it compiles");
    let mut rustc = Command::new("rustc");
    rustc.current_dir(&folder).args(["--edition", "2024", "--crate-type", "lib", "--emit", "obj"]);
    finish(rustc.args(options).args(["-o", "tracer.o"]).arg(source())).expect("it compiles");
    for file in ["lib.o", "tracer.o"] {
        let mut nm = Command::new("nm");
        let symbols = finish(nm.current_dir(&folder).args(["-u", file])).expect("an object file");
        let symbols = symbols.lines().filter_map(|line| line.trim().strip_prefix("U "));
        let of_memory = ["memcpy", "memset", "memcmp", "bcmp", "memmove"];
        let is_ours = |symbol: &&str| symbol.contains("marey_tracer") || of_memory.contains(symbol);
        let others: Vec<_> = symbols.filter(|symbol| !is_ours(symbol)).collect();
        assert_eq!(others, [""; 0], "{file}");
    }
}

/// Functions that call the methods of a tracer, so that those are compiled.
fn callers(tracer: &str) -> String {
    let mut callers = String::new();
    let mut stream = "";
    let mut has_clock = false;
    let mut lifetime = "";
    for line in tracer.lines() {
        if let Some(rest) = line.strip_prefix("pub struct ")
            && let Some((name, parameters)) = rest.split_once("Stream<")
        {
            stream = name;
            has_clock = parameters.contains(", C>");
            lifetime = if parameters.starts_with("'p, ") { "'static, " } else { "" };
        }
        let Some((method, rest)) =
            line.strip_prefix("    pub fn trace_").and_then(|line| line.split_once("(&mut self"))
        else {
            continue;
        };
        let parameters = rest.trim_end_matches(") -> bool {");
        let names = parameters.split(", ").filter_map(|parameter| parameter.split_once(": "));
        let names: Vec<_> = names.map(|(name, _)| name).collect();
        let clock = if has_clock { ", fn() -> u64" } else { "" };
        let _ = write!(
            callers,
            "    #[allow(clippy::too_many_arguments, reason = \"as many as there are\")]\n    \
             pub fn {stream}_{method}(stream: &mut {stream}Stream<{lifetime}\
             marey_tracer::Memory<'_>{clock}>{parameters}) -> bool {{\n        \
             stream.trace_{method}({})\n    }}\n",
            names.join(", ")
        );
    }
    callers.replace("pub fn ", "#[allow(non_snake_case, reason = \"two names\")]\n    pub fn ")
}

/// The crate that tracers link, compiled; none without a compiler.
fn tracer(name: &str, options: &[&str]) -> Option<PathBuf> {
    if Command::new("rustc").arg("--version").output().is_err() {
        println!("skipped: no rustc here");
        return None;
    }
    let folder = scratch(&format!("differential/{name}"));
    let file = folder.join("libmarey_tracer.rlib");
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition", "2024", "--crate-name", "marey_tracer", "--crate-type", "rlib"]);
    rustc.args(options).arg("-o").arg(&file).arg(source());
    finish(&mut rustc).expect("the crate compiles");
    Some(file)
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tracer/src/lib.rs")
}

/// Compiles and runs the drivers of some configurations, in both languages.
fn compare(tracer: &Path, seeds: &[u64], edition: &str) -> Result<(), String> {
    let folder = tracer.with_file_name(seeds[0].to_string());
    let mut main = format!("{STRICT}{HEAD}fn main() {{\n");
    let (mut modules, mut definitions) = (String::new(), Vec::new());
    for &seed in seeds {
        let folder = folder.join(seed.to_string());
        // What is refused, barectf refuses, too: see above.
        let Ok(definition) = ours(&folder, seed, &HOST) else { continue };
        let files = marey_generate::rust::files(&definition);
        for file in files.map_err(|found| format!("{seed}: {found:?}"))? {
            let driver = driver(&definition, seed, &file.text);
            std::fs::write(folder.join("tracer.rs"), file.text).expect("written");
            std::fs::write(folder.join("driver.rs"), driver).expect("written");
        }
        let _ = write!(
            modules,
            "mod tracer{seed} {{\n    include!(\"{seed}/tracer.rs\");\n}}\n\
             #[path = \"{seed}/driver.rs\"]\nmod driver{seed};\n"
        );
        let _ = writeln!(main, "    driver{seed}::run(\"{seed}\");");
        definitions.push((folder, seed, definition));
    }
    std::fs::write(folder.join("main.rs"), main + "}\n\n" + &modules).expect("written");
    let mut rustc = Command::new("rustc");
    rustc.current_dir(&folder).args(["--edition", edition, "-C", "debug-assertions", "-o", "main"]);
    finish(rustc.arg("--extern").arg(extern_option(tracer)).arg("main.rs"))?;
    finish(Command::new(folder.join("main")).current_dir(&folder))?;
    for (folder, seed, definition) in definitions {
        same(&folder, &definition).map_err(|what| format!("{seed}: {what}"))?;
    }
    Ok(())
}

fn extern_option(tracer: &Path) -> String {
    format!("marey_tracer={}", tracer.display())
}

/// Runs the driver in C, and compares what both left.
fn same(folder: &Path, definition: &Definition) -> Result<(), String> {
    let in_c = folder.join("ours");
    HOST.compile(&in_c, &definition.code.file_prefix, &[], &[])?;
    let said = String::from_utf8_lossy(&HOST.run(&in_c)?).into_owned();
    let by_rust = std::fs::read_to_string(folder.join("said")).expect("a text");
    if said != by_rust {
        return Err(format!("discarded: C {said:?}, Rust {by_rust:?}"));
    }
    for stream in &definition.schema.streams {
        let name = name_of(&stream.identity);
        let read = |folder: &Path| std::fs::read(folder.join(name)).expect("a stream");
        let (in_c, in_rust) = (read(&in_c), read(folder));
        if in_c != in_rust {
            let at = in_c.iter().zip(&in_rust).position(|(c, rust)| c != rust);
            let lens = (in_c.len(), in_rust.len());
            return Err(format!("stream {name} differs at {at:?} of {lens:?}"));
        }
    }
    Ok(())
}

/// A module that calls every method of a tracer.
fn driver(definition: &Definition, seed: u64, tracer: &str) -> String {
    let mut out = format!(
        "use super::tracer{seed}::*;\nuse super::{{Out, World}};\n\n\
         #[allow(unused_parens, reason = \"simpler\")]\n\
         pub fn run(folder: &str) {{\n    let world = World::new(folder);\n"
    );
    for stream in calls(definition, seed) {
        stream_calls(&mut out, definition, &stream, tracer);
    }
    out + "}\n"
}

fn stream_calls(out: &mut String, definition: &Definition, calls: &StreamCalls<'_>, tracer: &str) {
    let name = name_of(&calls.stream.identity);
    let own = name[..1].to_uppercase() + &name[1..];
    let mut arguments = "backend".to_owned();
    let methods = tracer.split(&format!("pub struct {own}Stream<")).nth(1).expect("a type");
    if methods.split_once(" -> Self").expect("a method").0.contains("clock: C") {
        let clock = calls.stream.default_clock.expect("a clock");
        // A clock in C gives as many bits as its type has.
        let c_type = definition.code.clock_c_types[clock].trim_start_matches("uint");
        let bits = c_type.trim_end_matches("_t");
        arguments += &format!(", || u64::from(world.now.get() as u{bits})");
    }
    if !calls.packet.is_empty() {
        let field = |argument: &Argument<'_>| {
            format!("{}: {}", argument.name, value(argument.class, &argument.value, true))
        };
        let fields: Vec<_> =
            calls.packet.iter().filter(|argument| !argument.is_length).map(field).collect();
        let _ = writeln!(out, "    let packet = {own}Packet {{ {} }};", fields.join(", "));
        arguments += ", packet";
    }
    let _ = write!(
        out,
        "    let backend = Out::new(&world, {});\n    \
         let mut stream = {own}Stream::new({arguments});\n    stream.open_packet();\n",
        calls.packet_bytes
    );
    for call in &calls.calls {
        let arguments = call.arguments.iter().filter(|argument| !argument.is_length);
        let arguments: Vec<_> =
            arguments.map(|argument| value(argument.class, &argument.value, true)).collect();
        let (step, event) = (call.step, name_of(&call.event.identity));
        let _ = writeln!(out, "    world.now.set(world.now.get() + {step});");
        let _ = writeln!(out, "    stream.trace_{event}({});", arguments.join(", "));
    }
    let _ = write!(
        out,
        "    if stream.is_open() && !stream.is_empty() {{\n        stream.close_packet();\n    \
         }}\n    \
         let discarded = stream.events_discarded();\n    \
         stream.into_backend().done({name:?}, discarded);\n"
    );
}

/// A value in Rust.
fn value(class: &FieldClass, value_of: &Value, is_outer: bool) -> String {
    match (class, value_of) {
        (FieldClass::Integer(class), Value::Integer(number)) => {
            let sign = if class.is_signed() { "i" } else { "u" };
            let bits = class.len_bits.next_power_of_two().max(8);
            let into = if class.mappings.is_empty() { "" } else { ".into()" };
            format!("({number:#x}_u64 as {sign}{bits}){into}").replace("_u64 as u64", "_u64")
        }
        (FieldClass::Array(array), Value::Array(values)) => {
            let elements = values.iter().map(|element| value(&array.element, element, false));
            let elements: Vec<_> = elements.collect();
            let reference = if is_outer { "&" } else { "" };
            format!("{reference}[{}]", elements.join(", "))
        }
        (_, Value::Float(number)) => format!("{number}.0"),
        (_, Value::Text(text)) => format!("{text:?}"),
        _ => unreachable!("a value of another class"),
    }
}

/// What all drivers of a program share.
const HEAD: &str = r#"
use std::cell::{Cell, RefCell};

pub struct World<'f> {
    folder: &'f str,
    now: Cell<u64>,
    calls: Cell<u32>,
    said: RefCell<String>,
}

impl<'f> World<'f> {
    fn new(folder: &'f str) -> Self {
        let said = RefCell::new(String::new());
        World { folder, now: Cell::new(1000), calls: Cell::new(0), said }
    }
}

pub struct Out<'w, 'f> {
    world: &'w World<'f>,
    buffer: Vec<u8>,
    stream: Vec<u8>,
}

impl<'w, 'f> Out<'w, 'f> {
    fn new(world: &'w World<'f>, packet_bytes: usize) -> Self {
        Out { world, buffer: vec![0xaa; packet_bytes], stream: Vec::new() }
    }

    fn done(&self, name: &str, discarded: u32) {
        let mut said = self.world.said.borrow_mut();
        said.push_str(&format!("{name} {discarded}\n"));
        std::fs::write(format!("{}/said", self.world.folder), &*said).expect("written");
        std::fs::write(format!("{}/{name}", self.world.folder), &self.stream).expect("written");
    }
}

impl marey_tracer::Backend for Out<'_, '_> {
    fn is_full(&mut self) -> bool {
        self.world.calls.set(self.world.calls.get() + 1);
        self.world.calls.get() % 5 == 0
    }

    fn packet(&mut self) -> &mut [u8] {
        &mut self.buffer
    }

    fn finish(&mut self) {
        self.stream.extend_from_slice(&self.buffer);
        self.buffer.fill(0xaa);
    }
}

"#;
