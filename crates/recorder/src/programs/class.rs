//! What the names of filters mean at an event of a program.

use marey_diagnostic::Problems;
use marey_filter::check::{self, Class as Names, Kind};
use marey_filter::code::{Machine, NoMemory, Program};
use marey_filter::compile::{self, Code, Target};
use marey_filter::number::Sign;
use marey_filter::{Data, Outcome, Verdict};
use marey_layer::drain::{Class, Record};
use marey_layer::layout::value::{Type, Value};

use super::Filter;

/// Values that every event has, besides its fields. Their numbers are their slots.
const CONTEXTS: [(&str, Kind); 9] = [
    ("time", Kind::Number(Sign::Signed)),
    ("pid", Kind::Number(Sign::Unsigned)),
    ("tid", Kind::Number(Sign::Unsigned)),
    ("class", Kind::Text),
    ("event", Kind::Text),
    ("current.pid", Kind::Number(Sign::Unsigned)),
    ("current.tid", Kind::Number(Sign::Unsigned)),
    ("current.comm", Kind::Text),
    ("comm", Kind::Text),
];

/// What is asked about the events of a class: a program for each filter, in their order.
#[derive(Debug)]
pub struct Asked {
    /// None where the filter is too large for this class.
    codes: Vec<Option<Code>>,
    /// The places of the fields that can be named, by slot behind those of contexts.
    named: Vec<usize>,
}

impl Asked {
    /// What these filters ask; `me` is the process of the recorded command.
    pub fn of(class: &Class, filters: &[Filter], me: Option<u32>) -> Self {
        let fields = class.fields.iter().enumerate();
        let named = fields.filter_map(|(place, field)| Some((place, field, kind(field.of)?)));
        let named: Vec<_> = named.collect();
        let names = Names {
            name: class.full_name(),
            contexts: CONTEXTS.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect(),
            fields: named.iter().map(|(_, field, kind)| (field.name.clone(), *kind)).collect(),
            constants: me.map(|me| ("me".to_owned(), u64::from(me))).into_iter().collect(),
            // Which classes there are is known when they are used only.
            absent_is_false: true,
            ..Names::default()
        };
        let (slots, absent_is_false) = (names.slots(), true);
        let target = Target { slots, absent_is_false, ..Target::default() };
        let codes = filters.iter().map(|filter| {
            let condition = check::filter(&filter.tree, &names, &mut Problems::default());
            // What makes no sense for this class, holds for none of it.
            let condition = condition.unwrap_or(check::typed::Condition::Constant(false));
            compile::filter(&condition, &target).ok()
        });
        Asked { codes: codes.collect(), named: named.iter().map(|(place, ..)| *place).collect() }
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
    /// What is asked about it.
    pub asked: &'r Asked,
    /// The process, and its command.
    pub process: (u32, &'r str),
    /// What is added to its time for nanoseconds since the Unix epoch.
    pub clock_offset: i64,
}

impl Seen<'_> {
    fn field(&self, slot: u16) -> Option<Value<'_>> {
        let place = *self.asked.named.get(usize::from(slot).checked_sub(CONTEXTS.len())?)?;
        self.class.values(self.record.payload).nth(place).map(|(_, value)| value)
    }
}

impl Data for Seen<'_> {
    fn number(&self, slot: u16) -> Option<u64> {
        match CONTEXTS.get(usize::from(slot)).map(|(name, _)| *name) {
            Some("time") => Some(self.record.time_ns.wrapping_add_signed(self.clock_offset)),
            Some("pid" | "current.pid") => Some(self.process.0.into()),
            Some("tid" | "current.tid") => Some(self.record.thread.into()),
            Some(_) => None,
            None => match self.field(slot)? {
                Value::Bool(is) => Some(is.into()),
                Value::Unsigned(number) => Some(number),
                Value::Signed(number) => Some(number.cast_unsigned()),
                Value::Float(_) | Value::Text { .. } | Value::Bytes { .. } => None,
            },
        }
    }

    fn text(&self, slot: u16) -> Option<&[u8]> {
        match CONTEXTS.get(usize::from(slot)).map(|(name, _)| *name) {
            Some("class") => Some(self.class.provider.as_bytes()),
            Some("event") => Some(self.class.event.as_bytes()),
            Some("comm" | "current.comm") => Some(self.process.1.as_bytes()),
            Some(_) => None,
            None => match self.field(slot)? {
                Value::Text { bytes, .. } => Some(bytes),
                _ => None,
            },
        }
    }
}
