//! Configurations at random, and what barectf 3.1 makes of them: the same verdict, the same
//! metadata, tracers that write the same bytes, on machines of both byte orders.
//!
//! `MAREY_BARECTF3` names barectf's executable. `MAREY_SEED` picks one of the configurations.
#![cfg(unix)]

#[path = "differential/calls.rs"]
mod calls;
#[path = "differential/driver.rs"]
mod driver;
#[path = "differential/grammar.rs"]
mod grammar;
#[path = "differential/machine.rs"]
mod machine;
#[path = "differential/oracle.rs"]
mod oracle;
#[path = "differential/random.rs"]
mod random;
#[path = "differential/reader.rs"]
mod reader;
#[path = "differential/rust.rs"]
mod rust;
#[path = "differential/tokens.rs"]
mod tokens;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use driver::Driver;
use machine::{ARM, HOST, Machine, S390X, finish};
use marey_ctf::tsdl::{self, Style};
use marey_generate::configuration::Configuration;
use marey_generate::definition::Definition;
use marey_generate::diagnostic::render;
use marey_generate::include::Search;

/// What a compiler may say of our tracers: nothing.
const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"];
/// Lengths of packets that are tried from 0 on.
const SWEEP: &str = "-DSWEEP=300";

fn seeds(all: Range<u64>) -> Range<u64> {
    let one = std::env::var("MAREY_SEED").ok().and_then(|seed| seed.parse().ok());
    one.map_or(all, |seed: u64| seed..seed + 1)
}

#[test]
fn tracers_write_what_those_of_barectf_write() {
    like_barectf(&HOST, 0..240);
}

#[test]
fn also_on_machines_that_store_the_highest_byte_first() {
    like_barectf(&S390X, 1000..1060);
}

#[test]
fn also_on_machines_of_32_bits() {
    like_barectf(&ARM, 2000..2030);
}

/// babeltrace2 reads the values that were traced.
#[test]
fn what_is_traced_is_read() {
    if let Some(why) = reader::is_missing() {
        return println!("skipped: {why}");
    }
    let folder = scratch("read");
    let events = AtomicU64::new(0);
    each(seeds(4000..4060), |seed| {
        let folder = folder.join(seed.to_string());
        let Ok(definition) = ours(&folder, seed, &HOST) else { return Ok(()) };
        if !reader::can_follow(&definition) {
            return Ok(());
        }
        let folder = folder.join("ours");
        HOST.compile(&folder, &definition.code.file_prefix, &[], &["-DNEVER_FULL"])?;
        HOST.run(&folder)?;
        events.fetch_add(reader::compare(&folder, &definition, seed)?, Ordering::Relaxed);
        Ok(())
    });
    let events = events.into_inner();
    println!("{events} events, read as they were traced");
    assert!(events > 1000 || std::env::var_os("MAREY_SEED").is_some(), "few events were read");
}

