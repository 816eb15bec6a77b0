//! In what two schemas differ, with places in the files that say so.

use std::collections::HashSet;

use marey_ctf::schema::{ClockClass, EventClass, Origin, Schema, Scope, StreamClass, Structure};

use super::aspects::byte_order;
use super::members::{self, Found};
use super::pairs::{Named, Pairs, with_id};
use super::place::{At, place};
use super::{Difference, Effect};
use crate::shape::with_article;
use crate::yaml::Node;

const BYTE_BITS: u32 = 8;
/// How many numbers that are others one difference lists.
const MOVED_MAX: usize = 8;

/// One of the two that are compared.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// What it says.
    pub schema: &'a Schema,
    /// The file, with all that it includes.
    pub effective: &'a Node,
    /// What the file is called.
    pub name: &'a str,
}

/// All differences, in the order of what a packet holds.
pub fn differences(sides: [Side<'_>; 2]) -> Vec<Difference> {
    let mut comparer = Comparer { sides, found: Vec::new(), clocks: HashSet::new() };
    comparer.trace();
    comparer.streams();
    comparer.found
}

struct Comparer<'a> {
    sides: [Side<'a>; 2],
    found: Vec<Difference>,
    /// The pairs of clocks that were compared.
    clocks: HashSet<[usize; 2]>,
}

impl<'a> Comparer<'a> {
    fn add(
        &mut self,
        effect: Effect,
        what: String,
        at: [Option<At<'_>>; 2],
        words: [String; 2],
        so: Vec<String>,
    ) {
        let [first, second] = self.sides;
        let [first_words, second_words] = words;
        let span = |side: Side<'_>, at: Option<At<'_>>| place(side.effective, at?);
        let sides = [(span(first, at[0]), first_words), (span(second, at[1]), second_words)];
        self.found.push(Difference { effect, what, sides, so });
    }

    /// A trace of one, read with the metadata of the other.
    fn reading(&self, of_first: bool, what: &str) -> String {
        let [first, second] = self.sides.map(|side| side.name);
        let (trace, metadata) = if of_first { (first, second) } else { (second, first) };
        format!("a trace of {trace} read with the metadata of {metadata}: {what}")
    }

    fn trace(&mut self) {
        let [first, second] = self.sides.map(|side| &side.schema.trace);
        if first.byte_order != second.byte_order {
            let native =
                At { property: Some(["byte-order", "native-byte-order"]), ..At::default() };
            let given = At { property: Some(["byte-order", "trace-byte-order"]), ..At::default() };
            let at = self.sides.map(|side| {
                let trace = side.effective.get("trace").and_then(|trace| trace.get("type"));
                let is_native = trace.is_some_and(|node| node.get("native-byte-order").is_some());
                Some(if is_native { native } else { given })
            });
            let words = [first, second].map(|trace| byte_order(trace.byte_order).to_owned());
            let so = vec!["every number of more than one byte is read wrong".to_owned()];
            self.add(Effect::Bytes, "the byte order".to_owned(), at, words, so);
        }
        self.uuid();
        let at = At { scope: Some(Scope::PacketHeader), ..At::default() };
        let headers = [&first.packet_header, &second.packet_header].map(Option::as_ref);
        self.structures("the packet header", at, at, headers);
    }

    fn uuid(&mut self) {
        let [first, second] = self.sides.map(|side| &side.schema.trace);
        if first.uuid == second.uuid {
            return;
        }
        let is_in = |header: &Option<Structure>| {
            header.as_ref().is_some_and(|header| header.member("uuid").is_some())
        };
        let is_in_packets = is_in(&first.packet_header) && is_in(&second.packet_header);
        let at = Some(At { property: Some(["uuid", "uuid"]), ..At::default() });
        let words = [first, second].map(|trace| match trace.uuid {
            Some(uuid) => crate::uuid::text(uuid)
                .split('-')
                .next()
                .map_or_else(String::new, |start| format!("{start}-…")),
            None => "no UUID".to_owned(),
        });
        let (effect, so) = match is_in_packets {
            true => (
                Effect::Bytes,
                vec![
                    "readers refuse packets that have another UUID than the metadata".to_owned(),
                    "`uuid: auto` is made of the configuration; write the UUID out to keep it"
                        .to_owned(),
                ],
            ),
            false => (Effect::None, Vec::new()),
        };
        self.add(effect, "the UUID".to_owned(), [at, at], words, so);
    }

    fn streams(&mut self) {
        let [first, second] = self.sides.map(|side| side.schema.streams.as_slice());
        let pairs = Pairs::of(first, second);
        fn at<'n>(stream: &'n StreamClass, _: &'n str) -> At<'n> {
            At { stream: Some(stream.name()), ..At::default() }
        }
        self.lone("stream", &pairs, [first, second], "", at);
        self.moved("streams", &pairs, [first, second], "", at);
        for (a, b) in pairs.both {
            self.renamed("stream", a, b, [at(a, ""), at(b, "")]);
            self.stream(a, b);
        }
    }

    /// What only one has.
    fn lone<T: Named>(
        &mut self,
        what: &str,
        pairs: &Pairs<'_, T>,
        all: [&[T]; 2],
        stream: &str,
        at: for<'n> fn(&'n T, &'n str) -> At<'n>,
    ) {
        let sides = [(&pairs.first, Effect::Removed), (&pairs.second, Effect::Added)];
        for (side, (list, effect)) in sides.into_iter().enumerate() {
            for one in list {
                let is_first = side == 0;
                let id = one.id().map_or(String::new(), |id| format!(", number {id}"));
                let (there, absent) = (format!("{what} `{}`{id}", one.name()), String::new());
                let (places, words) = match is_first {
                    true => ([Some(at(one, stream)), None], [there, absent]),
                    false => ([None, Some(at(one, stream))], [absent, there]),
                };
                let others = if is_first { all[1] } else { all[0] };
                let taken = match with_id(others, one.id()) {
                    Some(other) => format!("`{}` is taken for `{}`", one.name(), other.name()),
                    None => format!("`{}` is unknown", one.name()),
                };
                let so = vec![self.reading(is_first, &taken)];
                let whose = self.sides.get(side).map_or("", |side| side.name);
                let what = format!("only {whose} has the {what} `{}`", one.name());
                self.add(effect, what, places, words, so);
            }
        }
    }

    /// What has another number.
    fn moved<T: Named>(
        &mut self,
        what: &str,
        pairs: &Pairs<'_, T>,
        all: [&[T]; 2],
        stream: &str,
        at: for<'n> fn(&'n T, &'n str) -> At<'n>,
    ) {
        let moved = pairs.moved();
        let Some((first, second)) = moved.first() else { return };
        let number = |id: Option<u64>| id.map_or("none".to_owned(), |id| id.to_string());
        let list = moved
            .iter()
            .take(MOVED_MAX)
            .map(|(a, b)| format!("`{}` {} → {}", b.name(), number(a.id()), number(b.id())));
        let list = list.collect::<Vec<_>>().join(", ");
        let more = if moved.len() > MOVED_MAX { ", and more" } else { "" };
        let title = match stream {
            "" => format!("the numbers of {what}: {list}{more}"),
            stream => format!("the numbers of {what} in stream `{stream}`: {list}{more}"),
        };
        let places = [Some(at(first, stream)), Some(at(second, stream))];
        let words = [first.id(), second.id()].map(|id| format!("number {}", number(id)));
        let taken = |one: &T, others: &[T]| match with_id(others, one.id()) {
            Some(other) => format!("`{}` is taken for `{}`", one.name(), other.name()),
            None => format!("`{}` is unknown", one.name()),
        };
        let so = vec![
            self.reading(true, &taken(first, all[1])),
            self.reading(false, &taken(second, all[0])),
        ];
        self.add(Effect::Bytes, title, places, words, so);
    }

    fn renamed<T: Named>(&mut self, what: &str, a: &T, b: &T, at: [At<'_>; 2]) {
        if a.name() == b.name() {
            return;
        }
        let title = format!("the name of {}: `{}`, `{}`", with_article(what), a.name(), b.name());
        let words = [a, b].map(|one| format!("called `{}`", one.name()));
        let so = vec!["the number is the same; the name is that of the metadata".to_owned()];
        self.add(Effect::Meaning, title, at.map(Some), words, so);
    }

    fn stream(&mut self, a: &'a StreamClass, b: &'a StreamClass) {
        let at = |stream: &'a StreamClass, scope| At {
            stream: Some(stream.name()),
            scope: Some(scope),
            ..At::default()
        };
        let roots = [
            ("packet context", Scope::PacketContext, &a.packet_context, &b.packet_context),
            ("event header", Scope::EventHeader, &a.event_header, &b.event_header),
            (
                "common context",
                Scope::EventCommonContext,
                &a.event_common_context,
                &b.event_common_context,
            ),
        ];
        for (what, scope, first, second) in roots {
            let what = format!("the {what} of stream `{}`", a.name());
            let both = [first.as_ref(), second.as_ref()];
            self.structures(&what, at(a, scope), at(b, scope), both);
        }
        self.clock(a, b);
        let pairs = Pairs::of(&a.events, &b.events);
        fn at_event<'n>(event: &'n EventClass, stream: &'n str) -> At<'n> {
            At { stream: Some(stream), event: Some(event.name()), ..At::default() }
        }
        let all = [a.events.as_slice(), b.events.as_slice()];
        self.lone("event", &pairs, all, b.name(), at_event);
        self.moved("events", &pairs, all, b.name(), at_event);
        for (first, second) in pairs.both {
            let places = [at_event(first, a.name()), at_event(second, b.name())];
            self.renamed("event", first, second, places);
            self.event(first, second, places);
        }
    }

    fn event(&mut self, a: &EventClass, b: &EventClass, at: [At<'_>; 2]) {
        let roots = [
            ("context", Scope::EventSpecificContext, &a.specific_context, &b.specific_context),
            ("payload", Scope::EventPayload, &a.payload, &b.payload),
        ];
        for (what, scope, first, second) in roots {
            let what = format!("the {what} of event `{}`", a.name());
            let [first_at, second_at] = at.map(|at| At { scope: Some(scope), ..at });
            self.structures(&what, first_at, second_at, [first.as_ref(), second.as_ref()]);
        }
        if a.log_level != b.log_level {
            let at = at.map(|at| Some(At { property: Some(["log-level", "log-level"]), ..at }));
            let words = [a, b].map(|event| match event.log_level {
                Some(level) => format!("log level {level}"),
                None => "no log level".to_owned(),
            });
            let what = format!("the log level of event `{}`", a.name());
            self.add(Effect::None, what, at, words, Vec::new());
        }
    }

    /// Two outermost structures, or what stands there instead.
    fn structures(
        &mut self,
        what: &str,
        first_at: At<'_>,
        second_at: At<'_>,
        both: [Option<&Structure>; 2],
    ) {
        let nothing = Structure::default();
        // A packet starts at a multiple of anything.
        let is_free = first_at.scope == Some(Scope::PacketHeader) || is_empty(both);
        let [first, second] = both.map(|structure| structure.unwrap_or(&nothing));
        let orders = self.sides.map(|side| side.schema.trace.byte_order);
        for found in members::compare(first, second, orders) {
            if !is_free || found.fields.iter().any(Option::is_some) {
                self.member(what, first_at, second_at, found);
            }
        }
    }

    fn member(&mut self, what: &str, first_at: At<'_>, second_at: At<'_>, found: Found) {
        let Found { fields: [first, second], what: aspect, effect, words } = found;
        let title = match first.as_deref().or(second.as_deref()) {
            Some(field) => format!("`{field}` in {what}: {aspect}"),
            None => format!("{what}: {aspect}"),
        };
        // What is inside of a member stands where that stands.
        let outer =
            |path: Option<String>| path.and_then(|path| path.split('.').next().map(str::to_owned));
        let (first, second) = (outer(first), outer(second));
        let at = [
            Some(At { field: first.as_deref(), ..first_at }),
            Some(At { field: second.as_deref(), ..second_at }),
        ];
        let so = match effect {
            Effect::Bytes => vec!["what stands behind it is read wrong, too".to_owned()],
            _ => Vec::new(),
        };
        self.add(effect, title, at, words, so);
    }

    /// The clocks that time two streams.
    fn clock(&mut self, a: &'a StreamClass, b: &'a StreamClass) {
        let [first, second] = self.sides.map(|side| side.schema.clocks.as_slice());
        let (Some(one), Some(other)) = (a.default_clock, b.default_clock) else {
            return self.no_clock(a, b);
        };
        let is_new = self.clocks.insert([one, other]);
        let (Some(one), Some(other)) = (first.get(one), second.get(other)) else { return };
        if !is_new {
            return;
        }
        let at = [one, other].map(|clock| Some(At { clock: Some(&clock.id), ..At::default() }));
        let so = || vec!["times are read as others than they were".to_owned()];
        let [words, others] = [one, other].map(in_words);
        for ((what, first), (_, second)) in words.into_iter().zip(others) {
            if first != second {
                let title = format!("{what} of clock `{}`", one.id);
                self.add(Effect::Meaning, title, at, [first, second], so());
            }
        }
    }

    /// Whether only one of two streams has a clock.
    fn no_clock(&mut self, a: &StreamClass, b: &StreamClass) {
        if a.default_clock.is_some() == b.default_clock.is_some() {
            return;
        }
        let property = Some(["event-header-type", "$default-clock-type-name"]);
        let at = [a, b]
            .map(|stream| Some(At { stream: Some(stream.name()), property, ..At::default() }));
        let words = [a, b].map(|stream| match stream.default_clock {
            Some(_) => "a clock".to_owned(),
            None => "no clock".to_owned(),
        });
        let so = vec!["events have a time with the metadata of one only".to_owned()];
        let what = format!("the clock of stream `{}`", a.name());
        self.add(Effect::Meaning, what, at, words, so);
    }
}

/// Whether one of two structures is not there, and the other is nothing but bytes' alignment.
fn is_empty(both: [Option<&Structure>; 2]) -> bool {
    let ([Some(lone), None] | [None, Some(lone)]) = both else { return false };
    lone.members.is_empty() && lone.minimum_alignment_bits <= BYTE_BITS
}

/// What of a clock changes the times that a reader makes of its values.
fn in_words(clock: &ClockClass) -> [(&'static str, String); 3] {
    let origin = match &clock.origin {
        Origin::UnixEpoch => "counts from 1970-01-01T00:00:00Z".to_owned(),
        Origin::Unknown => "counts from an unknown time".to_owned(),
        Origin::Named(identity) => format!("counts from {identity:?}"),
    };
    let offset = format!("{} s and {} cycles", clock.offset_s, clock.offset_cycles);
    [
        ("the frequency", format!("{} Hz", clock.frequency)),
        ("the offset", offset),
        ("the origin", origin),
    ]
}
