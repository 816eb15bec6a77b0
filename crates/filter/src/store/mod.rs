//! The state of a program that runs in a process: its values, maps and tables of counts.

mod map;
mod table;

use std::string::String;
use std::vec::Vec;

pub use map::{Map, OwnKey};
pub use table::{HIST_CLASSES, Histogram, KEYS_OF_TABLE_MAX, Table, class_of};

use crate::check::Layout;
use crate::code::{Cell, Effect, Key, Memory, STATE_TEXT_BYTES_MAX};
use crate::lang::tree::Type;
use crate::number::Sign;
use crate::verdict::Failure;

/// What a program asked for at one event.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Wishes {
    /// Marks in the recording, with their texts.
    pub marks: Vec<Vec<u8>>,
    /// The sinks that the event goes to, by their number.
    pub sinks: Vec<u8>,
    /// What the ring holds is saved.
    pub snapshot: bool,
    /// The recording ends.
    pub stop: bool,
}

impl Wishes {
    /// What both ask for.
    pub fn join(&mut self, other: Wishes) {
        self.marks.extend(other.marks);
        self.sinks.extend(other.sinks);
        self.snapshot |= other.snapshot;
        self.stop |= other.stop;
    }
}

/// The state of a program.
///
/// All of it is bounded by what the program declared. Equal events in equal order lead to equal
/// state: nothing depends on time, on addresses or on chance.
#[derive(Clone, Debug)]
pub struct Store {
    values: Vec<Value>,
    maps: Vec<Map>,
    /// What was counted.
    pub tables: Vec<Table>,
    /// What was asked for since [`Store::take_wishes`].
    wishes: Wishes,
    /// Where a text of a map is put for the machine.
    found: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Value {
    Number(u64),
    Text(Vec<u8>),
}

impl Store {
    /// The state in which a program begins.
    pub fn new(layout: &Layout) -> Self {
        let values = layout.values.iter().map(|value| match value.of {
            Type::Str => Value::Text(value.first_text.clone()),
            _ => Value::Number(value.first),
        });
        let maps = layout.maps.iter().map(|map| Map::new(map.size as usize, map.is_lru));
        let tables = layout.tables.iter().map(|table| Table::new(table.what.clone()));
        Store {
            values: values.collect(),
            maps: maps.collect(),
            tables: tables.collect(),
            wishes: Wishes::default(),
            found: Vec::new(),
        }
    }

    /// What was asked for since the last call.
    pub fn take_wishes(&mut self) -> Wishes {
        core::mem::take(&mut self.wishes)
    }

    /// The map with this number.
    pub fn map(&self, map: u8) -> Option<&Map> {
        self.maps.get(usize::from(map))
    }

    /// Adds what another one counted, of the same program.
    pub fn count_in(&mut self, other: Store) {
        for (table, more) in self.tables.iter_mut().zip(other.tables) {
            table.merge(more);
        }
    }

    /// The tables of counts, with what the program calls them.
    pub fn tables(&self) -> impl Iterator<Item = (&String, &Table)> {
        self.tables.iter().map(|table| (&table.what, table))
    }
}

impl Memory for Store {
    fn load(&self, cell: Cell) -> u64 {
        match self.values.get(usize::from(cell)) {
            Some(Value::Number(number)) => *number,
            _ => 0,
        }
    }

    fn store(&mut self, cell: Cell, number: u64) {
        if let Some(value) = self.values.get_mut(usize::from(cell)) {
            *value = Value::Number(number);
        }
    }

    fn load_text(&self, cell: Cell) -> &[u8] {
        match self.values.get(usize::from(cell)) {
            Some(Value::Text(text)) => text,
            _ => &[],
        }
    }

    fn store_text(&mut self, cell: Cell, text: &[u8]) -> Result<(), Failure> {
        if text.len() > STATE_TEXT_BYTES_MAX {
            return Err(Failure::TooLong);
        }
        if let Some(value) = self.values.get_mut(usize::from(cell)) {
            *value = Value::Text(text.to_vec());
        }
        Ok(())
    }

    fn map_load(&mut self, map: u8, keys: &[Key<'_>]) -> Option<u64> {
        match self.maps.get_mut(usize::from(map))?.get(keys)? {
            OwnKey::Number(number) => Some(*number),
            OwnKey::Text(_) => None,
        }
    }

    fn map_load_text(&mut self, map: u8, keys: &[Key<'_>]) -> Option<&[u8]> {
        match self.maps.get_mut(usize::from(map))?.get(keys)? {
            OwnKey::Text(text) => {
                self.found.clone_from(text);
                Some(&self.found)
            }
            OwnKey::Number(_) => None,
        }
    }

    fn map_store(&mut self, map: u8, keys: &[Key<'_>], value: Key<'_>) -> Result<(), Failure> {
        match self.maps.get_mut(usize::from(map)) {
            Some(map) => map.set(keys, value),
            None => Err(Failure::Full),
        }
    }

    fn map_delete(&mut self, map: u8, keys: &[Key<'_>]) {
        if let Some(map) = self.maps.get_mut(usize::from(map)) {
            map.delete(keys);
        }
    }

    fn count(&mut self, table: u8, keys: &[Key<'_>]) {
        if let Some(table) = self.tables.get_mut(usize::from(table)) {
            table.count(keys);
        }
    }

    fn hist(&mut self, table: u8, keys: &[Key<'_>], value: u64, sign: Sign) {
        if let Some(table) = self.tables.get_mut(usize::from(table)) {
            table.hist(keys, value, sign);
        }
    }

    /// Snapshot and stop happen at most once an event, and so does each sink and each mark.
    fn effect(&mut self, effect: Effect<'_>) {
        let wishes = &mut self.wishes;
        match effect {
            Effect::Mark(text) if wishes.marks.iter().all(|mark| mark != text) => {
                wishes.marks.push(text.to_vec());
            }
            Effect::Send(sink) if !wishes.sinks.contains(&sink) => wishes.sinks.push(sink),
            Effect::Mark(_) | Effect::Send(_) => {}
            Effect::Snapshot => wishes.snapshot = true,
            Effect::Stop => wishes.stop = true,
        }
    }
}
