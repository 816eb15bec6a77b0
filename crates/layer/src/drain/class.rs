//! Classes of a program, as its file says them.

use crate::layout::class::{Entry, Level, Meaning};
use crate::layout::value::{Type, Value};

/// A class of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Its number, from 1 on.
    pub id: u32,
    /// Who names it; what was not UTF-8 is replaced, as in all names here.
    pub provider: String,
    /// Its name.
    pub event: String,
    /// The source file.
    pub file: String,
    /// The line there.
    pub line: u32,
    /// How much it matters.
    pub level: Level,
    /// What it stands for.
    pub meaning: Meaning,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub of: Type,
}

impl Class {
    pub(super) fn new(entry: &Entry<'_>) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let fields = entry.fields().map(|(of, name)| Field { name: text(name), of });
        Class {
            id: entry.id,
            provider: text(entry.provider),
            event: text(entry.event),
            file: text(entry.file),
            line: entry.line,
            level: entry.level,
            meaning: entry.meaning,
            fields: fields.collect(),
        }
    }

    /// `provider:event`, which patterns name; the event alone where there is no provider.
    pub fn full_name(&self) -> String {
        if self.provider.is_empty() {
            return self.event.clone();
        }
        format!("{}:{}", self.provider, self.event)
    }

    /// The values of an event of this class, in the order of the fields. It ends early where the
    /// event is shorter than its fields are: who needs to know counts them.
    pub fn values<'a>(&'a self, payload: &'a [u8]) -> impl Iterator<Item = (&'a Field, Value<'a>)> {
        let mut rest = payload;
        self.fields.iter().map_while(move |field| {
            let (value, len) = Value::parse(rest, field.of)?;
            rest = rest.get(len..)?;
            Some((field, value))
        })
    }
}
