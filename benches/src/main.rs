//! `cargo xtask bench`, or `cargo run --release -p marey-benches`.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use marey_benches::definition::{self, Definition, Input, ROWS, Scaling};
#[cfg(target_os = "linux")]
use marey_benches::layer;
use marey_benches::machine::Machine;
use marey_benches::traces::{self, Trace};
use marey_benches::{busiest, engines, generate, instructions, kernel, race};

/// Marey beside its peers, in one run on one machine. A wrong answer is a failed run.
#[derive(Parser)]
#[command(
    name = "cargo xtask bench",
    bin_name = "cargo xtask bench",
    args_conflicts_with_subcommands = true
)]
struct Arguments {
    #[command(subcommand)]
    engine: Option<Verb>,
    #[command(flatten)]
    race: Race,
}

#[derive(Subcommand)]
enum Verb {
    /// Be one engine: what a race starts.
    #[command(hide = true)]
    Engine { name: String, trace: PathBuf },
    /// Generate a tracer: what the row `generate` starts.
    #[command(hide = true)]
    Generator { config: PathBuf, folder: PathBuf },
    /// Record events: what the row `layer` starts.
    #[cfg(target_os = "linux")]
    #[command(hide = true)]
    Program { events: u32 },
    /// Receive packets, in a network of its own: what the row `record` starts.
    #[command(hide = true)]
    Packets { folder: PathBuf, rounds: usize, packets: u32 },
}

#[derive(clap::Args)]
struct Race {
    /// The row of the table; all of them if none is named.
    row: Option<String>,
    /// Smaller traces.
    #[arg(long)]
    quick: bool,
    /// Traces of so many MiB.
    #[arg(long, value_name = "N", conflicts_with = "quick")]
    mib: Option<u64>,
    /// How often each engine runs.
    #[arg(long, value_name = "N", default_value_t = 5,
          value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Succeed although a budget is missed.
    #[arg(long)]
    no_budget: bool,
    /// Write the tables to benches/record/.
    #[arg(long)]
    record: bool,
    /// Count instructions instead, with valgrind.
    #[arg(long)]
    instructions: bool,
}

fn main() -> ExitCode {
    let Arguments { engine, race } = Arguments::parse();
    let done = match engine {
        Some(Verb::Engine { name, trace }) => run_engine(&name, &trace),
        Some(Verb::Generator { config, folder }) => {
            generate::engine(&config, &folder).map(|()| ExitCode::SUCCESS)
        }
        Some(Verb::Packets { folder, rounds, packets }) => {
            kernel::packets::inside(&folder, rounds, packets).map(|()| ExitCode::SUCCESS)
        }
        #[cfg(target_os = "linux")]
        Some(Verb::Program { events }) => layer::engine(events).map(|said| {
            println!("{said}");
            ExitCode::SUCCESS
        }),
        None => run_rows(&race),
    };
    done.unwrap_or_else(|error| {
        eprintln!("bench: {error}");
        ExitCode::from(2)
    })
}

fn run_engine(name: &str, trace: &Path) -> io::Result<ExitCode> {
    let (answer, busiest) = busiest::watch(|| engines::run(name, trace));
    let (packets, bytes) = answer?;
    println!("packets: {packets}\nbytes: {bytes}");
    if let Some(seconds) = busiest {
        println!("busiest: {seconds}");
    }
    Ok(ExitCode::SUCCESS)
}

