//! `filters`: what decides at run time which events are recorded.

use marey_ctf::schema::EventClass;

use crate::shape::{Object, Property, Shape};
use crate::yaml::Node;

/// The property.
pub const NAME: &str = "filters";

/// What it may be.
pub static SHAPE: Shape = Shape::Either(&[Shape::Object(&FILTERS), Shape::Null]);

const EVENT_ENABLE: &str = "event-enable";
const LOG_LEVEL: &str = "log-level";
const PREDICATE: &str = "predicate";

static SWITCH: Shape = Shape::Either(&[Shape::Bool, Shape::Null]);
static FILTERS: Object = Object::new(
    NAME,
    &[
        Property::new(EVENT_ENABLE, &SWITCH, "whether each event can be switched off (false)"),
        Property::new(LOG_LEVEL, &SWITCH, "whether there is a threshold of log levels (false)"),
        Property::new(PREDICATE, &SWITCH, "whether a function of the program decides (false)"),
    ],
);

/// What decides at run time which events are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Filters {
    /// Each event can be switched off.
    pub event_enable: bool,
    /// There is a threshold: events whose log level is above it are not recorded.
    pub log_level: bool,
    /// A function of the program decides.
    pub predicate: bool,
}

/// The log level of an event as filters know it: one that is too high for them is the highest.
pub fn level(event: &EventClass) -> Option<i32> {
    Some(event.log_level?.clamp(0, i32::MAX.into()) as i32)
}

impl Filters {
    /// What is said, if it is.
    pub(super) fn of(said: Option<&Node>) -> Self {
        let is_on = |name| said.and_then(|said| said.get(name)?.as_bool()).unwrap_or_default();
        Filters {
            event_enable: is_on(EVENT_ENABLE),
            log_level: is_on(LOG_LEVEL),
            predicate: is_on(PREDICATE),
        }
    }

    /// Whether there is any.
    pub fn any(self) -> bool {
        self.event_enable || self.log_level || self.predicate
    }
}
