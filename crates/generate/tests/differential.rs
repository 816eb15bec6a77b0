//! Configurations at random, and what barectf 3.1 makes of them: the same verdict, the same
//! metadata, tracers that write the same bytes, on machines of both byte orders.
//!
//! `MAREY_BARECTF3` names barectf's executable. `MAREY_SEED` picks one of the configurations.
//! `MAREY_SLOW_TESTS` makes it many more of them.
#![cfg(unix)]

#[path = "differential/calls.rs"]
mod calls;
#[path = "support/choose.rs"]
mod choose;
#[path = "differential/corpus.rs"]
mod corpus;
#[path = "support/coverage.rs"]
mod coverage;
#[path = "differential/driver.rs"]
mod driver;
#[path = "support/each.rs"]
mod each;
#[path = "differential/grammar.rs"]
mod grammar;
#[path = "support/machine.rs"]
mod machine;
#[path = "support/mutate.rs"]
mod mutate;
#[path = "support/oracle.rs"]
mod oracle;
#[path = "support/random.rs"]
mod random;
#[path = "differential/reader.rs"]
mod reader;
#[path = "differential/rust.rs"]
mod rust;
#[path = "support/scatter.rs"]
mod scatter;
#[path = "support/tokens.rs"]
mod tokens;
#[path = "differential/types.rs"]
mod types;
#[path = "support/verdicts.rs"]
mod verdicts;
#[path = "differential/wrong.rs"]
mod wrong;
#[path = "support/yaml.rs"]
mod yaml;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use driver::Driver;
use each::{each, is_slow, scratch};
use machine::{ARM, CLANG, HOST, Machine, S390X, SANITIZED, STRICT};
use marey_ctf::tsdl::{self, Style};
use marey_generate::definition::Definition;
use oracle::Barectf;

/// So many traces are read.
const TRACES: usize = 44;
/// Lengths of packets that are tried from 0 on.
const SWEEP: &str = "-DSWEEP=300";

/// Some seeds, and more if tests may take long; or the one that is asked for.
fn seeds(few: Range<u64>, many: u64) -> Vec<u64> {
    let one = std::env::var("MAREY_SEED").ok().and_then(|seed| seed.parse().ok());
    let end = if is_slow() { few.start + many } else { few.end };
    one.map_or_else(|| (few.start..end).collect(), |seed: u64| vec![seed])
}

#[test]
fn tracers_write_what_those_of_barectf_write() {
    like_barectf(&HOST, host_seeds());
}

/// Configurations that have all that the grammar has.
fn host_seeds() -> &'static [u64] {
    static SEEDS: OnceLock<Vec<u64>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let mut seeds = seeds(corpus::PLAIN, 900);
        if seeds.len() > 1 {
            seeds.extend(corpus::of_all_parts(&scratch("differential/chosen")).seeds);
        }
        seeds
    })
}

#[test]
fn also_on_machines_that_store_the_highest_byte_first() {
    like_barectf(&S390X, &seeds(corpus::PLAIN_BIG, 200));
}

#[test]
fn also_on_machines_of_32_bits() {
    like_barectf(&ARM, &seeds(2000..2020, 200));
}

/// Another compiler finds nothing to warn of, and what it compiles writes the same, and nothing
/// where it must not.
#[test]
fn another_compiler_makes_the_same_of_it() {
    let folder = scratch("differential/clang");
    if let Some(why) = CLANG.is_missing().or_else(|| CLANG.lacks_sanitizers(&folder)) {
        return println!("skipped: {why}");
    }
    let options: Vec<_> = STRICT.iter().chain(&SANITIZED).copied().collect();
    let compiled = AtomicU64::new(0);
    let step = if is_slow() { 1 } else { 3 };
    let seeds: Vec<u64> = host_seeds().iter().copied().step_by(step).collect();
    each(&seeds, |&seed| {
        let folder = folder.join(seed.to_string());
        // What is refused, barectf refuses, too: see above.
        let Ok(definition) = ours(&folder, seed, &CLANG) else { return Ok(()) };
        let (file, folder) = (&definition.code.file_prefix, folder.join("ours"));
        HOST.compile(&folder, file, &[], &[])?;
        let written = written(&HOST, &folder, &definition)?;
        CLANG.compile(&folder, file, &options, &[])?;
        if self::written(&CLANG, &folder, &definition)? != written {
            return Err("clang makes another tracer of it than gcc".to_owned());
        }
        compiled.fetch_add(1, Ordering::Relaxed);
        CLANG.check_cplusplus(&folder, file)
    });
    println!("{} tracers, compiled by clang", compiled.into_inner());
}

/// What a driver says, and the streams that it writes.
fn written(
    machine: &Machine,
    folder: &Path,
    definition: &Definition,
) -> Result<Vec<Vec<u8>>, String> {
    let said = machine.run(folder)?;
    let names = definition.schema.streams.iter().map(|stream| calls::name_of(&stream.identity));
    let read = |name: &str| std::fs::read(folder.join(name)).map_err(|e| format!("{name}: {e}"));
    std::iter::once(Ok(said)).chain(names.map(read)).collect()
}

