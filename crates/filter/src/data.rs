//! What a handler sees of an event.

use crate::number::Sign;

/// Where the machine gets the values of an event from. A slot is a field or a context; which one
/// was settled when the program was compiled for the event's class.
pub trait Data {
    /// The number in a slot: of its field's sign, widened to 64 bits. Nothing if it is not there.
    fn number(&self, slot: u16) -> Option<u64>;

    /// The text in a slot, without the 0 that ends it.
    fn text(&self, slot: u16) -> Option<&[u8]>;
}

/// A value of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// 0 and more.
    Unsigned(u64),
    /// With a sign.
    Signed(i64),
    /// Bytes, in UTF-8 as a rule.
    Text(&'a [u8]),
}

impl Value<'_> {
    /// Its 64 bits, if it is a number.
    pub fn bits(&self) -> Option<u64> {
        match self {
            Value::Unsigned(number) => Some(*number),
            Value::Signed(number) => Some(number.cast_unsigned()),
            Value::Text(_) => None,
        }
    }

    /// What its bits mean, if it is a number.
    pub fn sign(&self) -> Option<Sign> {
        match self {
            Value::Unsigned(_) => Some(Sign::Unsigned),
            Value::Signed(_) => Some(Sign::Signed),
            Value::Text(_) => None,
        }
    }
}

/// A value and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value.
    pub value: Value<'a>,
}

/// An event as a handler sees it, what QNX's System Analysis Toolkit calls `event_data_t`.
///
/// There is no array to give a size to, and no mask that says which features are there: `pid` and
/// `tid` are there, or they are not.
///
/// ```
/// use marey_filter::{EventData, Field, Value, Verdict};
///
/// fn only_getpid(event: &EventData<'_>) -> Verdict {
///     match event.value("id") {
///         Some(Value::Signed(39)) => Verdict::Keep,
///         _ => Verdict::Discard,
///     }
/// }
/// let fields = [Field { name: "id", value: Value::Signed(39) }];
/// let event = EventData { event: "sys_enter", fields: &fields, ..EventData::default() };
/// assert_eq!(only_getpid(&event), Verdict::Keep);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct EventData<'a> {
    /// The class that the event is of: `raw_syscalls`, `sched`.
    pub class: &'a str,
    /// The name of the event.
    pub event: &'a str,
    /// The CPU that it happened on.
    pub cpu: u32,
    /// When, in nanoseconds since the Unix epoch.
    pub time: i64,
    /// The process that it concerns.
    pub pid: Option<u32>,
    /// The thread that it concerns.
    pub tid: Option<u32>,
    /// What would be recorded of it, in order.
    pub fields: &'a [Field<'a>],
}

impl<'a> EventData<'a> {
    /// The value of the field of this name.
    pub fn value(&self, name: &str) -> Option<Value<'a>> {
        self.fields.iter().find(|field| field.name == name).map(|field| field.value)
    }

    /// The field at this place, as bits: what SAT calls a word of the data array.
    pub fn word(&self, index: usize) -> Option<u64> {
        self.fields.get(index)?.value.bits()
    }
}

/// The contexts come first, in this order: `time`, `cpu`, `pid`, `tid`, `class`, `event`.
impl Data for EventData<'_> {
    fn number(&self, slot: u16) -> Option<u64> {
        match slot {
            0 => Some(self.time.cast_unsigned()),
            1 => Some(u64::from(self.cpu)),
            2 => self.pid.map(u64::from),
            3 => self.tid.map(u64::from),
            4 | 5 => None,
            field => self.word(usize::from(field) - CONTEXTS),
        }
    }

    fn text(&self, slot: u16) -> Option<&[u8]> {
        match slot {
            4 => Some(self.class.as_bytes()),
            5 => Some(self.event.as_bytes()),
            slot => match self.fields.get(usize::from(slot).checked_sub(CONTEXTS)?)?.value {
                Value::Text(text) => Some(text),
                _ => None,
            },
        }
    }
}

/// How many slots stand before the fields.
const CONTEXTS: usize = 6;
