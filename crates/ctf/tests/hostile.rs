//! Schemas that make no sense: they are reported, and nothing panics.

mod support;

use marey_ctf::schema::{
    Array, ClockClass, EventClass, FieldClass, FieldLocation, Float, Integer, Length, Optional,
    Role, Schema, Scope, StreamClass, Structure, Value, Variant,
};
use marey_ctf::tsdl::Style;
use marey_ctf::{Inexpressible, NESTING_MAX, ctf2, tsdl};
use support::build::*;

const DEEP: usize = 5_000;

#[test]
fn nesting_is_fine_up_to_the_limit() {
    for (depth, is_fine) in [(NESTING_MAX - 1, true), (NESTING_MAX, false), (DEEP, false)] {
        let arrays = (0..depth).fold(number(8), |inner, _| array(Length::Static(1), inner));
        let structures = (0..depth).fold(number(8), |inner, _| nest(inner));
        for class in [arrays, structures] {
            for result in all(&with_payload(structure([("x", class)]))) {
                assert_eq!(result.is_ok(), is_fine, "{depth}: {result:?}");
                let text = result.err().map(|errors| errors[0].to_string()).unwrap_or_default();
                assert!(is_fine || text.contains("deeper than 64"), "{text}");
            }
        }
    }
}

fn nest(inner: FieldClass) -> FieldClass {
    FieldClass::Structure(structure([("x", inner)]))
}

#[test]
fn what_makes_no_sense_is_reported() {
    let up = FieldLocation { origin: None, path: vec![None; 1000] };
    let later = FieldLocation { origin: Some(Scope::EventPayload), path: Vec::new() };
    let integer = |change: fn(&mut Integer)| {
        let mut class = unsigned(8);
        change(&mut class);
        FieldClass::Integer(class)
    };
    let float = Float { len_bits: 0, byte_order: Default::default(), alignment_bits: 3 };
    let no_options = |selector| Variant { selector, options: Vec::new() };
    let bad_array = Array {
        length: Length::Static(u64::MAX),
        element: Box::new(number(8)),
        minimum_alignment_bits: 0,
        roles: vec![Role::EventClassId],
    };
    let nothing = Optional { selector: up.clone(), ranges: Vec::new(), class: number(8).into() };
    for class in [
        integer(|class| class.len_bits = 0),
        integer(|class| class.alignment_bits = 0),
        integer(|class| class.alignment_bits = 12),
        integer(|class| {
            class.clock = Some(usize::MAX);
            class.roles = vec![Role::Timestamp];
        }),
        FieldClass::Float(float),
        array(Length::Dynamic(up.clone()), number(8)),
        array(Length::Dynamic(later.clone()), number(8)),
        FieldClass::Variant(no_options(up)),
        FieldClass::Variant(no_options(later)),
        FieldClass::Array(bad_array),
        FieldClass::Optional(nothing),
    ] {
        for result in all(&with_payload(structure([("x", class.clone())]))) {
            let errors = result.expect_err("an error");
            assert!(errors[0].place.ends_with("> x"), "{class:?}: {errors:?}");
        }
    }
}

#[test]
fn so_are_streams_clocks_and_the_environment() {
    let mut schema = Schema { streams: vec![StreamClass::default(); 2], ..Schema::default() };
    schema.streams[1].default_clock = Some(1);
    schema.clocks.push(ClockClass { frequency: 0, ..ClockClass::new("c") });
    for result in all(&schema) {
        let errors = result.expect_err("an error");
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), 4, "{lines:#?}");
        assert!(lines[0].starts_with("clock \"c\": a frequency of 0"), "{lines:#?}");
        assert!(lines[3].starts_with("stream class no. 1: its default clock"), "{lines:#?}");
    }
    let mut schema = Schema::default();
    for (name, value) in [("a b", 0), ("event", 0), ("x", i128::MAX)] {
        schema.trace.environment.push((name.to_owned(), Value::Integer(value)));
    }
    assert_eq!(tsdl::write(&schema, Style::Marey).expect_err("an error").len(), 3);
    assert!(ctf2::write(&schema).is_ok());
}

/// In CTF 1.8 names say what CTF 2 says with roles; a role cannot go by another name.
#[test]
fn roles_without_their_names_are_reported() {
    for (name, is_fine) in [("packet_size", true), ("size", false)] {
        let mut schema = with_payload(Structure::default());
        let context = structure([(name, role(64, Role::PacketTotalLength))]);
        schema.streams[0].packet_context = Some(context);
        assert_eq!(tsdl::write(&schema, Style::Marey).is_ok(), is_fine);
        assert!(ctf2::write(&schema).is_ok());
    }
}

/// An option is chosen by a label in CTF 1.8: with the same values, or it would be another choice.
#[test]
fn an_option_has_the_values_of_its_label() {
    for (to, is_fine) in [(3, true), (4, false)] {
        let labels = vec![mapping("a", [(1, 1), (2, 3)])];
        let option = ("a", (1, to), text());
        let payload = structure([
            ("tag", enumeration(8, labels)),
            ("value", variant(FieldLocation::sibling("tag"), [option])),
        ]);
        assert_eq!(tsdl::write(&with_payload(payload), Style::Marey).is_ok(), is_fine);
    }
}

/// Babeltrace 2.0.4 refuses an event without a name.
#[test]
fn an_event_without_a_name_has_an_empty_one() {
    let text = tsdl::write(&with_payload(Structure::default()), Style::Marey).expect("a text");
    assert!(text.contains("\tname = \"\";\n"), "{text}");
}

/// Values of the stream's clock set the time of what follows, unless that is full anyway.
#[test]
fn a_clock_without_a_role_is_reported_where_it_matters() {
    for (bits, clock, is_fine) in [(64, 0, true), (27, 0, false), (27, 1, true)] {
        let value = Integer { clock: Some(clock), ..unsigned(32) };
        let mut schema = with_payload(structure([("x", FieldClass::Integer(value))]));
        schema.clocks = vec![ClockClass::new("a"), ClockClass::new("b")];
        schema.streams[0].default_clock = Some(0);
        schema.streams[0].event_header = Some(structure([("t", time(bits, Role::Timestamp))]));
        assert_eq!(ctf2::write(&schema).is_ok(), is_fine);
        assert!(tsdl::write(&schema, Style::Marey).is_ok());
    }
}

/// barectf 2 aligns an empty payload to 8 bits: written only where nothing moves.
#[test]
fn an_empty_payload_moves_nothing() {
    for (bits, is_there) in [(8, true), (3, false)] {
        let context = Some(structure([("x", number(bits))]));
        let event = EventClass { specific_context: context, ..EventClass::default() };
        let stream = StreamClass { events: vec![event], ..StreamClass::default() };
        let schema = Schema { streams: vec![stream], ..Schema::default() };
        let text = tsdl::write(&schema, Style::Barectf2).expect("a text");
        assert_eq!(text.contains("fields := struct {} align(8);"), is_there);
    }
}

fn with_payload(payload: Structure) -> Schema {
    let event = EventClass { payload: Some(payload), ..EventClass::default() };
    let stream = StreamClass { events: vec![event], ..StreamClass::default() };
    Schema { streams: vec![stream], ..Schema::default() }
}

fn all(schema: &Schema) -> [Result<String, Vec<Inexpressible>>; 4] {
    [
        tsdl::write(schema, Style::Barectf3),
        tsdl::write(schema, Style::Barectf2),
        tsdl::write(schema, Style::Marey),
        ctf2::write(schema),
    ]
}
