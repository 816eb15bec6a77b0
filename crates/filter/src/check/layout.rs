//! Where the state of a program is.

use std::format;
use std::string::String;
use std::vec::Vec;

use marey_diagnostic::{Diagnostic, Problems};

use super::STATES_MAX;
use crate::code::{KEYS_MAX, STATE_TEXT_BYTES_MAX};
use crate::lang::tree::{Expr, ExprKind, Program, State, StateKind, Type};

/// The state of a program.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Layout {
    /// Its values; a cell is a place in this list.
    pub values: Vec<Value>,
    /// Its maps.
    pub maps: Vec<Map>,
    /// Its tables of counts, in the order of the statements that fill them.
    pub tables: Vec<Table>,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Its name.
    pub name: String,
    /// Its type.
    pub of: Type,
    /// What it is at first, if it is no text.
    pub first: u64,
    /// What it is at first, if it is a text.
    pub first_text: Vec<u8>,
    /// Each thread has its own.
    pub is_per_thread: bool,
}

/// A map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    /// Its name.
    pub name: String,
    /// The types of its keys.
    pub keys: Vec<Type>,
    /// The type of its values.
    pub of: Type,
    /// How many it holds at most.
    pub size: u32,
    /// It forgets what was not used for longest; else it is full.
    pub is_lru: bool,
    /// Each thread has its own.
    pub is_per_thread: bool,
}

/// A table of counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What is counted, as the program says it.
    pub what: String,
    /// It counts classes of a number.
    pub is_hist: bool,
}

impl Map {
    /// How many bytes it takes at most, without what finding them costs.
    pub fn bytes(&self) -> usize {
        let entry: usize = self.keys.iter().chain([&self.of]).map(|of| bytes(*of)).sum();
        entry.saturating_mul(self.size as usize)
    }
}

impl Layout {
    /// How many bytes the state takes at most.
    pub fn bytes(&self) -> usize {
        let values: usize = self.values.iter().map(|value| bytes(value.of)).sum();
        self.maps.iter().map(Map::bytes).fold(values, usize::saturating_add)
    }
}

fn bytes(of: Type) -> usize {
    if of == Type::Str { STATE_TEXT_BYTES_MAX } else { 8 }
}

/// Gives each state of a program its place. Tables come with the blocks.
pub fn layout(program: &Program, problems: &mut Problems) -> Layout {
    let mut layout = Layout::default();
    let mut seen: Vec<&State> = Vec::new();
    for state in &program.states {
        if let Some(first) = seen.iter().find(|other| other.name.text == state.name.text) {
            let found = Diagnostic::error(format!("state `{}` is there twice", state.name.text));
            let found = found.at(state.name.span, "again");
            problems.add(found.also(first.name.span, "it is here first"));
            continue;
        }
        if seen.len() == STATES_MAX {
            let what = format!("there are more than {STATES_MAX} states");
            problems.error(what, state.name.span, "this one is too much");
            break;
        }
        seen.push(state);
        layout.add(state, problems);
    }
    layout
}

impl Layout {
    fn add(&mut self, state: &State, problems: &mut Problems) {
        let (name, is_per_thread) = (state.name.text.clone(), state.is_per_thread);
        match &state.kind {
            StateKind::Value { of, first } => {
                let (number, text) = first_value(*of, first.as_ref(), problems);
                let (of, first, first_text) = (*of, number, text);
                self.values.push(Value { name, of, first, first_text, is_per_thread });
            }
            StateKind::Map { keys, of, size, is_lru } => {
                if keys.len() > KEYS_MAX {
                    let what =
                        format!("a map has at most {KEYS_MAX} keys, and this has {}", keys.len());
                    problems.error(what, state.name.span, "");
                }
                let (keys, of, size, is_lru) = (keys.clone(), *of, *size, *is_lru);
                self.maps.push(Map { name, keys, of, size, is_lru, is_per_thread });
            }
        }
    }

    /// The value of this name, and its cell.
    pub fn value(&self, name: &str) -> Option<(u16, &Value)> {
        let index = self.values.iter().position(|value| value.name == name)?;
        Some((u16::try_from(index).ok()?, self.values.get(index)?))
    }

    /// The map of this name, and its number.
    pub fn map(&self, name: &str) -> Option<(u8, &Map)> {
        let index = self.maps.iter().position(|map| map.name == name)?;
        Some((u8::try_from(index).ok()?, self.maps.get(index)?))
    }
}

/// What a state is at first: a literal of its type.
fn first_value(of: Type, first: Option<&Expr>, problems: &mut Problems) -> (u64, Vec<u8>) {
    let nothing = (0, Vec::new());
    let Some(expr) = first else { return nothing };
    let number = match (&expr.kind, of) {
        (ExprKind::Broken, _) => return nothing,
        (ExprKind::Text(text), Type::Str) => {
            if text.len() > STATE_TEXT_BYTES_MAX {
                let what = format!("state holds texts of at most {STATE_TEXT_BYTES_MAX} bytes");
                problems.error(what, expr.span, format!("{} bytes", text.len()));
            }
            return (0, text.clone());
        }
        (ExprKind::Bool(value), Type::Bool) => Some(u64::from(*value)),
        (ExprKind::Number { value, .. }, Type::U64) => Some(*value),
        (ExprKind::Number { value, .. }, Type::I64) => {
            i64::try_from(*value).ok().map(i64::cast_unsigned)
        }
        (ExprKind::Minus(inner), Type::I64) => match &inner.kind {
            ExprKind::Number { value, .. } => {
                0_i64.checked_sub_unsigned(*value).map(i64::cast_unsigned)
            }
            _ => None,
        },
        _ => None,
    };
    if number.is_none() {
        let expected = match of {
            Type::U64 => "expected a number from 0 on",
            Type::I64 => "expected a number of 63 bits and a sign",
            Type::Bool => "expected `true` or `false`",
            Type::Str => "expected a text in quotes",
        };
        problems.error("state cannot begin with this", expr.span, expected);
    }
    (number.unwrap_or_default(), Vec::new())
}
