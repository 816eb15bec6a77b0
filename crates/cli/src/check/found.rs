//! What is known of blocks and filters that are right.

use marey_filter::check::typed::Condition;
use marey_filter::check::{Class, Layout};
use marey_filter::show;
use marey_recorder::blocks::Place;
use marey_recorder::select::Selected;
use serde_json::{Value, json};

/// A program.
pub struct Program {
    /// The file.
    pub name: String,
    /// Its state.
    pub layout: Layout,
    /// Its blocks, in order.
    pub blocks: Vec<Rule>,
}

/// A block of a program, or a filter.
pub struct Rule {
    /// What it is: `on sched:*`, or the filter.
    pub what: String,
    /// The line of a block.
    pub line: Option<u32>,
    /// The events that it is for, if they are known.
    pub events: Option<Vec<Selected>>,
    /// How many of them no recording can have.
    pub unrecordable: usize,
    /// How many steps it takes at most, if that is known.
    pub steps: Option<usize>,
    /// Where it runs, and for how many events.
    pub places: Vec<(Place, usize)>,
    /// What must hold for an event to get to it, as far as the kernel could say it: the same for
    /// all events.
    pub early: Option<String>,
    /// It may be for events of programs, of which it is known later which there are.
    pub is_of_programs: bool,
}

/// Adds where a rule runs for one more event.
pub fn add(places: &mut Vec<(Place, usize)>, place: Place) {
    match places.iter_mut().find(|(other, _)| *other == place) {
        Some((_, count)) => *count += 1,
        None => places.push((place, 1)),
    }
}

/// A condition as text, for an event of this class.
pub fn shown(condition: &Condition, class: &Class) -> String {
    show::condition(condition, &|slot| name(class, slot))
}

/// What a slot is called, in a way that means only that.
fn name(class: &Class, slot: u16) -> String {
    let slot = usize::from(slot);
    let is_named = |all: &[(String, _)], name: &str| all.iter().any(|(other, _)| other == name);
    let (contexts, fields) = (&class.contexts, &class.fields);
    match contexts.get(slot) {
        Some((name, _)) if is_named(fields, name) => format!("ctx.{name}"),
        Some((name, _)) => name.clone(),
        None => match fields.get(slot - contexts.len()) {
            Some((name, _)) if is_named(contexts, name) => format!("field.{name}"),
            Some((name, _)) => name.clone(),
            None => "…".to_owned(),
        },
    }
}

impl Program {
    /// The lines of JSON: the program, then its blocks.
    pub fn json(&self) -> Vec<Value> {
        let values = self.layout.values.iter().map(|value| &value.name);
        let maps = self.layout.maps.iter().map(|map| &map.name);
        let tables = self.layout.tables.iter().map(|table| &table.what);
        let line = json!({
            "type": "program",
            "file": self.name,
            "state_bytes": self.layout.bytes(),
            "state": values.chain(maps).collect::<Vec<_>>(),
            "tables": tables.collect::<Vec<_>>(),
        });
        let blocks = self.blocks.iter().map(|block| block.json("block", Some(&self.name)));
        [line].into_iter().chain(blocks).collect()
    }
}

impl Rule {
    /// The line of JSON.
    pub fn json(&self, kind: &str, file: Option<&str>) -> Value {
        let events = self.events.as_ref().map(|events| {
            let names = events.iter().map(|event| format!("{}:{}", event.system, event.name));
            names.collect::<Vec<_>>()
        });
        let places = self.places.iter().map(|(place, events)| {
            let (runs, why) = match place {
                Place::Kernel => ("kernel", None),
                Place::Drain(why) => ("drain", Some(why.to_string())),
            };
            json!({"runs": runs, "why": why, "events": events})
        });
        let mut line = json!({
            "type": kind,
            "what": self.what,
            "events": events,
            "unrecordable": self.unrecordable,
            "steps_max": self.steps,
            "places": places.collect::<Vec<_>>(),
        });
        if let Value::Object(members) = &mut line
            && let Some(file) = file
        {
            members.insert("file".to_owned(), json!(file));
            members.insert("line".to_owned(), json!(self.line));
            members.insert("early".to_owned(), json!(self.early));
            members.insert("of_programs".to_owned(), json!(self.is_of_programs));
        }
        line
    }
}
