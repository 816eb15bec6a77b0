//! Configurations at random, and what barectf 3.1 makes of them: the same verdict, the same
//! metadata, tracers that write the same bytes.
//!
//! `MAREY_BARECTF3` names barectf's executable.
#![cfg(unix)]

#[path = "differential/driver.rs"]
mod driver;
#[path = "differential/grammar.rs"]
mod grammar;
#[path = "differential/oracle.rs"]
mod oracle;
#[path = "differential/random.rs"]
mod random;
#[path = "differential/tokens.rs"]
mod tokens;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use driver::Driver;
use marey_generate::configuration::Configuration;
use marey_generate::diagnostic::render;
use marey_generate::include::Search;

/// How many configurations.
const CONFIGURATIONS: u64 = 240;

fn seeds() -> std::ops::Range<u64> {
    let from = std::env::var("MAREY_SEED").ok().and_then(|seed| seed.parse().ok());
    match from {
        Some(seed) => seed..seed + 1,
        None => 0..CONFIGURATIONS,
    }
}

#[test]
fn tracers_write_the_same_bytes() {
    let Some(barectf) = oracle::find() else { return };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("differential");
    let _ = std::fs::remove_dir_all(&folder);
    for seed in seeds() {
        let folder = folder.join(seed.to_string());
        std::fs::create_dir_all(folder.join("theirs")).expect("a folder");
        std::fs::create_dir_all(folder.join("ours")).expect("a folder");
        std::fs::write(folder.join("config.yaml"), grammar::configuration(seed)).expect("written");
    }
    oracle::generate(&barectf, &folder, seeds());
    let (next, wrong) = (AtomicU64::new(seeds().start), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)) {
                    if seed >= seeds().end {
                        break;
                    }
                    if let Err(what) = compare(&folder.join(seed.to_string()), seed) {
                        wrong.lock().expect("nobody panicked").push(format!("{seed}: {what}"));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("nobody panicked");
    let shown: Vec<_> = wrong.iter().take(10).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of them differ:\n{}", wrong.len(), shown.join("\n"));
    println!("{} configurations, the same bytes", seeds().count());
}

fn compare(folder: &Path, seed: u64) -> Result<(), String> {
    let configuration = Configuration::read(&folder.join("config.yaml"), &Search::default());
    let theirs = std::fs::read_to_string(folder.join("theirs/error")).ok();
    let Some(definition) = &configuration.definition else {
        let found = configuration.problems.sorted();
        let found = found.first().map(|found| render(found, &configuration.sources, false));
        return match theirs {
            Some(_) => Ok(()),
            None => Err(format!("refused: {}", found.unwrap_or_default())),
        };
    };
    if let Some(theirs) = theirs {
        return Err(format!("barectf refuses it: {theirs}"));
    }
    let ours = folder.join("ours");
    for file in marey_generate::c::files(definition).map_err(|found| format!("{found:?}"))? {
        std::fs::write(ours.join(file.name), file.text).expect("written");
    }
    let style = marey_ctf::tsdl::Style::Barectf3;
    let metadata =
        marey_ctf::tsdl::write(&definition.schema, style).map_err(|found| format!("{found:?}"))?;
    std::fs::write(ours.join("metadata"), &metadata).expect("written");
    let other = std::fs::read_to_string(folder.join("theirs/metadata")).expect("read");
    tokens::compare(&metadata, &other)?;
    let driver = Driver::text(definition, seed);
    let file = &definition.code.file_prefix;
    let mut said = Vec::new();
    for (which, defined) in [("theirs", "-DBARECTF"), ("ours", "-DMAREY")] {
        let folder = folder.join(which);
        std::fs::write(folder.join("driver.c"), &driver).expect("written");
        said.push(run(&folder, file, defined)?);
    }
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
    Ok(())
}

/// Compiles a driver with its tracer, and runs it.
fn run(folder: &Path, file: &str, defined: &str) -> Result<String, String> {
    let warnings: &[&str] = match defined {
        "-DMAREY" => &["-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"],
        _ => &["-w"],
    };
    let mut tracer = Command::new("gcc");
    tracer.current_dir(folder).args(["-std=c89", "-O1", "-c", "-o", "tracer.o"]);
    finish(tracer.args(warnings).arg(format!("{file}.c")))?;
    let mut driver = Command::new("gcc");
    driver.current_dir(folder).args(["-w", "-O0", defined, "-o", "driver", "driver.c", "tracer.o"]);
    finish(&mut driver)?;
    let program: PathBuf = folder.join("driver");
    finish(Command::new(program).current_dir(folder))
}

fn finish(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr))),
    }
}
