//! The row `generate`: a tracer of marey's beside one of barectf's, and the generators themselves.
//!
//! `MAREY_BARECTF3` names barectf 3.1. Both tracers are made of one configuration and called by one
//! program; the bytes of all packets are summed up, and the sums must be equal.

mod filters;

use std::fmt::Write as _;
use std::io::{self, Error};
use std::path::{Path, PathBuf};
use std::process::Command;

use marey_generate::configuration::Configuration;
use marey_generate::include::Search;

use crate::child::{self, said};

const SHAPES_YAML: &str = include_str!("shapes.yaml");
const RACE_C: &str = include_str!("race.c");

/// What is traced: the letter of the program, a name, and up to which part of barectf's time it may
/// take.
const SHAPES: [(&str, &str, f64); 5] = [
    ("w", "4 x 32 bits", 2.9 / 4.7),
    ("b", "six bit fields", 4.0 / 13.8),
    ("t", "text of 16 characters", 5.6 / 6.7),
    ("y", "array of 64 bytes", 4.0 / 59.0),
    ("o", "tracing disabled", 1.1 / 1.9),
];
/// Runs of tracers are short, and there are so many of them in a round: on a machine that others
/// use, too, some of them are left alone.
const SHORT_RUNS: usize = 8;
/// Generating may take up to this part of barectf's time.
const GENERATE_BUDGET: f64 = 0.15 / 3.0;
/// The events of the large configuration.
const MANY_EVENTS: usize = 1000;

/// Makes the metadata and the C tracer of a configuration, as an engine of its own.
///
/// # Errors
/// What is wrong with it, and files that cannot be written.
pub fn engine(config: &Path, folder: &Path) -> io::Result<()> {
    let configuration = Configuration::read(config, &Search::default());
    let definition = configuration.definition.ok_or_else(|| Error::other("it is refused"))?;
    let files = marey_generate::c::files(&definition);
    for file in files.map_err(|found| Error::other(format!("{found:?}")))? {
        std::fs::write(folder.join(file.name), file.text)?;
    }
    let metadata = marey_ctf::tsdl::write(&definition.schema, marey_ctf::tsdl::Style::Barectf3);
    let metadata = metadata.map_err(|found| Error::other(format!("{found:?}")))?;
    std::fs::write(folder.join("metadata"), metadata)
}

/// The tables, and whether a budget is missed.
///
/// # Errors
/// A program that is missing or fails, and sums that differ.
pub fn tables(folder: &Path, rounds: usize, events: u32) -> io::Result<(String, bool)> {
    let barectf = std::env::var_os("MAREY_BARECTF3").map(PathBuf::from);
    let barectf = barectf.ok_or_else(|| Error::other("MAREY_BARECTF3 names no barectf 3.1"))?;
    let folder = folder.join("generate");
    let sides = Sides { barectf, folder, rounds };
    let (tracers, missed_one) = sides.tracers(events)?;
    let (generators, missed_other) = sides.generators()?;
    let sizes = sides.sizes()?;
    let (filters, missed_third) = filters::table(&sides.folder)?;
    let missed = missed_one || missed_other || missed_third;
    Ok((format!("{tracers}\n{generators}\n{sizes}\n{filters}"), missed))
}

struct Sides {
    barectf: PathBuf,
    folder: PathBuf,
    rounds: usize,
}

const SIDES: [&str; 2] = ["barectf", "marey"];

impl Sides {
    /// A command that generates for one side, into its folder.
    fn generate(&self, side: &str, config: &Path) -> io::Result<(Command, PathBuf)> {
        let folder = self.folder.join(side);
        std::fs::create_dir_all(&folder)?;
        let command = if side == "marey" {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg("generator").arg(config).arg(&folder);
            command
        } else {
            let mut command = Command::new(&self.barectf);
            command.arg("generate").arg("-c").arg(&folder).arg("-H").arg(&folder);
            command.arg("-m").arg(&folder).arg(config);
            command
        };
        Ok((command, folder))
    }

