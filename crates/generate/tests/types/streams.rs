//! What tracers write: the same in both languages, what is read as it was traced, and nothing
//! behind a packet.

use std::ops::Range;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

use marey_ctf::schema::{ByteOrder, FieldClass, Structure};
use marey_ctf::tsdl::{self, Style};
use marey_generate::definition::Definition;
use marey_generate::{c, rust};

use super::configuration::{at_random, definition};
use super::each::{each, scratch};
use super::machine::{ARM, HOST, Machine, S390X, SANITIZED, STRICT, finish};
use super::random::Random;
use super::values::{Value, members, value};
use super::{in_c, in_rust, reading};

/// How often each event is traced.
const ROUNDS: usize = 6;
/// Packets that hold some events.
const PACKET_BYTES: u64 = 700;

/// An event that is traced.
pub struct Call<'d> {
    pub event: &'d str,
    pub common: &'d Structure,
    pub common_values: Vec<Value>,
    pub payload: &'d Structure,
    pub payload_values: Vec<Value>,
}

/// Where a type of an argument is named after, its name, and what it is.
pub type Argument<'c> = (&'c str, &'c str, &'c FieldClass, &'c Value);

impl Call<'_> {
    /// All arguments.
    pub fn arguments(&self) -> impl Iterator<Item = Argument<'_>> {
        let scopes = [
            ("context", self.common, &self.common_values),
            (self.event, self.payload, &self.payload_values),
        ];
        scopes.into_iter().flat_map(|(scope, structure, values)| {
            let named = members(structure).into_iter().zip(values);
            named.map(move |((name, class), value)| (scope, name, class, value))
        })
    }
}

pub fn calls(definition: &Definition, seed: u64) -> Vec<Call<'_>> {
    let mut random = Random(seed);
    let stream = &definition.schema.streams[0];
    let common = stream.event_common_context.as_ref().expect("a common context");
    let mut values = |structure: &Structure| -> Vec<Value> {
        members(structure).into_iter().map(|(_, class)| value(&mut random, class)).collect()
    };
    let events = (0..ROUNDS).flat_map(|_| &stream.events);
    events
        .map(|event| {
            let payload = event.payload.as_ref().expect("a payload");
            let name = event.identity.name.as_deref().expect("a name");
            let (common_values, payload_values) = (values(common), values(payload));
            Call { event: name, common, common_values, payload, payload_values }
        })
        .collect()
}

/// These seeds, or the one that is asked for.
pub fn seeds(seeds: Range<u64>) -> Vec<u64> {
    let one = std::env::var("MAREY_SEED").ok().and_then(|seed| seed.parse().ok());
    one.map_or_else(|| seeds.collect(), |seed: u64| vec![seed])
}

/// Generates a tracer in C, with a program.
fn in_folder(folder: &Path, seed: u64, order: &str, definition: &Definition) -> Result<(), String> {
    std::fs::create_dir_all(folder).expect("a folder");
    let write =
        |name: &str, text: String| std::fs::write(folder.join(name), text).expect("written");
    write("config.yaml", at_random(seed, order));
    for file in c::files(definition).map_err(|found| format!("{found:?}"))? {
        write(&file.name, file.text);
    }
    let metadata = tsdl::write(&definition.schema, Style::Barectf3);
    write("metadata", metadata.map_err(|found| format!("{found:?}"))?);
    write("driver.c", in_c::program(&calls(definition, seed), PACKET_BYTES));
    Ok(())
}

#[test]
fn babeltrace2_reads_what_was_traced() {
    if let Some(why) = reading::is_missing() {
        return println!("skipped: {why}");
    }
    reads(&HOST, "read", 0..60);
}

#[test]
fn also_on_machines_that_store_the_highest_byte_first() {
    reads(&S390X, "s390x", 1000..1020);
}

#[test]
fn also_on_machines_of_32_bits() {
    reads(&ARM, "arm", 2000..2010);
}

