//! What a recording of kernel events says about itself.

use marey_ctf::packed::{number, packet_header, stream_class, structure};
use marey_ctf::schema::{
    Array, Base, ClockClass, EventClass, FieldClass, FieldLocation, Identity, Integer, Length,
    Meaning, Member, Origin, Schema, Str, Structure, TraceClass, Uuid, Value,
};

use super::{NATIVE, Names};
use crate::kernel::added::Added;
use crate::kernel::record::COMM_BYTES;
use crate::sys::ClockPair;
use crate::tracefs::{Field, Format, Kind};

/// What is known of the recording besides its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The trace's.
    pub uuid: Uuid,
    /// The clocks at its start.
    pub clocks: ClockPair,
    /// The name of the machine.
    pub host: String,
    /// The kernel's version.
    pub kernel: String,
}

/// What marks are called in a recording: of handlers, of changes of rules, and of pauses.
pub const MARK: &str = "marey_mark";

/// The context that says what would discard an event at the drain, in shadow.
pub(crate) const BY_MACHINE: &str = "discards_by_machine";

/// What a recording has besides its events.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Contents {
    /// What threads at the start look like, and what these events are called.
    pub state: Option<(Format, &'static str)>,
    /// The fast forms of events, which have the names of the wide ones.
    pub fast: Vec<(Format, String)>,
    /// Each event says which of these rules would discard it.
    pub shadowed: Option<Vec<String>>,
    /// The contexts that each event has besides.
    pub contexts: Vec<Added>,
}

/// The schema of a recording of these events, each with the name that it has there; fields have
/// these names.
pub fn schema<'e>(
    about: &About,
    events: impl IntoIterator<Item = (&'e Format, &'e str)>,
    contents: &'e Contents,
    names: Names,
) -> Schema {
    let mut stream = stream_class(0, 0, NATIVE, "cpu_id");
    let comm = text_class(COMM_BYTES as u64);
    let mut context = vec![
        number("pid", Integer::unsigned(32, NATIVE)),
        number("tid", Integer::unsigned(32, NATIVE)),
        Member { name: names.comm().to_owned(), class: comm },
    ];
    context.extend(contents.contexts.iter().flat_map(|context| added(*context)));
    if contents.shadowed.is_some() {
        context.extend(["discards_in_kernel", BY_MACHINE].map(discards));
    }
    stream.event_common_context = Some(structure(context));
    let state = contents.state.iter().map(|(format, name)| (format, *name));
    let all = events.into_iter().chain(state).enumerate();
    let classes = all.map(|(id, (format, name))| event_class(id, name, payload(format, names)));
    stream.events = classes.collect();
    let text = FieldClass::Str(Str::default());
    let mark = structure([Member { name: "text".to_owned(), class: text }]);
    stream.events.push(event_class(stream.events.len(), MARK, mark));
    for (format, name) in &contents.fast {
        stream.events.push(event_class(stream.events.len(), name, payload(format, names)));
    }
    Schema {
        trace: TraceClass {
            uuid: Some(about.uuid),
            byte_order: NATIVE,
            environment: environment(about, contents, names),
            packet_header: Some(packet_header(NATIVE)),
            ..TraceClass::default()
        },
        clocks: vec![clock(about.clocks)],
        streams: vec![stream],
    }
}

/// The context of this name that says which rules would discard an event: a bit for each.
pub(crate) fn discards(name: &str) -> Member {
    number(name, Integer { base: Base::Hexadecimal, ..Integer::unsigned(64, NATIVE) })
}

/// What the environment says of the bits: which rule has which.
pub(crate) fn rule_bits(rules: &[String]) -> impl Iterator<Item = (String, Value)> {
    let all = rules.iter().enumerate();
    all.map(|(bit, rule)| (format!("rule_{bit}"), Value::Text(rule.clone())))
}

