//! Filters at run time: what a stream has for them.

use std::fmt::Write as _;

use marey_ctf::schema::StreamClass;

use super::names::{Given, constant};
use super::types::quoted;
use crate::extensions::{Filters, level};
use crate::scopes::name;

/// How filters stand in the type of a stream.
pub struct Declared {
    /// A parameter of the type behind the others, with the default that it has.
    pub parameter: &'static str,
    /// The same in the implementation of methods: its name, and its bound.
    pub used: (&'static str, String),
    /// The field.
    pub field: String,
    /// What else the documentation says.
    pub about: &'static str,
}

/// What makes the field at first: a line, and the name of its value.
pub const AT_FIRST: (&str, &str) =
    ("let filters = marey_tracer::Filters::new(marey_tracer::KeepAll);\n        ", ", filters");

/// How filters stand in the type of the stream of this name.
pub fn declared(filters: Filters, stream: &StreamClass, own: &str) -> Declared {
    if !filters.any() {
        let (field, used) = (String::new(), ("", String::new()));
        return Declared { parameter: "", used, field, about: "" };
    }
    let words = if filters.event_enable { stream.events.len().div_ceil(32) } else { 0 };
    let (parameter, used, predicate) = match filters.predicate {
        true => {
            let bound = format!(", P: marey_tracer::Predicate<{own}Event>");
            (", P = marey_tracer::KeepAll", (", P", bound), "P")
        }
        false => ("", ("", String::new()), "marey_tracer::KeepAll"),
    };
    let field = format!("    filters: marey_tracer::Filters<{own}Event, {predicate}, {words}>,\n");
    let about = " Or a filter discarded it, which is counted apart.";
    Declared { parameter, used, field, about }
}

/// The type by which filters know the events of a stream.
pub fn event_type(stream: &StreamClass, own: &str) -> String {
    let mut text = format!(
        "\n/// An event of stream {}, as filters know it.\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\npub struct {own}Event(u32);\n\n\
         #[allow(dead_code, reason = \"a program need not use all of it\")]\nimpl {own}Event {{\n",
        quoted(name(&stream.identity))
    );
    let mut given = Given::constants();
    for (number, event) in stream.events.iter().enumerate() {
        let event = name(&event.identity);
        let constant = given.numbered(&constant(event));
        let about = quoted(event);
        let _ = write!(
            text,
            "    /// Event {about}.\n    pub const {constant}: Self = Self({number});\n"
        );
    }
    let _ = write!(
        text,
        "}}\n\nimpl From<{own}Event> for u32 {{\n    \
         /// Its number among the events of the stream.\n    \
         fn from(event: {own}Event) -> Self {{\n        event.0\n    }}\n}}\n"
    );
    text
}

/// What is asked before an event is recorded.
pub fn check(
    filters: Filters,
    own: &str,
    (number, event): (usize, &marey_ctf::schema::EventClass),
) -> String {
    match filters.any() {
        true => format!("self.filters.pass({own}Event({number}), {:?})", level(event)),
        false => "self.stream.is_enabled()".to_owned(),
    }
}

/// The method by which a stream gets a predicate. `all` are the parameters of its type but that.
pub fn constructor(filters: Filters, own: &str, all: &str) -> String {
    if !filters.predicate {
        return String::new();
    }
    format!(
        "    /// The same stream, of which this says in addition which events are recorded: a \
         closure, or\n    /// an `Option` of one, if it shall come and go. It is asked before the \
         clock is.\n    \
         pub fn with_predicate<P: marey_tracer::Predicate<{own}Event>>(\n        self,\n        \
         predicate: P,\n    ) -> {own}Stream<{all}, P> {{\n        \
         let filters = self.filters.with_predicate(predicate);\n        \
         {own}Stream {{ stream: self.stream, filters }}\n    }}\n"
    )
}

/// The methods of a stream for its filters: what each is, its signature, and its body.
pub fn methods(filters: Filters, own: &str) -> Vec<[String; 3]> {
    let all = [
        (
            filters.any(),
            "How many events filters discarded so far. They are not among those that were \
             discarded.",
            "events_filtered(&self) -> u32",
            "self.filters.events_filtered()",
        ),
        (
            filters.event_enable,
            "Switches an event on or off. All are on at first.",
            "enable_event(&mut self, event: OWNEvent, is_enabled: bool)",
            "self.filters.enable_event(event, is_enabled);",
        ),
        (
            filters.event_enable,
            "Whether an event is switched on.",
            "is_event_enabled(&self, event: OWNEvent) -> bool",
            "self.filters.is_event_enabled(event)",
        ),
        (
            filters.log_level,
            "Discards events whose log level is above this one; without one, as at first, none.",
            "set_log_level(&mut self, log_level: Option<u32>)",
            "self.filters.set_log_level(log_level);",
        ),
        (
            filters.log_level,
            "The highest log level that is recorded, if there is one.",
            "log_level(&self) -> Option<u32>",
            "self.filters.log_level()",
        ),
        (
            filters.predicate,
            "Takes another predicate.",
            "set_predicate(&mut self, predicate: P)",
            "self.filters.set_predicate(predicate);",
        ),
    ];
    let there = all.into_iter().filter(|method| method.0);
    let named = |text: &str| text.replace("OWN", own);
    there.map(|(_, about, signature, body)| [about, signature, body].map(named)).collect()
}