    fn tracers(&self, events: u32) -> io::Result<(String, bool)> {
        std::fs::create_dir_all(&self.folder)?;
        let config = self.folder.join("shapes.yaml");
        std::fs::write(&config, SHAPES_YAML)?;
        for side in SIDES {
            let (mut command, folder) = self.generate(side, &config)?;
            said(&mut command)?;
            std::fs::write(folder.join("race.c"), RACE_C)?;
            for (source, level) in [("barectf.c", "-O3"), ("race.c", "-O2")] {
                let mut compiler = Command::new("gcc");
                said(compiler.current_dir(&folder).args(["-c", level, source]))?;
            }
            let mut linker = Command::new("gcc");
            said(linker.current_dir(&folder).args(["-o", "race", "race.o", "barectf.o"]))?;
        }
        let mut table = head("ns an event, gcc -O3");
        let mut missed = false;
        for (letter, name, budget) in SHAPES {
            let mut best = [f64::INFINITY; 2];
            let mut sums = [String::new(), String::new()];
            for _ in 0..self.rounds * SHORT_RUNS {
                for (index, side) in SIDES.into_iter().enumerate() {
                    let race = self.folder.join(side).join("race");
                    let answer = said(Command::new(race).args([letter, &events.to_string()]))?;
                    let (ns, sum) = answer.split_once('\n').unwrap_or_default();
                    best[index] = best[index].min(ns.parse().map_err(Error::other)?);
                    sum.trim().clone_into(&mut sums[index]);
                }
            }
            if sums[0] != sums[1] {
                return Err(Error::other(format!("{name}: the packets differ")));
            }
            missed |= line(&mut table, name, best, 2, budget);
        }
        Ok((table, missed))
    }

    fn generators(&self) -> io::Result<(String, bool)> {
        let many = self.folder.join("many.yaml");
        std::fs::write(&many, many_events())?;
        let mut table = head("CPU ms to generate C and metadata");
        let mut missed = false;
        let inputs = [("4 events", self.folder.join("shapes.yaml")), ("1,000 events", many)];
        for (name, config) in inputs {
            let mut best = [f64::INFINITY; 2];
            for _ in 0..self.rounds {
                for (index, side) in SIDES.into_iter().enumerate() {
                    let (mut command, _) = self.generate(side, &config)?;
                    let before = child::children_cpu_s()?;
                    said(&mut command)?;
                    best[index] = best[index].min((child::children_cpu_s()? - before) * 1000.0);
                }
            }
            missed |= line(&mut table, name, best, 1, GENERATE_BUDGET);
        }
        Ok((table, missed))
    }

    /// Code for a small machine, where its compiler is here.
    fn sizes(&self) -> io::Result<String> {
        let compiler = "arm-none-eabi-gcc";
        if Command::new(compiler).arg("--version").output().is_err() {
            return Ok(format!("skipped: {compiler} is not here\n"));
        }
        let config = self.folder.join("shapes.yaml");
        let mut sizes = [0.0; 2];
        for (size, side) in sizes.iter_mut().zip(SIDES) {
            let (mut command, folder) = self.generate(side, &config)?;
            said(&mut command)?;
            let options = ["-mcpu=cortex-m0", "-mthumb", "-Os", "-c", "-o", "m0.o", "barectf.c"];
            said(Command::new(compiler).current_dir(&folder).args(options))?;
            let told = said(Command::new("arm-none-eabi-size").current_dir(&folder).arg("m0.o"))?;
            let text = told.lines().nth(1).and_then(|line| line.split_whitespace().next());
            *size = text.and_then(|text| text.parse().ok()).unwrap_or(f64::NAN);
        }
        let mut table = head("bytes of code, Cortex-M0, -Os");
        line(&mut table, "4 events", sizes, 0, 1.0);
        Ok(table)
    }
}

fn head(what: &str) -> String {
    format!("| {what} | barectf | marey | marey / barectf | allowed |\n|---|---|---|---|---|\n")
}

/// Adds a line; whether its budget is missed.
fn line(table: &mut String, name: &str, best: [f64; 2], digits: usize, budget: f64) -> bool {
    let [theirs, ours] = best;
    let ratio = ours / theirs;
    let _ = writeln!(
        table,
        "| {name} | {theirs:.digits$} | {ours:.digits$} | {ratio:.3} | {budget:.3} |"
    );
    ratio > budget
}

fn many_events() -> String {
    let mut text = String::from(
        "--- !<tag:barectf.org,2020/3/config>\ntrace:\n  type:\n    \
         $include: [stdint.yaml, stdmisc.yaml]\n    native-byte-order: little-endian\n    \
         data-stream-types:\n      default:\n        event-record-types:\n",
    );
    for number in 0..MANY_EVENTS {
        let _ = write!(
            text,
            "          event_{number}:\n            log-level: {level}\n            \
             payload-field-type:\n              class: structure\n              members:\n\
             {2:16}- id: uint32\n{2:16}- text: string\n{2:16}- value: sint{0}\n{2:16}\
             - flag: {{field-type: {{class: uint, size: {1}}}}}\n",
            [8, 16, 32, 64][number % 4],
            1 + number % 9,
            "",
            level = number % 15,
        );
    }
    text
}