/// babeltrace2 reads the values that were traced.
#[test]
fn what_is_traced_is_read() {
    if let Some(why) = reader::is_missing() {
        return println!("skipped: {why}");
    }
    let folder = scratch("differential/read");
    let seeds = readable(&folder);
    let events = AtomicU64::new(0);
    each(&seeds, |&seed| {
        let folder = folder.join(seed.to_string());
        let definition = ours(&folder, seed, &HOST)?;
        let folder = folder.join("ours");
        HOST.compile(&folder, &definition.code.file_prefix, &[], &["-DNEVER_FULL"])?;
        HOST.run(&folder)?;
        events.fetch_add(reader::compare(&folder, &definition, seed)?, Ordering::Relaxed);
        Ok(())
    });
    let events = events.into_inner();
    println!("{events} events of {} traces, read as they were traced", seeds.len());
    assert!(events > 1000 || std::env::var_os("MAREY_SEED").is_some(), "few events were read");
}

/// Configurations of which babeltrace2 can read traces: until there are enough, and all kinds of
/// fields are in all scopes of events, but for a sequence in a specific context.
fn readable(folder: &Path) -> Vec<u64> {
    let count = if is_slow() { 4 * TRACES } else { TRACES };
    let (mut readable, mut constructs) = (Vec::new(), BTreeSet::new());
    for seed in seeds(4000..5000, 1000) {
        if readable.len() >= count && constructs.len() == 3 * reader::KINDS - 1 {
            return readable;
        }
        let definition = ours(&folder.join(seed.to_string()), seed, &HOST).ok();
        let Some(definition) = definition.filter(reader::can_follow) else { continue };
        let before = constructs.len();
        constructs.extend(reader::constructs(&definition));
        if readable.len() < count || constructs.len() > before {
            readable.push(seed);
        }
    }
    assert!(readable.len() <= 1, "too few can be read, with too few kinds: {constructs:#?}");
    readable
}

/// A packet may have any length, and what does not fit is not written.
#[test]
fn no_packet_is_too_short() {
    let folder = scratch("differential/sweep");
    each(&seeds(3000..3040, 240), |&seed| {
        let folder = folder.join(seed.to_string());
        // What is refused, barectf refuses, too: see above.
        let Ok(definition) = ours(&folder, seed, &HOST) else { return Ok(()) };
        let folder = folder.join("ours");
        HOST.compile(&folder, &definition.code.file_prefix, &SANITIZED, &[SWEEP])?;
        HOST.run(&folder).map(drop)
    });
}

fn like_barectf(machine: &Machine, seeds: &[u64]) {
    let Some(barectf) = Barectf::find("3.1") else { return };
    if let Some(why) = machine.is_missing() {
        return println!("skipped: {why}");
    }
    let folder = scratch(&format!("differential/{}", machine.name));
    let of_seed = |seed: &u64| {
        let folder = folder.join(seed.to_string());
        (corpus::write(&folder, *seed, machine.order), folder.join("theirs"))
    };
    barectf.generate(&seeds.iter().map(of_seed).collect::<Vec<_>>());
    each(seeds, |&seed| compare(&folder.join(seed.to_string()), seed, machine));
    let is_refused = |seed: &&u64| oracle::error(&folder.join(format!("{seed}/theirs"))).is_some();
    let refused = seeds.iter().filter(is_refused).count();
    println!("{} configurations, {refused} of them refused by both", seeds.len());
}

/// Generates our files into a folder of a configuration.
fn ours(folder: &Path, seed: u64, machine: &Machine) -> Result<Definition, String> {
    let path = corpus::write(folder, seed, machine.order);
    let definition = corpus::read(&path)?;
    let folder = folder.join("ours");
    std::fs::create_dir_all(&folder).expect("a folder");
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
    let theirs = oracle::error(&folder.join("theirs"));
    let definition = match (ours(folder, seed, machine), theirs) {
        (Err(_), Some(_)) => return Ok(()),
        (Err(ours), None) => return Err(format!("refused, but not by barectf: {ours}")),
        (Ok(_), Some(theirs)) => return Err(format!("barectf refuses it: {theirs}")),
        (Ok(definition), None) => definition,
    };
    let uuids = tokens::compare(&metadata(folder, "ours"), &metadata(folder, "theirs"))?;
    let file = &definition.code.file_prefix;
    std::fs::copy(folder.join("ours/driver.c"), folder.join("theirs/driver.c")).expect("copied");
    machine.compile(&folder.join("theirs"), file, &["-w"], &["-DBARECTF"])?;
    machine.compile(&folder.join("ours"), file, &STRICT, &[])?;
    let theirs = written(machine, &folder.join("theirs"), &definition)?;
    let ours = written(machine, &folder.join("ours"), &definition)?;
    for (index, (theirs, ours)) in theirs.into_iter().zip(ours).enumerate() {
        let ours = tokens::with_other_uuid(ours, uuids);
        if theirs != ours {
            // The first is what drivers say: how many events were discarded.
            let at = theirs.iter().zip(&ours).position(|(theirs, ours)| theirs != ours);
            return Err(format!("stream {index} differs at {at:?} of {}", theirs.len()));
        }
    }
    machine.check_cplusplus(&folder.join("ours"), file)
}

/// What a metadata file says but for log level 0, which barectf leaves out.
fn metadata(folder: &Path, which: &str) -> String {
    let path = folder.join(which).join("metadata");
    without_level_0(&std::fs::read_to_string(path).expect("metadata"))
}

fn without_level_0(metadata: &str) -> String {
    let lines = metadata.lines().filter(|line| line.trim() != "loglevel = 0;");
    lines.collect::<Vec<_>>().join("\n")
}
