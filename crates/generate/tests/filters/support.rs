//! Configurations to generate from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use marey_generate::configuration::{Configuration, Options};
use marey_generate::definition::Definition;
use marey_generate::diagnostic::render;
use marey_generate::v2::Compat;
use marey_generate::{c, rust};

use super::each::scratch;
use super::machine::finish;

/// Two streams; `noisy` has log levels from none to 7, and a field of `quiet` has the name of a
/// parameter of types in Rust. `MAREY` is the place of the extensions.
const VERSION_3: &str = "--- !<tag:barectf.org,2020/3/config>
trace:
  MAREY
  type:
    $include: [stdint.yaml, stdmisc.yaml, lttng-ust-log-levels.yaml]
    native-byte-order: le
    uuid: auto
    clock-types: {ticks: {$c-type: uint64_t}}
    data-stream-types:
      noisy:
        $is-default: true
        $default-clock-type-name: ticks
        event-record-types:
          plain: {payload-field-type: {class: struct, members: [count: uint32]}}
          error: {log-level: ERR, payload-field-type: {class: struct, members: [text: string]}}
          info: {log-level: INFO, payload-field-type: {class: struct, members: [count: uint16]}}
          system: {log-level: 7, payload-field-type: {class: struct, members: [count: uint8]}}
      quiet:
        event-record-types:
          plain:
            payload-field-type:
              class: struct
              members:
                - count: uint32
                - b: {field-type: {class: uenum, size: 8, mappings: {LOW: [0]}}}
";

/// The same of version 2.
const VERSION_2: &str = "version: '2.2'
metadata:
  MAREY
  $include: [stdint.yaml, lttng-ust-log-levels.yaml]
  trace:
    byte-order: le
    packet-header-type: {class: struct, fields: {magic: uint32, stream_id: uint8}}
  streams:
    noisy:
      packet-context-type: {class: struct, fields: {packet_size: uint32, content_size: uint32}}
      event-header-type: {class: struct, fields: {id: uint8}}
      events:
        plain: {payload-type: {class: struct, fields: {count: uint32}}}
        info: {log-level: INFO, payload-type: {class: struct, fields: {count: uint32}}}
";

/// The configuration of version 3 with these extensions, such as `marey: {}`.
pub fn version_3(extensions: &str) -> String {
    VERSION_3.replace("MAREY", extensions)
}

/// The same of version 2.
pub fn version_2(extensions: &str) -> String {
    VERSION_2.replace("MAREY", extensions)
}

/// What is read of a configuration.
pub fn read(text: &str, compat: Option<Compat>) -> Configuration {
    let options = Options { compat, ..Options::default() };
    let read = Configuration::of_bytes("config.yaml", text.as_bytes().to_vec(), &options);
    read.expect("a version that can be read so")
}

/// What is wrong with a configuration, and with which extensions: their messages.
pub fn messages(configuration: &Configuration) -> Vec<String> {
    let problems = configuration.problems.sorted();
    problems.iter().map(|found| render(found, &configuration.sources, false)).collect()
}

/// The definition of a configuration in which nothing is wrong.
pub fn definition(text: &str) -> Definition {
    let configuration = read(text, None);
    assert_eq!(messages(&configuration), Vec::<String>::new());
    configuration.definition.expect("a definition")
}

/// All filters at run time.
pub const ALL_FILTERS: &str =
    "marey: {filters: {event-enable: true, log-level: true, predicate: true}}";

/// What compilers must get along with: a tracer in C89 without a warning.
const STRICT: [&str; 6] = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-pedantic", "-Werror"];
/// The languages that a tracer in C is written in, each with its compiler.
pub const COMPILERS: [&[&str]; 7] = [
    &["gcc", "-std=c89"],
    &["gcc", "-std=c11"],
    &["g++", "-x", "c++", "-std=c++98"],
    &["g++", "-x", "c++", "-std=c++20"],
    &["clang", "-std=c89"],
    &["clang", "-std=c11"],
    &["clang++", "-x", "c++", "-std=c++17"],
];

/// Whether a program is here; if not, that is said.
pub fn is_here(program: &str) -> bool {
    let is_here = Command::new(program).arg("--version").output().is_ok();
    if !is_here {
        println!("skipped: {program} is not here");
    }
    is_here
}