fn reads(machine: &Machine, name: &str, range: Range<u64>) {
    let order = if machine.order == ByteOrder::Big { "be" } else { "le" };
    if let Some(why) = machine.is_missing().or_else(reading::is_missing) {
        return println!("skipped: {why}");
    }
    let folder = scratch(&format!("types/{name}"));
    let events = AtomicU64::new(0);
    each(&seeds(range), |&seed| {
        let folder = folder.join(seed.to_string());
        let definition = definition(&at_random(seed, order));
        in_folder(&folder, seed, order, &definition)?;
        machine.compile(&folder, "barectf", &STRICT, &[])?;
        let discarded = machine.run(&folder)?;
        let trace = folder.join("trace");
        std::fs::create_dir_all(&trace).expect("a folder");
        for file in ["metadata", "s"] {
            std::fs::copy(folder.join(file), trace.join(file)).expect("copied");
        }
        let read = reading::read(&trace)?;
        let calls = calls(&definition, seed);
        // An event that is longer than a packet is discarded.
        if discarded.trim_ascii() == b"0" {
            same(&read, &calls)?;
        }
        events.fetch_add(read.len() as u64, Ordering::Relaxed);
        as_cplusplus(&folder, machine)
    });
    let events = events.into_inner();
    assert!(events > 100 || std::env::var_os("MAREY_SEED").is_some(), "{events} events were read");
}

fn same(read: &[serde_json::Value], calls: &[Call<'_>]) -> Result<(), String> {
    for (at, (read, call)) in read.iter().zip(calls).enumerate() {
        let expected = reading::expected(call);
        if *read != expected {
            return Err(format!("event {at}: traced {expected}, read {read}"));
        }
    }
    match read.len() == calls.len() {
        true => Ok(()),
        false => Err(format!("{} events were traced, {} are read", calls.len(), read.len())),
    }
}

/// A tracer is also a program in C++.
fn as_cplusplus(folder: &Path, machine: &Machine) -> Result<(), String> {
    if machine.name != HOST.name {
        return Ok(());
    }
    let mut compiler = Command::new("g++");
    compiler.current_dir(folder).args(["-x", "c++", "-fsyntax-only"]).args(STRICT);
    finish(compiler.arg("barectf.c")).map(drop)
}

/// A packet may have any length, and what does not fit is not written.
#[test]
fn no_packet_is_too_short() {
    let folder = scratch("types/sweep");
    each(&seeds(3000..3030), |&seed| {
        let folder = folder.join(seed.to_string());
        in_folder(&folder, seed, "le", &definition(&at_random(seed, "le")))?;
        HOST.compile(&folder, "barectf", &SANITIZED, &["-DSWEEP=400"])?;
        HOST.run(&folder).map(drop)
    });
}

#[test]
fn tracers_in_rust_write_the_same() {
    let folder = scratch("types/rust");
    let tracer = folder.join("libmarey_tracer.rlib");
    let mut rustc = Command::new("rustc");
    if Command::new("rustc").arg("--version").output().is_err() {
        return println!("skipped: no rustc here");
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tracer/src/lib.rs");
    rustc.args(["--edition", "2024", "--crate-name", "marey_tracer", "--crate-type", "rlib"]);
    finish(rustc.arg("-o").arg(&tracer).arg(source)).expect("the crate compiles");
    each(&seeds(4000..4030), |&seed| {
        let folder = folder.join(seed.to_string());
        let definition = definition(&at_random(seed, "le"));
        in_folder(&folder, seed, "le", &definition)?;
        for file in rust::files(&definition).map_err(|found| format!("{found:?}"))? {
            std::fs::write(folder.join(file.name), file.text).expect("written");
        }
        let program = in_rust::program(&calls(&definition, seed), PACKET_BYTES);
        std::fs::write(folder.join("main.rs"), program).expect("written");
        let mut rustc = Command::new("rustc");
        rustc.current_dir(&folder).args(["--edition", "2024", "-C", "debug-assertions"]);
        rustc.args(["-o", "in-rust", "--extern"]);
        finish(rustc.arg(format!("marey_tracer={}", tracer.display())).arg("main.rs"))?;
        let by_rust = finish(Command::new(folder.join("in-rust")).current_dir(&folder))?;
        HOST.compile(&folder, "barectf", &[], &[])?;
        let by_c = HOST.run(&folder)?;
        if by_c != by_rust.as_bytes() {
            return Err(format!("discarded: C {by_c:?}, Rust {by_rust:?}"));
        }
        let stream = |name: &str| std::fs::read(folder.join(name)).expect("a stream");
        let (in_c, in_rust) = (stream("s"), stream("s-rust"));
        let at = in_c.iter().zip(&in_rust).position(|(c, rust)| c != rust);
        match in_c == in_rust {
            true => Ok(()),
            false => Err(format!("differs at {at:?} of {} and {}", in_c.len(), in_rust.len())),
        }
    });
}
