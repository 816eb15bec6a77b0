//! What the names of filters mean at an event of a program.

use marey_diagnostic::Problems;
use marey_filter::check::{self, Environment, Kind, Symbol};
use marey_filter::code::{Limits, Machine, NoMemory, Program};
use marey_filter::compile::{self, Code, Target};
use marey_filter::number::Sign;
use marey_filter::{Data, Outcome, Verdict};
use marey_layer::drain::{Class, Record};
use marey_layer::layout::filters::{FIELDS_AT, SLOTS};
use marey_layer::layout::value::{Type, Value};

use super::Filter;

/// What only the recorder knows: the name of the command.
const COMM: u16 = SLOTS;

/// Values that every event has, besides its fields, with their slots.
const CONTEXTS: [(&str, u16, Kind); 9] = [
    ("time", 0, Kind::Number(Sign::Signed)),
    ("pid", 2, Kind::Number(Sign::Unsigned)),
    ("tid", 3, Kind::Number(Sign::Unsigned)),
    ("class", 4, Kind::Text),
    ("event", 5, Kind::Text),
    ("current.pid", 2, Kind::Number(Sign::Unsigned)),
    ("current.tid", 3, Kind::Number(Sign::Unsigned)),
    ("current.comm", COMM, Kind::Text),
    ("comm", COMM, Kind::Text),
];

/// What names mean at a class; `me` is the process of the recorded command.
struct Names<'c> {
    class: &'c Class,
    me: Option<u32>,
}

impl Environment for Names<'_> {
    fn class(&self) -> String {
        self.class.full_name()
    }

    fn field(&self, name: &str) -> Option<Symbol> {
        let place = self.class.fields.iter().position(|field| field.name == name)?;
        let kind = kind(self.class.fields.get(place)?.of)?;
        Some(Symbol { slot: FIELDS_AT + u16::try_from(place).ok()?, kind })
    }

    fn context(&self, name: &str) -> Option<Symbol> {
        let found = CONTEXTS.iter().find(|(other, ..)| *other == name);
        found.map(|(_, slot, kind)| Symbol { slot: *slot, kind: *kind })
    }

    fn constant(&self, name: &str) -> Option<u64> {
        self.me.filter(|_| name == "me").map(u64::from)
    }

    fn names(&self) -> Vec<String> {
        let fields = self.class.fields.iter().map(|field| field.name.clone());
        fields.chain(CONTEXTS.iter().map(|(name, ..)| (*name).to_owned())).collect()
    }

    fn absent_is_false(&self) -> bool {
        // Which classes there are is known when they are used only.
        true
    }
}

/// What is asked about the events of a class: a program for each filter, in their order.
#[derive(Debug)]
pub struct Asked {
    /// None where the filter is too large for this class.
    codes: Vec<Option<Code>>,
}

impl Asked {
    /// What these filters ask; `me` is the process of the recorded command.
    pub fn of(class: &Class, filters: &[Filter], me: Option<u32>) -> Self {
        let (names, absent_is_false) = (Names { class, me }, true);
        let target = Target { slots: SLOTS + 1, absent_is_false, ..Target::default() };
        let codes = filters.iter().map(|filter| {
            let condition = check::filter(&filter.tree, &names, &mut Problems::default());
            // What makes no sense for this class, holds for none of it.
            let condition = condition.unwrap_or(check::typed::Condition::Constant(false));
            compile::filter(&condition, &target).ok()
        });
        Asked { codes: codes.collect() }
    }

    /// What the program itself can ask, before it records an event: the first filter, if all that
    /// it names is known there. The others are asked of what it leaves: so each counts its own.
    pub fn in_program(&self) -> Option<&Code> {
        let first = self.codes.first()?.as_ref()?;
        let limits = Limits { slots: SLOTS, ..Limits::default() };
        Program::new(&first.words, &first.pool, &limits).is_ok().then_some(first)
    }

    /// The programs, verified, so that this is not done for each event.
    pub fn ready(&self) -> Vec<Option<Program<'_>>> {
        self.codes.iter().map(|code| code.as_ref()?.program().ok()).collect()
    }
}

/// What was said of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Said {
    /// The first filter that discards it.
    pub discarded_by: Option<usize>,
    /// How many could not answer, and kept it.
    pub unanswered: u64,
}

/// Asks all filters, up to the first that discards the event.
pub fn ask(ready: &[Option<Program<'_>>], seen: &Seen<'_>, machine: &mut Machine) -> Said {
    let mut said = Said::default();
    for (index, program) in ready.iter().enumerate() {
        let outcome = program.as_ref().map(|program| machine.run(program, seen, &mut NoMemory));
        match outcome {
            Some(Outcome::Verdict(Verdict::Keep)) => {}
            Some(Outcome::Verdict(Verdict::Discard)) => {
                said.discarded_by = Some(index);
                break;
            }
            Some(Outcome::Failed(_)) | None => said.unanswered += 1,
        }
    }
    said
}

/// What a field is for filters; nothing if they cannot name it.
fn kind(of: Type) -> Option<Kind> {
    Some(match of {
        Type::Bool | Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::Address => {
            Kind::Number(Sign::Unsigned)
        }
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => Kind::Number(Sign::Signed),
        Type::String => Kind::Text,
        Type::F32 | Type::F64 | Type::Bytes | Type::Words => return None,
    })
}

/// An event as filters see it.
#[derive(Debug)]
pub struct Seen<'r> {
    /// What it is of.
    pub class: &'r Class,
    /// The event.
    pub record: &'r Record<'r>,
    /// The process, and its command.
    pub process: (u32, &'r str),
    /// What is added to its time for nanoseconds since the Unix epoch.
    pub clock_offset: i64,
}

impl Seen<'_> {
    fn field(&self, slot: u16) -> Option<Value<'_>> {
        let place = usize::from(slot.checked_sub(FIELDS_AT)?);
        self.class.values(self.record.payload).nth(place).map(|(_, value)| value)
    }
}

impl Data for Seen<'_> {
    fn number(&self, slot: u16) -> Option<u64> {
        match slot {
            0 => Some(self.record.time_ns.wrapping_add_signed(self.clock_offset)),
            2 => Some(self.process.0.into()),
            3 => Some(self.record.thread.into()),
            _ => match self.field(slot)? {
                Value::Bool(is) => Some(is.into()),
                Value::Unsigned(number) => Some(number),
                Value::Signed(number) => Some(number.cast_unsigned()),
                Value::Float(_) | Value::Text { .. } | Value::Bytes { .. } => None,
            },
        }
    }

    fn text(&self, slot: u16) -> Option<&[u8]> {
        match slot {
            4 => Some(self.class.provider.as_bytes()),
            5 => Some(self.class.event.as_bytes()),
            COMM => Some(self.process.1.as_bytes()),
            _ => match self.field(slot)? {
                Value::Text { bytes, .. } => Some(bytes),
                _ => None,
            },
        }
    }
}
