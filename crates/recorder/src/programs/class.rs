//! What the names of filters and blocks mean at an event of a program, and what runs for it.

use marey_diagnostic::Problems;
use marey_filter::Data;
use marey_filter::check::typed::{Condition, Number, NumberKind, Statement, Text};
use marey_filter::check::{self, Environment, Kind, Symbol};
use marey_filter::code::{Compare, Limits, Program};
use marey_filter::compile::{self, Code, Target, TooLarge};
use marey_filter::early;
use marey_filter::number::Sign;
use marey_filter::walk::{self, Node};
use marey_layer::drain::{Class, Record};
use marey_layer::layout::filters::{FIELDS_AT, SLOTS};
use marey_layer::layout::value::{Type, Value};

use super::handlers::Bound;
use super::{Filter, Plan};
use crate::session::Rule;
use crate::session::judge::{Ready, Step, ready};

/// What only the recorder knows: the name of the command.
const COMM: u16 = SLOTS;
/// What no event has.
const ABSENT: u16 = SLOTS + 1;

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

/// What names mean at a class, or at one that is not met yet; `me` is the process of the recorded
/// command.
#[derive(Clone, Copy, Debug)]
pub struct Names<'c> {
    class: Option<&'c Class>,
    me: Option<u32>,
    /// What is not there cannot be answered; else a comparison with it is false.
    is_of_blocks: bool,
}

impl<'c> Names<'c> {
    /// For filters: they are asked about all classes.
    fn of_filters(class: &'c Class, me: Option<u32>) -> Self {
        Names { class: Some(class), me, is_of_blocks: false }
    }

    /// How many slots an event has.
    pub fn slots(&self) -> u16 {
        ABSENT + 1
    }

    /// For blocks, at a class or before it is known.
    pub fn of_blocks(class: Option<&'c Class>, me: Option<u32>) -> Self {
        Names { class, me, is_of_blocks: true }
    }
}

impl Environment for Names<'_> {
    fn class(&self) -> String {
        self.class.map_or_else(|| "an event of a program".to_owned(), Class::full_name)
    }

    fn field(&self, name: &str) -> Option<Symbol> {
        let fields = &self.class?.fields;
        let place = fields.iter().position(|field| field.name == name)?;
        let kind = kind(fields.get(place)?.of)?;
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
        let fields = self.class.map_or(&[][..], |class| &class.fields).iter();
        let fields = fields.map(|field| field.name.clone());
        fields.chain(CONTEXTS.iter().map(|(name, ..)| (*name).to_owned())).collect()
    }

    fn absent_is_false(&self) -> bool {
        // Which classes there are is known when they are used only.
        !self.is_of_blocks
    }

    fn absent(&self) -> Option<u16> {
        self.is_of_blocks.then_some(ABSENT)
    }
}

/// What runs for the events of a class: filters, then blocks, in their order.
#[derive(Clone, Debug)]
pub struct Asked {
    steps: Vec<Step>,
    /// What the program can ask before it records an event, and whose it is: all of the first
    /// filter, or what must hold for the first block to do anything but discard. None in shadow.
    early: Option<(Rule, Code)>,
}

impl Asked {
    /// What a plan asks about the events of a class.
    pub fn of(class: &Class, plan: &Plan) -> Self {
        let mut steps = Vec::new();
        for (rule, filter) in plan.filters.iter().enumerate() {
            let code = of_filter(class, filter, plan.me);
            steps.push(Step { code: code.unwrap_or_else(unanswerable), rule, memory: None });
        }
        let mut early = steps.first().map(|step| (step.rule, step.code.clone()));
        for Bound { block, handler, statements } in plan.handlers.bind(class, plan.me) {
            let rule = plan.filters.len() + block;
            if steps.is_empty() {
                early = statements.as_deref().and_then(of_early).map(|code| (rule, code));
            }
            let layout = plan.handlers.all.get(handler).map(|handler| &handler.layout);
            let sinks = plan.handlers.sinks.len() as u16;
            let target = Target { slots: ABSENT + 1, layout, sinks, absent_is_false: false };
            let code = statements.and_then(|all| compile::block(&all, &target).ok());
            let code = code.unwrap_or_else(unanswerable);
            steps.push(Step { code, rule, memory: Some(handler) });
        }
        // In shadow a program is to record all: it could not say what it would have discarded.
        let early = early.filter(|(_, code)| !plan.is_shadow && is_for_program(code));
        Asked { steps, early }
    }

    /// What the program itself can ask, before it records an event, and whose it is. It is asked
    /// here again, with all others, about what the program leaves: so each counts its own.
    pub fn in_program(&self) -> Option<&(Rule, Code)> {
        self.early.as_ref()
    }

    /// What runs, verified, so that this is not done for each event.
    pub fn ready(&self) -> Vec<Ready<'_>> {
        ready(&self.steps)
    }
}

fn of_filter(class: &Class, filter: &Filter, me: Option<u32>) -> Option<Code> {
    let names = Names::of_filters(class, me);
    let condition = check::filter(&filter.tree, &names, &mut Problems::default());
    // What makes no sense for this class, holds for none of it.
    let condition = condition.unwrap_or(Condition::Constant(false));
    let target = Target { slots: ABSENT + 1, absent_is_false: true, ..Target::default() };
    compile::filter(&condition, &target).ok()
}

/// What must hold for a block to do anything but discard, if that is exact: a block that asks for
/// what is not there keeps the event, wherever in it that is.
fn of_early(statements: &[Statement]) -> Option<Code> {
    let mut asks_for_absent = false;
    walk::statements(statements, &mut |node| {
        asks_for_absent |= match node {
            Node::Number(number) => number.kind == NumberKind::Slot(ABSENT),
            Node::Text(text) => *text == Text::Slot(ABSENT),
            Node::Statement(_) | Node::Condition(_) => false,
        };
    });
    let condition = early::necessary(statements);
    if asks_for_absent || condition == Condition::Constant(true) {
        return None;
    }
    compile::filter(&condition, &Target { slots: ABSENT + 1, ..Target::default() }).ok()
}

/// Whether all that it asks for is known in the program.
fn is_for_program(code: &Code) -> bool {
    let limits = Limits { slots: SLOTS, ..Limits::default() };
    Program::new(&code.words, &code.pool, &limits).is_ok()
}

/// What never can answer: in the place of what is too large for a class, or makes no sense there.
fn unanswerable() -> Code {
    let number = |kind| Number { kind, sign: Sign::Unsigned };
    let (left, right) = (number(NumberKind::Slot(ABSENT)), number(NumberKind::Constant(0)));
    let condition = Condition::Numbers { compare: Compare::Equal, left, right, is_not: false };
    let target = Target { slots: ABSENT + 1, ..Target::default() };
    let none =
        |_: TooLarge| Code { words: Vec::new(), pool: Vec::new(), limits: Limits::default() };
    compile::filter(&condition, &target).unwrap_or_else(none)
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

    /// Its time, in nanoseconds since the Unix epoch.
    pub fn time(&self) -> u64 {
        self.record.time_ns.wrapping_add_signed(self.clock_offset)
    }
}

impl Data for Seen<'_> {
    fn number(&self, slot: u16) -> Option<u64> {
        match slot {
            0 => Some(self.time()),
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