/// A packet may have any length, and what does not fit is not written.
#[test]
fn no_packet_is_too_short() {
    let folder = scratch("sweep");
    each(seeds(3000..3060), |seed| {
        let folder = folder.join(seed.to_string());
        // What is refused, barectf refuses, too: see above.
        let Ok(definition) = ours(&folder, seed, &HOST) else { return Ok(()) };
        let sanitized = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g"];
        let folder = folder.join("ours");
        HOST.compile(&folder, &definition.code.file_prefix, &sanitized, &[SWEEP])?;
        HOST.run(&folder).map(drop)
    });
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("differential").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Does something for each seed, on two cores, and fails if something was wrong.
fn each(seeds: Range<u64>, check: impl Fn(u64) -> Result<(), String> + Sync) {
    let (next, wrong) = (AtomicU64::new(seeds.start), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    if let Err(what) = check(seed) {
                        wrong.lock().expect("nobody panicked").push(format!("{seed}: {what}"));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("nobody panicked");
    let shown: Vec<_> = wrong.iter().take(10).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of them are wrong:\n{}", wrong.len(), shown.join("\n"));
}

fn like_barectf(machine: &Machine, all: Range<u64>) {
    let Some(barectf) = oracle::find() else { return };
    if let Some(why) = machine.is_missing() {
        return println!("skipped: {why}");
    }
    let folder = scratch(machine.name);
    let seeds = seeds(all);
    for seed in seeds.clone() {
        let folder = folder.join(seed.to_string());
        std::fs::create_dir_all(folder.join("theirs")).expect("a folder");
        let text = grammar::configuration(seed, machine.order);
        std::fs::write(folder.join("config.yaml"), text).expect("written");
    }
    oracle::generate(&barectf, &folder, seeds.clone());
    each(seeds.clone(), |seed| compare(&folder.join(seed.to_string()), seed, machine));
    let is_refused = |seed: &u64| folder.join(format!("{seed}/theirs/error")).exists();
    let refused = seeds.clone().filter(is_refused).count();
    println!("{} configurations, {refused} of them refused by both", seeds.count());
}

/// Generates our files into a folder of a configuration.
fn ours(folder: &Path, seed: u64, machine: &Machine) -> Result<Definition, String> {
    std::fs::create_dir_all(folder.join("ours")).expect("a folder");
    let path = folder.join("config.yaml");
    std::fs::write(&path, grammar::configuration(seed, machine.order)).expect("written");
    let configuration = Configuration::read(&path, &Search::default());
    let Some(definition) = configuration.definition else {
        let found = configuration.problems.sorted();
        let found = found.first().map(|found| render(found, &configuration.sources, false));
        return Err(found.unwrap_or_default());
    };
    let folder = folder.join("ours");
    for file in marey_generate::c::files(&definition).map_err(|found| format!("{found:?}"))? {
        std::fs::write(folder.join(file.name), file.text).expect("written");
    }
    let metadata = tsdl::write(&definition.schema, Style::Barectf3);
    let metadata = metadata.map_err(|found| format!("{found:?}"))?;
    std::fs::write(folder.join("metadata"), metadata).expect("written");
    std::fs::write(folder.join("driver.c"), Driver::text(&definition, seed)).expect("written");
    Ok(definition)
}

fn compare(folder: &Path, seed: u64, machine: &Machine) -> Result<(), String> {
    let theirs = std::fs::read_to_string(folder.join("theirs/error")).ok();
    let definition = match (ours(folder, seed, machine), theirs) {
        (Err(_), Some(_)) => return Ok(()),
        (Err(ours), None) => return Err(format!("refused, but not by barectf: {ours}")),
        (Ok(_), Some(theirs)) => return Err(format!("barectf refuses it: {theirs}")),
        (Ok(definition), None) => definition,
    };
    let read = |path: &str| std::fs::read_to_string(folder.join(path)).expect("a text");
    tokens::compare(&read("ours/metadata"), &read("theirs/metadata"))?;
    let file = &definition.code.file_prefix;
    std::fs::copy(folder.join("ours/driver.c"), folder.join("theirs/driver.c")).expect("copied");
    machine.compile(&folder.join("theirs"), file, &["-w"], &["-DBARECTF"])?;
    machine.compile(&folder.join("ours"), file, &STRICT, &[])?;
    let said = ["theirs", "ours"].map(|which| machine.run(&folder.join(which)));
    if said[0] != said[1] {
        return Err(format!("discarded: barectf {:?}, marey {:?}", said[0], said[1]));
    }
    for stream in &definition.schema.streams {
        let name = stream.identity.name.as_deref().unwrap_or_default();
        let read = |which: &str| std::fs::read(folder.join(which).join(name)).expect("a stream");
        let (theirs, ours) = (read("theirs"), read("ours"));
        if theirs != ours {
            let at = theirs.iter().zip(&ours).position(|(theirs, ours)| theirs != ours);
            return Err(format!("stream {name} differs at {at:?} of {}", theirs.len()));
        }
    }
    as_cplusplus(folder, file, machine)
}

/// A tracer is also a program in C++.
fn as_cplusplus(folder: &Path, file: &str, machine: &Machine) -> Result<(), String> {
    if machine.name != HOST.name {
        return Ok(());
    }
    let mut compiler = std::process::Command::new("g++");
    compiler.current_dir(folder.join("ours")).args(["-x", "c++", "-fsyntax-only"]).args(STRICT);
    finish(compiler.arg(format!("{file}.c"))).map(drop)
}