fn run_rows(race: &Race) -> io::Result<ExitCode> {
    let rows = ROWS.iter().map(|(name, _)| *name);
    let mut missed = false;
    for row in rows.filter(|name| race.row.as_deref().is_none_or(|row| row == *name)) {
        missed |= run_row(row, &definition::read(row)?, race)?;
    }
    if race.row.as_deref() == Some(GENERATE) {
        missed |= run_generate(race)?;
    } else if race.row.as_deref() == Some(RECORD) {
        missed |= run_record(race)?;
    } else if race.row.as_deref() == Some(LAYER) {
        missed |= run_layer(race)?;
    } else if let Some(row) = &race.row {
        definition::read(row)?;
    }
    Ok(if missed && !race.no_budget { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The row that is about tracers.
const GENERATE: &str = "generate";
/// How many events are traced, and how many when there is little time.
const EVENTS: [u32; 2] = [1_000_000, 100_000];

/// Runs the row of the tracers; whether a budget was missed. It is run when it is asked for, since
/// it needs barectf.
fn run_generate(race: &Race) -> io::Result<bool> {
    let machine = Machine::this();
    let events = EVENTS[usize::from(race.quick)];
    let (tables, missed) = generate::tables(&traces::folder(), race.rounds as usize, events)?;
    println!("{tables}");
    if race.record {
        record(GENERATE, &machine, &format!("\n{tables}"))?;
    }
    Ok(missed)
}

/// The row that is about events of the kernel, and how many of them there are.
const RECORD: &str = "record";
const CALLS: [u32; 2] = [100_000, 20_000];
/// How many packets are sent.
const PACKETS: [u32; 2] = [1_000_000, 100_000];

/// Runs the row of the recorder; whether a budget was missed.
fn run_record(race: &Race) -> io::Result<bool> {
    let machine = Machine::this();
    let calls = CALLS[usize::from(race.quick)];
    let (folder, rounds) = (traces::folder(), race.rounds as usize);
    let (events, missed) = kernel::table(&folder, rounds, calls)?;
    let packets = PACKETS[usize::from(race.quick)];
    let (packets, missed_packets) = kernel::packets::table(&folder, rounds, packets)?;
    let tables = format!("{events}\n{packets}");
    println!("{tables}");
    if race.record {
        record(RECORD, &machine, &format!("\n{tables}"))?;
    }
    Ok(missed || missed_packets)
}

/// The row that is about events of programs, and how many of them there are.
const LAYER: &str = "layer";
const PROGRAM_EVENTS: [u32; 2] = [10_000_000, 1_000_000];

/// Runs the row of programs; whether a budget was missed.
#[cfg(target_os = "linux")]
fn run_layer(race: &Race) -> io::Result<bool> {
    let machine = Machine::this();
    let events = PROGRAM_EVENTS[usize::from(race.quick)];
    let (table, missed) = layer::table(&traces::folder(), race.rounds as usize, events)?;
    println!("{table}");
    if race.record {
        record(LAYER, &machine, &format!("\n{table}"))?;
    }
    Ok(missed)
}

/// There are no such programs elsewhere.
#[cfg(not(target_os = "linux"))]
fn run_layer(_: &Race) -> io::Result<bool> {
    Err(io::Error::other("events of programs are recorded on Linux alone"))
}

/// Runs a row; whether a budget was missed.
fn run_row(row: &str, definition: &Definition, race: &Race) -> io::Result<bool> {
    let (machine, folder) = (Machine::this(), traces::folder());
    let (mut missed, mut tables) = (false, String::new());
    for input in &definition.inputs {
        let table = if race.instructions {
            instructions::table(&definition.engines, &input.kind, &folder)?
        } else {
            let trace = Trace::make(&folder, &input.kind, mib(input, race) << 20)?;
            let raced = race::race(&definition.engines, input, &trace, race.rounds as usize)?;
            missed |= tell_over_budget(&raced, definition.scaling.as_ref());
            raced.table()
        };
        println!("{table}");
        let _ = write!(tables, "\n{table}");
    }
    if race.record {
        let name = if race.instructions { format!("{row}-instructions") } else { row.to_owned() };
        record(&name, &machine, &tables)?;
    }
    Ok(missed)
}

fn tell_over_budget(raced: &race::Raced, scaling: Option<&Scaling>) -> bool {
    let over = raced.over_budget();
    for (name, ratio) in &over {
        println!("over the budget: {name}: {ratio:.2} x, allowed are {} x", raced.input.budget);
    }
    let spread = scaling.and_then(|scaling| Some((scaling, raced.scaling(scaling)?)));
    let Some((Scaling { one, two, least }, ratio)) = spread else { return !over.is_empty() };
    println!("CPU of {one} / busiest thread of {two}: {ratio:.2}, wanted are {least}");
    !over.is_empty() || ratio < *least
}

fn mib(input: &Input, race: &Race) -> u64 {
    race.mib.unwrap_or(if race.quick { input.quick_mib } else { input.mib })
}

/// Writes the tables to where this machine's are.
fn record(name: &str, machine: &Machine, tables: &str) -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("record").join(machine.folder());
    std::fs::create_dir_all(&here)?;
    let Machine { cpu, cores, kernel, load } = machine;
    let version = env!("CARGO_PKG_VERSION");
    let head = format!(
        "# {name}\n\n{cpu}, {cores} cores, {kernel}; load {load} at the start; marey {version}.\n"
    );
    std::fs::write(here.join(format!("{name}.md")), head + tables)?;
    println!("recorded: benches/record/{}/{name}.md", machine.folder());
    Ok(())
}
