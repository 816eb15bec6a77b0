//! What names mean at an event of the kernel.

use marey_filter::check::{Class, Environment, Kind as ValueKind, Symbol};
use marey_filter::number::Sign;

use crate::rules::Fast;
use crate::tracefs::{Field, Format, Kind};

/// A value that every event has, besides its fields. Its number is its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Context {
    /// When, in nanoseconds since the Unix epoch.
    Time,
    /// The CPU.
    Cpu,
    /// The process that the event concerns.
    Pid,
    /// The thread that it concerns.
    Tid,
    /// What the event belongs to: `sched`.
    Class,
    /// Its name.
    Event,
    /// The process that runs.
    CurrentPid,
    /// The thread that runs.
    CurrentTid,
    /// The name of the thread that runs.
    CurrentComm,
    /// The same.
    Comm,
    /// The number of the event, where no field has this name.
    Id,
    /// The priority of the thread that runs.
    Prio,
}

impl Context {
    /// All of them, by slot.
    pub const ALL: [(Context, &'static str, ValueKind); 12] = [
        (Context::Time, "time", ValueKind::Number(Sign::Signed)),
        (Context::Cpu, "cpu", ValueKind::Number(Sign::Unsigned)),
        (Context::Pid, "pid", ValueKind::Number(Sign::Unsigned)),
        (Context::Tid, "tid", ValueKind::Number(Sign::Unsigned)),
        (Context::Class, "class", ValueKind::Text),
        (Context::Event, "event", ValueKind::Text),
        (Context::CurrentPid, "current.pid", ValueKind::Number(Sign::Unsigned)),
        (Context::CurrentTid, "current.tid", ValueKind::Number(Sign::Unsigned)),
        (Context::CurrentComm, "current.comm", ValueKind::Text),
        (Context::Comm, "comm", ValueKind::Text),
        (Context::Id, "id", ValueKind::Number(Sign::Unsigned)),
        (Context::Prio, "prio", ValueKind::Number(Sign::Signed)),
    ];

    /// What a slot is.
    pub fn of_slot(slot: u16) -> Option<Context> {
        Context::ALL.get(usize::from(slot)).map(|(context, ..)| *context)
    }
}

/// What a slot stands for at an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// A context.
    Context(Context),
    /// A field, by its place in the format.
    Field(usize),
}

/// What all slots of an event stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots {
    fields: Vec<usize>,
    concerned: Option<usize>,
    /// Fields that are not recorded.
    left_out: Vec<usize>,
}

impl Slots {
    /// Those of an event.
    pub fn of(format: &Format) -> Self {
        let fields = named(format).map(|(place, ..)| place).collect();
        let concerned = concerned(format)
            .and_then(|field| format.fields.iter().position(|other| other.name == field.name));
        Slots { fields, concerned, left_out: Vec::new() }
    }

    /// The same slots, without the fields at these places: they stand for nothing.
    #[must_use]
    pub fn without(self, left_out: &[usize]) -> Self {
        Slots { left_out: left_out.to_vec(), ..self }
    }

    /// What a slot stands for, if it is one.
    pub fn get(&self, slot: u16) -> Option<Slot> {
        let slot = usize::from(slot);
        match Context::ALL.get(slot) {
            Some((context, ..)) => Some(Slot::Context(*context)),
            None => {
                let place = self.fields.get(slot - Context::ALL.len()).copied();
                place.filter(|place| !self.left_out.contains(place)).map(Slot::Field)
            }
        }
    }

    /// The place of the field that says which thread the event concerns, where that is not the one
    /// that runs.
    pub fn concerned(&self) -> Option<usize> {
        self.concerned
    }
}

/// What the names of filters mean at an event; `me` is the process of the recorded command.
pub fn class(format: &Format, me: Option<u32>) -> Class {
    let has_id = format.fields.iter().any(|field| field.name == "id");
    let contexts = Context::ALL.iter().map(|(context, name, kind)| {
        let name = if *context == Context::Id && has_id { "event.id" } else { name };
        (name.to_owned(), *kind)
    });
    Class {
        name: format!("{}:{}", format.system, format.name),
        contexts: contexts.collect(),
        fields: named(format).map(|(_, field, kind)| (field.name.clone(), kind)).collect(),
        constants: me.map(|me| ("me".to_owned(), u64::from(me))).into_iter().collect(),
        ..Class::default()
    }
}

/// What names mean at an event of which only the fast fields are recorded, if it has such a form.
/// Slots are those of all fields.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// What names mean where all is recorded.
    class: Class,
    /// The names of the fields that are left out.
    left_out: Vec<String>,
}

impl Recorded {
    /// What names mean in this form; `me` is the process of the recorded command.
    pub fn new(format: &Format, me: Option<u32>, is_fast: bool) -> Self {
        let fast = Fast::of(format).filter(|_| is_fast);
        let places = fast.iter().flat_map(|fast| &fast.left_out);
        let names = places.filter_map(|place| format.fields.get(*place));
        let left_out = names.map(|field| field.name.clone()).collect();
        Recorded { class: class(format, me), left_out }
    }

    /// A comparison with what it does not have is false, if this is so: a filter may be for other
    /// events.
    #[must_use]
    pub fn or_of_others(mut self, is_so: bool) -> Self {
        self.class.absent_is_false = is_so;
        self
    }
}

impl Environment for Recorded {
    fn class(&self) -> String {
        match self.left_out.is_empty() {
            true => self.class.name.clone(),
            false => format!("{} (fast)", self.class.name),
        }
    }

    fn field(&self, name: &str) -> Option<Symbol> {
        self.class.field(name).filter(|_| self.left_out.iter().all(|other| other != name))
    }

    fn context(&self, name: &str) -> Option<Symbol> {
        self.class.context(name)
    }

    fn constant(&self, name: &str) -> Option<u64> {
        self.class.constant(name)
    }

    fn names(&self) -> Vec<String> {
        let all = self.class.names().into_iter();
        all.filter(|name| !self.left_out.contains(name)).collect()
    }

    fn absent_is_false(&self) -> bool {
        self.class.absent_is_false
    }
}

/// The fields that filters can name, with their places: numbers and texts.
fn named(format: &Format) -> impl Iterator<Item = (usize, &Field, ValueKind)> {
    format.fields.iter().enumerate().filter_map(|(place, field)| {
        let kind = match field.kind {
            Kind::Number { is_signed: true, .. } => ValueKind::Number(Sign::Signed),
            Kind::Number { is_signed: false, .. } => ValueKind::Number(Sign::Unsigned),
            Kind::Text | Kind::DynamicText(_) | Kind::ProcessText => ValueKind::Text,
            Kind::Numbers { .. } | Kind::DynamicNumbers { .. } => return None,
        };
        Some((place, field, kind))
    })
}

/// The field that says which thread an event concerns, where that is not the one that runs, as in
/// QNX's System Analysis Toolkit.
pub fn concerned(format: &Format) -> Option<&Field> {
    const OTHERS: [(&str, &str, &str); 7] = [
        ("sched", "sched_switch", "next_pid"),
        ("sched", "sched_waking", "pid"),
        ("sched", "sched_wakeup", "pid"),
        ("sched", "sched_wakeup_new", "pid"),
        ("sched", "sched_process_fork", "child_pid"),
        ("sched", "sched_process_exit", "pid"),
        ("task", "task_newtask", "pid"),
    ];
    let found =
        OTHERS.iter().find(|(system, name, _)| (*system, *name) == (&format.system, &format.name));
    let (_, _, field) = found?;
    format.fields.iter().find(|other| other.name == *field)
}