/// The members that a context becomes: stacks have how many callers there are before them.
fn added(context: Added) -> Vec<Member> {
    let name = context.recorded_as();
    let stack = || {
        let count = format!("{name}_length");
        let length = Length::Dynamic(FieldLocation::sibling(count.clone()));
        let callers = Member { name: name.to_owned(), class: array(length, hexadecimal(8)) };
        vec![number(&count, Integer::unsigned(16, NATIVE)), callers]
    };
    match context {
        Added::Prio => vec![number(name, integer(4, true))],
        Added::Cgroup => vec![number(name, integer(8, false))],
        Added::KernelStack | Added::UserStack => stack(),
    }
}

fn event_class(id: usize, name: &str, payload: Structure) -> EventClass {
    EventClass {
        id: id as u64,
        identity: Identity { name: Some(name.to_owned()), ..Identity::default() },
        payload: Some(payload),
        ..EventClass::default()
    }
}

fn environment(about: &About, contents: &Contents, names: Names) -> Vec<(String, Value)> {
    let text = |name: &str, text: &str| (name.to_owned(), Value::Text(text.to_owned()));
    let all = [
        text("hostname", &about.host),
        text("domain", "kernel"),
        text("sysname", "Linux"),
        text("kernel_release", &about.kernel),
    ];
    let rules = contents.shadowed.iter().flat_map(|rules| rule_bits(rules));
    all.into_iter().chain(names.tracer()).chain(rules).collect()
}

/// The clock of all events.
pub fn clock(clocks: ClockPair) -> ClockClass {
    const SECOND: i64 = 1_000_000_000;
    let offset = clocks.offset();
    ClockClass {
        description: Some("CLOCK_MONOTONIC".to_owned()),
        origin: Origin::UnixEpoch,
        offset_s: offset.div_euclid(SECOND),
        offset_cycles: offset.rem_euclid(SECOND),
        ..ClockClass::new("monotonic")
    }
}

fn payload(format: &Format, names: Names) -> Structure {
    let members = format.fields.iter().flat_map(|field| {
        let name = names.field(&format.system, &field.name);
        members(field, &name)
    });
    structure(members)
}

/// The members that a field becomes, which has this name: dynamic numbers have their count before
/// them.
fn members(field: &Field, name: &str) -> Vec<Member> {
    let member = |class| Member { name: name.to_owned(), class };
    match field.kind {
        Kind::Number { is_signed, is_pointer } => {
            let class = integer(field.size, is_signed);
            let base = if is_pointer { Base::Hexadecimal } else { Base::Decimal };
            vec![number(name, Integer { base, ..class })]
        }
        Kind::Text => vec![member(text_class(field.size.into()))],
        Kind::Numbers { size, is_signed } => {
            let count = Length::Static(u64::from(field.size / size.max(1)));
            vec![member(numbers(count, size, is_signed))]
        }
        Kind::DynamicText(_) | Kind::ProcessText => vec![member(FieldClass::Str(Str::default()))],
        Kind::DynamicNumbers { size, is_signed, .. } => {
            let count = format!("{name}_length");
            let length = Length::Dynamic(FieldLocation::sibling(count.clone()));
            vec![
                number(&count, Integer::unsigned(16, NATIVE)),
                member(numbers(length, size, is_signed)),
            ]
        }
    }
}

/// A number of so many bytes.
pub fn integer(size: u32, is_signed: bool) -> Integer {
    let meaning = if is_signed { Meaning::Signed } else { Meaning::Unsigned };
    Integer { meaning, alignment_bits: 8, ..Integer::unsigned(8 * size, NATIVE) }
}

fn numbers(length: Length, size: u32, is_signed: bool) -> FieldClass {
    array(length, integer(size, is_signed))
}

fn text_class(bytes: u64) -> FieldClass {
    array(Length::Static(bytes), Integer { is_text: true, ..integer(1, false) })
}

/// A number of so many bytes that people read in hexadecimal.
pub fn hexadecimal(size: u32) -> Integer {
    Integer { base: Base::Hexadecimal, ..integer(size, false) }
}

/// Numbers one after the other.
pub fn array(length: Length, element: Integer) -> FieldClass {
    FieldClass::Array(Array {
        length,
        element: Box::new(FieldClass::Integer(element)),
        minimum_alignment_bits: 8,
        roles: Vec::new(),
    })
}
