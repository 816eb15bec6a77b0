//! Definitions: which inputs, which engines, how fast.

use std::io::{self, Error};

use toml::{Table, Value};

/// What `definitions/ROW.toml` says.
#[derive(Debug)]
pub struct Definition {
    /// The traces to be made.
    pub inputs: Vec<Input>,
    /// Who works on them; the first is what the others are compared with.
    pub engines: Vec<Engine>,
    /// How work must be spread over threads, if that is measured.
    pub scaling: Option<Scaling>,
}

/// How well work is spread over two threads.
#[derive(Clone, Debug)]
pub struct Scaling {
    /// The engine with one thread.
    pub one: String,
    /// The engine with two.
    pub two: String,
    /// What the CPU time of the one over that of the busiest thread of the other must be.
    pub least: f64,
}

/// A trace to be made.
#[derive(Clone, Debug)]
pub struct Input {
    /// For a person.
    pub name: String,
    /// Which of the generator's traces.
    pub kind: String,
    /// How large it is.
    pub mib: u64,
    /// How large it is when there is little time.
    pub quick_mib: u64,
    /// How many times the first engine's CPU time is allowed.
    pub budget: f64,
}

/// Who works on a trace.
#[derive(Debug)]
pub struct Engine {
    /// For a person.
    pub name: String,
    /// What runs.
    pub work: Work,
    /// Whether the budget is for it.
    pub has_budget: bool,
}

/// What an engine runs.
#[derive(Debug)]
pub enum Work {
    /// A function of this crate.
    Own(String),
    /// A program, with the places of the answer in its output.
    Command {
        /// Program and arguments; `INPUT` is the trace.
        words: Vec<String>,
        /// What stands before the number of packets.
        packets: String,
        /// What stands before the sum of the lengths on the wire, if it is told.
        wire_bytes: Option<String>,
    },
}

/// The rows there are.
pub const ROWS: [(&str, &str); 4] = [
    ("count", include_str!("../definitions/count.toml")),
    ("flows", include_str!("../definitions/flows.toml")),
    ("flows-tshark", include_str!("../definitions/flows-tshark.toml")),
    ("ordered", include_str!("../definitions/ordered.toml")),
];

/// Reads the definition of a row.
///
/// # Errors
/// A row that is none, and what is missing in its definition.
pub fn read(row: &str) -> io::Result<Definition> {
    let text = ROWS.iter().find(|(name, _)| *name == row).map(|(_, text)| text);
    let text = text.ok_or_else(|| Error::other(format!("no row is called {row}")))?;
    let table: Table = text.parse().map_err(Error::other)?;
    Ok(Definition {
        inputs: all(&table, "input").map(input).collect::<io::Result<_>>()?,
        engines: all(&table, "engine").map(engine).collect::<io::Result<_>>()?,
        scaling: table.get("scaling").and_then(Value::as_table).map(scaling).transpose()?,
    })
}

fn all<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    table.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

fn input(table: &Table) -> io::Result<Input> {
    let number = |key| table.get(key).and_then(Value::as_integer);
    let mib = |key| number(key).and_then(|mib| u64::try_from(mib).ok()).ok_or_else(|| missing(key));
    Ok(Input {
        name: text(table, "name")?,
        kind: text(table, "kind")?,
        mib: mib("mib")?,
        quick_mib: mib("quick_mib")?,
        budget: table.get("budget").and_then(Value::as_float).ok_or_else(|| missing("budget"))?,
    })
}

fn scaling(table: &Table) -> io::Result<Scaling> {
    let least = table.get("least").and_then(Value::as_float).ok_or_else(|| missing("least"))?;
    Ok(Scaling { one: text(table, "one")?, two: text(table, "two")?, least })
}

fn engine(table: &Table) -> io::Result<Engine> {
    let work = match table.get("command").and_then(Value::as_array) {
        None => Work::Own(text(table, "own")?),
        Some(words) => Work::Command {
            words: words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect(),
            packets: text(table, "packets")?,
            wire_bytes: text(table, "wire_bytes").ok(),
        },
    };
    let has_budget = table.get("budget").and_then(Value::as_bool).unwrap_or(false);
    Ok(Engine { name: text(table, "name")?, work, has_budget })
}

fn text(table: &Table, key: &str) -> io::Result<String> {
    table.get(key).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| missing(key))
}

fn missing(key: &str) -> Error {
    Error::other(format!("a definition without {key}"))
}