/// A folder with the tracers of a configuration in both languages.
pub fn generated(name: &str, text: &str) -> PathBuf {
    let folder = scratch(&format!("filters/{name}"));
    let configuration = read(text, None);
    let definition = configuration.definition.expect("a definition");
    let files = [c::files(&definition), rust::files(&definition)];
    for file in files.into_iter().flat_map(|files| files.expect("files")) {
        std::fs::write(folder.join(file.name), file.text).expect("written");
    }
    folder
}

/// Compiles a file in C as one of [`COMPILERS`] does, strictly.
pub fn compile(folder: &Path, compiler: &[&str], options: &[&str], file: &str) -> String {
    let object = Path::new(file).with_extension("o");
    let mut command = Command::new(compiler[0]);
    command.current_dir(folder).args(&compiler[1..]).args(STRICT).args(options);
    finish(command.arg("-c").arg(file).arg("-o").arg(&object)).expect("it compiles");
    object.display().to_string()
}

/// Compiles the tracer and a program in C, runs it, and gives what it says.
pub fn run_c(folder: &Path, options: &[&str], program: &str) -> String {
    std::fs::write(folder.join("main.c"), program).expect("written");
    let tracer = compile(folder, &["gcc", "-std=c89"], options, "barectf.c");
    let main = compile(folder, &["gcc", "-std=c99"], options, "main.c");
    let mut linker = Command::new("gcc");
    finish(linker.current_dir(folder).args(options).args(["-o", "in_c", &tracer, &main]))
        .expect("it links");
    finish(Command::new(folder.join("in_c")).current_dir(folder)).expect("it runs")
}

/// The same in Rust.
pub fn run_rust(folder: &Path, options: &[&str], program: &str) -> String {
    let strict = "#![deny(warnings)]\n#![forbid(unsafe_code)]\n";
    std::fs::write(folder.join("main.rs"), format!("{strict}{program}")).expect("written");
    let tracer = tracer_crate(folder, options);
    let mut rustc = Command::new("rustc");
    rustc.current_dir(folder).args(["--edition", "2021", "-o", "in_rust"]).args(options);
    finish(rustc.args(["--extern", &tracer, "main.rs"])).expect("it compiles");
    finish(Command::new(folder.join("in_rust")).current_dir(folder)).expect("it runs")
}

/// Compiles the crate that tracers in Rust link, and gives how a compiler takes it.
pub fn tracer_crate(folder: &Path, options: &[&str]) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tracer/src/lib.rs");
    let mut rustc = Command::new("rustc");
    rustc.current_dir(folder).args(["--edition", "2024", "--crate-type", "rlib"]).args(options);
    finish(rustc.args(["--crate-name", "marey_tracer"]).arg(source)).expect("it compiles");
    "marey_tracer=libmarey_tracer.rlib".to_owned()
}

/// The sizes of the functions of an object file, by name.
pub fn sizes(folder: &Path, object: &str) -> BTreeMap<String, u64> {
    let mut nm = Command::new("nm");
    let said = finish(nm.current_dir(folder).args(["-S", object])).expect("symbols");
    let size = |line: &str| match line.split_whitespace().collect::<Vec<_>>().as_slice() {
        [_, size, _, name] => Some(((*name).to_owned(), u64::from_str_radix(size, 16).ok()?)),
        _ => None,
    };
    said.lines().filter_map(size).collect()
}

/// A platform in C for both streams: a clock that counts how often it is read, and one packet.
pub const PLATFORM: &str = r#"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "barectf.h"

static struct barectf_noisy_ctx noisy;
static uint8_t packet[4096];
static uint64_t ticks;
static void (*meanwhile)(void);

static uint64_t read_ticks(void *data)
{
	(void) data;
	if (meanwhile) {
		meanwhile();
	}
	return ++ticks;
}

static int is_full(void *data) { (void) data; return 0; }
static void open_packet(void *data) { (void) data; barectf_noisy_open_packet(&noisy); }
static void close_packet(void *data) { (void) data; barectf_noisy_close_packet(&noisy); }

static void start(void)
{
	const struct barectf_platform_callbacks callbacks = {
		read_ticks, is_full, open_packet, close_packet
	};

	memset(&noisy, 0xaa, sizeof(noisy));
	barectf_init(&noisy, packet, sizeof(packet), callbacks, 0);
	open_packet(0);
}

static void finish(const char *name)
{
	FILE *file = fopen(name, "wb");

	close_packet(0);
	if (!file || fwrite(packet, 1, sizeof(packet), file) != sizeof(packet)) {
		exit(1);
	}
	fclose(file);
}
"#;
