//! What programs leave in the files of `marey-layer`.

use std::path::Path;
use std::process::Command;

use marey_layer::drain::{self, Program};
use marey_layer::layout::value::Value;

/// An event: its class and its fields in order, each with its value as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub name: String,
    pub fields: Vec<(String, String)>,
}

impl Event {
    /// On one line.
    pub fn line(&self) -> String {
        let fields = self.fields.iter().map(|(name, value)| format!(" {name}={value}"));
        self.name.clone() + &fields.collect::<String>()
    }
}

/// Runs a program whose events are on that these globs name, and reads what it left: its events, if
/// it was one program without a loss; nothing, if it left no files.
pub fn run(program: &mut Command, folder: &Path, globs: &str) -> Result<Vec<Event>, String> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).expect("a folder");
    program.env("MAREY_DIR", folder).env("MAREY_EVENTS", globs);
    let output = program.env("MAREY_RING_BYTES", "1048576").output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    let found = drain::find(folder).map_err(|e| e.to_string())?;
    match found.as_slice() {
        [] => Ok(Vec::new()),
        [one] => {
            let mut program = Program::open(one).map_err(|e| e.to_string())?;
            events(&mut program).map_err(|e| e.to_string())
        }
        more => Err(format!("{} programs", more.len())),
    }
}

/// All events of a program, of which none was lost.
fn events(program: &mut Program) -> Result<Vec<Event>, drain::Error> {
    program.update()?;
    let mut events = Vec::new();
    for stream in &mut program.take_streams() {
        stream.read(|record| {
            let class = program.class(record.class)?;
            let fields: Vec<_> = class.values(record.payload).collect();
            assert_eq!(fields.len(), class.fields.len(), "{class:?}");
            let fields = fields.into_iter().map(|(field, value)| (field.name.clone(), text(value)));
            events.push(Event { name: class.full_name(), fields: fields.collect() });
            Some(())
        })?;
        stream.commit()?;
        let counts = stream.counts();
        let lost = counts.overwritten + counts.discarded + counts.too_long + counts.lost_nested;
        assert_eq!(lost + counts.damaged, 0, "{counts:?}");
    }
    assert_eq!(program.lost().events(), 0);
    Ok(events)
}

fn text(value: Value<'_>) -> String {
    match value {
        Value::Bool(it) => it.to_string(),
        Value::Unsigned(it) => it.to_string(),
        Value::Signed(it) => it.to_string(),
        Value::Float(it) => it.to_string(),
        Value::Text { bytes, is_cut } => {
            format!("{:?}{}", String::from_utf8_lossy(bytes), if is_cut { "…" } else { "" })
        }
        Value::Bytes { bytes, is_cut } => format!("{bytes:?}{}", if is_cut { "…" } else { "" }),
    }
}
